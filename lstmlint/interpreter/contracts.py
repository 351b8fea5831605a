"""Contracts: shapes that the author of a program states, taken over where they stand and compared with what is derived.

A name in a contract is a symbol: the same name within one call of a function is the same one, and what it first meets in a derived
shape is what it stands for. In each iteration of a loop it may stand for something else. `{name}` is the program's own variable.
"""
from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import libcst as cst

from lstmlint.interpreter.machine import Code, Machine, Region, Scope
from lstmlint.interpreter.notation import NotationError, Said, Signature, annotation, comment_of, shapes, signature
from lstmlint.interpreter.targets import assign
from lstmlint.shapes.dims import Dim, differ, floor_divide, same, symbol, symbols
from lstmlint.shapes.shape import Axis, Shape, shapes_differ, unknown_dim
from lstmlint.trace import ContractBroken, ContractUnread
from lstmlint.values.base import MISSING, Choice, Const, Unknown, Value, dim_of, integer, lift
from lstmlint.values.code import External, Site
from lstmlint.values.data import Array, Frame, Tuple, items_of, tuple_of
from lstmlint.values.knowledge import CONTRACT
from lstmlint.values.memory import Cell, memory

KINDS = {
    "numpy.ndarray": "numpy",
    "numpy.typing.NDArray": "numpy",
    "tensorflow.Tensor": "tensor",
    "torch.Tensor": "torch",
}
"""What an annotated array is, by the class that a jaxtyping annotation names."""
MISPLACED = "it must stand at the end of an assignment, a `for` or `def` line, or after a parameter"


@dataclass(frozen=True, slots=True)
class _Typed:
    """A jaxtyping annotation: of the name that it annotates, or of a function's result."""

    node: cst.Subscript
    said: Said


