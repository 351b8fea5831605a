"""Keras utilities that prepare data: padding, one-hot labels, tokenizers, generators."""
from __future__ import annotations

from lstmlint.library.builtins.iteration import length_of
from lstmlint.library.coerce import to_array
from lstmlint.library.keras.padding import PaddedBehind
from lstmlint.library.registry import attributes, models
from lstmlint.library.sklearn.rows import fail
from lstmlint.shapes.dims import Dim, differ, floor_divide, same, symbol
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Meaning, Shape, Violation, unknown_dim
from lstmlint.values.base import FALSE, MISSING, NONE, Const, Unknown, Value, constant_int, dim_of, integer, is_none, unknown
from lstmlint.values.code import Caller, External, LibraryObject
from lstmlint.values.data import Array, DictObject, Entries, Items, ListObject, items_of, join_all, tuple_of
from lstmlint.values.variation import varying

_INT32, _ONE, _BATCH = Const("int32"), Const(1), Const(128)


def _kind_of(dtype: Value) -> str | None:
    """What a dtype argument names."""
    name = dtype.value if isinstance(dtype, Const) else dtype.path.rpartition(".")[2] if isinstance(dtype, External) else None
    text = name.removeprefix("u").rstrip("0123456789") if isinstance(name, str) else None
    return {"int": "int", "float": "float", "double": "float", "bool": "bool", "str": "str"}.get(text or "")


def _longest(elements: list[Value]) -> Dim | None:
    """The length of the longest sequence, where all lengths are numbers or they are one and the same."""
    lengths = [length_of(element) for element in elements]
    numbers = [length for length in lengths if isinstance(length, int)]
    if numbers and len(numbers) == len(lengths):
        return max(numbers)
    return None


@models("keras.utils.pad_sequences")
def pad_sequences(
    caller: Caller, sequences: Value, maxlen: Value = NONE, dtype: Value = _INT32, padding: Value = NONE, truncating: Value = NONE
) -> Value:
    """keras.io: (samples, maxlen), or (samples, maxlen, …) if the items of the sequences are arrays themselves."""
    wanted = None if is_none(maxlen) else dim_of(maxlen)
    kind = _kind_of(dtype)
    items = items_of(sequences)
    behind = PaddedBehind(caller.site) if padding == Const("post") else None
    if isinstance(sequences, Array) and not (sequences.dtype == "object" and sequences.shape.rank == 1):
        return _pad_array(caller, sequences, wanted, is_none(maxlen), kind)
    samples = length_of(sequences)
    elements: list[Value] = [unknown()]
    if items is not None:
        elements = list(items.known) if items.known else [items.element]
    rest = _rest_of(elements, kind)
    if wanted is None and is_none(maxlen) and items is not None and items.known:
        wanted = _longest(elements)
    first = Axis(unknown_dim("n") if samples is None else samples, Meaning.SAMPLE)
    steps = Axis(symbol("maxlen", "the longest sequence") if wanted is None else wanted, Meaning.TIME, behind)
    return Array(Shape((first, steps, *rest)) if rest is not None else UNKNOWN_SHAPE, dtype=kind)


def _rest_of(elements: list[Value], kind: str | None) -> tuple[Axis, ...] | None:
    """The axes of one item of a sequence; None where they can't be told.

    Of sequences of which nothing is known they are taken to hold numbers, which is what the default dtype is made for.
    """
    element = join_all(elements)
    if isinstance(element, Array) and element.dtype == "object":
        return None
    shape = to_array(element).shape
    if shape.rank is not None and shape.rank >= 1:
        return shape.axes[1:]
    inner = items_of(element)
    if inner is not None and (isinstance(inner.element, Unknown) and inner.element.type is None) and kind == "int":
        return ()
    nothing_known = isinstance(element, Unknown) or (isinstance(element, Array) and not shape.axes)
    return () if nothing_known and kind == "int" else None


