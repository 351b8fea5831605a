"""Fixes under the real frameworks: what raised passes, what was silently wrong is right."""
from __future__ import annotations

import re
from importlib.util import find_spec

import numpy as np
import pytest

from lstmlint.config import Settings
from lstmlint.diagnostics import FileResult
from lstmlint.engine import Run
from lstmlint.fixes.run import Fixed, fix_results
from lstmlint.rules.discovery import all_checks
from tests.fixes.test_pages import RARE, START
from tests.silent import run
from tests.test_torch_fixtures import FAULTS

pytestmark = pytest.mark.skipif(not (find_spec("keras") and find_spec("torch")), reason="Keras and PyTorch are the judges here")

def diagnosed(text: str, name: str = "a.py") -> FileResult:
    return Run(Settings()).check(text.encode(), name, name).without_findings()


def fixed(text: str, unsafe: bool = False, name: str = "a.py") -> Fixed:
    return fix_results([diagnosed(text, name)], Settings(), unsafe=unsafe, given={name: text.encode()})


def after(text: str, unsafe: bool = False, name: str = "a.py") -> str:
    """The text with its fixes, of which nothing is left to be done."""
    done = fixed(text, unsafe, name)
    assert done.made and not done.refused
    new = done.changed[name][1].decode()
    assert not fixed(new, unsafe, name).changed, "a second run changes something"
    return new


def is_to_be_tried(text: str) -> bool:
    """Whether a fix is offered, and nothing but what it is for keeps the script from running."""
    found = diagnosed(text).diagnostics
    fixable = [diagnostic.fix is not None for diagnostic in found]
    reads_a_file, never_compiled = "read_csv(" in text, ".fit(" in text and ".compile(" not in text
    return any(fixable) and not reads_a_file and not never_compiled and (all(fixable) or found[0].effect == "silent")


EXAMPLES = [
    pytest.param(text, id=f"{rule.__name__}-{number}")
    for rule in all_checks()
    for number, text in enumerate(rule.invalid)
    if is_to_be_tried(text)
]


def test_there_are_enough_examples() -> None:
    assert len(EXAMPLES) >= 60


def raises(text: str) -> bool:
    try:
        run(text)
    except Exception:
        return True
    return False


@pytest.mark.parametrize("text", EXAMPLES)
def test_examples_pass_once_they_are_fixed(text: str) -> None:
    found = diagnosed(text).diagnostics
    effects = {diagnostic.effect for diagnostic in found}
    new = after(text, unsafe=True)
    assert {d.message for d in diagnosed(new).diagnostics} <= {d.message for d in found}
    if effects == {"raises"} and "enforce_sorted=False" not in text:
        assert raises(text)
    run(new)


@pytest.mark.parametrize("code", RARE)
def test_rarer_fixes_pass_too(code: str) -> None:
    text = START + RARE[code]
    assert {d.code for d in diagnosed(text).diagnostics} == {code}
    assert raises(text) == (code != "LST304")
    run(after(text, unsafe=True))


def test_the_fixed_functions_of_the_fixture_for_pytorch_pass() -> None:
    text = FAULTS["raising"].read_text()
    done = fixed(text, name="raising.py")
    new = done.changed["raising.py"][1].decode()
    names = run(new.replace('if __name__ == "__main__"', "if False"))
    starts = {text.count("\n", 0, match.start()) + 1: match[1] for match in re.finditer(r"^def (\w+)\(", text, re.MULTILINE)}
    owners = {max((row, name) for row, name in starts.items() if row <= d.span.start_row)[1] for d in done.made}
    assert len(owners) >= 5
    for owner in owners:
        names[owner]()


TORCH = """
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(3)
x = torch.randn(9, {steps}, 6)
rnn = nn.LSTM(6, 12, batch_first=True)
out, (h_n, c_n) = rnn(x)
"""


def silent(text: str, unsafe: bool = False) -> tuple[dict[str, object], dict[str, object]]:
    """What the names stand for before and after the fix of something that does not raise."""
    assert [d.effect for d in diagnosed(text).diagnostics] == ["silent"]
    return dict(run(text)), dict(run(after(text, unsafe)))


def close(a: object, b: object) -> bool:
    return np.allclose(np.asarray(a), np.asarray(b), atol=1e-5)


def number(value: object) -> float:
    return float(value.detach())  # type: ignore[attr-defined]


def test_classes_are_where_cross_entropy_takes_them_from() -> None:
    wrong, right = silent(TORCH.format(steps=5) + """
scores, target = nn.Linear(12, 5)(out), torch.randint(0, 5, (9, 5))
loss = nn.CrossEntropyLoss()(scores, target)
meant = F.cross_entropy(scores.reshape(-1, 5), target.reshape(-1))
""")
    assert abs(number(wrong["loss"]) - number(wrong["meant"])) > 1e-3
    assert abs(number(right["loss"]) - number(right["meant"])) < 1e-5


