"""A mistake that raises nothing by itself, and the later line that raises by it: both are told, and the framework agrees."""

from __future__ import annotations

import pytest

from lstmlint.config import Settings
from lstmlint.diagnostics import Diagnostic
from lstmlint.engine import check_source
from lstmlint.sources.source import script
from tests.silent import run

LOADER = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

rnn, head = nn.GRU(3, 8, batch_first=True), nn.Linear(8, 1)
data = TensorDataset(torch.randn(80, STEPS, 3), torch.randn(80, 1))
for x, y in DataLoader(data, batch_size=16):
    out, _ = rnn(x)
    last = head(out[-1])
    loss = nn.MSELoss()(last, y)
"""
SHARES = """
import numpy as np
from keras import Sequential
from keras.layers import LSTM, Dense, Input
from sklearn.preprocessing import MinMaxScaler

scaler = MinMaxScaler()
x = scaler.fit_transform(np.random.rand(300, 1))
x = np.array([x[i:i + 20] for i in range(280)])
y = scaler.fit_transform(np.random.rand(280, 1)).flatten()
model = Sequential([Input((20, 1)), LSTM(4, return_sequences=True), Dense(1)])
model.compile(loss="mse")
model.fit(x, y, verbose=0)
prices = scaler.inverse_transform(model.predict(x, verbose=0))
"""
VIEWED = """
import torch
from torch import nn

x = torch.randn(9, 7, 3)
rnn = nn.LSTM(FEATURES, 8, batch_first=True)
out, _ = nn.LSTM(7, 4, batch_first=True)(x.view(9, 3, 7))
out, _ = rnn(out)
"""


def only(text: str) -> Diagnostic:
    found = check_source(script(text), Settings()).diagnostics
    assert len(found) == 1, found
    return found[0]


def row(text: str, part: str) -> int:
    return next(at for at, line in enumerate(text.splitlines(), 1) if part in line)


@pytest.mark.parametrize(
    "text, code, last, says",
    [
        (LOADER.replace("STEPS", "7"), "LST505", "loss =", "(7, 1) and (16, 1) can't be compared"),
        (SHARES, "LST306", "prices =", "needs rank 2"),
    ],
)
def test_the_later_line_is_told(text: str, code: str, last: str, says: str) -> None:
    found = only(text)
    assert (found.code, found.effect) == (code, "raises")
    later = found.related[-1]
    assert later.span.start_row == row(text, last) and later.message.startswith("raises: ") and says in later.message
    with pytest.raises((RuntimeError, ValueError)) as raised:
        run(text)
    assert [entry.lineno + 1 for entry in raised.traceback if str(entry.path).endswith("script")] == [later.span.start_row]


def test_what_fits_by_chance_stays_silent() -> None:
    text = LOADER.replace("STEPS", "16")
    assert only(text).effect == "silent"
    run(text)


def test_what_is_not_always_reached_is_not_told() -> None:
    text = LOADER.replace("STEPS", "7").replace("    loss", "    if torch.rand(()) > 2:\n        loss")
    assert only(text).effect == "silent"
    run(text)


def test_what_a_handler_expects_is_not_told() -> None:
    text = LOADER.replace("STEPS", "7").replace("    loss", "    try:\n        loss") + "    except RuntimeError:\n        pass\n"
    assert only(text).effect == "silent"
    run(text)


def test_a_layer_that_gets_renamed_axes() -> None:
    text = VIEWED.replace("FEATURES", "5")
    found = only(text)
    assert (found.code, found.effect, found.span.start_row) == ("LST502", "raises", row(text, "x.view"))
    assert found.related[-1].span.start_row == row(text, "rnn(out")
    fits = VIEWED.replace("FEATURES", "4")
    assert only(fits).effect == "silent"
    run(fits)
