"""Checking in several processes: files go out as lines of JSON, results come back so; one that dies costs the file it was at."""
from __future__ import annotations

import ast
import gc
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Sequence
from dataclasses import asdict

from lstmlint.config import Settings
from lstmlint.diagnostics import FileResult
from lstmlint.records import Record, to_record

Check = Callable[[str], FileResult]
"""What a worker does with a path."""

_START = """
import sys
sys.path[:] = [folder for folder in sys.path if folder]
from importlib.util import module_from_spec, spec_from_file_location
spec = spec_from_file_location("lstmlint", {package!r})
sys.modules["lstmlint"] = module = module_from_spec(spec)
spec.loader.exec_module(module)
from lstmlint.engine import work
work()
"""
"""Nothing is imported from the current folder, for what lies there is to be analysed; and the package is this very one."""


def results_of(paths: Sequence[str], settings: Settings, jobs: int) -> Generator[Record, None, None]:
    """The records of the results for these files, in their order, from so many processes."""
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in range(len(paths)):
        waiting.put(number)
    done: queue.SimpleQueue[tuple[int, Record]] = queue.SimpleQueue()
    workers = [_Worker(settings) for _ in range(min(jobs, len(paths)))]
    try:
        for worker in workers:
            threading.Thread(target=worker.run, args=(paths, waiting, done), daemon=True).start()
        early: dict[int, Record] = {}
        for number in range(len(paths)):
            while number not in early:
                arrived, record = done.get()
                early[arrived] = record
            yield early.pop(number)
    finally:
        for worker in workers:
            worker.stop()


class _Worker:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process: subprocess.Popen[str] | None = None
        self._stopped = False

    def run(self, paths: Sequence[str], waiting: queue.SimpleQueue[int], done: queue.SimpleQueue[tuple[int, Record]]) -> None:
        while not self._stopped:
            try:
                number = waiting.get_nowait()
            except queue.Empty:
                break
            try:
                record = self._ask(paths[number])
            except Exception as error:  # noqa: BLE001 - somebody waits for an answer
                record = _failed(f"{type(error).__name__}: {error}")
            done.put((number, record))
        self.stop()

    def _ask(self, path: str) -> Record:
        process = self._process
        if process is None or process.poll() is not None:
            process = self._process = self._started()
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(json.dumps(path) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = ""
        if line.endswith("\n"):
            record: Record = json.loads(line)
            return record
        return _failed(_end(process.wait()))

    def _started(self) -> subprocess.Popen[str]:
        package = os.path.join(os.path.dirname(os.path.abspath(__file__)), "__init__.py")
        process = subprocess.Popen(
            [sys.executable, "-c", _START.format(package=package)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="ascii",
        )  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(ascii(asdict(self._settings)) + "\n")
        return process

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        self._stopped = True
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()


def _failed(reason: str) -> Record:
    return to_record(FileResult("", error=f"internal error: {reason}"))


def _end(status: int) -> str:
    if status < 0:
        try:
            return f"the process that analysed it was ended by {signal.Signals(-status).name}"
        except ValueError:
            return f"the process that analysed it was ended by signal {-status}"
    return f"the process that analysed it ended with status {status}"


def serve(check_with: Callable[[Settings], Check]) -> None:
    """Be a worker: settings in the first line of standard input, then a path in each; a record in each line of standard output."""
    # Who started us is told of an interrupt, too, and ends us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(100_000, 20, 100)
    answers = sys.stdout
    # Whatever else is printed must not disturb the answers.
    sys.stdout = sys.stderr
    check = check_with(Settings(**ast.literal_eval(sys.stdin.readline())))
    for line in sys.stdin:
        answers.write(json.dumps(to_record(check(json.loads(line)))) + "\n")
        answers.flush()
