"""tf.data: what an element of a data set is, and how many there are. A batch whose length may differ from the next one's has an
axis that varies."""
from __future__ import annotations

from collections.abc import Sequence

from lstmlint.library.registry import inherits, models
from lstmlint.library.tensorflow.structures import (
    first_length,
    leaves,
    mapped,
    reshaped,
    structure_of,
    with_axes,
    without_first,
)
from lstmlint.shapes.dims import Dim, differ, floor_divide, same, smaller, symbols
from lstmlint.shapes.shape import SCALAR, UNKNOWN_SHAPE, Axis, Meaning, Shape, Violation, unknown_dim
from lstmlint.trace import Operation
from lstmlint.values.base import FALSE, MISSING, NONE, Const, Unknown, Value, dim_of, integer, is_none, unknown
from lstmlint.values.code import Caller, LibraryObject
from lstmlint.values.data import Array, DictObject, Entries, Items, ListObject, Range, Tuple, items_of, range_length, tuple_of
from lstmlint.values.network import plain
from lstmlint.values.variation import varying

DATASET = "tensorflow.data.Dataset"

for _name in ("TextLineDataset", "TFRecordDataset", "FixedLengthRecordDataset"):
    inherits(f"tensorflow.data.{_name}", DATASET)


def dataset(element: Value, length: Dim | None = None) -> LibraryObject:
    """A data set of `length` elements like `element`."""
    made = LibraryObject(DATASET)
    made.fields.set("element", element)
    made.fields.set("length", unknown("int") if length is None else integer(length))
    return made


def is_dataset(value: Value) -> bool:
    """A data set of tf.data."""
    return isinstance(value, LibraryObject) and value.path == DATASET


def element_of(source: Value) -> Value:
    """What one element of a data set is."""
    found = source.fields.get("element") if isinstance(source, LibraryObject) else MISSING
    return unknown() if found is MISSING else plain(found)


def _length_of(source: LibraryObject) -> Dim | None:
    value = plain(source.fields.get("length"))
    return None if isinstance(value, Unknown) or value is MISSING else dim_of(value)


def _arguments(element: Value) -> list[Value]:
    """How an element reaches a function: a tuple as several arguments."""
    if isinstance(element, Tuple) and element.items.known is not None:
        return list(element.items.known)
    return [element]


# Sources


@models(f"{DATASET}.from_tensor_slices")
def from_tensor_slices(caller: Caller, tensors: Value) -> Value:
    """tensorflow.org: one element for each item of the first axis, which all tensors share."""
    whole = structure_of(tensors)
    parts = [array for array in leaves(whole) or () if array.shape.axis(0) is not None and not array.shape.open]
    other = next((array for array in parts[1:] if differ(array.shape.axes[0].dim, parts[0].shape.axes[0].dim)), None)
    if other is not None:
        words = f"{parts[0].shape.axes[0].dim} samples and {other.shape.axes[0].dim}"
        violation = Violation("samples", words, parts[0].shape, other.shape)
        caller.emit(Operation(caller.site, f"{DATASET}.from_tensor_slices", (parts[0], other), NONE, violation))
    return dataset(without_first(whole), first_length(whole))


@models(f"{DATASET}.from_tensors")
def from_tensors(tensors: Value) -> Value:
    """tensorflow.org: one element, which is all there is."""
    return dataset(structure_of(tensors), 1)


@models(f"{DATASET}.range")
def numbers(*args: Value) -> Value:
    """tensorflow.org: the numbers of a range."""
    start, stop, step = (Const(0), *args, Const(1))[:3] if len(args) == 1 else (*args, Const(1))[:3]
    return dataset(Array(SCALAR, "tensor", "int"), range_length(Range(start, stop, step)))


@models("tensorflow.data.TextLineDataset", "tensorflow.data.TFRecordDataset", "tensorflow.data.FixedLengthRecordDataset",
        f"{DATASET}.list_files")  # fmt: skip
def texts(*args: Value) -> Value:
    """tensorflow.org: a scalar text for each line, record or file."""
    return dataset(Array(SCALAR, "tensor", "str"))


@models("tensorflow.TensorSpec")
def tensor_spec(shape: Value, dtype: Value = NONE) -> Value:
    """tensorflow.org: what a tensor will be."""
    made = LibraryObject("tensorflow.TensorSpec")
    made.fields.set("tensor", Array(_spec_shape(shape), "tensor"))
    return made


