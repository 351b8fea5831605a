"""Products of matrices and vectors."""
from __future__ import annotations

import string
from collections.abc import Sequence

from lstmlint.library.binding import Ignored
from lstmlint.library.numpy.arguments import UNSURE, axes_of
from lstmlint.library.numpy.results import common_dtype
from lstmlint.library.registry import models
from lstmlint.library.torch.creating import METHOD
from lstmlint.library.torch.tensors import checked, operand, tensor
from lstmlint.shapes import linalg
from lstmlint.shapes.broadcast import broadcast_to
from lstmlint.shapes.dims import differ
from lstmlint.shapes.permute import swapaxes
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Result, Shape, Violation
from lstmlint.values.base import NONE, Const, Value, constant_int, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, items_of


def _product(caller: Caller, name: str, a: Array, b: Array, result: Result) -> Value:
    shape, violation = result
    if violation is not None:
        shape = UNKNOWN_SHAPE if shape.rank is None else Shape.of_rank(shape.rank)
    return checked(caller, name, [a, b], tensor(shape, common_dtype([a.dtype, b.dtype]), a, b), violation)


@models("torch.matmul", f"{METHOD}.matmul", f"{METHOD}.__matmul__")
def matmul(caller: Caller, input: Value, other: Value) -> Value:
    """pytorch.org/docs: the matrix product; leading axes are broadcast."""
    a, b = operand(input), operand(other)
    return unknown() if a is None or b is None else _product(caller, "matmul", a, b, linalg.matmul(a.shape, b.shape))


@models(f"{METHOD}.__rmatmul__")
def rmatmul(caller: Caller, self: Array, other: Value) -> Value:
    """pytorch.org/docs: the matrix product with the operands exchanged."""
    return matmul(caller, other, self)


def _ranked(name: str, a: Array, b: Array) -> Result:
    """A product of tensors that must have the ranks that `name` says."""
    left, right = _RANKS[name]
    for x, rank in ((a, left), (b, right)):
        if x.shape.rank not in (None, rank):
            return UNKNOWN_SHAPE, Violation("rank", f"{name} needs {rank} axes, got {x.shape}", x.shape, rank)
    shape, violation = linalg.matmul(a.shape, b.shape)
    if name == "bmm" and not a.shape.open and not b.shape.open and differ(a.shape.axes[0].dim, b.shape.axes[0].dim):
        # Unlike matmul, it doesn't broadcast.
        words = f"bmm of {a.shape} and {b.shape}: not the same number of matrices"
        violation = violation or Violation("matmul", words, a.shape, b.shape)
    return shape, violation


_RANKS = {"mm": (2, 2), "bmm": (3, 3), "mv": (2, 1), "dot": (1, 1)}


def _of_ranks(name: str) -> None:
    @models(f"torch.{name}", f"{METHOD}.{name}")
    def product(caller: Caller, input: Value, other: Value) -> Value:
        """pytorch.org/docs: a product of tensors of fixed ranks."""
        a, b = operand(input), operand(other)
        return unknown() if a is None or b is None else _product(caller, name, a, b, _ranked(name, a, b))


for _name in ("mm", "bmm", "mv", "dot"):
    _of_ranks(_name)


@models("torch.outer", f"{METHOD}.outer", "torch.ger", f"{METHOD}.ger")
def outer(caller: Caller, input: Value, vec2: Value) -> Value:
    """pytorch.org/docs: each element of one vector times each of the other."""
    a, b = operand(input), operand(vec2)
    if a is None or b is None:
        return unknown()
    wrong = next((x.shape for x in (a, b) if x.shape.rank not in (None, 1)), None)
    violation = None if wrong is None else Violation("rank", f"outer needs vectors, got {wrong}", wrong, 1)
    return _product(caller, "outer", a, b, (linalg.outer(a.shape, b.shape), violation))


def _added(name: str, product: str) -> None:
    @models(f"torch.{name}", f"{METHOD}.{name}")
    def add_product(caller: Caller, input: Value, first: Value, second: Value, *, beta: Value = _ONE, alpha: Value = _ONE) -> Value:
        """pytorch.org/docs: a matrix product, plus something that is stretched to its shape."""
        x, a, b = operand(input), operand(first), operand(second)
        if x is None or a is None or b is None:
            return unknown()
        shape, violation = _ranked(product, a, b)
        if violation is None:
            violation = broadcast_to(x.shape, shape)[1]
        return _product(caller, name, a, b, (shape, violation))


_ONE = Const(1)
for _name, _inner in (("addmm", "mm"), ("baddbmm", "bmm"), ("addmv", "mv")):
    _added(_name, _inner)


@models("torch.tensordot")
def tensordot(caller: Caller, a: Value, b: Value, dims: Value = Const(2)) -> Value:  # noqa: B008
    """pytorch.org/docs: summed over some axes of both."""
    x, y, count = operand(a), operand(b), constant_int(dims)
    if x is None or y is None:
        return unknown()
    pair = items_of(dims)
    if count is not None:
        left, right = tuple(range(-count, 0)), tuple(range(count))
    elif pair is not None and pair.known is not None and len(pair.known) == 2:
        first, second = (axes_of(part) for part in pair.known)
        if first is UNSURE or second is UNSURE or not isinstance(first, tuple) or not isinstance(second, tuple):
            return tensor(UNKNOWN_SHAPE, None)
        left, right = first, second
    else:
        return tensor(UNKNOWN_SHAPE, None)
    shape, violation = linalg.tensordot(x.shape, y.shape, left, right)
    if violation is not None and violation.kind == "matmul" and any(axis is not None and axis.dim == 1 for axis in
                                     (*map(x.shape.axis, left), *map(y.shape.axis, right))):  # fmt: skip
        # An axis of length one goes with any other.
        violation = None
    return _product(caller, "tensordot", x, y, (shape, violation))


