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
        with Contained(WORKER, limits, python, _backend(python)) as worker:
            imported = False
            while len(outcomes) < len(programs):
                left = deadline - time.monotonic()
                if left <= 0:
                    outcomes += [Failed(f"no time left: all programs together may take {limits.total:g} s")] * (
                        len(programs) - len(outcomes)
                    )
                    break
                program = programs[len(outcomes)]
                allowed = limits.program if imported or not program.keras else limits.start
                imported = imported or program.keras
                answer = worker.ask(program.text, min(left, allowed))
                outcome = answer if isinstance(answer, Failed) else _outcome(answer)
                outcomes.append(outcome or Failed("the process that runs the programs gave no sensible answer"))
                progress(len(outcomes))
                if still_open is not None:
                    still_open.update(worker.still_open or ())
                if worker.broken or outcome is None:
                    break
    return outcomes


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
