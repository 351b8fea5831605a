"""The subprocess in which programs run: its surroundings, its limits, and what is made of a worker that dies or says nothing."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import IO

from lstmlint.confirm.program import Program

WORKER = Path(__file__).with_name("worker.py")
_ANSWER_SIZE = 64 << 10
_PAUSE = 0.1
"""Seconds between looks at the memory of the process."""
_KEPT = ("PATH", "LANG", "KERAS_BACKEND", "SYSTEMROOT")
"""What the worker gets of the environment; the rest may hold secrets."""


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
class Raised:
    """The program raised."""

    type: str
    message: str
    line: int | None
    framework: str
    seen: Mapping[str, Seen] = field(default_factory=dict)
    lines: tuple[int, ...] = ()
    """The lines of the program on the way to where it was raised, the outermost first."""


Seen = tuple[tuple[int, ...], float, float]


@dataclass(frozen=True, slots=True)
class Passed:
    """The program ran to its end. `seen`: of each array its shape, its least value and its greatest."""

    framework: str
    seen: Mapping[str, Seen] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed:
    """The program could not be judged, and why."""

    reason: str


Outcome = Raised | Passed | Failed


def run_all(
    programs: Sequence[Program],
    limits: Limits | None = None,
    python: str = sys.executable,
    progress: Callable[[int], None] = lambda done: None,
    still_open: set[str] | None = None,
) -> list[Outcome]:
    """What came of each program, all run in one process as long as that lives.

    `still_open` is told what they can't be kept from.
    """
    limits = limits or Limits()
    outcomes: list[Outcome] = []
    deadline = time.monotonic() + limits.total
    starts = 0
    while len(outcomes) < len(programs):
        if starts > limits.restarts:
            outcomes += [Failed("the process that runs the programs broke too often")] * (len(programs) - len(outcomes))
            break
        starts += 1
        with _Worker(python, limits) as worker:
            while len(outcomes) < len(programs):
                left = deadline - time.monotonic()
                if left <= 0:
                    outcomes += [Failed(f"no time left: all programs together may take {limits.total:g} s")] * (
                        len(programs) - len(outcomes)
                    )
                    break
                outcomes.append(worker.ask(programs[len(outcomes)], left))
                progress(len(outcomes))
                if still_open is not None:
                    still_open.update(worker.still_open or ())
                if worker.broken:
                    break
    return outcomes


class _Worker:
    """One process that answers programs. Once it is `broken` it answers no more."""

    def __init__(self, python: str, limits: Limits) -> None:
        self.broken = False
        self._limits = limits
        self._answers: queue.Queue[bytes] = queue.Queue()
        self._keras = False
        self._folder = tempfile.mkdtemp(prefix="lstmlint-")
        self.still_open: list[str] | None = None
        self._walled = _bubblewrap() is not None
        command = [python, "-I", "-B", str(WORKER), str(max(1, int(limits.total))), str(limits.file)]
        try:
            self._process: subprocess.Popen[bytes] | None = subprocess.Popen(
                [*_isolation(self._folder), *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=self._folder,
                env=_environment(self._folder),
                start_new_session=os.name == "posix",
            )
        except OSError:
            self._process = None
            return
        assert self._process.stdout is not None
        threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True).start()

    def __enter__(self) -> _Worker:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._process is not None:
            _end(self._process)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _listen(self, stream: IO[bytes]) -> None:
        try:
            while line := stream.readline(_ANSWER_SIZE):
                self._answers.put(line)
        except (OSError, ValueError):
            pass
        self._answers.put(b"")

    def ask(self, program: Program, left: float) -> Outcome:
        """What comes of `program` within its time and the time `left` for all."""
        if self._process is None or self._process.stdin is None:
            self.broken = True
            return Failed("no process to run it in could be started")
        allowed = min(left, self._limits.program if self._keras or not program.keras else self._limits.start)
        self._keras = self._keras or program.keras
        try:
            self._process.stdin.write(json.dumps(program.text).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            self.broken = True
            return Failed(self._death())
        deadline = time.monotonic() + allowed
        line = self._wait(deadline, allowed)
        if self.still_open is None and not isinstance(line, Failed):
            # Inside of bubblewrap's walls, those of the worker itself need not hold.
            self.still_open = [] if self._walled else _still_open(line)
            line = self._wait(deadline, allowed)
        if isinstance(line, Failed):
            self.broken = True
            return line
        outcome = _outcome(line)
        self.broken = outcome is None
        return outcome or Failed("the process that runs the programs gave no sensible answer")

    def _wait(self, deadline: float, allowed: float) -> bytes | Failed:
        """The next answer, or why there is none."""
        assert self._process is not None
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
    """What the worker says that it could not take away from itself."""
    try:
        said = json.loads(line)["open"]
    except (ValueError, KeyError, TypeError):
        return ["network", "files", "processes"]
    return [str(one) for one in said]


def _outcome(line: bytes) -> Outcome | None:
    try:
        answer = json.loads(line)
        framework = str(answer["framework"])
        if answer["type"] is None:
            return Passed(framework, {str(name): _seen(*values) for name, values in answer["seen"].items()})
        if answer["missing"] is not None:
            missing = str(answer["missing"]).partition(".")[0]
            package = _PACKAGES.get(missing, missing)
            return Failed(f"{_LIBRARIES.get(missing, missing)} can't be imported here (pip install {package})")
        if answer["type"] in ("ImportError", "MemoryError"):
            return Failed(f"{answer['type']}: {' '.join(str(answer['message']).split())[:200]}")
        seen = {str(name): _seen(*values) for name, values in answer["seen"].items()}
        lines = tuple(map(int, answer["lines"]))
        return Raised(str(answer["type"]), str(answer["message"]), answer["line"], framework, seen, lines)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _seen(shape: list[int], low: float, high: float) -> Seen:
    return tuple(map(int, shape)), float(low), float(high)


_LIBRARIES = {
    "keras": "Keras", "tf_keras": "Keras 2", "tensorflow": "TensorFlow", "numpy": "NumPy", "torch": "PyTorch", "jax": "JAX",
    "sklearn": "scikit-learn",
}  # fmt: skip
_PACKAGES = {
    "keras": "'lstmlint[keras]'", "tensorflow": "'lstmlint[keras]'", "torch": "'lstmlint[torch]'", "tf_keras": "tf-keras",
    "sklearn": "scikit-learn",
}  # fmt: skip


def _environment(folder: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    own = {"HOME": folder, "TMPDIR": folder, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    backend = next((name for name in ("tensorflow", "torch", "jax") if find_spec(name) is not None), None)
    return {**({} if backend is None else {"KERAS_BACKEND": backend}), **kept, **own}


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
    """The path of a bubblewrap that works here: containers often forbid what it needs."""
    bwrap = shutil.which("bwrap") if sys.platform == "linux" else None
    if bwrap is None:
        return None
    try:
        tried = subprocess.run([*_walls(bwrap), "--", "true"], capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    return bwrap if tried.returncode == 0 else None


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and all that it started."""
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
    if os.name == "posix":
        for pid in reversed(_tree(process.pid)):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
