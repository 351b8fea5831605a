"""The statements of a program, what each binds, may change and reads: the ground on which is told what a place rests on.

Names belong to the function (or module) that binds them; attributes are told apart by their names alone, whatever they belong to.
"""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import libcst as cst

from lstmlint.sources.nodes import children

Entity = tuple[int, str]
"""A name and the number of the scope that it belongs to."""
ATTRIBUTE = -1
"""The scope of all attributes."""
PURE = frozenset(
    """
    len print int float str bool range enumerate zip list tuple dict set sorted sum min max abs isinstance type open map filter any
    all round repr id reversed frozenset super getattr hasattr
    """.split()  # noqa: SIM905
)
"""Functions of Python that leave what they get as it is."""
LIBRARIES = frozenset(
    """
    numpy pandas sklearn scipy keras tensorflow tf_keras torch torchvision matplotlib seaborn plotly tqdm os sys math json logging
    warnings time datetime pickle joblib
    """.split()  # noqa: SIM905
)
"""Libraries whose functions leave the lengths of what they get as they are."""
PURE_METHODS = frozenset(
    """
    head tail describe info astype copy reshape view mean sum min max std var median to_numpy tolist item numpy cpu detach size dim
    plot hist transpose permute flatten ravel squeeze unsqueeze keys items values get format join split strip lower upper startswith
    endswith replace count index isnull isna any all nunique unique value_counts corr groupby rolling shift predict evaluate summary
    transform inverse_transform float long int double to cuda
    """.split()  # noqa: SIM905
)
"""Methods that leave what they belong to as it is, unless the program has methods of these names itself."""
_IMMUTABLE = frozenset({"shape", "dtype", "size", "ndim", "columns", "values", "device", "name"})
"""Attributes that nobody changes who gets them."""
_OWN = frozenset({"self", "cls"})
_BODIES = frozenset({"body", "orelse", "finalbody", "handlers", "cases", "leading_lines", "lines_after_decorators"})
_BLOCK = (
    *(cst.If, cst.For, cst.While, cst.With, cst.Try, cst.TryStar, cst.FunctionDef, cst.ClassDef, cst.Match),
    *(cst.Else, cst.Finally, cst.ExceptHandler, cst.ExceptStarHandler, cst.MatchCase),
)


@dataclass(eq=False, slots=True)
class Scope:
    """A module, a function or the body of a class; `params` are those that callers give."""

    number: int
    parent: Scope | None = None
    owner: Statement | None = None
    is_class: bool = False
    bound: set[str] = field(default_factory=set)
    params: tuple[str, ...] = ()
    elsewhere: dict[str, bool] = field(default_factory=dict)
    """Names that are declared to be global (True) or nonlocal (False)."""

    def resolve(self, name: str) -> Entity:
        """What a name means here; one that nothing binds is the module's."""
        scope: Scope | None = self
        skips = False
        while scope is not None and scope.parent is not None:
            declared = scope.elsewhere.get(name)
            if declared:
                break
            if declared is None and name in scope.bound and (scope is self or not scope.is_class) and not skips:
                return scope.number, name
            skips = False
            scope = scope.parent
        return 0, name


@dataclass(eq=False, slots=True)
class Statement:
    """A simple statement, the header of a compound one, or one name of an import. `around`: what it stands in, from the outside.

    `calls` are the calls in it, in order. `alias`: names that it binds to what others already hold, with these.
    """

    order: int
    top: int
    node: cst.CSTNode
    parts: tuple[cst.CSTNode, ...]
    scope: Scope
    around: tuple[Statement, ...]
    imported: tuple[str, int, str] | None = None
    """The module, the leading dots and the member that it imports ("*" for all; "" for the module itself)."""
    binds: set[Entity] = field(default_factory=set)
    reads: set[Entity] = field(default_factory=set)
    changes: set[Entity] = field(default_factory=set)
    gives: set[Entity] = field(default_factory=set)
    """What it gives to functions that may change it, which `changes` does not hold."""
    alias: list[tuple[Entity, Entity]] = field(default_factory=list)
    lambdas: set[str] = field(default_factory=set)
    calls: list[cst.Call] = field(default_factory=list)

    @property
    def is_definition(self) -> bool:
        """Whether it is the header of a function or class."""
        return isinstance(self.node, (cst.FunctionDef, cst.ClassDef))


