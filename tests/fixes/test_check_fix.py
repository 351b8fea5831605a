"""`check --fix` and `--diff` as a person meets them: what is written, what is said, and the exit status."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lstmlint.cli import main
from lstmlint.commands.base import FAILED, FOUND, NOTHING_FOUND

START = "from keras.models import Sequential\nfrom keras.layers import LSTM, Dense, Input\n\n"
STACK = START + "model = Sequential([Input((9, 2)), LSTM(8), LSTM(4), Dense(1)])\n"
FIXED = STACK.replace("LSTM(8)", "LSTM(8, return_sequences=True)")
UNSAFE = (
    "import numpy as np\n" + START + "model = Sequential([Input((9, 2)), LSTM(8, return_sequences=True), Dense(1)])\n"
    'model.compile("adam", "mse")\nmodel.fit(np.zeros((30, 9, 2)), np.zeros((30, 1)))\n'
)
COMMAND = [sys.executable, "-m", "lstmlint", "check"]
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    yield tmp_path


def check(*arguments: str) -> int:
    return main(["check", *arguments])


def test_a_safe_fix_is_made_and_a_second_run_changes_nothing(capsys: Capture) -> None:
    Path("a.py").write_text(STACK)
    assert check("--fix", "a.py") == NOTHING_FOUND
    assert capsys.readouterr().out == "Fixed 1 finding in 1 file.\nFound nothing wrong (1 checked).\n"
    assert Path("a.py").read_text() == FIXED
    before = os.stat("a.py").st_mtime_ns, os.stat("a.py").st_ino
    assert check("--fix", "a.py") == NOTHING_FOUND
    assert capsys.readouterr().out == "Found nothing wrong (1 checked).\n"
    assert (os.stat("a.py").st_mtime_ns, os.stat("a.py").st_ino) == before


def test_a_fix_needs_to_be_asked_for(capsys: Capture) -> None:
    Path("a.py").write_text(STACK)
    assert check("--output-format", "concise", "a.py") == FOUND
    out = capsys.readouterr().out
    assert "LST102 [*] " in out and out.endswith("\n[*] 1 can be corrected with --fix.\n")
    assert Path("a.py").read_text() == STACK


def test_unsafe_fixes_are_asked_for_by_name(capsys: Capture) -> None:
    Path("a.py").write_text(UNSAFE)
    assert check("--fix", "--output-format", "concise", "a.py") == FOUND
    out = capsys.readouterr().out
    assert "LST306 this" in out and out.endswith("\n1 can be corrected with --fix --unsafe-fixes.\n")
    assert Path("a.py").read_text() == UNSAFE
    assert check("--unsafe-fixes", "--output-format", "concise", "a.py") == FOUND
    assert "LST306 [*] this" in capsys.readouterr().out
    assert check("--fix", "--unsafe-fixes", "a.py") == NOTHING_FOUND
    assert Path("a.py").read_text() == UNSAFE.replace(", return_sequences=True", "")


def test_diff_changes_nothing_and_can_be_patched(capsys: Capture) -> None:
    Path("a.py").write_text(STACK)
    assert check("--diff", "a.py") == FOUND
    done = capsys.readouterr()
    assert done.err == "Would fix 1 finding in 1 file.\n"
    assert Path("a.py").read_text() == STACK
    subprocess.run(["git", "apply", "-p0", "-"], input=done.out.encode(), check=True)
    assert Path("a.py").read_text() == FIXED
    assert check("--diff", "a.py") == NOTHING_FOUND
    assert capsys.readouterr().out == ""


def test_a_diff_of_a_file_without_a_newline_at_its_end(capsys: Capture) -> None:
    Path("a.py").write_text(STACK.rstrip("\n"))
    assert check("--diff", "a.py") == FOUND
    subprocess.run(["git", "apply", "-p0", "-"], input=capsys.readouterr().out.encode(), check=True)
    assert Path("a.py").read_text() == FIXED.rstrip("\n")


def test_fix_only_says_nothing_of_what_is_left(capsys: Capture) -> None:
    Path("a.py").write_text(STACK)
    Path("b.py").write_text(UNSAFE)
    assert check("--fix-only") == NOTHING_FOUND
    assert capsys.readouterr().out == "Fixed 1 finding in 1 file.\n"
    assert Path("a.py").read_text() == FIXED and Path("b.py").read_text() == UNSAFE
    Path("a.py").write_text(STACK)
    assert check("--fix-only", "--exit-non-zero-on-fix") == FOUND


def test_notebooks_are_fixed_in_their_cells(capsys: Capture) -> None:
    cells = ["%matplotlib inline\n" + START, "model = Sequential()\nmodel.add(LSTM(8, input_shape=(9, 2)))\n", "model.add(LSTM(4))"]
    content = {
        "cells": [
            {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": cell.splitlines(keepends=True)}
            for cell in cells
        ],
        "metadata": {"title": "é"},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    before = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    Path("a.ipynb").write_text(before, encoding="utf-8")
    assert check("--diff", "a.ipynb") == FOUND
    assert "+++ a.ipynb:cell 2" in capsys.readouterr().out
    assert check("--fix", "a.ipynb") == NOTHING_FOUND
    after = before.replace("input_shape=(9, 2)))", "input_shape=(9, 2), return_sequences=True))")
    assert Path("a.ipynb").read_text(encoding="utf-8") == after


def test_standard_input_goes_fixed_to_standard_output() -> None:
    done = subprocess.run([*COMMAND, "--fix", "-"], input=STACK.replace("\n", "\r\n").encode(), capture_output=True)
    assert done.stdout == FIXED.replace("\n", "\r\n").encode()
    assert done.returncode == NOTHING_FOUND
    assert b"Fixed 1 finding in 1 file." in done.stderr
    same = subprocess.run([*COMMAND, "--fix", "-"], input=UNSAFE.encode(), capture_output=True)
    assert (same.stdout, same.returncode) == (UNSAFE.encode(), FOUND)
    assert b"LST306" in same.stderr


def test_json_stays_json(capsys: Capture) -> None:
    Path("a.py").write_text(STACK)
    assert check("--fix", "--output-format", "json", "a.py") == NOTHING_FOUND
    done = capsys.readouterr()
    assert json.loads(done.out) == [] and done.err == "Fixed 1 finding in 1 file.\n"


def test_what_is_not_selected_or_silenced_is_not_fixed() -> None:
    silenced = STACK.replace("Dense(1)])", "Dense(1)])  # noqa: LST102")
    Path("a.py").write_text(silenced)
    assert check("--fix", "a.py") == NOTHING_FOUND
    assert Path("a.py").read_text() == silenced
    Path("a.py").write_text(STACK)
    assert check("--fix", "--ignore", "LST102", "a.py") == NOTHING_FOUND
    assert Path("a.py").read_text() == STACK


def test_a_fix_that_would_bring_up_another_finding_is_dropped_and_said(capsys: Capture) -> None:
    text = STACK + 'import numpy as np\nmodel.compile("adam", "mse")\nmodel.fit(np.zeros((30, 7, 2)), np.zeros((30, 1)))\n'
    Path("a.py").write_text(text)
    assert check("--fix", "--output-format", "concise", "a.py") == FOUND
    done = capsys.readouterr()
    assert done.err == "lstmlint: a.py:4: LST102 is not corrected: it would bring up LST203 on line 7\n"
    assert "LST102 this" in done.out
    assert Path("a.py").read_text() == text


def test_a_file_that_can_not_be_written_is_said(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.py").write_text(STACK)
    Path("b.py").write_text(STACK)
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: not str(path).endswith("a.py") and real(path, mode))
    assert check("--fix") == FAILED
    done = capsys.readouterr()
    assert done.err == "lstmlint: a.py: not written: the file is read-only\n"
    assert done.out.startswith("Fixed 1 finding in 1 file.\n")
    assert Path("a.py").read_text() == STACK and Path("b.py").read_text() == FIXED


def test_comments_that_silence_nothing_are_removed(capsys: Capture) -> None:
    second = "model = Sequential([Input((9, 2)), LSTM(8), LSTM(4), Dense(1)])  # noqa: LST102, LST203\n"
    Path("a.py").write_text(STACK.replace(")])\n", ")])  # noqa: LST203\n") + second)
    assert check("--fix", "a.py") == NOTHING_FOUND
    assert capsys.readouterr().out.startswith("Fixed 3 findings in 1 file.\n")
    assert Path("a.py").read_text() == FIXED + second.replace(", LST203", "")


MODEL = START + "def build():\n    return Sequential([Input((9, 2)), LSTM(8), LSTM(4), Dense(1)])\n"


def test_a_module_is_fixed_once_for_all_that_import_it(capsys: Capture) -> None:
    Path("setup.cfg").write_text("")
    Path("network.py").write_text(MODEL)
    for name in ("one.py", "two.py"):
        Path(name).write_text("from network import build\n\nmodel = build()\n")
    assert check("--fix") == NOTHING_FOUND
    assert capsys.readouterr().out.startswith("Fixed 1 finding in 1 file.\n")
    assert Path("network.py").read_text() == MODEL.replace("LSTM(8)", "LSTM(8, return_sequences=True)")


LAYERS = START + "def first(units):\n    return LSTM(units)\n"
USE = "from layers import first\n" + START + "model = Sequential([Input((9, 2)), first(8), LSTM(4), Dense(1)])\n"


def test_a_fix_stands_in_the_module_that_makes_the_layer(capsys: Capture) -> None:
    Path("setup.cfg").write_text("")
    Path("layers.py").write_text(LAYERS)
    Path("train.py").write_text(USE)
    assert check("--fix", "train.py") == FOUND
    assert "belongs into layers.py, which was not given" in capsys.readouterr().err
    assert check("--fix") == NOTHING_FOUND
    assert Path("layers.py").read_text() == LAYERS.replace("(units)\n", "(units, return_sequences=True)\n")
    assert Path("train.py").read_text() == USE


def test_another_use_of_a_module_is_not_broken(capsys: Capture) -> None:
    Path("setup.cfg").write_text("")
    Path("layers.py").write_text(LAYERS)
    Path("train.py").write_text(USE)
    Path("other.py").write_text(
        "import numpy as np\nfrom layers import first\n" + START + "model = Sequential([Input((9, 2)), first(8), Dense(1)])\n"
        'model.compile("adam", "mse")\nmodel.fit(np.zeros((30, 9, 2)), np.zeros((30, 1)))\n'
    )
    assert check("--fix") == FOUND
    assert "LST102 is not corrected: it would bring up LST306 on line" in capsys.readouterr().err
    assert Path("layers.py").read_text() == LAYERS


def test_one_fix_that_is_dropped_does_not_keep_the_others_from_being_made(capsys: Capture) -> None:
    dropped = 'import numpy as np\nmodel.compile("adam", "mse")\nmodel.fit(np.zeros((30, 7, 2)), np.zeros((30, 1)))\n'
    text = STACK + dropped + STACK.replace("model", "other") + STACK.replace("model", "third").replace("LSTM(8)", "GRU(8)")
    Path("a.py").write_text(text.replace("LSTM, Dense", "LSTM, GRU, Dense"))
    assert check("--fix", "--output-format", "concise", "a.py") == FOUND
    assert capsys.readouterr().out.startswith("Fixed 2 findings in 1 file.\na.py:4:")
    after = Path("a.py").read_text()
    assert after.count("LSTM(8, return_sequences=True)") == after.count("GRU(8, return_sequences=True)") == 1
    assert "LSTM(8), LSTM(4)" in after.splitlines()[3]


def test_a_finding_that_the_baseline_admits_is_left_alone(capsys: Capture) -> None:
    Path("a.py").write_text(STACK)
    assert check("--baseline", "known.json", "--update-baseline", "a.py") == NOTHING_FOUND
    assert check("--baseline", "known.json", "--fix", "a.py") == NOTHING_FOUND
    assert Path("a.py").read_text() == STACK
    Path("a.py").write_text(STACK + STACK.replace("LSTM(8)", "LSTM(9)"))
    assert check("--baseline", "known.json", "--fix", "a.py") == NOTHING_FOUND
    assert Path("a.py").read_text() == STACK + FIXED.replace("LSTM(8", "LSTM(9")


def test_a_link_and_the_mode_stay() -> None:
    Path("real.py").write_text(STACK)
    os.chmod("real.py", 0o755)
    os.symlink("real.py", "link.py")
    assert check("--fix", "link.py") == NOTHING_FOUND
    assert os.path.islink("link.py") and Path("real.py").read_text() == FIXED
    assert os.stat("real.py").st_mode & 0o777 == 0o755


def test_the_settings_of_a_file_hold_while_it_is_fixed(capsys: Capture) -> None:
    for name in ("one", "two"):
        Path(name).mkdir()
        Path(name, "a.py").write_text(STACK + "other = Sequential()\nother.add(LSTM(3, (5, 2)))\n")
    Path("two", "lstmlint.toml").write_text('ignore = ["LST102"]\n')
    assert check("--fix", "--output-format", "concise") == NOTHING_FOUND
    assert capsys.readouterr().out.startswith("Fixed 3 findings in 2 files.\n")
    other = "other = Sequential()\nother.add(LSTM(3, input_shape=(5, 2)))\n"
    assert Path("one", "a.py").read_text() == FIXED + other
    assert Path("two", "a.py").read_text() == STACK + other
