"""Products of vectors and matrices, and numpy.linalg."""
from __future__ import annotations

from lstmlint.library.coerce import to_array
from lstmlint.library.numpy.arguments import axes_of
from lstmlint.library.numpy.elementwise import ARRAY_LIKE, arithmetic
from lstmlint.library.numpy.results import array, array_or_number, checked, number
from lstmlint.library.registry import models
from lstmlint.shapes import linalg, permute
from lstmlint.shapes.combine import flat_length
from lstmlint.shapes.dims import smaller
from lstmlint.shapes.reduce import reduce
from lstmlint.shapes.shape import SCALAR, UNKNOWN_SHAPE, Result, Shape, unknown_dim
from lstmlint.values.base import NONE, Const, Value, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, Frame, items_of, tuple_of


def _product(caller: Caller, name: str, a: Array, b: Array, result: Result) -> Value:
    shape, violation = result
    return checked(caller, name, [a, b], array_or_number(shape, arithmetic([a.dtype, b.dtype]), a, b), violation)


def product_of(caller: Caller, left: Value, right: Value) -> Value:
    """`left @ right`. Of a tensor or a table the answer is of the same kind, which its own library tells better."""
    for operand in (left, right):
        if not isinstance(operand, ARRAY_LIKE) or isinstance(operand, Frame):
            return unknown()
    a, b = to_array(left), to_array(right)
    other = next((part.kind for part in (a, b) if part.kind != "numpy"), "numpy")
    if other in ("series", "index", "dataset"):
        return unknown()
    shape, violation = linalg.matmul(a.shape, b.shape)
    if other != "numpy":
        return checked(caller, "matmul", [a, b], Array(shape, other, arithmetic([a.dtype, b.dtype])), violation)
    return _product(caller, "matmul", a, b, (shape, violation))


@models("numpy.matmul")
def matmul(caller: Caller, x1: Array, x2: Array) -> Value:
    """numpy.org/doc: the matrix product, stacked along the first axes."""
    return _product(caller, "matmul", x1, x2, linalg.matmul(x1.shape, x2.shape))


@models("numpy.dot", "numpy.ndarray.dot")
def dot(caller: Caller, a: Array, b: Array) -> Value:
    """numpy.org/doc: over the last axis of one and the last but one of the other."""
    return _product(caller, "dot", a, b, linalg.dot(a.shape, b.shape))


@models("numpy.inner")
def inner(caller: Caller, a: Array, b: Array) -> Value:
    """numpy.org/doc: over the last axes of both."""
    if a.shape.rank == 0 or b.shape.rank == 0:
        return _product(caller, "inner", a, b, linalg.dot(a.shape, b.shape))
    return _product(caller, "inner", a, b, linalg.tensordot(a.shape, b.shape, [-1], [-1]))


@models("numpy.vdot")
def vdot(caller: Caller, a: Array, b: Array) -> Value:
    """numpy.org/doc: of both flattened."""
    left, right = Shape.of(flat_length(a.shape)), Shape.of(flat_length(b.shape))
    return _product(caller, "vdot", a, b, linalg.dot(left, right))


@models("numpy.outer")
def outer(a: Array, b: Array) -> Value:
    """numpy.org/doc: each element of one times each of the other."""
    return array(linalg.outer(a.shape, b.shape), arithmetic([a.dtype, b.dtype]), a, b)


@models("numpy.tensordot")
def tensordot(caller: Caller, a: Array, b: Array, axes: Value = Const(2)) -> Value:  # noqa: B008
    """numpy.org/doc: over the last axes of one and the first of the other, or over pairs of axes."""
    pairs = items_of(axes)
    if pairs is None:
        count = axes_of(axes)
        if not isinstance(count, tuple) or a.shape.open:
            return array(UNKNOWN_SHAPE, None)
        return _tensordot(caller, a, b, range(-count[0], 0), range(count[0]))
    if pairs.known is None or len(pairs.known) != 2:
        return array(UNKNOWN_SHAPE, None)
    left, right = (axes_of(part) for part in pairs.known)
    if not isinstance(left, tuple) or not isinstance(right, tuple):
        return array(UNKNOWN_SHAPE, None)
    return _tensordot(caller, a, b, left, right)


def _tensordot(caller: Caller, a: Array, b: Array, left: range | tuple[int, ...], right: range | tuple[int, ...]) -> Value:
    shape, violation = linalg.tensordot(a.shape, b.shape, left, right)
    return checked(caller, "tensordot", [a, b], array(shape, arithmetic([a.dtype, b.dtype]), a, b), violation)


@models("numpy.einsum")
def einsum(caller: Caller, subscripts: Value, *operands: Value) -> Value:
    """numpy.org/doc: products and sums as a formula says."""
    if not isinstance(subscripts, Const) or not isinstance(subscripts.value, str):
        return array(UNKNOWN_SHAPE, None)
    parts = [to_array(operand) for operand in operands]
    shape, violation = linalg.einsum(subscripts.value, [part.shape for part in parts])
    dtype = arithmetic([part.dtype for part in parts])
    return checked(caller, "einsum", parts, array_or_number(shape, dtype, *parts), violation)


@models("numpy.linalg.norm")
def norm(caller: Caller, x: Array, ord: Value = NONE, axis: Value = NONE, keepdims: Value = Const(False)) -> Value:  # noqa: B008
    """numpy.org/doc: the norm of all, or along axes."""
    axes = axes_of(axis)
    if not isinstance(axes, (tuple, type(None))) or not isinstance(keepdims, Const):
        return array(UNKNOWN_SHAPE, "float", x)
    shape, violation = reduce(x.shape, axes, bool(keepdims.value))
    return checked(caller, "linalg.norm", [x], array_or_number(shape, "float", x), violation)


