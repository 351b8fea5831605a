"""Classes and functions of the analysed program: their definitions, instances and super()."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import libcst as cst

from lstmlint.interpreter.blocks import execute
from lstmlint.interpreter.dispatch import CallContext
from lstmlint.interpreter.functions import any_arguments, bind, call_function, member
from lstmlint.interpreter.machine import Code, Machine, Scope, expression, statement
from lstmlint.library import binding, registry
from lstmlint.library.dataclasses import default_of
from lstmlint.values.base import MISSING, Choice, Undecided, Value, unknown
from lstmlint.values.code import Caller, Class, External, Function, Instance, Method, Site

_TRANSPARENT = frozenset(
    """
    tensorflow.function functools.lru_cache functools.cache functools.wraps torch.no_grad abc.abstractmethod
    typing.override staticmethod classmethod property builtins.staticmethod builtins.classmethod builtins.property
    numba.jit numba.njit keras.saving.register_keras_serializable keras.utils.register_keras_serializable
    functools.cached_property torch.inference_mode torch.enable_grad torch.jit.export torch.jit.ignore torch.jit.script_method
    """.split()  # noqa: SIM905
)
"""Decorators that leave a function's values as they are."""
_KINDS = {"staticmethod": "staticmethod", "classmethod": "classmethod", "property": "property", "cached_property": "property"}


def _decorator_path(machine: Machine, decorator: cst.Decorator) -> str:
    node = decorator.decorator.func if isinstance(decorator.decorator, cst.Call) else decorator.decorator
    if isinstance(node, cst.Name) and node.value in _KINDS:
        return node.value
    value = machine.evaluate(node)
    return value.path if isinstance(value, External) else "?"


@statement(cst.FunctionDef)
def function_definition(machine: Machine, node: cst.FunctionDef) -> bool:
    machine.scope.target(node.name.value).names.set(node.name.value, _function(machine, node))
    return True


def _function(machine: Machine, node: cst.FunctionDef) -> Value:
    code = Code(node, machine.scope, machine.tree, _defaults(machine, node.params))
    function = Function(node.name.value, code)
    machine.functions.append((function, code))
    for decorator in node.decorators:
        path = _decorator_path(machine, decorator)
        last = path.rpartition(".")[2]
        if last in _KINDS:
            code.kind = _KINDS[last]
        elif path not in _TRANSPARENT:
            return unknown(name=node.name.value)
    return function


def _defaults(machine: Machine, parameters: cst.Parameters) -> dict[str, Value]:
    every = (*parameters.posonly_params, *parameters.params, *parameters.kwonly_params)
    return {p.name.value: machine.evaluate(p.default) for p in every if p.default is not None}


@expression(cst.Lambda)
def lambda_expression(machine: Machine, node: cst.Lambda) -> Value:
    return Function("<lambda>", Code(node, machine.scope, machine.tree, _defaults(machine, node.params)))


@statement(cst.ClassDef)
def class_definition(machine: Machine, node: cst.ClassDef) -> bool:
    bases = []
    for arg in node.bases:
        base = machine.evaluate(arg.value)
        if isinstance(base, Choice):
            raise Undecided(base.condition)
        bases.append(unknown() if arg.star else base)
    cls = Class(node.name.value, bases, node)
    scope = Scope("class", machine.scope, cls.namespace)
    first = len(machine.functions)
    with machine.within(scope, machine.tree):
        execute(machine, node.body.body)
    for _, code in machine.functions[first:]:
        code.owner = code.owner or cls
    machine.classes.append((cls, machine.tree))
    known = all(_is_transparent_class_decorator(_decorator_path(machine, d)) for d in node.decorators)
    machine.scope.target(node.name.value).names.set(node.name.value, cls if known else unknown(name=node.name.value))
    return True


def _is_transparent_class_decorator(path: str) -> bool:
    return path in _TRANSPARENT or path == "dataclasses.dataclass"


