"""Padding, one-hot labels, tokenizers, generators and data sets: the models against Keras."""
from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras.src.legacy.preprocessing.sequence import TimeseriesGenerator
from keras.src.legacy.preprocessing.text import Tokenizer

from lstmlint.library import registry
from lstmlint.shapes.dims import symbol
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Shape
from lstmlint.values.base import Value, integer, unknown
from lstmlint.values.data import Array, Items, ListObject, Tuple, items_of
from tests.library.arrays import MANY
from tests.library.differential import agree, disagreement, run

ragged = st.lists(st.lists(st.integers(0, 9), max_size=5), min_size=1, max_size=5)
lengths = st.one_of(st.none(), st.integers(1, 7))


@MANY
@given(ragged, lengths, st.sampled_from(["pre", "post"]), st.sampled_from(["int32", "float32"]))
def test_padding_of_lists(sequences: list[list[int]], maxlen: int | None, padding: str, dtype: str) -> None:
    agree("keras.utils.pad_sequences", sequences, maxlen, padding=padding, dtype=dtype)


@MANY
@given(st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple), lengths)
def test_padding_of_arrays(shape: tuple[int, ...], maxlen: int | None) -> None:
    agree("keras.utils.pad_sequences", numpy.zeros(shape, int), maxlen=maxlen)
    agree("keras.utils.pad_sequences", [numpy.zeros((n, 3)) for n in shape], maxlen=maxlen)


def test_padding_of_what_is_not_known() -> None:
    n = symbol("n")
    words = ListObject(Items.many(unknown("int"), symbol("words")))
    texts = ListObject(Items.many(words, n))

    def padded(sequences: Value, **keywords: object) -> Shape:
        value = run("keras.utils.pad_sequences", sequences, **keywords).value
        assert isinstance(value, Array)
        return value.shape

    assert padded(texts, maxlen=100) == Shape.of(n, 100)
    assert padded(texts).rank == 2 and padded(texts).dims[0] == n and padded(texts) != padded(texts)
    assert padded(unknown(), maxlen=100).dims[1] == 100
    vectors = ListObject(Items.many(Array(Shape.of(symbol("steps"), 13)), n))
    assert padded(vectors, maxlen=100) == Shape.of(n, 100, 13)
    assert padded(ListObject(Items.many(unknown(), n)), maxlen=100, dtype="float32").rank is None
    assert padded(Array(Shape.of(25000), dtype="object"), maxlen=80) == Shape.of(25000, 80)
    assert padded(ListObject(Items.many(Array(UNKNOWN_SHAPE, dtype="object"), n)), maxlen=80).rank is None


@MANY
@given(st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple), st.one_of(st.none(), st.integers(2, 5)))
def test_one_hot_labels(shape: tuple[int, ...], classes: int | None) -> None:
    agree("keras.utils.to_categorical", numpy.ones(shape, int), classes, data_dependent=classes is None)
    agree("keras.utils.to_categorical", [0, 1, 1], num_classes=classes, data_dependent=classes is None)


def test_one_hot_labels_of_what_is_not_known() -> None:
    n = symbol("n")
    assert run("keras.utils.to_categorical", Array(Shape.of(n)), 10).value == Array(Shape.of(n, 10), dtype="float")
    unsure = run("keras.utils.to_categorical", Array(Shape.of(n, symbol("T"))), 10).value
    assert isinstance(unsure, Array) and unsure.shape.rank is None and unsure.shape.dims == (10,)
    sure = run("keras.utils.to_categorical", Array(Shape.of(n, symbol("T", lower=2))), 10).value
    assert isinstance(sure, Array) and sure.shape.rank == 3
    unsure = run("keras.utils.to_categorical", unknown(), 10).value
    assert isinstance(unsure, Array) and unsure.shape.rank is None


texts = st.lists(st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=5).map(" ".join), min_size=1, max_size=4)


