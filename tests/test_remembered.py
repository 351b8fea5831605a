"""What a run has shown of shapes: kept beside the project, it supports warnings for as long as the code that it rests on stands."""
from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from lstmlint.cli import main
from lstmlint.config import load
from lstmlint.remembered import NotKept, Seen, keep
from lstmlint.seen import FILE
from lstmlint.sources.read import read
from tests.remembering import DAY, RUN, SCRIPT, SHAPES, Shape, remember, seen_in


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


Check = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str]) -> Check:
    def run(*arguments: str, says: str = "") -> list[dict[str, Any]]:
        main(["check", "--output-format", "json", *arguments])
        printed = capsys.readouterr()
        assert printed.err == says
        found = json.loads(printed.out)
        assert isinstance(found, list)
        return found

    return run


def test_a_fault_that_only_the_run_has_shown_is_a_warning_that_says_so(folder: Path, check: Check) -> None:
    kept = remember(folder / "train.py", SCRIPT, SHAPES)
    assert (kept.path, kept.count) == (str(folder / FILE), 2)
    (one,) = check(".")
    assert (one["code"], one["severity"], one["location"]["row"]) == ("LST203", "warning", 9)
    assert one["message"].endswith(f", {RUN}")
    assert "(1000, 60, 5)" in one["message"]


def test_without_what_was_seen_nothing_is_known(folder: Path, check: Check) -> None:
    (folder / "train.py").write_text(SCRIPT)
    assert check(".") == []


def test_isolated_ignores_it(folder: Path, check: Check) -> None:
    remember(folder / "train.py", SCRIPT, SHAPES)
    assert check("--isolated", ".") == []


def test_text_without_a_file_ignores_it(folder: Path, check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import sys

    remember(folder / "train.py", SCRIPT, SHAPES)

    def text() -> object:
        return type("Input", (), {"buffer": io.BytesIO(SCRIPT.encode())})()

    monkeypatch.setattr(sys, "stdin", text())
    assert check("-") == []
    monkeypatch.setattr(sys, "stdin", text())
    assert [d["code"] for d in check("--stdin-filename", "train.py", "-")] == ["LST203"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("X = np.load", "\n# of the sensor\nX = np.load"),
        ('np.load("x.npy")', 'np.load(\n    "x.npy",\n)'),
        ("from keras.layers import LSTM, Dense", "import os\nfrom keras.layers import (\n    Dense,\n    LSTM,\n    Dropout,\n)"),
        ("LSTM(8)", "LSTM(16, dropout=0.2)"),
        ("model.fit(X, y)", "model.fit(X, y, epochs=30)\nmodel.save('m.keras')"),
        ('y = np.load("y.npy")', 'y = np.load("z.npy")'),
    ],
)
def test_it_outlives_what_has_nothing_to_do_with_it(folder: Path, check: Check, old: str, new: str) -> None:
    remember(folder / "train.py", SCRIPT, SHAPES)
    assert old in SCRIPT
    (folder / "train.py").write_text(SCRIPT.replace(old, new))
    assert [d["code"] for d in check(".")] == ["LST203"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('np.load("x.npy")', 'np.load("other.npy")'),
        ('np.load("x.npy")', 'np.load("x.npy")[:, :30]'),
        ("import numpy as np", "import mine as np"),
        ("Input((30, 5))", "Input((60, 5))"),
    ],
)
def test_it_falls_with_the_code_that_it_rests_on(folder: Path, check: Check, old: str, new: str) -> None:
    remember(folder / "train.py", SCRIPT, SHAPES)
    (folder / "train.py").write_text(SCRIPT.replace(old, new))
    assert check(".") == []


HELPED = SCRIPT.replace("import numpy as np", "import numpy as np\nfrom helper import load").replace('np.load("x.npy")', "load()")


def test_it_falls_with_a_module_that_it_rests_on(folder: Path, check: Check) -> None:
    helper = folder / "helper.py"
    helper.write_text("import lib\ndef load():\n    return lib.read('x')\n")
    remember(folder / "train.py", HELPED, {"load()": ("array", (1000, 60, 5))})
    assert [d["code"] for d in check(".")] == ["LST203"]
    helper.write_text("import lib\ndef load():\n    return lib.read('y')\n")
    assert check(".") == []


