"""Data sets that Keras downloads, made up in their shapes where they are not on this machine."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable
from types import ModuleType
from typing import Any

from lstmlint.execution.child.recorder import Recorder

_PICTURES = {"mnist": (28, 28), "fashion_mnist": (28, 28), "cifar10": (32, 32, 3), "cifar100": (32, 32, 3)}
_TEXTS = {"imdb": (25000, 25000, 2), "reuters": (8982, 2246, 46)}
_TABLES = {"boston_housing": (404, 102, 13), "california_housing": (16512, 4128, 8)}
_DIFFERENT = 200
_WORDS = 1000


def make_up(keras: ModuleType, recorder: Recorder) -> None:
    """Let the `load_data` of Keras's data sets give data in any case."""
    for name in (*_PICTURES, *_TEXTS, *_TABLES):
        module = getattr(getattr(keras, "datasets", None), name, None)
        load = getattr(module, "load_data", None)
        if module is not None and load is not None:
            module.load_data = _in_any_case(name, load, recorder)


def _in_any_case(name: str, load: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    @functools.wraps(load)
    def load_data(*args: Any, **keywords: Any) -> Any:
        try:
            return load(*args, **keywords)
        except Exception as error:
            # Wrong arguments are for the function itself to complain of.
            if isinstance(error, (TypeError, ValueError)):
                raise
            recorder.made_up.append(f"keras.datasets.{name}")
            return _made_up(name, keywords)

    return load_data


def _made_up(name: str, keywords: dict[str, Any]) -> Any:
    import numpy

    def numbers(shape: tuple[int, ...], classes: int) -> Any:
        return numpy.resize(numpy.arange(251) % classes, shape)

    if name in _PICTURES:
        counts = (50000, 10000) if name.startswith("cifar") else (60000, 10000)
        labels = (1,) if name.startswith("cifar") else ()
        classes = 100 if name == "cifar100" else 10
        return tuple(
            (numbers((count, *_PICTURES[name]), 256).astype("uint8"), numbers((count, *labels), classes).astype("uint8"))
            for count in counts
        )
    if name in _TABLES:
        *sizes, columns = _TABLES[name]
        return tuple((numbers((count, columns), 97).astype("float64"), numbers((count,), 50).astype("float64")) for count in sizes)
    *sizes, classes = _TEXTS[name]
    known = keywords.get("num_words") or _WORDS
    most = keywords.get("maxlen") or 400
    own = random.Random(0)
    texts = [[own.randrange(1, min(known, _WORDS)) for _ in range(own.randint(11, max(12, most - 1)))] for _ in range(_DIFFERENT)]
    parts = []
    for count in sizes:
        words = numpy.empty(count, dtype=object)
        words[:] = [texts[at % _DIFFERENT] for at in range(count)]
        parts.append((words, numbers((count,), classes)))
    return tuple(parts)
