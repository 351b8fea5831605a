"""torch.utils.data: what a sample of a data set is, and how many there are.

A data set is an object of a class of the program, of one of torch's own classes, or a plain list of samples.
"""
from __future__ import annotations

from lstmlint.library.binding import Ignored
from lstmlint.library.builtins.iteration import length_of as items_in
from lstmlint.library.builtins.iteration import special
from lstmlint.library.registry import inherits, models
from lstmlint.library.torch.tensors import checked, operand
from lstmlint.shapes.dims import Dim, differ, symbol
from lstmlint.shapes.permute import behind
from lstmlint.shapes.shape import Shape, Violation, unknown_dim
from lstmlint.values.base import MISSING, Choice, Const, Unknown, Value, dim_of, integer, unknown
from lstmlint.values.code import Caller, Instance, LibraryObject
from lstmlint.values.data import Array, DictObject, Entries, Items, ListObject, Slice, Tuple, items_of, join_all, tuple_of
from lstmlint.values.network import plain
from lstmlint.values.variation import Youth, vary

DATA = "torch.utils.data"
DATASET = f"{DATA}.Dataset"
ITERABLE = (f"{DATA}.IterableDataset",)
for _name in ("TensorDataset", "Subset", "ConcatDataset"):
    inherits(f"{DATA}.{_name}", DATASET)


def field(dataset: LibraryObject, name: str) -> Value:
    """What a field of an object of torch holds; unknown if there is none."""
    value = dataset.fields.get(name)
    return unknown(name=name) if value is MISSING else value


def samples_in(caller: Caller, dataset: Value) -> Dim | None:
    """How many samples a data set has; None where that is not known."""
    dataset = plain(dataset)
    if isinstance(dataset, Instance):
        answer = special(caller, dataset, "__len__")
        return None if answer is None or isinstance(answer, Choice) else dim_of(answer)
    if isinstance(dataset, LibraryObject):
        length = dataset.fields.get("length")
        return None if length is MISSING or isinstance(plain(length), Unknown) else dim_of(plain(length))
    return items_in(dataset) if isinstance(dataset, (Array, Tuple, ListObject)) else None


def sample_of(caller: Caller, dataset: Value) -> Value:
    """What any one sample is; lengths that differ from one to the next are marked so."""
    dataset = plain(dataset)
    if isinstance(dataset, Instance):
        return _of_program(caller, dataset)
    if isinstance(dataset, LibraryObject):
        sample, part = dataset.fields.get("sample"), dataset.fields.get("dataset")
        if sample is not MISSING:
            return plain(sample)
        return unknown() if part is MISSING else sample_of(caller, part)
    if isinstance(dataset, Array):
        shape = dataset.shape
        return Array(behind(shape, 1) if shape.open else Shape(shape.axes[1:]), dataset.kind, dataset.dtype, None, dataset.source)
    items = items_of(dataset) if isinstance(dataset, (Tuple, ListObject)) else None
    return unknown() if items is None else items.element


def _of_program(caller: Caller, dataset: Instance) -> Value:
    """What a class's own `__getitem__` gives for any index, or its `__iter__` yields."""
    young = Youth(unknown())
    if dataset.cls.external_base(ITERABLE) is not None:
        yielded = special(caller, dataset, "__iter__")
        items = items_of(yielded) if isinstance(yielded, ListObject) else None
        return unknown() if items is None else vary(single(items.element), young)
    length = samples_in(caller, dataset)
    index = symbol("index", "the number of a sample", upper=None if length is None else length - 1)
    sample = special(caller, dataset, "__getitem__", integer(index))
    return unknown() if sample is None else vary(single(sample), young)


def single(value: Value) -> Value:
    """One value for all the alternatives that samples may have, each for itself."""
    if not isinstance(value, Choice):
        return value
    leaves = value.leaves()
    tables = [leaf.entries for leaf in leaves if isinstance(leaf, DictObject)]
    if len(tables) < len(leaves) or any(table.open or not _same_keys(table, tables[0]) for table in tables):
        return join_all(leaves)
    keys = [key for key, _ in tables[0].known]
    return DictObject(Entries(tuple((key, join_all(dict(table.known)[key] for table in tables)) for key in keys)))


