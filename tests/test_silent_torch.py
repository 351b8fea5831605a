"""Each silent rule for PyTorch: the mistake runs without an exception and computes something wrong, its fix the right thing."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest

from tests.silent import Names, silent

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch is the judge here")

START = """
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(7)
x, y = torch.randn(9, 14, 3), torch.randn(9)
"""


def both(lines: str, wrong: str, right: str) -> tuple[Names, Names]:
    """What the names stand for after the runs of two scripts that differ in what stands at `…`."""
    return silent(START + lines.replace("…", wrong), START + lines.replace("…", right))


def close(a: object, b: object) -> bool:
    return bool(np.allclose(np.asarray(a), np.asarray(b), atol=1e-5))


def numbers(tensor: object) -> np.ndarray:
    return np.asarray(tensor.detach())  # type: ignore[attr-defined]


def test_a_view_of_states_gives_a_sample_the_states_of_others() -> None:
    lines = """
rnn = nn.GRU(3, 4, batch_first=True, bidirectional=True)
_, h_n = rnn(x)
…
"""
    wrong, right = both(lines, "joined = h_n.view(9, -1)  # LST502", "joined = h_n.transpose(0, 1).reshape(9, -1)")
    forward, backward = numbers(wrong["h_n"])
    assert close(numbers(wrong["joined"])[0], np.concatenate([forward[0], forward[1]]))
    assert close(numbers(right["joined"])[0], np.concatenate([forward[0], backward[0]]))


def test_a_view_renames_the_batch_and_the_steps() -> None:
    lines = """
rnn = nn.LSTM(3, 4)
turned = …
out, _ = rnn(turned)
"""
    wrong, right = both(lines, "x.view(14, 9, 3)  # LST502", "x.transpose(0, 1)")
    steps = numbers(wrong["x"])
    assert close(numbers(wrong["turned"])[1, 0], steps[0, 9]) and not close(numbers(wrong["turned"])[1, 0], steps[0, 1])
    assert close(numbers(right["turned"])[1, 0], steps[0, 1])


def test_a_view_renames_the_steps_and_the_features() -> None:
    lines = """
for x, y in DataLoader(TensorDataset(x, y), batch_size=3):
    turned = …
    out, _ = nn.LSTM(14, 4, batch_first=True)(turned)
"""
    wrong, right = both(lines, "x.reshape(x.size(0), 3, 14)  # LST502", "x.transpose(1, 2)")
    series = numbers(wrong["x"])[0]
    assert close(numbers(wrong["turned"])[0, 0], series.ravel()[:14]) and not close(numbers(wrong["turned"])[0, 0], series[:, 0])
    assert close(numbers(right["turned"])[0, 0], series[:, 0])


def test_rows_cut_anew_begin_with_another_feature() -> None:
    lines = """
for x, y in DataLoader(TensorDataset(x, y), batch_size=3):
    joined = …
    out, _ = nn.LSTM(joined.size(2), 4, batch_first=True)(joined)
"""
    wrong, right = both(lines, "x.reshape(x.size(0), 6, 7)  # LST502", "x.reshape(x.size(0), 7, 6)")
    series = numbers(wrong["x"])[0]
    assert close(numbers(wrong["joined"])[0, 1, 0], series[2, 1])
    assert close(numbers(right["joined"])[0, 1], series[2:4].ravel())


def test_the_features_of_a_step_read_as_steps() -> None:
    lines = """
series = torch.randn(100, 6)
windows = torch.stack([series[i:i + 14] for i in range(86)])
…
out, _ = nn.LSTM(turned.size(2), 4, batch_first=True)(turned)
"""
    wrong, right = both(lines, "turned = windows.reshape(86, 28, 3)  # LST502", "turned = windows.reshape(86, 14, 6)")
    series = numbers(wrong["series"])
    assert close(numbers(wrong["turned"])[0, :2], [series[0, :3], series[0, 3:]])
    assert close(numbers(right["turned"])[0, :2], series[:2])


def test_outputs_time_first_flattened_by_the_batch() -> None:
    lines = """
