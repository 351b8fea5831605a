"""Several arrays made into one, one into several, and repetition."""
from __future__ import annotations

from collections.abc import Callable, Sequence

from lstmlint.library.coerce import to_dim, to_shape
from lstmlint.library.numpy.arguments import UNSURE, arrays, axes_of, sequence
from lstmlint.library.numpy.results import array, checked, common_dtype, reshaped
from lstmlint.library.registry import models
from lstmlint.shapes import combine
from lstmlint.shapes.dims import Dim
from lstmlint.shapes.index import out_of_range
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Meaning, Result, Shape, unknown_dim
from lstmlint.shapes.window import pad as padded
from lstmlint.values.base import MISSING, NONE, Const, Unknown, Value, is_none
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, Items, ListObject, items_of

Combine = Callable[[Sequence[Shape]], Result]


def _combined(caller: Caller, name: str, values: Value, combine_shapes: Combine, many: Callable[[Shape, Dim], Shape]) -> Value:
    """The arrays of a sequence combined; `many` is for an unknown number of arrays with one shape."""
    items = sequence(values)
    if items is None:
        return array(UNKNOWN_SHAPE, None)
    if items.known is None:
        (element,) = arrays([items.element])
        varies = any(not isinstance(axis.dim, int) for axis in element.shape)
        shape = many(element.shape, items.length)
        return array(UNKNOWN_SHAPE if varies and shape.open else shape, element.dtype, element)
    parts = arrays(items.known)
    shape, violation = combine_shapes([part.shape for part in parts])
    result = array(shape, common_dtype([part.dtype for part in parts]), *parts)
    return checked(caller, name, parts, result, violation)


def _longer(element: Shape, axis: int | None, count: Dim) -> Shape:
    """`count` arrays like `element` joined along `axis`. Lengths that are no numbers may differ from one to the next."""
    if axis is None:
        total = element.elements()
        return Shape.of(total * count if isinstance(total, int) else unknown_dim())
    found = element.axis(axis)
    if found is None:
        return UNKNOWN_SHAPE
    return element.replace(axis, found.of_length(found.dim * count if isinstance(found.dim, int) else unknown_dim()))


@models("numpy.concatenate", "numpy.concat")
def concatenate(caller: Caller, arrays: Value, axis: Value = Const(0), out: Value = NONE) -> Value:  # noqa: B008
    """numpy.org/doc: joined along an axis that all have."""
    axes = axes_of(axis)
    if axes is UNSURE:
        return array(UNKNOWN_SHAPE, None)
    along = None if axes is None else axes[0]
    return _combined(
        caller, "concatenate", arrays, lambda shapes: combine.concatenate(shapes, along), lambda e, n: _longer(e, along, n)
    )


@models("numpy.stack")
def stack(caller: Caller, arrays: Value, axis: Value = Const(0)) -> Value:  # noqa: B008
    """numpy.org/doc: joined along a new axis."""
    axes = axes_of(axis)
    if not isinstance(axes, tuple):
        return array(UNKNOWN_SHAPE, None)
    along = axes[0]
    return _combined(
        caller,
        "stack",
        arrays,
        lambda shapes: _with_features(combine.stack(shapes, along), along),
        lambda element, count: combine.stack([element], along, count)[0] if along else _samples(element, count),
    )


def _samples(element: Shape, count: Dim) -> Shape:
    return _as_samples(combine.stack([combine.as_sample(element)], 0, count)[0])


def _with_features(result: Result, axis: int) -> Result:
    """With the last axis, if that is the new one and lies behind time, as features."""
    shape, violation = result
    if shape.open or axis not in (-1, len(shape.axes) - 1) or not any(one.meaning is Meaning.TIME for one in shape):
        return result
    return shape.replace(-1, Axis(shape.axes[-1].dim, Meaning.FEATURE)), violation


def _as_samples(shape: Shape) -> Shape:
    """With the first axis as that of samples."""
    return shape if shape.open else shape.replace(0, Axis(shape.axes[0].dim, Meaning.SAMPLE))


