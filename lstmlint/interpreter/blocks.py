"""Blocks of statements: one after the other, each for every alternative that it has to tell apart."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from lstmlint.interpreter.branches import branch, forget, splitting
from lstmlint.interpreter.machine import STATEMENTS, BudgetExceeded, Machine
from lstmlint.interpreter.nodes import Jump
from lstmlint.values.base import TRUE, Choice, unknown
from lstmlint.values.code import LibraryObject
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
    for name in outline.mentioned:
        value = machine.scope.lookup(name)
        values = value.leaves() if isinstance(value, Choice) else [value]
        forget(values)
        for one in values:
            if isinstance(one, Model):
                one.broken.set(TRUE)
            elif isinstance(one, LibraryObject):
                for cell in one.fields.cells.values():
                    cell.set(unknown())
    for name in outline.bound:
        machine.scope.target(name).names.set(name, unknown())
    if outline.yields and machine.activations:
        machine.activations[-1].yields.append(unknown())
    return _jump_perhaps(machine, node, outline.jumps)


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
