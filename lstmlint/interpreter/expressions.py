"""Expressions that are neither operators, calls nor attributes: names, literals, displays."""

from __future__ import annotations

import ast
from functools import lru_cache

import libcst as cst

from lstmlint.interpreter.attributes import external
from lstmlint.interpreter.branches import tested, truth
from lstmlint.interpreter.machine import Machine, expression
from lstmlint.library import registry
from lstmlint.library.builtins.determined import condition_of
from lstmlint.library.names import canonical
from lstmlint.shapes.shape import unknown_dim
from lstmlint.values.base import FALSE, MISSING, NONE, TRUE, Choice, Const, Unknown, Value, choice, unknown
from lstmlint.values.code import External
from lstmlint.values.data import DictObject, Entries, Items, ListObject, TensorKey, Tuple, items_of, key_of
from lstmlint.values.memory import memory

_CONSTANT_NAMES: dict[str, Value] = {"None": NONE, "True": TRUE, "False": FALSE, "__name__": Const("__main__")}
_LITERAL_ITEMS = 512
"""Longer displays are summarised by one element."""


@expression(cst.Name)
def name(machine: Machine, node: cst.Name) -> Value:
    value = machine.scope.lookup(node.value)
    if value is not MISSING:
        return value
    known = _CONSTANT_NAMES.get(node.value)
    if known is not None:
        return known
    for module in reversed(machine.scope.module().stars):
        path = f"{module}.{node.value}"
        if registry.has_member(module, node.value) or _is_known_elsewhere(path):
            return external(machine, path, node)
    if registry.find(f"builtins.{node.value}") is not None:
        return External(f"builtins.{node.value}")
    # One unknown for each name of a module, so that conditions on it are correlated.
    return Unknown(("name", id(machine.scope.module()), node.value), None, node.value)


def _is_known_elsewhere(path: str) -> bool:
    home = canonical(path)
    return registry.find(home) is not None or registry.find_attribute(home) is not None


@lru_cache(maxsize=4096)
def _number(text: str) -> Const:
    return Const(ast.literal_eval(text))


@expression(cst.Integer)
def integer_literal(machine: Machine, node: cst.Integer) -> Value:
    return _number(node.value)


@expression(cst.Float)
def float_literal(machine: Machine, node: cst.Float) -> Value:
    return _number(node.value)


@expression(cst.Imaginary)
def imaginary_literal(machine: Machine, node: cst.Imaginary) -> Value:
    return Const(node.evaluated_value)


@expression(cst.Ellipsis)
def ellipsis_literal(machine: Machine, node: cst.Ellipsis) -> Value:
    return Const(...)


@expression(cst.SimpleString)
def string_literal(machine: Machine, node: cst.SimpleString) -> Value:
    return Const(node.evaluated_value)


@expression(cst.ConcatenatedString)
def concatenated_string(machine: Machine, node: cst.ConcatenatedString) -> Value:
    left, right = machine.evaluate(node.left), machine.evaluate(node.right)
    if isinstance(left, Const) and isinstance(right, Const) and isinstance(left.value, str) and isinstance(right.value, str):
        return Const(left.value + right.value)
    return unknown("str")


@expression(cst.FormattedString)
def formatted_string(machine: Machine, node: cst.FormattedString) -> Value:
    text = ""
    exact = True
    for part in node.parts:
        if isinstance(part, cst.FormattedStringText):
            text += part.value
            continue
        value = machine.evaluate(part.expression) if isinstance(part, cst.FormattedStringExpression) else unknown()
        plain = isinstance(part, cst.FormattedStringExpression) and part.format_spec is None and part.conversion is None
        if plain and isinstance(value, Const) and isinstance(value.value, (str, int)):
            text += str(value.value)
        else:
            exact = False
    return Const(text) if exact else unknown("str")


def _elements(machine: Machine, elements: tuple[cst.BaseElement, ...] | list[cst.BaseElement]) -> Items:
    values: list[Value] = []
    summarised: Items | None = None
    for element in elements[:_LITERAL_ITEMS]:
        value = machine.evaluate(element.value)
        if isinstance(element, cst.StarredElement):
            items = items_of(value)
            if items is None or items.known is None:
                summarised = items or Items.many(unknown(), unknown_dim())
            else:
                values.extend(items.known)
        else:
            values.append(value)
    if summarised is not None:
        return Items.many(unknown() if values else summarised.element, summarised.length + len(values))
    known = Items.of(values)
    return known if len(elements) <= _LITERAL_ITEMS else Items.many(known.element, len(elements))


@expression(cst.List)
def list_display(machine: Machine, node: cst.List) -> Value:
    return ListObject(_elements(machine, list(node.elements)))


@expression(cst.Tuple)
def tuple_display(machine: Machine, node: cst.Tuple) -> Value:
    return Tuple(_elements(machine, list(node.elements)))


@expression(cst.Set)
def set_display(machine: Machine, node: cst.Set) -> Value:
    items = _elements(machine, list(node.elements))
    if items.known is not None and all(isinstance(item, Const) for item in items.known):
        return ListObject(Items.of(dict.fromkeys(items.known)), "set")
    return ListObject(Items.many(items.element, unknown_dim()), "set")


@expression(cst.Dict)
def dict_display(machine: Machine, node: cst.Dict) -> Value:
    known: dict[Value, Value] = {}
    is_open = False
    for element in node.elements[:_LITERAL_ITEMS]:
        if isinstance(element, cst.DictElement):
            key, value = key_of(machine.evaluate(element.key)), machine.evaluate(element.value)
            if isinstance(key, (Const, TensorKey)):
                known[key] = value
            else:
                is_open = True
        else:
            other = machine.evaluate(element.value)
            entries = other.entries if isinstance(other, DictObject) else Entries((), True)
            known.update(entries.known)
            is_open |= entries.open
    return DictObject(Entries(tuple(known.items()), is_open or len(node.elements) > _LITERAL_ITEMS))


@expression(cst.IfExp)
def conditional(machine: Machine, node: cst.IfExp) -> Value:
    test = machine.evaluate(node.test)
    tested(machine, test, node.test)
    known = truth(test)
    if known is not None:
        return machine.evaluate(node.body if known else node.orelse)
    condition, negated = condition_of(test)
    with memory.assuming(condition, not negated):
        then = machine.evaluate(node.body)
    with memory.assuming(condition, negated):
        orelse = machine.evaluate(node.orelse)
    return choice(condition, orelse, then) if negated else choice(condition, then, orelse)


@expression(cst.Await)
def awaited(machine: Machine, node: cst.Await) -> Value:
    return machine.evaluate(node.expression)


@expression(cst.StarredElement)
def starred(machine: Machine, node: cst.StarredElement) -> Value:
    return machine.evaluate(node.value)


@expression(cst.Yield)
def yielded(machine: Machine, node: cst.Yield) -> Value:
    value: Value = NONE
    if isinstance(node.value, cst.From):
        iterated = machine.evaluate(node.value.item)
        value = iterated if isinstance(iterated, Choice) else machine.iterate(machine, iterated, node).element
    elif node.value is not None:
        value = machine.evaluate(node.value)
    if machine.activations:
        machine.activations[-1].yields.append(value)
    return unknown()
