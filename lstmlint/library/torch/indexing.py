"""Subscripts of tensors, and elements chosen by index tensors."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lstmlint.library.numpy.indexing import subscripts_of
from lstmlint.library.registry import models
from lstmlint.library.torch.creating import METHOD
from lstmlint.library.torch.tensors import axis_fault, checked, operand, regrouped, tensor
from lstmlint.shapes.broadcast import assigned, broadcast
from lstmlint.shapes.combine import flat_length
from lstmlint.shapes.dims import Dim, Poly, at_least, differ, same
from lstmlint.shapes.index import FULL, Fancy, Mark, Span, Subscript, index, out_of_range
from lstmlint.shapes.permute import behind
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Meaning, Result, Shape, Violation, unknown_dim
from lstmlint.trace import ElementsChosen, ElementTaken, Softmax
from lstmlint.values.base import NONE, Const, Value, dim_of, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, Slice, Tuple, tuple_of

_TOLD = (Meaning.BATCH, Meaning.TIME, Meaning.LAYERS)


def taken(caller: Caller, x: Array, axis: int, number: Dim) -> None:
    """An event where one element of an axis with a meaning is taken."""
    at = x.shape.position(axis)
    if at is None or x.shape.open or x.shape.axes[at].meaning not in _TOLD:
        return
    length = x.shape.axes[at].dim
    number = -1 if same(number, length - 1) and not same(number, 0) else number
    if isinstance(number, int):
        caller.emit(ElementTaken(caller.site, x, at, number))


def chosen_by(caller: Caller, x: Array, axis: int, index: Array) -> None:
    """An event where an index tensor chooses steps, for each sample its own."""
    at = x.shape.position(axis)
    if at is not None and x.shape.axes[at].meaning is Meaning.TIME and index.dtype != "bool":
        caller.emit(ElementsChosen(caller.site, x, at, index))


@models(f"{METHOD}.__getitem__")
def get(caller: Caller, self: Array, key: Value) -> Value:
    """pytorch.org/docs: as numpy's subscripts."""
    key = _subscript_of(key)
    items = key.items.known if isinstance(key, Tuple) else (key,)
    for at, item in enumerate(items or ()):
        if item.type_path == "int" and (number := dim_of(item)) is not None:
            taken(caller, self, at, number)
        elif isinstance(item, Slice) and item.lower == Const(-1) and is_none(item.upper) and is_none(item.step):
            taken(caller, self, at, -1)
        elif isinstance(item, Array):
            chosen_by(caller, self, at, item)
        if not _plain_subscript(item) and not (isinstance(item, Array) and item.dtype == "int"):
            break
    return regrouped(caller, "Tensor.__getitem__", self, subscripted(self.shape, subscripts_of(key)))


def subscripted(x: Shape, subscripts: Sequence[Subscript]) -> Result:
    """`x[subscripts]`: other than in numpy, a number between index tensors counts as a choice before them."""
    if any(isinstance(item, Span) and isinstance(item.step, int) and item.step <= 0 for item in subscripts):
        return UNKNOWN_SHAPE, Violation("index", "a slice of a tensor needs a positive step", x)
    widths = [_width(item) for item in subscripts]
    if x.open or None in widths or not any(isinstance(item, Fancy) for item in subscripts):
        return index(x, subscripts)
    missing = len(x.axes) - sum(width or 0 for width in widths)
    if missing < 0 or list(subscripts).count(Mark.ELLIPSIS) > 1:
        return index(x, subscripts)
    at = list(subscripts).index(Mark.ELLIPSIS) if Mark.ELLIPSIS in subscripts else len(subscripts)
    kept: list[Axis] = []
    rest: list[Subscript] = []
    source = 0
    for item in (*subscripts[:at], *[FULL] * missing, *subscripts[at + 1 :]):
        width = _width(item) or 0
        if isinstance(item, (int, Poly)):
            violation = out_of_range(x, x.axes[source].dim, item)
            if violation is not None:
                return UNKNOWN_SHAPE, violation
        else:
            kept.extend(x.axes[source : source + width])
            rest.append(item)
        source += width
    return index(Shape(tuple(kept)), rest)


