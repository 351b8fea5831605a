"""Spans against libcst's own PositionProvider, which is slower and trusted."""
from __future__ import annotations

from pathlib import Path

import libcst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

from lstmlint.sources.parse import Tree, parse
from lstmlint.sources.positions import spans
from lstmlint.sources.source import Span, script

SCRIPTS = sorted((Path(__file__).parents[2] / "lstmlint").rglob("*.py"))[::3]

ODD = {
    "non-ascii": "größe = 'ü' + f(LSTM(5), 'ß')\nx = größe\n",
    "crlf": "x = 1\r\ny = f(\r\n  2,\r\n)\r\n",
    "tabs": "if x:\n\ty = f(1)\n\tz = g(2)\n",
    "no final newline": "x = f(1)",
    "form feed": "x = 1\n\x0cy = f(2)\n",
    "separators": "x = '\u2028'; y = f(2)\nz = 1\n",
    "parenthesised": "x = ( # why\n  a . b\n)\ny = (yield)\n",
    "decorated": "@d\nclass A(B, c=1):\n    '''doc'''\n    @p\n    async def f(self, *a: int, b=2, **k) -> None: pass\n",
    "continued": "x = 1 + \\\n    2\n",
    "f-string": "x = f'{a!r:>{w}} b'\n",
    "empty": "",
}


def only_tree(text: str) -> Tree:
    trees, problems = parse(script(text))
    assert not problems
    return trees[0]


def nodes_of(module: libcst.Module) -> list[libcst.CSTNode]:
    nodes: list[libcst.CSTNode] = []

    class Collector(libcst.CSTVisitor):
        def on_visit(self, node: libcst.CSTNode) -> bool:
            nodes.append(node)
            return True

    module.visit(Collector())
    return nodes


@pytest.mark.parametrize("text", [*(path.read_text() for path in SCRIPTS), *ODD.values()], ids=[*map(str, SCRIPTS), *ODD])
def test_spans_are_those_of_libcst(text: str) -> None:
    tree = only_tree(text)
    expected = {
        node: Span(place.start.line, place.start.column + 1, place.end.line, place.end.column + 1)
        for node, place in MetadataWrapper(tree.module, unsafe_skip_copy=True).resolve(PositionProvider).items()
    }
    # Without a final newline, libcst counts one all the same for what ends there.
    rows = text.count("\n") + 1
    nodes = [node for node in nodes_of(tree.module) if node in expected and expected[node].end_row <= rows]
    assert spans(tree, nodes) == {node: expected[node] for node in nodes}
    # Each alone too, and again: nothing is left over from the last time.
    for node in nodes[:: max(1, len(nodes) // 20)]:
        assert spans(tree, [node]) == spans(tree, [node]) == {node: expected[node]}


def test_what_is_not_in_the_tree_is_left_out() -> None:
    assert spans(only_tree("x = 1\n"), [libcst.Name("y")]) == {}


def test_columns_count_code_points() -> None:
    tree = only_tree("größe = '😀'; f(1)\n")
    (call,) = [node for node in nodes_of(tree.module) if isinstance(node, libcst.Call)]
    assert spans(tree, [call])[call] == Span(1, 14, 1, 18)
