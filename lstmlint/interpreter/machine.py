"""The machine that interprets a program: its state, its budget, and the tables through which nodes reach their handlers.

Handlers register with `@expression(cst.X)` and `@statement(cst.X)`; the modules of this package know each other only
through the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import libcst as cst

from lstmlint.interpreter.nodes import Jump, Outline, outline
from lstmlint.trace import Event, Trace
from lstmlint.values.base import MISSING, NONE, Unknown, Value, unknown
from lstmlint.values.code import Class, Function, Module, Site
from lstmlint.values.data import Items
from lstmlint.values.knowledge import Recall
from lstmlint.values.memory import Cell, Namespace, memory

if TYPE_CHECKING:
    from lstmlint.interpreter.contracts import Contracts

CallValue = Callable[["Machine", Value, Sequence[Value], Mapping[str, Value], object], Value]
Iterate = Callable[["Machine", Value, object], Items]
Import = Callable[[str, int, object], tuple[str, object, cst.Module, int] | None]
"""Finds a module of the project: given its dotted name, the leading dots and the importing tree, its path, tree, parsed module and
number of lines."""
Expression = Callable[["Machine", Any], Value]
Statement = Callable[["Machine", Any], bool]
"""A statement's handler says whether control goes on to the next one."""

EXPRESSIONS: dict[type[cst.CSTNode], Expression] = {}
STATEMENTS: dict[type[cst.CSTNode], Statement] = {}

ExpressionHandler = TypeVar("ExpressionHandler", bound=Expression)
StatementHandler = TypeVar("StatementHandler", bound=Statement)


def expression(*kinds: type[cst.CSTNode]) -> Callable[[ExpressionHandler], ExpressionHandler]:
    """The decorated function evaluates expressions of these kinds."""

    def register(handler: ExpressionHandler) -> ExpressionHandler:
        EXPRESSIONS.update((kind, handler) for kind in kinds)
        return handler

    return register


def statement(*kinds: type[cst.CSTNode]) -> Callable[[StatementHandler], StatementHandler]:
    """The decorated function executes statements of these kinds."""

    def register(handler: StatementHandler) -> StatementHandler:
        STATEMENTS.update((kind, handler) for kind in kinds)
        return handler

    return register


class BudgetExceeded(Exception):
    """The analysis took more steps than the length of the program allows."""


@dataclass(eq=False, slots=True)
class Scope:
    """The names of a module, function, class or comprehension."""

    kind: str
    parent: Scope | None = None
    names: Namespace = field(default_factory=Namespace)
    declared: dict[str, Scope] = field(default_factory=dict)
    """Names that a `global` or `nonlocal` statement sends to another scope."""
    stars: list[str] = field(default_factory=list)
    """Library modules imported with `*`, the last one last."""

    def module(self) -> Scope:
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def target(self, name: str) -> Scope:
        """The scope that an assignment to `name` binds in."""
        scope = self
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        return scope.declared.get(name, scope)

    def lookup(self, name: str) -> Value:
        """The value of `name`, through the enclosing scopes; MISSING if it is unbound."""
        scope: Scope | None = self
        first = True
        while scope is not None:
            if first or scope.kind != "class":
                value = scope.names.get(name)
                if value is not MISSING:
                    return value
            first = scope.kind == "comprehension"
            scope = scope.parent
        return MISSING


@dataclass(eq=False, slots=True)
class Exit:
    """A way out of a loop body or function: the conditions and writes on the way, and the value returned."""

    path: dict[Value, bool]
    writes: dict[Cell, Value]
    value: Value


@dataclass(eq=False, slots=True)
class Region:
    """A loop body or a function's activation: what `mark` and `path` were at its start, and the ways out of it."""

    mark: int
    path: dict[Value, bool]
    exits: list[Exit] = field(default_factory=list)
    breaks: list[Exit] = field(default_factory=list)
    yields: list[Value] = field(default_factory=list)

    def leave(self, value: Value) -> Exit:
        """The exit taken here and now."""
        path = {c: t for c, t in memory.path.items() if c not in self.path}
        return Exit(path, memory.written(self.mark), value)


@dataclass(eq=False, slots=True)
class Code:
    """The code of a function: its node, the scope that it closes over, its defaults, the tree and class that it stands in."""

    node: cst.FunctionDef | cst.Lambda
    scope: Scope
    tree: object
    defaults: dict[str, Value]
    owner: Class | None = None
    called: bool = False
    kind: str = "function"
    """"function", "staticmethod", "classmethod" or "property"."""


@dataclass(eq=False, slots=True)
class Followed:
    """A module of the project as its interpretation left it: the module, the events of that, the conditions tested, and the modules
    that it imports in turn."""

    module: Module
    events: list[Event]
    tests: dict[Value, tuple[Site, bool]]
    inner: dict[str, Module]


