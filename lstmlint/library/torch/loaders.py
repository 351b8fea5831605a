"""torch.utils.data.DataLoader: batches of the samples of a data set. The batch axis may be shorter in the last batch."""
from __future__ import annotations

from lstmlint.library.binding import Ignored
from lstmlint.library.registry import models
from lstmlint.library.torch.datasets import DATA, field, sample_of, samples_in
from lstmlint.library.torch.datasets import single as one_of
from lstmlint.library.torch.tensors import tensor
from lstmlint.shapes.combine import as_sample
from lstmlint.shapes.dims import Dim, floor_divide, same, single, smaller
from lstmlint.shapes.shape import Axis, Meaning, Shape, unknown_dim
from lstmlint.trace import Operation
from lstmlint.values.base import FALSE, NONE, TRUE, Const, Integer, Unknown, Value, dim_of, integer, is_none, unknown
from lstmlint.values.code import Caller, LibraryObject
from lstmlint.values.data import Array, DictObject, Entries, Items, ListObject, Tuple, items_of
from lstmlint.values.memory import memory
from lstmlint.values.network import plain
from lstmlint.values.variation import Youth, vary, varying

LOADER = f"{DATA}.DataLoader"
BATCHES = f"{LOADER}.__iter__"
_NUMBERS = {"int": "int", "float": "float", "bool": "bool", "scalar": None}


@models(LOADER)
def data_loader(
    dataset: Value,
    batch_size: Value = Const(1),  # noqa: B008
    shuffle: Value = FALSE,
    sampler: Value = NONE,
    batch_sampler: Value = NONE,
    num_workers: Value = NONE,
    collate_fn: Value = NONE,
    pin_memory: Value = NONE,
    drop_last: Value = FALSE,
    **others: Ignored,
) -> Value:  # fmt: skip
    """pytorch.org/docs: batches of the samples of a data set."""
    made = LibraryObject(LOADER)
    for name, value in (
        ("dataset", dataset), ("batch_size", batch_size), ("sampler", sampler), ("batch_sampler", batch_sampler),
        ("collate_fn", collate_fn), ("drop_last", drop_last),
    ):  # fmt: skip
        made.fields.set(name, value)
    return made


def rows(caller: Caller, loader: LibraryObject) -> Dim:
    """How many samples a batch has: a number where every batch has as many."""
    size, drop = plain(field(loader, "batch_size")), plain(field(loader, "drop_last"))
    if not is_none(plain(field(loader, "batch_sampler"))):
        return varying("batch", "the samples of a batch", 1)
    most = dim_of(size)
    if most is None or isinstance(most, int) and most < 1:
        return varying("batch", "the samples of a batch", 1)
    length = samples_in(caller, field(loader, "dataset")) if is_none(plain(field(loader, "sampler"))) else None
    if drop == TRUE or most == 1:
        return most
    if drop == FALSE and length is not None:
        if same(length, most):
            return most
        if isinstance(length, int) and isinstance(most, int):
            if length % most == 0 or length < most:
                return smaller(length, most)
            # All batches but the last are full; the numbers tell this apart from a last batch of unknown length.
            return varying("batch", f"the samples of a batch: {length} samples in batches of {most}", length % most, most)
    return varying("batch", "the samples of a batch", 1, most)


@models(f"{LOADER}.__iter__", f"{LOADER}.__next__")
def batch(caller: Caller, self: LibraryObject) -> Value:
    """pytorch.org/docs: one batch, put together by `collate_fn`, or by stacking."""
    collate_fn, size = plain(field(self, "collate_fn")), plain(field(self, "batch_size"))
    young = Youth(unknown())
    sample = sample_of(caller, field(self, "dataset"))
    if is_none(size) and is_none(plain(field(self, "batch_sampler"))):
        return one_of(caller.call(collate_fn, [sample])) if not is_none(collate_fn) else converted(sample)
    count = rows(caller, self)
    _told(caller, count)
    if is_none(collate_fn):
        if memory.origins is not None and memory.origins.current is not None:
            memory.origins.current.sample = sample
        return collated(sample, count)
    made = caller.call(collate_fn, [ListObject(Items.many(sample, count))])
    return vary(one_of(made), young)


