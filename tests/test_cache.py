"""Results of earlier runs are taken for what they are still true for, and for nothing else."""
from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lstmlint import pipeline
from lstmlint.cache import FILE
from lstmlint.cli import main
from lstmlint.config import Settings
from lstmlint.diagnostics import FileResult
from lstmlint.engine import check_files

TRAIN = """from keras import Sequential
from keras.layers import LSTM, Dense
from sizes import UNITS
model = Sequential([LSTM(UNITS, input_shape=(9, 3)), LSTM(4), Dense(1)])
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text("")
    (project / "train.py").write_text(TRAIN)
    (project / "other.py").write_text("print(1)\n")
    monkeypatch.chdir(project)
    return project


@pytest.fixture
def analysed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are really analysed."""
    names: list[str] = []
    diagnose = pipeline.diagnose

    def listed(source: pipeline.Source, *others: object) -> FileResult:
        names.append(source.filename)
        return diagnose(source, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "diagnose", listed)
    return names


def check(folder: Path, settings: Settings | None = None, *paths: str) -> list[FileResult]:
    cache = str(folder.parent / "cache")
    return list(check_files(paths or ("train.py", "other.py"), settings or Settings(), cache_folder=cache))


def messages(results: list[FileResult]) -> Iterator[tuple[str, str, int]]:
    return ((d.code, d.message, d.span.start_row) for result in results for d in result.diagnostics)


def test_an_unchanged_file_is_not_analysed_again(folder: Path, analysed: list[str]) -> None:
    first = check(folder)
    second = check(folder)
    assert analysed == ["train.py"]
    assert [r.filename for r in second] == ["train.py", "other.py"]
    assert [r.diagnostics for r in second] == [r.diagnostics for r in first] != [(), ()]
    assert [r.out_of_scope for r in second] == [False, True]
    (source,) = second[0].sources.values()
    assert source.cells[0].lines()[3].startswith("model =")


def test_output_is_the_same(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LSTMLINT_CACHE_DIR", str(folder.parent / "cache"))
    cell = {"cell_type": "code", "source": [line + "\n" for line in TRAIN.splitlines()], "metadata": {}, "outputs": []}
    (folder / "book.ipynb").write_text(json.dumps({"cells": [cell], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}))
    for format in ("full", "json"):
        outputs = []
        for _ in range(2):
            assert main(["check", "--output-format", format]) == 1
            outputs.append(capsys.readouterr().out)
        assert outputs[0] == outputs[1]
        assert "book.ipynb" in outputs[0]
    assert (folder.parent / "cache" / FILE).exists()
    assert sorted(os.listdir(folder)) == ["book.ipynb", "other.py", "pyproject.toml", "train.py"]


def test_what_the_result_rests_on(folder: Path, analysed: list[str]) -> None:
    (unknown,) = messages(check(folder))
    (folder / "sizes.py").write_text("from deeper import UNITS\n")
    check(folder)
    (folder / "deeper.py").write_text("UNITS = 7\n")
    (seven,) = messages(check(folder))
    (folder / "deeper.py").write_text("UNITS = 8\n")
    (eight,) = messages(check(folder))
    assert "7" in seven[1] and "8" in eight[1] and unknown[1] not in (seven[1], eight[1])
    (folder / "requirements.txt").write_text("keras==2.3\n")
    check(folder)
    (folder / "train.py").write_text(TRAIN.replace("LSTM(4), ", ""))
    assert list(messages(check(folder))) == []
    assert analysed == ["train.py"] * 6


def test_settings_are_told_apart(folder: Path, analysed: list[str]) -> None:
    check(folder)
    assert list(messages(check(folder, Settings(ignore=("LST102",))))) == []
    assert len(list(messages(check(folder)))) == 1
    check(folder, Settings(output_format="json"))
    assert len(analysed) == 2


def test_a_cache_that_can_not_be_used_is_no_error(folder: Path, analysed: list[str]) -> None:
    cache = folder.parent / "cache"
    cache.mkdir()
    (cache / FILE).write_bytes(b"this is no database" * 100)
    expected = list(messages(check(folder)))
    assert list(messages(check(folder))) == expected != []
    assert len(analysed) == 1, "what was damaged is begun anew"
    (cache / FILE).unlink()
    cache.rmdir()
    cache.write_text("a file where the folder should be")
    assert list(messages(check(folder))) == expected


def test_no_cache_and_clean(folder: Path, analysed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    cache = ["--cache-dir", str(folder.parent / "cache")]
    for _ in range(2):
        assert main(["check", "--no-cache", *cache]) == 1
    assert len(analysed) == 2 and not (folder.parent / "cache").exists()
    main(["check", *cache])
    main(["clean", *cache])
    assert "removed" in capsys.readouterr().out and not (folder.parent / "cache").exists()
    main(["clean", *cache])
    assert "no results" in capsys.readouterr().out
    main(["check", *cache])
    assert len(analysed) == 4
