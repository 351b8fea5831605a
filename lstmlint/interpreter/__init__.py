"""The interpreter: Python over libcst trees, with abstract values in place of objects."""

from __future__ import annotations

from collections.abc import Iterable

import libcst as cst

from lstmlint.config import STEPS_PER_LINE
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
from lstmlint.interpreter.blocks import execute, lose
from lstmlint.interpreter.machine import BudgetExceeded, Code, Followed, Import, Machine, budget
from lstmlint.interpreter.stated import read_contracts
from lstmlint.interpreter.watched import Watch, Watched
from lstmlint.sources.deep import Interrupted
from lstmlint.trace import Trace
from lstmlint.values.base import MISSING, unknown
from lstmlint.values.code import Class, External, Function
from lstmlint.values.knowledge import Recall
from lstmlint.values.memory import memory

OPTIONS = "the default options"

Part = tuple[object, cst.Module] | frozenset[str]
"""A tree with its parsed module; or, in place of a part that can't be read, the names that stand in it."""


def analyse(
    parts: Iterable[Part],
    lines: int,
    reveal: bool = False,
    find_module: Import | None = None,
    supposing: bool = False,
    followed: dict[str, Followed] | None = None,
    steps_per_line: int = STEPS_PER_LINE,
    watch: Watch | None = None,
    recall: Recall | None = None,
) -> Trace:
    """Interpret the parts one after the other, as one program of `lines` lines.

    With `reveal`, every binding of a name is an event. `find_module` finds the modules of the project that are imported. With
    `supposing`, defaults that callers and the command line may override are taken to hold. `followed` keeps imported modules for
    the next analysis, before which `trace.undo()` is to be called: this one may have changed them. `steps_per_line` is the budget.
    A `watch` is told every value, and may interrupt. `recall` is what an earlier run has told of calls.
    """
    given = budget(lines, steps_per_line), calls.call_value, iteration.items_over, reveal, find_module
    machine = Machine(*given) if watch is None else Watched(watch, *given)
    machine.supposed = OPTIONS if supposing else ""
    if followed is not None:
        machine.followed = followed
    machine.recall = recall
    # What was recalled is passed on from the start.
    memory.weakened, memory.supposable = recall is not None, False
    memory.flags = {}
    memory.supposing = supposing
    with memory.fresh():
        trees: set[object] = set()
        try:
            for part in parts:
                if isinstance(part, frozenset):
                    _forget_names(machine, part)
                    continue
                machine.tree, module = part
                trees.add(machine.tree)
                read_contracts(machine, module)
                if not execute(machine, module.body):
                    break
            _enter_what_nothing_called(machine, trees)
        except BudgetExceeded:
            machine.trace.incomplete = "the analysis took more steps than its budget allows; what it knew until then was checked"
        except Interrupted:
            # What is kept for the next analysis must not keep what this one did.
            memory.undo(0)
            raise
        if followed is not None:
            machine.trace.trail = memory.trail
            machine.trace.dismantle = lambda: machine.dismantle(trees)
    machine.trace.supposable = memory.supposable
    machine.trace.recalled = "" if recall is None else recall.words
    machine.trace.steps = budget(lines, steps_per_line) - machine.steps
    memory.supposing = False
    return machine.trace


def _forget_names(machine: Machine, names: frozenset[str]) -> None:
    """A part that can't be read may have bound or changed whatever it names (it is taken not to rename libraries)."""
    scope = machine.scope.names
    for name in names:
        value = scope.get(name)
        if value is not MISSING and not isinstance(value, External):
            lose([value])
            scope.set(name, unknown(name=name))


def _enter_what_nothing_called(machine: Machine, trees: set[object]) -> None:
    """Classes that nothing instantiates and functions that nothing calls, each looked into by itself.

    Only those of the program itself: what stands unused in an imported module is checked with that module.
    """
    for cls, tree in list(machine.classes):
        if tree in trees:
            _apart(machine, cls)
    for function, code in list(machine.functions):
        if not code.called and code.tree in trees:
            _apart(machine, function)


LOOKED_INTO = 6_000
"""How many steps a function that nothing calls is worth; what it calls in turn may have no end."""


def _apart(machine: Machine, entered: Class | Function) -> None:
    outer, left = memory.path, machine.steps
    machine.steps = given = min(left, LOOKED_INTO)
    if memory.supposing:
        machine.supposed = _supposed(entered)
    mark = memory.mark()
    try:
        if isinstance(entered, Class):
            classes.enter_class(machine, entered)
        else:
            owner = functions.owner_instance(machine, entered)
            functions.enter(machine, entered if owner is None else functions.bind(entered, owner))
    except BudgetExceeded:
        if left <= LOOKED_INTO:
            raise
    finally:
        memory.path = outer
        machine.steps += left - given
    if isinstance(entered, Function):
        memory.undo(mark)


def _supposed(entered: Class | Function) -> str:
    """The defaults under which a class or function is looked into, in words."""
    owner = entered if isinstance(entered, Class) else None
    if isinstance(entered, Function) and isinstance(entered.code, Code):
        owner = entered.code.owner
        if owner is None or entered.code.defaults:
            return functions.defaults_in_words(entered.code, entered.name) if entered.code.defaults else OPTIONS
    initialise = MISSING if owner is None else functions.member(owner, "__init__")
    if owner is not None and isinstance(initialise, Function) and isinstance(initialise.code, Code):
        return functions.defaults_in_words(initialise.code, owner.name)
    return OPTIONS