def _width(item: Subscript) -> int | None:
    """How many axes a subscript takes; None where that is not known."""
    if isinstance(item, Mark):
        return None if item is Mark.ANY else 0
    if isinstance(item, Fancy) and item.mask is not False:
        return item.shape.rank or None if item.mask else 1 if item.shape.rank == 1 else None
    return 1


def _plain_subscript(item: Value) -> bool:
    return item.type_path in ("slice", "int")


@models(f"{METHOD}.__setitem__")
def set_part(caller: Caller, self: Array, key: Value, value: Value) -> Value:
    """pytorch.org/docs: a part is written: a number, or a tensor that is stretched to the part. What the tensor is from here on."""
    chosen = subscripts_of(_subscript_of(key))
    part, violation = subscripted(self.shape, chosen)
    stored = [self]
    if violation is None and isinstance(value, Array) and value.kind == "torch":
        violation = assigned(value.shape, part)
        stored = [value, Array(part, "torch", self.dtype)]
    checked(caller, "Tensor.__setitem__", stored, self, violation)
    made_by = None if stored[0] is self else stored[0].producer or stored[0].behind
    return NONE if violation is not None or made_by is None or self.producer is not None else _written(self, chosen, stored[0])


def _written(whole: Array, chosen: Sequence[Subscript], part: Array) -> Array:
    """A tensor into which a part of what layers made is written: it belongs to their network, and its axes mean what theirs do."""
    axes = list(whole.shape.axes)
    plain = all(item == FULL or isinstance(item, (int, Poly)) for item in chosen)
    if plain and not whole.shape.open and len(axes) >= len(chosen):
        kept = [at for at in range(len(axes)) if at >= len(chosen) or chosen[at] == FULL]
        if len(kept) == len(part.shape.axes) and not part.shape.open:
            for at, axis in zip(kept, part.shape.axes):
                axes[at] = axes[at].or_as(axis)
    softmax = part.producer if isinstance(part.producer, Softmax) else None
    return replace(whole, shape=Shape(tuple(axes), whole.shape.open), producer=softmax, behind=part.producer or part.behind)


def _subscript_of(key: Value) -> Value:
    """An index tensor without axes is a number."""
    if isinstance(key, Array) and key.shape.rank == 0 and key.dtype == "int":
        return unknown("int")
    if isinstance(key, Tuple) and key.items.known is not None:
        return tuple_of(*map(_subscript_of, key.items.known))
    return key


@models(f"{METHOD}.__iter__")
def iterate(self: Array) -> Value:
    """pytorch.org/docs: the parts along the first axis."""
    if self.shape.open:
        return tensor(behind(self.shape, 1), self.dtype, self, producer=self.producer)
    return tensor(Shape(self.shape.axes[1:]), self.dtype, self, producer=self.producer)


def chosen(x: Shape, dim: int, count: Dim) -> Result:
    """`count` elements of axis `dim`."""
    axis = x.axis(dim)
    if axis is None:
        return (behind(x, dim + 1) if x.open and dim >= 0 else x if x.rank == 0 else UNKNOWN_SHAPE), axis_fault(x, dim)
    return x.replace(dim, axis.of_length(count)), None


@models("torch.index_select", f"{METHOD}.index_select")
def index_select(caller: Caller, input: Value, dim: int, index: Value) -> Value:
    """pytorch.org/docs: the elements of an axis that an index tensor names."""
    x, places = operand(input), operand(index)
    if x is None or places is None:
        return unknown()
    count = unknown_dim("selected") if places.shape.open else flat_length(places.shape)
    shape, violation = chosen(x.shape, dim, count)
    if places.shape.rank is not None and places.shape.rank > 1:
        violation = Violation("index", f"the index has to be a vector, got {places.shape}", places.shape)
    elif x.shape.rank == 0 and differ(count, 1):
        violation = violation or Violation("index", f"a single number has no {count} elements", x.shape)
    return regrouped(caller, "index_select", x, (shape, violation))


