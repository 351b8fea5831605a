"""`lstmlint shapes`: the way of the shapes, the events as JSON, and what is counted as known."""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from lstmlint.cli import main
from lstmlint.output.style import Style
from lstmlint.picture.drawing import as_svg
from lstmlint.picture.show import Picture, as_json, as_text
from lstmlint.sources.deep import run_deep
from lstmlint.sources.source import script

SCRIPT = """
import numpy as np
import pandas as pd
from keras import Sequential
from keras.layers import LSTM, Dense, Input

table = pd.read_csv("prices.csv", usecols=["open", "close"]).values
windows = []
for i in range(len(table) - 30):
    windows.append(table[i:i + 30])
X = np.array(windows)
y = table[30:, 0]
unrelated = np.zeros(7)
model = Sequential()
model.add(Input((30, 2)))
model.add(LSTM(8))
model.add(LSTM(8))
model.add(Dense(1))
model.compile("adam", "mse")
model.fit(X, y)
"""


def picture(text: str) -> Picture:
    return run_deep(lambda: Picture(script(text)))


def lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in as_text([picture(text)], Style(False))]


def parsed(text: str) -> dict[str, Any]:
    (found,) = json.loads(as_json([picture(text)]))
    assert isinstance(found, dict)
    return found


def test_the_way_leads_from_the_source_to_the_loss() -> None:
    shown = lines(SCRIPT)
    steps = [line for line in shown if line[:1].isdigit()]
    beginnings = [
        "7 table (n, 2) table = pd.read_csv",
        "8 windows n - 30 × (30, 2) windows = []",
        "11 X (n - 30, 30, 2) X = np.array(windows)",
        "12 y (n - 30,) y = table[30:, 0]",
        "15 input (batch, 30, 2) model.add(Input",
        "16 LSTM (batch, 30, 2) → (batch, 8)",
        "17 LSTM (batch, 8) → ",
        "18 Dense (batch, 8) → (batch, 1)",
        "20 fit X (n - 30, 30, 2), y (n - 30,)",
        "20 loss mse prediction (batch, 1), target (n - 30,)",
    ]
    assert len(steps) == len(beginnings)
    for step, beginning in zip(steps, beginnings):
        assert step.startswith(beginning)
    assert not any("unrelated" in line for line in shown)
    assert "n: rows of prices.csv" in shown


def test_a_mismatch_is_marked_at_its_step() -> None:
    shown = lines(SCRIPT)
    at = next(number for number, line in enumerate(shown) if line.startswith("17 LSTM"))
    assert shown[at + 1].startswith("✗ LST102")
    assert sum("✗" in line for line in shown) == 1


def test_symbols_with_one_name_are_told_apart() -> None:
    shown = lines(
        "import pandas as pd\nfrom keras import Sequential\nfrom keras.layers import LSTM\n"
        'a = pd.read_csv("a.csv").values\nb = pd.read_csv("b.csv").values\n'
        "model = Sequential([LSTM(3)])\nmodel.fit(a[:, None, :], b)\n"
    )
    assert "n: rows of a.csv" in shown and "n_2: rows of b.csv" in shown


def test_json_has_every_event_and_the_coverage() -> None:
    found = parsed(SCRIPT)
    kinds = {event["event"] for event in found["events"]}
    assert {"Bound", "LayerApplied", "ModelMade", "ModelFed", "InputDeclared"} <= kinds
    (fed,) = [event for event in found["events"] if event["event"] == "ModelFed"]
    assert fed["x"] == "(n - 30, 30, 2)" and fed["location"]["row"] == 20
    (wrong,) = [event for event in found["events"] if "violation" in event]
    assert wrong["layer"] == "LSTM" and wrong["inputs"] == ["(batch, 8)"]
    assert found["symbols"] == {"n": "rows of prices.csv"}
    (model,) = found["models"]
    assert model["location"]["row"] == 14 and len(model["steps"]) == 10


COUNTED = """
import numpy as np
from keras import Sequential
from keras.layers import LSTM, Dense
from elsewhere import load

X, y = np.zeros((9, 30, 2)), np.zeros((9, 1))
A, b = load()  # lstmlint: shape (n, 30, 2), (n, 1)
C, d = load()
model = Sequential([LSTM(4), Dense(1)])
model.compile("adam", "mse")
model.fit(X, y)
model.fit(A, b)
model.fit(C, d)
model.predict(A)
"""


