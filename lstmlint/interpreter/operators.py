"""Operators and subscripts: each is a method of its operand's type, as in Python."""

from __future__ import annotations

import libcst as cst

from lstmlint.interpreter.attributes import remembered
from lstmlint.interpreter.branches import negate, truth
from lstmlint.interpreter.dispatch import call_method
from lstmlint.interpreter.functions import call_member
from lstmlint.interpreter.machine import Machine, expression
from lstmlint.library.builtins.comparisons import same_class
from lstmlint.library.builtins.determined import determined, is_fixed
from lstmlint.sources.parse import is_python2
from lstmlint.values.base import FALSE, MISSING, NONE, TRUE, Choice, Const, Integer, Undecided, Unknown, Value, is_none, unknown
from lstmlint.values.code import Class, External, Function, Instance
from lstmlint.values.data import Array, DictObject, Frame, ListObject, Slice, Tuple, tuple_of
from lstmlint.values.memory import Cell
from lstmlint.values.network import Layer, Model

_BINARY = {
    "Add": "add", "Subtract": "sub", "Multiply": "mul", "Divide": "truediv", "FloorDivide": "floordiv", "Modulo": "mod",
    "Power": "pow", "MatrixMultiply": "matmul", "BitAnd": "and", "BitOr": "or", "BitXor": "xor", "LeftShift": "lshift",
    "RightShift": "rshift",
}  # fmt: skip
_COMPARE = {"Equal": "eq", "NotEqual": "ne", "LessThan": "lt", "LessThanEqual": "le", "GreaterThan": "gt", "GreaterThanEqual": "ge"}
_MIRRORED = {"eq": "eq", "ne": "ne", "lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}


def _rank(value: Value) -> int:
    """Which operand's type decides: an array's before a list's, a list's before a number's, anything before the unknown."""
    if isinstance(value, (Array, Frame)):
        return 4
    if isinstance(value, Instance):
        return 3
    if isinstance(value, (ListObject, Tuple, DictObject)):
        return 2
    if isinstance(value, Unknown) and value.type is None:
        return 0
    return 1


def _plain(*values: Value) -> None:
    for value in values:
        if isinstance(value, Choice):
            raise Undecided(value.condition)


def _computed(operation: str, *operands: Value, type: str | None = None) -> Value:
    """An unknown result: the same for the same operation on the same operands, unless they can change in between."""
    return determined(operation, *operands, type=type) if all(map(is_fixed, operands)) else unknown(type)


def binary(machine: Machine, operator: str, left: Value, right: Value, node: cst.CSTNode) -> Value:
    """`left operator right`; `operator` is the name of libcst's class for it."""
    name = _BINARY.get(operator)
    if name is None:
        return unknown()
    _plain(left, right)
    if operator == "Divide" and is_python2(machine.tree) and left.type_path == right.type_path == "int":
        name = "floordiv"
    straight, mirrored = (left, f"__{name}__", right), (right, f"__r{name}__", left)
    if _rank(right) > _rank(left) or left.type_path is None:
        straight, mirrored = mirrored, straight
    for receiver, method, other in (straight, mirrored):
        if isinstance(receiver, Unknown) and receiver.type is None:
            continue
        result = call_method(machine, receiver, method, (other,), node)
        if result is MISSING and isinstance(receiver, Instance):
            result = call_member(machine, receiver, method, (other,), node)
        if result is not MISSING:
            return result
    return _computed(name, left, right)


@expression(cst.BinaryOperation)
def binary_operation(machine: Machine, node: cst.BinaryOperation) -> Value:
    left = machine.evaluate(node.left)
    return binary(machine, type(node.operator).__name__, left, machine.evaluate(node.right), node)


@expression(cst.UnaryOperation)
def unary_operation(machine: Machine, node: cst.UnaryOperation) -> Value:
    value = machine.evaluate(node.expression)
    _plain(value)
    if isinstance(node.operator, cst.Not):
        return negate(value)
    method = {"Minus": "__neg__", "Plus": "__pos__", "BitInvert": "__invert__"}[type(node.operator).__name__]
    if isinstance(value, Const) and isinstance(value.value, (int, float)):
        number = value.value
        if method == "__invert__":
            return Const(~number) if isinstance(number, int) else unknown()
        return Const(-number if method == "__neg__" else +number)
    if isinstance(value, Integer) and method == "__neg__":
        return Integer(-value.dim)
    result = call_method(machine, value, method, (), node)
    return _computed(method, value, type=value.type_path) if result is MISSING else result


@expression(cst.BooleanOperation)
def boolean_operation(machine: Machine, node: cst.BooleanOperation) -> Value:
    left = machine.evaluate(node.left)
    known = truth(left)
    wants = isinstance(node.operator, cst.And)
    if known is not None:
        return machine.evaluate(node.right) if known == wants else left
    right = machine.evaluate(node.right)
    if isinstance(right, Const) and bool(right.value) != wants and isinstance(left, Unknown) and left.type == "bool":
        return right
    both_bool = left.type_path == right.type_path == "bool"
    return _computed("and" if wants else "or", left, right, type="bool" if both_bool else None)


@expression(cst.Comparison)
def comparison(machine: Machine, node: cst.Comparison) -> Value:
    left = machine.evaluate(node.left)
    result: Value = TRUE
    for target in node.comparisons:
        right = machine.evaluate(target.comparator)
        single = compare(machine, type(target.operator).__name__, left, right, node)
        if len(node.comparisons) == 1:
            return single
        known = truth(single)
        if known is False:
            return FALSE
        if known is None:
            result = single if result == TRUE else _computed("and", result, single, type="bool")
        left = right
    return result


def compare(machine: Machine, operator: str, left: Value, right: Value, node: cst.CSTNode) -> Value:
    """`left operator right`, as a constant where it is proven, otherwise unknown with a key that the operands determine."""
    _plain(left, right)
    if operator in ("Is", "IsNot"):
        same = _identical(left, right)
        if same is None:
            value: Value = _computed("is", left, right, type="bool")
            return negate(value) if operator == "IsNot" else value
        return Const(same == (operator == "Is"))
    if operator in ("In", "NotIn"):
        inside = call_method(machine, right, "__contains__", (left,), node)
        if inside is MISSING:
            inside = _computed("in", left, right, type="bool")
        return negate(inside) if operator == "NotIn" else inside
    name = _COMPARE[operator]
    if name == "ne" and not isinstance(left, (Array, Frame)) and not isinstance(right, (Array, Frame)):
        return negate(compare(machine, "Equal", left, right, node))
    if name in ("eq", "ne") and (is_none(left) or is_none(right)):
        same = _identical(left, right)
        if same is not None:
            return Const(same == (name == "eq"))
    first, method, second = (right, _MIRRORED[name], left) if _rank(right) > _rank(left) else (left, name, right)
    result = call_method(machine, first, f"__{method}__", (second,), node)
    if result is not MISSING:
        return result
    if name == "eq":
        if isinstance(left, Const) and isinstance(right, Const):
            return Const(left.value == right.value)
        one_class = same_class(left, right)
        if one_class is not None:
            return Const(one_class)
    return _computed(name, left, right, type="bool")


_OBJECTS = (Array, Frame, ListObject, Tuple, DictObject, Function, Class, Instance, Layer, Model, External, Integer)


def _identical(left: Value, right: Value) -> bool | None:
    if isinstance(left, Const) and isinstance(right, Const):
        return left == right
    if is_none(left) or is_none(right):
        other = right if is_none(left) else left
        if isinstance(other, _OBJECTS) or (isinstance(other, Unknown) and other.type is not None):
            return False
        return None
    if isinstance(left, (Function, Class, Instance, Layer, Model)) and isinstance(right, (Function, Class, Instance, Layer, Model)):
        return left is right
    return same_class(left, right)


def index_value(machine: Machine, elements: tuple[cst.SubscriptElement, ...] | list[cst.SubscriptElement]) -> Value:
    """The value between the brackets: an index, a slice, or a tuple of them."""
    parts: list[Value] = []
    for element in elements:
        inner = element.slice
        if isinstance(inner, cst.Index):
            parts.append(machine.evaluate(inner.value))
            _plain(parts[-1])
        elif isinstance(inner, cst.Slice):
            bounds = [NONE if bound is None else machine.evaluate(bound) for bound in (inner.lower, inner.upper, inner.step)]
            _plain(*bounds)
            parts.append(Slice(*bounds))
    if len(parts) == 1 and not isinstance(elements[0].comma, cst.Comma):
        return parts[0]
    return tuple_of(*parts)


@expression(cst.Subscript)
def subscript(machine: Machine, node: cst.Subscript) -> Value:
    base = machine.evaluate(node.value)
    _plain(base)
    index = index_value(machine, list(node.slice))
    result = call_method(machine, base, "__getitem__", (index,), node)
    if result is MISSING and isinstance(base, Instance):
        result = call_member(machine, base, "__getitem__", (index,), node)
    if result is not MISSING:
        return result
    if isinstance(base, Unknown) and base.type is None and isinstance(index, Const):
        return remembered(machine, base, index)
    return unknown()


def subscript_assign(machine: Machine, node: cst.Subscript, value: Value) -> Value | None:
    """`base[index] = value`; what `base` is from here on, if its value has no identity of its own."""
    base = machine.evaluate(node.value)
    _plain(base)
    index = index_value(machine, list(node.slice))
    if isinstance(base, Instance):
        call_member(machine, base, "__setitem__", (index, value), node)
    elif isinstance(base, Unknown):
        cell = machine.side.setdefault((base, index), Cell())
        cell.set(value)
    else:
        changed = call_method(machine, base, "__setitem__", (index, value), node)
        return changed if isinstance(base, Array) and isinstance(changed, Array) else None
    return None


def subscript_delete(machine: Machine, node: cst.Subscript) -> None:
    """`del base[index]`."""
    base = machine.evaluate(node.value)
    _plain(base)
    call_method(machine, base, "__delitem__", (index_value(machine, list(node.slice)),), node)
