"""The truth about targets is a real training step: random outputs, targets, losses and data raise, broadcast silently or are right
in Keras as the rules say."""
from __future__ import annotations

import os
import random
import warnings
from collections.abc import Iterator
from typing import Any

import numpy
import pytest

from lstmlint.config import Settings
from lstmlint.engine import check_source
from lstmlint.library.keras.losses import LOSSES, loss_named
from lstmlint.sources.source import script

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
keras = pytest.importorskip("keras")

STEPS = int(os.environ.get("LSTMLINT_TRAINING_STEPS", "40"))
TARGET_RULES = {"LST301", "LST302", "LST303", "LST306", "LST307"}
BROADCASTS = {"LST302", "LST306", "LST307"}
ABOUT_VALUES = {"LST304", "LST308"}
"""What these rules say is true of other things than shapes."""

HEAD = """
import keras
import numpy as np
import pandas as pd
from keras import Input, Model, Sequential
from keras.layers import *

"""


class Drawn:
    """One random training script, with what is needed to judge it: output, target and loss."""

    def __init__(self, seed: int) -> None:
        self.random = draw = random.Random(seed)
        rows, batch = draw.choice([(6, 4), (8, 4), (8, 32), (5, 5), (4, 1), (9, 4)])
        steps, units, features = draw.choice([1, 4, 5, 8]), draw.choice([1, 3, 5]), draw.choice([1, 2])
        self.loss = draw.choice(_DRAWN)
        layers, shape = self._layers(steps, units)
        target = draw.choice(
            [
                *((rows,), (rows, 1), (rows, units), (rows, steps), (rows, steps, 1), (rows, steps, units), (rows, 1, units)),
                *((rows, units, 1), (rows, 3), (rows, steps, 3), (rows, steps, units, 1), (rows, *shape), (rows, *shape[:-1])),
            ]
        )
        fixed = any("Flatten" in layer for layer in layers)
        declared = f"Input(({steps if fixed or draw.random() < 0.7 else None}, {features}))"
        self.text = HEAD + "\n".join(
            [
                f"x = np.random.rand{self._fed(rows, steps, features)}",
                f"y = {self._values(target, shape)}",
                *self._model(declared, layers, "Reshape" in layers[-1] or fixed),
                f"model.compile('sgd', {self._spelled()})",
                f"model.fit(x, y, batch_size={batch}, epochs=1, verbose=0)",
            ]
        )

    @property
    def numbered(self) -> bool:
        return self.loss in ("sparse_categorical_crossentropy", "crossentropy", "categorical_generalized_cross_entropy")

    def _fed(self, rows: int, steps: int, features: int) -> tuple[int, ...]:
        """The shape of the data: mostly what the model declares."""
        others = [(rows, steps), (rows, 2), (rows, steps, features, 1), (rows, steps, features + 1), (rows,)]
        if features == 1:
            # As steps of one feature: another number of them, which a Sequential model takes without a word.
            others.pop(1)
        return self.random.choice(others) if self.random.random() < 0.15 else (rows, steps, features)

    def _values(self, target: tuple[int, ...], shape: tuple[int, ...]) -> str:
        # Out of range, so that two classes differ; only the sparse cross-entropies mind.
        classes = max(shape[-1], 2) if self.loss.endswith("generalized_cross_entropy") else shape[-1]
        values = f"np.random.randint(0, {classes}, {target})" if self.numbered else f"np.random.rand{target}"
        if self.numbered and shape[-1] > 1 and self.random.random() < 0.3:
            return f"np.eye({shape[-1]})[{values}]"
        return f"pd.Series({values})" if len(target) == 1 and self.random.random() < 0.3 else values

    def _spelled(self) -> str:
        if self.loss == "categorical_generalized_cross_entropy":
            return f"keras.losses.{_class(self.loss)}(q=0.5)"
        if self.loss in ("crossentropy", "mse", "MAE"):
            return repr(self.loss)
        return self.random.choice([repr(self.loss), f"keras.losses.{_class(self.loss)}()", f"keras.losses.{self.loss}"])

    def _model(self, declared: str, layers: list[str], fixed: bool) -> list[str]:
        return self.random.choice(
            [
                [f"model = Sequential([{declared}, {', '.join(layers)}])"],
                ["model = Sequential()", *(f"model.add({layer})" for layer in (declared, *layers))],
                [f"inputs = t = {declared}", *(f"t = {layer}(t)" for layer in layers), "model = Model(inputs, t)"],
                [f"model = Sequential([{'' if not fixed else declared + ', '}{', '.join(layers)}])"],
                [
                    "class Net(Model):",
                    "    def __init__(self):",
                    "        super().__init__()",
                    *(f"        self.layer{at} = {layer}" for at, layer in enumerate(layers)),
                    "    def call(self, t):",
                    *(f"        t = self.layer{at}(t)" for at in range(len(layers))),
                    "        return t",
                    "model = Net()",
                ],
            ]
        )

    def _layers(self, steps: int, units: int) -> tuple[list[str], tuple[int, ...]]:
        last = f"Dense({units}, activation='sigmoid')"
        every = "LSTM(3, return_sequences=True)"
        return self.random.choice(
            [
                (["LSTM(3)", last], (units,)),
                (["LSTM(3)", "Dropout(0.1)", last], (units,)),
                ([every, last], (steps, units)),
                ([every, last, "BatchNormalization()"], (steps, units)),
                (["Bidirectional(GRU(3, return_sequences=True))", f"TimeDistributed({last})"], (steps, units)),
                ([every, last, "Flatten()"], (steps * units,)),
                ([every, "GlobalAveragePooling1D()", last], (units,)),
                (["LSTM(3)", f"RepeatVector({steps})", every, last], (steps, units)),
                ([f"LSTM({units})"], (units,)),
                ([every, last, f"Reshape((-1, {units}, 1))"], (steps, units, 1)),
            ]
        )


