"""The baseline: what is admitted stays admitted when lines move, and nothing else is."""
from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from lstmlint.cli import main
from tests.programs import find_calls

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    find_calls(monkeypatch)


def run(capsys: Capture, *arguments: str) -> tuple[int, list[str]]:
    status = main(["check", *arguments, "--output-format", "concise", "--baseline", "known.json"])
    captured = capsys.readouterr()
    return status, captured.out.splitlines() + captured.err.splitlines()


def rows(capsys: Capture, *arguments: str) -> list[str]:
    """Where findings are reported."""
    return [":".join(line.split(":")[:2]) for line in run(capsys, *arguments)[1] if " LST" in line]


def test_what_is_admitted_survives_moved_lines(capsys: Capture) -> None:
    Path("a.py").write_text("# LSTM\nERROR(1)\nWARNING(2)\n")
    assert run(capsys, "--update-baseline") == (0, ["known.json: 2 findings admitted."])
    assert run(capsys) == (0, ["Found nothing wrong (1 checked, 2 more in the baseline)."])
    Path("a.py").write_text("# LSTM\n\nif x:\n    WARNING( 2 )  # later\nERROR(1)\nERROR(3)\n")
    assert run(capsys) == (
        1,
        ["a.py:6:1: error LST102 it is wrong", "Found 1 error in 1 file (1 checked, 2 more in the baseline)."],
    )
    Path("a.py").write_text("# LSTM\nERROR(1 + 1)\nWARNING(2)\n")
    assert rows(capsys) == ["a.py:2"]


def test_as_often_as_admitted(capsys: Capture) -> None:
    Path("a.py").write_text("# LSTM\nERROR(1)\nERROR(1)\n")
    run(capsys, "--update-baseline")
    assert len(json.loads(Path("known.json").read_text())["findings"]) == 1
    Path("a.py").write_text("# LSTM\nERROR(1)\nERROR(1)\nERROR(1)\n")
    assert rows(capsys) == ["a.py:4"]
    Path("a.py").write_text("# LSTM\nWARNING(1)\n")
    assert rows(capsys) == ["a.py:2"]


def test_other_files_and_rules_are_not_admitted(capsys: Capture) -> None:
    Path("a.py").write_text("# LSTM\nERROR(1)\n")
    run(capsys, "--update-baseline")
    Path("b.py").write_text("# LSTM\nERROR(1)\n")
    assert rows(capsys) == ["b.py:2"]


def test_notebooks(capsys: Capture) -> None:
    def write(*sources: str) -> None:
        cells = [{"cell_type": "code", "source": source} for source in sources]
        Path("a.ipynb").write_text(json.dumps({"cells": cells, "metadata": {"about": "LSTM"}}))

    write("x = 1", "ERROR(1)")
    run(capsys, "--update-baseline")
    write("x = 1", "y = 1", "z\nERROR(1)", "ERROR(2)")
    assert [line.split(" ")[1] for line in run(capsys)[1] if " LST" in line] == ["4:1:1:"]


def test_updating_keeps_what_was_not_checked(capsys: Capture) -> None:
    for name in ("a.py", "b.py", "c.py"):
        Path(name).write_text("# LSTM\nERROR(1)\n")
    run(capsys, "--update-baseline")
    Path("a.py").write_text("# LSTM\nERROR(2)\n")
    Path("c.py").unlink()
    assert run(capsys, "a.py", "--update-baseline") == (0, ["known.json: 2 findings admitted, 2 removed."])
    assert run(capsys)[0] == 0


def test_pruning_removes_what_is_gone_and_admits_nothing(capsys: Capture) -> None:
    for name in ("a.py", "b.py"):
        Path(name).write_text("# LSTM\nERROR(1)\nERROR(2)\nERROR(2)\n")
    run(capsys, "--update-baseline")
    Path("a.py").write_text("# LSTM\nERROR(2)\nERROR(3)\n")
    assert run(capsys, "a.py")[1][-2:] == [
        "Found 1 error in 1 file (1 checked, 1 more in the baseline).",
        "Of the baseline, 2 findings are no longer there; --prune-baseline removes them.",
    ]
    assert run(capsys, "a.py", "--prune-baseline") == (0, ["known.json: 4 findings admitted, 2 removed."])
    assert rows(capsys) == ["a.py:3"]


def test_the_file_is_the_same_however_often_it_is_written(capsys: Capture) -> None:
    Path("sub").mkdir()
    for name in ("b.py", "a.py", "sub/c.py"):
        Path(name).write_text("# LSTM\nERROR(1)\nWARNING(1)\n")
    run(capsys, "--update-baseline")
    first = Path("known.json").read_bytes()
    os.chmod("known.json", 0o640)
    run(capsys, "sub", "b.py", "a.py", "--update-baseline")
    assert Path("known.json").read_bytes() == first
    assert stat.S_IMODE(os.stat("known.json").st_mode) == 0o640
    assert [entry["file"] for entry in json.loads(first)["findings"]] == ["a.py"] * 2 + ["b.py"] * 2 + ["sub/c.py"] * 2


def test_in_the_settings(capsys: Capture) -> None:
    Path("sub").mkdir()
    Path("sub/a.py").write_text("# LSTM\nERROR(1)\n")
    Path("lstmlint.toml").write_text('baseline = "known.json"\n')
    assert main(["check", "sub", "--update-baseline"]) == 0
    assert main(["check", "sub/a.py"]) == 0
    assert main(["check", "sub/a.py", "--baseline", ""]) == 1


@pytest.mark.parametrize(
    "text, words",
    [
        (None, "known.json: no such baseline; --update-baseline writes one"),
        ("", "known.json: not a baseline: Expecting value"),
        ("[]", "known.json: not a baseline: it has no list of findings"),
        ('{"version": 2, "findings": []}', "known.json: a baseline of version 2; this lstmlint reads version 1"),
        ('{"version": 1, "findings": [{"file": "a.py"}]}', "not a baseline: finding 1 needs file, code and digest"),
        ('{"version": 1, "findings": [{"file": "a", "code": "b", "digest": "c", "count": 0}]}', "finding 1 needs"),
    ],
)
def test_bad_baselines(capsys: Capture, text: str | None, words: str) -> None:
    Path("a.py").write_text("# LSTM\nERROR(1)\n")
    if text is not None:
        Path("known.json").write_text(text)
    status, (line,) = run(capsys)
    assert status == 2
    assert words in line


def test_wrong_usage(capsys: Capture) -> None:
    assert main(["check", "--update-baseline"]) == 2
    assert "--update-baseline needs --baseline FILE" in capsys.readouterr().err
    assert run(capsys, "-", "--update-baseline")[0] == 2
    Path("a.py").write_bytes(b"LSTM\0")
    assert run(capsys, "--update-baseline")[0] == 2
