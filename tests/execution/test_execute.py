"""`confirm --execute`: the script itself says whether what is found is so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from lstmlint.cli import main
from lstmlint.config import ConfigError, Settings, load
from lstmlint.confirm.verdict import Verdict
from lstmlint.engine import check_source
from lstmlint.execution import observe as observing
from lstmlint.execution.broadcasting import broadcasts
from lstmlint.execution.judge import judged
from lstmlint.execution.observation import Compared, Cut, Observation, Raised, Seen
from lstmlint.execution.run import Executed, How, execute
from lstmlint.pipeline import Onlooker
from lstmlint.sources.read import read
from lstmlint.sources.source import Span

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="what stands between is Linux's own"),
    pytest.mark.skipif(find_spec("keras") is None or find_spec("torch") is None, reason="Keras and PyTorch are the judges"),
]

KERAS = "import numpy as np\nfrom keras import Input, Sequential\nfrom keras.layers import LSTM, Dense\n"
TORCH = "import torch\nfrom torch import nn\nfrom torch.utils.data import DataLoader, TensorDataset\n"


def done(path: Path, text: str) -> Executed:
    """What came of a script with this text."""
    path.write_text(text, encoding="utf-8")
    return execute(str(path), Settings(), How(seconds=100))


def verdicts(executed: Executed) -> list[tuple[str, str, bool]]:
    return [(diagnostic.code, verdict.kind, verdict.by_run) for diagnostic, verdict in executed.judged if verdict is not None]


def missed(executed: Executed) -> list[tuple[int, str | None, str]]:
    """What no finding had told of."""
    found = [diagnostic for diagnostic, _ in executed.judged if diagnostic.code == "LST906"]
    return [(diagnostic.span.start_row, diagnostic.effect, diagnostic.message) for diagnostic in found]


def ended(executed: Executed) -> str:
    assert isinstance(executed.outcome, Observation), executed.outcome
    return executed.outcome.end


class TestKeras:
    def test_what_raises_is_confirmed(self, tmp_path: Path) -> None:
        text = KERAS + "m = Sequential([Input((9, 2)), LSTM(4), LSTM(4), Dense(1)])\n"
        executed = done(tmp_path / "a.py", text)
        assert verdicts(executed) == [("LST102", "confirmed", True)] and not missed(executed)
        assert "found ndim=2" in str(executed.judged[0][1])

    def test_what_broadcasts_is_confirmed(self, tmp_path: Path) -> None:
        text = KERAS + "m = Sequential([Input((9, 2)), LSTM(4, return_sequences=True), Dense(1)])\nm.compile('adam', 'mse')\n"
        executed = done(tmp_path / "a.py", text + "m.fit(np.zeros((99, 9, 2)), np.zeros((99, 1)))\n")
        assert verdicts(executed) == [("LST306", "confirmed", True)] and ended(executed) == "end"

    def test_training_is_cut_and_everything_has_its_full_shape(self, tmp_path: Path) -> None:
        text = KERAS + (
            "X, y = np.random.rand(4096, 9, 2), np.random.rand(4096)\n"
            "m = Sequential([Input((9, 2)), LSTM(4), Dense(1)])\nm.compile('adam', 'mse')\n"
            "h = m.fit(X, y, epochs=1000, batch_size=8, validation_split=0.25)\n"
            "assert len(h.history['loss']) == len(h.history['val_loss']) == len(h.epoch) == 1000\n"
            "p = m.predict(X)\nassert p.shape == (4096, 1)\nerror = p[:, 0] - y\nscore = m.evaluate(X, y)\n"
            "for fold in range(10**9):\n    m.fit(X, y, epochs=3, validation_data=(X, y))\n"
        )
        executed = done(tmp_path / "a.py", text)
        assert ended(executed) == "end" and not missed(executed) and not executed.judged

    def test_a_smaller_last_batch_is_kept(self, tmp_path: Path) -> None:
        text = KERAS + (
            "m = Sequential([Input(batch_shape=(16, 9, 2)), LSTM(4, stateful=True), Dense(1)])\nm.compile('adam', 'mse')\n"
            "m.fit(np.zeros((1000, 9, 2)), np.zeros((1000, 1)), batch_size=16)\n"
        )
        executed = done(tmp_path / "a.py", text)
        assert ended(executed) == "raised"
        assert ("LST402", "confirmed", True) in verdicts(executed)

    def test_datasets_and_generators(self, tmp_path: Path) -> None:
        text = KERAS + (
            "import tensorflow as tf\nX, y = np.zeros((4000, 9, 2)), np.zeros(4000)\n"
            "data = tf.data.Dataset.from_tensor_slices((X, y)).batch(2).repeat()\n"
            "def batches():\n    while True: yield X[:8], y[:8]\n"
            "m = Sequential([Input((9, 2)), LSTM(4), Dense(1)])\nm.compile('adam', 'mse')\n"
            "m.fit(data, epochs=50, steps_per_epoch=10**6)\nm.fit(batches(), epochs=50, steps_per_epoch=10**6)\n"
            "m.evaluate(data, steps=10**6)\n"
            "while True:\n    m.train_on_batch(X[:4], y[:4])\n"
        )
        assert ended(done(tmp_path / "a.py", text)) == "end"

    def test_data_that_would_be_downloaded_is_made_up(self, tmp_path: Path) -> None:
        text = KERAS + (
            "from keras.datasets import imdb\nfrom keras.utils import pad_sequences\nfrom keras.layers import Embedding\n"
            "(X, y), (Xt, yt) = imdb.load_data(num_words=500)\nX = pad_sequences(X, 40)\nassert X.shape == (25000, 40)\n"
            "m = Sequential([Input((40,)), Embedding(500, 4), LSTM(4), Dense(1, activation='sigmoid')])\n"
            "m.compile('adam', 'binary_crossentropy')\nm.fit(X, y, epochs=9)\n"
        )
        executed = done(tmp_path / "a.py", text)
        assert isinstance(executed.outcome, Observation)
        assert executed.outcome.end == "end" and executed.outcome.made_up == ("keras.datasets.imdb",)

    def test_a_fault_that_was_not_found(self, tmp_path: Path) -> None:
        (tmp_path / "helper.py").write_text("import importlib\n\ndef load(name):\n    np = importlib.import_module('num' + 'py')\n"
                                            "    return getattr(np, name)((50, 9))\n")  # fmt: skip
        text = KERAS + "import helper\nX = helper.load('ze' + 'ros')\nm = Sequential([Input((9, 2)), LSTM(4)])\nm.predict(X)\n"
        executed = done(tmp_path / "a.py", text)
        ((row, effect, message),) = missed(executed)
        assert (row, effect) == (7, "raises") and "shape" in message

    def test_a_silent_fault_that_was_not_found(self, tmp_path: Path) -> None:
        text = KERAS + (
            "import os\nunits = int('1' + os.linesep)\n"
            "m = Sequential([Input((9, 2)), LSTM(4), Dense(units)])\nm.compile('adam', 'mse')\n"
            "m.fit(np.zeros((99, 9, 2)), np.zeros((99, 12)))\n"
        )
        executed = done(tmp_path / "a.py", text)
        assert [one[:2] for one in missed(executed)] == [(8, "silent")]


    def test_what_comes_of_a_cut_is_no_fault(self, tmp_path: Path) -> None:
        text = KERAS + (
            "import keras, pandas as pd, matplotlib.pyplot as plt\nfrom keras import callbacks\n"
            "class Losses(callbacks.Callback):\n    losses = []\n"
            "    def on_epoch_end(self, epoch, logs): self.losses.append(logs['loss'])\n"
            "class Weighted(keras.losses.Loss):\n    def call(self, y, p): return keras.ops.mean(y[:, 1:] * (p - y[:, :1]) ** 2)\n"
            "m = Sequential([Input((9, 2)), LSTM(4), Dense(1)])\nX, y, own = np.zeros((900, 9, 2)), np.zeros((900, 2)), Losses()\n"
            "m.compile('adam', Weighted(name='weighted_mse'))\n"
            "often = callbacks.ModelCheckpoint('m.keras', save_freq=90)\n"
            "h = m.fit(X, y, epochs=20, validation_split=0.5, validation_freq=5, callbacks=[own, often])\n"
            "assert len(h.history['val_loss']) == 4 and len(h.history['loss']) == h.params['epochs'] == 20\n"
            "m = keras.models.load_model('m.keras', compile=False)\n"
            "m.compile('adam', keras.losses.Huber(), run_eagerly=True)\nm.fit(X, y[:, 0])\n"
            "plt.plot(range(20), own.losses)\nnp.zeros(20) - np.array(own.losses + own.losses)\n"
        )
        executed = done(tmp_path / "a.py", text)
        assert isinstance(executed.outcome, Observation) and executed.outcome.story is not None
        assert "broadcast" in executed.outcome.story.message
        assert not executed.judged

    def test_what_is_looked_for_in_predictions_need_not_be_there(self, tmp_path: Path) -> None:
        text = KERAS + (
            "m = Sequential([Input((9, 2)), LSTM(4), Dense(1)])\nX = np.zeros((900, 9, 2))\nm.compile('adam', 'mse')\n"
            "m.fit(X, np.ones(900), epochs=99)\nfound = np.where(m.predict(X) > 0.9)[0]\nX[found[0]]\n"
        )
        executed = done(tmp_path / "a.py", text)
        assert ended(executed) == "raised" and not executed.judged


    def test_another_backend_refutes_nothing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Data of two ranks is taken by PyTorch, and what a finding says it says of TensorFlow."""
        monkeypatch.setenv("KERAS_BACKEND", "torch")
        text = KERAS + "m = Sequential([Input((9, 1)), LSTM(4)])\nm.predict(np.zeros((20, 9, 1)))\nm.predict(np.zeros((20, 9)))\n"
        executed = done(tmp_path / "a.py", text)
        assert ended(executed) == "end" and [kind for _, kind, _ in verdicts(executed)] == ["not-checked"]
        assert isinstance(executed.outcome, Observation) and executed.outcome.framework.endswith(" (torch)")