def test_what_a_library_gives(folder: Path, check: Check) -> None:
    text = SCRIPT.replace("import numpy as np", "import wonder").replace('np.load("x.npy")', 'wonder.windows("x", 60)')
    remember(folder / "train.py", text.replace("np.load", "wonder.load"), {'wonder.windows("x", 60)': ("array", (1000, 60, 5))})
    assert [d["code"] for d in check(".")] == ["LST203"]


def test_lengths_that_differed_are_not_known(folder: Path, check: Check) -> None:
    remember(folder / "train.py", SCRIPT, {'np.load("x.npy")': ("array", (1000, None, 5))})
    assert check(".") == []
    remember(folder / "train.py", SCRIPT, {'np.load("x.npy")': ("array", (1000, None, 7))})
    assert [d["code"] for d in check(".")] == ["LST202"]


def test_several_visits_that_agree_in_part(folder: Path) -> None:
    (folder / "train.py").write_text(SCRIPT)
    one, two = (seen_in(SCRIPT, {'np.load("x.npy")': ("array", shape)}) for shape in ((1000, 60, 5), (900, 60, 5)))
    keep(load(["train.py"], {}), "train.py", read("train.py"), [*one, *two], DAY)
    (call,) = json.loads((folder / FILE).read_text())["files"]["train.py"]["calls"]
    assert call["shape"] == [None, 60, 5]


def test_a_number_that_the_program_takes_of_it_supports_no_error(folder: Path, check: Check) -> None:
    text = SCRIPT.replace("(30, 5)", "X.shape[1:]").replace("model.fit(X, y)", "model.predict(np.zeros((4, 30, 5)))")
    remember(folder / "train.py", text, SHAPES)
    found = check(".")
    assert found
    assert {d["severity"] for d in found} == {"warning"}
    assert all(RUN in d["message"] for d in found)


def test_a_fault_that_is_proven_stays_an_error_and_is_told_once(folder: Path, check: Check) -> None:
    text = SCRIPT.replace("LSTM(8)", "LSTM(8), LSTM(8)")
    (folder / "train.py").write_text(text)
    proven = [d for d in check(".") if d["severity"] == "error"]
    assert [d["code"] for d in proven] == ["LST102"]
    remember(folder / "train.py", text, SHAPES)
    assert [d for d in check(".") if d["severity"] == "error"] == proven


def test_a_mistake_that_is_proven_is_not_told_again_at_another_line(folder: Path, check: Check) -> None:
    text = (
        "import torch\nimport wonder\nfrom torch import nn\n"
        "net = nn.Sequential(nn.LSTM(6, 12, batch_first=True), nn.Linear(12, 2))\nx = wonder.batch(32)\nnet(x)\n"
    )
    remember(folder / "train.py", text, {"wonder.batch(32)": ("tensor", (32, 35, 6))})
    assert [(d["code"], d["severity"], d["location"]["row"]) for d in check(".")] == [("LST108", "error", 4)]


def test_it_never_overrides_what_is_derived(folder: Path, check: Check) -> None:
    text = SCRIPT.replace('np.load("x.npy")', "np.zeros((1000, 30, 5))")
    kept = remember(folder / "train.py", text, {"np.zeros((1000, 30, 5))": ("array", (1000, 60, 5))})
    assert kept.count == 0
    assert check(".") == []


def test_what_contradicts_the_program_is_ignored(folder: Path, check: Check) -> None:
    text = SCRIPT.replace('np.load("x.npy")', 'np.load("x.npy").reshape(-1, 30, 5)')
    kept = remember(folder / "train.py", text, {'np.load("x.npy").reshape(-1, 30, 5)': ("array", (1000, 60, 5))})
    assert kept.count == 0


