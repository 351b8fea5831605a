"""What the name of a library call says of it: how it is written, and what it does to what it is made on."""
from __future__ import annotations

from lstmlint.confirm.texts import DTYPES, reaches_out
from lstmlint.values.base import MISSING, Const, Value
from lstmlint.values.code import External
from lstmlint.values.origins import Call

OPERATORS = {
    "__add__": "+", "__sub__": "-", "__mul__": "*", "__truediv__": "/", "__floordiv__": "//", "__mod__": "%", "__pow__": "**",
    "__matmul__": "@", "__and__": "&", "__or__": "|", "__xor__": "^", "__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">=",
    "__eq__": "==", "__ne__": "!=",
}  # fmt: skip
SIGNS = {"__neg__": "-", "__pos__": "+", "__invert__": "~"}
FITS = frozenset(["fit", "fit_transform", "partial_fit"])
_CHANGES = frozenset(["__setitem__", "__delitem__", "__setattr__", "insert", "pop", "update"])
"""The methods of tables that change them."""
FORGOTTEN = frozenset("device out layout memory_format non_blocking verbose generator pin_memory num_workers".split())  # noqa: SIM905
"""Arguments that no shape depends on."""
PLACES = frozenset(["torch.Tensor.to", "torch.Tensor.cuda", "torch.Tensor.cpu", "torch.Tensor.type", "torch.nn.Module.to"])
"""Methods whose arguments are devices and types."""
LISTS = frozenset(["builtins", "list", "tuple", "dict", "set", "iterator", "view", "deque", "range", "str"])
"""Where what Python itself does to lists is modelled: a list is written as what it holds."""


def changes_table(call: Call) -> bool:
    """Whether a call changes the table that it is made on."""
    if call.path.rpartition(".")[2] in _CHANGES:
        return True
    inplace = call.keywords.get("inplace", MISSING)
    return isinstance(inplace, Const) and inplace.value is True


def is_source(call: Call) -> bool:
    """Whether what a call gives comes from outside of the program: a file, the network, a person."""
    owner, _, name = call.path.rpartition(".")
    return (
        reaches_out(name)
        or "datasets" in owner.split(".")
        or "datasets" in name
        or owner.partition(".")[0] not in ("numpy", "pandas", "sklearn", "torch", "keras", "tensorflow", "scipy", *LISTS)
    )


def is_weight(call: Call) -> bool:
    """Whether a call makes weights of a layer, whose shape the program says."""
    return call.path.rpartition(".")[2] in ("add_weight", "add_variable")


def is_dtype(value: Value) -> bool:
    """Whether a value is a type of numbers."""
    return isinstance(value, External) and value.path.rpartition(".")[2] in DTYPES
