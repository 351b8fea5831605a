"""Calls: of functions and classes of the program, of library models, and of what is unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import libcst as cst

from lstmlint.interpreter.attributes import remembered
from lstmlint.interpreter.blocks import lose
from lstmlint.interpreter.branches import forget
from lstmlint.interpreter.classes import instantiate, super_member
from lstmlint.interpreter.dispatch import CallContext
from lstmlint.interpreter.functions import call_function, call_member
from lstmlint.interpreter.machine import Machine, expression
from lstmlint.interpreter.recalling import recalled
from lstmlint.interpreter.targets import assign
from lstmlint.library import binding, registry
from lstmlint.shapes.shape import Shape
from lstmlint.sources.parse import is_python2
from lstmlint.sources.source import UNREAD
from lstmlint.values.base import FALSE, MISSING, NONE, Choice, Const, Undecided, Unknown, Value, unknown
from lstmlint.values.code import Class, External, Function, Instance, Method, Site
from lstmlint.values.data import Array, DictObject, Items, ListObject, Tuple, items_of

HARMLESS = frozenset(
    """
    matplotlib seaborn plotly time datetime os sys logging warnings json pickle joblib tqdm wandb mlflow re math numpy
    pandas sklearn scipy keras tensorflow torch torchvision nltk gensim builtins pprint csv glob shutil pathlib requests
    IPython statsmodels yfinance talib librosa cv2 PIL h5py gc string itertools collections copy urllib zipfile io
    argparse typing functools torchsummary torchinfo torchviz torchmetrics tensorboardX tensorboard
    """.split()  # noqa: SIM905
)
"""Libraries whose functions leave the lists and objects that they get as they are, where no model says otherwise."""


@expression(cst.Call)
def call_expression(machine: Machine, node: cst.Call) -> Value:
    value = _called(machine, node)
    return value if machine.recall is None else recalled(machine.recall, node, value)


def _called(machine: Machine, node: cst.Call) -> Value:
    if isinstance(node.func, cst.Name) and node.func.value in (UNREAD, "super"):
        if node.func.value == UNREAD:
            mentioned = [machine.evaluate(arg.value) for arg in node.args]
            lose(mentioned)
            _unfollowed(machine, mentioned)
        return unknown(name=node.func.value)
    if isinstance(node.func, cst.Attribute) and _is_super(node.func.value):
        function = super_member(machine, node.func.attr.value)
    else:
        function = machine.evaluate(node.func)
    starred: list[Value] = []
    args, keywords, complete = arguments(machine, node, starred)
    if isinstance(function, Choice):
        raise Undecided(function.condition)
    if not complete and isinstance(function, External) and function.path == "builtins.zip" and len(node.args) == 1:
        turned = _zip_of_many(starred[0]) if starred else None
        if turned is not None:
            return turned
    if not complete:
        return _with_open_arguments(machine, function, args, keywords, node)
    if isinstance(node.func, cst.Attribute) and _changes_in_place(machine, function, node.func, keywords):
        # What has no identity of its own goes on under its name, and nothing is said of it any more.
        changed = _changed(machine, function, args, keywords, node)
        assign(machine, node.func.value, changed)
        # PyTorch's methods that work in place return the tensor.
        return changed if node.func.attr.value.endswith("_") else NONE
    result = call_value(machine, function, args, keywords, node)
    if isinstance(result, ListObject) and result.kind != "list" and is_python2(machine.tree):
        return ListObject(result.items, "list") if isinstance(function, (External, Method)) and function.path in _LISTS else result
    return result


_LISTS = frozenset({"builtins.map", "builtins.filter", "builtins.zip", "dict.keys", "dict.values", "dict.items"})
"""What gives a list in Python 2."""


def _zip_of_many(pairs: Value) -> Value | None:
    """`zip(*pairs)` of a list of unknown length: a tuple of all first parts, one of all second parts, and so on."""
    items = items_of(pairs)
    parts = items_of(items.element) if items is not None and isinstance(items.element, (Tuple, ListObject)) else None
    if items is None or parts is None or parts.known is None:
        return None
    return ListObject(Items.of(Tuple(Items.many(part, items.length)) for part in parts.known), "iterator")


def _changed(machine: Machine, function: Value, args: Sequence[Value], keywords: Mapping[str, Value], node: cst.Call) -> Value:
    if isinstance(function, Method) and isinstance(function.receiver, Array) and function.receiver.kind in ("torch", "graph"):
        return call_value(machine, function, args, keywords, node)
    if isinstance(function, Method) and isinstance(function.receiver, Array) and function.receiver.kind == "series":
        return Array(Shape.of_rank(1), "series", function.receiver.dtype)
    return unknown()


_CHANGING = frozenset("append extend pop insert remove clear update add resize setdefault discard popleft appendleft".split())  # noqa: SIM905


_RESHAPING = frozenset("resize resize_ resize_as_ unsqueeze_ squeeze_ t_ transpose_ swapaxes_ swapdims_ set_".split())  # noqa: SIM905
"""Methods that change the shape of an array or tensor in place."""


def _changes_in_place(machine: Machine, function: Value, node: cst.Attribute, keywords: Mapping[str, Value]) -> bool:
    """Whether a method changes an object that is modelled as a value: an array, or something unknown."""
    if isinstance(function, Method) and isinstance(function.receiver, Array):
        reshapes = node.attr.value in _RESHAPING or (node.attr.value == "set_shape" and function.receiver.kind == "graph")
        return reshapes or keywords.get("inplace", FALSE) != FALSE
    if not isinstance(function, Unknown) or node.attr.value not in _CHANGING:
        return False
    return isinstance(node.value, (cst.Name, cst.Attribute)) and isinstance(machine.evaluate(node.value), Unknown)


def _is_super(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value == "super"


def arguments(
    machine: Machine, node: cst.Call, starred: list[Value] | None = None
) -> tuple[list[Value], dict[str, Value], bool]:
    """Positional and keyword arguments, and whether these are all (not so where a `*` or `**` could not be followed).

    What stands behind a `*` that could not be followed is added to `starred`.
    """
    args: list[Value] = []
    keywords: dict[str, Value] = {}
    complete = True
    for arg in node.args:
        value = machine.evaluate(arg.value)
        if arg.star == "*":
            items = items_of(value)
            if items is None or items.known is None:
                complete = False
                if starred is not None:
                    starred.append(value)
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
    _unfollowed(machine, [*args, *keywords.values()])
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
            return binding.apply(model, context, (function.receiver, *args), keywords, function.path, "method")
        return unknown()
    if isinstance(function, External):
        watcher = registry.watchers.get(function.path.partition(".")[0])
        if watcher is not None:
            watcher(context, function.path, args, keywords)
        model = registry.find(function.path)
        if model is not None:
            return binding.apply(model, context, args, keywords, function.path)
        if function.path.partition(".")[0] not in HARMLESS:
            _unfollowed(machine, [*args, *keywords.values()])
        return unknown()
    if isinstance(function, Instance):
        return _call_instance(machine, function, args, keywords, node)
    if isinstance(function, Choice):
        raise Undecided(function.condition)
    if function.type_path is not None:
        found = registry.find_method(function.type_path, "__call__")
        if found is not None:
            return binding.apply(found[1], context, (function, *args), keywords, found[0], "method")
    size = _size_of_unknown(machine, function, args)
    if size is not None:
        return size
    _unfollowed(machine, [function, *args, *keywords.values()])
    return unknown()


def _size_of_unknown(machine: Machine, function: Value, args: Sequence[Value]) -> Value | None:
    """`x.size()` and `x.size(0)` of something unknown are what `x.shape` and `x.shape[0]` are, and change nothing."""
    if not isinstance(function, Unknown) or not isinstance(function.key, tuple) or len(function.key) < 3:
        return None
    operation, owner, name = function.key[:3]
    if operation != "of" or name != Const("size") or not isinstance(owner, Unknown) or len(args) > 1:
        return None
    shape = remembered(machine, owner, Const("shape"), "shape")
    if not args or not isinstance(shape, Unknown):
        return shape
    return remembered(machine, shape, args[0])


def _unfollowed(machine: Machine, values: Sequence[Value]) -> None:
    """Something unknown was called with `values` (itself the first): what they hold may be something else from here on."""
    forget(values)
    for value in values:
        if isinstance(value, Unknown):
            owner = value.key[1] if isinstance(value.key, tuple) and value.key[0] == "of" else value
            machine.generations[owner] = machine.generations.get(owner, 0) + 1
            for (base, _), cell in machine.side.items():
                if base == owner:
                    cell.set(unknown())


CALLED_THROUGH = ("__call__", "call", "forward")
"""The methods through which an instance is called: Python's own, Keras's and PyTorch's."""
CALLED_BY_LIBRARY = "__call_instance__"
"""The model of what a library's base class does when an instance of a class of the program is called."""


def _call_instance(
    machine: Machine, instance: Instance, args: Sequence[Value], keywords: Mapping[str, Value], node: object
) -> Value:
    own, *others = CALLED_THROUGH
    result = call_member(machine, instance, own, args, node, keywords)
    if result is not MISSING:
        return result
    for ancestor in instance.cls.ancestors():
        found = registry.find_method(ancestor.path, CALLED_BY_LIBRARY) if isinstance(ancestor, External) else None
        if found is not None:
            return binding.apply(found[1], CallContext(machine, Site(node, machine.tree)), (instance, *args), keywords)
    for name in others:
        result = call_member(machine, instance, name, args, node, keywords)
        if result is not MISSING:
            return result
    for ancestor in instance.cls.ancestors():
        inherited = registry.find_method(ancestor.path, "__call__") if isinstance(ancestor, External) else None
        if inherited is not None:
            context = CallContext(machine, Site(node, machine.tree))
            return binding.apply(inherited[1], context, (instance, *args), keywords, inherited[0], "method")
    return unknown()
