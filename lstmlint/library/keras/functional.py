"""Functional models: everything between some inputs and some outputs."""

from __future__ import annotations

from lstmlint.library.keras.applying import mark_broken
from lstmlint.library.keras.nesting import flat
from lstmlint.library.keras.refusing import missing_inputs, refuses
from lstmlint.library.registry import inherits, models
from lstmlint.trace import InputDeclared, LayerApplied, ModelFed, ModelMade, NotTensor, Operation
from lstmlint.values.base import MISSING, NONE, Choice, Value, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, items_of
from lstmlint.values.network import Layer, Model, plain

inherits("keras.Sequential", "keras.Model")


@models("keras.Model")
def functional(caller: Caller, *args: Value, **keywords: Value) -> Value:
    """keras.io: the model between symbolic inputs and outputs."""
    inputs = args[0] if args else keywords.get("inputs", keywords.get("input", MISSING))
    outputs = args[1] if len(args) > 1 else keywords.get("outputs", keywords.get("output", MISSING))
    if inputs is MISSING or outputs is MISSING:
        return unknown()
    model = Model("functional", caller.site)
    model.inputs.set(inputs)
    model.outputs.set(outputs)
    _check(caller, model, inputs, outputs)
    tensors = flat(outputs)
    if tensors is None or flat(inputs) is None or any(is_faulty(tensor) for tensor in tensors):
        mark_broken(model)
    caller.emit(ModelMade(caller.site, model))
    return model


def _check(caller: Caller, model: Model, inputs: Value, outputs: Value) -> None:
    """What stands for the inputs and outputs of a model must be symbolic tensors, and hang together."""
    starts, ends = _tensors(inputs), _tensors(outputs)
    wrong = refuses(caller, model, inputs) or refuses(caller, model, outputs)
    for tensor in () if wrong else (*(starts or ()), *(ends or ())):
        if tensor.kind == "numpy":
            caller.emit(NotTensor(caller.site, model, tensor, "array"))
            return
    if wrong or not starts or not ends or any(tensor.producer is None for tensor in starts):
        return
    for declared in missing_inputs(starts, ends):
        caller.emit(NotTensor(caller.site, model, declared.tensor, "disconnected"))
        return


def _tensors(value: Value) -> list[Array] | None:
    return None if isinstance(value, Choice) else flat(value)


@models("keras.models.clone_model")
def clone_model(caller: Caller, model: Model, input_tensors: Value = NONE, clone_function: Value = NONE) -> Value:
    """keras.io: the same layers anew, not compiled."""
    if not is_none(input_tensors) or not is_none(clone_function):
        return unknown()
    copy = Model(model.kind, caller.site)
    for mine, own in ((copy.cell, model.cell), (copy.tensors, model.tensors), (copy.inputs, model.inputs),
                      (copy.outputs, model.outputs), (copy.broken, model.broken), (copy.reported, model.reported)):  # fmt: skip
        mine.set(own.get())
    caller.emit(ModelMade(caller.site, copy))
    return copy


def is_faulty(tensor: Array) -> bool:
    """Whether a fault lies on the way to `tensor`."""
    seen: set[int] = set()
    waiting = [tensor]
    while waiting:
        producer = waiting.pop().producer
        if producer is None or id(producer) in seen:
            continue
        seen.add(id(producer))
        if isinstance(producer, LayerApplied):
            if producer.violation is not None:
                return True
            waiting.extend(producer.inputs)
        elif isinstance(producer, Operation):
            if producer.violation is not None:
                return True
            waiting.extend(producer.operands)
        elif isinstance(producer, ModelFed):
            if producer.model.is_broken:
                return True
            waiting.extend(fed for _, fed in producer.inputs)
    return False


def chain(model: Model) -> list[Layer | Model] | None:
    """The layers of a functional model whose layers follow one another; None where it branches or can't be followed."""
    inputs, outputs = model.inputs.plain(), model.outputs.plain()
    starts, ends = flat(inputs), flat(outputs)
    if starts is None or ends is None or len(starts) != 1 or len(ends) != 1 or starts[0].producer is None:
        return None
    found: list[Layer | Model] = []
    tensor = ends[0]
    while tensor.producer is not starts[0].producer:
        producer = tensor.producer
        if isinstance(producer, LayerApplied) and len(producer.inputs) == 1 and producer.inside is None:
            found.append(producer.layer)
            tensor = producer.inputs[0]
        elif isinstance(producer, ModelFed) and len(producer.inputs) == 1:
            found.append(producer.model)
            tensor = producer.inputs[0][1]
        else:
            return None
    if isinstance(tensor.producer, InputDeclared):
        found.append(Layer("keras.layers.InputLayer", {}, tensor.producer.site))
    return found[::-1]


def layers_of(model: Model) -> list[Value] | None:
    """The layers of any model in order; None where they are not known."""
    if model.kind == "functional":
        found = chain(model)
        return None if found is None else list(found)
    items = items_of(model.cell.plain()) or model.layers
    return None if items is None or items.known is None else [plain(item) for item in items.known]
