"""torchtext as it was up to version 0.8 (later torchtext.legacy): fields, data sets of texts, iterators over batches of tokens."""
from __future__ import annotations

from collections.abc import Sequence

from lstmlint.library.binding import Ignored
from lstmlint.library.registry import models
from lstmlint.shapes.dims import Dim
from lstmlint.shapes.shape import Axis, Meaning, Shape, unknown_dim
from lstmlint.values.base import FALSE, MISSING, NONE, TRUE, Const, Value, dim_of, integer, is_none, unknown
from lstmlint.values.code import Caller, LibraryObject
from lstmlint.values.data import Array, DictObject, Record, Tuple, items_of, tuple_of
from lstmlint.values.network import plain
from lstmlint.values.variation import varying

FIELD, DATASET, ITERATOR, BATCH = (f"torchtext.data.{name}" for name in ("Field", "Dataset", "Iterator", "Batch"))
_PLACES = ("torchtext.data", "torchtext.legacy.data")


def _everywhere(*names: str) -> list[str]:
    return [f"{place}.{name}" for place in _PLACES for name in names]


_OPTIONS = ("sequential", "use_vocab", "init_token", "eos_token", "fix_length", "dtype", "preprocessing", "postprocessing", "lower",
            "tokenize", "tokenizer_language", "include_lengths", "batch_first")  # fmt: skip


def _field(sequential: Value, options: dict[str, Value]) -> LibraryObject:
    made = LibraryObject(FIELD)
    for name, value in {"sequential": sequential, **options}.items():
        made.fields.set(name, value)
    return made


@models(*_everywhere("Field", "ReversibleField"))
def field(*args: Value, **keywords: Value) -> Value:
    """torchtext 0.8: how a column of the data becomes a tensor."""
    given = {**dict(zip(_OPTIONS, args)), **keywords}
    return _field(given.pop("sequential", TRUE), given)


@models(*_everywhere("LabelField"))
def label_field(**keywords: Value) -> Value:
    """torchtext 0.8: a field with one label for each text."""
    return _field(keywords.pop("sequential", FALSE), keywords)


@models(f"{FIELD}.build_vocab")
def build_vocab(self: LibraryObject, *others: Ignored, **keywords: Ignored) -> None:
    """torchtext 0.8: the field learns its words."""
    vocabulary = LibraryObject("torchtext.vocab.Vocab")
    vocabulary.fields.set("length", integer(unknown_dim("len(vocab)", "the words of a field", 1)))
    self.fields.set("vocab", vocabulary)


@models("torchtext.vocab.Vocab.__len__")
def words(self: LibraryObject) -> Value:
    """torchtext 0.8: how many words the field has learnt."""
    return self.fields.get("length")


def _option(field: LibraryObject, name: str, default: Value) -> Value:
    value = field.fields.get(name)
    return default if value is MISSING else plain(value)


def column(field: Value, batch: Dim, time: Dim | None = None) -> Value:
    """What a batch holds for a field: tokens as (time, batch), or a number for each sample."""
    field = plain(field)
    if not isinstance(field, LibraryObject) or field.path != FIELD or not is_none(_option(field, "postprocessing", NONE)):
        return unknown()
    sequential, first = _option(field, "sequential", TRUE), _option(field, "batch_first", FALSE)
    lengths = _option(field, "include_lengths", FALSE)
    samples = Axis(batch, Meaning.BATCH)
    if sequential == FALSE:
        return Array(Shape((samples,)), "torch", None if not is_none(_option(field, "dtype", NONE)) else "int")
    fixed = _option(field, "fix_length", NONE)
    length = (varying("time", "the longest text of a batch", 1) if time is None else time) if is_none(fixed) else dim_of(fixed)
    if sequential != TRUE or first not in (TRUE, FALSE) or lengths not in (TRUE, FALSE) or length is None:
        return unknown()
    steps = Axis(length, Meaning.TIME)
    tokens = Array(Shape((samples, steps) if first == TRUE else (steps, samples)), "torch", "int")
    return tuple_of(tokens, Array(Shape((samples,)), "torch", "int")) if lengths == TRUE else tokens


def _named_fields(fields: Value) -> list[tuple[str, Value]] | None:
    """The (name, field) pairs of a data set's columns; None where they are not known."""
    fields = plain(fields)
    if isinstance(fields, DictObject) and not fields.entries.open:
        pairs: Sequence[Value] = [plain(value) for _, value in fields.entries.known]
    else:
        items = items_of(fields)
        if items is None or items.known is None:
            return None
        pairs = [plain(item) for item in items.known]
    found: list[tuple[str, Value]] = []
    for pair in pairs:
        parts = pair.items.known if isinstance(pair, Tuple) else None
        if is_none(pair) or (parts is not None and is_none(parts[0])):
            continue
        if parts is None or len(parts) != 2 or not isinstance(parts[0], Const) or not isinstance(parts[0].value, str):
            return None
        found.append((parts[0].value, parts[1]))
    return found


def _dataset(fields: Sequence[tuple[str, Value]] | None) -> LibraryObject:
    made = LibraryObject(DATASET)
    if fields is not None:
        made.fields.set("fields", tuple_of(*(tuple_of(Const(name), field) for name, field in fields)))
    return made