def _joined(combine_shapes: Combine, along: int, *names: str) -> None:
    @models(*(f"numpy.{name}" for name in names))
    def join(caller: Caller, tup: Value) -> Value:
        """numpy.org/doc: joined along a fixed axis after missing axes have been added."""

        def many(element: Shape, count: Dim) -> Shape:
            rows = names[0] == "vstack" and element.rank == 1
            single, _ = combine_shapes([combine.as_sample(element) if rows else element])
            joined = _longer(single, 0 if single.rank == 1 else along, count)
            return _as_samples(joined) if rows else joined

        return _combined(caller, names[0], tup, combine_shapes, many)


_joined(combine.vstack, 0, "vstack", "row_stack")
_joined(combine.hstack, 1, "hstack")
_joined(lambda shapes: _with_features(combine.dstack(shapes), -1), 2, "dstack")
_joined(combine.column_stack, 1, "column_stack")


def _split(caller: Caller, name: str, ary: Array, parts: Value, axis: int, exactly: bool) -> Value:
    points = to_shape(parts) if items_of(parts) is not None or isinstance(parts, Array) else None
    count = to_dim(parts) if points is None else None
    if points is not None:
        shapes, violation = combine.split_at(ary.shape, points.dims, axis)
    elif isinstance(count, int):
        shapes, violation = combine.split_evenly(ary.shape, count, axis, exactly)
    else:
        found = ary.shape.axis(axis)
        part = UNKNOWN_SHAPE if found is None else ary.shape.replace(axis, found.of_length(unknown_dim()))
        return ListObject(Items.many(array(part, ary.dtype, ary), unknown_dim() if count is None else count))
    result = ListObject(Items.of(array(shape, ary.dtype, ary) for shape in shapes))
    return checked(caller, name, [ary], result, violation)


@models("numpy.split")
def split(caller: Caller, ary: Array, indices_or_sections: Value, axis: int = 0) -> Value:
    """numpy.org/doc: equal parts, or parts between positions."""
    return _split(caller, "split", ary, indices_or_sections, axis, True)


@models("numpy.array_split")
def array_split(caller: Caller, ary: Array, indices_or_sections: Value, axis: int = 0) -> Value:
    """numpy.org/doc: as split, but the parts need not be equal."""
    return _split(caller, "array_split", ary, indices_or_sections, axis, False)


@models("numpy.vsplit")
def vsplit(caller: Caller, ary: Array, indices_or_sections: Value) -> Value:
    """numpy.org/doc: split along the first axis."""
    return _split(caller, "split", ary, indices_or_sections, 0, True)


@models("numpy.hsplit")
def hsplit(caller: Caller, ary: Array, indices_or_sections: Value) -> Value:
    """numpy.org/doc: split along the second axis, or the only one."""
    return _split(caller, "split", ary, indices_or_sections, 0 if ary.shape.rank == 1 else 1, True)


@models("numpy.tile")
def tile(A: Array, reps: Shape | Unknown) -> Value:  # noqa: N803
    """numpy.org/doc: each axis repeated as a whole."""
    return array(UNKNOWN_SHAPE if isinstance(reps, Unknown) else combine.tile(A.shape, reps.dims), A.dtype, A)


@models("numpy.repeat", "numpy.ndarray.repeat")
def repeat(caller: Caller, a: Array, repeats: Value, axis: Value = NONE) -> Value:
    """numpy.org/doc: each element repeated."""
    axes = axes_of(axis)
    if axes is UNSURE:
        return array(UNKNOWN_SHAPE, a.dtype, a)
    return reshaped(caller, "repeat", a, combine.repeat(a.shape, _times(repeats, a, axes), None if axes is None else axes[0]))


def _times(repeats: Value, a: Array, axes: tuple[int, ...] | None) -> Dim | None:
    if isinstance(repeats, (Const, Unknown)) and repeats.type_path not in ("int", "bool"):
        return None
    if items_of(repeats) is None:
        return to_dim(repeats) if not isinstance(repeats, Array) else None
    # A list gives one number for each element: the same for all where it has one item, otherwise their sum.
    counts = to_shape(repeats)
    if counts is not None and len(counts.dims) == 1:
        return counts.dims[0]
    return None


