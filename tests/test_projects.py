"""Scripts that import modules of their project are checked as one program with them."""
from __future__ import annotations

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
    return cutting.windows(np.zeros((n, 7))), np.zeros(n)
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
