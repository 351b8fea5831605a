"""What the axes of arrays mean, and how that travels."""

from __future__ import annotations

import libcst
import pytest

from lstmlint.interpreter import analyse
from lstmlint.shapes.shape import Axis, Shape
from lstmlint.trace import Bound

START = """
import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from keras.layers import Embedding, LSTM, Permute, RepeatVector, Reshape
from keras.utils import pad_sequences, timeseries_dataset_from_array

table = pd.read_csv("buoy.csv")[["height", "period", "wind"]]
values, series = table.values, table["height"].values
X = np.array([values[i:i + 24] for i in range(len(values) - 24)])
C = np.array([series[i:i + 24] for i in range(len(series) - 24)])
"""

WAYS = {
    "values": "? feature",
    "series": "?",
    "X": "sample time feature",
    "C": "sample time",
    # Windows
    "np.stack([series[i:i + 9] for i in range(50)])": "sample time",
    "np.vstack([series[i:i + 9] for i in range(50)])": "sample time",
    "np.array([values.T[:, i - 9:i] for i in range(9, len(values))])": "sample feature time",
    "np.lib.stride_tricks.sliding_window_view(values, 24, axis=0)": "sample feature time",
    "np.array([values[i] for i in range(50)])": "sample feature",
    "np.array([np.zeros(5), np.ones(5)])": "? ?",
    # A part of the samples is a batch, and of one length.
    "np.array([X[i:i + 32] for i in range(50)])": "sample ? time feature",
    # Axes that change places, come and go
    "X.transpose(0, 2, 1)": "sample feature time",
    "np.swapaxes(X, 0, 1)": "time sample feature",
    "np.moveaxis(X, -1, 0)": "feature sample time",
    "C[..., np.newaxis]": "sample time ?",
    "np.expand_dims(C, 1)": "sample ? time",
    "X[:, -1]": "sample feature",
    "X[:100, :, 0]": "sample time",
    "X.mean(axis=1)": "sample feature",
    "np.concatenate([X, X], axis=-1)": "sample time feature",
    "np.stack([C, C], axis=-1)": "sample time feature",
    "np.dstack([C, C])": "sample time feature",
    "np.stack([C, C])": "? sample time",
    "(X - X.mean()) / X.std()": "sample time feature",
    # Reshapes keep what the order of the elements proves, and forget the rest.
    "X.reshape(-1, 3)": "[sample time] feature",
    "X.reshape(-1, 3).reshape(X.shape)": "sample time feature",
    "X.reshape(len(X), -1)": "sample [time feature]",
    "X.reshape(len(X), -1).reshape(len(X), 24, 3)": "sample time feature",
    "C.reshape(len(C), 4, 6, 1)": "sample time time ?",
    "C.reshape(len(C), 1, 24)": "sample ? time",
    "X.reshape(len(X), 3, 24)": "sample ? ?",
    "X.reshape(len(X), 12, 6)": "sample ? ?",
    "np.reshape(X, (len(X), 24, 3), order='F')": "? ? ?",
    # What Keras and TensorFlow make
    "pad_sequences([[1, 2], [3]], 10)": "sample time",
    "Embedding(9, 8)(keras.Input((10,)))": "batch time feature",
    "LSTM(5, return_sequences=True)(keras.Input((10, 2)))": "batch time feature",
    "LSTM(5)(keras.Input((10, 2)))": "batch feature",
    "Permute((2, 1))(LSTM(5, return_sequences=True)(keras.Input((10, 2))))": "batch feature time",
    "Reshape((5, 10))(LSTM(5, return_sequences=True)(keras.Input((10, 2))))": "batch ? ?",
    "RepeatVector(4)(LSTM(5)(keras.Input((10, 2))))": "batch time feature",
    "tf.transpose(tf.constant(X), [1, 0, 2])": "time sample feature",
    "next(iter(timeseries_dataset_from_array(values, series, 24)))[0]": "batch time feature",
}


def bound(text: str) -> dict[str, Shape]:
    """The shapes that the names of a program are bound to last."""
    events = analyse([(None, libcst.parse_module(text))], 100, True).events
    return {e.name: e.value.shape for e in events if isinstance(e, Bound) and hasattr(e.value, "shape")}


def words(shape: Shape) -> str:
    def word(axis: Axis) -> str:
        if axis.parts:
            return f"[{' '.join(map(word, axis.parts))}]"
        return axis.meaning.value if axis.meaning is not None else "?"

    assert not shape.open
    return " ".join(map(word, shape))


@pytest.mark.parametrize("expression", WAYS)
def test_meanings_travel(expression: str) -> None:
    assert words(bound(f"{START}\nit = {expression}\n")["it"]) == WAYS[expression]


def test_windows_of_a_data_set_are_time_in_batches() -> None:
    shapes = bound(
        START
        + """
windows = tf.data.Dataset.from_tensor_slices(values).window(10, shift=1, drop_remainder=True).flat_map(lambda w: w.batch(10))
for x, y in windows.map(lambda w: (w[:-1], w[-1])).batch(32):
    first = x
"""
    )
    assert words(shapes["first"]) == "batch time feature"


@pytest.mark.parametrize(
    "stop", ["end > len(values) - 1", "end >= len(values)", "len(values) <= end", "not end < len(values)"], ids=str
)
def test_a_loop_that_stops_before_the_end_cuts_no_window(stop: str) -> None:
    shapes = bound(
        START
        + f"""
rows = []
for i in range(len(values)):
    end = i + 10
    if {stop}:
        break
    rows.append(values[i:end])
it = np.array(rows)
"""
    )
    assert shapes["it"].dims[1:] == (10, 3) and words(shapes["it"]) == "sample time feature"


def test_a_loop_that_skips_the_start_cuts_no_window() -> None:
    shapes = bound(
        START
        + """
rows = []
for i in range(len(values)):
    if i < 10:
        continue
    rows.append(values[i - 10:i])
it = np.array(rows)
"""
    )
    assert shapes["it"].dims[1:] == (10, 3)


def test_a_loop_that_stops_too_late_leaves_the_length_open() -> None:
    shapes = bound(
        START
        + """
for i in range(len(values)):
    if i + 5 > len(values):
        break
    last = values[i:i + 10]
"""
    )
    assert not isinstance(shapes["last"].dims[0], int)


@pytest.mark.parametrize("kept", ["X[i] = values[i:i + 24]", "X[i, :, :] = values[i:i + 24, :]", "X[i, ...] = values[i:i + 24]"])
def test_an_array_that_is_filled_window_by_window_holds_samples_of_time(kept: str) -> None:
    shapes = bound(
        START
        + f"""
def cut(values):
    X = np.zeros((len(values) - 24, 24, 3))
    for i in range(len(X)):
        {kept}
    return X
it = cut(values)
"""
    )
    assert words(shapes["it"]) == "sample time feature"


def test_an_array_of_another_scope_keeps_its_name() -> None:
    shapes = bound(
        START
        + """
X = np.zeros((50, 24, 3))
def fill():
    for i in range(len(X)):
        X[i] = values[i:i + 24]
fill()
it = X
"""
    )
    assert words(shapes["it"]) == "? ? ?"