def _spec_shape(shape: Value) -> Shape:
    items = items_of(plain(shape))
    if items is None or items.known is None:
        return UNKNOWN_SHAPE
    dims = [None if is_none(item) else dim_of(item) for item in items.known]
    return Shape.of(*(varying() if dim is None else dim for dim in dims))


def _specified(signature: Value) -> Value:
    if isinstance(signature, LibraryObject):
        tensor = signature.fields.get("tensor")
        return unknown() if tensor is MISSING else tensor
    items = items_of(signature)
    if items is not None and items.known is not None:
        return Tuple(Items.of(_specified(part) for part in items.known))
    if isinstance(signature, DictObject) and not signature.entries.open:
        return DictObject(Entries(tuple((key, _specified(part)) for key, part in signature.entries.known)))
    return unknown()


@models(f"{DATASET}.from_generator")
def from_generator(
    caller: Caller,
    generator: Value,
    output_types: Value = NONE,
    output_shapes: Value = NONE,
    args: Value = NONE,
    output_signature: Value = NONE,
) -> Value:
    """tensorflow.org: what a generator yields, as the signature says where there is one."""
    given = items_of(args)
    yielded = caller.call(generator, list(given.known or ()) if given is not None else [])
    if not is_none(output_signature):
        return dataset(_specified(output_signature))
    types, shapes = items_of(output_types), items_of(output_shapes)
    if types is not None and types.known and shapes is not None and shapes.known and len(types.known) == len(shapes.known):
        return dataset(tuple_of(*(Array(_spec_shape(shape), "tensor") for shape in shapes.known)))
    if types is None and not is_none(output_shapes):
        return dataset(Array(_spec_shape(output_shapes), "tensor"))
    items = items_of(yielded)
    return dataset(unknown() if items is None else structure_of(items.element))


# What leaves the elements as they are


@models(*(f"{DATASET}.{name}" for name in ("shuffle", "prefetch", "cache", "with_options")))
def unchanged(self: LibraryObject, *args: Value) -> Value:
    """tensorflow.org: the same elements in another order or at another time."""
    return dataset(element_of(self), _length_of(self))


@models(*(f"{DATASET}.{name}" for name in ("filter", "shard", "rejection_resample", "ignore_errors", "snapshot")))
def some(self: LibraryObject, *args: Value) -> Value:
    """tensorflow.org: some of the elements."""
    return dataset(element_of(self))


@models(f"{DATASET}.repeat")
def repeat(self: LibraryObject, count: Value = NONE) -> Value:
    """tensorflow.org: the elements `count` times, or for ever."""
    times, length = dim_of(count), _length_of(self)
    return dataset(element_of(self), None if times is None or length is None or times == -1 else length * times)


@models(f"{DATASET}.take")
def take(self: LibraryObject, count: Value) -> Value:
    """tensorflow.org: at most the first `count` elements."""
    most, length = dim_of(count), _length_of(self)
    return dataset(element_of(self), None if most is None or length is None or most == -1 else smaller(most, length))


@models(f"{DATASET}.skip")
def skip(self: LibraryObject, count: Value) -> Value:
    """tensorflow.org: without the first `count` elements."""
    left_out, length = dim_of(count), _length_of(self)
    left = None if left_out is None or length is None else length - left_out
    return dataset(element_of(self), max(left, 0) if isinstance(left, int) else left)


@models(f"{DATASET}.concatenate")
def concatenate(self: LibraryObject, dataset_: Value) -> Value:
    """tensorflow.org: the elements of one and then of another."""
    if not isinstance(dataset_, LibraryObject) or element_of(self) != element_of(dataset_):
        return dataset(unknown())
    first, second = _length_of(self), _length_of(dataset_)
    return dataset(element_of(self), None if first is None or second is None else first + second)


# Batches