def _pad_array(caller: Caller, x: Array, wanted: Dim | None, longest: bool, kind: str | None) -> Value:
    shape = x.shape
    if shape.rank == 1 and x.dtype in ("int", "float", "bool"):
        text = f"pad_sequences() needs a list of sequences, got {shape}"
        fail(caller, "keras.utils.pad_sequences", (x,), Violation("rank", text, shape))
        return Array(UNKNOWN_SHAPE, dtype=kind)
    if shape.rank == 1 or shape.rank is None:
        steps = symbol("maxlen", "the longest sequence") if wanted is None else wanted
        if shape.rank is None and kind != "int":
            return Array(UNKNOWN_SHAPE, dtype=kind)
        first = shape.axes[0] if shape.rank == 1 else Axis(unknown_dim("n"), Meaning.SAMPLE)
        return Array(Shape((first, Axis(steps, Meaning.TIME))), dtype=kind)
    if shape.rank == 0:
        return unknown()
    steps = shape.axes[1].dim if longest else unknown_dim("maxlen") if wanted is None else wanted
    return Array(shape.replace(1, Axis(steps, Meaning.TIME)), dtype=kind)


CLASSES = "the number of classes"
"""The origin of the length that to_categorical finds itself."""


@models("keras.utils.to_categorical")
def to_categorical(x: Value, num_classes: Value = NONE, *, nb_classes: Value = NONE) -> Value:
    """keras.io: one more axis of the classes; a last axis of length one gives way to it."""
    given = num_classes if not is_none(num_classes) else nb_classes
    count = None if is_none(given) or given == Const(0) else dim_of(given)
    if count is None:
        count = symbol("classes", CLASSES, lower=1)
    labels = to_array(x)
    shape, last = labels.shape, labels.shape.axis(-1)
    kind = labels.kind if labels.kind in ("tensor", "keras", "torch") else "numpy"
    new = Axis(count)
    if shape.rank is None or (shape.rank > 1 and last is not None and not same(last.dim, 1) and not differ(last.dim, 1)):
        return Array(Shape((new,), True), kind, "float", None, labels.source)
    if shape.rank > 1 and last is not None and same(last.dim, 1):
        return Array(shape.replace(-1, new), kind, "float", None, labels.source)
    return Array(Shape((*shape.axes, new)), kind, "float", None, labels.source)


@models("keras.utils.normalize")
def normalize(x: Array, axis: Value = NONE, order: Value = NONE) -> Value:
    """keras.io: the same shape, but of a vector a matrix of one row."""
    shape = Shape((Axis(1), *x.shape.axes)) if x.shape.rank == 1 else x.shape
    return Array(shape, x.kind, "float", None, x.source)


@models("keras.utils.get_file")
def get_file(*args: Value, **keywords: Value) -> Value:
    """keras.io: the path of a file."""
    return unknown("str", "path")


@models("keras.utils.plot_model", "keras.utils.set_random_seed", "keras.utils.disable_interactive_logging")
def nothing(*args: Value, **keywords: Value) -> Value:
    """keras.io: nothing that has a shape."""
    return NONE


# Text


def _vocabulary(size: Dim, element: str = "int") -> DictObject:
    return DictObject(Entries((), True, unknown(element), size))


@models("keras.utils.Tokenizer")
def tokenizer(num_words: Value = NONE, **keywords: Value) -> Value:
    """keras.io: its vocabulary has one size from one fit to the next."""
    made = LibraryObject("keras.utils.Tokenizer")
    made.fields.set("num_words", num_words)
    _learn(made)
    return made


@models("keras.preprocessing.text.tokenizer_from_json")
def tokenizer_from_json(json_string: Value) -> Value:
    """keras.io: a tokenizer whose arguments are not known."""
    return tokenizer(unknown())


def _learn(made: LibraryObject) -> None:
    size = symbol("vocabulary", "different words of the texts")
    made.fields.set("word_index", _vocabulary(size))
    made.fields.set("index_word", _vocabulary(size, "str"))


@models("keras.utils.Tokenizer.fit_on_texts", "keras.utils.Tokenizer.fit_on_sequences")
def fit_on_texts(self: LibraryObject, texts: Value) -> None:
    """keras.io: other words."""
    _learn(self)


def _texts(texts: Value) -> Dim:
    count = length_of(texts)
    return unknown_dim("texts") if count is None else count


@models("keras.utils.Tokenizer.texts_to_sequences")
def texts_to_sequences(self: LibraryObject, texts: Value) -> Value:
    """keras.io: a list of integers for each text, of different lengths."""
    words = ListObject(Items.many(unknown("int"), varying("words", "words of a text")))
    return ListObject(Items.many(words, _texts(texts)))


