"""Scripts that import modules of their project are checked as one program with them."""
from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from lstmlint.config import Settings
from lstmlint.diagnostics import Diagnostic
from lstmlint.engine import check_files

MODEL = """
from keras import Sequential
from keras.layers import LSTM, Dense
from settings import *

def build(steps, features):
    model = Sequential()
    model.add(LSTM(UNITS, input_shape=(steps, features)))
    model.add(Dense(1))
    return model
"""
DATA = """
import numpy as np
from . import cutting

def load(n):
    X = cutting.windows(np.zeros((n, 7)))
    return X, np.zeros(len(X))
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "settings.py").write_text("UNITS = 8\n_PRIVATE = 1\n")
    (tmp_path / "model.py").write_text(MODEL)
    (tmp_path / "stock").mkdir()
    (tmp_path / "stock/__init__.py").write_text("from .data import load\n")
    (tmp_path / "stock/data.py").write_text(DATA)
    (tmp_path / "train.py").write_text(
        "import stock.data\nfrom model import build\nX, y = stock.data.load(300)\nm = build(20, 7)\nm.fit(X, y)\n"
    )
    return tmp_path


def check(*names: str) -> list[Diagnostic]:
    return [d for result in check_files(names, Settings()) for d in result.diagnostics]


def test_a_fault_that_shows_only_across_files_is_found(project: Path) -> None:
    (project / "stock/cutting.py").write_text("def windows(x):\n    return x\n")
    (found,) = check("train.py")
    assert (found.code, found.filename, found.span.start_row) == ("LST201", "train.py", 5)
    assert [(place.filename, place.span.start_row) for place in found.related] == [("model.py", 8)]


def test_it_is_silent_when_the_other_file_is_right(project: Path) -> None:
    (project / "stock/cutting.py").write_text(
        "import numpy as np\ndef windows(x):\n    return np.stack([x[i : i + 20] for i in range(len(x) - 20)])\n"
    )
    assert check("train.py", "model.py", "stock/data.py") == []


def test_a_fault_in_an_imported_module_is_told_once(project: Path) -> None:
    (project / "model.py").write_text(MODEL.replace("model.add(Dense(1))", "model.add(LSTM(8))"))
    (project / "stock/cutting.py").write_text("")
    found = check("train.py", "model.py")
    assert [(d.code, d.filename, d.span.start_row) for d in found] == [("LST102", "model.py", 9)]


def test_modules_that_import_each_other_and_broken_ones_are_no_obstacle(project: Path) -> None:
    (project / "stock/cutting.py").write_text("import stock.data\nfrom . import missing\ndef windows(x):\n    return x\n")
    (project / "settings.py").write_text("UNITS = 8\ndef broken(:\n")
    assert [d.code for d in check("train.py")] == ["LST201"]


def test_nothing_outside_the_project_is_read(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "cutting.py"
    elsewhere.write_text("def windows(x):\n    return x\n")
    (project / "stock/cutting.py").symlink_to(elsewhere)
    assert check("train.py") == []


def check_alone(*names: str) -> list[Diagnostic]:
    return [d for result in check_files(names, Settings(), names) for d in result.diagnostics]


@pytest.fixture
def faulty(project: Path) -> Path:
    (project / "stock/cutting.py").write_text("def windows(x):\n    return x\n")
    return project


def test_a_module_given_alone_is_checked_as_its_callers_use_it(faulty: Path) -> None:
    (found,) = check_alone("model.py")
    assert (found.code, found.filename, found.span.start_row) == ("LST201", "train.py", 5)


def test_callers_are_told_of_only_where_the_module_takes_part(faulty: Path) -> None:
    (faulty / "train.py").write_text((faulty / "train.py").read_text() + "other = build(20, 7)\nother.add(LSTM(3))\n")
    (faulty / "plain.py").write_text("VALUE = 3\n")
    (faulty / "train.py").write_text("import plain\n" + (faulty / "train.py").read_text())
    assert check_alone("plain.py") == []


def test_a_caller_that_is_given_too_speaks_for_itself(faulty: Path) -> None:
    assert [d.code for d in check_alone("model.py", "train.py")] == ["LST201"]


def test_a_notebook_is_a_caller(faulty: Path) -> None:
    (faulty / "train.ipynb").write_text(
        json.dumps({"cells": [{"cell_type": "code", "source": (faulty / "train.py").read_text()}], "metadata": {}, "nbformat": 4})
    )
    (faulty / "train.py").unlink()
    (found,) = check_alone("model.py")
    assert (found.filename, found.cell, found.span.start_row) == ("train.ipynb", 1, 5)


def test_a_module_through_which_it_is_imported(faulty: Path) -> None:
    (faulty / "train.py").write_text((faulty / "train.py").read_text().replace("from model", "from wrapped"))
    (faulty / "wrapped.py").write_text("from model import build\n")
    assert [d.filename for d in check_alone("model.py")] == ["train.py"]


def test_defaults_that_a_caller_overrides_are_not_held_against_a_module(project: Path) -> None:
    (project / "model.py").write_text(
        "import numpy as np\nfrom keras import Sequential\nfrom keras.layers import LSTM\n"
        "def train(X=np.zeros((5, 10, 3)), features=2):\n"
        "    model = Sequential([LSTM(8, input_shape=(10, features))])\n    model.compile('adam', 'mse')\n    model.predict(X)\n"
    )
    (project / "train.py").write_text("")
    assert [d.severity for d in check("model.py")] == ["warning"]
    (project / "train.py").write_text("from model import train\ntrain(features=3)\n")
    assert check("model.py") == []
    assert check_alone("model.py") == []


PROJECTS = Path(__file__).parent.parent / "fixtures" / "projects"
FIXES = {
    "turbines": ("src/turbines/windows.py", "measured[i : i + HOURS].ravel()", "measured[i : i + HOURS]"),
    "tagger": ("tagging/heads.py", 'nn.Linear(options["hidden"]', 'nn.Linear(2 * options["hidden"]'),
    "shop": ("networks.py", "GRU(64, return_sequences=True))  # LST306", "GRU(64))"),
}
"""For each project the file at fault and how to mend it."""


@pytest.mark.parametrize("name", FIXES)
def test_a_fault_across_the_files_of_a_project(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / name
    shutil.copytree(PROJECTS / name, project)
    monkeypatch.chdir(project)
    files = [str(path.relative_to(project)) for path in sorted(project.rglob("*")) if path.suffix in (".py", ".ipynb")]
    marks = [
        (code, file, row)
        for file in files
        for row, line in enumerate(Path(file).read_text().split("\n"), start=1)
        for code in re.findall(r"# (LST\d{3})", line)
    ]
    assert [(d.code, d.filename, d.span.start_row) for d in check(*files)] == marks
    assert len(marks) == 1
    file, wrong, right = FIXES[name]
    text = Path(file).read_text()
    assert wrong in text
    Path(file).write_text(text.replace(wrong, right))
    assert check(*files) == []


def test_src_holds_modules_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "shared/lib").mkdir(parents=True)
    (tmp_path / "shared/lib/models.py").write_text("from keras.layers import LSTM\n\ndef layer():\n    return LSTM(50)\n")
    (tmp_path / "project").mkdir()
    (tmp_path / "project/pyproject.toml").touch()
    script = tmp_path / "project/train.py"
    script.write_text(
        "from keras.models import Sequential\nfrom keras.layers import Input\nfrom models import layer\n"
        "model = Sequential([Input((60, 1)), layer(), layer()])\n"
    )
    assert not [d for result in check_files([str(script)], Settings()) for d in result.diagnostics]
    settings = Settings(src=("../shared/lib",), folder=str(tmp_path / "project"))
    (only,) = [d for result in check_files([str(script)], settings) for d in result.diagnostics]
    assert only.code == "LST102"


def test_what_one_file_does_to_a_module_is_no_concern_of_the_next(project: Path) -> None:
    (project / "shared.py").write_text("WIDTHS = [1]\n")
    using = "import numpy as np  # LSTM\nfrom shared import WIDTHS\n{}np.zeros(5).reshape(len(WIDTHS), 5)\n"
    (project / "a.py").write_text(using.format("WIDTHS.append(2)\n"))
    (project / "b.py").write_text(using.format(""))
    assert [(d.code, d.filename) for d in check("a.py", "b.py")] == [("LST501", "a.py")]
