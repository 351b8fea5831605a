"""Layers that regroup the elements: Reshape, Flatten, Permute, RepeatVector."""

from __future__ import annotations

from lstmlint.library.keras.axes import batch_of, is_open, open_length
from lstmlint.library.keras.specs import layer
from lstmlint.shapes.dims import Dim
from lstmlint.shapes.reshape import reshape as reshape_shape
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Meaning, Result, Shape, Violation, product, unknown_dim
from lstmlint.values.base import MISSING, constant_int, dim_of, is_none
from lstmlint.values.data import items_of
from lstmlint.values.network import Layer, plain


@layer("Reshape", "target_shape")
def reshape(layer: Layer, x: Shape) -> Result:
    """keras.io: (batch, *target_shape); one length may be -1."""
    items = items_of(layer.config.get("target_shape", MISSING))
    if items is None or items.known is None:
        return UNKNOWN_SHAPE, None
    target: list[Dim] = []
    for part in (plain(item) for item in items.known):
        dim = None if is_none(part) else dim_of(part)
        target.append(open_length() if is_none(part) else unknown_dim() if dim is None else dim)
    batch = batch_of(x)
    if x.open or not x.axes:
        return Shape((batch, *(Axis(unknown_dim(lower=1) if dim == -1 else dim) for dim in target))), None
    result, violation = reshape_shape(Shape(x.axes[1:]), target)
    if any(is_open(axis.dim) for axis in x.axes[1:]) and -1 in target:
        at = target.index(-1)
        result = result.replace(at, result.axes[at].of_length(_kept_open(result.axes[at].dim)))
    if violation is not None:
        violation = Violation("size", violation.message, violation.left, violation.right)
    return Shape((batch, *result.axes)), violation


def _kept_open(dim: Dim) -> Dim:
    return dim if is_open(dim) else open_length()


@layer("Flatten", "data_format", least=1)
def flatten(layer: Layer, x: Shape) -> Result:
    """keras.io: all axes but the batch merged into one."""
    length = unknown_dim(lower=1) if x.open else product(axis.dim for axis in x.axes[1:])
    return Shape((batch_of(x), Axis(length, Meaning.FEATURE))), None


def _permuted_rank(layer: Layer) -> int | None:
    items = items_of(layer.config.get("dims", MISSING))
    return None if items is None or items.known is None else len(items.known) + 1


@layer("Permute", "dims", rank=_permuted_rank)
def permute(layer: Layer, x: Shape) -> Result:
    """keras.io: the axes behind the batch in another order, counted from 1."""
    items = items_of(layer.config.get("dims", MISSING))
    if items is None or items.known is None or x.open:
        return UNKNOWN_SHAPE, None
    order = [constant_int(plain(item)) for item in items.known]
    if any(at is None or not 1 <= at < len(x.axes) for at in order):
        return Shape((x.axes[0], *(Axis(unknown_dim(lower=1)) for _ in order))), None
    return Shape((x.axes[0], *(x.axes[at] for at in order if at is not None))), None


@layer("RepeatVector", "n", rank=2)
def repeat_vector(layer: Layer, x: Shape) -> Result:
    """keras.io: (batch, n, features)."""
    return Shape((x.axes[0], Axis(layer.length("n"), Meaning.TIME), x.axes[1])), None