@models("torch.inner", f"{METHOD}.inner")
def inner(caller: Caller, input: Value, other: Value) -> Value:
    """pytorch.org/docs: summed over the last axes of both; with a single number, a plain product."""
    a, b = operand(input), operand(other)
    if a is None or b is None:
        return unknown()
    if a.shape.rank == 0 or b.shape.rank == 0:
        return _product(caller, "inner", a, b, (b.shape if a.shape.rank == 0 else a.shape, None))
    return _product(caller, "inner", a, b, linalg.tensordot(a.shape, b.shape, (-1,), (-1,)))


@models("torch.cdist")
def cdist(caller: Caller, x1: Value, x2: Value, *others: Ignored) -> Value:
    """pytorch.org/docs: the distance of each row of one matrix to each of the other."""
    a, b = operand(x1), operand(x2)
    if a is None or b is None:
        return unknown()
    wrong = next((x.shape for x in (a, b) if x.shape.rank is not None and x.shape.rank < 2), None)
    if wrong is not None:
        return _product(caller, "cdist", a, b, (UNKNOWN_SHAPE, Violation("rank", f"cdist needs matrices, got {wrong}", wrong, 2)))
    return _product(caller, "cdist", a, b, linalg.matmul(a.shape, swapaxes(b.shape, -2, -1)[0]))


@models("torch.kron", f"{METHOD}.kron")
def kron(input: Value, other: Value) -> Value:
    """pytorch.org/docs: each element of one tensor times the whole of the other."""
    x, y = operand(input), operand(other)
    if x is None or y is None or x.shape.open or y.shape.open:
        return unknown()
    rank = max(len(x.shape.axes), len(y.shape.axes))
    rows = [(Axis(1),) * (rank - len(shape.axes)) + shape.axes for shape in (x.shape, y.shape)]
    axes = tuple(Axis(i.dim * j.dim) for i, j in zip(*rows))
    return tensor(Shape(axes), common_dtype([x.dtype, y.dtype]), x, y)


def without_ellipsis(equation: str, shapes: Sequence[Shape]) -> str:
    """The equation with letters for the axes that each "..." stands for; as it is where their number is not known."""
    inputs, arrow, output = equation.partition("->")
    parts = inputs.split(",")
    if "..." not in equation or len(parts) != len(shapes):
        return equation
    free = [letter for letter in string.ascii_letters if letter not in equation]
    longest = 0
    for at, (letters, shape) in enumerate(zip(parts, shapes)):
        if "..." not in letters:
            continue
        count = -1 if shape.rank is None else shape.rank - len(letters) + 3
        if not 0 <= count <= len(free):
            return equation
        longest = max(longest, count)
        parts[at] = letters.replace("...", "".join(free[:count][::-1]))
    shared = "".join(free[:longest][::-1])
    if not arrow:
        single = sorted(letter for letter in set(inputs) - {",", "."} if inputs.count(letter) == 1)
        return ",".join(parts) + "->" + shared + "".join(single)
    return ",".join(parts) + "->" + output.replace("...", shared)


@models("torch.einsum", "torch.functional.einsum")
def einsum(caller: Caller, equation: str, *operands: Value) -> Value:
    """pytorch.org/docs: products summed over axes that the result does not name."""
    given = items_of(operands[0]) if len(operands) == 1 else None
    values = given.known if given is not None else operands
    if values is None:
        return tensor(UNKNOWN_SHAPE, None)
    arrays = [operand(value) for value in values]
    known = [array for array in arrays if array is not None]
    if len(known) != len(arrays) or not known:
        return tensor(UNKNOWN_SHAPE, None)
    written_out = without_ellipsis(equation.replace(" ", ""), [array.shape for array in known])
    shape, violation = linalg.einsum(written_out, [array.shape for array in known])
    return checked(caller, "einsum", known, tensor(shape, common_dtype([a.dtype for a in known]), *known), violation)


@models("torch.nn.functional.linear")
def linear(caller: Caller, input: Value, weight: Value, bias: Value = NONE) -> Value:
    """pytorch.org/docs: the product with a matrix of weights (out_features, in_features), plus a bias."""
    x, weights = operand(input), operand(weight)
    if x is None or weights is None:
        return unknown()
    if weights.shape.rank not in (None, 1, 2):
        violation = Violation("rank", f"linear needs a matrix of weights, got {weights.shape}", weights.shape, 2)
        return _product(caller, "nn.functional.linear", x, weights, (UNKNOWN_SHAPE, violation))
    turned = weights.shape if weights.shape.rank == 1 else swapaxes(weights.shape, -2, -1)[0]
    return _product(caller, "nn.functional.linear", x, weights, linalg.matmul(x.shape, turned))
