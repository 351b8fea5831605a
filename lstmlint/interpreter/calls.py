"""Calls: of functions and classes of the program, of library models, and of what is unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import libcst as cst

from lstmlint.interpreter.branches import forget
from lstmlint.interpreter.classes import instantiate, super_member
from lstmlint.interpreter.dispatch import CallContext
from lstmlint.interpreter.functions import call_function, call_member
from lstmlint.interpreter.machine import Machine, expression
from lstmlint.interpreter.targets import assign
from lstmlint.library import binding, registry
from lstmlint.shapes.shape import UNKNOWN_SHAPE
from lstmlint.values.base import MISSING, NONE, Choice, Const, Undecided, Value, unknown
from lstmlint.values.code import Class, External, Function, Instance, Method, Site
from lstmlint.values.data import Array, DictObject, items_of

HARMLESS = frozenset(
    """
    matplotlib seaborn plotly time datetime os sys logging warnings json pickle joblib tqdm wandb mlflow re math numpy
    pandas sklearn scipy keras tensorflow torch torchvision nltk gensim builtins pprint csv glob shutil pathlib requests
    IPython statsmodels yfinance talib librosa cv2 PIL h5py gc string itertools collections copy urllib zipfile io
    argparse typing functools
    """.split()  # noqa: SIM905
)
"""Libraries whose functions leave the lists and objects that they get as they are, where no model says otherwise."""


@expression(cst.Call)
def call_expression(machine: Machine, node: cst.Call) -> Value:
    if isinstance(node.func, cst.Name) and node.func.value == "super":
        return unknown(name="super")
    if isinstance(node.func, cst.Attribute) and _is_super(node.func.value):
        function = super_member(machine, node.func.attr.value)
    else:
        function = machine.evaluate(node.func)
    args, keywords, complete = arguments(machine, node)
    if isinstance(function, Choice):
        raise Undecided(function.condition)
    if not complete:
        return _with_open_arguments(machine, function, args, keywords, node)
    if isinstance(function, Method) and function.path.endswith(".ndarray.resize") and isinstance(node.func, cst.Attribute):
        # In place, to any size: the array goes on under its name, with a shape of which nothing is said.
        assign(machine, node.func.value, Array(UNKNOWN_SHAPE))
        return NONE
    return call_value(machine, function, args, keywords, node)


def _is_super(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value == "super"


def arguments(machine: Machine, node: cst.Call) -> tuple[list[Value], dict[str, Value], bool]:
    """Positional and keyword arguments, and whether these are all (not so where a `*` or `**` could not be followed)."""
    args: list[Value] = []
    keywords: dict[str, Value] = {}
    complete = True
    for arg in node.args:
        value = machine.evaluate(arg.value)
        if arg.star == "*":
            items = items_of(value)
            if items is None or items.known is None:
                complete = False
            else:
                args.extend(items.known)
        elif arg.star == "**":
            entries = value.entries if isinstance(value, DictObject) else None
            if entries is None or entries.open:
                complete = False
            for key, item in entries.known if entries is not None else ():
                if isinstance(key, Const) and isinstance(key.value, str):
                    keywords[key.value] = item
        elif arg.keyword is not None:
            keywords[arg.keyword.value] = value
        else:
            args.append(value)
    return args, keywords, complete


def _with_open_arguments(
    machine: Machine, function: Value, args: Sequence[Value], keywords: Mapping[str, Value], node: cst.Call
) -> Value:
    if isinstance(function, Function):
        return call_function(machine, function, args, keywords, node, open_args=True)
    if isinstance(function, Class):
        return instantiate(machine, function, args, keywords, node, open_args=True)
    forget([*args, *keywords.values()])
    return unknown()


def call_value(machine: Machine, function: Value, args: Sequence[Value], keywords: Mapping[str, Value], node: object) -> Value:
    """The result of calling `function`."""
    if isinstance(function, Function):
        return call_function(machine, function, args, keywords, node)
    if isinstance(function, Class):
        return instantiate(machine, function, args, keywords, node)
    context = CallContext(machine, Site(node, machine.tree))
    if isinstance(function, Method):
        model = registry.find(function.path)
        if model is not None:
            return binding.apply(model, context, (function.receiver, *args), keywords)
        return unknown()
    if isinstance(function, External):
        model = registry.find(function.path)
        if model is not None:
            return binding.apply(model, context, args, keywords)
        if function.path.partition(".")[0] not in HARMLESS:
            forget([*args, *keywords.values()])
        return unknown()
    if isinstance(function, Instance):
        return _call_instance(machine, function, args, keywords, node)
    if isinstance(function, Choice):
        raise Undecided(function.condition)
    if function.type_path is not None:
        found = registry.find_method(function.type_path, "__call__")
        if found is not None:
            return binding.apply(found[1], context, (function, *args), keywords)
    forget([*args, *keywords.values()])
    return unknown()


CALLED_THROUGH = ("__call__", "call", "forward")
"""The methods through which an instance is called: Python's own, Keras's and PyTorch's."""


def _call_instance(
    machine: Machine, instance: Instance, args: Sequence[Value], keywords: Mapping[str, Value], node: object
) -> Value:
    for name in CALLED_THROUGH:
        result = call_member(machine, instance, name, args, node)
        if result is not MISSING:
            return result
    return unknown()
