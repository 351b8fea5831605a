"""LST902: a comment is called unused only where it is certain to silence nothing."""
from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from lstmlint.config import Settings
from lstmlint.diagnostics import Diagnostic
from lstmlint.edits.text import offset_of
from lstmlint.engine import check_files
from tests.programs import find_calls


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    find_calls(monkeypatch)


def found(settings: Settings | None = None, paths: Sequence[str] = ("a.py",), alone: Sequence[str] = ()) -> list[Diagnostic]:
    return [d for result in check_files(paths, settings or Settings(), alone) for d in result.diagnostics]


def unused(text: str, settings: Settings | None = None) -> list[str]:
    Path("a.py").write_text(f"# LSTM\n{text}")
    return [diagnostic.message for diagnostic in found(settings) if diagnostic.code == "LST902"]


@pytest.mark.usefixtures("fake")
class TestOneFile:
    def test_what_silences_something_is_used(self) -> None:
        for comment in ("# noqa", "# noqa: LST102", "# noqa: E501, LST1", "# lstmlint: ignore", "# lstmlint: ignore[LST102]"):
            assert unused(f"ERROR(1)  {comment}") == []
        assert unused("# lstmlint: ignore-file\nERROR(1)\n# lstmlint: ignore[missing-return-sequences]\nERROR(2)") == []

    def test_what_silences_nothing_is_not(self) -> None:
        assert unused("f()  # noqa: LST102") == ["LST102 silences nothing here"]
        assert unused("ERROR(1)  # noqa: LST102, LST201, E501, LST3") == ["LST201 and LST3 silence nothing here"]
        assert unused("f()  # lstmlint: ignore") == ["this comment silences nothing"]
        assert unused("# lstmlint: ignore-file[data-rank]\nERROR(1)  # lstmlint: ignore") == ["data-rank silences nothing here"]
        assert unused("f()  # lstmlint: ignore[data-ranks]") == [
            "data-ranks silences nothing here: no rule has the code or name data-ranks"
        ]
        assert unused("ERROR(1)  # lstmlint: ignore[LST102") == ["this comment silences nothing: its bracket is not closed"]
        assert unused("ERROR(1)  # lstmlint: ignore[]") == ["this comment silences nothing: it names no rule"]
        assert unused("ERROR(1)  # lstmlint: ignore-file") == ["this comment silences nothing: it must stand on a line of its own"]

    def test_other_tools_have_their_own_reasons(self) -> None:
        assert unused("f()  # noqa\ng()  # noqa: E501\n# flake8: noqa\n# flake8: noqa: E501\n'# noqa: LST102'") == []

    def test_what_may_be_needed_otherwise(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert unused("f()  # noqa: LST102", Settings(ignore=("LST102",))) == []
        assert unused("f()  # noqa: LST1", Settings(ignore=("LST102",))) == []
        assert unused("f()  # noqa: LST102", Settings(select=("LST2", "LST9"))) == []
        assert unused("f()  # lstmlint: ignore", Settings(ignore=("LST102",))) == []
        assert unused("f()  # noqa: LST102", Settings(per_file_ignores={"a.py": ("LST1",)}, folder=str(Path.cwd()))) == []
        assert unused("f()  # noqa: LST102\nx = = 3") == []
        find_calls(monkeypatch, incomplete="too many steps")
        assert unused("f()  # noqa: LST102") == []

    def test_it_can_be_silenced_itself(self) -> None:
        assert unused("f()  # noqa: LST102, LST902") == []
        assert unused("# lstmlint: ignore-file[unused-suppression]\nf()  # noqa: LST102") == []
        assert unused("f()  # noqa: LST102", Settings(ignore=("LST902",))) == []
        assert unused("f()  # noqa: LST102  # noqa") == ["LST102 silences nothing here"]

    @pytest.mark.parametrize(
        "text, fixed",
        [
            ("f()  # noqa: LST102\n", "f()\n"),
            ("f()  # noqa: LST102", "f()"),
            ("ERROR(1)  # noqa: E501,LST201 ,LST102\n", "ERROR(1)  # noqa: E501, LST102\n"),
            ("ERROR(1)  # lstmlint: ignore[ lst102, data-rank ]  # so\n", "ERROR(1)  # lstmlint: ignore[ lst102 ]  # so\n"),
            ("f()  # type: ignore # noqa: LST102\n", "f()  # type: ignore\n"),
            ("f()  # noqa: LST102 # type: ignore\n", "f() # type: ignore\n"),
            ("if x:\n    # lstmlint: ignore\n    f()\n", "if x:\n    f()\n"),
            ("f()\n# lstmlint: ignore[LST1]", "f()\n"),
        ],
    )
    def test_the_fix_removes_only_what_is_unused(self, text: str, fixed: str) -> None:
        text, fixed = f"# LSTM\n{text}", f"# LSTM\n{fixed}"
        Path("a.py").write_text(text)
        (only,) = found()
        assert only.fix is not None and only.fix.safe
        (edit,) = only.fix.edits
        start = offset_of(text, edit.span.start_row, edit.span.start_column)
        end = offset_of(text, edit.span.end_row, edit.span.end_column)
        assert start is not None and end is not None
        assert text[:start] + edit.replacement + text[end:] == fixed
        Path("a.py").write_text(fixed)
        assert found() == []

    def test_words_behind_the_comment_are_left_alone(self) -> None:
        Path("a.py").write_text("# LSTM\nf()  # noqa: LST102 because it is so\n")
        (only,) = found()
        assert only.fix is None

    def test_notebooks(self) -> None:
        cells = ["ERROR(1)  # noqa: LST102", "f()  # noqa: LST102", "# lstmlint: ignore-cell[LST102]\n\nERROR(3)"]
        notebook = {"cells": [{"cell_type": "code", "source": source} for source in cells], "metadata": {"about": "LSTM"}}
        Path("a.ipynb").write_text(json.dumps(notebook))
        (only,) = found(paths=["a.ipynb"])
        assert (only.cell, only.span.start_column, only.message) == (2, 6, "LST102 silences nothing here")
        notebook["cells"][2]["source"] = "# lstmlint: ignore-file\nERROR(3)"  # type: ignore[index]
        notebook["cells"][1]["source"] = "ERROR(2)"  # type: ignore[index]
        Path("a.ipynb").write_text(json.dumps(notebook))
        assert found(paths=["a.ipynb"]) == []


HELPER = """\
from keras.layers import LSTM
from keras.models import Sequential


def build(first):
    model = Sequential()
    model.add(first)
    model.add(LSTM(50))  # noqa: LST102
    return model
"""
MAIN = "from keras.layers import LSTM, Input\nfrom helper import build\nmodel = build(LSTM(50, input_shape=(60, 1){}))\n"


@pytest.fixture
def project() -> None:
    Path("pyproject.toml").touch()
    Path("helper.py").write_text(HELPER)
    Path("zmain.py").write_text(MAIN.format(""))


@pytest.mark.usefixtures("project")
def test_a_comment_that_an_importer_needs_is_used() -> None:
    assert found(paths=["helper.py", "zmain.py"]) == []
    assert found(paths=["helper.py"]) == []
    assert found(paths=["helper.py"], alone=["helper.py"]) == []
    Path("zmain.py").write_text(MAIN.format(", return_sequences=True"))
    assert [(d.filename, d.code) for d in found(paths=["helper.py"])] == [("helper.py", "LST902")]
    assert [(d.filename, d.code) for d in found(paths=["helper.py", "zmain.py"])] == [("helper.py", "LST902")]


@pytest.mark.usefixtures("project")
def test_nothing_is_said_where_not_all_importers_can_be_asked() -> None:
    Path("zmain.py").write_text("from helper import build\nx = = 3\n")
    assert [d.code for d in found(paths=["helper.py"])] == []
    Path("zmain.py").unlink()
    for number in range(9):
        Path(f"main{number}.py").write_text("import helper\n")
    assert found(paths=["helper.py"]) == []
    Path("main0.py").unlink()
    assert [d.code for d in found(paths=["helper.py"])] == ["LST902"]


@pytest.mark.usefixtures("project")
def test_what_is_remembered_from_run_to_run(tmp_path: Path) -> None:
    for _ in range(2):
        results = check_files(["helper.py", "zmain.py"], Settings(), cache_folder="kept")
        assert [d.code for result in results for d in result.diagnostics] == []
    Path("zmain.py").write_text(MAIN.format(", return_sequences=True"))
    for _ in range(2):
        results = check_files(["helper.py", "zmain.py"], Settings(), cache_folder="kept")
        assert [d.code for result in results for d in result.diagnostics] == ["LST902"]
