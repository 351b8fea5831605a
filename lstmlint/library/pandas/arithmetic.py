"""Operators of tables and Series: element by element, matched by label."""
from __future__ import annotations

from dataclasses import replace

from lstmlint.library.coerce import to_array
from lstmlint.library.pandas.tables import is_plain
from lstmlint.library.registry import models
from lstmlint.shapes.dims import Dim, same
from lstmlint.shapes.shape import Axis, Shape, unknown_dim
from lstmlint.values.base import Unknown, Value, unknown
from lstmlint.values.data import Array, Frame, Table, items_of

_ARITHMETIC = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow")
_NAMED = (
    "add", "sub", "mul", "div", "truediv", "subtract", "multiply", "divide", "pow", "floordiv", "mod", "radd", "rsub", "rmul",
    "rdiv", "rtruediv", "rfloordiv", "rmod", "rpow",
)  # fmt: skip
_BOOLS = ("lt", "le", "gt", "ge", "eq", "ne", "and", "or", "xor", "rand", "ror", "rxor")


def result_dtype(left: str | None, right: Value, bools: bool) -> str | None:
    """The dtype of an operation's result."""
    if bools:
        return "bool"
    other = right.table.dtype if isinstance(right, Frame) else to_array(right).dtype
    if "object" in (left, other):
        return "object"
    return "float" if "float" in (left, other) and {left, other} <= {"float", "int", "bool"} else None


def _of_frames(left: Table, right: Value, bools: bool) -> Value:
    dtype = result_dtype(left.dtype, right, bools)
    plain = Frame(replace(left, dtype=dtype))
    if isinstance(right, Frame):
        other = right.table
        rows = left.rows.dim if same(left.rows.dim, other.rows.dim) else unknown_dim("n")
        if left.columns == other.columns and same(left.width, other.width) and (left.columns is not None or left.width == 1):
            return Frame(replace(left, rows=left.rows.of_length(rows), dtype=dtype))
        if left.columns is None and other.columns is None and left.width == other.width and not isinstance(left.width, int):
            return Frame(replace(left, rows=left.rows.of_length(rows), dtype=dtype))
        dtype = "object" if dtype == "object" else None
        return Frame(replace(left, rows=Axis(rows), columns=None, width=unknown_dim("columns"), dtype=dtype))
    if isinstance(right, Array) and right.kind == "series":
        return plain if right.shape.rank == 1 and _labels_match(left, right.shape.axes[0].dim) else unknown()
    if is_plain(right) or items_of(right) is not None or (isinstance(right, Array) and right.shape.rank in (1, 2)):
        return plain
    return unknown()


def _labels_match(table: Table, length: Dim) -> bool:
    """Whether a Series has one item for each column: as many, and not as many as rows."""
    return same(table.width, length) and not same(table.rows.dim, length)


def _of_series(left: Array, right: Value, bools: bool) -> Value:
    dtype = result_dtype(left.dtype, right, bools)
    if isinstance(right, Frame):
        return unknown()
    if isinstance(right, Array) and right.kind == "series":
        a, b = left.shape.axis(0), right.shape.axis(0)
        if a is None or b is None:
            return unknown()
        # Matched by label: of different lengths, the result has the labels of both.
        rows = a if same(a.dim, b.dim) else Axis(unknown_dim("n"))
        return Array(Shape((rows,)), "series", dtype, None, left.source)
    if isinstance(right, Unknown) and right.type is None:
        return unknown()
    if isinstance(right, Array) and right.shape.rank not in (0, 1):
        return unknown()
    return Array(left.shape, left.kind, dtype, None, left.source)


def operate(left: Value, right: Value, bools: bool = False) -> Value:
    """left (a table, Series or Index) with right."""
    if isinstance(left, Frame):
        return _of_frames(left.table, right, bools)
    if isinstance(left, Array) and left.shape.rank == 1:
        answer = _of_series(left, right, bools)
        return Array(answer.shape, "numpy", "bool") if bools and isinstance(answer, Array) and answer.kind == "index" else answer
    return unknown()


def _arithmetic(self: Value, other: Value) -> Value:
    """pandas.pydata.org: element by element."""
    return operate(self, other)


def _comparison(self: Value, other: Value) -> Value:
    """pandas.pydata.org: a bool for each element."""
    return operate(self, other, True)


_TYPES = ("pandas.DataFrame", "pandas.Series", "pandas.Index")
models(*(f"{type}.__{r}{name}__" for type in _TYPES for name in _ARITHMETIC for r in ("", "r")))(_arithmetic)
models(*(f"{type}.__{name}__" for type in _TYPES for name in _BOOLS))(_comparison)


@models(*(f"pandas.DataFrame.{name}" for name in _NAMED), *(f"pandas.Series.{name}" for name in _NAMED))
def named_operation(self: Value, other: Value, *args: Value, **keywords: Value) -> Value:
    """pandas.pydata.org: element by element; with an axis a Series is matched with the rows."""
    if isinstance(self, Frame) and (args or "axis" in keywords) and isinstance(other, Array):
        return Frame(self.table) if other.shape.rank == 1 and same(other.shape.axes[0].dim, self.table.rows.dim) else unknown()
    return operate(self, other)


@models(*(f"pandas.{type}.{name}" for type in ("DataFrame", "Series") for name in ("eq", "ne", "lt", "le", "gt", "ge")))
def named_comparison(self: Value, other: Value, *args: Value, **keywords: Value) -> Value:
    """pandas.pydata.org: a bool for each element."""
    return unknown() if args or keywords else operate(self, other, True)