def _rows(length: Dim | None, size: Value, drop_remainder: Value) -> tuple[Axis, Dim | None]:
    """The first axis of batches, and how many batches there are."""
    most = dim_of(size)
    if most is None:
        return Axis(varying("batch"), Meaning.BATCH), None
    whole = isinstance(drop_remainder, Const) and bool(drop_remainder.value)
    sure = whole or drop_remainder == FALSE
    fits = length is not None and (
        same(length, most) or (isinstance(length, int) and isinstance(most, int) and most > 0 and length % most == 0)
    )
    if length is not None and not whole and isinstance(length, int) and isinstance(most, int) and 0 < length < most:
        rows: Dim = length
    else:
        rows = most if whole or fits else varying("batch")
    if length is None or not sure or not isinstance(most, int) or most < 1:
        return Axis(rows, Meaning.BATCH), 1 if fits and length is not None and same(length, most) else None
    return Axis(rows, Meaning.BATCH), floor_divide(length if whole else length + most - 1, most)


@models(f"{DATASET}.batch")
def batch(self: LibraryObject, batch_size: Value, drop_remainder: Value = FALSE) -> Value:
    """tensorflow.org: batches of elements of one shape; the last one may be shorter unless `drop_remainder`."""
    axis, count = _rows(_length_of(self), batch_size, drop_remainder)
    return dataset(with_axes(element_of(self), axis), count)


@models(f"{DATASET}.ragged_batch")
def ragged_batch(self: LibraryObject, batch_size: Value, drop_remainder: Value = FALSE) -> Value:
    """tensorflow.org: batches of elements of different lengths."""
    return dataset(mapped(element_of(self), lambda array: Array(UNKNOWN_SHAPE, "tensor", array.dtype)))


@models(f"{DATASET}.padded_batch")
def padded_batch(
    self: LibraryObject, batch_size: Value, padded_shapes: Value = NONE, padding_values: Value = NONE, drop_remainder: Value = FALSE
) -> Value:
    """tensorflow.org: batches of elements that are padded to the given lengths, or to the longest of the batch."""
    axis, count = _rows(_length_of(self), batch_size, drop_remainder)
    return dataset(with_axes(_padded(element_of(self), padded_shapes), axis), count)


def _padded(element: Value, wanted: Value) -> Value:
    parts = items_of(wanted)
    if isinstance(element, Tuple) and element.items.known is not None and parts is not None and parts.known is not None:
        if len(parts.known) == len(element.items.known):
            return Tuple(Items.of(_padded(part, shape) for part, shape in zip(element.items.known, parts.known)))
        return unknown()

    def padded(array: Array) -> Value:
        shape = UNKNOWN_SHAPE
        if parts is not None and parts.known is not None and (array.shape.rank in (None, len(parts.known))):
            old = array.shape.dims if array.shape.rank is not None else (varying(),) * len(parts.known)
            shape = Shape.of(*(_length(dim, part) for dim, part in zip(old, parts.known)))
        elif is_none(wanted):
            shape = Shape(tuple(axis.of_length(_length(axis.dim, NONE)) for axis in array.shape), array.shape.open)
        return reshaped(array, shape)

    return mapped(element, padded)


def _length(own: Dim, wanted: Value) -> Dim:
    given = None if is_none(wanted) else dim_of(wanted)
    if given is not None and given != -1:
        return given
    return own if isinstance(own, int) or not any(s.varies for s in symbols(own)) else varying("longest")


@models(f"{DATASET}.bucket_by_sequence_length")
def bucket(
    self: LibraryObject,
    element_length_func: Value,
    bucket_boundaries: Value,
    bucket_batch_sizes: Value,
    padded_shapes: Value = NONE,
) -> Value:
    """tensorflow.org: padded batches of elements of similar lengths."""
    return dataset(with_axes(_padded(element_of(self), padded_shapes), Axis(varying("batch"), Meaning.BATCH)))


@models(f"{DATASET}.unbatch")
def unbatch(self: LibraryObject) -> Value:
    """tensorflow.org: the items of batches one by one."""
    return dataset(without_first(element_of(self)))


@models(f"{DATASET}.window")
def window(self: LibraryObject, size: Value, shift: Value = NONE, stride: Value = NONE, drop_remainder: Value = FALSE) -> Value:
    """tensorflow.org: data sets of `size` elements, one for each shift; of tuples, a tuple of data sets."""
    most, length = dim_of(size), _length_of(self)
    exact = drop_remainder == Const(True)
    held = most if exact else None
    step = most if is_none(shift) else dim_of(shift)
    spread = 1 if is_none(stride) else dim_of(stride)
    count: Dim | None = None
    if exact and length is not None and most is not None and isinstance(step, int) and step > 0 and isinstance(spread, int):
        count = floor_divide(length - (most - 1) * spread - 1 + step, step)
        count = max(count, 0) if isinstance(count, int) else count
    return dataset(_windowed(element_of(self), held), count)