def test_what_follows_from_the_rest_is_not_kept(folder: Path) -> None:
    text = SCRIPT.replace("y = np", "Z = X[:, 1:]\ny = np").replace("Z = X[:, 1:]", "Z = np.transpose(X)")
    kept = remember(folder / "train.py", text, {**SHAPES, "np.transpose(X)": ("array", (5, 60, 1000))})
    assert kept.count == 2


TABLE = """\
import pandas as pd
from keras import Input, Sequential
from keras.layers import LSTM, Dense

table = pd.read_csv("prices.csv")
X = table.values.reshape(-1, 30, table.shape[1])
model = Sequential([Input((30, 5)), LSTM(8), Dense(1)])
model.compile("adam", "mse")
model.predict(X)
"""


def test_the_columns_of_a_table(folder: Path, check: Check) -> None:
    remember(folder / "train.py", TABLE, {'pd.read_csv("prices.csv")': ("frame", (1200, 7))})
    (one,) = check(".")
    assert (one["code"], one["severity"]) == ("LST202", "warning")
    assert one["message"].endswith(RUN)
    remember(folder / "train.py", TABLE, {'pd.read_csv("prices.csv")': ("frame", (1200, 5))})
    assert check(".") == []


TORCH = """\
import torch
from torch import nn
import wonder

lstm = nn.LSTM(5, 8, batch_first=True)
x = wonder.batch(32)
out, _ = lstm(x)
"""


def test_a_tensor_of_pytorch(folder: Path, check: Check) -> None:
    path = folder / "train.py"
    path.write_text(TORCH)
    (seen,) = seen_in(TORCH, {"wonder.batch(32)": ("tensor", (32, 60, 7))})
    seen = Seen(seen.row, seen.column, seen.end_row, seen.end_column, "tensor", seen.shape, "torch.float32")
    keep(load([str(path)], {}), "train.py", read("train.py"), [seen], DAY)
    (one,) = check(".")
    assert (one["code"], one["severity"]) == ("LST202", "warning")
    assert one["message"].endswith(RUN)


