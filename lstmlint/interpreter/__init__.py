"""The interpreter: Python over libcst trees, with abstract values in place of objects."""

from __future__ import annotations

from collections.abc import Iterable

import libcst as cst

from lstmlint.interpreter import (  # noqa: F401 - each registers its handlers
    attributes,
    calls,
    classes,
    expressions,
    functions,
    imports,
    iteration,
    loops,
    operators,
    statements,
    targets,
)
from lstmlint.interpreter.blocks import execute
from lstmlint.interpreter.machine import BudgetExceeded, Machine
from lstmlint.trace import Trace
from lstmlint.values.code import Class, Function
from lstmlint.values.memory import memory


def analyse(modules: Iterable[tuple[object, cst.Module]], lines: int, reveal: bool = False) -> Trace:
    """Interpret trees (each with its parsed module) one after the other, as one program of `lines` lines.

    With `reveal`, every binding of a name is an event.
    """
    machine = Machine(lines, calls.call_value, iteration.items_over, reveal)
    with memory.fresh():
        try:
            for tree, module in modules:
                machine.tree = tree
                if not execute(machine, module.body):
                    break
            _enter_what_nothing_called(machine)
        except BudgetExceeded:
            machine.trace.incomplete = "the analysis took more steps than its budget allows; what it knew until then was checked"
    return machine.trace


def _enter_what_nothing_called(machine: Machine) -> None:
    """Classes that nothing instantiates and functions that nothing calls, each looked into by itself."""
    for cls in list(machine.classes):
        _apart(machine, cls)
    for function, code in list(machine.functions):
        if not code.called:
            _apart(machine, function)


def _apart(machine: Machine, entered: Class | Function) -> None:
    outer = memory.path
    if isinstance(entered, Class):
        classes.enter_class(machine, entered)
    else:
        owner = functions.owner_instance(machine, entered)
        mark = memory.mark()
        functions.enter(machine, entered if owner is None else functions.bind(entered, owner))
        memory.undo(mark)
    memory.path = outer
