"""What a finding claims of places in the source, to be held against what was seen there."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import libcst as cst

from lstmlint.diagnostics import Diagnostic
from lstmlint.execution.observation import Observation, Seen, Unit
from lstmlint.pipeline import Onlooker
from lstmlint.shapes.dims import Poly, Symbol, substitute
from lstmlint.shapes.shape import Shape
from lstmlint.sources.nodes import below
from lstmlint.sources.parse import Tree
from lstmlint.sources.positions import spans
from lstmlint.sources.source import NEWLINE, Span
from lstmlint.trace import Event, arrays_of
from lstmlint.values.code import Site
from lstmlint.values.data import Array

Rows = frozenset[tuple[Unit, int]]


@dataclass(frozen=True, slots=True)
class Fact:
    """An array that a finding is about, as it is inferred and as it was seen; `text` is how the program calls it.

    `once`: it stands outside of functions, which may have been seen with other arguments than the finding's.
    """

    text: str
    row: int
    array: Array
    seen: tuple[Seen, ...]
    once: bool


def unit_of(filename: str, cell: int | None) -> Unit:
    """The unit that a file, or a cell of it, is."""
    return os.path.realpath(filename), cell


def rows_of(diagnostic: Diagnostic) -> Rows:
    """The rows of the statements where the finding stands and where what it tells of happens."""
    unit = unit_of(diagnostic.filename, diagnostic.cell)
    places = [(unit, diagnostic.span)]
    finding = diagnostic.finding
    tree = None if finding is None else finding.site.tree
    event = None if finding is None else finding.event
    for site in (finding.site if finding is not None else None, event.site if isinstance(event, Event) else None):
        if site is not None and isinstance(site.tree, Tree):
            places += [(unit_of(site.tree.source.filename, site.tree.cell.number), span) for span in _spans(site)]
    texts = {unit: tree.cell.text} if isinstance(tree, Tree) else {}
    found = set()
    for one, span in places:
        text = texts.get(one, "")
        first, last = _statements(text).get(span.start_row, (span.start_row, span.end_row))
        found |= {(one, row) for row in range(first, last + 1)}
    return frozenset(found)


def _spans(site: Site) -> list[Span]:
    if not isinstance(site.tree, Tree) or not isinstance(site.node, cst.CSTNode):
        return []
    return list(spans(site.tree, [site.node]).values())


def passed(diagnostic: Diagnostic, observation: Observation) -> bool:
    """Whether the run has got past the whole statement of the finding, at least once, and past what it tells of."""
    finding = diagnostic.finding
    tree = None if finding is None else finding.site.tree
    if not isinstance(tree, Tree):
        return False
    unit = unit_of(tree.source.filename, tree.cell.number)
    ends = _values(tree.cell.text)
    rows = {row for one, row in rows_of(diagnostic) if one == unit and row in ends}
    return bool(rows) and all((unit, ends[row]) in observation.passed for row in rows)


@lru_cache(maxsize=16)
def _values(text: str) -> dict[int, Span]:
    """By the row that a statement begins on: the expression that is computed last in it."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return {}
    lines = NEWLINE.split(text)

    def column(row: int, offset: int) -> int:
        return len(lines[row - 1].encode()[:offset].decode(errors="ignore")) + 1

    found = {}
    for node in ast.walk(tree):
        value = node.value if isinstance(node, (ast.Expr, ast.Assign, ast.AnnAssign, ast.Return)) else None
        if value is not None:
            last = value.end_lineno or value.lineno
            start, end = column(value.lineno, value.col_offset), column(last, value.end_col_offset or 0)
            found[node.lineno] = Span(value.lineno, start, last, end)  # type: ignore[attr-defined]
    return found


@lru_cache(maxsize=16)
def _statements(text: str) -> dict[int, tuple[int, int]]:
    """Of each row the first and the last row of the innermost statement, or of its head."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return {}
    found: dict[int, tuple[int, int]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            last = body[0].lineno - 1 if isinstance(body, list) and body else node.end_lineno or node.lineno
            for row in range(node.lineno, max(last, node.lineno) + 1):
                known = found.get(row)
                if known is None or known[1] - known[0] >= last - node.lineno:
                    found[row] = (node.lineno, max(last, node.lineno))
    return found


def facts(diagnostic: Diagnostic, observation: Observation, onlooker: Onlooker) -> list[Fact]:
    """The arrays that a finding is about, so far as they were seen."""
    finding = diagnostic.finding
    wanted = {id(array): array for array in arrays_of(finding.event)} if finding is not None else {}
    return list(_facts(wanted, observation, onlooker))


def _facts(wanted: dict[int, Array], observation: Observation, onlooker: Onlooker) -> Iterator[Fact]:
    nodes = [
        (node, value)
        for node, values in onlooker.values.items()
        if isinstance(node, cst.CSTNode)
        for value in values
        if isinstance(value, Array) and wanted.get(id(value)) is value
    ]
    for tree in onlooker.trees:
        found = spans(tree, [node for node, _ in nodes])
        unit = unit_of(tree.source.filename, tree.cell.number)
        often = {one for root in _functions(tree.module) for one in below(root)} if found else set()
        for node, value in nodes:
            span = found.get(node)
            seen = None if span is None else observation.seen.get((unit, span))
            if span is not None and seen and span.start_row == span.end_row:
                text = tree.cell.lines()[span.start_row - 1][span.start_column - 1 : span.end_column - 1]
                yield Fact(text, span.start_row, value, seen, node not in often)


def _functions(module: cst.Module) -> Iterator[cst.CSTNode]:
    return (node for node in below(module) if isinstance(node, (cst.FunctionDef, cst.Lambda)))


def fits(shape: Shape, seen: Seen, only_rank: bool = False) -> bool:
    """Whether what was seen is what was inferred; of what is not whole, the rank."""
    lengths = seen.shape
    if len(lengths) < len(shape.axes) or (not shape.open and len(lengths) != len(shape.axes)):
        return False
    if only_rank or not seen.whole:
        return True
    known: dict[Symbol, int] = {}
    pairs = list(zip(shape.dims[::-1], lengths[::-1]))
    for dim, length in pairs:
        if isinstance(dim, Poly) and length is not None and len(dim.terms) == 1:
            ((symbols, factor),) = dim.terms.items()
            if len(symbols) == 1 and factor == 1 and not symbols[0].varies and known.setdefault(symbols[0], length) != length:
                return False
    for dim, length in pairs:
        plain = substitute(dim, lambda one: known.get(one, Poly({(one,): 1}))) if isinstance(dim, Poly) else dim
        if isinstance(plain, int) and length is not None and plain != length:
            return False
    return True