@models(*_everywhere("TabularDataset", "Dataset"))
def tabular(*args: Value, fields: Value = NONE, **others: Ignored) -> Value:
    """torchtext 0.8: a table, one field a column."""
    return _dataset(None if is_none(fields) else _named_fields(fields))


@models(*_everywhere("TabularDataset.splits"))
def tabular_splits(
    fields: Value = NONE, train: Value = NONE, validation: Value = NONE, test: Value = NONE, **others: Ignored
) -> Value:
    """torchtext 0.8: a table for each file that is named."""
    named = None if is_none(fields) else _named_fields(fields)
    return tuple_of(*(_dataset(named) for given in (train, validation, test) if not is_none(given)))


def _of_pairs(names: Sequence[str], count: int, *paths: str) -> None:
    @models(*(f"{place}.{path}.splits" for place in ("torchtext.datasets", "torchtext.legacy.datasets") for path in paths))
    def splits(*args: Value, fields: Value = NONE, **others: Ignored) -> Value:
        """torchtext 0.8: a known data set, in its parts."""
        given = items_of(fields)
        columns = list(given.known or ()) if given is not None else list(args)
        named = list(zip(names, columns)) if len(columns) >= len(names) else None
        return tuple_of(*(_dataset(named) for _ in range(count)))


_of_pairs(("text", "label"), 2, "IMDB")
_of_pairs(("text", "label"), 3, "SST", "TREC")


@models(*(f"{place}.Multi30k.splits" for place in ("torchtext.datasets", "torchtext.legacy.datasets")))
def multi30k(exts: Value = NONE, fields: Value = NONE, **others: Ignored) -> Value:
    """torchtext 0.8: sentences in two languages, in three parts."""
    given = items_of(fields)
    known = given.known if given is not None else None
    columns = list(zip(("src", "trg"), known)) if known is not None and len(known) == 2 else None
    return tuple_of(*(_dataset(columns) for _ in range(3)))


@models(f"{DATASET}.split")
def split(self: LibraryObject, split_ratio: Value = Const(0.7), **others: Ignored) -> Value:  # noqa: B008
    """torchtext 0.8: two or three parts of the samples."""
    items = items_of(split_ratio)
    count = 2 if items is None else len(items.known) if items.known is not None else None
    return unknown() if count is None else tuple_of(*(self,) * count)


def _iterator(dataset: Value, batch_size: Value, steps: Value = NONE) -> Value:
    made = LibraryObject(ITERATOR)
    for name, value in (("dataset", dataset), ("batch_size", batch_size), ("steps", steps)):
        made.fields.set(name, value)
    return made


@models(*_everywhere("BucketIterator", "Iterator"))
def iterator(dataset: Value, batch_size: Value, **others: Ignored) -> Value:
    """torchtext 0.8: batches of the samples of a data set."""
    return _iterator(dataset, batch_size)


@models(*_everywhere("BucketIterator.splits", "Iterator.splits"))
def iterators(datasets: Value, batch_sizes: Value = NONE, batch_size: Value = NONE, **others: Ignored) -> Value:
    """torchtext 0.8: an iterator for each data set."""
    items, sizes = items_of(datasets), items_of(batch_sizes)
    if items is None or items.known is None:
        return unknown()
    each = sizes.known if sizes is not None and sizes.known is not None else (batch_size,) * len(items.known)
    return tuple_of(*(_iterator(dataset, size) for dataset, size in zip(items.known, each)))


@models(f"{ITERATOR}.__iter__", f"{ITERATOR}.__next__")
def batch(caller: Caller, self: LibraryObject) -> Value:
    """torchtext 0.8: a batch, with an attribute for each field."""
    dataset = plain(self.fields.get("dataset"))
    size = dim_of(plain(self.fields.get("batch_size")))
    samples = varying("batch", "the samples of a batch", 1, size)
    fields = dataset.fields.get("fields") if isinstance(dataset, LibraryObject) else MISSING
    items = items_of(fields)
    columns: dict[str, Value] = {"batch_size": integer(samples)}
    for pair in items.known or () if items is not None else ():
        parts = pair.items.known if isinstance(pair, Tuple) else None
        if parts is not None and isinstance(parts[0], Const) and isinstance(parts[0].value, str):
            columns[parts[0].value] = column(parts[1], samples)
    return Record(BATCH, tuple(columns.items()))


@models(f"{BATCH}.__getattr__")
def part(self: Record, name: str) -> Value:
    """torchtext 0.8: the column of that name."""
    return dict(self.parts).get(name, unknown(name=name))


@models(f"{ITERATOR}.__len__")
def batches(self: LibraryObject) -> Value:
    """torchtext 0.8: how many batches there are."""
    return integer(unknown_dim("len(iterator)"))


@models(f"{DATASET}.__len__")
def samples(self: LibraryObject) -> Value:
    """torchtext 0.8: how many texts there are."""
    return integer(unknown_dim("len(dataset)", "the texts of a data set"))


@models(f"{DATASET}.__iter__")
def example(self: LibraryObject) -> Value:
    """torchtext 0.8: an example, which is not followed."""
    return unknown()
