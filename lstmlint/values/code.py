"""Values that are code or made by it: functions, classes, instances, names from libraries, places in the source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from lstmlint.values.base import Value
from lstmlint.values.data import Object
from lstmlint.values.memory import Namespace


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """A place in the source: a libcst node of a tree. Its position is computed only if it is reported."""

    node: object
    tree: object
    """The parsed cell or file (sources.Tree) that the node belongs to."""


@dataclass(frozen=True, slots=True)
class External(Value):
    """Something of a library, by its canonical dotted path: a module, class, function or constant."""

    path: str


class Function(Object):
    """A function or lambda of the analysed program; `code` is the interpreter's own."""

    __slots__ = ("name", "code", "bound")

    def __init__(self, name: str, code: object, bound: Value | None = None) -> None:
        self.name = name
        self.code = code
        self.bound = bound

    @property
    def type_path(self) -> str | None:
        return "function"


@dataclass(frozen=True, slots=True)
class Method(Value):
    """A library method with its receiver: `path` is the dotted path of the modelled function, which takes `receiver` first."""

    path: str
    receiver: Value


class Class(Object):
    """A class of the analysed program, with its bases in order (local classes, External ones, or unknown)."""

    __slots__ = ("name", "bases", "namespace", "code")

    def __init__(self, name: str, bases: Sequence[Value], code: object) -> None:
        self.name = name
        self.bases = tuple(bases)
        self.namespace = Namespace()
        self.code = code

    def ancestors(self) -> list[Value]:
        """The class itself and all its bases, nearest first (depth first, good enough for what training scripts do)."""
        found: list[Value] = [self]
        for base in self.bases:
            for ancestor in base.ancestors() if isinstance(base, Class) else [base]:
                if ancestor not in found:
                    found.append(ancestor)
        return found

    def external_base(self, prefixes: tuple[str, ...]) -> str | None:
        """The path of the first library class among the ancestors that is one of `prefixes`."""
        for base in self.ancestors():
            if isinstance(base, External) and base.path in prefixes:
                return base.path
        return None


class Instance(Object):
    """An object of a class of the analysed program."""

    __slots__ = ("cls", "fields")

    def __init__(self, cls: Class) -> None:
        self.cls = cls
        self.fields = Namespace()


class LibraryObject(Object):
    """An object of a library class (a scaler, a tokenizer …): `path` is the class, `fields` what its models keep."""

    __slots__ = ("path", "fields")

    def __init__(self, path: str) -> None:
        self.path = path
        self.fields = Namespace()

    @property
    def type_path(self) -> str | None:
        return self.path


class Module(Object):
    """A module of the analysed project."""

    __slots__ = ("name", "names")

    def __init__(self, name: str) -> None:
        self.name = name
        self.names = Namespace()


class Caller(Protocol):
    """What a library model may ask of the interpreter."""

    @property
    def site(self) -> Site:
        """The call under analysis."""

    def call(self, function: Value, args: Sequence[Value], keywords: Mapping[str, Value] = ...) -> Value:
        """Call any value (a Lambda's body, a map function …)."""

    def emit(self, event: object) -> None:
        """Leave an event in the trace."""

    def refine(self, old: Value, new: Value) -> None:
        """From here on, what is known of the unknown value `old` is that it is `new`; of a length, that it is another one."""

    def iterate(self, value: Value) -> Value:
        """One element of an iterable, covering all of them."""
