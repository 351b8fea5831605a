"""Sequential models: layers added one by one, applied at once where the input is known and by the first data otherwise."""

from __future__ import annotations

from lstmlint.library.keras.applying import Run, mark_broken
from lstmlint.library.keras.axes import some_batch
from lstmlint.library.keras.inputs import declare, declared_by, expected_length, with_batch
from lstmlint.library.keras.nesting import apply_model
from lstmlint.library.keras.refusing import returned_by, takes_one
from lstmlint.library.keras.specs import SPECS
from lstmlint.library.registry import models
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Shape
from lstmlint.trace import InputDeclared, LayerApplied, ModelMade, NotTensor
from lstmlint.values.base import MISSING, NONE, TRUE, Value, is_none, unknown
from lstmlint.values.code import Caller, External
from lstmlint.values.data import Array, Items, Tuple, items_of
from lstmlint.values.network import NO_ITEMS, Layer, Model, plain


@models("keras.Sequential")
def sequential(caller: Caller, layers: Value = NONE, name: Value = NONE) -> Model:
    """keras.io: a stack of layers."""
    model = Model("sequential", caller.site)
    items = items_of(layers)
    if items is not None and items.known is not None:
        for thing in items.known:
            push(caller, model, plain(thing))
    elif not is_none(layers):
        _lose_track(model)
    caller.emit(ModelMade(caller.site, model))
    return model


@models("keras.Model.add")
def add(caller: Caller, self: Model, layer: Value) -> None:
    """keras.io: one more layer on top."""
    push(caller, self, layer)


@models("keras.Model.pop")
def pop(self: Model) -> Value:
    """keras.io: without the last layer."""
    layers, tensors = self.layers, self.tensors.plain()
    if layers is None or not layers.known:
        _lose_track(self)
        return unknown()
    self.cell.set(_items(layers.known[:-1]))
    if isinstance(self.outputs.plain(), Array):
        known = tensors.known if isinstance(tensors, Items) else None
        if known is not None and len(known) == len(layers.known):
            self.tensors.set(_items(known[:-1]))
            self.outputs.set(known[-2] if len(known) > 1 else self.inputs.plain())
        else:
            _lose_track(self)
    return layers.known[-1]


@models("keras.Model.build")
def build(caller: Caller, self: Model, input_shape: Value = NONE) -> None:
    """keras.io: builds the layers for inputs of this shape, which has the batch axis first."""
    if self.kind == "sequential" and self.inputs.plain() is MISSING and not is_none(input_shape):
        build_for(caller, self, declare(caller, None, with_batch("build", input_shape)))


def _items(values: tuple[Value, ...]) -> Items:
    return Items(values, NONE, len(values))


def _lose_track(model: Model) -> None:
    model.cell.set(unknown())
    model.outputs.set(Array(UNKNOWN_SHAPE, "keras"))
    mark_broken(model)


def push(caller: Caller, model: Model, thing: Value) -> None:
    """Put `thing` (a layer, a model, an input) on top of `model`."""
    if isinstance(thing, Array):
        if isinstance(thing.producer, InputDeclared) and model.inputs.plain() is MISSING:
            _start(model, thing)
        else:
            if isinstance(thing.producer, LayerApplied):
                caller.emit(NotTensor(caller.site, model, thing, "called", thing.producer))
            mark_broken(model)
        return
    if isinstance(thing, External) and thing.path in SPECS:
        caller.emit(NotTensor(caller.site, model, thing, "class"))
        _lose_track(model)
        return
    if isinstance(thing, Layer) and thing.kind == "InputLayer":
        tensors = thing.calls.plain()
        if isinstance(tensors, Items) and isinstance(tensors.element, Array):
            _start(model, tensors.element)
        return
    layers = model.layers
    if layers is not None and layers.known is not None:
        model.cell.set(_items((*layers.known, thing)))
        if not layers.known and model.inputs.plain() is MISSING:
            _start_from_first(caller, model, thing)
    elif layers is not None:
        model.cell.set(Items.many(unknown(), layers.length + 1))
    if model.inputs.plain() is not MISSING:
        _extend(caller, model, thing)


def _start(model: Model, tensor: Array) -> None:
    model.inputs.set(tensor)
    model.outputs.set(tensor)


def _start_from_first(caller: Caller, model: Model, thing: Value) -> None:
    if isinstance(thing, Layer):
        declaration = declared_by(thing)
        if declaration is not None:
            _start(model, declare(caller, thing, declaration))
    elif isinstance(thing, Model):
        inputs = thing.inputs.plain()
        if isinstance(inputs, Array):
            _start(model, inputs)


def _extend(caller: Caller, model: Model, thing: Value) -> None:
    below = model.outputs.plain()
    run = Run(caller, apply_model, model, silenced=_reported(model))
    applied = returned_by(below)
    if applied is not None and isinstance(thing, Layer) and takes_one(thing):
        caller.emit(NotTensor(caller.site, thing, below, "several", applied))
        mark_broken(model)
    output = run.apply(thing, (below if isinstance(below, Array) else Array(UNKNOWN_SHAPE, "keras"),))
    # All that an RNN returns is kept until the next layer has seen it; what comes of it then is not followed.
    several = isinstance(output, Tuple) and returned_by(output) is not None
    tensor = output if isinstance(output, Array) or several else Array(UNKNOWN_SHAPE, "keras")
    tensors = model.tensors.plain()
    if isinstance(tensors, Items) and tensors.known is not None:
        model.tensors.set(_items((*tensors.known, tensor)))
    model.outputs.set(tensor)
    _remember_faults(model, run)


def _reported(model: Model) -> frozenset[Layer]:
    items = model.reported.plain()
    known = items.known if isinstance(items, Items) else None
    return frozenset(layer for layer in known or () if isinstance(layer, Layer))


def _remember_faults(model: Model, run: Run) -> None:
    if run.faults:
        mark_broken(model)
        known = _reported(model)
        model.reported.set(_items((*known, *(layer for layer, _ in run.faults if layer not in known))))


def is_deferred(model: Model) -> bool:
    """Whether `model` waits for data to know its input."""
    return model.kind == "sequential" and model.inputs.plain() is MISSING


def build_for(caller: Caller, model: Model, tensor: Array) -> None:
    """Build a deferred model for an input."""
    layers = model.layers
    if layers is None or layers.known is None:
        _lose_track(model)
        return
    _start(model, tensor)
    model.tensors.set(NO_ITEMS)
    for thing in layers.known:
        _extend(caller, model, plain(thing))


def check_unfed(caller: Caller, model: Model, finally_: bool) -> Array:
    """Apply the layers of a deferred model to an input of which nothing is known, and give the output.

    An RNN's output has a rank whatever its input is, so that faults among the layers are found. At compile (not `finally_`), when
    data may still come, only the faults leave events.
    """
    layers = model.layers
    unknown_output = Array(UNKNOWN_SHAPE, "keras")
    if layers is None or not layers.known:
        return unknown_output
    first = plain(layers.known[0])
    expected = expected_length(first) if finally_ and isinstance(first, Layer) else None
    if expected is not None:
        tensor = Array(Shape((some_batch(), *expected.shape.axes[1:])), "keras")
    else:
        tensor = unknown_output
    silent = finally_ and model.checked.plain() is not MISSING
    run = Run(caller, apply_model, model, of_faults=not finally_, quiet=silent, silenced=_reported(model))
    for thing in layers.known:
        output = run.apply(plain(thing), (tensor,))
        tensor = output if isinstance(output, Array) else unknown_output
    if finally_:
        model.checked.set(TRUE)
    _remember_faults(model, run)
    return tensor