def notebook(*cells: str) -> str:
    code = [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": [], "execution_count": None} for cell in cells]
    cells = [{"cell_type": "markdown", "source": "#"}, *code]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def test_notebooks(folder: Path, check: Check) -> None:
    head, rest = SCRIPT.split('y = np.load("y.npy")\n')
    path = folder / "train.ipynb"
    path.write_text(notebook("%matplotlib inline\n" + head, rest.replace("fit(X, y)", "predict(X)")))
    source = read("train.ipynb")
    seen = seen_in(source.cells[0].text, {'np.load("x.npy")': SHAPES['np.load("x.npy")']}, 2)
    kept = keep(load(["train.ipynb"], {}), "train.ipynb", source, seen, DAY)
    assert kept.count == 1
    assert [(d["code"], d["cell"]) for d in check(".")] == [("LST203", 3)]
    # Another cell before it, and other text within it.
    path.write_text(notebook("print('new')", "# read\n" + head, rest.replace("fit(X, y)", "predict(X)")))
    assert [(d["code"], d["cell"]) for d in check(".")] == [("LST203", 4)]
    path.write_text(notebook(head.replace("x.npy", "z.npy"), rest.replace("fit(X, y)", "predict(X)")))
    assert check(".") == []


# Functions.

FUNCTION = """\
import numpy as np
from keras import Input, Sequential
from keras.layers import LSTM, Dense

def load(name):
    found = np.load(name)
    return found, name

def train(X):
    model = Sequential([Input((30, 5)), LSTM(8), Dense(1)])
    model.compile("adam", "mse")
    model.predict(X)

def main():
    X, name = load("x.npy")
    {}
    train(X)

if __name__ == "__main__":
    main()
"""
INNER = ("array", (1000, 60, 5))


def kept_of(folder: Path, text: str, **calls: tuple[str, Shape]) -> int:
    names = {"inner": "np.load(name)", "second": 'load("y.npy")', "last": "final(X)"}
    return remember(folder / "train.py", text, {names[call]: seen for call, seen in calls.items()}).count


def test_a_function_that_is_called_once(folder: Path, check: Check) -> None:
    assert kept_of(folder, FUNCTION.format("pass"), inner=INNER) == 1
    (one,) = check(".")
    assert (one["code"], one["location"]["row"]) == ("LST203", 12)
    assert one["message"].endswith(RUN)


@pytest.mark.parametrize(
    ("more", "seen", "count"),
    [
        ('y = load("y.npy")', {}, 0),
        ('y = load("y.npy")', {"second": INNER}, 1),
        ('y = load("y.npy"); final(X)', {"last": INNER}, 1),
        ('final(X)\n    if X is None:\n        load("y.npy")', {"last": INNER}, 0),
        ('if X is None:\n        load("y.npy")\n    else:\n        final(X)', {"last": INNER}, 0),
        ('for i in range(3):\n        load("y.npy")\n        final(X)', {"last": INNER}, 1),
        ('final(X)\n    use(lambda: load("y.npy"))', {"last": INNER}, 0),
    ],
)
def test_a_function_to_which_several_calls_lead(
    folder: Path, more: str, seen: dict[str, tuple[str, Shape]], count: int
) -> None:
    # What the other call gave might be otherwise, if the run did not come to it.
    text = FUNCTION.format(more)
    kept_of(folder, text, inner=INNER, **seen)
    files = json.loads((folder / FILE).read_text())["files"] if (folder / FILE).exists() else {}
    calls = files["train.py"]["calls"] if files else []
    assert [call["line"] for call in calls].count(6) == count


@pytest.mark.parametrize(
    ("more", "count"),
    [
        ('y = load("y.npy")', 1),
        ('if X is None: y = load("y.npy")', 0),
        ("if X is None:\n        pass", 1),
    ],
)
def test_rows_that_the_run_came_to(folder: Path, more: str, count: int) -> None:
    text = FUNCTION.format(more)
    path = folder / "train.py"
    path.write_text(text)
    row = text.split("\n").index("    " + more.split("\n")[0]) + 1
    seen = seen_in(text, {"np.load(name)": INNER})
    assert keep(load([str(path)], {}), "train.py", read("train.py"), seen, DAY, {(None, row)}).count == count


def test_one_more_call_later(folder: Path, check: Check) -> None:
    text = FUNCTION.format("pass")
    assert kept_of(folder, text, inner=INNER) == 1
    (folder / "train.py").write_text(text.replace("    train(X)", '    other = load(name + "x")\n    train(X)'))
    assert check(".") == []


def test_what_only_a_framework_calls_is_not_kept(folder: Path) -> None:
    text = (
        "import wonder\nimport torch\nclass Net(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.lstm = torch.nn.LSTM(5, 8)\n    def forward(self, x):\n        return self.lstm(wonder.layer(x))\n"
        "net = Net()\nnet(torch.zeros(4, 3, 5))\nnet(torch.zeros(1, 3, 5))\n"
    )
    assert remember(folder / "train.py", text, {"wonder.layer(x)": ("tensor", (4, 3, 5))}).count == 0


def test_what_no_line_calls_is_not_kept(folder: Path) -> None:
    text = "import wonder\nfrom keras.layers import LSTM\ndef hook(x):\n    return wonder.layer(x)\n"
    assert remember(folder / "train.py", text, {"wonder.layer(x)": ("tensor", (4, 3, 5))}).count == 0


@pytest.mark.parametrize(("count", "kept"), [(1, 1), (2, 0)])
def test_the_parts_of_one_collection(folder: Path, count: int, kept: int) -> None:
    text = (
        "import wonder\nimport torch\nclass Data(torch.utils.data.Dataset):\n    def __getitem__(self, i):\n"
        "        return wonder.read(i)\n    def __len__(self):\n        return 9\n" + "data = Data()\n" * count
        + "torch.nn.LSTM(5, 8)(data[0])\n"
    )
    assert remember(folder / "train.py", text, {"wonder.read(i)": ("tensor", (3, 5))}).count == kept


# The file.


def test_other_files_keep_theirs_and_this_one_has_only_the_new(folder: Path) -> None:
    remember(folder / "one.py", SCRIPT, SHAPES)
    (folder / "sub").mkdir()
    remember(folder / "sub" / "two.py", SCRIPT, SHAPES)
    remember(folder / "one.py", SCRIPT, {'np.load("y.npy")': ("array", (5, 1))}, datetime.date(2026, 12, 1))
    files = json.loads((folder / FILE).read_text())["files"]
    assert {name: (entry["date"], len(entry["calls"])) for name, entry in files.items()} == {
        "one.py": ("2026-12-01", 1),
        "sub/two.py": ("2026-11-23", 2),
    }


def test_what_no_longer_stands_goes_with_the_next_run(folder: Path) -> None:
    remember(folder / "train.py", SCRIPT, SHAPES)
    changed = SCRIPT.replace("x.npy", "z.npy")
    remember(folder / "train.py", changed, {'np.load("y.npy")': ("array", (1000, 1))})
    (call,) = json.loads((folder / FILE).read_text())["files"]["train.py"]["calls"]
    assert call["shape"] == [1000, 1]


def test_it_lies_beside_the_settings(folder: Path, check: Check) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "lstmlint.toml").write_text("")
    assert remember(folder / "sub" / "train.py", SCRIPT, SHAPES).path == str(folder / "sub" / FILE)
    assert [d["code"] for d in check(".")] == ["LST203"]


