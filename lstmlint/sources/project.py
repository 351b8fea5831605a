"""Modules of the same project: which file an import of a script means."""
from __future__ import annotations

import os

MARKERS = frozenset({".git", ".hg", "pyproject.toml", "setup.py", "setup.cfg"})
"""What stands in the top folder of a project."""


class Project:
    """Answers from folder listings, each read once. `src`: more folders (absolute) that hold modules of the project."""

    def __init__(self, src: tuple[str, ...] = ()) -> None:
        self.src = src
        self._listings: dict[str, frozenset[str]] = {}
        self._search: dict[str, tuple[str, ...]] = {}
        self._resolved: dict[tuple[str, int, str], str | None] = {}

    def listing(self, folder: str) -> frozenset[str]:
        """The names in `folder`; none if it can't be listed."""
        names = self._listings.get(folder)
        if names is None:
            try:
                names = frozenset(os.listdir(folder))
            except OSError:
                names = frozenset()
            self._listings[folder] = names
        return names

    def search_path(self, folder: str) -> tuple[str, ...]:
        """Where the absolute imports of a script in `folder` may find modules of its project, nearest first."""
        known = self._search.get(folder)
        if known is None:
            own, *above = self._find_search_path(folder)
            known = self._search[folder] = tuple(dict.fromkeys((own, *self.src, *above)))
        return known

    def _find_search_path(self, folder: str) -> tuple[str, ...]:
        folders = []
        current = folder
        while True:
            folders.append(current)
            names = self.listing(current)
            if not MARKERS.isdisjoint(names):
                return (*folders, os.path.join(current, "src")) if "src" in names else tuple(folders)
            parent = os.path.dirname(current)
            if parent == current:
                return (folder,)
            current = parent

    def resolve(self, module: str, level: int, importer: str) -> str | None:
        """The file of `module`, imported by the file `importer` with `level` leading dots; None if it isn't the project's."""
        return self.resolve_in(os.path.dirname(os.path.abspath(importer)), module, level)

    def resolve_in(self, folder: str, module: str, level: int) -> str | None:
        """The same for an importer that lies in `folder` (absolute)."""
        asked = (folder, level, module)
        if asked not in self._resolved:
            self._resolved[asked] = self._resolve(*asked)
        return self._resolved[asked]

    def _resolve(self, folder: str, level: int, module: str) -> str | None:
        if level:
            for _ in range(level - 1):
                folder = os.path.dirname(folder)
            return self._within(folder, module.split(".") if module else [])
        parts = module.split(".")
        first = parts[0]
        for base in self.search_path(folder):
            names = self.listing(base)
            if first in names or first + ".py" in names:
                found = self._within(base, parts)
                if found is not None:
                    return found
        return None

    def _within(self, folder: str, parts: list[str]) -> str | None:
        for part in parts[:-1]:
            if part not in self.listing(folder):
                return None
            folder = os.path.join(folder, part)
        if parts:
            last = parts[-1]
            names = self.listing(folder)
            if last in names:
                package = os.path.join(folder, last)
                if "__init__.py" in self.listing(package):
                    return os.path.join(package, "__init__.py")
            return os.path.join(folder, last + ".py") if last + ".py" in names else None
        return os.path.join(folder, "__init__.py") if "__init__.py" in self.listing(folder) else None


def root_of(folder: str) -> str:
    """The project's top folder; the script's own where nothing marks a project."""
    current = folder
    while True:
        if any(os.path.exists(os.path.join(current, marker)) for marker in MARKERS):
            return os.path.realpath(current)
        parent = os.path.dirname(current)
        if parent == current:
            return os.path.realpath(folder)
        current = parent