def _windowed(element: Value, length: Dim | None) -> Value:
    if isinstance(element, Tuple) and element.items.known is not None:
        return Tuple(Items.of(_windowed(part, length) for part in element.items.known))
    if isinstance(element, DictObject) and not element.entries.open:
        return DictObject(Entries(tuple((key, _windowed(part, length)) for key, part in element.entries.known)))
    return dataset(element, length)


# Functions applied to the elements


@models(f"{DATASET}.map")
def map_elements(caller: Caller, self: LibraryObject, map_func: Value) -> Value:
    """tensorflow.org: what a function makes of each element."""
    return dataset(structure_of(caller.call(map_func, _arguments(element_of(self)))), _length_of(self))


@models(f"{DATASET}.flat_map", f"{DATASET}.interleave")
def flat_map(caller: Caller, self: LibraryObject, map_func: Value) -> Value:
    """tensorflow.org: the elements of the data sets that a function makes of each element."""
    made = plain(caller.call(map_func, _arguments(element_of(self))))
    if not is_dataset(made) or not isinstance(made, LibraryObject):
        return dataset(unknown())
    outer, inner = _length_of(self), _length_of(made)
    return dataset(element_of(made), None if outer is None or inner is None else outer * inner)


@models(f"{DATASET}.apply")
def apply(caller: Caller, self: LibraryObject, transformation_func: Value) -> Value:
    """tensorflow.org: what a function makes of the data set."""
    return caller.call(transformation_func, [self])


@models(f"{DATASET}.zip")
def zipped(*datasets: Value) -> Value:
    """tensorflow.org: one element of each at a time."""
    return _zipped(plain(datasets[0])) if len(datasets) == 1 else _zipped(tuple_of(*map(plain, datasets)))


def _zipped(parts: Value) -> Value:
    sources = _datasets(parts)
    lengths = [_length_of(source) for source in sources]
    known = [length for length in lengths if length is not None]
    shortest: Dim | None = None
    if len(known) == len(lengths):
        for length in known:
            shortest = length if shortest is None else smaller(shortest, length)
    return dataset(_elements(parts), shortest)


def _datasets(parts: Value) -> Sequence[LibraryObject]:
    if isinstance(parts, LibraryObject):
        return [parts]
    items = items_of(parts)
    inner = items.known if items is not None else None
    if isinstance(parts, DictObject):
        inner = tuple(part for _, part in parts.entries.known)
    return [source for part in inner or () for source in _datasets(plain(part))]


def _elements(parts: Value) -> Value:
    if isinstance(parts, LibraryObject):
        return element_of(parts)
    if isinstance(parts, DictObject) and not parts.entries.open:
        return DictObject(Entries(tuple((key, _elements(plain(part))) for key, part in parts.entries.known)))
    items = items_of(parts)
    if items is None or items.known is None:
        return unknown()
    return Tuple(Items.of(_elements(plain(part)) for part in items.known))


@models(f"{DATASET}.enumerate")
def enumerate_elements(self: LibraryObject) -> Value:
    """tensorflow.org: each element with its number."""
    return dataset(tuple_of(Array(SCALAR, "tensor", "int"), element_of(self)), _length_of(self))


# Out of the pipeline again


@models(f"{DATASET}.__iter__")
def iterated(self: LibraryObject) -> Value:
    """tensorflow.org: an element."""
    return element_of(self)


@models(f"{DATASET}.as_numpy_iterator")
def as_numpy(self: LibraryObject) -> Value:
    """tensorflow.org: the elements as numpy arrays."""
    element = mapped(element_of(self), lambda array: Array(array.shape, "numpy", array.dtype, None, array.source, array.known))
    length = _length_of(self)
    return ListObject(Items.many(element, unknown_dim("elements") if length is None else length), "iterator")


@models(f"{DATASET}.get_single_element")
def element(self: LibraryObject) -> Value:
    """tensorflow.org: the element of a data set that has one."""
    return element_of(self)


@models(f"{DATASET}.__len__", f"{DATASET}.cardinality")
def count(self: LibraryObject) -> Value:
    """tensorflow.org: the number of elements."""
    length = _length_of(self)
    return unknown("int") if length is None else integer(length)
