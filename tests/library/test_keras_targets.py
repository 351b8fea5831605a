"""Targets in all the ways that programs give them, and what is said once or not at all."""
from __future__ import annotations

import pytest

from lstmlint.config import Settings
from lstmlint.engine import check_source
from lstmlint.library.keras.comparing import compare
from lstmlint.shapes.dims import symbol
from lstmlint.sources.source import script
from lstmlint.values.network import Loss

HEAD = """
import keras
import numpy as np
import tensorflow as tf
from keras import Input, Model, Sequential
from keras.layers import *

X = np.zeros((96, 30, 2))
"""
STACK = "model = Sequential([Input((30, 2)), LSTM(8), Dense(3)])\n"
TWO = """series = Input((30, 2))
hidden = GRU(8)(series)
model = Model(series, [Dense(1, name="price")(hidden), Dense(4, activation="softmax", name="kind")(hidden)])
"""
PRICE_AND_KIND = '{"price": "mse", "kind": "categorical_crossentropy"}'


def found(text: str) -> list[str]:
    return [d.code for d in check_source(script(HEAD + text), Settings()).diagnostics]


GIVEN = {
    "a list of losses": (
        TWO + "model.compile(loss=['mse', 'categorical_crossentropy'])\nmodel.fit(X, [np.zeros((96, 1)), np.zeros((96, {}))])",
        4, 5, "LST301",
    ),
    "a list of targets": (
        TWO + f"model.compile(loss={PRICE_AND_KIND})\nmodel.fit(X, (np.zeros(96), np.zeros((96, {{}}))))",
        4, 5, "LST301",
    ),
    "a dictionary of targets": (
        TWO + f"model.compile(loss={PRICE_AND_KIND})\nmodel.fit(X, {{'kind': np.zeros((96, {{}})), 'price': np.zeros(96)}})",
        4, 5, "LST301",
    ),
    "no loss for one output": (
        TWO + "model.compile(loss=['mse', None])\nmodel.fit(X, [np.zeros((96, {})), np.zeros((96, 9))])",
        1, 12, "LST302",
    ),
    "validation data": (
        STACK + "model.compile(loss='mae')\nmodel.fit(X, np.zeros((96, 3)), validation_data=(X, np.zeros((96, {}))))",
        3, 4, "LST301",
    ),
    "a data set": (
        STACK + "model.compile(loss='mae')\nmodel.fit(tf.data.Dataset.from_tensor_slices((X, np.zeros((96, {})))).batch(8))",
        3, 4, "LST301",
    ),
    "a generator": (
        STACK + """
def batches():
    while True:
        yield np.zeros((16, 30, 2)), np.zeros((16, {}))

model.compile(loss='mse')
model.fit(batches(), steps_per_epoch=6)
""",
        3, 4, "LST301",
    ),
    "a Sequence": (
        STACK + """
class Batches(keras.utils.Sequence):
    def __init__(self, x, size):
        super().__init__()
        self.x, self.size = x, size

    def __len__(self):
        return len(self.x) // self.size

    def __getitem__(self, index):
        part = self.x[index * self.size : (index + 1) * self.size]
        return part, np.zeros((len(part), {}))

model.compile(loss='huber')
model.fit(Batches(X, 16))
""",
        3, 4, "LST301",
    ),
    "train_on_batch": (
        STACK + "model.compile(loss='mse')\nmodel.train_on_batch(X[:8], np.zeros((8, {})))",
        3, 1, "LST302",
    ),
    "a subclass": (
        """
class Net(Model):
    def __init__(self, units):
        super().__init__()
        self.memory, self.last = LSTM(8, return_sequences=True), Dense(units)

    def call(self, x, training=False):
        return self.last(self.memory(x, training=training))

model = Net(3)
model.compile("adam", keras.losses.MeanSquaredError())
model.fit(X, np.zeros((96, 30, {})))
""",
        3, 4, "LST301",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GIVEN)
def test_ways_of_giving_targets(name: str) -> None:
    text, right, wrong, code = GIVEN[name]
    assert found(text.replace("{}", str(right))) == []
    assert found(text.replace("{}", str(wrong))) == [code]


@pytest.mark.parametrize(
    "text",
    [
        STACK + "def loss(t, p):\n    return 0.0\nmodel.compile(loss=loss)\nmodel.fit(X, np.zeros((96, 5)))",
        STACK + "model.compile()\nmodel.fit(X, np.zeros((96, 5)))",
        STACK + "model.add_loss(1.0)\nmodel.compile()\nmodel.fit(X)",
        "class Own(Model):\n    def __init__(self):\n        super().__init__()\n        self.l = LSTM(3)\n"
        "    def call(self, x):\n        return self.l(x)\n    def train_step(self, data):\n        return {}\n"
        "model = Own()\nmodel.compile(loss='mse')\nmodel.fit(X, np.zeros((96, 5)))",
    ],
)
def test_what_is_not_compared_by_a_built_in_loss(text: str) -> None:
    assert found(text) == []


def test_one_mistake_one_finding() -> None:
    fed = "model.fit(X, y, validation_data=(X, y))\nmodel.evaluate(X, y)\n"
    assert found(STACK + "y = np.zeros((96, 4))\nmodel.compile(loss='mse')\n" + fed) == ["LST301"]


def test_nothing_of_targets_where_the_data_is_wrong() -> None:
    assert found(STACK + "model.compile(loss='mse')\nmodel.fit(X[:, 0], np.zeros((96, 4)))") == ["LST201"]


def test_masks_may_make_a_broadcast_raise() -> None:
    text = """
model = Sequential([Input((30,)), Embedding(9, 4{}), LSTM(8, return_sequences=True), Dense(1)])
model.compile(loss="mse")
model.fit(np.zeros((96, 30), int), np.zeros((96, 1)))
"""
    for more, effect in ((", mask_zero=True", "raises"), ("", "silent")):
        (only,) = check_source(script(HEAD + text.replace("{}", more)), Settings()).diagnostics
        assert (only.code, only.effect) == ("LST306", effect)


def test_another_number_of_steps() -> None:
    """A Sequential model takes it; targets are wrong only if they are so with the declared number, too."""
    model = "model = Sequential([Input((24, 2)), LSTM(8, return_sequences=True), Dense(1)])\nmodel.compile(loss='mse')\n"
    assert found(model + "model.fit(X, np.zeros((96, 24, 1)))") == ["LST203"]
    assert found(STACK.replace("30", "24") + "model.compile(loss='mse')\nmodel.fit(X, np.zeros((96, 4)))") == ["LST203", "LST301"]


def test_one_softmax_finding_where_the_targets_tell_more() -> None:
    head = STACK.replace("Dense(3)", "Dense(1, activation='softmax')") + "model.compile(loss='categorical_crossentropy')\n"
    assert found(head + "model.fit(X, np.zeros((96, 5)))") == ["LST301"]
    assert found(head + "model.fit(X, np.zeros((96, 1)))") == ["LST304"]


@pytest.mark.parametrize(
    ("layer", "loss", "codes"),
    [
        ("Dense(1, activation='tanh')", "'binary_crossentropy'", ["LST308"]),
        ("Dense(1, activation='tanh')", "'hinge'", []),
        ("Dense(1, activation=None)", "keras.losses.binary_crossentropy", ["LST308"]),
        ("Dense(1, activation=abs)", "'binary_crossentropy'", []),
        ("Dense(1), Lambda(lambda t: t)", "'binary_crossentropy'", []),
        ("Dense(1), Activation('hard_sigmoid')", "'binary_crossentropy'", []),
        ("Dense(1), Activation(tf.nn.sigmoid)", "'binary_crossentropy'", []),
        ("Dense(1), LeakyReLU()", "'bce'", ["LST308"]),
        ("Dense(1)", "keras.losses.BinaryCrossentropy(True)", []),
        ("Dense(1)", "keras.losses.BinaryCrossentropy(from_logits=input())", []),
        ("Dense(1)", "keras.losses.BinaryCrossentropy(from_logits=False)", ["LST308"]),
        ("LSTM(1)", "'binary_crossentropy'", ["LST308"]),
        ("LSTM(1, activation='sigmoid')", "'binary_crossentropy'", []),
    ],
)
def test_values_that_are_no_probabilities(layer: str, loss: str, codes: list[str]) -> None:
    inner = "LSTM(8, return_sequences=True)" if layer.startswith("LSTM") else "LSTM(8)"
    text = f"model = Sequential([Input((30, 2)), {inner}, {layer}])\nmodel.compile(loss={loss})\nmodel.fit(X, np.zeros(96))"
    assert found(text) == codes


def test_a_width_that_may_be_one() -> None:
    classes = symbol("classes", lower=0)
    loss = Loss("categorical_crossentropy")
    assert compare(loss, (30, 15, classes), (30, classes)) == "raises"
    assert compare(loss, (30, classes), (30, classes)) == "right"
    assert compare(loss, (30, classes), (30,)) is None


@pytest.mark.parametrize(
    ("output", "target", "verdict"),
    [((8, 20, 5), (8, 6), "right"), ((8, 20, 5), (8, 6, 1), "raises"), ((8, 5), (8, 6), "raises"), ((8, 20, 5), (7, 6), "raises")],
)
def test_ctc(output: tuple[int, ...], target: tuple[int, ...], verdict: str) -> None:
    assert compare(Loss("ctc"), output, target) == verdict