def _told(caller: Caller, count: Dim) -> None:
    """An event where batches are taken of which the last is shorter, as their numbers say: the axis of the batch."""
    batch = single(count)
    if batch is not None and ":" in batch.origin:
        axis = tensor(Shape((Axis(count, Meaning.BATCH),)), None)
        caller.emit(Operation(caller.site, BATCHES, (axis,), axis, None))


@models(f"{LOADER}.__len__")
def length(caller: Caller, self: LibraryObject) -> Value:
    """pytorch.org/docs: the number of batches."""
    samples, size = samples_in(caller, field(self, "dataset")), dim_of(plain(field(self, "batch_size")))
    drop, plainly = plain(field(self, "drop_last")), is_none(plain(field(self, "batch_sampler")))
    if samples is None or size is None or not plainly or drop not in (TRUE, FALSE) or not is_none(plain(field(self, "sampler"))):
        return integer(unknown_dim("len(loader)"))
    if not isinstance(size, int) or size < 1:
        return integer(samples) if same(size, 1) else integer(unknown_dim("len(loader)"))
    return integer(floor_divide(samples if drop == TRUE else samples + (size - 1), size))


def collated(sample: Value, count: Dim) -> Value:
    """What the default collate_fn makes of `count` samples like `sample`."""
    sample = plain(sample)
    first = Axis(count, Meaning.BATCH)
    if isinstance(sample, Array) and sample.kind in ("torch", "numpy", "any"):
        if sample.dtype in ("str", "object"):
            return unknown()
        axes = as_sample(sample.shape).axes
        shape = Shape(axes, True) if sample.shape.open else Shape((first, *axes))
        return tensor(shape, sample.dtype, sample)
    if isinstance(sample, (Const, Integer, Unknown)) and sample.type_path in _NUMBERS:
        return tensor(Shape((first,)), _NUMBERS[sample.type_path])
    if sample.type_path == "str":
        return ListObject(Items.many(unknown("str"), count))
    if isinstance(sample, Tuple) or (isinstance(sample, ListObject) and sample.kind == "list"):
        items = items_of(sample)
        if items is None:
            return unknown()
        if items.known is not None:
            return ListObject(Items.of(collated(part, count) for part in items.known))
        return ListObject(Items.many(collated(items.element, count), items.length))
    if isinstance(sample, DictObject) and not sample.entries.open:
        return DictObject(Entries(tuple((key, collated(part, count)) for key, part in sample.entries.known)))
    return unknown()


def converted(sample: Value) -> Value:
    """A sample by itself, without a batch: its arrays as tensors."""
    sample = plain(sample)
    if isinstance(sample, Array) and sample.kind == "numpy":
        return tensor(sample.shape, sample.dtype, sample)
    if isinstance(sample, Tuple) and sample.items.known is not None:
        return ListObject(Items.of(converted(part) for part in sample.items.known))
    return sample if isinstance(sample, Array) else unknown()


@models(f"{DATA}.default_collate", f"{DATA}._utils.collate.default_collate")
def default_collate(batch: Value) -> Value:
    """pytorch.org/docs: the samples stacked."""
    items = items_of(batch)
    return unknown() if items is None else collated(items.element, items.length)


_SAMPLERS = ("Sampler", "RandomSampler", "SequentialSampler", "SubsetRandomSampler", "WeightedRandomSampler", "BatchSampler",
             "DistributedSampler")  # fmt: skip


@models(*(f"{DATA}.{name}" for name in _SAMPLERS))
def sampler(*others: Ignored, **keywords: Ignored) -> Value:
    """pytorch.org/docs: numbers of samples in some order."""
    return unknown()
