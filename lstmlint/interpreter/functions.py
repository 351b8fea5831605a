"""Functions of the analysed program: interpreted at their call, with the values that they get."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import libcst as cst

from lstmlint.interpreter.blocks import execute
from lstmlint.interpreter.branches import join_exits
from lstmlint.interpreter.dispatch import NOTHING
from lstmlint.interpreter.machine import Code, Machine, Region, Scope
from lstmlint.shapes.shape import unknown_dim
from lstmlint.values.base import MISSING, NONE, Choice, Const, Undecided, Value, unknown
from lstmlint.values.code import Class, Function, Instance, Site
from lstmlint.values.data import DictObject, Entries, Items, ListObject, Tuple, join_all
from lstmlint.values.memory import memory
from lstmlint.values.variation import Youth, vary

DEPTH = 12
"""How deep calls are followed."""
RECURSION = 1
"""How often a function may be active when it is entered."""


def bind(function: Function, receiver: Value) -> Function:
    """The method `function` of `receiver`."""
    if isinstance(function.code, Code) and function.code.kind == "staticmethod":
        return function
    if isinstance(function.code, Code) and function.code.kind == "classmethod" and isinstance(receiver, Instance):
        receiver = receiver.cls
    return Function(function.name, function.code, receiver)


def member(cls: Class, name: str) -> Value:
    """What `name` is in `cls` or its local ancestors; MISSING if none of them has it."""
    for ancestor in cls.ancestors():
        if isinstance(ancestor, Class):
            found = ancestor.namespace.get(name)
            if found is not MISSING:
                return found
    return MISSING


def call_member(
    machine: Machine, instance: Instance, name: str, args: Sequence[Value], node: object, keywords: Mapping[str, Value] = NOTHING
) -> Value:
    """Call the method `name` that the program's own classes give `instance`; MISSING if there is none."""
    found = member(instance.cls, name)
    if isinstance(found, Choice):
        raise Undecided(found.condition)
    if not isinstance(found, Function):
        return MISSING
    return call_function(machine, found, (instance, *args), keywords, node)


def call_function(
    machine: Machine,
    function: Function,
    args: Sequence[Value],
    keywords: Mapping[str, Value],
    node: object,
    open_args: bool = False,
) -> Value:
    """The result of a call. With `open_args`, there may be more arguments than these (`*args` of unknown length)."""
    code = function.code
    if not isinstance(code, Code):
        return unknown()
    code.called = True
    if function.bound is not None:
        args = (function.bound, *args)
    if len(machine.active) >= DEPTH or machine.active.count(code) > RECURSION:
        return unknown()
    scope = Scope("function", code.scope)
    bind_parameters(scope, code, args, keywords, open_args)
    if machine.contracts is not None:
        machine.contracts.enter(machine, code, scope, Site(node, machine.tree))
    if isinstance(code.node, cst.Lambda):
        with machine.within(scope, code.tree):
            machine.active.append(code)
            try:
                return machine.evaluate(code.node.body)
            finally:
                machine.active.pop()
    result = _activate(machine, code, scope, code.node)
    return result if machine.contracts is None else machine.contracts.leave(machine, code, scope, result, Site(node, machine.tree))


def _activate(machine: Machine, code: Code, scope: Scope, node: cst.FunctionDef) -> Value:
    region, young = Region(memory.mark(), memory.path), Youth(NONE)
    machine.active.append(code)
    machine.activations.append(region)
    machine.loops.append(None)
    try:
        with machine.within(scope, code.tree):
            falls_through = execute(machine, node.body.body)
        if falls_through:
            region.exits.append(region.leave(NONE))
        if not region.exits:
            result: Value = unknown()
        elif len(region.exits) == 1 and (falls_through or not region.exits[0].path):
            result = region.exits[0].value
        else:
            memory.path = region.path
            result = join_exits(region.exits, region)
    finally:
        memory.path = region.path
        machine.loops.pop()
        machine.activations.pop()
        machine.active.pop()
    if region.yields:
        return ListObject(Items.many(vary(join_all(region.yields), young), unknown_dim()), "iterator")
    return unknown() if node.asynchronous is not None and not region.exits else result


def bind_parameters(scope: Scope, code: Code, args: Sequence[Value], keywords: Mapping[str, Value], open_args: bool) -> None:
    """Bind the parameters of `code` in `scope`."""
    parameters = code.node.params
    left = list(args)
    named = dict(keywords)

    def default(name: str) -> Value:
        if open_args:
            return unknown(name=name)
        value = code.defaults.get(name, MISSING)
        return unknown(name=name) if value is MISSING else value

    for parameter in parameters.posonly_params:
        name = parameter.name.value
        scope.names.set(name, left.pop(0) if left else default(name))
    for parameter in parameters.params:
        name = parameter.name.value
        scope.names.set(name, left.pop(0) if left else named.pop(name, MISSING))
        if scope.names.get(name) is MISSING:
            scope.names.set(name, default(name))
    if isinstance(parameters.star_arg, cst.Param):
        rest = Items.many(unknown(), unknown_dim()) if open_args else Items.of(left)
        scope.names.set(parameters.star_arg.name.value, Tuple(rest))
    for parameter in parameters.kwonly_params:
        name = parameter.name.value
        value = named.pop(name, MISSING)
        scope.names.set(name, default(name) if value is MISSING else value)
    if parameters.star_kwarg is not None:
        entries = Entries(tuple((Const(name), value) for name, value in named.items()), open_args)
        scope.names.set(parameters.star_kwarg.name.value, DictObject(entries))


def enter(machine: Machine, function: Function) -> None:
    """Look into a function that nothing calls: with parameters of which nothing is known."""
    if isinstance(function.code, Code):
        args = any_arguments(function.code, function.bound is not None)
        call_function(machine, function, args, {}, function.code.node, open_args=True)


def any_arguments(code: Code, bound: bool) -> list[Value]:
    """Arguments of which nothing is known; where defaults are taken to hold, these."""
    parameters = code.node.params
    names = [p.name.value for p in (*parameters.posonly_params, *parameters.params)][bound:]
    memory.supposable |= any(name in code.defaults for name in names)
    given = code.defaults if memory.supposing else {}
    return [given[name] if name in given else unknown(name=name) for name in names]


MOST_DEFAULTS = 4


def defaults_in_words(code: Code, name: str) -> str:
    """The defaults of a function as a message names them."""
    texts = [f"{name}={value.value!r}" for name, value in code.defaults.items() if isinstance(value, Const)]
    shown = ", ".join(texts[:MOST_DEFAULTS]) + (", …" if len(texts) > MOST_DEFAULTS else "")
    return f"the defaults of {name}" + (f" ({shown})" if shown else "")


def owner_instance(machine: Machine, function: Function) -> Value | None:
    """The instance on which a method that nothing called is looked into."""
    code = function.code
    return machine.instances.get(code.owner) if isinstance(code, Code) and code.owner is not None else None
