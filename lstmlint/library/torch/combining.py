"""Several tensors made into one, one into several, and matrix products."""
from __future__ import annotations

from collections.abc import Callable, Sequence

from lstmlint.library.numpy.arguments import sequence
from lstmlint.library.numpy.results import common_dtype
from lstmlint.library.registry import models
from lstmlint.library.torch.tensors import checked, operand, tensor
from lstmlint.shapes import combine
from lstmlint.shapes.dims import Dim, symbols
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Meaning, Result, Shape, unknown_dim
from lstmlint.trace import Softmax
from lstmlint.values.base import Value
from lstmlint.values.code import Caller
from lstmlint.values.data import Array

Combine = Callable[[Sequence[Shape]], Result]


def _combined(caller: Caller, name: str, values: Value, combine_shapes: Combine, many: Callable[[Shape, Dim], Shape]) -> Value:
    """The tensors of a sequence combined; `many` is for an unknown number of tensors with one shape."""
    items = sequence(values)
    if items is None:
        return tensor(UNKNOWN_SHAPE, None)
    if items.known is None:
        element = operand(items.element)
        if element is None:
            return tensor(UNKNOWN_SHAPE, None)
        return tensor(many(_alike(element.shape), items.length), element.dtype, element, producer=_softmax_of([element]))
    parts = [operand(item) for item in items.known]
    known = [part for part in parts if part is not None]
    if len(known) != len(parts):
        return tensor(UNKNOWN_SHAPE, None)
    shape, violation = combine_shapes([part.shape for part in known])
    if violation is not None:
        ranks = {part.shape.rank for part in known}
        shape = UNKNOWN_SHAPE if shape.rank is None or len(ranks) > 1 else Shape.of_rank(shape.rank)
    made = tensor(shape, common_dtype([part.dtype for part in known]), *known, producer=_softmax_of(known))
    return checked(caller, name, known, made, violation)


def _softmax_of(parts: Sequence[Array]) -> object:
    """The softmax that gave all the parts, step by step: their elements are those of what is made of them."""
    made_by = [part.producer for part in parts]
    places = {one.site.node for one in made_by if isinstance(one, Softmax)}
    return made_by[-1] if len(places) == 1 and all(isinstance(one, Softmax) for one in made_by) else None


def _alike(element: Shape) -> Shape:
    """The shape of any of many tensors that can be put together: what may differ from one to the next must be equal after all."""
    axes = (a.of_length(unknown_dim()) if any(s.varies for s in symbols(a.dim)) else a for a in element)
    return Shape(tuple(axes), element.open)


def _longer(element: Shape, axis: int, count: Dim) -> Shape:
    """`count` tensors like `element` joined along `axis`. Lengths that are no numbers may differ from one to the next."""
    found = element.axis(axis)
    if found is None:
        return UNKNOWN_SHAPE
    return element.replace(axis, found.of_length(found.dim * count if isinstance(found.dim, int) else unknown_dim()))


def _filled(shapes: Sequence[Shape]) -> list[Shape]:
    """Those that are not the empty vector, which torch passes over whatever the others are."""
    return [shape for shape in shapes if shape.open or shape.dims != (0,)]


@models("torch.cat", "torch.concat", "torch.concatenate")
def cat(caller: Caller, tensors: Value, dim: int = 0, *, axis: int | None = None) -> Value:
    """pytorch.org/docs: joined along an axis that all have; empty tensors of one axis are passed over."""
    along = dim if axis is None else axis

    def joined(shapes: Sequence[Shape]) -> Result:
        full = _filled(shapes)
        return combine.concatenate(full, along) if full or not shapes else (shapes[0], None)

    return _combined(caller, "cat", tensors, joined, lambda element, count: _longer(element, along, count))


@models("torch.stack")
def stack(caller: Caller, tensors: Value, dim: int = 0) -> Value:
    """pytorch.org/docs: joined along a new axis."""
    return _combined(
        caller,
        "stack",
        tensors,
        lambda shapes: combine.stack(shapes, dim),
        lambda element, count: _stacked(element, count, dim),
    )


def _stacked(element: Shape, count: Dim, dim: int) -> Shape:
    """`count` tensors beside each other; if they are windows of a series, they are samples."""
    shape, _ = combine.stack([element], dim, count)
    if dim or shape.open or all(axis.meaning is not Meaning.WINDOW for axis in element):
        return shape
    return shape.replace(0, Axis(shape.axes[0].dim, Meaning.SAMPLE))


def _fixed_axis(name: str, combine_shapes: Combine, along: int) -> None:
    @models(f"torch.{name}")
    def join(caller: Caller, tensors: Value) -> Value:
        """pytorch.org/docs: joined along a fixed axis after missing axes have been added."""

        def many(element: Shape, count: Dim) -> Shape:
            single, _ = combine_shapes([element])
            return _longer(single, 0 if single.rank == 1 else along, count)

        return _combined(caller, name, tensors, combine_shapes, many)


_fixed_axis("vstack", combine.vstack, 0)
_fixed_axis("row_stack", combine.vstack, 0)
_fixed_axis("hstack", lambda shapes: combine.hstack(_filled(shapes) or shapes), 1)
_fixed_axis("dstack", combine.dstack, 2)
_fixed_axis("column_stack", combine.column_stack, 1)