def instantiate(
    machine: Machine, cls: Class, args: Sequence[Value], keywords: Mapping[str, Value], node: object, open_args: bool = False
) -> Value:
    """`cls(*args, **keywords)`."""
    instance = Instance(cls)
    machine.instances[cls] = instance
    initialise = member(cls, "__init__")
    if isinstance(initialise, Function):
        call_function(machine, initialise, (instance, *args), keywords, node, open_args)
    elif initialise is MISSING:
        _fill_fields(CallContext(machine, Site(node, machine.tree)), instance, args, keywords, open_args)
        finish = member(cls, "__post_init__")
        if isinstance(finish, Function):
            call_function(machine, finish, (instance,), {}, node)
        if not open_args:
            _inherited_initialise(machine, instance, args, keywords, node)
    return instance


def _inherited_initialise(
    machine: Machine, instance: Instance, args: Sequence[Value], keywords: Mapping[str, Value], node: object
) -> None:
    """What the library class that the program's class derives from does with the arguments."""
    for ancestor in instance.cls.ancestors():
        found = registry.find_method(ancestor.path, "__init__") if isinstance(ancestor, External) else None
        if found is not None:
            binding.apply(found[1], CallContext(machine, Site(node, machine.tree)), (instance, *args), keywords)
            return


def _fill_fields(
    caller: Caller, instance: Instance, args: Sequence[Value], keywords: Mapping[str, Value], open_args: bool
) -> None:
    """The fields of a dataclass or NamedTuple, from the arguments or the defaults in the class body."""
    names = [
        name for ancestor in reversed(instance.cls.ancestors()) if isinstance(ancestor, Class) for name in field_names(ancestor)
    ]
    left = list(args)
    for name in names:
        value = left.pop(0) if left else keywords.get(name, MISSING)
        if value is MISSING:
            default = default_of(caller, member(instance.cls, name))
            value = unknown(name=name) if default is MISSING or open_args else default
        instance.fields.set(name, value)


def field_names(cls: Class) -> list[str]:
    """The annotated names in the body of a class, in order."""
    if not isinstance(cls.code, cst.ClassDef):
        return []
    found = []
    for line in cls.code.body.body:
        for part in line.body if isinstance(line, cst.SimpleStatementLine) else ():
            if isinstance(part, cst.AnnAssign) and isinstance(part.target, cst.Name):
                found.append(part.target.value)
    return found


def super_member(machine: Machine, name: str) -> Value:
    """`super().name` in the active method."""
    code = machine.active[-1] if machine.active else None
    if code is None or code.owner is None or not isinstance(code.node, cst.FunctionDef) or not code.node.params.params:
        return unknown()
    receiver = machine.scope.lookup(code.node.params.params[0].name.value)
    if not isinstance(receiver, (Instance, Class)):
        return unknown()
    cls = receiver.cls if isinstance(receiver, Instance) else receiver
    ancestors = cls.ancestors()
    after = ancestors[ancestors.index(code.owner) + 1 :] if code.owner in ancestors else []
    for ancestor in after:
        if isinstance(ancestor, Class):
            found = ancestor.namespace.get(name)
            if isinstance(found, Function):
                return bind(found, receiver)
        elif isinstance(ancestor, External):
            method = registry.find_method(ancestor.path, name)
            if method is not None:
                return Method(method[0], receiver)
    return External("builtins.object.__init__") if name == "__init__" else unknown(name=name)


def enter_class(machine: Machine, cls: Class) -> None:
    """Look into a class that nothing instantiates, with arguments of which nothing is known."""
    if cls not in machine.instances:
        instance = Instance(cls)
        machine.instances[cls] = instance
        initialise = member(cls, "__init__")
        if isinstance(initialise, Function) and isinstance(initialise.code, Code):
            args = any_arguments(initialise.code, True)
            call_function(machine, initialise, (instance, *args), {}, cls.code, open_args=True)
        else:
            for name in field_names(cls):
                instance.fields.set(name, unknown(name=name))