out, _ = nn.LSTM(3, 4)(x.transpose(0, 1))
…
"""
    wrong, right = both(lines, "flat = out.reshape(9, -1)  # LST502", "flat = out.transpose(0, 1).reshape(9, -1)")
    out = numbers(wrong["out"])
    assert close(numbers(wrong["flat"])[0, 4:8], out[0, 1])  # The second sample at the first step.
    assert close(numbers(right["flat"])[0, 4:8], out[1, 0])


def test_what_is_repeated_by_rounds_is_that_of_other_samples() -> None:
    lines = """
_, h_n = nn.GRU(3, 4, batch_first=True)(x)
…
"""
    wrong, right = both(
        lines,
        "queries = h_n[-1].repeat(14, 1).view(9, 14, 4)  # LST502",
        "queries = h_n[-1].repeat_interleave(14, dim=0).view(9, 14, 4)",
    )
    state = numbers(wrong["h_n"])[-1]
    assert close(numbers(wrong["queries"])[0, 1], state[1])
    assert close(numbers(right["queries"])[0], np.tile(state[0], (14, 1)))


def test_without_batch_first_a_sample_changes_the_answers_of_others() -> None:
    lines = """
rnn = …
for x, y in DataLoader(TensorDataset(x, y), batch_size=9):
    answers, _ = rnn(x)
other = x.clone()
other[0] = 5.0
changed, _ = rnn(other)
"""
    wrong, right = both(lines, "nn.LSTM(3, 4)  # LST504", "nn.LSTM(3, 4, batch_first=True)")
    assert not close(numbers(wrong["answers"])[8], numbers(wrong["changed"])[8])
    assert close(numbers(right["answers"])[1:], numbers(right["changed"])[1:])
    assert not close(numbers(right["answers"])[0], numbers(right["changed"])[0])


def test_the_last_sample_is_not_the_last_step() -> None:
    lines = """
rnn, head = nn.LSTM(3, 4, batch_first=True), nn.Linear(4, 1)
out, (h_n, _) = rnn(x)
…
scores = head(last)
"""
    wrong, right = both(lines, "last = out[-1]  # LST505", "last = out[:, -1]")
    assert close(numbers(wrong["last"]), numbers(wrong["out"])[8]) and wrong["last"].shape == (14, 4)
    assert close(numbers(right["last"]), numbers(right["h_n"])[0])


def test_at_the_last_step_the_backward_direction_has_read_one() -> None:
    lines = """
rnn, head = nn.GRU(3, 4, batch_first=True, bidirectional=True), nn.Linear(8, 1)
out, h_n = rnn(x)
…
score = head(last)
only, _ = rnn(x[:, -1:])
"""
    wrong, right = both(lines, "last = out[:, -1]  # LST505", "last = torch.cat([h_n[-2], h_n[-1]], dim=1)")
    assert close(numbers(wrong["last"])[:, 4:], numbers(wrong["only"])[:, 0, 4:])
    assert not close(numbers(right["last"])[:, 4:], numbers(right["only"])[:, 0, 4:])
    assert close(numbers(right["last"])[:, 4:], numbers(right["out"])[:, 0, 4:])


def test_at_the_lengths_less_one_too() -> None:
    lines = """
lengths = torch.tensor([14, 9, 5, 5, 4, 4, 3, 2, 2])
rnn = nn.GRU(3, 4, batch_first=True, bidirectional=True)
packed, h_n = rnn(pack_padded_sequence(x, lengths, batch_first=True))
out, n = pad_packed_sequence(packed, batch_first=True)
last = …
score = nn.Linear(8, 1)(last)
"""
    wrong, right = both(lines, "out[torch.arange(9), n - 1]  # LST505", "torch.cat([h_n[-2], h_n[-1]], dim=1)")
    assert close(numbers(wrong["last"])[:, :4], numbers(right["last"])[:, :4])
    assert close(numbers(right["last"])[:, 4:], numbers(right["out"])[:, 0, 4:])
    assert not close(numbers(wrong["last"])[:, 4:], numbers(right["last"])[:, 4:])


def test_the_last_step_of_packed_sequences_is_zeros() -> None:
    lines = """
