"""Models applied to tensors: as a layer of another model, or called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lstmlint.library.keras.applying import Run, kind_of, mark_broken
from lstmlint.library.keras.axes import some_batch
from lstmlint.shapes.dims import Dim, Symbol, same, single, substitute
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Shape
from lstmlint.trace import InputDeclared, LayerApplied, ModelFed
from lstmlint.values.base import MISSING, NONE, Value, unknown
from lstmlint.values.data import Array, DictObject, Entries, Items, ListObject, Tuple, items_of
from lstmlint.values.network import NO_ITEMS, Layer, Model, plain

Pair = tuple[Array, Array]


def flat(value: Value) -> list[Array] | None:
    """The tensors of a structure (one, or a sequence or dictionary of them) in order; None where they are not all known."""
    value = plain(value)
    if isinstance(value, Array):
        return [value]
    if isinstance(value, DictObject):
        entries = value.entries
        parts = [flat(item) for _, item in entries.known]
        return None if entries.open or None in parts else [tensor for part in parts for tensor in part or ()]
    items = items_of(value)
    if items is None or items.known is None:
        return None
    parts = [flat(item) for item in items.known]
    return None if None in parts else [tensor for part in parts for tensor in part or ()]


def declared_inputs(model: Model) -> list[Array] | None:
    """The symbolic inputs of `model` in order; None where they are not known."""
    inputs = model.inputs.plain()
    return None if inputs is MISSING else flat(inputs)


def taker_of(declared: Array, outputs: Value) -> Layer | None:
    """The layer that takes an input of a model first; `outputs`: the model's."""
    waiting, seen = list(flat(outputs) or ()), set[int]()
    while waiting:
        applied = waiting.pop().producer
        if not isinstance(applied, LayerApplied) or id(applied) in seen:
            continue
        seen.add(id(applied))
        if any(tensor.producer is declared.producer for tensor in applied.inputs):
            return applied.layer
        waiting.extend(applied.inputs)
    return None


def takes_any_width(layer: Layer | None) -> bool:
    """Whether a layer may take another last axis than the one that it was built for, and give something that fits all the same."""
    return layer is None or layer.kind in _OF_ANY_WIDTH or not layer.path.startswith("keras.")


_OF_ANY_WIDTH = ("Embedding", "Lambda", "Permute", "Reshape")


def name_of(tensor: Array) -> str | None:
    """The name that the program gave to a symbolic input."""
    return tensor.producer.name if isinstance(tensor.producer, InputDeclared) else None


def adjusted(declared: Shape, fed: Shape) -> Shape:
    """`fed` as a model takes it that declares `declared`: a last axis of length one may be missing or too many."""
    if declared.rank is None or fed.rank is None or not declared.axes or not fed.axes:
        return fed
    if fed.rank == declared.rank - 1 and declared.axes[-1].dim == 1:
        return Shape((*fed.axes, Axis(1)))
    if fed.rank == declared.rank + 1 and fed.axes[-1].dim == 1:
        return Shape(fed.axes[:-1])
    return fed


def _lengths(declared: Shape, fed: Shape) -> dict[Symbol, Dim] | None:
    """What the open lengths of `declared` are when `fed` comes; None where the two do not fit together."""
    if declared.rank is None or declared.rank != fed.rank:
        return None
    lengths: dict[Symbol, Dim] = {}
    for at, (want, have) in enumerate(zip(declared, fed)):
        symbol = single(want.dim)
        if symbol is not None:
            lengths[symbol] = have.dim
        elif at and not same(want.dim, have.dim):
            return None
    return lengths


def outputs_for(model: Model, pairs: list[Pair] | None, kind: str, producer: object = None) -> Value:
    """What `model` answers when each declared input gets the tensor paired with it; what depends on others is unknown."""
    lengths: dict[Symbol, Dim] = {}
    batch = some_batch()
    for declared, fed in pairs or ():
        known = _lengths(declared.shape, adjusted(declared.shape, fed.shape))
        lengths.update(known or {})
        if fed.shape.rank:
            batch = fed.shape.axes[0]
    own = [declared.shape.axes[0].dim for declared in declared_inputs(model) or () if declared.shape.rank]

    def renewed(tensor: Array) -> Array:
        axes = [axis.of_length(substitute(axis.dim, lengths.get)) for axis in tensor.shape]
        if tensor.shape.rank and any(same(tensor.shape.axes[0].dim, dim) for dim in own) or tensor.shape.rank and not own:
            axes[0] = batch
        return Array(Shape(tuple(axes), tensor.shape.open), kind, tensor.dtype or "float", producer)

    return _mapped(model.outputs.plain(), renewed)


