"""Imports: of libraries, by canonical path, and of modules of the project, which are interpreted where they are first imported."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from lstmlint.interpreter.attributes import external
from lstmlint.interpreter.blocks import execute
from lstmlint.interpreter.machine import STEPS_PER_IMPORTED_LINE, Followed, Machine, Region, Scope, statement
from lstmlint.interpreter.stated import read_contracts
from lstmlint.library import registry
from lstmlint.library.names import canonical
from lstmlint.values.base import MISSING, Const, Value, unknown
from lstmlint.values.code import External, Module
from lstmlint.values.memory import memory

FOLLOWED = 40
"""How many modules of the project one analysis follows."""


def dotted(node: cst.CSTNode | None) -> str:
    """The dotted name that an import statement spells."""
    if isinstance(node, cst.Attribute):
        return f"{dotted(node.value)}.{node.attr.value}"
    return node.value if isinstance(node, cst.Name) else ""


def project_module(machine: Machine, name: str, level: int) -> Module | None:
    """The module of the project that an import names, None if it is a library's or can't be followed."""
    if machine.find_module is None or (not level and registry.is_modelled(name.partition(".")[0])):
        return None
    found = machine.find_module(name, level, machine.tree)
    if found is None:
        return None
    path, tree, parsed, lines = found
    known = machine.modules.get(path)
    if known is not None:
        return known
    if path in machine.followed:
        return _again(machine, machine.followed[path], path, tree, parsed)
    if len(machine.modules) >= FOLLOWED:
        return None
    module = machine.modules[path] = Module(name)
    before, events, tests = set(machine.modules), len(machine.trace.events), set(machine.trace.tests)
    machine.steps += STEPS_PER_IMPORTED_LINE * lines
    # Once for all: what happens to the importing statement (a branch that is undone) does not touch the module.
    with memory.fresh(), machine.within(Scope("module", None, module.names), tree):
        module.names.set("__name__", Const(name))
        machine.loops.append(None)
        machine.activations.append(Region(0, {}))
        try:
            read_contracts(machine, parsed)
            execute(machine, parsed.body)
        finally:
            machine.loops.pop()
            machine.activations.pop()
    machine.followed[path] = Followed(
        module,
        machine.trace.events[events:],
        {condition: place for condition, place in machine.trace.tests.items() if condition not in tests},
        {inner: found for inner, found in machine.modules.items() if inner not in before},
    )
    return module


def _again(machine: Machine, followed: Followed, path: str, tree: object, parsed: cst.Module) -> Module:
    """A module that an earlier analysis has interpreted: the same values, and the same events."""
    machine.modules[path] = followed.module
    for inner, module in followed.inner.items():
        machine.modules.setdefault(inner, module)
    machine.trace.events.extend(followed.events)
    for condition, place in followed.tests.items():
        machine.trace.tests.setdefault(condition, place)
    with machine.within(Scope("module", None, followed.module.names), tree):
        read_contracts(machine, parsed)
    return followed.module


@statement(cst.Import)
def import_statement(machine: Machine, node: cst.Import) -> bool:
    for alias in node.names:
        path = dotted(alias.name)
        if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
            module = project_module(machine, path, 0)
            value = External(canonical(path)) if module is None else module
            machine.scope.target(alias.asname.name.value).names.set(alias.asname.name.value, value)
        else:
            root = path.partition(".")[0]
            machine.scope.target(root).names.set(root, _package(machine, path) or External(canonical(root)))
    return True


def _package(machine: Machine, path: str) -> Module | None:
    """The package that `import a.b.c` binds, with the modules below it in place."""
    parts = path.split(".")
    modules = [project_module(machine, ".".join(parts[: end + 1]), 0) for end in range(len(parts))]
    if all(module is None for module in modules):
        return None
    chain = [Module(part) if module is None else module for part, module in zip(parts, modules)]
    for parent, child, part in zip(chain, chain[1:], parts[1:]):
        parent.names.set(part, child)
    return chain[0]


@statement(cst.ImportFrom)
def import_from_statement(machine: Machine, node: cst.ImportFrom) -> bool:
    name, level = dotted(node.module), len(node.relative)
    module = project_module(machine, name, level)
    if isinstance(node.names, cst.ImportStar):
        if module is not None:
            for public, value in _public(module):
                machine.scope.target(public).names.set(public, value)
        elif not level:
            machine.scope.module().stars.append(canonical(name))
        return True
    for alias in node.names:
        member = alias.name.value if isinstance(alias.name, cst.Name) else dotted(alias.name)
        bound = alias.asname.name.value if alias.asname is not None and isinstance(alias.asname.name, cst.Name) else member
        machine.scope.target(bound).names.set(bound, _imported(machine, node, module, name, level, member))
    return True


def _imported(machine: Machine, node: cst.ImportFrom, module: Module | None, name: str, level: int, member: str) -> Value:
    if module is not None:
        value = module.names.get(member)
        if value is not MISSING:
            return value
    below = project_module(machine, f"{name}.{member}" if name else member, level)
    if below is not None:
        return below
    if module is not None or level:
        return unknown(name=member)
    return external(machine, f"{name}.{member}", node)


def _public(module: Module) -> Iterator[tuple[str, Value]]:
    for name in module.names.names():
        if not name.startswith("_"):
            yield name, module.names.get(name)
