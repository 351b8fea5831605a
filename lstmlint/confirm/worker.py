"""The process that runs the rebuilt programs, with nothing of ours imported but its walls: `python -I worker.py seconds megabytes`.

A line on its standard input is a JSON string: a program. For each it answers with one line of JSON: what was raised, and at
which line of the program, or that nothing was. What programs and libraries print goes nowhere.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from importlib.machinery import SourceFileLoader
from types import ModuleType

NAME = "<program>"
LONGEST = 4000


def main() -> None:
    """Answer programs until standard input ends."""
    requests, answers = _walls().begin(int(sys.argv[1]), int(sys.argv[2]))
    for line in requests:
        answers.write(json.dumps(_run(json.loads(line))) + "\n")
        answers.flush()


def _walls() -> ModuleType:
    """The package of this file, which is run by itself, need not be importable."""
    place = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "sandbox", "walls.py")
    loader = SourceFileLoader("walls", place)
    module = ModuleType("walls")
    loader.exec_module(module)
    return module


def _run(text: str) -> dict[str, object]:
    names: dict[str, object] = {"__name__": NAME}
    try:
        exec(compile(text, NAME, "exec"), names)  # noqa: S102
    except (Exception, SystemExit) as error:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == NAME]
        answer: dict[str, object] = {
            "type": type(error).__name__,
            "message": _shortened(str(error)),
            "line": lines[-1] if lines else None,
            "lines": lines,
            "missing": getattr(error, "name", None) if isinstance(error, ImportError) else None,
        }
    else:
        answer = {"type": None}
    answer["seen"] = _seen(names)
    answer["framework"] = _framework(names)
    return answer


def _shortened(message: str) -> str:
    """Its beginning and its end: TensorFlow tells at the end of a long message what has happened."""
    half = LONGEST // 2
    return message if len(message) <= LONGEST else f"{message[:half]}\n\n…\n\n{message[-half:]}"


def _seen(names: dict[str, object]) -> dict[str, object]:
    """Of each array that the program made its shape, its least value and its greatest."""
    try:
        import numpy
    except ImportError:
        # Then there is no framework either, which the answer says.
        return {}
    seen: dict[str, object] = {}
    for name, value in names.items():
        try:
            while isinstance(value, tuple) and value:
                value = value[0]
            value = value.detach() if hasattr(value, "detach") else value
            array = numpy.asarray(value) if hasattr(value, "shape") or isinstance(value, (bool, int, float)) else None
            if array is not None and not array.size or array is not None and array.dtype.kind in "OUS":
                seen[name] = [list(array.shape), 0.0, 0.0]
            elif array is not None:
                seen[name] = [list(array.shape), float(array.min()), float(array.max())]
        except (TypeError, ValueError, RuntimeError, NotImplementedError):
            continue
    return seen


def _framework(names: dict[str, object]) -> str:
    """What is judging: "Keras 3.15.1 (tensorflow)", "PyTorch 2.13.0", or NumPy where no more was needed."""
    keras, torch, numpy = names.get("keras"), names.get("torch"), sys.modules.get("numpy")
    if torch is not None and keras is None:
        return f"PyTorch {getattr(torch, '__version__', '?')}"
    if keras is not None and hasattr(keras, "__version__"):
        backend = getattr(getattr(keras, "backend", None), "backend", lambda: "?")()
        return f"Keras {keras.__version__} ({backend})"
    return f"NumPy {numpy.__version__}" if numpy is not None else "Python"


if __name__ == "__main__":
    main()
