"""Statistics and other reductions, and what accumulates along an axis."""
from __future__ import annotations

from collections.abc import Callable

from lstmlint.library.coerce import to_array, to_shape
from lstmlint.library.numpy.arguments import UNSURE, axes_of, dtype_of, flag
from lstmlint.library.numpy.results import array, array_or_number, checked, number
from lstmlint.library.registry import models
from lstmlint.shapes.combine import flat_length
from lstmlint.shapes.dims import Dim, differ, larger, smaller
from lstmlint.shapes.permute import axis_violation
from lstmlint.shapes.reduce import reduce
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Shape, product
from lstmlint.values.base import NONE, Const, Unknown, Value, integer, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, Frame, items_of, tuple_of

NO = Const(False)


def reduced(caller: Caller, name: str, a: Value, axis: Value, dtype: str | None, keepdims: Value = NO) -> Value:
    """`a` reduced over `axis`. Of pandas objects the answer is numpy's only where nothing is left but a number."""
    if isinstance(a, Frame) or (isinstance(a, Unknown) and a.type is None):
        return unknown()
    operand = to_array(a)
    axes, keep = axes_of(axis), flag(keepdims)
    if axes is UNSURE or keep is UNSURE:
        return array(UNKNOWN_SHAPE, dtype, operand)
    shape, violation = reduce(operand.shape, axes, keep)
    return checked(caller, name, [operand], array_or_number(shape, dtype, operand), violation)


DtypeRule = Callable[[str | None], str | None]


def _sum(dtype: str | None) -> str | None:
    return "int" if dtype == "bool" else dtype if dtype in ("int", "float") else None


def _same(dtype: str | None) -> str | None:
    return dtype


def _float(dtype: str | None) -> str | None:
    return "float" if dtype in ("int", "float", "bool") else None


def _bool(dtype: str | None) -> str | None:
    # Of objects, any() answers with one of them.
    return None if dtype in ("object", None) else "bool"


def _int(dtype: str | None) -> str | None:
    return "int"


_METHODS = {"sum", "prod", "mean", "std", "var", "min", "max", "any", "all"}


def _reduction(rule: DtypeRule, *names: str) -> None:
    for name in names:
        _one_reduction(rule, name)


def _one_reduction(rule: DtypeRule, name: str) -> None:
    paths = [f"numpy.{name}"] + ([f"numpy.ndarray.{name}"] if name in _METHODS else [])

    @models(*paths)
    def function(
        caller: Caller, a: Value, axis: Value = NONE, *others: Value, dtype: Value = NONE, keepdims: Value = NO
    ) -> Value:
        """numpy.org/doc/stable/reference/routines.statistics.html: over one axis, several, or all."""
        folded = _of_integers(name, a) if is_none(axis) else None
        if folded is not None:
            return folded
        return reduced(caller, name, a, axis, dtype_of(dtype, rule(to_array(a).dtype)), keepdims)


def _total(dims: tuple[Dim, ...]) -> Dim:
    total: Dim = 0
    for dim in dims:
        total = total + dim
    return total


_FOLDS: dict[str, Callable[[tuple[Dim, ...]], Dim]] = {"prod": product, "product": product, "sum": _total}


def _folded_pairwise(combine: Callable[[Dim, Dim], Dim]) -> Callable[[tuple[Dim, ...]], Dim]:
    def fold(dims: tuple[Dim, ...]) -> Dim:
        result = dims[0]
        for dim in dims[1:]:
            result = combine(result, dim)
        return result

    return fold


_FOLDS.update({name: _folded_pairwise(larger) for name in ("max", "amax")})
_FOLDS.update({name: _folded_pairwise(smaller) for name in ("min", "amin")})


def _of_integers(name: str, a: Value) -> Value | None:
    """np.prod(x.shape[1:]): of a few known integers the answer is known, too."""
    items = items_of(a)
    fold = _FOLDS.get(name)
    if fold is None or items is None or items.known is None or not 0 < len(items.known) <= 8:
        return None
    if any(item.type_path != "int" for item in items.known):
        return None
    shape = to_shape(a)
    return None if shape is None else integer(fold(shape.dims))


_reduction(_sum, "sum", "prod", "nansum", "nanprod", "product")
_reduction(_float, "mean", "std", "var", "median", "nanmean", "nanstd", "nanvar", "nanmedian")
_reduction(_same, "max", "min", "amax", "amin", "nanmax", "nanmin")
_reduction(_bool, "any", "all")


