"""Blocks of statements: one after the other, each for every alternative that it has to tell apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import libcst as cst

from lstmlint.interpreter.branches import branch, forget, splitting
from lstmlint.interpreter.machine import STATEMENTS, BudgetExceeded, Machine
from lstmlint.interpreter.nodes import Jump
from lstmlint.shapes.shape import UNKNOWN_SHAPE
from lstmlint.values.base import MISSING, TRUE, Choice, Value, unknown
from lstmlint.values.code import Instance, LibraryObject
from lstmlint.values.data import Array, Items, ListObject, Tuple
from lstmlint.values.network import Model


def execute(machine: Machine, body: Sequence[cst.CSTNode]) -> bool:
    """Execute a block; says whether control goes on after it."""
    for node in body:
        machine.steps -= 1
        if machine.steps < 0:
            raise BudgetExceeded
        handler = STATEMENTS.get(type(node))
        if handler is None:
            continue
        if not splitting(machine, node, handler, give_up):
            return False
    return True


def give_up(machine: Machine, node: cst.CSTNode) -> bool:
    """A statement with too many alternatives: whatever it binds or may have changed is unknown; it may go on or jump."""
    outline = machine.outline(node)
    lose(machine.scope.lookup(name) for name in outline.mentioned)
    for name in outline.bound:
        machine.scope.target(name).names.set(name, unknown())
    if outline.yields and machine.activations:
        machine.activations[-1].yields.append(unknown())
    return _jump_perhaps(machine, node, outline.jumps)


def lose(lost: Iterable[Value], depth: int = 2) -> None:
    """Of these, nothing is known any more: neither what they hold, nor, of a model, what its layers are."""
    for value in lost:
        values = value.leaves() if isinstance(value, Choice) else [value]
        if depth:
            for one in values:
                lose(_held(one), depth - 1)
        forget(values)
        for one in values:
            if isinstance(one, Model):
                one.broken.set(TRUE)
                if one.kind == "sequential":
                    one.cell.set(unknown())
                    one.outputs.set(Array(UNKNOWN_SHAPE, "keras"))
            elif isinstance(one, LibraryObject):
                for cell in one.fields.cells.values():
                    cell.set(unknown())


def _held(value: Value) -> list[Value]:
    if isinstance(value, Instance):
        return [cell.raw for cell in value.fields.cells.values() if cell.raw is not MISSING]
    raw = value.items if isinstance(value, Tuple) else value.cell.raw if isinstance(value, ListObject) else None
    contents = raw.leaves() if isinstance(raw, Choice) else [raw]
    return [item for content in contents if isinstance(content, Items) for item in content.known or ()]


def _jump_perhaps(machine: Machine, node: cst.CSTNode, jumps: Sequence[Jump]) -> bool:
    if not jumps:
        return True
    first, rest = jumps[0], jumps[1:]
    if first is node:
        return machine.jump(first, unknown())
    return branch(machine, unknown("bool"), lambda: machine.jump(first, unknown()), lambda: _jump_perhaps(machine, node, rest))


def block(machine: Machine, suite: cst.BaseSuite) -> bool:
    """Execute the body of a compound statement."""
    return execute(machine, suite.body)
