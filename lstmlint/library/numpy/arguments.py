"""How the models of numpy read their arguments: axes, target shapes, dtypes, sequences of arrays."""
from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from lstmlint.library.coerce import to_array, to_dim, to_shape
from lstmlint.shapes.dims import Dim
from lstmlint.shapes.shape import Shape
from lstmlint.values.base import Const, Integer, Unknown, Value, is_none
from lstmlint.values.code import External
from lstmlint.values.data import Array, Items, ListObject, Tuple, items_of


class Unsure(Enum):
    """An argument that is not known well enough."""

    UNSURE = "?"


UNSURE = Unsure.UNSURE

Axes = tuple[int, ...] | None | Unsure
"""Axis numbers, None for "all" or "the default", or UNSURE."""


def axes_of(value: Value) -> Axes:
    """What an `axis` argument says: an int, a sequence of ints, or None."""
    if is_none(value):
        return None
    shape = to_shape(value)
    return numbers(shape.dims) if shape is not None else UNSURE


def numbers(dims: Sequence[Dim]) -> tuple[int, ...] | Unsure:
    """`dims` where all are numbers."""
    known = tuple(dim for dim in dims if isinstance(dim, int))
    return known if len(known) == len(dims) else UNSURE


def flag(value: Value) -> bool | Unsure:
    """What a boolean argument says."""
    return bool(value.value) if isinstance(value, Const) else UNSURE


def target_dims(shape: Sequence[Value]) -> tuple[Dim, ...] | None:
    """The dimensions that `x.reshape(*shape)` names: several integers, or one sequence. None where their number is unknown."""
    if len(shape) == 1:
        only = shape[0]
        whole = to_shape(only)
        return None if whole is None else whole.dims
    dims: list[Dim] = []
    for value in shape:
        dim = to_dim(value)
        if dim is None:
            return None
        dims.append(dim)
    return tuple(dims)


_DTYPES = (("float", "float"), ("double", "float"), ("half", "float"), ("complex", "float"), ("int", "int"),
           ("uint", "int"), ("long", "int"), ("bool", "bool"), ("str", "str"), ("object", "object"), ("unicode", "str"),
           ("bytes", "str"))  # fmt: skip
_CODES = {"f": "float", "d": "float", "e": "float", "c": "float", "i": "int", "u": "int", "l": "int", "b": "int", "?": "bool",
          "U": "str", "S": "str", "O": "object"}  # fmt: skip


def dtype_of(value: Value, default: str | None) -> str | None:
    """The coarse dtype that a `dtype` argument names, `default` where none is given, None where it is not known."""
    if is_none(value):
        return default
    if isinstance(value, Const) and isinstance(value.value, str):
        name = value.value.lstrip("<>=|")
        code = _CODES.get(name[:1]) if len(name) == 1 or name[1:].isdigit() else None
        return code or _named(name)
    return _named(value.path.rpartition(".")[2]) if isinstance(value, External) else None


def _named(name: str) -> str | None:
    return next((coarse for prefix, coarse in _DTYPES if name.startswith(prefix)), None)


def scalar_dtype(value: Value) -> str | None:
    """The coarse dtype of a number; None for anything else."""
    kind = value.type_path if isinstance(value, (Const, Integer, Unknown)) else None
    return {"complex": "float"}.get(kind, kind) if kind in ("int", "float", "bool", "complex") else None


def is_scalar(value: Value) -> bool:
    """Proven to be a single number or text."""
    return isinstance(value, Integer) or (
        isinstance(value, (Const, Unknown)) and value.type_path in ("int", "float", "bool", "complex", "str", "bytes", "scalar")
    )


def sequence(value: Value) -> Items | None:
    """The items of a sequence of arrays; the rows of an array are one, too."""
    if isinstance(value, Array):
        first = value.shape.axis(0)
        if first is None:
            return None
        row = value.reshaped(Shape(value.shape.axes[1:]))
        return Items.of([row] * first.dim) if isinstance(first.dim, int) and first.dim <= 64 else Items.many(row, first.dim)
    if isinstance(value, ListObject) and value.kind in ("set", "iterator"):
        return None
    return items_of(value)


def arrays(values: Sequence[Value]) -> list[Array]:
    """Each value as an array."""
    return [to_array(value) for value in values]


def tuple_or_list(value: Value) -> bool:
    """Proven to be a tuple or a list."""
    return isinstance(value, Tuple) or (isinstance(value, ListObject) and value.kind == "list")