class TestTorch:
    def test_what_raises_is_confirmed(self, tmp_path: Path) -> None:
        executed = done(tmp_path / "a.py", TORCH + "lstm = nn.LSTM(3, 4, batch_first=True)\nlstm(torch.zeros(8, 9, 2))\n")
        assert verdicts(executed) == [("LST202", "confirmed", True)] and not missed(executed)

    def test_training_is_cut(self, tmp_path: Path) -> None:
        text = TORCH + (
            "device = torch.device('cuda')\nstate = torch.zeros(1, device='cuda:0') + torch.ones(1, device=device).cuda()\n"
            "state = state.to(device, torch.float32).type(torch.DoubleTensor)\n"
            "lstm, head = nn.LSTM(2, 4, batch_first=True).to(device), nn.Linear(4, 1).cuda()\n"
            "data = DataLoader(TensorDataset(torch.zeros(10**5, 9, 2), torch.zeros(10**5, 1)), 2, num_workers=4)\n"
            "best = torch.optim.Adam(lstm.parameters())\nlosses = []\n"
            "for epoch in range(10**9):\n    for x, y in data:\n"
            "        loss = nn.MSELoss()(head(lstm(x.to(device))[0][:, -1]), y)\n"
            "        loss.backward()\n        best.step()\n    losses.append(loss.item())\nlosses[4]\n"
        )
        executed = done(tmp_path / "a.py", text)
        # A list is shorter than it would be, which is nobody's fault.
        assert ended(executed) == "raised" and not missed(executed) and not executed.judged
        assert isinstance(executed.outcome, Observation)
        assert [(one.row, one.why) for one in executed.outcome.cuts] == [(11, "training"), (12, "training")]

    def test_what_broadcasts_is_confirmed(self, tmp_path: Path) -> None:
        text = TORCH + (
            "lstm, head = nn.LSTM(2, 4, batch_first=True), nn.Linear(4, 1)\n"
            "out = head(lstm(torch.zeros(8, 9, 2))[0][:, -1])\nloss = nn.MSELoss()(out, torch.zeros(8))\n"
        )
        executed = done(tmp_path / "a.py", text)
        assert verdicts(executed) == [("LST302", "confirmed", True)] and not missed(executed)

    def test_what_comes_of_a_cut_is_no_fault(self, tmp_path: Path) -> None:
        text = TORCH + (
            "import torch.nn.functional as F\nfrom torch.nn.utils.rnn import pad_sequence\n"
            "lstm = nn.LSTM(2, 4, batch_first=True)\nbest = torch.optim.Adam(lstm.parameters())\nfound = []\n"
            "def joined(rows): return pad_sequence(rows, batch_first=True)\n"
            "data = DataLoader([torch.zeros(n, 2) for n in range(2, 9)], 1, False, None, None, 2, joined, timeout=9)\n"
            "for x in data:\n    out = lstm(x)[0]\n    F.mse_loss(out, torch.tensor(1.0)).backward()\n    best.step()\n"
            "    found.append(out[:, -1, 0])\n"
            "F.mse_loss(torch.stack(found), torch.zeros(7, 1))\nlstm.compile()\n"
        )
        executed = done(tmp_path / "a.py", text)
        assert ended(executed) == "end" and not executed.judged


