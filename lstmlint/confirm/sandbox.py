"""Programs before the framework: what came of each, all run in one process as long as that lives."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

from lstmlint.confirm.program import Program
from lstmlint.sandbox.process import Contained, Failed, Limits

WORKER = Path(__file__).with_name("worker.py")


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


Outcome = Raised | Passed | Failed


class Runner:
    """Runs programs in one process, which it starts anew when it breaks, and ends when it is left."""

    def __init__(self, limits: Limits | None = None, python: str = sys.executable) -> None:
        self.still_open: set[str] = set()
        """What the programs could not be kept from."""
        self._limits = limits or Limits()
        self._python = python
        self._deadline = time.monotonic() + self._limits.total
        self._starts = 0
        self._worker: Contained | None = None
        self._imported = False

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end()

    def _end(self) -> None:
        if self._worker is not None:
            self._worker.__exit__(None, None, None)
            self._worker = None

    def run(self, programs: Sequence[Program], progress: Callable[[int], None] = lambda done: None) -> list[Outcome]:
        """What came of each program."""
        outcomes: list[Outcome] = []
        for program in programs:
            outcomes.append(self._outcome(program))
            progress(len(outcomes))
        return outcomes

    def _outcome(self, program: Program) -> Outcome:
        left = self._deadline - time.monotonic()
        if left <= 0:
            return Failed(f"no time left: all programs together may take {self._limits.total:g} s")
        if self._worker is None:
            if self._starts > self._limits.restarts:
                return Failed("the process that runs the programs broke too often")
            self._starts += 1
            self._imported = False
            self._worker = Contained(WORKER, self._limits, self._python, _backend(self._python))
        allowed = self._limits.program if self._imported or not program.keras else self._limits.start
        self._imported = self._imported or program.keras
        answer = self._worker.ask(program.text, min(left, allowed))
        outcome = answer if isinstance(answer, Failed) else _outcome(answer)
        self.still_open.update(self._worker.still_open or ())
        if self._worker.broken or outcome is None:
            self._end()
        return outcome or Failed("the process that runs the programs gave no sensible answer")


def run_all(
    programs: Sequence[Program],
    limits: Limits | None = None,
    python: str = sys.executable,
    progress: Callable[[int], None] = lambda done: None,
) -> list[Outcome]:
    """What came of each program, all run in one process as long as that lives."""
    with Runner(limits, python) as runner:
        return runner.run(programs, progress)


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


def _backend(python: str) -> dict[str, str]:
    """Keras's backend, where the user's environment chooses none (and Keras itself where that can't be looked into)."""
    if python != sys.executable or "KERAS_BACKEND" in os.environ:
        return {}
    backend = next((name for name in ("tensorflow", "torch", "jax") if find_spec(name) is not None), None)
    return {} if backend is None else {"KERAS_BACKEND": backend}
