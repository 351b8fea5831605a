"""Reading: each bad file gets one clear sentence; notebooks keep their rows."""
from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from lstmlint.config import Settings
from lstmlint.engine import check_files
from lstmlint.sources.parse import parse
from lstmlint.sources.read import decode, read, source_of
from lstmlint.sources.source import SourceError, Span, script


def fault(path: Path) -> str:
    with pytest.raises(SourceError) as caught:
        read(str(path))
    message = str(caught.value)
    assert message and "\n" not in message
    return message


def test_missing_folder_and_link(tmp_path: Path) -> None:
    (tmp_path / "link.py").symlink_to(tmp_path / "nowhere.py")
    (tmp_path / "loop.py").symlink_to(tmp_path / "loop.py")
    assert fault(tmp_path / "missing.py") == "no such file or directory"
    assert fault(tmp_path) == "is a directory"
    assert fault(tmp_path / "link.py") == "broken symbolic link"
    assert "symbolic links" in fault(tmp_path / "loop.py")
    assert "null byte" in fault(Path("a\0b.py"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    assert fault(tmp_path / "pipe.py") == "not a regular file"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
def test_permission(tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("x = 1")
    (tmp_path / "secret.py").chmod(0)
    assert fault(tmp_path / "secret.py") == "permission denied"


def test_huge(tmp_path: Path) -> None:
    with open(tmp_path / "huge.py", "wb") as file:
        file.truncate(6 << 20)
    assert fault(tmp_path / "huge.py") == "too large: 6.0 MB, the limit is 5 MB"


@pytest.mark.parametrize(
    "data, words",
    [
        (b"x = 1\0", "binary"),
        ("x = 'ü'".encode("utf-16"), "binary"),
        (b"x = 1\ny = '\xff'\n", "line 2 is not UTF-8"),
        (b"# coding: nonsense\n", "unknown encoding nonsense"),
        (b"# coding: rot13\n", "undecodable"),
        (b"# coding: ascii\nx = '\xc3\xbc'", "line 2 is not ascii"),
        (b"\xef\xbb\xbf# coding: latin-1\n", "latin-1"),
    ],
)
def test_undecodable(data: bytes, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        decode(data)


@pytest.mark.parametrize(
    "data, text",
    [
        (b"", ""),
        ("x = 'ü'".encode(), "x = 'ü'"),
        (b"\xef\xbb\xbfx = 1", "x = 1"),
        (b"\xef\xbb\xbf# coding: utf-8\n", "# coding: utf-8\n"),
        (b"# -*- coding: latin-1 -*-\nx = '\xfc'", "# -*- coding: latin-1 -*-\nx = 'ü'"),
        (b"#!/bin/python\n# vim: set fileencoding=cp1252 :\n'\x80'", "#!/bin/python\n# vim: set fileencoding=cp1252 :\n'€'"),
        (b"x = 1\n# coding: nonsense", "x = 1\n# coding: nonsense"),
        (b"\n\n# coding: nonsense", "\n\n# coding: nonsense"),
    ],
)
def test_encodings(data: bytes, text: str) -> None:
    assert decode(data) == text


def test_syntax_problems_have_a_place_and_a_reason() -> None:
    for text, row in (("x = 1\nprint 'a'\n", 2), ("x = 1\ny = 'abc\n", 2), ("x = (1\n", 1), ("x = 1\n  y = 2\n", 2)):
        _, (problem,) = parse(script(text))
        assert problem.row == row
        assert problem.message and "\n" not in problem.message + problem.remedy


def test_newer_syntax_than_the_running_python_is_fine() -> None:
    new = "type A[T] = list[T]\nx = f'{a['b']}'\nwith (a as b, c as d): pass\ntry: pass\nexcept* E: pass\n"
    trees, problems = parse(script(new))
    assert len(trees) == 1 and not problems


def notebook(*cells: object, **more: object) -> str:
    return json.dumps({"cells": cells, "nbformat": 4, "metadata": {}, **more})


def code(source: object, **more: object) -> dict[str, object]:
    return {"cell_type": "code", "source": source, **more}


def test_notebook_cells() -> None:
    text = notebook(
        {"cell_type": "markdown", "source": "# LSTM"},
        code(["x = 1\n", "y = 2"], id="abc"),
        code("%%bash\nls"),
        code("z = 3"),
        "odd",
        code(None),
    )
    source = source_of(text, "train.ipynb")
    assert source.kind == "notebook"
    assert [(cell.number, cell.id, cell.text) for cell in source.cells] == [
        (2, "abc", "x = 1\ny = 2"), (4, None, "z = 3"), (6, None, "")
    ]  # fmt: skip


def test_old_and_foreign_notebooks() -> None:
    old = {"worksheets": [{"cells": [{"cell_type": "code", "language": "python", "input": ["x = 1"]}]}], "nbformat": 3}
    assert [cell.text for cell in source_of(json.dumps(old), "old.ipynb").cells] == ["x = 1"]
    foreign = notebook(code("x <- 1"), metadata={"language_info": {"name": "R"}})
    assert source_of(foreign, "r.ipynb").cells == ()
    assert source_of(notebook(code("'\ud800'")), "half.ipynb").cells[0].text == "'?'"


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"cells": 1}', "[" * 100_000])
def test_not_a_notebook(text: str) -> None:
    with pytest.raises(SourceError, match="not a notebook"):
        source_of(text, "bad.ipynb")


FAULTY = "from keras.models import Sequential\nfrom keras.layers import LSTM\n\nmodel = Sequential()\n" + (
    "model.add(LSTM(3, input_shape=(10, 1)))  # größe\nmodel.add(LSTM(3))\n"
)


@pytest.mark.parametrize(
    "data",
    [
        FAULTY.encode(),
        FAULTY.rstrip("\n").encode(),
        b"\xef\xbb\xbf" + FAULTY.encode(),
        FAULTY.replace("\n", "\r\n").encode(),
        FAULTY.replace("\n\n", "\n\x0c\n").encode(),
        ("# coding: latin-1\n" + FAULTY).encode("latin-1"),
    ],
    ids=["plain", "no newline at the end", "byte order mark", "crlf", "form feed", "latin-1"],
)
def test_findings_stand_where_they_are_however_the_file_is_written(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_bytes(data)
    (result,) = check_files([str(path)], Settings())
    row = decode(data).replace("\r\n", "\n").split("\n").index("model.add(LSTM(3))") + 1
    assert [(d.code, d.span) for d in result.diagnostics] == [("LST102", Span(row, 11, row, 15))]
    assert path.read_bytes() == data