lengths = torch.tensor([14, 9, 5, 5, 4, 4, 3, 2, 2])
packed, h_n = nn.GRU(3, 4, batch_first=True)(pack_padded_sequence(x, lengths, batch_first=True))
out, n = pad_packed_sequence(packed, batch_first=True)
last = …
score = nn.Linear(4, 1)(last)
"""
    wrong, right = both(lines, "out[:, -1]  # LST505", "out[torch.arange(9), n - 1]")
    assert not numbers(wrong["last"])[1:].any() and numbers(wrong["last"])[0].all()
    assert close(numbers(right["last"]), numbers(right["h_n"])[-1])


def test_from_the_state_of_the_first_layer_the_last_learns_nothing() -> None:
    lines = """
rnn = nn.GRU(3, 4, num_layers=2, batch_first=True)
out, h_n = rnn(x)
state = …
score = nn.Linear(4, 1)(state)
score.sum().backward()
learns = rnn.weight_hh_l1.grad is not None and bool(rnn.weight_hh_l1.grad.abs().sum() > 0)
"""
    wrong, right = both(lines, "h_n[0]  # LST505", "h_n[-1]")
    assert not wrong["learns"] and right["learns"]


def test_a_loss_compares_each_prediction_with_every_target() -> None:
    lines = """
_, h_n = nn.GRU(3, 4, batch_first=True)(x)
guess = nn.Linear(4, 1)(h_n[-1])
loss = …
"""
    wrong, right = both(lines, "nn.MSELoss()(guess, y)  # LST302", "nn.MSELoss()(guess.squeeze(-1), y)")
    guess, y = numbers(wrong["guess"])[:, 0], numbers(wrong["y"])
    assert close(numbers(wrong["loss"]), np.mean([(one - other) ** 2 for one in guess for other in y]))
    assert close(numbers(right["loss"]), np.mean((guess - y) ** 2))


def test_a_loss_compares_every_step_with_one_target() -> None:
    lines = """
out, _ = nn.GRU(3, 4, batch_first=True)(x)
guess = nn.Linear(4, 1)(out)
loss = …
"""
    wrong, right = both(lines, "F.l1_loss(guess, y.view(9, 1, 1))  # LST302", "F.l1_loss(guess[:, -1], y.unsqueeze(1))")
    guess, y = numbers(wrong["guess"]), numbers(wrong["y"])
    assert close(numbers(wrong["loss"]), np.mean([np.abs(guess[:, step, 0] - y) for step in range(14)]))
    assert close(numbers(right["loss"]), np.mean(np.abs(guess[:, -1, 0] - y)))


def test_a_difference_is_a_table() -> None:
    lines = """
rnn, head = nn.GRU(3, 4, batch_first=True), nn.Linear(4, 1)
for x, y in DataLoader(TensorDataset(x, y), batch_size=9):
    _, h_n = rnn(x)
    guess = head(h_n[-1])
    loss = …
"""
    wrong, right = both(lines, "(guess - y).abs().mean()  # LST302", "(guess.squeeze(-1) - y).abs().mean()")
    guess, y = numbers(wrong["guess"])[:, 0], numbers(wrong["y"])
    assert close(numbers(wrong["loss"]), np.mean(np.abs(guess[:, None] - y)))
    assert close(numbers(right["loss"]), np.mean(np.abs(guess - numbers(right["y"]))))


def test_as_many_steps_as_classes() -> None:
    lines = """
out, _ = nn.LSTM(3, 4, batch_first=True)(x)
scores, tags = nn.Linear(4, 14)(out), torch.randint(0, 14, (9, 14))
loss = …
"""
    wrong, right = both(lines, "F.cross_entropy(scores, tags)  # LST301", "F.cross_entropy(scores.transpose(1, 2), tags)")
    scores, tags = numbers(wrong["scores"]), numbers(wrong["tags"])
    assert close(numbers(wrong["loss"]), _cross_entropy(scores.transpose(0, 2, 1), tags))
    assert close(numbers(right["loss"]), _cross_entropy(scores, tags))


def _cross_entropy(scores: np.ndarray, tags: np.ndarray) -> float:
    """Of scores whose last axis is the classes."""
    logs = scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))
    return float(-np.mean(np.take_along_axis(logs, tags[..., None], axis=-1)))


def test_a_softmax_of_one_score_is_one() -> None:
    lines = """
