"""Branches: both sides are run, and what either wrote is joined under the condition."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import libcst as cst

from lstmlint.interpreter.machine import Exit, Machine, Region
from lstmlint.library.builtins.determined import condition_of
from lstmlint.shapes.dims import Poly, at_least, differ
from lstmlint.shapes.shape import Axis, unknown_dim
from lstmlint.values.base import FALSE, MISSING, TRUE, Choice, Const, Integer, Undecided, Unknown, Value, choice, unknown
from lstmlint.values.code import Class, Function, Instance
from lstmlint.values.data import DictObject, Frame, ListObject, Range, Table, Tuple, items_of, range_length
from lstmlint.values.memory import memory
from lstmlint.values.network import Layer, Model


def truth(value: Value) -> bool | None:
    """Whether `value` is true; None where it depends on what is not known. Raises Undecided for a value with alternatives."""
    if isinstance(value, Choice):
        raise Undecided(value.condition)
    if isinstance(value, Const):
        return bool(value.value)
    if isinstance(value, Integer):
        if differ(value.dim, 0):
            return True
    elif isinstance(value, (Tuple, ListObject)):
        items = items_of(value)
        length = items.length if items is not None else 0
        return _length_truth(length)
    elif isinstance(value, Range):
        return _length_truth(range_length(value))
    elif isinstance(value, DictObject):
        entries = value.entries
        return True if entries.known else None if entries.open else False
    elif isinstance(value, (Function, Class, Instance, Layer, Model)):
        return True
    condition, negated = condition_of(value)
    known = memory.path.get(condition)
    return None if known is None else known != negated


def _length_truth(length: int | Poly) -> bool | None:
    if isinstance(length, int):
        return length > 0
    return True if at_least(length, 1) else None


def negate(value: Value) -> Value:
    """`not value`."""
    known = truth(value)
    if known is not None:
        return FALSE if known else TRUE
    condition, negated = condition_of(value)
    return condition if negated else Unknown(("not", condition), "bool")


def joined(condition: Value, then: Value, orelse: Value) -> Value:
    """What a cell holds after a branch; a name bound on one side only has that side's value, since reading it otherwise raises."""
    if then is MISSING:
        return orelse
    if orelse is MISSING:
        return then
    return choice(condition, then, orelse)


def _is_setting(node: cst.CSTNode) -> bool:
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Not):
        return _is_setting(node.expression)
    if isinstance(node, cst.Comparison) and len(node.comparisons) == 1:
        other = node.comparisons[0]
        compares = isinstance(other.operator, (cst.Equal, cst.NotEqual))
        return compares and isinstance(other.comparator, cst.SimpleString) and _is_setting(node.left)
    return isinstance(node, cst.Name) or (isinstance(node, cst.Attribute) and node.attr.value not in _OF_DATA)


_OF_DATA = frozenset({"dtype", "empty", "is_cuda", "name", "index", "columns"})
"""Attributes of arrays and tables on which programs branch."""


def tested(machine: Machine, test: Value, node: cst.CSTNode) -> None:
    """Note where a condition stands in the program, if it is one that a person sets: a flag, an option of some value.

    What is asked of the data itself (its type, its rank) goes with their shape, which is not known to us: of such a condition
    nobody can say that it may hold.
    """
    if not isinstance(test, (Choice, Const)) and _is_setting(node):
        condition, negated = condition_of(test)
        machine.trace.tests.setdefault(condition, (machine.site(node), negated))


def branch(machine: Machine, test: Value, then: Callable[[], bool], orelse: Callable[[], bool]) -> bool:
    """Run the side that `test` selects, or both; says whether control goes on."""
    known = truth(test)
    if known is not None:
        return then() if known else orelse()
    condition, negated = condition_of(test)
    if negated:
        then, orelse = orelse, then
    mark = memory.mark()
    outer = memory.path
    memory.path = {**outer, condition: True}
    goes_on_then = then()
    path_then = memory.path
    then_writes = memory.written(mark)
    memory.undo(mark)
    memory.path = {**outer, condition: False}
    goes_on_else = orelse()
    if not goes_on_then:
        # The rest of the block is reached only through the other side, and knows it.
        if not goes_on_else:
            memory.path = outer
        return goes_on_else
    if not goes_on_else:
        memory.undo(mark)
        memory.path = path_then
        for cell, value in then_writes.items():
            cell.set(value)
        return True
    memory.path = outer
    else_writes = memory.written(mark)
    memory.undo(mark)
    for cell in {**then_writes, **else_writes}:
        cell.set(joined(condition, then_writes.get(cell, cell.raw), else_writes.get(cell, cell.raw)))
    return True


SPLITS = 3


Run = Callable[["Machine", Any], bool]


def splitting(machine: Machine, node: cst.CSTNode, run: Run, give_up: Run) -> bool:
    """Run a statement; where it needs a plain value of something with alternatives, run it once for each alternative."""
    mark, events, path = memory.mark(), len(machine.trace.events), memory.path
    try:
        return run(machine, node)
    except Undecided as undecided:
        memory.undo(mark)
        memory.path = path
        del machine.trace.events[events:]
        if machine.splits >= SPLITS:
            return give_up(machine, node)
        condition = undecided.condition
    machine.splits += 1
    outer = machine.alternatives

    def side(value: bool) -> bool:
        machine.alternatives = {**outer, condition: value}
        try:
            return splitting(machine, node, run, give_up)
        finally:
            machine.alternatives = outer

    try:
        return branch(machine, condition, lambda: side(True), lambda: side(False))
    finally:
        machine.splits -= 1


def guarded(exits: Sequence[Exit], values: Sequence[Value]) -> Value:
    """The value that goes with whichever of `exits` is taken."""
    result = values[-1]
    for way, value in zip(reversed(exits[:-1]), reversed(values[:-1])):
        if not way.path:
            result = value
            continue
        rest = result
        result = value
        for condition, went in reversed(way.path.items()):
            other = rest.under({condition: not went}) if isinstance(rest, Choice) else rest
            result = joined(condition, result, other) if went else joined(condition, other, result)
    return result


def join_exits(exits: Sequence[Exit], region: Region) -> Value:
    """Join the states of several ways out of a region into the present one; the value is the joined returned value."""
    before = memory.before(region.mark)
    for way in exits:
        for cell in way.writes:
            before.setdefault(cell, cell.raw)
    memory.undo(region.mark)
    for cell, old in before.items():
        cell.set(guarded(exits, [way.writes.get(cell, old) for way in exits]))
    return guarded(exits, [way.value for way in exits])


def forget(values: Iterable[Value], depth: int = 2) -> None:
    """What an unknown call may have changed is not known any more."""
    for value in values:
        if isinstance(value, (ListObject, DictObject)):
            if depth and isinstance(value, ListObject) and isinstance(value.cell.raw, Value):
                items = value.cell.raw
                nested = getattr(items, "known", None)
                if nested:
                    forget(nested, depth - 1)
            value.cell.set(unknown())
        elif isinstance(value, Instance):
            for cell in value.fields.cells.values():
                cell.set(unknown())
        elif isinstance(value, Frame):
            value.table = Table(Axis(unknown_dim()), None, unknown_dim(), "", "object", None)
