"""Several processes find what one finds, in the same order, and one that dies costs one file."""
from __future__ import annotations

from pathlib import Path

import pytest

from lstmlint import workers
from lstmlint.cli import main
from lstmlint.config import Settings
from lstmlint.engine import check_files

WRONG = "from keras import Sequential\nfrom keras.layers import LSTM\nm = Sequential([LSTM({n}, input_shape=(9, 3)), LSTM(4)])\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for number in range(20):
        Path(f"train_{number:02}.py").write_text(WRONG.format(n=number + 1) if number % 5 else "print()\n")
    return tmp_path


def test_the_same_in_the_same_order(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outputs = []
    for jobs in ("1", "3"):
        assert main(["check", "--no-cache", "--jobs", jobs, "--output-format", "full"]) == 1
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1]
    assert outputs[0].count("LST102") == 16


def test_what_is_found_is_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = sorted(str(path) for path in folder.glob("*.py"))
    cache = str(folder / "cache")
    first = [r.diagnostics for r in check_files(paths, Settings(), cache_folder=cache, jobs=2)]
    monkeypatch.setattr(workers, "_START", "raise SystemExit(3)")
    assert [r.diagnostics for r in check_files(paths, Settings(), cache_folder=cache, jobs=2)] == first


def test_one_that_dies(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    dying = workers._START.replace("from lstmlint.engine import work", "").replace("work()", "") + """
import os
from lstmlint import engine
read = engine.read_bytes
engine.read_bytes = lambda path, limits: os.kill(os.getpid(), 9) if path.endswith("7.py") else read(path, limits)
engine.work()
"""
    monkeypatch.setattr(workers, "_START", dying)
    assert main(["check", "--no-cache", "--jobs", "2", "--output-format", "concise"]) == 2
    output = capsys.readouterr()
    assert output.out.count("LST102") == 14
    complaints = output.err.splitlines()
    assert [line.split(":")[1].strip() for line in complaints] == ["train_07.py", "train_17.py"]
    assert all("SIGKILL" in line for line in complaints)


@pytest.mark.parametrize("jobs", ["0", "-1", "many"])
def test_a_number_of_processes(jobs: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["check", "--jobs", jobs])
    assert raised.value.code == 2
    assert "is not a number of processes" in capsys.readouterr().err
