"""tf.data: the elements of data sets, against TensorFlow; and what reaches a model that is fed with batches."""
from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import pytest

from lstmlint.interpreter import analyse  # noqa: F401 - the library models need the package
from lstmlint.library.tensorflow.data import element_of, is_dataset
from lstmlint.shapes.dims import symbols
from lstmlint.trace import ModelFed
from lstmlint.values.base import Value
from lstmlint.values.data import Array, DictObject, Tuple
from tests.interpreter.programs import bindings, trace_of

HEAD = "import numpy as np\nimport tensorflow as tf\nfrom tensorflow.data import Dataset\n"

PIPELINES = [
    "Dataset.from_tensor_slices(np.zeros((30, 4)))",
    "Dataset.from_tensor_slices((np.zeros((30, 4, 2)), np.zeros(30)))",
    "Dataset.from_tensor_slices({'a': np.zeros((30, 4)), 'b': np.zeros((30,))})",
    "Dataset.from_tensor_slices([1, 2, 3])",
    "Dataset.from_tensors((np.zeros((3, 4)), 1.0))",
    "Dataset.range(10)",
    "Dataset.range(2, 10, 3)",
    "Dataset.range(10).batch(5)",
    "Dataset.range(10).batch(4)",
    "Dataset.range(10).batch(4, drop_remainder=True)",
    "Dataset.range(10).batch(20)",
    "Dataset.range(10).window(4, shift=1, drop_remainder=True).flat_map(lambda w: w.batch(4))",
    "Dataset.range(10).window(4, shift=2, drop_remainder=True).flat_map(lambda w: w.batch(4)).map(lambda w: (w[:-1], w[-1]))",
    "Dataset.from_tensor_slices(np.zeros((20, 3))).window(5, 1, drop_remainder=True).flat_map(lambda w: w.batch(5)).batch(4)",
    "Dataset.from_tensor_slices((np.zeros((20, 3)), np.zeros(20))).window(5, 1, 1, True).flat_map("
    "lambda x, y: tf.data.Dataset.zip((x.batch(5), y.batch(5)))).batch(4)",
    "Dataset.from_tensor_slices((np.zeros((20, 3)), np.zeros(20))).shuffle(5).batch(4).prefetch(1).cache()",
    "Dataset.from_tensor_slices(np.zeros((20, 3))).map(lambda x: (tf.expand_dims(x, 0), x[:2]))",
    "Dataset.from_tensor_slices(np.zeros((20, 3))).repeat(2).take(7).skip(2)",
    "Dataset.from_tensor_slices(np.zeros((20, 3))).batch(5).unbatch()",
    "Dataset.zip((Dataset.range(4), Dataset.from_tensor_slices(np.zeros((6, 2)))))",
    "Dataset.zip((Dataset.range(4), (Dataset.range(3), Dataset.range(5)))).enumerate()",
    "Dataset.from_tensor_slices(np.zeros((6, 2))).concatenate(Dataset.from_tensor_slices(np.zeros((3, 2))))",
    "Dataset.from_tensor_slices(np.zeros((6, 2))).padded_batch(3)",
    "Dataset.from_tensor_slices((np.zeros((6, 2)), np.zeros(6))).padded_batch(4, padded_shapes=([7], []))",
    "Dataset.from_generator(lambda: iter([]), output_signature=(tf.TensorSpec((5, 2), tf.float32), tf.TensorSpec((), tf.int32)))",
    "Dataset.range(10).filter(lambda x: x > 3)",
    "Dataset.range(10).apply(lambda d: d.batch(5))",
    "tf.keras.utils.timeseries_dataset_from_array(np.zeros((50, 3)), np.zeros(50), 6)",
    "tf.keras.utils.timeseries_dataset_from_array(np.zeros((50, 3)), None, sequence_length=6, batch_size=8)",
    "tf.keras.utils.timeseries_dataset_from_array(np.zeros((50, 3)), np.zeros((50, 2)), 6, batch_size=None)",
]


def known(element: Value) -> object:
    """A structure as nested tuples of shapes, None for what varies."""
    if isinstance(element, Array):
        assert element.shape.rank is not None
        return [None if not isinstance(d, int) and any(s.varies for s in symbols(d)) else d for d in element.shape.dims]
    if isinstance(element, Tuple):
        return tuple(known(part) for part in element.items.known or ())
    if isinstance(element, DictObject):
        return {getattr(key, "value", None): known(part) for key, part in element.entries.known}
    raise AssertionError(element)


def real(spec: object) -> object:
    if isinstance(spec, tuple):
        return tuple(map(real, spec))
    if isinstance(spec, dict):
        return {key: real(part) for key, part in spec.items()}
    return spec.shape  # type: ignore[attr-defined]


def agrees(inferred: object, elements: list[object]) -> bool:
    """Whether every element has the inferred shapes; what varies must really be the batch axis."""
    return all(_fits(inferred, element) for element in elements)