def statements_of(modules: Iterable[cst.Module]) -> list[Statement]:
    """The statements of the modules, which are one program, in their order."""
    collector = _Collector()
    for module in modules:
        for node in module.body:
            collector.top += 1
            collector.block([node], collector.scope, ())
    for statement in collector.found:
        _Reader(statement, collector).read()
    return collector.found


class _Collector:
    """The first round: which statements there are, and which names their scopes bind."""

    def __init__(self) -> None:
        self.scope = Scope(0)
        self.found: list[Statement] = []
        self.imports: dict[Entity, str] = {}
        """Names that stand for libraries or parts of them, with the library."""
        self.methods: set[str] = set()
        self.top = -1
        self._scopes = 0

    def block(self, nodes: Iterable[cst.CSTNode], scope: Scope, around: tuple[Statement, ...]) -> None:
        waiting: list[tuple[cst.CSTNode, Scope, tuple[Statement, ...]]] = [(node, scope, around) for node in nodes][::-1]
        while waiting:
            node, scope, around = waiting.pop()
            if isinstance(node, (cst.SimpleStatementLine, cst.SimpleStatementSuite, cst.IndentedBlock)):
                waiting.extend((below, scope, around) for below in reversed(node.body))
            elif isinstance(node, (cst.Import, cst.ImportFrom)):
                self._imports(node, scope, around)
            elif isinstance(node, _BLOCK):
                waiting.extend(self._compound(node, scope, around)[::-1])
            elif not _is_text(node):
                self._add(node, (node,), scope, around)

    def _add(
        self, node: cst.CSTNode, parts: tuple[cst.CSTNode, ...], scope: Scope, around: tuple[Statement, ...]
    ) -> Statement:
        made = Statement(len(self.found), self.top, node, parts, scope, around)
        self.found.append(made)
        for part in parts:
            for bound in _bound_in(part):
                scope.bound.add(bound)
        if isinstance(node, (cst.Global, cst.Nonlocal)):
            scope.elsewhere.update((item.name.value, isinstance(node, cst.Global)) for item in node.names)
        return made

    def _imports(self, node: cst.Import | cst.ImportFrom, scope: Scope, around: tuple[Statement, ...]) -> None:
        module = dotted(node.module) if isinstance(node, cst.ImportFrom) else ""
        level = len(node.relative) if isinstance(node, cst.ImportFrom) else 0
        if isinstance(node.names, cst.ImportStar):
            self._add(node, (), scope, around).imported = (module, level, "*")
            return
        for alias in node.names:
            name = dotted(alias.name)
            renamed = alias.asname.name.value if alias.asname is not None and isinstance(alias.asname.name, cst.Name) else ""
            bound = renamed or name.partition(".")[0]
            statement = self._add(alias, (), scope, around)
            statement.imported = (module, level, name) if isinstance(node, cst.ImportFrom) else (name, 0, "")
            scope.bound.add(bound)
            statement.lambdas = {bound}
            self.imports[scope.number, bound] = "." if level else (module or name).partition(".")[0]

    def _compound(
        self, node: cst.CSTNode, scope: Scope, around: tuple[Statement, ...]
    ) -> list[tuple[cst.CSTNode, Scope, tuple[Statement, ...]]]:
        parts = tuple(_header(node))
        header = self._add(node, parts, scope, around)
        inner = scope
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            scope.bound.add(node.name.value)
            if scope.is_class:
                self.methods.add(node.name.value)
            self._scopes += 1
            inner = Scope(self._scopes, scope, header, isinstance(node, cst.ClassDef))
            if isinstance(node, cst.FunctionDef):
                inner.params = tuple(_params(node.params))
                inner.bound.update(inner.params)
        below: list[cst.CSTNode] = []
        for name in ("body", "handlers", "cases", "orelse", "finalbody"):
            part = getattr(node, name, None)
            if isinstance(part, cst.CSTNode):
                below.append(part)
            elif isinstance(part, (list, tuple)):
                below.extend(part)
        return [(part, inner, (*around, header)) for part in below]


def _is_text(node: cst.CSTNode) -> bool:
    """Whether a statement only says something: a text that nobody reads, or nothing at all."""
    return isinstance(node, cst.Pass) or (isinstance(node, cst.Expr) and isinstance(node.value, (cst.SimpleString, cst.Ellipsis)))


