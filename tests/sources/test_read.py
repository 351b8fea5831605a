"""Reading: each bad file gets one clear sentence; notebooks keep their rows."""
from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from lstmlint.sources.notebook import as_python
from lstmlint.sources.parse import parse
from lstmlint.sources.read import decode, read, source_of
from lstmlint.sources.source import SourceError, script


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
        trees, (problem,) = parse(script(text))
        assert not trees
        assert problem.row == row
        assert problem.message and "\n" not in problem.message


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


@pytest.mark.parametrize(
    "cell, python",
    [
        ("x = 1 % 2\ny = a != b", "x = 1 % 2\ny = a != b"),
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("if x:\n    !ls\n    y = 1", "if x:\n    pass\n    y = 1"),
        ("!pip install \\\n  keras\nx = 1", "pass\n\nx = 1"),
        ("?model.fit\nmodel.fit?\nmodel.fit??\nx", "pass\npass\npass\nx"),
        ("x = 'what?'\n# why?\ny = f(a)  # eh?", "x = 'what?'\n# why?\ny = f(a)  # eh?"),
        ("files = !ls\nt = %timeit -o f()", "files = get_ipython()\nt = get_ipython()"),
        ("print('a=%d'\n  % x)\ny = (a\n% b)", "print('a=%d'\n  % x)\ny = (a\n% b)"),
        ("print('Month=%d, %f' % (i, x))", "print('Month=%d, %f' % (i, x))"),
        ('"""\n%not magic\n!nor this\n"""\n%magic', '"""\n%not magic\n!nor this\n"""\npass'),
        ("x = a \\\n  % b", "x = a \\\n  % b"),
        ("%time model.fit(X, y)", "pass; model.fit(X, y)"),
        ("\n%%time\nx = 1", "\npass\nx = 1"),
        ("%%capture out\n%magic\nx = 1", "pass\npass\nx = 1"),
        ("%%writefile a.py\nx = 1", None),
        ("%%javascript\nalert(1)", None),
    ],
)
def test_magics(cell: str, python: str | None) -> None:
    assert as_python(cell) == python
    if python is not None:
        assert python.count("\n") == cell.count("\n")
