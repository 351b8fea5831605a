"""Blocks of statements: one after the other, each for every alternative that it has to tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import libcst as cst

from lstmlint.interpreter.branches import splitting
from lstmlint.interpreter.machine import STATEMENTS, BudgetExceeded, Machine
from lstmlint.values.base import unknown


def execute(machine: Machine, body: Sequence[cst.CSTNode]) -> bool:
    """Execute a block; says whether control goes on after it."""
    for node in body:
        machine.steps -= 1
        if machine.steps < 0:
            raise BudgetExceeded
        handler = STATEMENTS.get(type(node))
        if handler is None:
            continue
        if not splitting(machine, partial(handler, machine, node), partial(give_up, machine, node)):
            return False
    return True


def give_up(machine: Machine, node: cst.CSTNode) -> None:
    """A statement with too many alternatives: whatever it binds is unknown."""
    for name in bound_names(node):
        machine.scope.target(name).names.set(name, unknown())


def block(machine: Machine, suite: cst.BaseSuite) -> bool:
    """Execute the body of a compound statement."""
    return execute(machine, suite.body)


def bound_names(node: cst.CSTNode) -> list[str]:
    """The names that `node` may bind: over-approximated by every name that stands in a target position within it."""
    found: list[str] = []
    stack: list[cst.CSTNode] = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, (cst.AssignTarget, cst.AnnAssign, cst.AugAssign, cst.For, cst.NamedExpr, cst.CompFor)):
            found.extend(_names(current.target))
        elif isinstance(current, cst.AsName):
            found.extend(_names(current.name))
        elif isinstance(current, (cst.FunctionDef, cst.ClassDef)):
            found.append(current.name.value)
            continue
        elif isinstance(current, (cst.MatchAs, cst.MatchStar)) and current.name is not None:
            found.append(current.name.value)
        stack.extend(current.children)
    return found


def _names(target: cst.CSTNode) -> list[str]:
    if isinstance(target, cst.Name):
        return [target.value]
    if isinstance(target, (cst.Tuple, cst.List)):
        return [name for element in target.elements for name in _names(element.value)]
    return []
