"""The plugin, run by the real flake8."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.remembering import RUN, SCRIPT, SHAPES, remember

WRONG = """from keras import Sequential
from keras.layers import LSTM
model = Sequential()
model.add(LSTM(5, input_shape=(9, 3)))
model.add(LSTM(4))
"""


def flake8(folder: Path, *arguments: str, text: str | None = None) -> list[str]:
    command = [sys.executable, "-m", "flake8", "--select", "LST", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, input=text)
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_findings_are_flake8s(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(WRONG)
    (tmp_path / "fine.py").write_text(WRONG.replace("LSTM(5, ", "LSTM(5, return_sequences=True, "))
    (line,) = flake8(tmp_path, ".")
    assert line.startswith("./train.py:5:11: LST102 this LSTM gets (batch, 5), but needs (batch, time, features)")
    assert line.endswith("(pass return_sequences=True to the LSTM on line 4)")


def test_standard_input(tmp_path: Path) -> None:
    (line,) = flake8(tmp_path, "-", text=WRONG)
    assert line.startswith("stdin:5:11: LST102")


def test_comments_and_settings_silence(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(WRONG.replace("LSTM(4))", "LSTM(4))  # noqa: LST102"))
    (tmp_path / "b.py").write_text(WRONG)
    assert len(flake8(tmp_path, ".")) == 1
    assert flake8(tmp_path, "--extend-ignore", "LST102", ".") == []
    (tmp_path / "pyproject.toml").write_text('[tool.lstmlint]\nignore = ["LST102"]\n')
    assert flake8(tmp_path, ".") == []


@pytest.mark.parametrize("settings", ["nonsense = 1", "select = 3"])
def test_settings_that_make_no_sense(tmp_path: Path, settings: str) -> None:
    (tmp_path / "a.py").write_text(WRONG)
    (tmp_path / "pyproject.toml").write_text(f"[tool.lstmlint]\n{settings}\n")
    (line,) = flake8(tmp_path, ".")
    assert line.startswith("./a.py:1:1: LST900 ")


def test_what_a_run_has_shown(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    remember(tmp_path / "train.py", SCRIPT, SHAPES)
    (line,) = flake8(tmp_path, ".")
    assert line.startswith("./train.py:9:1: LST203")
    assert RUN in line