def _header(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    if isinstance(node, cst.FunctionDef):
        yield from (node.name, node.params, *node.decorators)
        return
    if isinstance(node, cst.ClassDef):
        yield from (node.name, *node.decorators, *node.bases, *node.keywords)
        return
    bodies = [part for name in _BODIES if (part := getattr(node, name, None)) is not None]
    inside = {id(part) for body in bodies for part in (body if isinstance(body, (list, tuple)) else [body])}
    yield from (child for child in children(node) if id(child) not in inside)


def _params(node: cst.Parameters) -> Iterator[str]:
    for parameter in (*node.posonly_params, *node.params, *node.kwonly_params):
        yield parameter.name.value
    for star in (node.star_arg, node.star_kwarg):
        if isinstance(star, cst.Param):
            yield star.name.value


def dotted(node: cst.CSTNode | None) -> str:
    """The dotted name that an import spells."""
    if isinstance(node, cst.Attribute):
        return f"{dotted(node.value)}.{node.attr.value}"
    return node.value if isinstance(node, cst.Name) else ""


def _bound_in(part: cst.CSTNode) -> Iterator[str]:
    """The names that a part of a statement binds; those of comprehensions and lambdas are taken for the function's."""
    stack = [part]
    while stack:
        node = stack.pop()
        if isinstance(node, (cst.AssignTarget, cst.AnnAssign, cst.AugAssign, cst.For, cst.NamedExpr, cst.CompFor)):
            yield from _names(node.target)
        elif isinstance(node, cst.AsName):
            yield from _names(node.name)
        elif isinstance(node, (cst.MatchAs, cst.MatchStar)) and node.name is not None:
            yield node.name.value
        elif isinstance(node, cst.MatchMapping) and node.rest is not None:
            yield node.rest.value
        elif isinstance(node, cst.Lambda):
            yield from _params(node.params)
        elif isinstance(node, cst.Del):
            yield from _names(node.target)
        stack.extend(children(node))


def _names(target: cst.CSTNode) -> Iterator[str]:
    if isinstance(target, cst.Name):
        yield target.value
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            yield from _names(element.value)
    elif isinstance(target, cst.StarredElement):
        yield from _names(target.value)


class _Reader:
    """The second round: what a statement reads, binds and may change."""

    def __init__(self, statement: Statement, program: _Collector) -> None:
        self.statement = statement
        self.scope = statement.scope
        self.imports = program.imports
        self.methods = program.methods

    def read(self) -> None:
        statement, node = self.statement, self.statement.node
        if statement.imported is not None:
            statement.binds.update(map(self.scope.resolve, statement.lambdas))
            statement.lambdas = set()
            return
        parts = list(statement.parts)
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            self._bind(node.name)
            parts.remove(node.name)
        elif isinstance(node, cst.For):
            parts = [node.iter, *self._target(node.target)]
            self._aliases(node.target, node.iter)
        for part in parts:
            self._walk(part)

    def _walk(self, part: cst.CSTNode) -> None:
        stack = [part]
        reads = self.statement.reads
        while stack:
            node = stack.pop()
            if isinstance(node, cst.Name):
                reads.add(self.scope.resolve(node.value))
            elif isinstance(node, cst.Attribute):
                # What a module has of a name says nothing of attributes of that name elsewhere.
                if self._library(node) is None:
                    reads.add((ATTRIBUTE, node.attr.value))
                stack.append(node.value)
            elif isinstance(node, cst.Arg):
                stack.append(node.value)
            elif isinstance(node, cst.Param):
                stack.extend(below for below in (node.default, node.annotation) if below is not None)
            else:
                stack.extend(reversed(self._below(node)))

    def _below(self, node: cst.CSTNode) -> list[cst.CSTNode]:
        """What of a node is read; the rest is noted."""
        if isinstance(node, cst.Assign):
            for target in node.targets:
                self._aliases(target.target, node.value)
            return [*(part for target in node.targets for part in self._target(target.target)), node.value]
        if isinstance(node, cst.AnnAssign):
            if node.value is None:
                return []
            self._aliases(node.target, node.value)
            return [*self._target(node.target), node.value]
        if isinstance(node, cst.AugAssign):
            self._target(node.target)
            self._change(node.target)
            return [node.target, node.value]
        if isinstance(node, cst.NamedExpr):
            return [*self._target(node.target), node.value]
        if isinstance(node, cst.CompFor):
            self._aliases(node.target, node.iter)
            inner = [] if node.inner_for_in is None else [node.inner_for_in]
            return [*self._target(node.target), node.iter, *node.ifs, *inner]
        if isinstance(node, cst.AsName):
            return self._target(node.name)
        if isinstance(node, cst.Del):
            return self._target(node.target)
        if isinstance(node, cst.Call):
            self.statement.calls.append(node)
            self._called(node)
        elif isinstance(node, cst.Lambda):
            params = set(_params(node.params))
            self.statement.lambdas.update(params)
            self.statement.binds.update(map(self.scope.resolve, params))
        elif isinstance(node, (cst.MatchAs, cst.MatchStar)) and node.name is not None:
            self._bind(node.name)
        elif isinstance(node, cst.MatchMapping) and node.rest is not None:
            self._bind(node.rest)
        return children(node)

    def _library(self, node: cst.CSTNode) -> str | None:
        """The library that an attribute belongs to, directly or not."""
        while isinstance(node, cst.Attribute):
            node = node.value
        return self.imports.get(self.scope.resolve(node.value)) if isinstance(node, cst.Name) else None

    def _bind(self, name: cst.Name) -> None:
        self.statement.binds.add(self.scope.resolve(name.value))
        if self.scope.is_class:
            self.statement.binds.add((ATTRIBUTE, name.value))

    def _target(self, target: cst.CSTNode) -> list[cst.CSTNode]:
        """What is assigned to is bound or, where it is a part of something, changes that; and what is read for it."""
        if isinstance(target, cst.Name):
            self._bind(target)
            return []
        if isinstance(target, cst.Attribute):
            self.statement.binds.add((ATTRIBUTE, target.attr.value))
            self._change(target.value)
            return [target.value]
        if isinstance(target, cst.Subscript):
            self._change(target.value)
            return [target.value, *target.slice]
        if isinstance(target, cst.StarredElement):
            return self._target(target.value)
        if isinstance(target, (cst.Tuple, cst.List)):
            return [part for element in target.elements for part in self._target(element.value)]
        return [target]

    def _holder(self, node: cst.CSTNode) -> Entity | None:
        """The name or attribute that an expression stands for."""
        if isinstance(node, cst.Attribute):
            return (ATTRIBUTE, node.attr.value) if node.attr.value not in _IMMUTABLE else None
        return self.scope.resolve(node.value) if isinstance(node, cst.Name) else None

    def _change(self, node: cst.CSTNode) -> None:
        while isinstance(node, (cst.Attribute, cst.Subscript)):
            if isinstance(node, cst.Attribute):
                self.statement.changes.add((ATTRIBUTE, node.attr.value))
            node = node.value
        if isinstance(node, cst.Name) and node.value not in _OWN:
            entity = self.scope.resolve(node.value)
            if entity not in self.imports:
                self.statement.changes.add(entity)

    def _aliases(self, target: cst.CSTNode, value: cst.CSTNode) -> None:
        """Who has a thing under another name may change it by that."""
        while isinstance(value, cst.Subscript):
            value = value.value
        holder = self._holder(value)
        if holder is None or holder in self.imports:
            return
        for name in _names(target):
            self.statement.alias.append((self.scope.resolve(name), holder))
        if isinstance(target, cst.Attribute):
            self.statement.alias.append(((ATTRIBUTE, target.attr.value), holder))

    def _called(self, call: cst.Call) -> None:
        """A method may change what it belongs to, a function what it gets; libraries' are known not to."""
        function = call.func
        library = self._library(function)
        if isinstance(function, cst.Attribute) and library is None:
            if function.attr.value not in PURE_METHODS or function.attr.value in self.methods:
                self._change(function.value)
            return
        if isinstance(function, cst.Name) and function.value in PURE and self.scope.resolve(function.value)[0] == 0:
            return
        if library in LIBRARIES or not isinstance(function, (cst.Name, cst.Attribute)):
            return
        for arg in call.args:
            given = self._holder(arg.value)
            if given is not None and given not in self.imports:
                self.statement.gives.add(given)