def _fits(inferred: object, element: object) -> bool:
    if isinstance(inferred, tuple):
        return isinstance(element, tuple) and len(inferred) == len(element) and all(map(_fits, inferred, element))
    if isinstance(inferred, dict):
        same_keys = isinstance(element, dict) and inferred.keys() == element.keys()
        return same_keys and all(_fits(inferred[key], element[key]) for key in inferred)
    shape = getattr(element, "shape", None)
    assert isinstance(inferred, list) and shape is not None
    return len(inferred) == len(shape) and all(a is None or a == b for a, b in zip(inferred, shape))


@pytest.mark.parametrize("pipeline", PIPELINES)
def test_elements_are_those_of_tensorflow(pipeline: str) -> None:
    value = bindings(f"{HEAD}d = {pipeline}\n")["d"]
    assert is_dataset(value)
    inferred = known(element_of(value))
    names: dict[str, object] = {}
    exec(HEAD, names)
    data = eval(pipeline, names)
    assert agrees(inferred, list(data)), inferred
    length = bindings(f"{HEAD}n = len({pipeline})\n")["n"]
    real_length = int(data.cardinality())
    stated = getattr(length, "value", None)
    assert stated is None or stated == (real_length if real_length >= 0 else len(list(data)))


def fed(program: str) -> list[ModelFed]:
    return [event for event in trace_of(program).events if isinstance(event, ModelFed) and event.method != "call"]


MODEL = """
from tensorflow import keras
from tensorflow.keras.layers import LSTM, Dense
model = keras.Sequential([LSTM(4), Dense(1)])
model.compile(loss="mse")
"""


def test_a_model_is_fed_with_the_elements_of_a_data_set() -> None:
    program = f"{HEAD}{MODEL}d = Dataset.from_tensor_slices((np.zeros((30, 6, 2)), np.zeros((30, 1)))).batch(10)\n"
    (event,) = fed(program + "model.fit(d, epochs=2)\n")
    assert known(event.x) == [10, 6, 2] and known(event.y) == [10, 1]
    (pair,) = event.inputs
    assert known(pair[1]) == [10, 6, 2]
    training, validation = fed(program + "model.fit(d, validation_data=d.take(1))\n")
    assert validation.role == "validation" and known(validation.y) == [10, 1]


def test_prediction_takes_the_inputs_of_a_data_set() -> None:
    (event,) = fed(f"{HEAD}{MODEL}model.predict(Dataset.from_tensor_slices(np.zeros((30, 6, 2))).batch(7))\n")
    assert known(event.x) == [None, 6, 2]


GENERATOR = """
def batches(size):
    while True:
        yield np.zeros((size, 6, 2)), np.zeros((size, 1))
"""
SEQUENCE = """
class Windows(keras.utils.Sequence):
    def __init__(self, table, size):
        self.table = table
        self.size = size
    def __len__(self):
        return len(self.table) // self.size
    def __getitem__(self, index):
        rows = range(index * self.size, (index + 1) * self.size)
        X = np.zeros((self.size, 6, 2))
        y = np.zeros((self.size, 1))
        return X, y
"""


@pytest.mark.parametrize(
    "define, data",
    [
        (GENERATOR, "batches(10)"),
        (SEQUENCE, "Windows(np.zeros((100, 2)), 10)"),
        ("from keras.utils import TimeseriesGenerator", "TimeseriesGenerator(np.zeros((90, 2)), np.zeros((90, 1)), 6)"),
    ],
)
def test_generators_and_sequences_feed_a_model(define: str, data: str) -> None:
    (event,) = fed(f"{HEAD}{MODEL}{define}\nmodel.fit({data}, steps_per_epoch=3)\n")
    assert isinstance(event.x, Array) and isinstance(event.y, Array)
    assert event.x.shape.dims[1:] == (6, 2) and event.y.shape.dims[1:] == (1,)


def test_ready_made_data_sets_of_texts() -> None:
    head = "import tensorflow_datasets as tfds\n"
    program = head + "(a, b), info = tfds.load('imdb_reviews', split=['train', 'test'], as_supervised=True, with_info=True)\n"
    found = bindings(program + "c = tfds.load('imdb_reviews/subwords8k', as_supervised=True)['train'].padded_batch(4)\n")
    assert known(element_of(found["a"])) == known(element_of(found["b"])) == ([], [])
    assert known(element_of(found["c"])) == ([None, None], [None])
    assert not is_dataset(bindings(head + "a = tfds.load(name, split=which)\n")["a"])


@pytest.mark.parametrize(
    "expression",
    [
        "tf.one_hot(np.zeros((3, 4), int), 7)",
        "tf.one_hot([1, 2, 3], depth=5)",
        "tf.one_hot(np.zeros((3, 4), int), 7, axis=0)",
        "tf.one_hot(np.zeros((3, 4), int), 7, axis=1)",
        "tf.keras.backend.one_hot(np.zeros((3,), int), num_classes=4)",
        "tf.tile(np.zeros((3, 4)), [2, 1])",
        "tf.tile(np.zeros((3,)), multiples=(2,))",
    ],
)
def test_indicators_and_repetitions(expression: str) -> None:
    value = bindings(f"{HEAD}x = {expression}\n")["x"]
    names: dict[str, object] = {}
    exec(HEAD, names)
    assert known(value) == list(eval(expression, names).shape)
