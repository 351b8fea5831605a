"""What Keras refuses because it is no tensor: layers that were not called, all outputs of an RNN at once, arrays, other graphs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lstmlint.library.keras.nesting import flat
from lstmlint.library.keras.recurrent import RECURRENT, recurrent_layer
from lstmlint.library.keras.specs import SPECS
from lstmlint.library.registry import watches
from lstmlint.trace import InputDeclared, LayerApplied, ModelFed, NotTensor, Operation
from lstmlint.values.base import Choice, Value
from lstmlint.values.code import Caller, External
from lstmlint.values.data import Array, ListObject, Tuple, items_of
from lstmlint.values.network import Layer, Model, plain


def refuses(caller: Caller, receiver: Layer | Model | str, value: Value) -> bool:
    """Whether `receiver` can't take `value` for its input, with the event that says so.

    All that an RNN returns, as the input of another RNN, was read as an input and its initial states by Keras 2: the event
    leaves it open.
    """
    value = plain(value)
    wrong = next(_uncalled(value), None)
    if wrong is not None:
        caller.emit(NotTensor(caller.site, receiver, wrong, "class" if isinstance(wrong, External) else "uncalled"))
        return True
    if merges(receiver):
        among = next(((part, one) for part in _parts(value) if (one := returned_by(part)) is not None), None)
        if among is not None:
            caller.emit(NotTensor(caller.site, receiver, among[0], "several", among[1]))
            return True
        _values_first(caller, receiver, _parts(value))
        return False
    if not isinstance(receiver, Layer):
        return False
    applied = returned_by(value)
    if recurrent_layer(receiver) is not None:
        tensors = _tensors(value)
        if len(tensors) > 1 and any(map(is_symbolic, tensors)):
            caller.emit(NotTensor(caller.site, receiver, value, "states", applied))
        return False
    listed = _tensors(value)
    if takes_one(receiver) and (applied is not None or (len(listed) > 1 and any(map(is_symbolic, listed)))):
        caller.emit(NotTensor(caller.site, receiver, value, "several", applied))
        return True
    return False


def _values_first(caller: Caller, receiver: Layer | Model | str, parts: Sequence[Value]) -> None:
    """An array of values as the first of what is merged, before a tensor of the network, which Keras 3 takes for one, too."""
    first, rest = (parts[0], parts[1:]) if parts else (None, ())
    kind = receiver.kind if isinstance(receiver, Layer) else _CLASSES.get(str(receiver).removeprefix("keras.layers."), "")
    if not isinstance(first, Array) or first.kind not in ("numpy", "tensor") or kind.rpartition(".")[2] not in _ASKING:
        return
    if any(isinstance(part, Array) and is_symbolic(part) for part in rest):
        applied = first.producer if isinstance(first.producer, LayerApplied) else None
        caller.emit(NotTensor(caller.site, receiver, first, "values", applied))


_ASKING = ("Add", "Average", "Concatenate", "Maximum", "Multiply", "Subtract")


def merges(receiver: Layer | Model | str) -> bool:
    """Whether `receiver` makes one tensor of a list of them: a layer such as Concatenate, or its functional twin."""
    if isinstance(receiver, Model):
        return False
    path = receiver.path if isinstance(receiver, Layer) else receiver
    spec = SPECS.get(path) or SPECS.get(_CLASSES.get(path.rpartition(".")[2], ""))
    return spec is not None and spec.several


_CLASSES = {
    name.lower(): f"keras.layers.{name}"
    for name in ("Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract")
}


def _parts(value: Value) -> list[Value]:
    """The elements of a list of tensors, if one of them is a tensor by itself."""
    items = items_of(value)
    known = list(map(plain, items.known or ())) if items is not None else []
    return known if any(isinstance(part, Array) for part in known) else []


def _tensors(value: Value) -> list[Array]:
    return (flat(value) or []) if isinstance(value, (Tuple, ListObject)) else []


def _uncalled(value: Value) -> Iterator[Value]:
    items = items_of(value)
    for part in (value,) if items is None else (items.known or ()):
        part = plain(part)
        if isinstance(part, Model) or (isinstance(part, (Layer, External)) and part.path in SPECS):
            yield part


def takes_one(layer: Layer) -> bool:
    """Whether `layer` raises where it gets several tensors: those that look at the shape of their input do."""
    spec = SPECS.get(layer.path)
    if spec is None or spec.several:
        return False
    return layer.path in RECURRENT or spec.rank is not None or spec.least is not None or layer.kind in _LOOKING


_LOOKING = ("Flatten", "Reshape", "BatchNormalization", "LayerNormalization", "Permute")


def returned_by(value: Value) -> LayerApplied | None:
    """The application that returned `value`, if that is all of its several outputs."""
    items = items_of(value)
    known = items.known if items is not None else None
    first = known[0] if known else None
    applied = first.producer if isinstance(first, Array) else None
    if not known or not isinstance(applied, LayerApplied) or not isinstance(applied.output, Tuple):
        return None
    parts = applied.output.items.known
    same = parts is not None and len(parts) == len(known) and all(a is b for a, b in zip(parts, known))
    return applied if same and len(known) > 1 else None


def is_symbolic(tensor: Array) -> bool:
    """Whether `tensor` hangs on an Input."""
    return tensor.kind == "keras" and next(_origins(tensor, ()), None) is not None


def missing_inputs(inputs: Sequence[Array], outputs: Sequence[Array]) -> Iterator[InputDeclared]:
    """The inputs that `outputs` need and that are not among, or before, `inputs`."""
    for output in outputs:
        yield from _origins(output, inputs)


def _origins(tensor: Array, given: Sequence[Array]) -> Iterator[InputDeclared]:
    """The inputs that `tensor` hangs on, by ways that don't lead through one of `given`."""
    ends = {id(one.producer) for one in given if one.producer is not None}
    seen: set[int] = set()
    waiting = [tensor]
    while waiting:
        producer = waiting.pop().producer
        if producer is None or id(producer) in seen or id(producer) in ends:
            continue
        seen.add(id(producer))
        if isinstance(producer, InputDeclared):
            yield producer
        elif isinstance(producer, LayerApplied):
            waiting.extend(producer.inputs)
            waiting.extend(producer.states.given if producer.states is not None else ())
        elif isinstance(producer, Operation):
            waiting.extend(producer.operands)
        elif isinstance(producer, ModelFed):
            waiting.extend(fed for _, fed in producer.inputs)
        elif isinstance(producer, Array):
            waiting.append(producer)


_NEEDS_NUMBERS = frozenset(
    f"numpy.{name}"
    for name in [
        *("array", "asarray", "asanyarray", "ascontiguousarray", "concatenate", "stack", "vstack", "hstack", "dstack"),
        *("expand_dims", "reshape", "transpose", "mean", "dot", "tile"),
    ]
)
"""Functions of numpy that ask a symbolic tensor for its numbers, which it has not."""


@watches("numpy")
def symbolic_given(caller: Caller, path: str, args: Sequence[Value], keywords: Mapping[str, Value]) -> None:
    """A symbolic tensor given to numpy."""
    if path not in _NEEDS_NUMBERS or not args or isinstance(args[0], Choice):
        return
    items = items_of(args[0])
    for part in (args[0],) if items is None else (items.known or (items.element,))[:8]:
        if isinstance(part, Array) and part.kind == "keras" and is_symbolic(part):
            caller.emit(NotTensor(caller.site, path, part, "symbolic"))
            return