def test_nothing_is_written_where_nothing_was_seen(folder: Path) -> None:
    (folder / "train.py").write_text(SCRIPT)
    keep(load(["train.py"], {}), "train.py", read("train.py"), [], DAY)
    assert not (folder / FILE).exists()


def test_it_holds_nothing_of_the_data_and_few_facts(folder: Path) -> None:
    calls = [f'np.load("secret{n}.npy")' for n in range(300)]
    text = "import numpy as np\nfrom keras.layers import LSTM\n" + "".join(f"x{n} = {call}\n" for n, call in enumerate(calls))
    kept = remember(folder / "train.py", text, dict.fromkeys(calls, ("array", (4, 5))))
    assert kept.count == 200
    written = (folder / FILE).read_text()
    assert "secret" not in written
    assert str(folder) not in written


BROKEN = {
    "not JSON": "{",
    "not JSON ": "[" * 100_000,
    "not a file of lstmlint's": '{"files": {"train.py": 3}}',
    "not a file of lstmlint's ": "[1, 2]",
    "written by another version of lstmlint": '{"format": "lstmlint-seen", "version": 99, "files": {}}',
    "it holds no files": '{"format": "lstmlint-seen", "version": 1, "files": []}',
}


@pytest.mark.parametrize("reason", BROKEN)
def test_what_is_broken_or_not_ours_is_said_once_and_left_alone(folder: Path, check: Check, reason: str) -> None:
    for name in ("train.py", "again.py"):
        (folder / name).write_text(SCRIPT)
    (folder / FILE).write_text(BROKEN[reason])
    assert check("--no-cache", ".", says=f"lstmlint: {folder / FILE}: ignored: {reason.strip()}\n") == []
    with pytest.raises(NotKept, match=reason.strip()):
        remember(folder / "train.py", SCRIPT, SHAPES)
    assert (folder / FILE).read_text() == BROKEN[reason]


def test_a_file_that_is_too_large_or_no_file(folder: Path, check: Check) -> None:
    (folder / "train.py").write_text(SCRIPT)
    (folder / FILE).write_bytes(b" " * (5 << 20))
    assert check(".", says=f"lstmlint: {folder / FILE}: ignored: too large: 5.0 MB, the limit is 4 MB\n") == []
    (folder / FILE).unlink()
    (folder / FILE).mkdir()
    assert check(".", says=f"lstmlint: {folder / FILE}: ignored: is a directory\n") == []


