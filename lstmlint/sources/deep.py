"""Running deeply recursive work: in a thread with a large stack and a raised recursion limit.

libcst's parser recurses on the native stack, its tree and the interpreter in Python; what the gate lets through fits in here.
"""
from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

STACK_SIZES = (512 << 20, 256 << 20, 128 << 20)
"""Asked for in turn: only the pages that are really used cost memory, but some systems limit the address space."""
RECURSION_LIMIT = 200_000

_here = threading.local()
_left: list[threading.Event] = []


class Interrupted(BaseException):
    """Whoever asked for the work has lost interest. Not an Exception: nobody else may catch it."""


def run_deep(function: Callable[[], Result]) -> Result:
    """Call `function` where it may recurse deeply, and return or raise what it does. Nested calls run in place."""
    if getattr(_here, "deep", False):
        return function()
    done = threading.Event()
    results: list[Result] = []
    errors: list[BaseException] = []

    def body() -> None:
        _here.deep = True
        try:
            results.append(function())
        except BaseException as error:
            errors.append(error)
        finally:
            done.set()

    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, RECURSION_LIMIT))
    try:
        _wait(_start(body), done)
    finally:
        sys.setrecursionlimit(limit)
    if errors:
        raise errors[0]
    return results[0]


def _wait(thread: threading.Thread, done: threading.Event) -> None:
    try:
        # Of a thread whose join was interrupted, Python 3.11 says that it has ended.
        done.wait()
        thread.join()
    finally:
        if not done.is_set():
            _left.append(done)


def is_left_at_work() -> bool:
    """Whether work that was interrupted still goes on. The end of the interpreter takes its threads by surprise, and one that is in
    libcst's parser then aborts the process: it must end without."""
    return not all(done.is_set() for done in _left)


def _start(body: Callable[[], None]) -> threading.Thread:
    usual = threading.stack_size()
    try:
        for size in STACK_SIZES:
            threading.stack_size(size)
            # A daemon, so that an interrupt (which the main thread gets) ends the process at once.
            thread = threading.Thread(target=body, daemon=True)
            try:
                thread.start()
            except (RuntimeError, MemoryError):
                continue
            return thread
    finally:
        threading.stack_size(usual)
    raise MemoryError("no stack for the analysis could be had")