@models("numpy.ptp", "numpy.ndarray.ptp")
def ptp(caller: Caller, a: Value, axis: Value = NONE, out: Value = NONE, keepdims: Value = NO) -> Value:
    """numpy.org/doc: the range of values."""
    return reduced(caller, "ptp", a, axis, to_array(a).dtype, keepdims)


@models("numpy.count_nonzero")
def count_nonzero(caller: Caller, a: Value, axis: Value = NONE, *, keepdims: Value = NO) -> Value:
    """numpy.org/doc: how many are not zero."""
    return reduced(caller, "count_nonzero", a, axis, "int", keepdims)


def _arg(*names: str) -> None:
    for name in names:
        _one_arg(name)


def _one_arg(name: str) -> None:
    paths = [f"numpy.{name}"] + ([f"numpy.ndarray.{name}"] if not name.startswith("nan") else [])

    @models(*paths)
    def function(caller: Caller, a: Value, axis: Value = NONE, out: Value = NONE, *, keepdims: Value = NO) -> Value:
        """numpy.org/doc: where the extreme value stands."""
        return reduced(caller, name, a, axis, "int", keepdims)


_arg("argmax", "argmin", "nanargmax", "nanargmin")


@models("numpy.average")
def average(
    caller: Caller, a: Value, axis: Value = NONE, weights: Value = NONE, returned: Value = NO, *, keepdims: Value = NO
) -> Value:
    """numpy.org/doc: the weighted mean."""
    result = reduced(caller, "average", a, axis, _float(to_array(a).dtype), keepdims)
    given = flag(returned)
    return result if given is False else tuple_of(result, result) if given is True else unknown()


def _quantile(name: str) -> None:
    @models(f"numpy.{name}")
    def function(caller: Caller, a: Value, q: Value, axis: Value = NONE, *others: Value, keepdims: Value = NO) -> Value:
        """numpy.org/doc: quantiles; for several, a new first axis."""
        result = reduced(caller, name, a, axis, _float(to_array(a).dtype), keepdims)
        steps = to_array(q).shape
        if isinstance(q, Unknown) and q.type is None:
            return unknown()
        if steps.rank == 0 or not isinstance(result, (Array, Unknown)):
            return result
        rest = result.shape if isinstance(result, Array) else Shape(())
        if steps.open or (rest.open and not rest.axes):
            return array(UNKNOWN_SHAPE, "float")
        return array(Shape(steps.axes + rest.axes, rest.open) if not rest.open else rest, _float(to_array(a).dtype))


for _name in ("percentile", "quantile", "nanpercentile", "nanquantile"):
    _quantile(_name)


def _cumulative(rule: DtypeRule, *names: str) -> None:
    for name in names:
        _one_cumulative(rule, name)


def _one_cumulative(rule: DtypeRule, name: str) -> None:
    paths = [f"numpy.{name}"] + ([] if name.startswith("nan") else [f"numpy.ndarray.{name}"])

    @models(*paths)
    def function(caller: Caller, a: Value, axis: Value = NONE, dtype: Value = NONE) -> Value:
        """numpy.org/doc: running totals along an axis, flattened without one."""
        if isinstance(a, Frame):
            return unknown()
        operand = to_array(a)
        axes = axes_of(axis)
        kind = dtype_of(dtype, rule(operand.dtype))
        if axes is UNSURE:
            return array(UNKNOWN_SHAPE, kind, operand)
        if axes is None or operand.shape.rank == 0:
            return array(Shape.of(flat_length(operand.shape)), kind, operand)
        violation = axis_violation(operand.shape, axes[0])
        return checked(caller, name, [operand], array(operand.shape, kind, operand), violation)


_cumulative(_sum, "cumsum", "cumprod", "nancumsum", "nancumprod")


@models("numpy.cov", "numpy.corrcoef")
def covariance(m: Array, y: Value = NONE, rowvar: Value = Const(True)) -> Value:  # noqa: B008
    """numpy.org/doc: a matrix with a row and a column for each variable."""
    if m.shape.rank == 1 and is_none(y):
        return number("float")
    if m.shape.rank == 2 and is_none(y) and isinstance(rowvar, Const):
        side = m.shape.axes[0 if rowvar.value else 1]
        return number("float") if side.dim == 1 else unknown() if not differ(side.dim, 1) else array(Shape((side, side)), "float")
    return array(UNKNOWN_SHAPE, "float")
