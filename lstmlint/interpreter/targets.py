"""Assignment targets."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from lstmlint.interpreter.attributes import attribute_assign
from lstmlint.interpreter.iteration import items_over
from lstmlint.interpreter.machine import Machine, expression
from lstmlint.interpreter.operators import subscript_assign
from lstmlint.trace import Bound, Unpacked
from lstmlint.values.base import Choice, Undecided, Value
from lstmlint.values.data import Array, Items, ListObject, Tuple


def assign(machine: Machine, target: cst.CSTNode, value: Value) -> None:
    """Bind `target` to `value`."""
    if isinstance(target, cst.Name):
        machine.scope.target(target.value).names.set(target.value, value)
        if machine.reveal:
            machine.emit(Bound(machine.site(target), target.value, value))
    elif isinstance(target, (cst.Tuple, cst.List)):
        _unpack(machine, target.elements, value, target)
    elif isinstance(target, cst.Attribute):
        replaced = attribute_assign(machine, target, value)
        if replaced is not None:
            assign(machine, target.value, replaced)
    elif isinstance(target, cst.Subscript):
        subscript_assign(machine, target, value)
    elif isinstance(target, cst.StarredElement):
        assign(machine, target.value, value)


def _unpack(machine: Machine, elements: Sequence[cst.BaseElement], value: Value, node: cst.CSTNode) -> None:
    if isinstance(value, Choice):
        raise Undecided(value.condition)
    if isinstance(value, (Array, Tuple)):
        machine.emit(Unpacked(machine.site(node), value, len(elements)))
    items = items_over(machine, value, node)
    stars = [i for i, element in enumerate(elements) if isinstance(element, cst.StarredElement)]
    for i, element in enumerate(elements):
        if stars and i == stars[0]:
            after = len(elements) - i - 1
            if items.known is not None:
                part: Value = ListObject(Items.of(items.known[i : len(items.known) - after]))
            else:
                part = ListObject(Items.many(items.element, items.length - (len(elements) - 1)))
            assign(machine, element.value, part)
            continue
        at = i if not stars or i < stars[0] else i - len(elements)
        item = items.at(at)
        assign(machine, element.value, items.element if item is None else item)


@expression(cst.NamedExpr)
def walrus(machine: Machine, node: cst.NamedExpr) -> Value:
    value = machine.evaluate(node.value)
    assign(machine, node.target, value)
    return value