_OFTEN = ["crossentropy", "mse", "MAE", "sparse_categorical_crossentropy", "categorical_crossentropy", "mean_squared_error"]
_DRAWN = sorted(LOSSES - {"circle", "ctc"}) + 2 * _OFTEN


def _class(function: str) -> str:
    classes = [name for name in dir(keras.losses) if name[:1].isupper() and not name.isupper()]
    return next((name for name in classes if loss_named(name) == function), "")


def truth(drawn: Drawn) -> tuple[str, str]:
    """What Keras does: "raises", "silent" or "right", and its words."""
    names: dict[str, Any] = {}
    try:
        exec(drawn.text, names)  # noqa: S102 - a script of our own making
    except Exception as error:  # noqa: BLE001 - whatever Keras raises
        return "raises", " ".join(str(error).split())[:200]
    output, target = names["model"].predict(names["x"], verbose=0), numpy.asarray(names["y"])
    name = drawn.loss
    if name == "crossentropy":
        sparse = target.ndim < output.ndim or (target.shape[-1] == 1 and output.shape[-1] > 1)
        name = "binary_crossentropy" if output.shape[-1] == 1 else f"{'sparse_' if sparse else ''}categorical_crossentropy"
    numbers = name.startswith("sparse") or name.endswith("generalized_cross_entropy")
    loss = keras.losses.get(loss_named(name)) if not name.endswith("generalized_cross_entropy") else _generalized
    as_column = numpy.expand_dims(target, -1) if type(names["y"]).__name__ == "Series" else target
    try:
        given = numpy.asarray(keras.losses.Loss.__subclasses__()[0](loss, reduction="none")(as_column, output))
    except Exception as error:  # noqa: BLE001 - whatever Keras raises
        return "silent", f"only in batches of the size trained with: {str(error)[:100]}"
    wanted = [numpy.asarray(loss(*pair)) for pair in _like_with_like(target, output, numbers)]
    close = any(one.size == given.size and numpy.isclose(one.mean(), given.mean(), rtol=1e-5, atol=1e-7) for one in wanted)
    words = f"{target.shape} for {output.shape}, {given.shape}: {given.mean()} for {[float(one.mean()) for one in wanted]}"
    return ("right" if close else "silent"), words


def _generalized(target: Any, output: Any) -> Any:
    return keras.losses.categorical_generalized_cross_entropy(target, output, 0.5)


def _like_with_like(target: Any, output: Any, numbers: bool) -> Iterator[tuple[Any, Any]]:
    """Each target with its output, where there are as many; a last axis of length one of the output may be left out."""
    shapes = [output.shape, output.shape[:-1]] if output.shape[-1] == 1 and output.ndim > 2 else [output.shape]
    for shape in shapes:
        wanted = shape[:-1] if numbers else shape
        if numpy.prod(wanted) == target.size:
            yield target.reshape(wanted), output.reshape(shape)


def claimed(drawn: Drawn) -> tuple[str, str]:
    """What the rules say."""
    found = [d for d in check_source(script(drawn.text), Settings()).diagnostics if d.code not in ABOUT_VALUES]
    if not found:
        return "right", ""
    words = "; ".join(f"{d.code}: {d.message}" for d in found)
    assert len(found) == 1, words + "\n" + drawn.text
    assert found[0].effect != "silent" or found[0].code in BROADCASTS, words
    return str(found[0].effect), words


@pytest.mark.parametrize("first", range(0, STEPS, 20))
def test_random_targets(first: int) -> None:
    wrong = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for seed in range(first, min(first + 20, STEPS)):
            numpy.random.seed(seed)
            drawn = Drawn(seed)
            (real, words), (said, message) = truth(drawn), claimed(drawn)
            if real != said:
                wrong.append(f"seed {seed}: Keras {real} ({words}), said {said} ({message})\n{drawn.text[len(HEAD):]}")
        keras.backend.clear_session()
    assert not wrong, "\n\n".join(wrong)
