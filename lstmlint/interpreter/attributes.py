"""Attributes: of modules, objects, classes, and of what is unknown."""

from __future__ import annotations

import libcst as cst

from lstmlint.interpreter.dispatch import CallContext, call_method
from lstmlint.interpreter.functions import bind, call_function
from lstmlint.interpreter.machine import Code, Machine, expression
from lstmlint.library import binding, registry
from lstmlint.library.builtins.determined import determined, is_fixed
from lstmlint.library.names import canonical
from lstmlint.values.base import MISSING, Choice, Const, Undecided, Unknown, Value, unknown
from lstmlint.values.code import Class, External, Function, Instance, LibraryObject, Method, Module
from lstmlint.values.data import Array
from lstmlint.values.memory import Cell
from lstmlint.values.network import Layer, Model


def external(machine: Machine, path: str, node: cst.CSTNode) -> Value:
    """What stands at `path` in a library: a constant's value, otherwise the thing itself by its canonical path."""
    path = canonical(path)
    constant = registry.find_attribute(path)
    if constant is not None:
        return binding.apply(constant, CallContext(machine, machine.site(node)), (), {}, path, "attribute")
    return External(path)


@expression(cst.Attribute)
def attribute_expression(machine: Machine, node: cst.Attribute) -> Value:
    return attribute(machine, machine.evaluate(node.value), node.attr.value, node)


def attribute(machine: Machine, value: Value, name: str, node: cst.CSTNode) -> Value:
    """`value.name`."""
    if isinstance(value, Choice):
        raise Undecided(value.condition)
    if isinstance(value, External):
        put = machine.side.get((value, Const(name)))
        own = MISSING if put is None else put.get()
        return external(machine, f"{value.path}.{name}", node) if own is MISSING else own
    if isinstance(value, Instance):
        return _of_instance(machine, value, name, node)
    if isinstance(value, Class):
        return _of_class(value, name)
    if isinstance(value, Module):
        member = value.names.get(name)
        return unknown(name=name) if member is MISSING else member
    if isinstance(value, (LibraryObject, Layer, Model)):
        own = value.fields.get(name)
        if own is not MISSING:
            return own
    if value.type_path is not None:
        found = registry.find_property(value.type_path, name)
        if found is not None:
            return binding.apply(found[1], CallContext(machine, machine.site(node)), (value,), {}, found[0], "attribute")
        method = registry.find_method(value.type_path, name)
        if method is not None:
            return Method(method[0], value)
        other = registry.find_method(value.type_path, "__getattr__")
        if other is not None:
            return binding.apply(other[1], CallContext(machine, machine.site(node)), (value, Const(name)), {})
        if isinstance(value, (LibraryObject, Layer, Model)):
            return unknown(name=name)
    if isinstance(value, Unknown):
        return remembered(machine, value, Const(name), name)
    return unknown(name=name)


LONGEST_NAME = 20


def remembered(machine: Machine, base: Unknown, key: Value, name: str = "") -> Value:
    """An attribute or item of an unknown object: what the program put there, otherwise the same unknown each time."""
    cell = machine.side.get((base, key))
    if cell is not None and cell.get() is not MISSING:
        return cell.get()
    if not is_fixed(key):
        return unknown(name=name)
    if base.name and isinstance(key, Const) and len(base.name) <= LONGEST_NAME:
        if key.value == "shape":
            name = f"{base.name}.shape"
        elif not name and isinstance(key.value, (int, str)):
            name = f"{base.name}[{key.value!r}]"
    generation = machine.generations.get(base)
    return determined("of", base, key, *(() if generation is None else (Const(generation),)), name=name)


def _of_instance(machine: Machine, value: Instance, name: str, node: cst.CSTNode) -> Value:
    own = value.fields.get(name)
    if own is not MISSING:
        return own
    for ancestor in value.cls.ancestors():
        if isinstance(ancestor, Class):
            member = ancestor.namespace.get(name)
            if member is not MISSING:
                return _bound(machine, member, value, node)
        elif isinstance(ancestor, External):
            found = registry.find_method(ancestor.path, name)
            if found is not None:
                return Method(found[0], value)
    if name == "__class__":
        return value.cls
    fresh = unknown(name=name)
    value.fields.set(name, fresh)
    return fresh


def _bound(machine: Machine, member: Value, value: Instance, node: cst.CSTNode) -> Value:
    if isinstance(member, Choice):
        raise Undecided(member.condition)
    if isinstance(member, Function) and isinstance(member.code, Code):
        if member.code.kind == "property":
            return call_function(machine, member, (value,), {}, node)
        return bind(member, value)
    return member


def _of_class(value: Class, name: str) -> Value:
    if name == "__name__":
        return Const(value.name)
    for ancestor in value.ancestors():
        if isinstance(ancestor, Class):
            member = ancestor.namespace.get(name)
            if member is not MISSING:
                if isinstance(member, Function) and isinstance(member.code, Code) and member.code.kind == "classmethod":
                    return Function(member.name, member.code, value)
                return member
    return unknown(name=name)


def attribute_assign(machine: Machine, node: cst.Attribute, value: Value) -> Value | None:
    """`base.name = value`; what `base` is from here on, if its value has no identity of its own (`x.shape = (3, 4)`)."""
    base = machine.evaluate(node.value)
    if isinstance(base, Choice):
        raise Undecided(base.condition)
    name = node.attr.value
    if isinstance(base, (Instance, LibraryObject)):
        base.fields.set(name, value)
    elif isinstance(base, Class):
        base.namespace.set(name, value)
    elif isinstance(base, Module):
        base.names.set(name, value)
    elif isinstance(base, (Layer, Model)):
        base.fields.set(name, value)
    elif isinstance(base, (Unknown, External)):
        machine.side.setdefault((base, Const(name)), Cell()).set(value)
    elif isinstance(base, Array) and name == "shape":
        return call_method(machine, base, "reshape", (value,), node)
    elif base.type_path is not None:
        found = registry.find_method(base.type_path, "__setattr__")
        if found is not None:
            given = (base, Const(name), value)
            binding.apply(found[1], CallContext(machine, machine.site(node)), given, {}, found[0], "method")
    return None