def test_each_prediction_is_compared_with_its_own_target() -> None:
    wrong, right = silent(TORCH.format(steps=5) + """
prediction, target = nn.Linear(12, 1)(h_n[-1]), torch.arange(9.0)
loss = nn.MSELoss()(prediction, target)
meant = sum((prediction[i, 0] - target[i]) ** 2 for i in range(9)) / 9
""")
    assert abs(number(wrong["loss"]) - number(wrong["meant"])) > 1e-3
    assert abs(number(right["loss"]) - number(right["meant"])) < 1e-4


@pytest.mark.parametrize(
    "softmax", ["torch.softmax(scores, dim=1)", "scores.softmax(1)", "nn.Softmax(dim=1)(scores)", "F.softmax(scores, -1)"]
)
def test_cross_entropy_gets_scores(softmax: str) -> None:
    wrong, right = silent(TORCH.format(steps=5) + f"""
scores, target = nn.Linear(12, 4)(h_n[-1]) * 9, torch.randint(0, 4, (9,))
loss = nn.CrossEntropyLoss()({softmax}, target)
meant = -torch.log_softmax(scores, 1)[torch.arange(9), target].mean()
""")
    assert abs(number(wrong["loss"]) - number(wrong["meant"])) > 1e-3
    assert abs(number(right["loss"]) - number(right["meant"])) < 1e-5


def test_a_softmax_at_the_end_of_a_sequential_goes() -> None:
    wrong, right = silent(TORCH.format(steps=5) + """
head = nn.Sequential(
    nn.Linear(12, 4),
    nn.Softmax(dim=1),  # of the classes
)
scores = head(h_n[-1])
loss = nn.CrossEntropyLoss()(scores, torch.randint(0, 4, (9,)))
sums = scores.detach().sum(1)
""")
    assert close(wrong["sums"], 1) and not close(right["sums"], 1)


def test_the_logarithm_that_nll_loss_takes() -> None:
    wrong, right = silent(TORCH.format(steps=5) + """
scores, target = nn.Linear(12, 4)(h_n[-1]), torch.randint(0, 4, (9,))
loss = nn.NLLLoss()(F.softmax(scores, dim=1), target)
meant = F.cross_entropy(scores, target)
""")
    assert number(wrong["loss"]) < 0 < number(right["loss"])
    assert abs(number(right["loss"]) - number(right["meant"])) < 1e-5


KERAS = """
import keras
import numpy as np
from keras import Sequential
from keras.layers import Dense, GRU, Input

keras.utils.set_random_seed(3)
x, y = np.random.rand(64, 7, 2), np.arange(64) % 2
"""


@pytest.mark.parametrize("activation", ['activation="softmax"', "activation='softmax'"])
def test_one_unit_learns_with_a_sigmoid(activation: str) -> None:
    wrong, right = silent(KERAS + f"""
model = Sequential([Input((7, 2)), GRU(4), Dense(1, {activation})])
model.compile("adam", "binary_crossentropy")
model.fit(x, y, verbose=0)
answers = model.predict(x, verbose=0)
""")
    assert close(wrong["answers"], 1)
    assert np.std(np.asarray(right["answers"])) > 0 and np.max(np.asarray(right["answers"])) < 1


def test_one_unit_needs_the_loss_of_one_unit() -> None:
    wrong, right = silent(KERAS + """
model = Sequential([Input((7, 2)), GRU(4), Dense(1, activation="sigmoid")])
model.compile("adam", "categorical_crossentropy")
losses = model.fit(x, y[:, None], verbose=0).history["loss"]
""")
    assert close(wrong["losses"], 0) and not close(right["losses"], 0)


@pytest.mark.parametrize(
    "wrong, end",
    [
        ("out[-1]", "out[:, -1]"),
        ("h_n[:, -1]", "h_n[-1]"),
    ],
)
def test_the_last_step_of_each_sample(wrong: str, end: str) -> None:
    text = TORCH.format(steps=5) + f"score = nn.Linear(12, 1)({wrong})\n"
    (one,) = diagnosed(text).diagnostics
    assert one.code == "LST505" and one.fix is not None and not one.fix.safe
    new = after(text, unsafe=True)
    assert new == text.replace(wrong, end)
    assert run(new)["score"].shape == (9, 1)


def test_states_are_brought_to_the_batch_before_they_are_joined() -> None:
    wrong, right = silent("""
import torch
from torch import nn

torch.manual_seed(3)
out, h_n = nn.GRU(6, 12, bidirectional=True, batch_first=True)(torch.randn(9, 20, 6))
joined = h_n.view(9, -1)
meant = torch.cat([h_n[-2], h_n[-1]], dim=1)
joined, meant = joined.detach(), meant.detach()
""", unsafe=True)
    assert not close(wrong["joined"], wrong["meant"])
    assert close(right["joined"], right["meant"])


def test_batch_first_reads_the_steps_of_each_sample() -> None:
    text = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(3)
rnn = nn.LSTM(3, 16)
for x, y in DataLoader(TensorDataset(torch.randn(96, 14, 3), torch.randn(96)), batch_size=32):
    out, _ = rnn(x)
    alone, _ = rnn(x[5:6])
    difference = float((out[5:6] - alone).detach().abs().max())
"""
    wrong, right = run(text), run(after(text, unsafe=True))
    assert wrong["difference"] > 1e-3 and right["difference"] < 1e-5
