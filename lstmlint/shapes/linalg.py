"""Products: matmul, dot, tensordot, einsum, outer."""
from __future__ import annotations

import re
from collections.abc import Sequence

from lstmlint.shapes.broadcast import broadcast, broadcast_dim
from lstmlint.shapes.combine import flat_length
from lstmlint.shapes.dims import Dim, differ
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Result, Shape, Violation


def _mismatch(a: Shape, b: Shape, i: Axis | None, j: Axis | None) -> Violation | None:
    if i is None or j is None or not differ(i.dim, j.dim):
        return None
    return Violation("matmul", f"the product of {a} and {b} needs {i.dim} and {j.dim} to be equal", a, b)


def matmul(a: Shape, b: Shape) -> Result:
    """`a @ b`: matrices are the last two axes, the others are broadcast."""
    if a.rank == 0 or b.rank == 0:
        return UNKNOWN_SHAPE, Violation("matmul", "a matrix product needs arrays with axes, not a single number", a, b)
    violation = None
    if a.axes and (b.rank == 1 or len(b.axes) >= 2):
        violation = _mismatch(a, b, a.axes[-1], b.axes[-1 if b.rank == 1 else -2])
    if a.open and len(a.axes) < 2 or b.open and len(b.axes) < 2:
        return UNKNOWN_SHAPE, violation
    left = a.axes[:-1] if a.rank == 1 else a.axes[-2:-1]
    right = () if b.rank == 1 else b.axes[-1:]
    batch, apart = broadcast(
        Shape(() if a.rank == 1 else a.axes[:-2], a.open), Shape(() if b.rank == 1 else b.axes[:-2], b.open)
    )
    return Shape(batch.axes + left + right, batch.open), violation or apart


def dot(a: Shape, b: Shape) -> Result:
    """np.dot: over the last axis of `a` and the last but one of `b`, without broadcasting."""
    if a.rank == 0 or b.rank == 0:
        return (b if a.rank == 0 else a), None
    if a.open or b.open:
        return UNKNOWN_SHAPE, None
    at = len(b.axes) - 1 if len(b.axes) == 1 else len(b.axes) - 2
    violation = _mismatch(a, b, a.axes[-1], b.axes[at])
    return Shape(a.axes[:-1] + b.axes[:at] + b.axes[at + 1 :]), violation


def tensordot(a: Shape, b: Shape, left: Sequence[int], right: Sequence[int]) -> Result:
    """Summed over the axes `left` of `a` and `right` of `b`, pairwise."""
    if a.open or b.open:
        return UNKNOWN_SHAPE, None
    i, j = [a.position(axis) for axis in left], [b.position(axis) for axis in right]
    if len(i) != len(j) or None in i or None in j:
        return UNKNOWN_SHAPE, Violation("axis", f"tensordot can't sum over {tuple(left)} of {a} and {tuple(right)} of {b}", a, b)
    violation: Violation | None = None
    for x, y in zip(i, j):
        violation = violation or _mismatch(a, b, a.axes[x or 0], b.axes[y or 0])
    rest = [axis for at, axis in enumerate(a.axes) if at not in i] + [axis for at, axis in enumerate(b.axes) if at not in j]
    return Shape(tuple(rest)), violation


_FORMULA = re.compile(r"^[a-zA-Z]*(,[a-zA-Z]*)*(->[a-zA-Z]*)?$")


def einsum(formula: str, shapes: Sequence[Shape]) -> Result:
    """np.einsum without ellipses."""
    formula = formula.replace(" ", "")
    if not _FORMULA.match(formula):
        return UNKNOWN_SHAPE, None
    inputs, arrow, output = formula.partition("->")
    parts = inputs.split(",")
    if len(parts) != len(shapes):
        return UNKNOWN_SHAPE, Violation("einsum", f"{formula!r} is for {len(parts)} arrays, got {len(shapes)}")
    if not arrow:
        output = "".join(sorted(letter for letter in set(inputs) - {","} if inputs.count(letter) == 1))
    lengths: dict[str, Axis] = {}
    violation: Violation | None = None
    for letters, shape in zip(parts, shapes):
        if shape.rank is None:
            continue
        if shape.rank != len(letters):
            words = f"{letters!r} in {formula!r} does not fit the shape {shape}"
            return UNKNOWN_SHAPE, Violation("einsum", words, shape)
        for at, (letter, axis) in enumerate(zip(letters, shape.axes)):
            known = lengths.get(letter)
            dim: Dim | None = axis.dim if known is None else broadcast_dim(known.dim, axis.dim)
            # Within one array a one is not stretched.
            if dim is None or differ(shape.axes[letters.index(letter, 0, at + 1)].dim, axis.dim):
                words = f"{letter!r} in {formula!r} is both {known and known.dim} and {axis.dim}"
                violation = violation or Violation("einsum", words, shape)
                continue
            lengths[letter] = (axis if known is None else axis.or_as(known)).of_length(dim)
    if any(letter not in inputs for letter in output) or len(set(output)) != len(output):
        return UNKNOWN_SHAPE, Violation("einsum", f"the output of {formula!r} does not follow from its inputs")
    if any(letter not in lengths for letter in output):
        return Shape.of_rank(len(output)), violation
    return Shape(tuple(lengths[letter] for letter in output)), violation


def outer(a: Shape, b: Shape) -> Shape:
    """np.outer: each element of `a` times each of `b`."""
    return Shape.of(flat_length(a), flat_length(b))


def square(shape: Shape) -> Violation | None:
    """What is wrong with `shape` as one of (stacked) square matrices."""
    if shape.rank is not None and shape.rank < 2:
        return Violation("rank", f"a matrix is needed, got {shape}", shape)
    if len(shape.axes) >= 2 and differ(shape.axes[-1].dim, shape.axes[-2].dim):
        return Violation("square", f"a square matrix is needed, got {shape}", shape)
    return None