@MANY
@given(texts, st.one_of(st.none(), st.integers(1, 9)))
def test_tokenizer(content: list[str], num_words: int | None) -> None:
    real, model = Tokenizer(num_words=num_words), run("keras.utils.Tokenizer", num_words=num_words).value
    real.fit_on_texts(content)
    run("keras.utils.Tokenizer.fit_on_texts", model, content)
    sequences = run("keras.utils.Tokenizer.texts_to_sequences", model, content).value
    expected = real.texts_to_sequences(content)
    assert isinstance(sequences, ListObject) and sequences.items.length == len(expected)
    inner = items_of(sequences.items.element)
    assert inner is not None and inner.element.type_path == "int"
    path = "keras.utils.Tokenizer.texts_to_matrix"
    if num_words is not None or real.word_index:
        agree(path, content, real=real.texts_to_matrix, receiver=model, data_dependent=num_words is None)


def test_one_vocabulary_has_one_size() -> None:
    model = run("keras.utils.Tokenizer").value

    def size() -> Value:
        index = model.fields.get("word_index")  # type: ignore[attr-defined]
        return run("builtins.len", index).value

    run("keras.utils.Tokenizer.fit_on_texts", model, unknown())
    first = size()
    assert first == size()
    matrix = run("keras.utils.Tokenizer.texts_to_matrix", model, ["a"]).value
    assert isinstance(matrix, Array) and integer(matrix.shape.dims[1] - 1) == first
    run("keras.utils.Tokenizer.fit_on_texts", model, unknown())
    assert first != size()
    # Sequences of different lengths make no array.
    from lstmlint.library.coerce import to_array

    sequences = run("keras.utils.Tokenizer.texts_to_sequences", model, unknown()).value
    assert to_array(sequences).shape.rank is None


@MANY
@given(st.integers(12, 30), st.integers(1, 4), st.integers(1, 3), st.integers(1, 2), st.integers(1, 6), st.booleans())
def test_generator(n: int, length: int, rate: int, stride: int, batch: int, wide: bool) -> None:
    data, targets = numpy.zeros((n, 3)), numpy.zeros((n, 2) if wide else n)
    arguments = {"length": length, "sampling_rate": rate, "stride": stride, "batch_size": batch}
    real = TimeseriesGenerator(data, targets, **arguments)
    model = run("keras.utils.TimeseriesGenerator", data, targets, **arguments).value
    assert disagreement(len(real), run("builtins.len", model).value) is None
    value = run("keras.utils.TimeseriesGenerator.__getitem__", model, 0).value
    assert isinstance(value, Tuple) and disagreement(real[0], value, True) is None
    samples = value.items.at(0)
    assert isinstance(samples, Array) and samples.shape.dims[1:] == real[0][0].shape[1:]


@pytest.mark.parametrize(
    ("name", "train", "test"),
    [
        ("mnist", ((60000, 28, 28), (60000,)), ((10000, 28, 28), (10000,))),
        ("cifar10", ((50000, 32, 32, 3), (50000, 1)), ((10000, 32, 32, 3), (10000, 1))),
        ("imdb", ((25000,), (25000,)), ((25000,), (25000,))),
        ("reuters", ((8982,), (8982,)), ((2246,), (2246,))),
        ("boston_housing", ((404, 13), (404,)), ((102, 13), (102,))),
        ("california_housing", ((16512, 8), (16512,)), ((4128, 8), (4128,))),
    ],
)
def test_data_sets(name: str, train: tuple[tuple[int, ...], ...], test: tuple[tuple[int, ...], ...]) -> None:
    """The documented shapes; the files themselves are far away."""
    value = run(f"keras.datasets.{name}.load_data").value
    pairs = items_of(value)
    assert pairs is not None and pairs.known is not None
    for pair, expected in zip(pairs.known, (train, test), strict=True):
        parts = items_of(pair)
        assert parts is not None and parts.known is not None
        assert [part.shape for part in parts.known if isinstance(part, Array)] == [Shape.of(*shape) for shape in expected]
    assert registry.find(f"keras.datasets.{name}.load_data") is not None
