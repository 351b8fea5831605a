"""Which scripts and notebooks of a project import a module, so that it can be checked as they use it."""
from __future__ import annotations

import os
from collections import defaultdict, deque
from functools import cache
from itertools import islice

from lstmlint.config import Settings
from lstmlint.sources.discover import discover
from lstmlint.sources.prefilter import Prefilter
from lstmlint.sources.project import root_of

LOOKED_INTO = 400
"""How many files of a project are looked through for imports; in larger ones nobody is asked."""
LARGEST = 2 << 20
MOST = 8
"""How many callers of one module are consulted."""


class Callers:
    """The importers of modules, told from the files' bytes; a project is looked through once, when it is first asked for."""

    def __init__(self, settings: Settings, prefilter: Prefilter) -> None:
        self._settings = settings
        self._prefilter = prefilter
        self._importers: dict[str, dict[str, list[str]] | None] = {}

    def of(self, path: str) -> list[str]:
        """Files that import the file `path`, directly or through other modules, nearest first."""
        return self._found(path)[:MOST]

    def all_of(self, path: str) -> list[str] | None:
        """All such files; None where there are too many of them, or too many in the project."""
        found = self._found(path)
        importers = self._in(root_of(os.path.dirname(os.path.abspath(path))))
        return None if importers is None or len(found) > MOST else found

    def _found(self, path: str) -> list[str]:
        start = os.path.realpath(path)
        importers = self._in(root_of(os.path.dirname(os.path.abspath(path)))) or {}
        found: list[str] = []
        seen = {start}
        waiting = deque([start])
        while waiting and len(found) <= MOST:
            for importer in importers.get(waiting.popleft(), ()):
                if importer not in seen:
                    seen.add(importer)
                    found.append(importer)
                    waiting.append(importer)
        return found

    def _in(self, root: str) -> dict[str, list[str]] | None:
        if root not in self._importers:
            self._importers[root] = self._look_through(root)
        return self._importers[root]

    def _look_through(self, root: str) -> dict[str, list[str]] | None:
        importers: dict[str, list[str]] = defaultdict(list)
        real = cache(os.path.realpath)
        files = list(islice(discover([root], self._settings), LOOKED_INTO + 1))
        if len(files) > LOOKED_INTO:
            return None
        for file in files:
            try:
                with open(file, "rb") as opened:
                    data = opened.read(LARGEST)
            except OSError:
                continue
            for module in dict.fromkeys(self._prefilter.imported(data, file)):
                importers[real(module)].append(real(file))
        return dict(importers)
