"""A process that answers lines with lines, kept from the rest of the machine as far as the system allows it."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import site
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import IO

from lstmlint.sandbox.removal import remove

_ANSWER_SIZE = 4 << 20
_TRIAL = 5.0
"""Seconds for a look at what bubblewrap does."""
_APART = ("net", "pid", "ipc")
_LOOK = """import os, sys
open(os.path.join(sys.argv[1], "inside", "own"), "w").close()
try:
    open(os.path.join(sys.argv[1], "other"), "w").close()
except OSError:
    print(*[os.readlink("/proc/self/ns/" + one) for one in sys.argv[2:]])
"""
"""Tells the namespaces that it is in, if it can write where it is and nowhere else."""
_PAUSE = 0.1
"""Seconds between looks at the memory of the process."""
_KEPT = ("PATH", "LANG", "USER", "KERAS_BACKEND", "TF_USE_LEGACY_KERAS", "LD_LIBRARY_PATH", "SYSTEMROOT")
"""What the process gets of the environment; the rest may hold secrets."""
OPEN = {"network": "the network", "files": "writing files elsewhere", "processes": "leaving processes behind"}
"""What a process can be kept from, in words."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds for the first program (which imports the framework), for each other, and in all; megabytes of resident memory."""

    start: float = 120.0
    program: float = 60.0
    total: float = 600.0
    memory: int = 6000
    restarts: int = 3
    processes: int = 32
    """How many processes there may be at once."""
    file: int = 64
    """Megabytes that a file may have."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The program could not be judged, and why."""

    reason: str


class Contained:
    """A process that runs `script`, one of our own, in an empty temporary folder. Once it is `broken` it answers no more.

    The first line that it says tells what it could not be kept from (`still_open`, once it is `ready`). `extra` is added to its
    environment; `script` gets the limits of time (s) and of files (MB), then `arguments`. `walls`: ask bubblewrap for its own.
    """

    def __init__(
        self,
        script: Path,
        limits: Limits,
        python: str = sys.executable,
        extra: Mapping[str, str] | None = None,
        arguments: Sequence[str] = (),
        walls: bool = True,
    ) -> None:
        self.broken = False
        self.still_open: list[str] | None = None
        self.folder = tempfile.mkdtemp(prefix="lstmlint-")
        self._limits = limits
        self._python = python
        self._answers: queue.Queue[bytes] = queue.Queue()
        self._walled = walls and _bubblewrap() is not None
        command = [python, "-I", "-B", str(script), str(max(1, int(limits.total))), str(limits.file), *arguments]
        try:
            self._process: subprocess.Popen[bytes] | None = subprocess.Popen(
                [*(_isolation(self.folder) if walls else []), *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=self.folder,
                env={**_environment(self.folder), **_own_packages(python), **(extra or {})},
                start_new_session=os.name == "posix",
            )
        except OSError:
            self._process = None
            return
        assert self._process.stdout is not None
        threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True).start()

    def __enter__(self) -> Contained:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._process is not None:
            _end(self._process, ends_last=self.still_open == [])
        remove(self.folder)

    def _listen(self, stream: IO[bytes]) -> None:
        try:
            while line := stream.readline(_ANSWER_SIZE):
                self._answers.put(line)
        except (OSError, ValueError):
            pass
        self._answers.put(b"")

    def ready(self, allowed: float) -> Failed | None:
        """Wait until it says what it could not be kept from, at most `allowed` seconds."""
        if self.still_open is None:
            line = self._wait(allowed)
            if isinstance(line, Failed):
                # An interpreter of the user's choice may know nothing of what we say.
                needs = "" if self._python == sys.executable else f"; {self._python} must be Python 3.9 or later"
                return self._broke(Failed(line.reason + needs))
            # Inside of bubblewrap's walls, those of the process itself need not hold.
            self.still_open = [] if self._walled else _still_open(line)
        return None

    def ask(self, request: object, allowed: float) -> bytes | Failed:
        """What it answers, at most `allowed` seconds later."""
        if self._process is None or self._process.stdin is None:
            return self._broke(Failed("no process to run it in could be started"))
        problem = self.ready(allowed)
        if problem is not None:
            return problem
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            return self._broke(Failed(self._death()))
        line = self._wait(allowed)
        return self._broke(line) if isinstance(line, Failed) else line

    def _broke(self, how: Failed) -> Failed:
        self.broken = True
        return how

    def _wait(self, allowed: float) -> bytes | Failed:
        """The next line, or why there is none."""
        if self._process is None:
            return Failed("no process to run it in could be started")
        deadline = time.monotonic() + allowed
        while True:
            try:
                line = self._answers.get(timeout=_PAUSE)
                return line or Failed(self._death())
            except queue.Empty:
                held, processes = _used(self._process.pid)
                if held > self._limits.memory << 20:
                    return Failed(f"it took more than {self._limits.memory} MB of memory")
                if processes > self._limits.processes:
                    return Failed(f"it started more than {self._limits.processes} processes")
                if time.monotonic() > deadline:
                    return Failed(f"it took longer than {round(allowed, 1):g} s")

    def _death(self) -> str:
        assert self._process is not None
        try:
            status = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return "the process that runs the programs closed its output"
        return f"the process that runs the programs ended with status {status}"


