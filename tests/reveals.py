"""What `# reveals: (…)` in a fixture says, and what the analysis knows: the two sides that test_fixtures.py compares."""
from __future__ import annotations

import ast
import re

import libcst

from lstmlint.pipeline import analysed
from lstmlint.shapes.dims import Dim, Poly, same, single, symbol
from lstmlint.shapes.shape import Shape
from lstmlint.sources.deep import run_deep
from lstmlint.sources.parse import parse
from lstmlint.sources.positions import spans
from lstmlint.sources.source import Source
from lstmlint.trace import Bound
from lstmlint.values.base import Choice, Value

_COMMENT = re.compile(r"#\s*reveals:\s*(\(.*\))\s*$")


def reveal_shapes(source: Source) -> dict[int, list[Shape | None]]:
    """For each row, the shapes that the names assigned there are bound to, once for each time; None for a value without one."""
    found: dict[int, list[Shape | None]] = {}
    for event, row in run_deep(lambda: _bindings(source)):
        value = event.value
        leaves = value.leaves() if isinstance(value, Choice) else [value]
        found.setdefault(row, []).extend(_shape(leaf) for leaf in leaves)
    return found


def _bindings(source: Source) -> list[tuple[Bound, int]]:
    trees, problems = parse(source)
    assert not problems, problems
    events = [event for event in analysed(trees, reveal=True).events if isinstance(event, Bound)]
    nodes = [event.site.node for event in events if isinstance(event.site.node, libcst.CSTNode)]
    places = spans(trees[0], nodes)
    return [(event, places[event.site.node].start_row) for event in events if event.site.node in places]


def _shape(value: Value) -> Shape | None:
    shape = getattr(value, "shape", None)
    return shape if isinstance(shape, Shape) else None


class Letters:
    """The letters of one file: each stands for one dimension, fixed where it is first used."""

    def __init__(self) -> None:
        self.known: dict[str, Dim] = {}

    def fault(self, said: str, shape: Shape | None) -> str | None:
        """Why `shape` isn't the one that the comment says; None if it is."""
        entries = ast.parse(said, mode="eval").body
        wanted = entries.elts if isinstance(entries, ast.Tuple) else [entries]
        if shape is None or shape.rank is None:
            return f"{said} is said, {shape} is known"
        if shape.rank != len(wanted):
            return f"{said} is said, {shape} is known: another rank"
        for entry, dim in zip(wanted, shape.dims):
            if not self._fits(entry, dim):
                return f"{said} is said, {shape} is known: {ast.unparse(entry)} is not {dim} (with {self.known})"
        return None

    def _fits(self, entry: ast.expr, dim: Dim) -> bool:
        new = [node.id for node in ast.walk(entry) if isinstance(node, ast.Name) and node.id not in self.known]
        if new:
            self._learn(new[0], entry, dim)
        return len(set(new)) <= 1 and (not new or new[0] in self.known) and same(self._value(entry), dim)

    def _learn(self, letter: str, entry: ast.expr, dim: Dim) -> None:
        """Solve `entry` = `dim` for the letter. A letter never stands for a number: that would have to be written."""
        placeholder = symbol(letter, lower=None)
        self.known[letter] = placeholder
        said = self._value(entry)
        rest = said - placeholder
        mentions = isinstance(rest, Poly) and any(single(placeholder) in monomial for monomial in rest.terms)
        solution = dim - rest
        taken = any(same(solution, other) for name, other in self.known.items() if name != letter)
        if mentions or not isinstance(solution, Poly) or taken:
            del self.known[letter]
        else:
            self.known[letter] = solution

    def _value(self, entry: ast.expr) -> Dim:
        if isinstance(entry, ast.Constant) and isinstance(entry.value, int):
            return entry.value
        if isinstance(entry, ast.Name):
            return self.known[entry.id]
        if isinstance(entry, ast.BinOp):
            left, right = self._value(entry.left), self._value(entry.right)
            if isinstance(entry.op, ast.Add):
                return left + right
            if isinstance(entry.op, ast.Sub):
                return left - right
            if isinstance(entry.op, ast.Mult):
                return left * right
        raise ValueError(f"`reveals` can't say {ast.unparse(entry)}")


def said_shapes(text: str) -> dict[int, str]:
    """The `# reveals: (…)` comments by row."""
    found = ((row, _COMMENT.search(line)) for row, line in enumerate(text.split("\n"), start=1))
    return {row: match[1] for row, match in found if match}