SHAPE, KIND, ENTRY, DATE = "a shape is broken", "a kind is unknown", "an entry is broken", "a date is broken"
HOSTILE: Sequence[tuple[dict[str, Any], str]] = (
    ({"shape": [10**30]}, SHAPE),
    ({"shape": [-1, 60, 5]}, SHAPE),
    ({"shape": [1000, 60.0, 5]}, SHAPE),
    ({"shape": [True, 60, 5]}, SHAPE),
    ({"shape": ["60"]}, SHAPE),
    ({"shape": [1] * 99}, SHAPE),
    ({"shape": 3}, SHAPE),
    ({"shape": {"0": 1}}, SHAPE),
    ({"kind": "frame"}, SHAPE),
    ({"kind": "model"}, KIND),
    ({"kind": ["array"]}, KIND),
    ({"dtype": 3}, KIND),
    ({"statement": "../../x"}, ENTRY),
    ({"rests_on": None}, ENTRY),
    ({"nth": -1}, ENTRY),
    ({"call": "0"}, ENTRY),
    ({"call": 10**400}, ENTRY),
)


def spoiled(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    remember(folder / "train.py", SCRIPT, SHAPES)
    content = json.loads((folder / FILE).read_text())
    change(content["files"]["train.py"])
    (folder / FILE).write_text(json.dumps(content))


@pytest.mark.parametrize(("changed", "reason"), HOSTILE, ids=repr)
def test_each_piece_of_it_is_looked_at(folder: Path, check: Check, changed: dict[str, Any], reason: str) -> None:
    spoiled(folder, lambda entry: entry["calls"][0].update(changed))
    assert check(".", says=f"lstmlint: {folder / FILE}: ignored: {reason}\n") == []


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"date": "today"}, DATE),
        ({"date": 20261123}, DATE),
        ({"date": "2026-11-23\n; rm"}, DATE),
        ({"calls": {}}, ENTRY),
        ({"calls": [3]}, ENTRY),
    ],
    ids=repr,
)
def test_an_entry_that_is_none(folder: Path, check: Check, changed: dict[str, Any], reason: str) -> None:
    spoiled(folder, lambda entry: entry.update(changed))
    assert check(".", says=f"lstmlint: {folder / FILE}: ignored: {reason}\n") == []


def test_huge_lengths_do_no_harm(folder: Path, check: Check) -> None:
    text = SCRIPT.replace("model = ", "Z = [row.reshape(-1, 4) for row in X]\nW = np.concatenate(list(X) + list(X))\nmodel = ")
    remember(folder / "train.py", text, {'np.load("x.npy")': ("array", (1 << 40, 1 << 39, 1 << 38))})
    assert [d["code"] for d in check(".")] == ["LST202"]


def test_nothing_that_is_found_without_it_is_hidden_by_it(folder: Path, check: Check) -> None:
    text = SCRIPT.replace("LSTM(8)", "LSTM(8, input_shape=(1, 30, 5)), LSTM(8)").replace("Input((30, 5)), ", "")
    (folder / "train.py").write_text(text)
    plain = check(".")
    assert plain
    for shape in ((1000, 60, 5), (0, 0, 0), (3,), (1, 1, 1, 1)):
        remember(folder / "train.py", text, {**SHAPES, 'np.load("x.npy")': ("array", shape)})
        assert all(one in check(".") for one in plain)


def test_it_does_not_grow_larger_than_what_is_read(folder: Path, check: Check) -> None:
    remember(folder / "train.py", SCRIPT, SHAPES)
    content = json.loads((folder / FILE).read_text())
    content["files"]["other.py"] = {"date": "2026-11-23", "calls": [], "": "x" * (4_194_304 - 1000)}
    (folder / FILE).write_text(json.dumps(content, indent=1))
    with pytest.raises(NotKept, match="larger than 4 MB"):
        remember(folder / "more.py", SCRIPT, SHAPES)
    assert [d["filename"] for d in check(".")] == ["train.py"]


def test_a_place_that_can_not_be_written(folder: Path) -> None:
    (folder / FILE).symlink_to(folder / "missing" / "file.json")
    with pytest.raises(NotKept) as raised:
        remember(folder / "train.py", SCRIPT, SHAPES)
    assert str(raised.value) == f"{folder / FILE}: no such file or directory"


# Who uses it.


