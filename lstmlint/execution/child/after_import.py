"""Something to do once a library has been imported, which the program may do at any time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

Change = Callable[[ModuleType], None]


class AfterImport(MetaPathFinder):
    """Finds modules as the other finders do, and calls `changes` by their names when they have been executed."""

    def __init__(self, changes: Mapping[str, Change]) -> None:
        self._changes = dict(changes)

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """The spec of a module to change; None for all others."""
        if fullname not in self._changes:
            return None
        # Libraries also look for a module to know whether it is there, and import it later.
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(fullname, path, target)
            if spec is not None:
                if spec.loader is not None:
                    spec.loader = _Changing(spec.loader, self._changes[fullname])
                return spec
        return None


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