def _same_keys(a: Entries, b: Entries) -> bool:
    return {key for key, _ in a.known} == {key for key, _ in b.known}


@models(DATASET, f"{DATA}.IterableDataset")
def base() -> Value:
    """pytorch.org/docs: an object of the base class itself."""
    return unknown()


@models(f"{DATASET}.__init__", f"{DATA}.IterableDataset.__init__")
def initialise(self: Value, *others: Ignored) -> None:
    """pytorch.org/docs: nothing."""


@models(f"{DATA}.TensorDataset")
def tensor_dataset(caller: Caller, *tensors: Value) -> Value:
    """pytorch.org/docs: tuples of one element of the first axis of each tensor."""
    made = LibraryObject(f"{DATA}.TensorDataset")
    parts = [operand(value) for value in tensors]
    known = [part for part in parts if part is not None]
    made.fields.set("tensors", tuple_of(*tensors))
    made.fields.set("sample", tuple_of(*(unknown() if part is None else sample_of(caller, part) for part in parts)))
    first = known[0].shape.axis(0) if known else None
    if len(known) != len(parts) or first is None:
        return made
    made.fields.set("length", integer(first.dim))
    for other in known[1:]:
        axis = other.shape.axis(0)
        if axis is not None and differ(axis.dim, first.dim):
            words = f"a TensorDataset of {known[0].shape} and {other.shape}: not the same number of samples"
            violation = Violation("samples", words, known[0].shape, other.shape)
            return checked(caller, "utils.data.TensorDataset", known, made, violation)
    return made


@models(f"{DATA}.Subset")
def subset(dataset: Value, indices: Value) -> Value:
    """pytorch.org/docs: some samples of a data set."""
    return _part(dataset, items_in(plain(indices)))


def _part(dataset: Value, length: Dim | None) -> LibraryObject:
    made = LibraryObject(f"{DATA}.Subset")
    made.fields.set("dataset", dataset)
    made.fields.set("length", integer(unknown_dim("len(part)") if length is None else length))
    return made


@models(f"{DATA}.random_split", f"{DATA}.dataset.random_split")
def random_split(dataset: Value, lengths: Value, *others: Ignored) -> Value:
    """pytorch.org/docs: parts of these lengths, or of these fractions of the whole."""
    items = items_of(lengths)
    if items is None or items.known is None:
        return unknown()
    counts = [dim_of(item) if not (isinstance(item, Const) and isinstance(item.value, float)) else None for item in items.known]
    return ListObject(Items.of(_part(dataset, None if count is None or count == 1 else count) for count in counts))


@models(f"{DATA}.ConcatDataset", f"{DATA}.ChainDataset")
def concat(caller: Caller, datasets: Value) -> Value:
    """pytorch.org/docs: the samples of several data sets."""
    made, items = LibraryObject(f"{DATA}.ConcatDataset"), items_of(datasets)
    if items is None or not items.known:
        return made
    made.fields.set("sample", join_all(sample_of(caller, part) for part in items.known))
    counts = [samples_in(caller, part) for part in items.known]
    total: Dim = 0
    for count in counts:
        total = total + (unknown_dim() if count is None else count)
    made.fields.set("length", integer(total))
    return made


@models(f"{DATASET}.__add__")
def added(caller: Caller, self: Value, other: Value) -> Value:
    """pytorch.org/docs: the samples of both."""
    return concat(caller, tuple_of(self, other))


@models(f"{DATASET}.__len__")
def length(caller: Caller, self: Value) -> Value:
    """pytorch.org/docs: the number of samples."""
    count = samples_in(caller, self)
    return unknown("int") if count is None else integer(count)


@models(f"{DATASET}.__getitem__")
def item(caller: Caller, self: LibraryObject, index: Value) -> Value:
    """pytorch.org/docs: a sample; of a TensorDataset, a slice is a tuple of parts of the tensors."""
    if isinstance(index, Slice) or not (isinstance(index, Const) or index.type_path == "int"):
        return unknown()
    return sample_of(caller, self)


@models(f"{DATASET}.__iter__")
def samples(caller: Caller, self: LibraryObject) -> Value:
    """pytorch.org/docs: one sample."""
    return sample_of(caller, self)