out, _ = nn.LSTM(3, 4, batch_first=True)(x)
scores = nn.Linear(4, 1)(out)
weights = …
"""
    wrong, right = both(lines, "torch.softmax(scores, dim=-1)  # LST304", "torch.softmax(scores, dim=1)")
    assert (numbers(wrong["weights"]) == 1).all()
    assert close(numbers(right["weights"]).sum(axis=1), 1) and not close(numbers(right["weights"]), 1)


def test_a_softmax_over_the_batch_shares_one_among_the_samples() -> None:
    lines = """
for x, y in DataLoader(TensorDataset(x, y), batch_size=9):
    out, _ = nn.LSTM(3, 4, batch_first=True)(x)
    scores = nn.Linear(4, 5)(out[:, -1])
    chances = …
"""
    wrong, right = both(lines, "torch.softmax(scores, dim=0)  # LST304", "torch.softmax(scores, dim=1)")
    assert close(numbers(wrong["chances"]).sum(axis=0), 1) and not close(numbers(wrong["chances"]).sum(axis=1), 1)
    assert close(numbers(right["chances"]).sum(axis=1), 1)


def test_a_softmax_twice_never_comes_near_zero() -> None:
    lines = """
_, h_n = nn.GRU(3, 4, batch_first=True)(x)
head, tags = nn.Linear(4, 5), torch.zeros(9, dtype=torch.long)
head.bias.data[0] = 100.0
scores = head(h_n[-1])
…
loss = nn.CrossEntropyLoss()(scores, tags)
"""
    wrong, right = both(lines, "scores = torch.softmax(scores, dim=1)  # LST305", "")
    assert close(numbers(wrong["loss"]), np.log(1 + 4 / np.e))  # The best that there is, for perfect scores.
    assert close(numbers(right["loss"]), 0)


def test_scores_for_logarithms_make_a_loss_without_end() -> None:
    lines = """
_, h_n = nn.GRU(3, 4, batch_first=True)(x)
head, tags = nn.Linear(4, 5), torch.zeros(9, dtype=torch.long)
head.bias.data[0] = 100.0
scores = head(h_n[-1])
loss = …
"""
    wrong, right = both(lines, "F.nll_loss(scores, tags)  # LST308", "F.nll_loss(F.log_softmax(scores, dim=1), tags)")
    assert numbers(wrong["loss"]) < -90
    assert close(numbers(right["loss"]), 0)


def test_samples_taken_for_steps() -> None:
    lines = """
rnn = nn.LSTM(14, 4, batch_first=True)
for x, y in DataLoader(TensorDataset(torch.randn(9, 14), y), batch_size=9):
    answers, _ = …
other = x.clone()
other[0] = 5.0
changed, _ = rnn(other.unsqueeze(1))
"""
    wrong, right = both(lines, "rnn(x)  # LST201", "rnn(x.unsqueeze(1))")
    alone = numbers(wrong["changed"])[8, 0]
    assert not close(numbers(wrong["answers"])[8], alone)
    assert close(numbers(right["answers"])[8, 0], numbers(right["changed"])[8, 0])


def test_the_steps_of_a_window_predicted_as_samples() -> None:
    lines = """
torch.manual_seed(7)
series = torch.randn(60, 3)
windows = torch.stack([series[i:i + 14] for i in range(46)])
lstm, head = nn.LSTM(3, 4, batch_first=True), nn.Linear(4, 3)
out, _ = lstm(windows)
loss = nn.MSELoss()(head(out[:, -1]), series[14:])
out, _ = …
forecast = head(out[:, -1])
"""
    wrong, right = both(lines, "lstm(series[-14:].unsqueeze(1))  # LST508", "lstm(series[-14:].unsqueeze(0))")
    assert wrong["forecast"].shape == (14, 3) and right["forecast"].shape == (1, 3)
    assert not close(numbers(wrong["forecast"])[-1], numbers(right["forecast"])[0])


def test_windows_without_batch_first_are_read_across() -> None:
    lines = """
