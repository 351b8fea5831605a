"""Comments that ask for silence: which ones do, and for which lines."""
from __future__ import annotations

import pytest

from lstmlint.reported import fitting
from lstmlint.sources.source import script
from lstmlint.sources.suppressions import silencing, suppressions

RULE = ("LST102", "missing-return-sequences")


def silenced(text: str, *rule: str) -> list[int]:
    """The rows for which a comment asks for silence about a rule."""
    found = suppressions(script(text))
    code, name = rule or RULE
    rows = range(1, text.count("\n") + 2)
    return [row for row in rows if any(fitting(one, code, name) for one in silencing(found, None, row))]


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa", "#noqa", "# NOQA", "# NoQA", "# noqa: LST102", "# noqa:LST102", "# noqa : LST102", "# noqa: lst102",
        "# noqa: E501, LST102", "# noqa: E501,LST102", "# noqa: E501 LST102", "# noqa: LST1",
        "# type: ignore # noqa", "# noqa: the window is right", "# noqa - why",
        "# lstmlint: ignore", "#lstmlint:ignore[LST102]", "# lstmlint: ignore[missing-return-sequences]",
        "# lstmlint: ignore [lst1]",
        "# lstmlint: ignore[LST201, Missing-Return-Sequences]", "# noqa: E501  # lstmlint: ignore[ALL] because",
    ],
)  # fmt: skip
def test_silence(comment: str) -> None:
    assert silenced(f"x\nmodel.add(LSTM(3))  {comment}\ny") == [2]


@pytest.mark.parametrize(
    "comment",
    [
        "", "# noqa: E501", "# noqa: LST201", "# noqa: LST1020", "# no qa", "# LST102", "noqa", "+ '# noqa'", '+ """# noqa"""',
        "# lstmlint: ignore[LST201]", "# lstmlint: ignore[return-sequences]", "# lstmlint: ignore[]", "# lstmlint: ignore[LST102",
        "# lstmlint: ignored", "# lstmlint: ignore-everything", "# lstmlint: ignore-file", "# flake8: noqa: E501",
    ],
)  # fmt: skip
def test_no_silence(comment: str) -> None:
    assert silenced(f"x\nmodel.add(LSTM(3))  {comment}\ny") == []


def test_statements_of_several_lines() -> None:
    assert silenced("f(\n  1,\n  2,\n)  # noqa\ng()") == [1, 2, 3, 4]
    assert silenced("f(  # noqa\n  1,\n)\ng()") == [1, 2, 3]
    assert silenced("f(\n  1,  # noqa\n  2,\n)") == [2]
    assert silenced("x = '''\n# noqa\n'''  # noqa\ng()") == [1, 2, 3]
    assert silenced("x = 1 + \\\n  2  # noqa\ng()") == [1, 2]
    assert silenced("def f(\n  x):  # noqa\n  g()") == [1, 2]
    assert silenced("f(\ng()\nx = 1  # noqa\nh()") == [3]
    assert silenced("x = 1\r\ny = 2  # noqa\r\n") == [2]


OWN = "# lstmlint: ignore\n"


def test_on_its_own_line_for_the_next_statement() -> None:
    assert silenced(f"{OWN}\n# and a word\nf(\n 1)\ng()") == [4, 5]
    assert silenced(f"{OWN}for x in y:\n  f()\n\n  # why\n  g()\n\nh()") == [2, 3, 4, 5, 6]
    assert silenced(f"if a:\n  {OWN}  f()\n  g()") == [3]
    assert silenced(f"{OWN}if a:\n  f()\nelse:\n  g()\nh()") == [2, 3, 4, 5]
    assert silenced(f"{OWN}@a\n@b(\n 1)\ndef f():\n  g()\ndef h():\n  pass") == [2, 3, 4, 5, 6]
    assert silenced(f"f(\n  {OWN}  g(\n    1),\n  h())") == [3, 4]
    assert silenced(f"f()\n{OWN}") == [2]
    assert silenced("# noqa: LST102\nf()") == [1]


def test_files_and_cells() -> None:
    assert silenced("f()\n# lstmlint: ignore-file[LST1]\ng()") == [1, 2, 3]
    assert silenced("f()\n# lstmlint: ignore-file[LST1]\ng()", "LST201", "data-rank") == []
    assert silenced("f()\n# flake8: noqa\ng()") == silenced("# flake8: noqa: LST102\n\n") == [1, 2, 3]
    assert silenced("f()\n# %% one\ng()\n# lstmlint: ignore-cell\nh()\n# %%\nf()") == [2, 3, 4, 5]
    assert silenced("f()\n# lstmlint: ignore-cell\nh()") == [1, 2, 3]
