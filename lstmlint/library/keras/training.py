"""Data reaching a model: compile, fit, evaluate, predict and their older spellings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lstmlint.library.coerce import to_array
from lstmlint.library.keras.applying import Run
from lstmlint.library.keras.axes import open_batch, some_batch
from lstmlint.library.keras.batches import batch_from
from lstmlint.library.keras.nesting import Pair, answer, apply_model, declared_inputs, name_of, taker_of, takes_any_width
from lstmlint.library.keras.sequential import build_for, check_unfed, is_deferred
from lstmlint.library.keras.subclassed import model_of, run_call, trains_itself
from lstmlint.library.keras.targets import compared, outputs_with_losses
from lstmlint.library.registry import models
from lstmlint.shapes.dims import differ
from lstmlint.shapes.shape import Shape
from lstmlint.trace import ModelFed
from lstmlint.values.base import MISSING, NONE, Const, Integer, Unknown, Value, integer, is_none, unknown
from lstmlint.values.code import Caller, Instance
from lstmlint.values.data import PREDICTED, Array, DictObject, Entries, Frame, ListObject, Tuple, items_of
from lstmlint.values.lengths import as_used
from lstmlint.values.network import Model, plain

_FIT = [
    *("x", "y", "batch_size", "epochs", "verbose", "callbacks", "validation_split", "validation_data", "shuffle"),
    *("class_weight", "sample_weight", "initial_epoch", "steps_per_epoch", "validation_steps", "validation_batch_size"),
]
_FIT_GENERATOR = ["x", "steps_per_epoch", "epochs", "verbose", "callbacks", "validation_data", "validation_steps"]
_EVALUATE = ["x", "y", "batch_size", "verbose", "sample_weight", "steps", "callbacks", "return_dict"]
_PREDICT = ["x", "batch_size", "verbose", "steps", "callbacks"]
_ON_BATCH = ["x", "y", "sample_weight", "class_weight", "return_dict"]
_COMPILE = ["optimizer", "loss", "loss_weights", "metrics", "weighted_metrics", "run_eagerly", "steps_per_execution"]
_COMPILE_OF_KERAS_2 = ["optimizer", "loss", "metrics", "loss_weights", "sample_weight_mode", "weighted_metrics"]
_LEGACY = {"nb_epoch": "epochs", "generator": "x", "samples_per_epoch": "steps_per_epoch", "X": "x"}


def _bound(names: Sequence[str], args: Sequence[Value], keywords: Mapping[str, Value]) -> dict[str, Value]:
    arguments = dict(zip(names, args))
    arguments.update((_LEGACY.get(name, name), value) for name, value in keywords.items())
    return arguments


@models("keras.Model.compile")
def compile_model(caller: Caller, self: Value, *args: Value, **keywords: Value) -> None:
    """keras.io: configures the training. The third positional argument was metrics in Keras 2 (a list), then loss_weights."""
    third_is_metrics = len(args) > 2 and isinstance(args[2], ListObject)
    arguments = _bound(_COMPILE_OF_KERAS_2 if third_is_metrics else _COMPILE, args, keywords)
    model = model_of(caller, self)
    if model is None:
        return
    model.compiled.set(DictObject(Entries(tuple((Const(name), value) for name, value in arguments.items()))))
    model.compiled_at = caller.site
    if is_deferred(model):
        check_unfed(caller, model, finally_=False)


@models("keras.Model.fit")
def fit(caller: Caller, self: Value, *args: Value, **keywords: Value) -> Value:
    """keras.io: trains on x and y; validates on validation_data."""
    return _train(caller, self, "fit", _bound(_FIT, args, keywords))


@models("keras.Model.fit_generator")
def fit_generator(caller: Caller, self: Value, *args: Value, **keywords: Value) -> Value:
    """Keras 2: trains on what a generator yields."""
    return _train(caller, self, "fit_generator", _bound(_FIT_GENERATOR, args, keywords))


def _train(caller: Caller, model: Value, method: str, arguments: dict[str, Value]) -> Value:
    feed(caller, model, method, arguments, "train")
    validation = items_of(arguments.get("validation_data", NONE))
    if validation is not None and validation.known is not None and len(validation.known) in (2, 3):
        x, y = (plain(item) for item in validation.known[:2])
        feed(caller, model, method, {**arguments, "x": x, "y": y}, "validation")
    elif batch_from(caller, arguments.get("validation_data", NONE)) is not None:
        feed(caller, model, method, {**arguments, "x": arguments["validation_data"]}, "validation")
    return unknown(name="history")


@models("keras.Model.train_on_batch")
def train_on_batch(caller: Caller, self: Value, *args: Value, **keywords: Value) -> Value:
    """keras.io: one step on one batch."""
    feed(caller, self, "train_on_batch", _bound(_ON_BATCH, args, keywords), "train")
    return unknown()


@models("keras.Model.test_on_batch")
def test_on_batch(caller: Caller, self: Value, *args: Value, **keywords: Value) -> Value:
    """keras.io: the losses of one batch."""
    feed(caller, self, "test_on_batch", _bound(_ON_BATCH, args, keywords), "validation")
    return unknown()


@models("keras.Model.evaluate", "keras.Model.evaluate_generator")
def evaluate(caller: Caller, self: Value, *args: Value, **keywords: Value) -> Value:
    """keras.io: the losses on x and y."""
    feed(caller, self, "evaluate", _bound(_EVALUATE, args, keywords), "validation")
    return unknown()


@models("keras.Model.predict", "keras.Model.predict_proba")
def predict(caller: Caller, self: Value, *args: Value, **keywords: Value) -> Value:
    """keras.io: the outputs for x, as numpy arrays."""
    return feed(caller, self, "predict", _bound(_PREDICT, args, keywords), "predict")


@models("keras.Model.predict_generator")
def predict_generator(caller: Caller, self: Value, *args: Value, **keywords: Value) -> Value:
    """Keras 2: the outputs for what a generator yields."""
    return feed(caller, self, "predict_generator", _bound(["x", "steps"], args, keywords), "predict")


@models("keras.Model.predict_on_batch")
def predict_on_batch(caller: Caller, self: Value, *args: Value, **keywords: Value) -> Value:
    """keras.io: the outputs for one batch."""
    return feed(caller, self, "predict_on_batch", _bound(["x"], args, keywords), "predict")


@models("keras.Model.predict_classes")
def predict_classes(caller: Caller, self: Value, *args: Value, **keywords: Value) -> Value:
    """Keras 2: the class numbers for x."""
    feed(caller, self, "predict_classes", _bound(_PREDICT, args, keywords), "predict")
    return unknown()


def feed(caller: Caller, receiver: Value, method: str, arguments: dict[str, Value], role: str) -> Value:
    """Data reaches a model: the event of it, and the outputs."""
    model = model_of(caller, receiver)
    if model is None:
        return unknown()
    x, y = arguments.get("x", NONE), arguments.get("y", NONE)
    batch = batch_from(caller, x)
    if batch is not None:
        x, y = batch
    data = arrays_of(x)
    unfed: Array | None = None
    if isinstance(receiver, Instance) and data is not None:
        run_call(caller, receiver, model, data)
    elif is_deferred(model):
        if isinstance(data, Array) and data.shape.rank:
            # Keras builds for batches of any size, but for what comes as one batch.
            first = some_batch() if method.endswith("_on_batch") else open_batch()
            shape = Shape((first, *data.shape.axes[1:]))
            build_for(caller, model, Array(shape, "keras", data.dtype, data))
        else:
            unfed = check_unfed(caller, model, finally_=True)
    pairs = [(declared, _as_used(declared, array)) for declared, array in _pairs(model, data)]
    others = {name: value for name, value in arguments.items() if name not in ("x", "y")}
    outputs = model.outputs.plain()
    event = ModelFed(caller.site, method, model, x, y, () if model.is_broken else tuple(pairs), others, role)
    event.outputs = None if outputs is MISSING else outputs
    event.batched = batch is not None
    event.compiled_at = model.compiled_at
    if unfed is not None:
        answered: Value = _rows_unknown(unfed)
    else:
        answered = answer(Run(caller, apply_model, model, quiet=True), model, pairs, "numpy")
    if role != "predict" and not trains_itself(receiver):
        symbolic = outputs if unfed is None else unfed
        event.losses = outputs_with_losses(model, symbolic)
        event.compared = compared(model, symbolic, answered, arrays_of(y))
    caller.emit(event)
    for declared, array in event.inputs:
        if declared.shape.rank == array.shape.rank and declared.shape.rank and not takes_any_width(taker_of(declared, outputs)):
            caller.refine(integer(array.shape.axes[-1].dim), integer(declared.shape.axes[-1].dim))
    return replace(answered, source=PREDICTED) if role == "predict" and isinstance(answered, Array) else answered


def _as_used(declared: Array, array: Array) -> Array:
    """The data; where its features are others by what uses before have told, as that."""
    wanted, last = declared.shape.axis(-1), array.shape.axis(-1)
    if wanted is None or last is None or differ(wanted.dim, last.dim):
        return array
    used = as_used(array, -1)
    return used if differ(wanted.dim, used.shape.axes[-1].dim) else array


def _rows_unknown(output: Array) -> Array:
    shape = output.shape
    return Array(Shape((some_batch(), *shape.axes[1:])) if shape.rank else shape, "numpy", "float")


def arrays_of(x: Value) -> Array | list[Array] | dict[str, Array] | None:
    """The data that `x` holds: one array, a list of arrays for several inputs, arrays by name; None where that is not known.

    A nested list of numbers is one array.
    """
    x = plain(x)
    if isinstance(x, (Array, Frame)):
        return None if isinstance(x, Array) and x.kind == "dataset" else to_array(x)
    if isinstance(x, DictObject):
        entries = x.entries
        named = {
            key.value: to_array(plain(value))
            for key, value in entries.known
            if isinstance(key, Const) and isinstance(key.value, str) and isinstance(plain(value), (Array, Frame))
        }
        return None if entries.open or len(named) != len(entries.known) else named
    items = items_of(x) if isinstance(x, (ListObject, Tuple)) else None
    if items is None or (items.known is not None and not items.known):
        return None
    parts = [plain(item) for item in items.known] if items.known is not None else [plain(items.element)]
    if all(isinstance(part, (Array, Frame)) for part in parts):
        return None if items.known is None else [to_array(part) for part in parts]
    numbers = (Const, Integer, ListObject, Tuple)
    if all(isinstance(part, numbers) or (isinstance(part, Unknown) and part.type in ("int", "float")) for part in parts):
        return None if any(is_none(part) for part in parts) else to_array(x)
    return None


def _pairs(model: Model, data: Array | list[Array] | dict[str, Array] | None) -> list[Pair]:
    """Each declared input with the array that it gets."""
    declared = declared_inputs(model)
    if declared is None or data is None:
        return []
    if isinstance(data, dict):
        return [(tensor, data[name]) for tensor in declared if (name := name_of(tensor)) is not None and name in data]
    arrays = data if isinstance(data, list) else [data]
    return list(zip(declared, arrays)) if len(arrays) == len(declared) else []
