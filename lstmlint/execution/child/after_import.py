"""Something to do once a library has been imported, which the program may do at any time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType

Change = Callable[[ModuleType], None]


class AfterImport(MetaPathFinder):
    """Finds modules as the other finders do, and calls `changes` by their names when they have been executed."""

    def __init__(self, changes: Mapping[str, Change]) -> None:
        self._changes = dict(changes)

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """The spec of a module to change; None for all others."""
        change = self._changes.pop(fullname, None)
        if change is None:
            return None
        spec = find_spec(fullname)
        if spec is None or spec.loader is None:
            return None
        spec.loader = _Changing(spec.loader, change)
        return spec


class _Changing(Loader):
    def __init__(self, loader: Loader, change: Change) -> None:
        self._loader = loader
        self._change = change

    def __getattr__(self, name: str) -> object:
        # Libraries ask the loaders of their modules for resources.
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """As the library's own loader does."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Execute it, and change what is there then."""
        self._loader.exec_module(module)
        # A version that has not got what is to be changed is used as it is.
        with suppress(Exception):
            self._change(module)


def after_import(changes: Mapping[str, Change]) -> None:
    """From now on, change these modules when they are imported."""
    sys.meta_path.insert(0, AfterImport(changes))
