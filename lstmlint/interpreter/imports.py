"""Imports: of libraries, by canonical path. Modules of the project itself are unknown for now."""

from __future__ import annotations

import libcst as cst

from lstmlint.interpreter.attributes import external
from lstmlint.interpreter.machine import Machine, statement
from lstmlint.library.names import canonical
from lstmlint.values.base import unknown
from lstmlint.values.code import External


def dotted(node: cst.CSTNode | None) -> str:
    """The dotted name that an import statement spells."""
    if isinstance(node, cst.Attribute):
        return f"{dotted(node.value)}.{node.attr.value}"
    return node.value if isinstance(node, cst.Name) else ""


@statement(cst.Import)
def import_statement(machine: Machine, node: cst.Import) -> bool:
    for alias in node.names:
        path = dotted(alias.name)
        if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
            machine.scope.target(alias.asname.name.value).names.set(alias.asname.name.value, External(canonical(path)))
        else:
            root = path.partition(".")[0]
            machine.scope.target(root).names.set(root, External(canonical(root)))
    return True


@statement(cst.ImportFrom)
def import_from_statement(machine: Machine, node: cst.ImportFrom) -> bool:
    module = dotted(node.module)
    if isinstance(node.names, cst.ImportStar):
        if not node.relative:
            machine.scope.module().stars.append(canonical(module))
        return True
    for alias in node.names:
        name = alias.name.value if isinstance(alias.name, cst.Name) else dotted(alias.name)
        bound = alias.asname.name.value if alias.asname is not None and isinstance(alias.asname.name, cst.Name) else name
        value = unknown(name=name) if node.relative else external(machine, f"{module}.{name}", node)
        machine.scope.target(bound).names.set(bound, value)
    return True