def listing(still_open: Sequence[str]) -> str:
    """What a process could not be kept from, in words."""
    return " and ".join(OPEN.get(one, one) for one in still_open)


def _used(pid: int) -> tuple[int, int]:
    """The bytes that a process and its children hold, and how many processes they are; 0 where the system doesn't tell.

    TensorFlow reserves far more address space than it uses, so what counts is what is resident.
    """
    try:
        with open(f"/proc/{pid}/statm") as statm:
            held = int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        below = [_used(child) for child in _children(pid)]
        return held + sum(bytes_held for bytes_held, _ in below), 1 + sum(count for _, count in below)
    except (OSError, ValueError, IndexError):
        return 0, 0


def _children(pid: int) -> list[int]:
    """The processes that the threads of a process have started."""
    found: list[int] = []
    with contextlib.suppress(OSError, ValueError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError), open(f"/proc/{pid}/task/{thread}/children") as children:
                found += map(int, children.read().split())
    return found


def _tree(pid: int) -> list[int]:
    """A process and all that it has started, so far as they are still below it."""
    return [pid, *(one for child in _children(pid) for one in _tree(child))]


def _still_open(line: bytes) -> list[str]:
    """What the process says that it could not take away from itself."""
    try:
        said = json.loads(line)["open"]
    except (ValueError, KeyError, TypeError):
        return list(OPEN)
    return [str(one) for one in said]


def _own_packages(python: str) -> dict[str, str]:
    """Where the user has installed packages of their own, which an isolated interpreter would not look for."""
    own = site.getusersitepackages() if site.ENABLE_USER_SITE and python == sys.executable else ""
    return {"LSTMLINT_PACKAGES": own} if own and os.path.isdir(own) else {}


def _environment(folder: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "HOME": folder, "TMPDIR": folder, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}


def _isolation(folder: str) -> list[str]:
    """The command that takes the network and the right to write away, where bubblewrap is there and works."""
    bwrap = _bubblewrap()
    if bwrap is None:
        return []
    return [*_walls(bwrap), "--bind", folder, folder, "--chdir", folder, "--"]


def _walls(bwrap: str) -> list[str]:
    walls = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    return [bwrap, *walls, "--unshare-net", "--unshare-pid", "--unshare-ipc", "--die-with-parent", "--new-session"]


@lru_cache(maxsize=1)
def _bubblewrap() -> str | None:
    """The path of a bubblewrap that works here and keeps its word: containers often forbid what it needs."""
    bwrap = shutil.which("bwrap") if sys.platform == "linux" else None
    if bwrap is None:
        return None
    with tempfile.TemporaryDirectory(prefix="lstmlint-") as outside:
        inside = os.path.join(outside, "inside")
        os.mkdir(inside)
        look = [sys.executable, "-I", "-S", "-c", _LOOK, outside, *_APART]
        command = [*_walls(bwrap), "--bind", inside, inside, "--chdir", inside, "--", *look]
        try:
            tried = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
        except OSError:
            return None
        try:
            said = tried.communicate(timeout=_TRIAL)[0]
        except (OSError, subprocess.SubprocessError):
            said = b""
        finally:
            _end(tried, ends_last=False)
    apart = [os.readlink(f"/proc/self/ns/{one}").encode() for one in _APART]
    return bwrap if len(said.split()) == len(apart) and not set(said.split()) & set(apart) else None


def _end(process: subprocess.Popen[bytes], ends_last: bool) -> None:
    """End the process and all that it started; `ends_last`: it only waits for what is below it."""
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
    if os.name == "posix":
        below = _tree(process.pid)[1:]
        for pid in reversed(below):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        if below and ends_last:
            # Then nothing writes into the folder any more.
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