STEPS_AT_LEAST = 60_000
STEPS_PER_IMPORTED_LINE = 50


def budget(lines: int, steps_per_line: int) -> int:
    """How many steps the analysis of a program of so many lines may take."""
    return STEPS_AT_LEAST + steps_per_line * lines


class Machine:
    """One analysis of at most `steps`. `call` calls any value, `iterate` gives what iterating over a value yields (given by the
    package's __init__, so that the modules below need not know them); `find_module` finds modules of the project."""

    def __init__(
        self, steps: int, call: CallValue, iterate: Iterate, reveal: bool = False, find_module: Import | None = None
    ) -> None:
        self.trace = Trace()
        self.call = call
        self.find_module = find_module
        self.modules: dict[str, Module] = {}
        self.followed: dict[str, Followed] = {}
        """The modules that earlier analyses of this run have interpreted."""
        self.contracts: Contracts | None = None
        self.iterate = iterate
        self.reveal = reveal
        self.steps = steps
        self.scope = Scope("module")
        self.tree: object = None
        self.functions: list[tuple[Function, Code]] = []
        self.classes: list[tuple[Class, object]] = []
        self.instances: dict[Class, Value] = {}
        self.active: list[Code] = []
        self.activations: list[Region] = []
        self.loops: list[Region | None] = []
        self.unrolled = 1
        self.looking = False
        """Whether a loop is run only to see what it changes."""
        self.glances = 0
        """How many loops within others were run once for that."""
        self.splits = 0
        self.catching = 0
        self.alternatives: dict[Value, bool] = {}
        self.supposed = ""
        """The defaults that are taken to hold, in words."""
        self.generations: dict[Value, int] = {}
        """How often something unknown was called on, or given, an unknown object: what it holds may have changed each time."""
        self.side: dict[tuple[Value, Value], Cell] = {}
        """Attributes and items that the program gave to unknown objects."""
        self.recall: Recall | None = None
        """What is known of calls from an earlier run."""
        self._outlines: dict[cst.CSTNode, Outline] = {}

    def evaluate(self, node: cst.CSTNode) -> Value:
        """The value of an expression."""
        self.steps -= 1
        if self.steps < 0:
            raise BudgetExceeded
        handler = EXPRESSIONS.get(type(node))
        return unknown() if handler is None else handler(self, node)

    def jump(self, node: Jump, value: Value = NONE) -> bool:
        """Leave the function or the loop's body by this statement; control does not go on behind it."""
        if isinstance(node, cst.Return):
            if self.activations:
                self.activations[-1].exits.append(self.activations[-1].leave(value))
            return False
        region = self.loops[-1] if self.loops else None
        if region is not None:
            (region.breaks if isinstance(node, cst.Break) else region.exits).append(region.leave(NONE))
        return False

    def outline(self, node: cst.CSTNode) -> Outline:
        """What a statement may do."""
        known = self._outlines.get(node)
        if known is None:
            known = self._outlines[node] = outline(node)
        return known

    def site(self, node: cst.CSTNode) -> Site:
        """`node` as a place."""
        return Site(node, self.tree)

    def emit(self, event: Event) -> None:
        """Leave an event in the trace."""
        self.trace.record(event)
        event.assumptions = dict(self.alternatives)
        event.optional = self.catching > 0
        event.conditions = len(memory.path.keys() - self.alternatives.keys())
        event.supposed = self.supposed
        if memory.origins is not None:
            event.call = memory.origins.current or memory.origins.begin("", "function", (), {}, memory.path)
            event.call.events.append(event)

    def refine(self, old: Unknown, new: Value) -> None:
        """From here on, what is known of `old` is that it is `new`: nothing else could have been used as it was."""
        memory.weakened = True
        scope: Scope | None = self.scope
        while scope is not None:
            for cell in scope.names.cells.values():
                if cell.raw == old:
                    cell.set(new)
            scope = scope.parent

    def dismantle(self, trees: Collection[object]) -> None:
        """Break the circles between scopes, functions and classes of these trees, which nobody may use any more."""
        for _, code in self.functions:
            if code.tree in trees:
                code.scope, code.owner, code.defaults = Scope("module"), None, {}
        for cls, tree in self.classes:
            if tree in trees:
                cls.namespace.cells.clear()
        self.scope.names.cells.clear()

    @contextmanager
    def within(self, scope: Scope, tree: object) -> Iterator[None]:
        """Execute in another scope."""
        outer = self.scope, self.tree
        self.scope, self.tree = scope, tree
        try:
            yield
        finally:
            self.scope, self.tree = outer
