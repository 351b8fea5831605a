"""Notebooks whose cells were run in another order than they stand in: what rests on that order is said to."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import libcst as cst

from lstmlint.findings import Finding
from lstmlint.interpreter.nodes import outline
from lstmlint.rules.checking import weakened
from lstmlint.sources.nodes import children
from lstmlint.sources.parse import Tree
from lstmlint.sources.source import Source

IN_THIS_ORDER = "if the cells run in this order"


@dataclass(slots=True)
class _Cell:
    """A cell that was run: its place by the execution counts, the names that it mentions, and those that it may bind or change."""

    count: int
    mentioned: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)

    def depends_on_order(self, other: _Cell) -> bool:
        """Whether it matters which of the two runs first."""
        return not (self.changed.isdisjoint(other.mentioned) and other.changed.isdisjoint(self.mentioned))


def in_doubt(found: Sequence[Finding], trees: Sequence[Tree], source: Source) -> list[Finding]:
    """The findings; those that rest on cells that were last run in another order than they stand in are warnings."""
    counts = [cell.count for cell in source.cells if cell.count is not None]
    if not found or all(earlier <= later for earlier, later in zip(counts, counts[1:])):
        return list(found)
    cells = {tree: _read(tree) for tree in trees if tree.cell.count is not None}
    return [
        weakened(finding, IN_THIS_ORDER) if finding.assumption is None and _turned(_below(finding, cells)) else finding
        for finding in found
    ]


def _read(tree: Tree) -> _Cell:
    cell = _Cell(tree.cell.count or 0)
    for statement in tree.module.body:
        if _is_import(statement):
            continue
        about = outline(statement)
        cell.mentioned.update(about.mentioned)
        cell.changed.update(about.bound)
        cell.changed.update(_owners_of_changes(statement))
    return cell


def _is_import(node: cst.CSTNode) -> bool:
    """What a cell of imports does, it does whenever it runs."""
    return isinstance(node, cst.SimpleStatementLine) and all(isinstance(part, (cst.Import, cst.ImportFrom)) for part in node.body)


def _owners_of_changes(node: cst.CSTNode) -> Iterable[str]:
    """The names of what a statement changes in place: by a method whose result nobody takes, or by a part that it assigns."""
    stack = [node]
    while stack:
        current = stack.pop()
        changed: cst.CSTNode | None = None
        if isinstance(current, cst.Expr) and isinstance(current.value, cst.Call) and isinstance(current.value.func, cst.Attribute):
            changed = current.value.func.value
        elif isinstance(current, (cst.AssignTarget, cst.AugAssign)):
            changed = current.target
        while isinstance(changed, (cst.Attribute, cst.Subscript)):
            changed = changed.value
        if isinstance(changed, cst.Name):
            yield changed.value
        stack.extend(children(current))


def _below(finding: Finding, cells: dict[Tree, _Cell]) -> list[_Cell]:
    """The cells that a finding rests on, in the order in which they stand: its own places, and what these get their names from."""
    places = {site.tree for site in (finding.site, *(related.site for related in finding.related))}
    waiting = [cell for tree, cell in cells.items() if tree in places]
    known = {id(cell) for cell in waiting}
    while waiting:
        mentioned = waiting.pop().mentioned
        for cell in cells.values():
            if id(cell) not in known and not mentioned.isdisjoint(cell.changed):
                known.add(id(cell))
                waiting.append(cell)
    return [cell for cell in cells.values() if id(cell) in known]


def _turned(cells: Sequence[_Cell]) -> bool:
    """Whether two of these cells, of which one works on what the other makes, were run the other way round."""
    return any(
        earlier.count > later.count and earlier.depends_on_order(later)
        for index, earlier in enumerate(cells)
        for later in cells[index + 1 :]
    )