class Contracts:
    """The contracts of an analysis, by the node that each belongs to."""

    def __init__(self) -> None:
        self._of_lines: dict[cst.CSTNode, tuple[Said | None, ...]] = {}
        self._of_parameters: dict[cst.Param, Said] = {}
        self._of_functions: dict[cst.FunctionDef, Signature] = {}
        self._comments: dict[cst.CSTNode, cst.Comment] = {}
        self._typed: dict[cst.CSTNode, _Typed] = {}
        self._names: dict[Scope, dict[str, tuple[Cell, Region | None]]] = {}

    def read(self, machine: Machine, module: cst.Module) -> None:
        """Take over what a tree states; what can't be read leaves an event."""
        comments: list[cst.Comment] = []
        stack: list[cst.CSTNode] = [module]
        while stack:
            node = stack.pop()
            if isinstance(node, cst.Comment):
                if comment_of(node.value) is not None:
                    comments.append(node)
            elif isinstance(node, (cst.SimpleStatementLine, cst.For, cst.FunctionDef, cst.Param, cst.AnnAssign)):
                self._note(machine, node)
            stack.extend(reversed(node.children))
        read = set(self._comments.values())
        for comment in comments:
            if comment not in read:
                self._unread(machine, comment, MISPLACED)

    def _note(self, machine: Machine, node: cst.CSTNode) -> None:
        typed = _typed(node.annotation) if isinstance(node, (cst.Param, cst.AnnAssign)) else None
        if isinstance(node, cst.FunctionDef):
            typed = _typed(node.returns)
        if typed is not None:
            self._typed[node] = typed
        comment = _comment_at(node)
        said = None if comment is None else comment_of(comment.value)
        if comment is None or said is None:
            return
        self._comments[node] = comment
        try:
            if isinstance(node, cst.FunctionDef):
                self._of_functions[node] = _fitted(signature(said), node)
            elif isinstance(node, cst.Param):
                self._of_parameters[node] = _only(shapes(said))
            else:
                self._of_lines[node] = _as_many(shapes(said), _targets(node))
        except NotationError as error:
            self._unread(machine, comment, str(error))

    def _unread(self, machine: Machine, comment: cst.Comment, reason: str) -> None:
        machine.emit(ContractUnread(machine.site(comment), reason))

    # Where contracts take effect

    def after(self, machine: Machine, node: cst.CSTNode) -> None:
        """An assignment or the header of a loop has been executed: what it bound is as its contract says."""
        said = self._of_lines.get(node)
        if said is not None:
            for target, wanted in zip(_targets(node), said):
                if wanted is not None:
                    self._retarget(machine, target, wanted, self._comments[node], "any")
        if isinstance(node, cst.SimpleStatementLine):
            for part in node.body:
                typed = self._typed.get(part)
                kind = None if typed is None else _kind(machine, typed.node)
                if typed is not None and kind is not None and isinstance(part, cst.AnnAssign) and part.value is not None:
                    self._retarget(machine, part.target, typed.said, typed.node, kind)

    def _retarget(self, machine: Machine, target: cst.BaseExpression, said: Said, where: cst.CSTNode, kind: str) -> None:
        before = machine.evaluate(target)
        after = self._taken(machine, before, said, _name(target), where, machine.site(target), kind)
        if after is not before:
            assign(machine, target, after)

    def enter(self, machine: Machine, code: Code, scope: Scope, call: Site) -> None:
        """The parameters of a function are bound in `scope`: they are as their contracts say."""
        node = code.node
        if not isinstance(node, cst.FunctionDef):
            return
        stated = self._of_functions.get(node)
        with machine.within(scope, code.tree):
            for parameter in _parameters(node):
                name = parameter.name.value
                said = self._of_parameters.get(parameter) or (None if stated is None else stated.named.get(name))
                typed = self._typed.get(parameter)
                where: cst.CSTNode = self._comments.get(parameter) or self._comments.get(node) or parameter
                kind: str | None = "any"
                if said is None and typed is not None:
                    said, where, kind = typed.said, typed.node, _kind(machine, typed.node)
                value = scope.names.get(name)
                if said is not None and kind is not None and value is not MISSING and not _is_default(code, name, value):
                    scope.names.set(name, self._taken(machine, value, said, name, where, call, kind))

    def leave(self, machine: Machine, code: Code, scope: Scope, result: Value, call: Site) -> Value:
        """What a function returns, as its contract says."""
        node = code.node
        if not isinstance(node, cst.FunctionDef):
            return result
        stated, typed = self._of_functions.get(node), self._typed.get(node)
        with machine.within(scope, code.tree):
            kind = None if typed is None else _kind(machine, typed.node)
            if typed is not None and kind is not None:
                return self._taken(machine, result, typed.said, f"{node.name.value}()", typed.node, call, kind)
            if stated is None or not stated.returned:
                return result
            where, name = self._comments[node], f"{node.name.value}()"

            def taken(value: Value, said: Said | None) -> Value:
                return value if said is None else self._taken(machine, value, said, name, where, call, "any")

            if len(stated.returned) == 1:
                return taken(result, stated.returned[0])
            items = items_of(result) if isinstance(result, Tuple) else None
            known = items.known if items is not None else None
            if known is None and isinstance(result, Unknown):
                known = (result,) * len(stated.returned)
            if known is None or len(known) != len(stated.returned):
                return result
            return tuple_of(*(taken(part, said) for part, said in zip(known, stated.returned)))

    # What a contract makes of a value

    def _taken(
        self, machine: Machine, value: Value, said: Said, name: str, where: cst.CSTNode, site: Site, kind: str
    ) -> Value:
        leaves = value.leaves() if isinstance(value, Choice) else [value]
        contract = machine.site(where)
        derived = [_shape_of(leaf) for leaf in leaves]
        wanted = self._shape(machine, said, derived[0] if len(derived) == 1 else None)
        if wanted is None:
            return value
        contradicted = [shape for shape in derived if shape is not None and shapes_differ(shape, wanted)]
        if contradicted and len(contradicted) == len(derived):
            machine.emit(ContractBroken(site, name, contradicted[0], said.text, contract))
        memory.weakened = True
        return lift(lambda leaf: _met(leaf, wanted, name, kind), value)

    def _shape(self, machine: Machine, said: Said, derived: Shape | None) -> Shape | None:
        """What is said, with what its names stand for; a name without a meaning so far gets that of the derived length."""
        if derived is not None and (said.open or derived.open or len(said.entries) != len(derived.axes)):
            derived = derived if len(said.entries) == len(derived.axes) and not derived.open else None
        own = [None if derived is None else axis.dim for axis in (derived or Shape.of(*(0 for _ in said.entries)))]
        dims = [self._dim(machine, entry, dim) for entry, dim in zip(said.entries, own)]
        return Shape(tuple(Axis(unknown_dim() if dim is None else dim) for dim in dims), said.open)

    def _dim(self, machine: Machine, entry: ast.expr | None, derived: Dim | None) -> Dim | None:
        if entry is None:
            return None
        if isinstance(entry, ast.Constant) and isinstance(entry.value, int):
            return entry.value
        if isinstance(entry, ast.Name):
            return self._symbol(machine, entry.id, derived)
        if isinstance(entry, ast.Set):
            value = machine.evaluate(cst.parse_expression(ast.unparse(entry.elts[0])))
            return None if isinstance(value, Choice) else dim_of(value)
        if isinstance(entry, ast.BinOp):
            other = entry.right.value if isinstance(entry.right, ast.Constant) else None
            inner: Dim | None = None
            if derived is not None and isinstance(other, int) and isinstance(entry.op, (ast.Add, ast.Sub)):
                inner = derived - other if isinstance(entry.op, ast.Add) else derived + other
            left, right = self._dim(machine, entry.left, inner), self._dim(machine, entry.right, None)
            if left is None or right is None:
                return None
            compute = _COMPUTE[type(entry.op)]
            return None if right == 0 and isinstance(entry.op, ast.FloorDiv) else compute(left, right)
        return None

    def _symbol(self, machine: Machine, name: str, derived: Dim | None) -> Dim | None:
        cells = self._names.setdefault(_function_scope(machine.scope), {})
        known = cells.get(name)
        if known is not None:
            cell, born = known
            value = cell.get()
            if isinstance(value, Choice):
                return None
            if value is not MISSING and (born is None or born in machine.loops):
                return dim_of(value)
        fresh = derived if derived is not None and _is_telling(derived) else symbol(name, f"{name} in a contract")
        cell = Cell()
        cell.set(integer(fresh))
        cells[name] = cell, machine.loops[-1] if machine.loops else None
        return fresh