@models("keras.utils.Tokenizer.sequences_to_texts")
def sequences_to_texts(self: LibraryObject, sequences: Value) -> Value:
    """keras.io: a text for each sequence."""
    return ListObject(Items.many(unknown("str"), _texts(sequences)))


@models("keras.utils.Tokenizer.texts_to_matrix", "keras.utils.Tokenizer.sequences_to_matrix")
def texts_to_matrix(self: LibraryObject, texts: Value, mode: Value = NONE) -> Value:
    """keras.io: (texts, num_words), or one column more than there are words."""
    given, vocabulary = self.fields.get("num_words"), self.fields.get("word_index")
    width = None if is_none(given) else dim_of(given)
    if is_none(given) and isinstance(vocabulary, DictObject) and vocabulary.entries.length is not None:
        width = vocabulary.entries.length + 1
    return Array(Shape.of(_texts(texts), unknown_dim("words") if width is None else width), dtype="float")


@models("keras.preprocessing.text.one_hot", "keras.preprocessing.text.hashing_trick")
def one_hot(text: Value, n: Value = NONE) -> Value:
    """keras.io: an integer for each word."""
    return ListObject(Items.many(unknown("int"), unknown_dim("words", "words of a text")))


@models("keras.preprocessing.text.text_to_word_sequence")
def text_to_word_sequence(text: Value) -> Value:
    """keras.io: the words of a text."""
    return ListObject(Items.many(unknown("str"), unknown_dim("words", "words of a text")))


# Generators


@models("keras.utils.TimeseriesGenerator")
def timeseries_generator(
    data: Value,
    targets: Value,
    length: Value,
    sampling_rate: Value = _ONE,
    stride: Value = _ONE,
    start_index: Value = FALSE,
    end_index: Value = NONE,
    shuffle: Value = FALSE,
    reverse: Value = FALSE,
    batch_size: Value = _BATCH,
) -> Value:
    """keras.io: batches of windows of `data` with the target that follows each."""
    made = LibraryObject("keras.utils.TimeseriesGenerator")
    given = {
        "data": data, "targets": targets, "length": length, "sampling_rate": sampling_rate, "stride": stride,
        "start_index": start_index, "end_index": end_index, "batch_size": batch_size,
    }  # fmt: skip
    for name, value in given.items():
        made.fields.set(name, value)
    return made


@models("keras.utils.TimeseriesGenerator.__getitem__", "keras.utils.TimeseriesGenerator.__iter__")
@attributes("keras.utils.TimeseriesGenerator.element")
def batch_of(self: LibraryObject, index: Value = MISSING) -> Value:
    """keras.io: (batch, ceil(length / sampling_rate), …) and the targets, (batch, …)."""
    data, targets = to_array(self.fields.get("data")), to_array(self.fields.get("targets"))
    length, rate = dim_of(self.fields.get("length")), constant_int(self.fields.get("sampling_rate"))
    most = dim_of(self.fields.get("batch_size"))
    batch = Axis(symbol("batch", "the samples of a batch", lower=1, upper=most), Meaning.BATCH)
    steps = unknown_dim("length")
    if length is not None and rate is not None and rate > 0:
        steps = floor_divide(length + rate - 1, rate)
    samples = _behind(data, (batch, Axis(steps, Meaning.TIME)))
    return tuple_of(samples, _behind(targets, (batch,)))


def _behind(x: Array, first: tuple[Axis, ...]) -> Value:
    """The items of `x` behind other first axes."""
    return Array(UNKNOWN_SHAPE if x.shape.rank is None else Shape((*first, *x.shape.axes[1:])), dtype=x.dtype, source=x.source)


@models("keras.utils.TimeseriesGenerator.__len__")
def batches(self: LibraryObject) -> Value:
    """keras.io: the number of batches."""
    names = ("length", "start_index", "batch_size", "stride")
    length, start, size, stride = (dim_of(self.fields.get(name)) for name in names)
    end: Value = self.fields.get("end_index")
    count = length_of(self.fields.get("data"))
    last = dim_of(end) if not is_none(end) else None if count is None else count - 1
    if length is None or start is None or size is None or stride is None or last is None:
        return unknown("int")
    step = size * stride
    span = last - start - length + step
    return integer(floor_divide(span, step)) if isinstance(step, int) and step > 0 else unknown("int")
