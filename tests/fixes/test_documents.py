"""Changing files: what an edit names becomes what it says, and every other byte stays."""
from __future__ import annotations

import codecs
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmlint.edits.fix import Edit
from lstmlint.fixes.document import NotMade, edited
from lstmlint.fixes.notebook import in_cells
from lstmlint.fixes.write import write
from lstmlint.sources.source import Span

CELL = "import keras\r\nLSTM(\n    8,  # Größe 🙂\n)\n\n"
STYLES: dict[str, Any] = {
    "as Jupyter writes": {"indent": 1, "ensure_ascii": False},
    "in one line": {"ensure_ascii": False},
    "compact": {"separators": (",", ":")},
    "with tabs": {"indent": "\t"},
    "escaped": {"indent": 2, "ensure_ascii": True},
}


def edit(row: int, column: int, end_row: int, end_column: int, new: str, cell: int | None = None) -> Edit:
    return Edit("a.py", cell, Span(row, column, end_row, end_column), new)


def notebook(*sources: object) -> dict[str, Any]:
    cells: list[dict[str, Any]] = [{"cell_type": "markdown", "metadata": {"source": "no"}, "source": ["# 8\n", "ü\\n"]}]
    for source in sources:
        cells.append({"outputs": [{"text": ["source"]}], "cell_type": "code", "metadata": {}, "source": source, "id": "1"})
    return {"metadata": {"cells": [1, {"source": "x"}]}, "cells": cells, "nbformat": 4, "nbformat_minor": 5}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("in_lines", [True, False], ids=["lines", "text"])
@pytest.mark.parametrize("end", ["", "\n", "\r\n"], ids=["no end", "newline", "carriage return"])
def test_a_notebook_stays_as_it_is_but_for_the_cell(style: str, in_lines: bool, end: str) -> None:
    content = notebook("x = 1\n", CELL.splitlines(keepends=True) if in_lines else CELL)
    before = json.dumps(content, **STYLES[style]).replace("\n", end or "\n") + end
    after = edited(before.encode(), "a.ipynb", [edit(3, 5, 3, 6, "9, name='é'", 3)]).decode()
    start = before.index("8,  #")
    new = "9, name='é'" if STYLES[style].get("ensure_ascii") is False else "9, name='\\u00e9'"
    assert after == before[:start] + new + before[start + 1 :]


@pytest.mark.parametrize("style", STYLES)
def test_lines_of_a_cell_stay_lines_of_the_notebook(style: str) -> None:
    lines = ["if x:\n", "    model = f()\n", "    model.add(a)"]
    wanted = [lines[0], "    model = g()\n", lines[1], lines[2]]
    before, after = (json.dumps(notebook(source), **STYLES[style]).encode() for source in (lines, wanted))
    assert edited(before, "a.ipynb", [edit(2, 5, 2, 5, "model = g()\n    ", 2)]) == after
    assert edited(after, "a.ipynb", [edit(2, 1, 3, 1, "", 2)]) == before


@pytest.mark.parametrize("style", STYLES)
def test_the_last_line_of_a_cell_goes_with_its_string(style: str) -> None:
    before, after = (json.dumps(notebook(source), **STYLES[style]).encode() for source in (["a\n", "b\n", "c"], ["a\n", "b\n"]))
    assert edited(before, "a.ipynb", [edit(3, 1, 3, 2, "", 2)]) == after


texts = st.text(st.sampled_from("ab\n\"\\/é\u2028🙂\t"), max_size=12)


@given(texts, st.data(), texts, st.sampled_from(sorted(STYLES)), st.booleans())
def test_any_change_of_a_cell_is_the_change_of_its_text(
    text: str, data: st.DataObject, new: str, style: str, in_lines: bool
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    content = notebook("first", (text.splitlines(True) or [""]) if in_lines else text)
    before = json.dumps(content, **STYLES[style])
    after = in_cells(before, {3: [(start, end, new)]})
    changed = json.loads(after)
    assert "".join(changed["cells"][2]["source"]) == text[:start] + new + text[end:]
    changed["cells"][2]["source"] = content["cells"][2]["source"]
    assert changed == content


def test_old_notebooks() -> None:
    old = {"worksheets": [{"cells": [{"cell_type": "heading"}, {"cell_type": "code", "input": ["a\n", "b"]}]}], "nbformat": 3}
    after = edited(json.dumps(old).encode(), "a.ipynb", [edit(2, 1, 2, 2, "c", 2)])
    assert after == json.dumps(old).replace('"b"', '"c"').encode()


SCRIPTS = {
    "carriage returns": b"a = 1\r\nb = 2\r\n",
    "old carriage returns": b"a = 1\rb = 2\r",
    "a mark": codecs.BOM_UTF8 + b"a = 1\nb = 2",
    "another encoding": "# coding: latin-1\nb = 2  # é\n".encode("latin-1"),
    "mixed": b"a = 1\r\nb = 2\n\x0c\n",
}


@pytest.mark.parametrize("kind", SCRIPTS)
def test_scripts_keep_newlines_mark_and_encoding(kind: str) -> None:
    data = SCRIPTS[kind]
    assert edited(data, "a.py", [edit(2, 5, 2, 6, "30")]) == data.replace(b"b = 2", b"b = 30")


def test_what_the_encoding_lacks_is_not_written() -> None:
    with pytest.raises(NotMade, match="encoding"):
        edited(SCRIPTS["another encoding"], "a.py", [edit(2, 5, 2, 6, "'€'")])


def test_edits_of_one_place_are_refused_and_equal_ones_made_once() -> None:
    one = edit(1, 1, 1, 2, "x")
    assert edited(b"abc", "a.py", [one, one, edit(1, 3, 1, 4, "z")]) == b"xbz"
    with pytest.raises(NotMade, match="same place"):
        edited(b"abc", "a.py", [one, edit(1, 1, 1, 3, "y")])


def test_a_file_is_replaced_with_its_mode_and_links_stay(tmp_path: Path) -> None:
    target, link = tmp_path / "real.py", tmp_path / "link.py"
    target.write_bytes(b"old")
    target.chmod(0o750)
    link.symlink_to(target)
    write(str(link), b"old", b"new")
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o750
    assert link.is_symlink()
    assert sorted(os.listdir(tmp_path)) == ["link.py", "real.py"]


def test_a_file_that_has_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "real.py"
    target.write_bytes(b"newer")
    with pytest.raises(NotMade, match="changed meanwhile"):
        write(str(target), b"old", b"new")
    assert target.read_bytes() == b"newer"


def test_nothing_is_left_behind_where_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "real.py"
    target.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(NotMade, match="no space left"):
        write(str(target), b"old", b"new")
    assert os.listdir(tmp_path) == ["real.py"] and target.read_bytes() == b"old"