def test_what_is_known_is_counted_by_how_it_is_known() -> None:
    coverage = parsed(COUNTED)["coverage"]
    assert coverage["fit"]["count"] == 3
    for name in ("rank", "features", "timesteps", "target"):
        counts = coverage["fit"][name]
        assert (counts["derived"], counts["contract"], counts["unknown"]) == (1, 1, 1), name
    assert coverage["fit"]["timesteps"]["number"] == 2 and coverage["fit"]["timesteps"]["symbol"] == 0
    assert coverage["predict"]["rank"]["contract"] == 1
    assert coverage["recurrent layer"]["count"] == 1 and coverage["recurrent layer"]["rank"]["derived"] == 1


def test_a_place_that_is_reached_in_several_ways_counts_once_and_as_the_least_sure() -> None:
    program = """
import numpy as np
from keras import Sequential
from keras.layers import LSTM
def train(X):
    model = Sequential([LSTM(4)])
    model.fit(X, np.zeros(3))
train(np.zeros((3, 5, 2)))
train(load())
"""
    coverage = parsed(program)["coverage"]
    assert coverage["fit"]["count"] == 1 and coverage["fit"]["rank"]["unknown"] == 1
    assert coverage["fit"]["target"]["derived"] == 1


def test_lengths_are_numbers_or_symbols() -> None:
    program = COUNTED + 'import pandas as pd\nt = pd.read_csv("a.csv").values\nmodel.evaluate(t[:, None, :], t[:, 0])\n'
    counts = parsed(program)["coverage"]["evaluate"]
    assert counts["features"]["symbol"] == 1 and counts["timesteps"]["number"] == 1


def test_alternatives_do_not_end_it() -> None:
    program = """
import pandas as pd
from keras import Sequential
from keras.layers import LSTM
df = pd.read_csv("a.csv")
if flag:
    df["b"] = 1
X = df.values if other else [1, 2]
model = Sequential([LSTM(4)])
model.fit(X, df)
"""
    assert parsed(program)["coverage"]["fit"]["count"] == 1
    assert lines("x = 1\n")[-1] == "no model and no recurrent layer was found"


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "train.py"
    path.write_text(SCRIPT)
    assert main(["shapes", str(path)]) == 0
    assert "fit" in capsys.readouterr().out
    assert main(["shapes", "--output-format", "json", str(path)]) == 0
    assert json.loads(capsys.readouterr().out)[0]["filename"] == str(path)
    assert main(["shapes", str(tmp_path / "none.py")]) == 2


def test_models_that_are_never_fed_are_shown_and_counted_as_far_as_their_layers_tell() -> None:
    program = """
from keras import Sequential
from keras.layers import LSTM, Dense, Embedding
model = Sequential([Embedding(100, 16), LSTM(8, return_sequences=True), LSTM(4), Dense(1)])
model.compile("adam", "mse")
"""
    found = parsed(program)
    assert found["coverage"]["recurrent layer"]["count"] == 2
    assert found["coverage"]["recurrent layer"]["rank"]["derived"] == 2
    assert found["coverage"]["recurrent layer"]["features"]["number"] == 2
    assert any(step["what"] == "LSTM" for model in found["models"] for step in model["steps"])


def test_drawing() -> None:
    drawing = ElementTree.fromstring(as_svg(picture(SCRIPT.replace("table = ", "a_b = '<&>'\ntable = "))))
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
    texts = [element.text or "" for element in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert "(n - 30, 30, 2)" in texts and "(batch, 30, 2) → (batch, 8)" in texts
    (wrong,) = (text for text in texts if text.startswith("✗"))
    assert "LST102" in wrong
    boxes = [element for element in drawing.iter("{http://www.w3.org/2000/svg}rect") if "box" in element.get("class", "")]
    assert sum("bad" in element.get("class", "") for element in boxes) == 1 < len(boxes)


def test_a_drawing_is_of_one_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.py").write_text("x = '\x07<'\n")
    assert main(["shapes", "--output-format", "svg", str(tmp_path / "a.py")]) == 0
    ElementTree.fromstring(capsys.readouterr().out)
    assert main(["shapes", "--output-format", "svg", str(tmp_path / "a.py"), str(tmp_path / "a.py")]) == 2
    assert capsys.readouterr().err == "lstmlint: a drawing (--output-format svg) is of one file\n"