series = torch.randn(100, 3)
windows = torch.stack([series[i:i + 14] for i in range(86)])
rnn = …
answers, _ = rnn(windows)
other = windows.clone()
other[0] = 5.0
changed, _ = rnn(other)
"""
    wrong, right = both(lines, "nn.LSTM(3, 4)  # LST504", "nn.LSTM(3, 4, batch_first=True)")
    assert not close(numbers(wrong["answers"])[1], numbers(wrong["changed"])[1])
    assert close(numbers(right["answers"])[1:], numbers(right["changed"])[1:])


def test_a_window_read_as_one_step_has_no_order() -> None:
    lines = """
series = torch.randn(100)
windows = torch.stack([series[i:i + 14] for i in range(86)])
rnn = …
turned = …
out, _ = rnn(turned)
"""
    one, many = "nn.LSTM(14, 4, batch_first=True)", "nn.LSTM(1, 4, batch_first=True)"
    wrong, right = silent(
        START + lines.replace("…", one, 1).replace("…", "windows.unsqueeze(1)").replace("rnn(turned)", "rnn(turned)  # LST503"),
        START + lines.replace("…", many, 1).replace("…", "windows.unsqueeze(-1)"),
    )
    assert wrong["out"].shape == (86, 1, 4) and right["out"].shape == (86, 14, 4)
    weights = numbers(wrong["rnn"].weight_ih_l0).copy()
    order = np.random.default_rng(0).permutation(14)
    moved = numbers(wrong["windows"])[:, order] @ weights[:, order].T
    assert close(moved, numbers(wrong["windows"]) @ weights.T)  # Any order of the steps will do, and no state goes from one on.


def test_unfolded_windows_are_read_along_the_columns() -> None:
    lines = """
series = torch.randn(30, 3)
windows = series.unfold(0, 14, 1)
…
"""
    wrong, right = both(
        lines,
        "out, _ = nn.LSTM(14, 4, batch_first=True)(windows)  # LST506",
        "out, _ = nn.LSTM(3, 4, batch_first=True)(windows.transpose(1, 2))",
    )
    assert wrong["out"].shape == (17, 3, 4) and right["out"].shape == (17, 14, 4)
    assert close(numbers(wrong["windows"])[0, 0], numbers(wrong["series"])[:14, 0])


def test_channels_are_read_as_steps() -> None:
    lines = """
seen = nn.Conv1d(3, 5, 3, padding=1)(x.transpose(1, 2))
…
"""
    wrong, right = both(
        lines,
        "out, _ = nn.LSTM(14, 4, batch_first=True)(seen)  # LST506",
        "out, _ = nn.LSTM(5, 4, batch_first=True)(seen.transpose(1, 2))",
    )
    assert wrong["out"].shape[1] == 5 and right["out"].shape[1] == 14


def test_after_the_padding_the_last_step_is_another() -> None:
    lines = """
lengths = torch.randint(2, 9, (9,))
texts = [torch.randn(int(n), 3) for n in lengths]
rnn = nn.GRU(3, 4, batch_first=True)
padded = pad_sequence(texts, batch_first=True)
out, _ = rnn(padded)
last = …
score = nn.Linear(4, 1)(last)
shortest = int(lengths.argmin())
alone, _ = rnn(texts[shortest].unsqueeze(0))
"""
    wrong, right = both(lines, "out[:, -1]  # LST505", "out[torch.arange(9), lengths - 1]")
    at = wrong["shortest"]
    assert not close(numbers(wrong["last"])[at], numbers(wrong["alone"])[0, -1])
    assert close(numbers(right["last"])[at], numbers(right["alone"])[0, -1])
