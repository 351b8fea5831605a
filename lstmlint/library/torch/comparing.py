"""A prediction against its target: whether a loss of torch raises, broadcasts, or compares like with like.

The truth is torch 2.13. Three-valued as all else: nothing is said where nothing is proven.
"""
from __future__ import annotations

from lstmlint.shapes.broadcast import broadcast
from lstmlint.shapes.dims import Dim, differ, same
from lstmlint.shapes.shape import Shape, Violation, shapes_differ, shapes_same
from lstmlint.values.data import Array


def elementwise(a: Shape, b: Shape) -> Violation | None:
    """Losses that leave it to broadcasting."""
    _, mismatch = broadcast(a, b)
    if mismatch is not None:
        return Violation("target", f"{a} and {b} can't be compared", a, b)
    if not shapes_differ(a, b):
        return None
    pairs = zip(reversed(a.axes), reversed(b.axes))
    if not a.open and not b.open and all(same(x.dim, y.dim) or 1 in (x.dim, y.dim) for x, y in pairs):
        return Violation("broadcast", f"{a} and {b} are broadcast", a, b)
    return Violation("differs", f"{a} and {b} are broadcast or can't be compared", a, b)


def alike(a: Shape, b: Shape) -> Violation | None:
    """Losses that ask for the same shape."""
    return Violation("target", f"{a} and {b} must be the same shape", a, b) if shapes_differ(a, b) else None


def onto(a: Shape, b: Shape) -> Violation | None:
    """Losses that broadcast the target, but not the prediction."""
    violation = elementwise(a, b)
    if violation is None or violation.kind == "target":
        return violation
    stretched = a.rank is not None and b.rank is not None and (
        b.rank > a.rank or any(differ(y.dim, 1) and same(x.dim, 1) for x, y in zip(reversed(a.axes), reversed(b.axes)))
    )
    return Violation("target", f"{b} does not fit {a}", a, b) if stretched else violation


def multilabel(a: Shape, b: Shape) -> Violation | None:
    """MultiLabelSoftMarginLoss: as elementwise, with an axis of labels."""
    return Violation("target", f"expects a prediction of rank 1 or more, got {a}", a, b) if a.rank == 0 else elementwise(a, b)


def labels(a: Shape, b: Shape) -> Violation | None:
    """MultiLabelMarginLoss: the same shape; a single number may do without an axis."""
    if a.rank is not None and a.rank > 2:
        return Violation("target", f"expects a prediction of rank 1 or 2, got {a}", a, b)
    single = a.rank == 1 and b.rank == 0 and not differ(a.axes[0].dim, 1)
    return None if single else alike(a, b)


def classes(prediction: Array, target: Array) -> Violation | None:
    """Class numbers: the prediction without its axis of classes (1, or the only one)."""
    x, y = prediction.shape, target.shape
    if x.rank is None or y.rank is None:
        return _open_classes(x, y)
    if x.rank == 0:
        return Violation("target", f"a prediction needs an axis of classes, got {x}", x, y)
    if x.rank == 1:
        wrong = y.rank > 1 or (y.rank == 1 and differ(y.axes[0].dim, 1))
        return Violation("target", f"{x} is one sample, for which {y} is no class number", x, y) if wrong else None
    needed = Shape((x.axes[0], *x.axes[2:]))
    if x.rank == 2 and y.rank == 0:
        return Violation("target", f"{x} needs a target {needed}, got {y}", x, y)
    return Violation("target", f"{x} needs a target {needed}, got {y}", x, y) if shapes_differ(needed, y) else None


def _open_classes(x: Shape, y: Shape) -> Violation | None:
    if x.rank is not None and x.rank >= 2 and shapes_differ(Shape((x.axes[0], *x.axes[2:])), y):
        return Violation("target", f"{x} needs a target {Shape((x.axes[0], *x.axes[2:]))}, got {y}", x, y)
    return None


def cross_entropy(prediction: Array, target: Array) -> Violation | None:
    """Class numbers, or (a target of the same shape) probabilities."""
    x, y = prediction.shape, target.shape
    if x.rank == 0:
        return classes(prediction, target)
    if shapes_same(x, y):
        if target.dtype in ("int", "bool"):
            return Violation("dtype", f"a target {y} of the shape of the prediction must hold probabilities, not integers", x, y)
        return None
    if not shapes_differ(x, y):
        # It is one or the other, and which is not known.
        return None
    violation = classes(prediction, target)
    if violation is None and target.dtype in ("float", "bool") and x.rank is not None and y.rank is not None:
        return Violation("dtype", f"class numbers must be integers (int64), got {target.dtype}", x, y)
    return violation


def negative_log_likelihood(prediction: Array, target: Array) -> Violation | None:
    """Class numbers only."""
    violation = classes(prediction, target)
    if violation is None and target.dtype in ("float", "bool") and prediction.shape.rank and target.shape.rank is not None:
        return Violation("dtype", f"class numbers must be integers (int64), got {target.dtype}", prediction.shape, target.shape)
    return violation


def margins(x: Shape, y: Shape) -> Violation | None:
    """MultiMarginLoss: (samples, classes) with (samples,), or (classes,) with one number."""
    if x.rank is None or y.rank is None:
        return None
    if x.rank > 2:
        return Violation("target", f"expects a prediction of rank 1 or 2, got {x}", x, y)
    count: Dim = x.axes[0].dim if x.rank == 2 else 1
    wrong = y.rank > 1 or differ(y.axes[0].dim if y.rank else 1, count)
    return Violation("target", f"{x} needs {count} class numbers, got {y}", x, y) if wrong else None