def _mapped(value: Value, change: Callable[[Array], Array]) -> Value:
    """A structure of tensors with each of them changed."""
    value = plain(value)
    if isinstance(value, Array):
        return change(value)
    if isinstance(value, DictObject) and not value.entries.open:
        return DictObject(Entries(tuple((key, _mapped(item, change)) for key, item in value.entries.known)))
    items = items_of(value)
    if items is None or items.known is None:
        return unknown()
    if len(items.known) == 1:
        return _mapped(items.known[0], change)
    parts = Items.of(_mapped(item, change) for item in items.known)
    return Tuple(parts) if isinstance(value, Tuple) else ListObject(parts)


def paired(declared: list[Array] | None, tensors: tuple[Array, ...]) -> list[Pair] | None:
    """Each declared input with what it gets; None where their numbers differ."""
    return list(zip(declared, tensors)) if declared is not None and len(declared) == len(tensors) else None


def through_stack(run: Run, model: Model, tensor: Array) -> Value:
    """A tensor sent through the layers of a sequential model, one by one."""
    layers = model.layers
    if layers is None or layers.known is None:
        return Array(UNKNOWN_SHAPE, kind_of((tensor,)))
    for thing in layers.known:
        output = run.apply(thing, (tensor,))
        tensor = output if isinstance(output, Array) else Array(UNKNOWN_SHAPE, kind_of((tensor,)))
    return tensor


def apply_model(run: Run, model: Model, tensors: tuple[Array, ...]) -> Value:
    """keras.io: a model is called like a layer."""
    kind = kind_of(tensors)
    if model.kind == "sequential" and model.inputs.plain() is MISSING:
        return _build_by_call(run, model, tensors[0]) if len(tensors) == 1 else unknown()
    pairs = paired(declared_inputs(model), tensors)
    if run.quiet or run.of_faults:
        return answer(run, model, pairs, kind)
    event = ModelFed(run.caller.site, "call", model, NONE, NONE, () if model.is_broken else tuple(pairs or ()), {}, "predict")
    run.caller.emit(event)
    return answer(run, model, pairs, kind, event)


def answer(run: Run, model: Model, pairs: list[Pair] | None, kind: str, event: ModelFed | None = None) -> Value:
    """What a built model makes of its inputs."""
    if model.kind == "sequential" and pairs and len(pairs) == 1:
        declared, fed = pairs[0]
        shape = adjusted(declared.shape, fed.shape)
        if shape.rank is not None and shape.rank == declared.shape.rank and _lengths(declared.shape, shape) is None:
            # Another number of timesteps, say: Keras sends it through the layers as it is.
            again = replace(run, model=model, quiet=True, faults=[])
            output = through_stack(again, model, Array(shape, fed.kind, fed.dtype))
            if not again.faults and isinstance(output, Array):
                return Array(output.shape, kind, output.dtype, event)
    return outputs_for(model, pairs, kind, event)


def _build_by_call(run: Run, model: Model, tensor: Array) -> Value:
    """A sequential model without an input shape is built by the first tensor that it gets."""
    if run.quiet or run.of_faults:
        return through_stack(replace(run, model=model, quiet=True), model, tensor)
    shape = tensor.shape
    own = tensor
    if tensor.kind != "keras" and shape.rank:
        own = Array(Shape((some_batch(), *shape.axes[1:])), "keras", tensor.dtype, tensor)
    inner = replace(run, model=model, faults=[])
    output = through_stack(inner, model, own)
    if inner.faults:
        mark_broken(model)
    if not isinstance(output, Array) or shape.open:
        return output
    model.inputs.set(own)
    model.outputs.set(output)
    model.tensors.set(NO_ITEMS)
    return output if own is tensor else outputs_for(model, [(own, tensor)], "tensor", output.producer)