def test_results_that_are_kept_count_with_it(folder: Path, check: Check) -> None:
    cache = ["--cache-dir", str(folder / "cache"), "train.py"]
    (folder / "train.py").write_text(SCRIPT)
    assert check(*cache) == []
    remember(folder / "train.py", SCRIPT, SHAPES)
    assert len(check(*cache)) == 1
    remember(folder / "train.py", SCRIPT, SHAPES, datetime.date(2026, 12, 24))
    (one,) = check(*cache)
    assert one["message"].endswith("2026-12-24")
    (folder / FILE).unlink()
    assert check(*cache) == []


def test_several_processes(folder: Path, check: Check) -> None:
    for number in range(14):
        (folder / f"t{number}.py").write_text(SCRIPT)
    remember(folder / "t3.py", SCRIPT, SHAPES)
    assert [d["filename"] for d in check("--no-cache", "--jobs", "2", ".")] == ["t3.py"]
    (folder / FILE).write_text("{")
    assert check("--no-cache", "--jobs", "2", ".", says=f"lstmlint: {folder / FILE}: ignored: not JSON\n") == []


def test_the_settings_that_are_shown_name_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "--show-settings", "."])
    assert FILE not in capsys.readouterr().out
    remember(folder / "train.py", SCRIPT, SHAPES)
    main(["check", "--show-settings", "."])
    assert capsys.readouterr().out.endswith(f"# shapes that earlier runs have shown: {folder / FILE}\n")
    main(["check", "--show-settings", "--isolated", "."])
    assert FILE not in capsys.readouterr().out


def test_the_picture_marks_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    remember(folder / "train.py", SCRIPT.replace("(30, 5)", "X.shape[1:]"), SHAPES)
    main(["shapes", "train.py"])
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert '5 X (1000, 60, 5) * X = np.load("x.npy")' in lines
    # What the program computes of it, too.
    assert any(line.startswith("7 LSTM (batch, 60, 5) → (batch, 8) *") for line in lines)
    assert any(line.startswith("7 Dense (batch, 8) → (batch, 1) model") for line in lines)
    assert lines[-1] == f"*: {RUN}"
    main(["shapes", "--isolated", "train.py"])
    assert "*" not in capsys.readouterr().out
    main(["shapes", "--output-format", "svg", "train.py"])
    drawn = capsys.readouterr().out
    assert "(1000, 60, 5) *" in drawn
    assert RUN in drawn


def test_the_picture_is_by_the_settings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "train.py").write_text("from sizes import N\n" + SCRIPT.replace("30", "N"))
    (folder / "lib").mkdir()
    (folder / "lib" / "sizes.py").write_text("N = 12\n")
    (folder / "lstmlint.toml").write_text('src = ["lib"]\n')
    assert main(["shapes", "train.py"]) == 0
    assert "(batch, 12, 5)" in capsys.readouterr().out
    assert main(["shapes", "--isolated", "train.py"]) == 0
    assert "(batch, 12, 5)" not in capsys.readouterr().out
    (folder / "lstmlint.toml").write_text("src = 3\n")
    assert main(["shapes", "train.py"]) == 2
    assert capsys.readouterr().err == f"lstmlint: {folder / 'lstmlint.toml'}: src must be a list of strings\n"


def test_the_picture_as_json_counts_it_apart(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    remember(folder / "train.py", SCRIPT.replace("(30, 5)", "X.shape[1:]"), SHAPES)
    main(["shapes", "--output-format", "json", "train.py"])
    (picture,) = json.loads(capsys.readouterr().out)
    assert picture["remembered"] == RUN
    assert [step["what"] for step in picture["models"][0]["steps"] if step["remembered"]] == [
        *("X", "y", "input", "LSTM", "fit", "loss mse"),
    ]
    features = picture["coverage"]["recurrent layer"]["features"]
    assert (features["remembered"], features["derived"]) == (1, 0)
    bound = {event["name"]: event["known"] for event in picture["events"] if event["event"] == "Bound"}
    assert bound["X"] == "remembered"
    main(["shapes", "--output-format", "json", "--isolated", "train.py"])
    (picture,) = json.loads(capsys.readouterr().out)
    assert picture["remembered"] is None
    assert picture["coverage"]["recurrent layer"]["features"]["remembered"] == 0
