"""Each silent rule for Keras: the mistake runs without an exception and computes something wrong, its fix the right thing."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest

from tests.silent import silent

pytestmark = pytest.mark.skipif(find_spec("keras") is None, reason="Keras is the judge here")


def test_a_loss_that_broadcasts_compares_one_value_with_all() -> None:
    script = """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

x, y = np.random.rand(64, 24, 2), np.random.rand(64, 12)
model = Sequential([Input((24, 2)), LSTM(8), Dense({units})])
model.compile("adam", "mse")
loss = model.evaluate(x, y, batch_size=64, verbose=0){mark}
guess = model.predict(x, verbose=0)
"""
    wrong, right = silent(script.format(units=1, mark="  # LST302"), script.format(units=12, mark=""))
    assert wrong["guess"].shape == (64, 1)
    every_hour_by_one = np.mean([(wrong["guess"][:, 0] - hour) ** 2 for hour in wrong["y"].T])
    assert np.isclose(wrong["loss"], every_hour_by_one, rtol=1e-4)
    assert np.isclose(right["loss"], np.mean((right["guess"] - right["y"]) ** 2), rtol=1e-4)
