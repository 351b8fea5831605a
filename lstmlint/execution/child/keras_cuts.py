"""Keras models that train for one step and predict one batch, and still give back what the whole would have given, in its shape."""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable
from types import ModuleType
from typing import Any

from lstmlint.execution.child.batches import FEW, first_and_last, leaves, mapped, rows_of, samples
from lstmlint.execution.child.datasets import make_up
from lstmlint.execution.child.recorder import Recorder

BATCH = 32
"""What Keras takes where the program says nothing."""

Method = Callable[..., Any]


def cut_keras(keras: ModuleType, recorder: Recorder) -> None:
    """Change Keras's models."""
    model = keras.Model
    for name, change in (("fit", _fit), ("fit_generator", _fit), ("evaluate", _evaluate), ("predict", _predict)):
        method = getattr(model, name, None)
        if method is not None:
            setattr(model, name, change(method, recorder))
    _counted(model, "train_on_batch", recorder, steps=True)
    _counted(model, "predict_on_batch", recorder, steps=False)
    optimizer = keras.optimizers.Optimizer
    for name in ("apply", "apply_gradients"):
        _counted(optimizer, name, recorder, steps=True)
    if hasattr(model, "compute_loss"):
        model.compute_loss = _watched(model.compute_loss, recorder)
    make_up(keras, recorder)


def _counted(owner: Any, name: str, recorder: Recorder, steps: bool) -> None:
    method = getattr(owner, name, None)
    if method is None:
        return

    @functools.wraps(method)
    def counted(*args: Any, **keywords: Any) -> Any:
        recorder.steps += steps
        recorder.applied += 1
        return method(*args, **keywords)

    setattr(owner, name, counted)


def _arguments(method: Method, args: tuple[Any, ...], keywords: dict[str, Any]) -> dict[str, Any] | None:
    """The arguments by name; None if they don't fit, which the method itself shall say."""
    try:
        return dict(inspect.signature(method).bind(*args, **keywords).arguments)
    except (TypeError, ValueError):
        return None


def _call(method: Method, given: dict[str, Any]) -> Any:
    more = given.pop("kwargs", {})
    return method(**given, **more)


def _fit(method: Method, recorder: Recorder) -> Method:
    @functools.wraps(method)
    def fit(*args: Any, **keywords: Any) -> Any:
        given = _arguments(method, args, keywords)
        if given is None:
            return method(*args, **keywords)
        first = int(given.get("initial_epoch") or 0)
        asked = given.get("epochs", 1)
        epochs = asked - first if isinstance(asked, int) else 1
        given["epochs"] = first + 1
        _few_samples(given)
        history = _call(method, given)
        recorder.steps += 1
        if epochs > 1 and hasattr(history, "history"):
            # What comes after, a plot of the losses say, counts on as many as were asked for.
            history.history = {name: list(values) * epochs for name, values in history.history.items()}
            history.epoch = list(range(first, first + epochs))
        return history

    return fit


def _few_samples(given: dict[str, Any]) -> None:
    """Leave the first batch, and the last if it is smaller than others."""
    batch = given.get("batch_size")
    batch = batch if isinstance(batch, int) and batch > 0 else BATCH
    data = [given.get(name) for name in ("x", "y", "sample_weight")]
    number = samples(*data)
    asked = given.get("steps_per_epoch")
    share = given.get("validation_split") or 0.0
    if number is None or asked is not None:
        # Datasets and generators, and what only the framework knows how to take.
        given["steps_per_epoch"] = 1
        if given.get("validation_data") is not None:
            given["validation_steps"] = 1
        if leaves(given.get("x")) and all(hasattr(leaf, "shape") for leaf in leaves(given.get("x"))):
            given["batch_size"] = batch
        return
    end = math.floor(number * (1.0 - share)) if share and given.get("validation_data") is None else number
    rows = first_and_last(0, end, batch)
    validated = given.get("validation_data")
    if 0 < end < number:
        del given["validation_split"]
        parts = [rows_of(part, first_and_last(end, number, batch)) for part in data]
        given["validation_data"] = tuple(parts if parts[2] is not None else parts[:2])
    elif isinstance(validated, (tuple, list)) and (count := samples(*validated)) is not None:
        given["validation_data"] = tuple(rows_of(part, first_and_last(0, count, batch)) for part in validated)
    for name, part in zip(("x", "y", "sample_weight"), data):
        if part is not None:
            given[name] = rows_of(part, rows)


def _evaluate(method: Method, recorder: Recorder) -> Method:
    @functools.wraps(method)
    def evaluate(*args: Any, **keywords: Any) -> Any:
        given = _arguments(method, args, keywords)
        recorder.applied += 1
        if given is None:
            return method(*args, **keywords)
        batch = given.get("batch_size") or BATCH
        number = samples(*(given.get(name) for name in ("x", "y", "sample_weight")))
        if number is None:
            given["steps"] = 1
        elif number > FEW * batch and given.get("steps") is None:
            for name in ("x", "y", "sample_weight"):
                if given.get(name) is not None:
                    given[name] = rows_of(given[name], first_and_last(0, number, batch))
        return _call(method, given)

    return evaluate


def _predict(method: Method, recorder: Recorder) -> Method:
    @functools.wraps(method)
    def predict(*args: Any, **keywords: Any) -> Any:
        given = _arguments(method, args, keywords)
        recorder.applied += 1
        batch = BATCH if given is None else given.get("batch_size") or BATCH
        number = None if given is None else samples(given.get("x"))
        if given is None or number is None or number <= FEW * batch or given.get("steps") is not None:
            return method(*args, **keywords)
        given["x"] = rows_of(given["x"], range(batch))
        rows = [row % batch for row in range(number)]
        return mapped(_call(method, given), lambda part: part[rows])

    return predict


def _watched(method: Method, recorder: Recorder) -> Method:
    @functools.wraps(method)
    def compute_loss(*args: Any, **keywords: Any) -> Any:
        given = _arguments(method, args, keywords) or {}
        target, output = given.get("y"), given.get("y_pred")
        loss = getattr(given.get("self"), "loss", None)
        if hasattr(target, "shape") and hasattr(output, "shape") and not isinstance(loss, (list, dict)):
            recorder.compared(loss if isinstance(loss, str) else getattr(loss, "name", type(loss).__name__), output, target)
        return method(*args, **keywords)

    return compute_loss