@models("numpy.linalg.inv")
def inv(caller: Caller, a: Array) -> Value:
    """numpy.org/doc: the inverse of a square matrix."""
    return checked(caller, "linalg.inv", [a], array(a.shape, "float", a), linalg.square(a.shape))


@models("numpy.linalg.pinv")
def pinv(a: Array) -> Value:
    """numpy.org/doc: the pseudo-inverse, with the last two axes exchanged."""
    axes = a.shape.axes
    shape = Shape((*axes[:-2], axes[-1], axes[-2]), a.shape.open) if len(axes) >= 2 else UNKNOWN_SHAPE
    return array(shape, "float", a)


@models("numpy.linalg.det")
def det(caller: Caller, a: Array) -> Value:
    """numpy.org/doc: the determinant of each square matrix."""
    shape = Shape(a.shape.axes[:-2], a.shape.open) if len(a.shape.axes) >= 2 else UNKNOWN_SHAPE
    return checked(caller, "linalg.det", [a], array_or_number(shape, "float", a), linalg.square(a.shape))


@models("numpy.linalg.solve")
def solve(caller: Caller, a: Array, b: Array) -> Value:
    """numpy.org/doc: x in a x = b."""
    return checked(caller, "linalg.solve", [a, b], array(_like_b(a, b), "float", a, b), linalg.square(a.shape))


def _like_b(a: Array, b: Array) -> Shape:
    return b.shape if a.shape.rank == 2 and b.shape.rank in (1, 2) else UNKNOWN_SHAPE


@models("numpy.linalg.svd")
def svd(a: Array, full_matrices: Value = Const(True), compute_uv: Value = Const(True)) -> Value:  # noqa: B008
    """numpy.org/doc: three matrices; their sizes are told for one matrix."""
    if a.shape.rank != 2 or compute_uv != Const(True) or not isinstance(full_matrices, Const):
        return unknown()
    n, m = a.shape.dims
    least = smaller(n, m)
    sizes = (n, m) if full_matrices.value else (least, least)
    parts = (Shape.of(n, sizes[0]), Shape.of(least), Shape.of(sizes[1], m))
    return tuple_of(*(array(shape, "float", a) for shape in parts))


@models("numpy.linalg.eig", "numpy.linalg.eigh")
def eigen(caller: Caller, a: Array) -> Value:
    """numpy.org/doc: the eigenvalues (complex ones where need be) and the eigenvectors of square matrices."""
    values = Shape(a.shape.axes[:-1], a.shape.open) if len(a.shape.axes) >= 2 else UNKNOWN_SHAPE
    pair = tuple_of(array(values, "float", a), array(a.shape, "float", a))
    return checked(caller, "linalg.eig", [a], pair, linalg.square(a.shape))


@models("numpy.linalg.eigvals", "numpy.linalg.eigvalsh")
def eigenvalues(caller: Caller, a: Array) -> Value:
    """numpy.org/doc: the eigenvalues of square matrices."""
    values = Shape(a.shape.axes[:-1], a.shape.open) if len(a.shape.axes) >= 2 else UNKNOWN_SHAPE
    return checked(caller, "linalg.eigvals", [a], array(values, "float", a), linalg.square(a.shape))


@models("numpy.linalg.cholesky")
def cholesky(caller: Caller, a: Array) -> Value:
    """numpy.org/doc: a triangle of the same size."""
    return checked(caller, "linalg.cholesky", [a], array(a.shape, "float", a), linalg.square(a.shape))


@models("numpy.linalg.qr")
def qr(a: Array, mode: Value = Const("reduced")) -> Value:  # noqa: B008
    """numpy.org/doc: two matrices; their sizes are told for one matrix."""
    if a.shape.rank != 2 or mode != Const("reduced"):
        return unknown()
    n, m = a.shape.dims
    least = smaller(n, m)
    return tuple_of(array(Shape.of(n, least), "float", a), array(Shape.of(least, m), "float", a))


@models("numpy.linalg.lstsq")
def lstsq(a: Array, b: Array, rcond: Value = NONE) -> Value:
    """numpy.org/doc: the solution, residuals, the rank, singular values."""
    if a.shape.rank != 2 or b.shape.rank not in (1, 2):
        return unknown()
    n, m = a.shape.dims
    residuals = Shape.of(unknown_dim("residuals"))
    parts = (Shape((a.shape.axes[1], *b.shape.axes[1:])), residuals, Shape.of(smaller(n, m)))
    solution, rest, singular = (array(shape, "float", a, b) for shape in parts)
    return tuple_of(solution, rest, number("int"), singular)


@models("numpy.linalg.matrix_rank")
def matrix_rank(A: Array, *others: Value) -> Value:  # noqa: N803
    """numpy.org/doc: an integer for each matrix."""
    shape = SCALAR if len(A.shape.axes) < 2 and not A.shape.open else Shape(A.shape.axes[:-2], A.shape.open)
    return array_or_number(shape, "int", A) if not A.shape.open else array(UNKNOWN_SHAPE, "int", A)


@models("numpy.trace", "numpy.ndarray.trace")
def trace(caller: Caller, a: Array, offset: Value = NONE, axis1: int = 0, axis2: int = 1) -> Value:
    """numpy.org/doc: the sum of the diagonal."""
    shape, violation = permute.diagonal(a.shape, None, axis1, axis2)
    dtype = a.dtype if a.dtype in ("int", "float") else None
    return checked(caller, "trace", [a], array_or_number(reduce(shape, [-1])[0], dtype, a), violation)
