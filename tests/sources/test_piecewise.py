"""Parsing piece by piece gives the trees and the verdicts that parsing as a whole gives, whatever was parsed before."""
from __future__ import annotations

from pathlib import Path

import libcst
import pytest

from lstmlint.sources.parse import REJECTIONS
from lstmlint.sources.piecewise import PiecewiseParser

FIXTURES = sorted((Path(__file__).parents[2] / "fixtures").rglob("*.py"))
LONG = "".join(f"def f{n}(x):\n    return x.reshape({n}, -1)\n\n\n" for n in range(12))


def whole(text: str) -> libcst.Module | None:
    try:
        return libcst.parse_module(text)
    except REJECTIONS:
        return None


def pieces(parser: PiecewiseParser, text: str) -> libcst.Module | None:
    parser.round()
    try:
        return parser(text)
    except REJECTIONS:
        return None


def same(parser: PiecewiseParser, text: str) -> None:
    expected, found = whole(text), pieces(parser, text)
    assert (found is None) == (expected is None)
    if found is not None and expected is not None:
        assert found.code == expected.code
        assert [type(node) for node in found.body] == [type(node) for node in expected.body]


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_fixtures_while_they_are_edited(path: Path) -> None:
    parser = PiecewiseParser()
    text = path.read_text()
    same(parser, text)
    lines = text.split("\n")
    for row in range(0, len(lines), 7):
        same(parser, "\n".join(lines[:row] + lines[row + 1 :]))
        same(parser, "\n".join([*lines[:row], lines[row][: len(lines[row]) // 2], *lines[row + 1 :]]))


@pytest.mark.parametrize(
    "text",
    [
        'x = """\ny = 1\n"""\n',
        "x = [\n1,\n2,\n]\n",
        "x = 1 + \\\n2\n",
        "@decorated\n# why\n@twice\n\ndef g(): pass\n",
        "if x:\n    pass\n# between\nelif y:\n    pass\nelse:\n    pass\n",
        "try:\n    pass\nexcept E:\n    pass\nfinally:\n    pass\n",
        "def g():\n    '''\nat the margin\n    '''\n    return 1\n",
        "def g():\n  return 1\n",
        "x = (\n",
        "def g(:\n    pass\n",
        "# nothing but a comment",
        "class A:\n    def b(self): pass\n    # below\n\n# further below\nx = 1\n",
        "x = 1  # no newline at the end",
    ],
)
def test_where_pieces_are_hard_to_tell_apart(text: str) -> None:
    parser = PiecewiseParser()
    for version in (LONG + text, text + LONG, LONG + text + LONG, LONG + text):
        same(parser, version)


def test_what_has_not_changed_is_not_parsed_again() -> None:
    parser = PiecewiseParser()
    first, second = pieces(parser, LONG + "x = 1\n"), pieces(parser, LONG + "x = 12\n")
    assert first is not None and second is not None
    assert [a is b for a, b in zip(first.body, second.body)] == [True] * 12 + [False]


def test_after_a_broken_version_as_well() -> None:
    parser = PiecewiseParser()
    first = pieces(parser, LONG + "x = 1\n")
    assert pieces(parser, LONG + "x = (\n") is None
    third = parser(LONG + "x = 2\n")
    assert first is not None and all(a is b for a, b in zip(first.body[:12], third.body))


def test_a_node_stands_for_one_place() -> None:
    parser = PiecewiseParser()
    for _ in range(2):
        module = pieces(parser, LONG + LONG)
        assert module is not None and len({id(node) for node in module.body}) == 24
    parser.round()
    assert not {id(node) for node in parser(LONG).body} & {id(node) for node in parser(LONG).body}