LOADED = """import numpy as np
import torch

X = np.load("x.npy")
x = torch.tensor(X)
means = []
for epoch in range(3):
    step = torch.optim.SGD([torch.zeros(1, requires_grad=True)])
    step.step()
    means.append(np.load("x.npy"))
several = np.load("x" + str(len(means))[:0] + ".npy")
lstm = torch.nn.LSTM(3, 4)
lstm(x)
"""


def test_what_was_seen_is_remembered(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    np.save("x.npy", np.zeros((8, 5, 2), dtype="float32"))
    Path("pyproject.toml").write_text("")
    Path("a.py").write_text(LOADED)
    check = ["check", "--no-cache", "--output-format", "concise", "a.py"]
    assert main(check) == 0
    capsys.readouterr()
    assert main(["confirm", "--execute", "--remember", "a.py"]) == 0
    err = capsys.readouterr().err
    assert err == "lstmlint: a.py: kept 2 shapes that the analysis does not know by itself in .lstmlint-seen.json\n"
    kept = json.loads(Path(".lstmlint-seen.json").read_text())
    # What stands after the loop that was cut is not kept.
    assert [(call["line"], call["shape"]) for call in kept["files"]["a.py"]["calls"]] == [(4, [8, 5, 2]), (10, [8, 5, 2])]
    assert main(check) == 1
    out = capsys.readouterr().out
    assert "a.py:13:1: warning LST202" in out and "as seen in the run of" in out
    assert main([*check, "--isolated"]) == 0
    Path("a.py").write_text(LOADED.replace('X = np.load("x.npy")', 'X = np.load("z.npy")'))
    capsys.readouterr()
    assert main(check) == 0
    # Nothing is kept unless that is asked for.
    Path(".lstmlint-seen.json").unlink()
    main(["confirm", "--execute", "a.py"])
    assert not Path(".lstmlint-seen.json").exists()


def test_what_the_run_gets_past_is_refuted(tmp_path: Path) -> None:
    """Were lstmlint wrong, the run would say so."""
    path = tmp_path / "a.py"
    path.write_text(TORCH + "lstm = nn.LSTM(3, 4, batch_first=True)\nlstm(torch.zeros(8, 9, 2))\n")
    onlooker = Onlooker()
    source = read(str(path))
    (diagnostic,) = check_source(source, Settings(), None, onlooker, keeps=True).diagnostics
    unit = (str(path), None)
    rebuilt = Verdict("confirmed", "x")
    reached = frozenset({(unit, 5)})
    passed = frozenset({(unit, Span(5, 1, 5, 27))})

    def said(observation: Observation) -> tuple[str, bool]:
        verdict = judged(diagnostic, rebuilt, observation, onlooker)
        assert verdict is not None
        return verdict.kind, verdict.by_run

    assert said(Observation("end", reached=reached, passed=passed)) == ("refuted", True)
    assert said(Observation("exit", Raised("SystemExit", "0", ()), reached=reached, passed=passed)) == ("refuted", True)
    # What was got past in part, before the end, or in the first round of a loop only, says nothing.
    assert said(Observation("end", reached=reached, passed=frozenset({(unit, Span(5, 6, 5, 26))}))) == ("confirmed", False)
    assert said(Observation("end")) == ("confirmed", False)
    assert said(Observation("time", reached=reached, passed=passed)) == ("confirmed", False)
    assert said(Observation("exit", Raised("SystemExit", "1", ()), reached=reached, passed=passed)) == ("confirmed", False)
    cut = (Cut(unit, 4, "training"),)
    assert said(Observation("end", reached=reached, passed=passed, cuts=cut)) == ("confirmed", False)
    told = {(unit, Span(5, 6, 5, 26)): (Seen("tensor", (8, 9, 3), whole=False),)}
    assert said(Observation("raised", Raised("OSError", "", ((unit, 9),)), told, reached)) == ("confirmed", False)
    told = {(unit, Span(5, 6, 5, 26)): (Seen("tensor", (8, 9, 3)),)}
    assert said(Observation("raised", Raised("OSError", "", ((unit, 9),)), told, reached)) == ("refuted", True)
    told = {(unit, Span(5, 6, 5, 26)): (Seen("tensor", (8, 9, 2)),)}
    assert said(Observation("raised", Raised("OSError", "", ((unit, 9),)), told, reached)) == ("confirmed", False)
    error = Raised("RuntimeError", "input.size(-1) must be equal to input_size", ((unit, 5),), caught=True)
    assert said(Observation("end", raised=(error,), reached=reached)) == ("confirmed", True)
    assert said(Observation("raised", replace(error, message="file not found"))) == ("confirmed", False)


def test_what_is_given_needs_to_be_seen(tmp_path: Path) -> None:
    """Only what was given of data, and was seen as a whole, is given no more; the same words confirm nothing that did not run."""
    path = tmp_path / "a.py"
    path.write_text("import torch\nx = torch.zeros(8, 9, 2)\nlstm = torch.nn.LSTM(3, 4, batch_first=True)\nlstm(x)\n")
    onlooker = Onlooker()
    (diagnostic,) = check_source(read(str(path)), Settings(), None, onlooker, keeps=True).diagnostics
    unit = (str(path), None)

    def said(given: str, *shapes: Seen) -> str:
        seen = {(unit, Span(4, 6, 4, 7)): shapes} if shapes else {}
        rebuilt = Verdict("confirmed-given", "RuntimeError: got 2", given=(given,))
        verdict = judged(diagnostic, rebuilt, Observation("raised", Raised("OSError", "", ((unit, 9),)), seen), onlooker)
        assert verdict is not None
        return verdict.kind

    assert said("the data is (8, 9, 2)", Seen("torch", (8, 9, 2))) == "confirmed"
    assert said("the data is (8, 9, 2)") == "confirmed-given"
    assert said("the data is (8, 9, 2)", Seen("torch", (8, 9, 2), whole=False)) == "confirmed-given"
    assert said("the cell uses its states in the lengths that it declares", Seen("torch", (8, 9, 2))) == "confirmed-given"
    rebuilt = Verdict("confirmed", "RuntimeError: got 2")
    for reached, by_run in ((frozenset({(unit, 4)}), True), (frozenset({(unit, 1)}), False)):
        story = Raised("RuntimeError", "got 3", ((unit, 1),))
        verdict = judged(diagnostic, rebuilt, Observation("raised", story, reached=reached), onlooker)
        assert verdict is not None and verdict.by_run is by_run


@pytest.mark.parametrize(
    ("loss", "output", "target", "is_one"),
    [
        ("mse", (None, 1), (None,), False),
        ("mse", (None, 20, 1), (None, 1), True),
        ("mse", (None, 1), (None, 12), True),
        ("mse", (None, 12), (None, 12), False),
        ("mse_loss", (8, 1), (8,), True),
        ("mse_loss", (8, 1), (8, 1), False),
        ("mse_loss", (1, 1), (1,), False),
        ("categorical_crossentropy", (8, 1), (8, 3), False),
        ("mean_absolute_error", (None, 3), (None, None), False),
    ],
)
def test_what_broadcasts(loss: str, output: tuple[int | None, ...], target: tuple[int | None, ...], is_one: bool) -> None:
    assert broadcasts(Compared(loss, (), output, target)) is is_one


class TestTheCommand:
    def test_text(self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        Path("a.py").write_text(TORCH + "lstm = nn.LSTM(3, 4, batch_first=True)\nlstm(torch.zeros(8, 9, 2))\n")
        assert main(["confirm", "--execute", "--isolated", "--output-format", "concise", "a.py"]) == 1
        out = capsys.readouterr().out.splitlines()
        words = "RuntimeError: input.size(-1) must be equal to input_size. Expected 3, got 2"
        assert out[1] == f"    confirmed when the script ran: {words}"
        assert out[-1] == f"a.py ended on line 5: {words}."

    def test_json(self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        Path("a.py").write_text(TORCH + "import base64\nX = torch.zeros(*base64.b64decode('AwQ='))\nX.view(7)\n")
        assert main(["confirm", "--execute", "--isolated", "--output-format", "json", "a.py"]) == 1
        (found,) = json.loads(capsys.readouterr().out)
        place = (found["location"], found["end_location"])
        assert place == ({"row": 6, "column": 1}, {"row": 6, "column": 10})
        assert (found["code"], found["name"], found["effect"], found["confirmation"]) == ("LST906", "seen-in-run", "raises", None)
        assert found["filename"] == "a.py" and "invalid for input of size 12" in found["message"]

    def test_other_formats(self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        Path("a.py").write_text(TORCH + "import base64\nX = torch.zeros(*base64.b64decode('AwQ='))\nX.view(7)\n")
        for output_format, start in (("github", "::error title=lstmlint%3A LST906"), ("sarif", "{"), ("pylint", "a.py:6:")):
            assert main(["confirm", "--execute", "--isolated", "--output-format", output_format, "a.py"]) == 1
            captured = capsys.readouterr()
            assert captured.out.startswith(start) and "LST906" in captured.out
            assert captured.err.startswith("lstmlint: a.py ended on line 6: RuntimeError")
        Path("a.py").write_text(Path("a.py").read_text().replace("X.view(7)", "X.view(7)  # noqa: LST906"))
        assert main(["confirm", "--execute", "--isolated", "--output-format", "concise", "a.py"]) == 0

    def test_arguments(self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        Path("a.py").write_text("import sys\nassert sys.argv[1:] == ['--name', 'two words']\n")
        assert main(["confirm", "--execute", "--isolated", "--arguments", "--name 'two words'", "a.py"]) == 0
        assert capsys.readouterr().out.splitlines()[-1] == "a.py ran to its end."

    def test_an_exit(self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        Path("a.py").write_text("import sys\nsys.exit('no such data set')\n")
        assert main(["confirm", "--execute", "--isolated", "a.py"]) == 0
        assert capsys.readouterr().out.splitlines()[-1] == "a.py ended on line 2 by sys.exit: no such data set."

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (["--no-sandbox", "a.py"], "--no-sandbox goes with --execute"),
            (["--timeout", "9", "a.py"], "--timeout goes with --execute"),
            (["--execute", "."], "is a folder"),
            (["--execute", "--arguments", "'", "a.py"], "--arguments: no closing quotation"),
            (["--execute", "--python", "/nowhere/python", "a.py"], "no such interpreter"),
            (["--execute", "missing.py"], "no such file"),
        ],
    )
    def test_wrong_use(
        self, options: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        Path("a.py").write_text("x = 1\n")
        assert main(["confirm", "--isolated", *options]) == 2
        err = capsys.readouterr().err
        assert words in err and err.count("\n") == 1

    def test_it_is_not_to_be_had_by_configuration(self, tmp_path: Path) -> None:
        (tmp_path / "lstmlint.toml").write_text("execute = true\n")
        with pytest.raises(ConfigError, match="execute"):
            load([str(tmp_path / "a.py")], {}, False, [str(tmp_path / "lstmlint.toml")])

    def test_without_walls_it_asks(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        child = tmp_path / "child.py"
        text = "import sys, json\nopen_ = [] if sys.argv[3] == 'open' else ['network', 'files']\n"
        text += "print(json.dumps({'open': ['network'] if not open_ else open_}), flush=True)\nsys.stdin.readline()\n"
        child.write_text(text + "print(json.dumps({'end': 'end', 'story': None, 'seen': [], 'visited': [], 'raised': [], "
                         "'losses': [],"
                         "'cuts': [], 'made_up': [], 'framework': ''}), flush=True)\n")  # fmt: skip
        monkeypatch.setattr(observing, "CHILD", child)
        (tmp_path / "a.py").write_text("x = 1\n")
        assert main(["confirm", "--isolated", "--execute", str(tmp_path / "a.py")]) == 2
        said = "here, a script can't be kept from the network and writing files elsewhere; --no-sandbox runs it all the same"
        assert capsys.readouterr().err == f"lstmlint: {said}\n"
        assert main(["confirm", "--isolated", "--execute", "--no-sandbox", str(tmp_path / "a.py")]) == 0
        assert "was not kept from the network" in capsys.readouterr().err


def test_when_it_is_ended_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("open('begun', 'w')\nwhile True: pass\n")
    own = tmp_path / "temporary"
    own.mkdir()
    command = [sys.executable, "-m", "lstmlint", "confirm", "--execute", "--isolated", str(tmp_path / "a.py")]
    process = subprocess.Popen(command, env={**os.environ, "TMPDIR": str(own)}, stdout=subprocess.DEVNULL)
    while process.poll() is None and not list(own.glob("*/project/*/begun")):
        time.sleep(0.1)
    process.terminate()
    assert process.wait(timeout=60) == 143
    assert list(own.iterdir()) == []


def test_without_execute_no_line_of_the_script_runs(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(TORCH + f"open({str(tmp_path / 'ran')!r}, 'w')\nnn.LSTM(3, 4)(torch.zeros(8, 9, 2))\n")
    assert main(["confirm", "--isolated", str(tmp_path / "a.py")]) == 1
    assert not (tmp_path / "ran").exists()
