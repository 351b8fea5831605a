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

_KERAS = ("keras", "tf_keras")

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
        last = given.get("epochs", 1)
        epochs = int(last) - first if hasattr(last, "__index__") else 1
        given["epochs"] = first + 1
        validated = _times_of_validation(given.pop("validation_freq", 1), first, epochs)
        _save_in_any_case(given)
        whole = not _few_samples(given) and epochs == 1
        recorder.trained |= not whole
        recorder.shortened |= not whole and not _is_all_of_keras(given)
        history = _call(method, given)
        recorder.steps += 1
        if epochs > 1 and hasattr(history, "history"):
            # What comes after, a plot of the losses say, counts on as many as were asked for.
            history.history = {
                name: list(values) * (validated if name.startswith("val_") else epochs) for name, values in history.history.items()
            }
            history.epoch = list(range(first, first + epochs))
            history.params = {**(history.params or {}), "epochs": first + epochs}
        return history

    return fit


def _times_of_validation(every: Any, first: int, epochs: int) -> int:
    """How often there would have been a validation."""
    if isinstance(every, int) and every > 0:
        return (first + epochs) // every - first // every
    return sum(1 for epoch in every if first < epoch <= first + epochs) if isinstance(every, (list, tuple, set)) else epochs


def _save_in_any_case(given: dict[str, Any]) -> None:
    """What is saved after so many batches is looked for later, though there are not so many."""
    for callback in leaves(given.get("callbacks")):
        if isinstance(getattr(callback, "save_freq", None), int):
            callback.save_freq = "epoch"


def _is_all_of_keras(given: dict[str, Any]) -> bool:
    """Whether no code of the program is called at each step or epoch, which might count them or keep their losses."""
    parts = [*leaves(given.get("callbacks")), getattr(type(given.get("self")), "train_step", None), *leaves(given.get("x"))]
    return all(
        _library(part) in (*_KERAS, "tensorflow", "numpy", "pandas", "torch", "jax", "jaxlib")
        and type(part).__name__ not in ("LambdaCallback", "CSVLogger", "RemoteMonitor")
        for part in parts
        if part is not None
    )


def _library(value: object) -> str:
    """The library that a value's type, or that a function is of."""
    return str((value if inspect.isroutine(value) else type(value)).__module__).partition(".")[0]


def _few_samples(given: dict[str, Any]) -> bool:
    """Leave the first batch, and the last if it is smaller than others; whether that leaves something out."""
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
        return True
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
    return len(rows) < end


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
        recorder.trained = True
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
        name = _name_of(loss)
        if name is not None and hasattr(target, "shape") and hasattr(output, "shape"):
            recorder.compared(name, output, target)
        return method(*args, **keywords)

    return compute_loss


def _name_of(loss: Any) -> str | None:
    """The name of one of Keras's own losses; those of the program may make what they like of what they get."""
    if isinstance(loss, str):
        return loss
    if _library(loss) not in _KERAS or _library(getattr(loss, "fn", loss)) not in _KERAS:
        return None
    return str(loss.__name__ if inspect.isroutine(loss) else getattr(loss, "name", type(loss).__name__)).removesuffix("_loss")