@models("numpy.append")
def append(caller: Caller, arr: Array, values: Array, axis: Value = NONE) -> Value:
    """numpy.org/doc: joined at the end, both flattened without `axis`."""
    axes = axes_of(axis)
    if axes is UNSURE:
        return array(UNKNOWN_SHAPE, None, arr)
    shape, violation = combine.concatenate([arr.shape, values.shape], None if axes is None else axes[0])
    result = array(shape, common_dtype([arr.dtype, values.dtype]), arr, values)
    return checked(caller, "append", [arr, values], result, violation)


def _edited(caller: Caller, name: str, arr: Array, axis: Value, change: Callable[[Dim], Dim]) -> Value:
    """`arr` (flattened without `axis`) with another length of one axis."""
    axes = axes_of(axis)
    if axes is UNSURE:
        return array(UNKNOWN_SHAPE, arr.dtype, arr)
    if axes is None:
        return reshaped(caller, name, arr, combine.changed_length(Shape.of(combine.flat_length(arr.shape)), change, 0))
    return reshaped(caller, name, arr, combine.changed_length(arr.shape, change, axes[0]))


def _position(obj: Value) -> Dim | None:
    """The single position that `obj` is; None for several, or where that is not known."""
    return None if isinstance(obj, Unknown) and obj.type is None else to_dim(obj)


@models("numpy.insert")
def insert(caller: Caller, arr: Array, obj: Value, values: Array, axis: Value = NONE) -> Value:
    """numpy.org/doc: new elements before a position."""
    rank, more = arr.shape.rank, values.shape.rank
    count: Dim | None = None
    if _position(obj) is not None and more is not None:
        if is_none(axis):
            count = combine.flat_length(values.shape)
        elif rank is not None and more < rank:
            count = 1
    return _edited(caller, "insert", arr, axis, lambda dim: unknown_dim() if count is None else dim + count)


@models("numpy.delete")
def delete(caller: Caller, arr: Array, obj: Value, axis: Value = NONE) -> Value:
    """numpy.org/doc: without the elements at some positions."""
    at = _position(obj)
    if at is None:
        return _edited(caller, "delete", arr, axis, lambda dim: unknown_dim())
    axes = axes_of(axis)
    found = arr.shape.axis(axes[0]) if isinstance(axes, tuple) else None
    length = combine.flat_length(arr.shape) if axes is None else None if found is None else found.dim
    violation = None if length is None else out_of_range(arr.shape, length, at)
    if violation is not None:
        return reshaped(caller, "delete", arr, (UNKNOWN_SHAPE, violation))
    return _edited(caller, "delete", arr, axis, lambda dim: dim - 1)


@models("numpy.pad")
def pad(caller: Caller, array: Array, pad_width: Value, mode: Value = MISSING) -> Value:
    """numpy.org/doc: more elements before and behind, along each axis."""
    widths = pairs_of(pad_width)
    if widths is None:
        same_rank = UNKNOWN_SHAPE if array.shape.rank is None else Shape.of_rank(array.shape.rank)
        return reshaped(caller, "pad", array, (same_rank, None))
    return reshaped(caller, "pad", array, padded(array.shape, widths))


def pairs_of(width: Value) -> list[Sequence[Dim]] | None:
    """The (before, behind) pairs that pad_width means: k, (k,), (before, behind), or one pair for each axis."""
    items = items_of(width)
    if items is None:
        dim = to_dim(width) if not (isinstance(width, Unknown) and width.type is None) else None
        return None if dim is None else [(dim, dim)]
    if items.known is None:
        return None
    if all(items_of(item) is None for item in items.known):
        flat = to_shape(width)
        return None if flat is None or not flat.dims else [flat.dims]
    pairs = [to_shape(item) for item in items.known]
    known = [pair.dims for pair in pairs if pair is not None and pair.dims]
    return list(known) if len(known) == len(pairs) else None
