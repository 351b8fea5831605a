"""What an earlier run has told of a call, where the program itself tells less: it never overrides what is derived."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lstmlint.shapes.dims import Dim, differ, same, symbols
from lstmlint.shapes.shape import Axis, Shape, unknown_dim
from lstmlint.values.base import Unknown, Value
from lstmlint.values.data import Array, Frame, Table, frame
from lstmlint.values.knowledge import REMEMBERED, Recall, Recollection
from lstmlint.values.memory import in_place_of

_FITTING = {
    "array": frozenset({"numpy", "any"}),
    "series": frozenset({"series"}),
    "tensor": frozenset({"tensor", "keras", "graph", "torch", "any"}),
    "torch": frozenset({"torch", "any"}),
    "frame": frozenset({"any"}),
}
"""The kinds of arrays that the analysis may know such a value as."""
_BECOMES = {"array": "numpy", "series": "series", "tensor": "any", "torch": "torch"}
"""What something unknown is from here on."""


def recalled(recall: Recall, node: object, value: Value) -> Value:
    """The value of the call `node` as the analysis goes on with it."""
    fact = recall.facts.get(node)
    if fact is None:
        return value
    before = value.cell.raw if isinstance(value, Frame) else None
    known = _met(value, fact)
    if known is not value or (isinstance(known, Frame) and known.cell.raw is not before):
        recall.used.add(node)
    return known


def _met(value: Value, fact: Recollection) -> Value:
    """Both what is derived and what was seen; where these contradict each other, what is derived."""
    if isinstance(value, Unknown):
        return value if value.type is not None else _made(value, fact)
    if isinstance(value, Frame):
        _complete(value, fact)
        return value
    if not isinstance(value, Array) or value.kind not in _FITTING[fact.kind]:
        return value
    shape = _completed(value.shape, fact.shape)
    if shape is None or shape == value.shape:
        return value
    return in_place_of(value, replace(value, shape=shape, dtype=value.dtype or fact.dtype, known=REMEMBERED))


def _complete(table: Frame, fact: Recollection) -> None:
    content = table.cell.get()
    if fact.kind != "frame" or not isinstance(content, Table):
        return
    axes = _meet((content.rows, Axis(content.width)), fact.shape)
    if axes is not None and axes != (content.rows, Axis(content.width)):
        rows, width = axes
        table.table = replace(content, rows=rows, width=width.dim, known=REMEMBERED)


def _made(value: Unknown, fact: Recollection) -> Value:
    # A number of numpy's is better known as what it is computed from than as an array without axes.
    if not fact.shape:
        return value
    dims = [unknown_dim() if length is None else length for length in fact.shape]
    if fact.kind != "frame":
        return Array(Shape.of(*dims), _BECOMES[fact.kind], fact.dtype, known=REMEMBERED)
    made = frame(dims[0], None, dims[1], dtype="object", index=None)
    made.table = replace(made.table, known=REMEMBERED)
    return made


def _completed(shape: Shape, seen: Sequence[int | None]) -> Shape | None:
    """A shape with the lengths that were seen where it has none; None where the two contradict each other."""
    before = len(seen) - len(shape.axes)
    if before < 0 or (before and not shape.open):
        return None
    unknown = [Axis(unknown_dim()) for _ in range(before)]
    axes = _meet((*unknown, *shape.axes), seen)
    return None if axes is None else Shape(axes)


def _meet(axes: Sequence[Axis], seen: Sequence[int | None]) -> tuple[Axis, ...] | None:
    if any(length is not None and differ(axis.dim, length) for axis, length in zip(axes, seen)):
        return None
    return tuple(_length(axis, length, at) for at, (axis, length) in enumerate(zip(axes, seen)))


def _length(axis: Axis, seen: int | None, at: int) -> Axis:
    """An axis, with the length that was seen; how many samples there are differs from run to run, and a symbol says more of it."""
    if seen is None or same(axis.dim, seen) or (at == 0 and _has_a_name(axis.dim)):
        return axis
    return axis.of_length(seen)


def _has_a_name(dim: Dim) -> bool:
    return all(symbol.name != "?" for symbol in symbols(dim))