@models("torch.gather", f"{METHOD}.gather")
def gather(caller: Caller, input: Value, dim: int, index: Value) -> Value:
    """pytorch.org/docs: elements along an axis; the result has the shape of the index."""
    x, places = operand(input), operand(index)
    if x is None or places is None:
        return unknown()
    violation = _misplaced(x.shape, dim, places.shape)
    chosen_by(caller, x, dim, places)
    axes = places.shape.axes
    if violation is None and x.shape.rank == places.shape.rank:
        axes = tuple(Axis(place.dim, place.meaning or axis.meaning) for place, axis in zip(axes, x.shape.axes))
    return checked(caller, "gather", [x, places], tensor(Shape(axes, places.shape.open), x.dtype, x), violation)


def _misplaced(x: Shape, dim: int, index: Shape) -> Violation | None:
    """What is wrong with an index tensor that has to lie within `x`, but along axis `dim`."""
    violation = axis_fault(x, dim)
    if violation is not None or x.open or index.open or index.elements() == 0:
        return violation
    if max(len(x.axes), 1) != max(len(index.axes), 1):
        return Violation("index", f"the index {index} needs as many axes as {x}", index, x)
    along = x.position(dim)
    for at, (place, axis) in enumerate(zip(index.axes, x.axes)):
        if at != along and at_least(place.dim, axis.dim + 1):
            return Violation("index", f"the index {index} reaches beyond {x}", index, x)
    return None


@models("torch.take", f"{METHOD}.take")
def take(input: Value, index: Value) -> Value:
    """pytorch.org/docs: the elements that an index tensor names, in its shape."""
    x, places = operand(input), operand(index)
    return unknown() if x is None or places is None else tensor(places.shape, x.dtype, x)


@models("torch.masked_select", f"{METHOD}.masked_select")
def masked_select(caller: Caller, input: Value, mask: Value) -> Value:
    """pytorch.org/docs: the elements that a mask selects, along one axis."""
    x, chosen_by = operand(input), operand(mask)
    if x is None or chosen_by is None:
        return unknown()
    violation = broadcast(x.shape, chosen_by.shape)[1]
    return checked(caller, "masked_select", [x, chosen_by], tensor(Shape.of(unknown_dim("selected")), x.dtype, x), violation)


@models(*(f"{owner}.{name}" for owner in (METHOD, "torch") for name in ("scatter", "scatter_add")))
def scatter(caller: Caller, input: Value, dim: int, index: Value, *others: Value) -> Value:
    """pytorch.org/docs: the same shape with other elements at the places that an index tensor names."""
    x, places = operand(input), operand(index)
    if x is None or places is None:
        return unknown()
    return checked(caller, "scatter", [x, places], tensor(x.shape, x.dtype, x), _misplaced(x.shape, dim, places.shape))


@models(*(f"{owner}.{name}" for owner in (METHOD, "torch") for name in ("index_fill", "index_add", "index_copy", "index_put")))
def filled(input: Value, *others: Value) -> Value:
    """pytorch.org/docs: the same shape with other elements."""
    x = operand(input)
    return unknown() if x is None else tensor(x.shape, x.dtype, x)


@models("torch.nn.functional.embedding")
def embedding(input: Value, weight: Value, *others: Value) -> Value:
    """pytorch.org/docs: each number becomes a row of the weights."""
    x, table = operand(input), operand(weight)
    if x is None or table is None:
        return unknown()
    width = table.shape.axis(-1)
    last = Axis(unknown_dim("embedding", lower=1) if width is None else width.dim, Meaning.FEATURE)
    return tensor(Shape((*x.shape.axes, last), x.shape.open), "float", x)
