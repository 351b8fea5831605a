"""Where library models are found: by the canonical dotted path of what they model.

A model is a typed function decorated with `@models(path, …)`; `@attributes(path, …)` is for what is read without a call.
The module `lstmlint.library.<root>` holds the models of the library `<root>` and is imported when a path of it is first asked for.
"""
from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

_functions: dict[str, Callable[..., Any]] = {}
_attributes: dict[str, Callable[..., Any]] = {}
_parents: dict[str, str] = {}
_BUILTIN_TYPES = frozenset((
    "int", "float", "bool", "complex", "str", "bytes", "NoneType", "list", "tuple", "dict", "set", "frozenset", "deque", "iterator",
    "view", "range", "slice", "scalar",
))  # fmt: skip
_loaded: set[str] = set()
watchers: dict[str, Callable[..., Any]] = {}
"""By library: what sees the calls of its functions."""


def models(*paths: str) -> Callable[[Function], Function]:
    """The decorated function models the functions, classes or methods at these paths."""

    def register(function: Function) -> Function:
        for path in paths:
            _functions[path] = function
        return function

    return register


def attributes(*paths: str) -> Callable[[Function], Function]:
    """The decorated function gives the attributes (or constants) at these paths; an attribute's takes the object."""

    def register(function: Function) -> Function:
        for path in paths:
            _attributes[path] = function
        return function

    return register


def watches(root: str) -> Callable[[Function], Function]:
    """The decorated function sees every call of a function of the library `root`, once its own library is in use."""

    def register(function: Function) -> Function:
        watchers[root] = function
        return function

    return register


def inherits(path: str, parent: str) -> None:
    """Methods and attributes that `path` lacks are those of `parent`."""
    _parents[path] = parent


def load(path: str) -> None:
    """Import the models of the library that `path` belongs to, once."""
    root = path.partition(".")[0]
    if root in _BUILTIN_TYPES:
        root = "builtins"
    if root in _loaded:
        return
    _loaded.add(root)
    name = f"lstmlint.library.{root}"
    if root.isidentifier() and importlib.util.find_spec(name) is not None:
        importlib.import_module(name)


def find(path: str) -> Callable[..., Any] | None:
    """The model of a function, class or constructor."""
    load(path)
    return _functions.get(path)


def find_attribute(path: str) -> Callable[..., Any] | None:
    """The model of a constant or attribute."""
    load(path)
    return _attributes.get(path)


def find_method(type_path: str, name: str) -> tuple[str, Callable[..., Any]] | None:
    """The path and the model of a method, looked up through `inherits`."""
    return _member(_functions, type_path, name)


def find_property(type_path: str, name: str) -> tuple[str, Callable[..., Any]] | None:
    """The path and the model of an attribute of an object, looked up through `inherits`."""
    return _member(_attributes, type_path, name)


def _member(table: dict[str, Callable[..., Any]], type_path: str, name: str) -> tuple[str, Callable[..., Any]] | None:
    owner: str | None = type_path
    while owner is not None:
        load(owner)
        path = f"{owner}.{name}"
        if path in table:
            return path, table[path]
        owner = _parents.get(owner)
    return None


def registered() -> list[str]:
    """The paths of all models loaded so far."""
    return sorted(_functions)


def is_modelled(root: str) -> bool:
    """Whether there are models for the library `root`."""
    return root.isidentifier() and importlib.util.find_spec(f"lstmlint.library.{root}") is not None


def has_member(module: str, name: str) -> bool:
    """Whether something at `module.name` is modelled (for star imports)."""
    load(module)
    path = f"{module}.{name}"
    return path in _functions or path in _attributes
