"""Assignment targets."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from lstmlint.interpreter.attributes import attribute_assign, remembered
from lstmlint.interpreter.iteration import items_over
from lstmlint.interpreter.machine import Machine, expression
from lstmlint.interpreter.operators import subscript_assign
from lstmlint.library.builtins.determined import one_of
from lstmlint.shapes.dims import differ
from lstmlint.shapes.shape import Axis, Shape
from lstmlint.trace import AxisMissing, Bound, Unpacked
from lstmlint.values.base import Choice, Const, Undecided, Unknown, Value, choice, dim_of, unknown
from lstmlint.values.code import External
from lstmlint.values.data import Array, Items, ListObject, Tuple
from lstmlint.values.knowledge import REFINED


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
        _rename(machine, target.value, subscript_assign(machine, target, value))
    elif isinstance(target, cst.StarredElement):
        assign(machine, target.value, value)


def _rename(machine: Machine, base: cst.CSTNode, changed: Value | None) -> None:
    """An array that is filled part by part stays the one that its name stands for here."""
    if changed is None or not isinstance(base, cst.Name):
        return
    names = machine.scope.target(base.value).names
    if names.get(base.value) == changed:
        names.set(base.value, changed)


def _unpack(machine: Machine, elements: Sequence[cst.BaseElement], value: Value, node: cst.CSTNode) -> None:
    if isinstance(value, Choice):
        parts = _parts_of_all(value, len(elements))
        if parts is None or starred_in(elements):
            raise Undecided(value.condition)
        for element, own in zip(elements, parts):
            assign(machine, element.value, own)
        return
    if isinstance(value, (Array, Tuple)):
        starred = starred_in(elements)
        machine.emit(Unpacked(machine.site(node), value, len(elements), starred))
        array = value.lengths_of if isinstance(value, Tuple) and not starred else None
        if array is not None and len(elements) != array.shape.rank:
            machine.emit(AxisMissing(machine.site(node), array, len(elements) - 1, unpacked=True))
    first = value.shape.axis(0) if isinstance(value, Array) and not starred_in(elements) else None
    if first is not None and differ(first.dim, len(elements)):
        # It raises here; of what the names would stand for, nothing is known.
        for element in elements:
            assign(machine, element.value, unknown())
        return
    items = items_over(machine, value, node)
    stars = [i for i, element in enumerate(elements) if isinstance(element, cst.StarredElement)]
    if not stars and items.known is not None and len(items.known) != len(elements):
        for element in elements:
            assign(machine, element.value, unknown())
        return
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
        name = element.value.value if isinstance(element.value, cst.Name) else ""
        assign(machine, element.value, _item(machine, value, items, at, name))
    if not stars and isinstance(value, Unknown):
        _refine_rank(machine, value, len(elements))


def starred_in(elements: Sequence[cst.BaseElement]) -> bool:
    """Whether one of the targets takes whatever is left."""
    return any(isinstance(element, cst.StarredElement) for element in elements)


def _parts_of_all(value: Value, count: int) -> list[Value] | None:
    """The items of a tuple with alternatives, each with its own; None if these are not all tuples of `count` plain items."""
    if isinstance(value, Choice):
        then, orelse = _parts_of_all(value.then, count), _parts_of_all(value.orelse, count)
        if then is None or orelse is None:
            return None
        return [choice(value.condition, a, b) for a, b in zip(then, orelse)]
    items = value.items if isinstance(value, Tuple) else value.cell.get() if isinstance(value, ListObject) else None
    known = items.known if isinstance(items, Items) else None
    return None if known is None or len(known) != count else list(known)


def _item(machine: Machine, value: Value, items: Items, at: int, name: str) -> Value:
    if isinstance(value, Unknown):
        return remembered(machine, value, Const(at), name)
    item = items.at(at)
    if item is None:
        return items.element
    return one_of(item, Const(at)) if items.known is None else item


def _refine_rank(machine: Machine, value: Unknown, count: int) -> None:
    """Behind `b, t, f = x.shape`, x has three axes of these lengths."""
    key = value.key
    if not isinstance(key, tuple) or len(key) != 3 or key[0] != "of" or key[2] != Const("shape") or not isinstance(key[1], Unknown):
        return
    lengths = [dim_of(remembered(machine, value, Const(at))) for at in range(count)]
    known = [Axis(length) for length in lengths if length is not None]
    if len(known) == count:
        machine.refine(key[1], Array(Shape(tuple(known)), "torch" if _in_torch(machine) else "any", known=REFINED))


def _in_torch(machine: Machine) -> bool:
    """Whether the active function is a method of a PyTorch module, which computes with tensors."""
    owner = machine.active[-1].owner if machine.active else None
    bases = [] if owner is None else [base.path for base in owner.ancestors() if isinstance(base, External)]
    return any(path.startswith(("torch.", "lightning.")) for path in bases)


@expression(cst.NamedExpr)
def walrus(machine: Machine, node: cst.NamedExpr) -> Value:
    value = machine.evaluate(node.value)
    assign(machine, node.target, value)
    return value
