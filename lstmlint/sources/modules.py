"""The parsed modules of a project that the files under analysis import, each parsed once in a run."""
from __future__ import annotations

import os
from collections import OrderedDict

from lstmlint.sources.gate import too_deep
from lstmlint.sources.parse import Tree, parse
from lstmlint.sources.project import Project, root_of
from lstmlint.sources.read import Read, decode, read_bytes
from lstmlint.sources.source import SourceError, script

KEPT = 48
"""How many trees are kept for the next file that imports them."""
LARGEST = 400_000
"""Modules with more bytes are not followed."""


class Modules:
    """Finds and parses modules of the project; what can't be read or parsed is not followed."""

    def __init__(self, project: Project | None = None, read: Read = read_bytes) -> None:
        self._project = project or Project()
        self._read = read
        self._trees: OrderedDict[str, Tree | None] = OrderedDict()

    def find(self, module: str, level: int, importer: str) -> tuple[str, Tree] | None:
        """The module that `importer` (a path) names with `level` leading dots: its real path and its tree."""
        path = self._project.resolve(module, level, importer)
        if path is None:
            return None
        real = os.path.realpath(path)
        roots = (root_of(os.path.dirname(os.path.abspath(importer))), *map(os.path.realpath, self._project.src))
        if not any(_inside(real, root) for root in roots):
            return None
        tree = self._tree(real, path)
        return None if tree is None else (real, tree)

    def _tree(self, real: str, path: str) -> Tree | None:
        if real in self._trees:
            self._trees.move_to_end(real)
            return self._trees[real]
        tree = self._trees[real] = self._parsed(path)
        if len(self._trees) > KEPT:
            self._trees.popitem(last=False)
        return tree

    def forget(self, path: str) -> bool:
        """The file at `path` has changed; says whether its tree was kept."""
        real = os.path.realpath(path)
        known = real in self._trees
        self._trees.pop(real, None)
        return known

    def _parsed(self, path: str) -> Tree | None:
        try:
            data = self._read(path)
            text = decode(data)
        except SourceError:
            return None
        if len(data) > LARGEST or too_deep(text) is not None:
            return None
        shown = os.path.relpath(path)
        trees, problems = parse(script(text, path if shown.startswith("..") else shown, path))
        return trees[0] if trees and not any(problem.left_out for problem in problems) else None


def _inside(path: str, folder: str) -> bool:
    return os.path.commonpath((path, folder)) == folder
