"""Samples: how many a value holds, and the same value with another number of them."""
from __future__ import annotations

from dataclasses import dataclass, replace

from lstmlint.library.coerce import to_array
from lstmlint.library.registry import attributes, models
from lstmlint.shapes.dims import Dim, differ
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Shape, Violation
from lstmlint.trace import Operation
from lstmlint.values.base import Value, integer, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, Frame, Items, ListObject, Range, Table, items_of, range_length, shape_tuple
from lstmlint.values.lengths import as_used, by_use, learned


@dataclass(frozen=True, slots=True)
class Sparse(Value):
    """A sparse matrix of this shape."""

    shape: Shape

    @property
    def type_path(self) -> str | None:
        return "scipy.sparse.csr_matrix"


@models(*(f"scipy.sparse.csr_matrix.{name}" for name in ("toarray", "todense", "__array__")))
@attributes("scipy.sparse.csr_matrix.A")
def toarray(self: Sparse) -> Value:
    """docs.scipy.org: the matrix as a dense array."""
    return Array(self.shape, dtype="float")


@attributes("scipy.sparse.csr_matrix.shape")
def shape(self: Sparse) -> Value:
    """docs.scipy.org: (rows, columns)."""
    return shape_tuple(self.shape)


@models("scipy.sparse.csr_matrix.astype", "scipy.sparse.csr_matrix.tocsr", "scipy.sparse.csr_matrix.copy")
def same_matrix(self: Sparse) -> Value:
    """docs.scipy.org: a sparse matrix of the same shape."""
    return self


def samples_of(value: Value) -> Dim | None:
    """The number of samples (the first axis), None where it is not known."""
    if isinstance(value, Frame):
        return value.table.rows.dim
    if isinstance(value, Range):
        return range_length(value)
    if isinstance(value, Sparse):
        return value.shape.axes[0].dim
    if isinstance(value, Array):
        first = value.shape.axis(0)
        return None if first is None else first.dim
    items = items_of(value)
    return None if items is None else items.length


def with_samples(value: Value, count: Dim) -> Value:
    """The value with another number of samples."""
    if isinstance(value, Frame):
        table: Table = value.table
        return Frame(replace(table, rows=table.rows.of_length(count)))
    if isinstance(value, Array):
        first = value.shape.axis(0)
        if first is None:
            return value if value.shape.open else unknown()
        return Array(value.shape.replace(0, first.of_length(count)), value.kind, value.dtype, None, value.source)
    if isinstance(value, Sparse):
        return Sparse(value.shape.replace(0, Axis(count)))
    items = items_of(value)
    return unknown() if items is None else ListObject(Items.many(items.element, count))


def matrix_of(value: Value) -> Array:
    """What an estimator takes for its matrix of samples and features."""
    return Array(value.shape, dtype="float") if isinstance(value, Sparse) else to_array(value)


def check_matrix(caller: Caller, path: str, x: Array, owner: Value | None = None) -> bool:
    """Whether `x` may be a matrix; leaves an event (of `owner`) where its rank is proven to be another."""
    rank = x.shape.rank
    if rank == 2 or (rank is None and len(x.shape.axes) <= 2):
        return True
    text = f"{path.rpartition('.')[2]}() needs rank 2 (samples, features), got {x.shape}"
    fail(caller, path, (x,), Violation("rank", text, x.shape), owner)
    return False


def check_width(caller: Caller, path: str, x: Array, width: Dim, owner: Value | None = None) -> bool:
    """Whether `x` may have as many features as were fitted; leaves an event (of `owner`) where that is disproved."""
    last = x.shape.axis(-1)
    if last is not None and not differ(last.dim, width) and differ(learned(last.dim), learned(width)):
        width, x = learned(width), by_use(as_used(x, -1))
        last = x.shape.axis(-1)
    elif last is None or not differ(last.dim, width):
        return True
    assert last is not None
    text = f"{path.rpartition('.')[2]}() was fitted with {width} features, got {last.dim}"
    fail(caller, path, (x,), Violation("feature", text, last.dim, width), owner)
    return False


def fail(caller: Caller, path: str, operands: tuple[Array, ...], violation: Violation, owner: Value | None = None) -> None:
    """Leave the event of an operation that raises; `owner` is the object whose method it is, by which it is told from others."""
    caller.emit(Operation(caller.site, path, operands, owner or Array(UNKNOWN_SHAPE), violation))




def number(dim: Dim | None) -> Value:
    """A dimension as a value."""
    return unknown("int") if dim is None else integer(dim)


