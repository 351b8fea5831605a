"""Where the events of a trace stand in the source: row and column, with the cell of a notebook."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import libcst as cst

from lstmlint.sources.parse import Tree
from lstmlint.sources.positions import spans
from lstmlint.values.code import Site


@dataclass(frozen=True, slots=True)
class Where:
    """A place: the file, the number of a notebook's cell (None in a script), row and column from 1."""

    filename: str
    cell: int | None
    row: int
    column: int


class Places:
    """The places of sites, all of a tree computed at once."""

    def __init__(self, sites: Iterable[Site]) -> None:
        wanted: dict[Tree, set[cst.CSTNode]] = {}
        for site in sites:
            if isinstance(site.tree, Tree) and isinstance(site.node, cst.CSTNode):
                wanted.setdefault(site.tree, set()).add(site.node)
        self._found: dict[object, Where] = {}
        self._lines: dict[object, str] = {}
        for tree, nodes in wanted.items():
            lines = tree.cell.lines()
            for node, span in spans(tree, nodes).items():
                self._found[node] = Where(tree.source.filename, tree.cell.number, span.start_row, span.start_column)
                self._lines[node] = lines[span.start_row - 1].strip() if span.start_row <= len(lines) else ""

    def of(self, site: Site) -> Where | None:
        """Where `site` is; None if that can't be told."""
        return self._found.get(site.node)

    def line(self, site: Site) -> str:
        """The line of the source that `site` begins on."""
        return self._lines.get(site.node, "")