_COMPUTE: dict[type[ast.operator], Callable[[Dim, Dim], Dim]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.FloorDiv: floor_divide,
}


def _function_scope(scope: Scope) -> Scope:
    while scope.kind == "comprehension" and scope.parent is not None:
        scope = scope.parent
    return scope


def _is_telling(dim: Dim) -> bool:
    """Whether a derived length says more than a name would."""
    return all(s.name != "?" and not s.varies for s in symbols(dim))


def _shape_of(value: Value) -> Shape | None:
    """What is derived of the shape of a value; None where a contract has nothing to contradict."""
    return value.shape if isinstance(value, (Array, Frame)) else None


def _met(value: Value, wanted: Shape, name: str, kind: str) -> Value:
    """What both the program and its author say of a value; of what they disagree about, the program's own."""
    if isinstance(value, Unknown) and value.type is None:
        return Array(wanted, kind, None, None, name, CONTRACT)
    if isinstance(value, Frame):
        table = value.table
        if not wanted.open and len(wanted.axes) == 2 and not shapes_differ(value.shape, wanted):
            rows, width = (_surer(own, axis.dim) for own, axis in zip((table.rows.dim, table.width), wanted))
            columns_known = table.columns is not None
            value.table = replace(table, rows=table.rows.of_length(rows), width=table.width if columns_known else width)
        return value
    if not isinstance(value, Array) or shapes_differ(value.shape, wanted):
        return value
    shape = _meet(value.shape, wanted)
    if shape == value.shape:
        return value
    return replace(value, shape=shape, known=CONTRACT)


def _meet(derived: Shape, wanted: Shape) -> Shape:
    common = min(len(derived.axes), len(wanted.axes))
    before = [shape.axes[: len(shape.axes) - common] for shape in (derived, wanted)]
    last = [shape.axes[len(shape.axes) - common :] for shape in (derived, wanted)]
    return Shape((*before[0], *before[1], *_pairs(*last)), derived.open and wanted.open)


def _pairs(derived: Sequence[Axis], wanted: Sequence[Axis]) -> list[Axis]:
    return [Axis(_surer(own.dim, said.dim), own.meaning or said.meaning) for own, said in zip(derived, wanted)]


def _surer(derived: Dim, said: Dim) -> Dim:
    """Of two lengths that are one and the same, the one that tells more."""
    if isinstance(derived, int) or same(derived, said) or differ(derived, said):
        return derived
    return said if isinstance(said, int) or _is_telling(said) else derived


# Where contracts stand


def _comment_at(node: cst.CSTNode) -> cst.Comment | None:
    if isinstance(node, cst.SimpleStatementLine):
        return node.trailing_whitespace.comment
    if isinstance(node, (cst.For, cst.FunctionDef)):
        return node.body.header.comment if isinstance(node.body, cst.IndentedBlock) else None
    if isinstance(node, cst.Param):
        after_comma = node.comma.whitespace_after if isinstance(node.comma, cst.Comma) else None
        for space in (after_comma, node.whitespace_after_param):
            if isinstance(space, cst.ParenthesizedWhitespace) and space.first_line.comment is not None:
                return space.first_line.comment
    return None


def _targets(node: cst.CSTNode) -> list[cst.BaseExpression]:
    """The names, attributes and items that a statement or the header of a loop binds, in order."""
    if isinstance(node, cst.For):
        return _flat(node.target)
    last = node.body[-1] if isinstance(node, cst.SimpleStatementLine) and node.body else None
    if isinstance(last, cst.Assign):
        return _flat(last.targets[0].target)
    if isinstance(last, (cst.AnnAssign, cst.AugAssign)):
        return _flat(last.target)
    return []


def _flat(target: cst.BaseExpression) -> list[cst.BaseExpression]:
    if isinstance(target, (cst.Tuple, cst.List)):
        return [part for element in target.elements for part in _flat(element.value)]
    return [target]


def _name(target: cst.BaseExpression) -> str:
    if isinstance(target, cst.Attribute):
        return f"{_name(target.value)}.{target.attr.value}"
    return target.value if isinstance(target, cst.Name) else "?"


def _parameters(node: cst.FunctionDef) -> list[cst.Param]:
    parameters = node.params
    return [*parameters.posonly_params, *parameters.params, *parameters.kwonly_params]


def _is_default(code: Code, name: str, value: Value) -> bool:
    """Whether a parameter has its default None, to which the contract does not speak."""
    return isinstance(value, Const) and value.value is None and name in code.defaults


def _fitted(stated: Signature, node: cst.FunctionDef) -> Signature:
    names = [parameter.name.value for parameter in _parameters(node)]
    own = names[1:] if names[:1] in (["self"], ["cls"]) else names
    if stated.ordered:
        said = _as_many(stated.ordered, own)
        return Signature({name: shape for name, shape in zip(own, said) if shape is not None}, (), stated.returned)
    strangers = [name for name in stated.named if name not in own]
    if strangers:
        raise NotationError(f"{node.name.value} has no parameter {strangers[0]}")
    return stated


def _only(said: tuple[Said | None, ...]) -> Said:
    if len(said) != 1 or said[0] is None:
        raise NotationError("one shape is needed here")
    return said[0]


def _as_many(said: tuple[Said | None, ...], targets: Sequence[object]) -> tuple[Said | None, ...]:
    if not targets:
        raise NotationError(MISPLACED)
    if len(said) != len(targets):
        raise NotationError(f"{len(said)} shapes are given for {len(targets)} names")
    return said


def _typed(node: cst.Annotation | None) -> _Typed | None:
    """A jaxtyping annotation, as far as its form tells: Kind[Class, "axes"]."""
    subscript = None if node is None else node.annotation
    if not isinstance(subscript, cst.Subscript) or len(subscript.slice) != 2:
        return None
    last = subscript.slice[1].slice
    if not isinstance(last, cst.Index) or not isinstance(last.value, (cst.SimpleString, cst.ConcatenatedString)):
        return None
    text = last.value.evaluated_value
    said = annotation(text) if isinstance(text, str) else None
    return None if said is None else _Typed(subscript, said)


def _kind(machine: Machine, node: cst.Subscript) -> str | None:
    """What kind of array a jaxtyping annotation names; None if it is not of jaxtyping."""
    outer = machine.evaluate(node.value)
    if not isinstance(outer, External) or not outer.path.startswith("jaxtyping."):
        return None
    first = node.slice[0].slice
    inner = machine.evaluate(first.value) if isinstance(first, cst.Index) else None
    return KINDS.get(inner.path, "any") if isinstance(inner, External) else "any"
