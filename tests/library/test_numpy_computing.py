"""Elementwise functions, operators, reductions, products: the models against numpy."""
from __future__ import annotations

from typing import Any

import numpy
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lstmlint.shapes.dims import symbol
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Shape
from lstmlint.values.base import Const, Unknown, integer, unknown
from lstmlint.values.data import Array, Items, ListObject, frame, tuple_of
from tests.library.arrays import MANY, array, arrays, axes, shapes
from tests.library.differential import agree, run

NUMBERS = (numpy.float64, numpy.int64)
numbers = st.sampled_from([2, 1.5, True])

UNARY = ["sin", "exp", "log1p", "sqrt", "abs", "sign", "square", "negative", "nan_to_num", "round", "isnan", "isfinite", "rint"]


@MANY
@given(arrays(dtypes=NUMBERS), st.sampled_from(UNARY))
def test_unary_functions(a: Any, name: str) -> None:
    agree(f"numpy.{name}", a)
    agree(f"numpy.{name}", a.tolist() if a.ndim == 1 and len(a) else a)
    agree("numpy.clip", a, 0, 2)
    agree("numpy.ndarray.clip", a, 1)


BINARY = ["add", "subtract", "multiply", "divide", "maximum", "minimum", "power", "arctan2", "logical_and", "greater", "equal"]


@MANY
@given(arrays(dtypes=NUMBERS), st.one_of(arrays(dtypes=NUMBERS), numbers), st.sampled_from(BINARY))
def test_binary_functions(a: Any, b: Any, name: str) -> None:
    agree(f"numpy.{name}", a, b)
    agree(f"numpy.{name}", b, a)
    agree("numpy.where", a > 1, a, b)


OPERATORS = ["add", "radd", "sub", "rsub", "mul", "truediv", "rtruediv", "floordiv", "mod", "pow", "lt", "le", "gt", "ge"]


@MANY
@given(arrays(dtypes=NUMBERS), st.one_of(arrays(dtypes=NUMBERS), numbers), st.sampled_from(OPERATORS))
def test_operators(a: Any, b: Any, name: str) -> None:
    assume(a.ndim or isinstance(b, numpy.ndarray))
    agree(f"numpy.ndarray.__{name}__", a, b)
    agree("numpy.ndarray.__neg__", a)
    agree("numpy.ndarray.__abs__", a)


@MANY
@given(arrays(dtypes=(numpy.bool_,)), arrays(dtypes=(numpy.bool_,)), st.sampled_from(["and", "or", "xor", "rand"]))
def test_masks_combined(a: Any, b: Any, name: str) -> None:
    agree(f"numpy.ndarray.__{name}__", a, b)
    agree("numpy.ndarray.__invert__", a)


@MANY
@given(shapes())
def test_equality_of_equal_shapes(shape: tuple[int, ...]) -> None:
    agree("numpy.ndarray.__eq__", array(shape), array(shape))
    agree("numpy.ndarray.__ne__", array(shape), 1)


REDUCTIONS = ["sum", "prod", "mean", "std", "var", "min", "max", "any", "all", "argmax", "argmin"]
OTHERS = ["amax", "median", "nansum", "nanmean", "ptp", "count_nonzero", "average"]


@MANY
@given(arrays(smallest=1), st.one_of(st.none(), axes), st.booleans(), st.sampled_from(REDUCTIONS + OTHERS))
def test_reductions(a: Any, axis: Any, keepdims: bool, name: str) -> None:
    # Of an array without axes numpy reduces axis 0 and -1 in some functions only; a bool has no difference.
    assume(a.ndim or axis not in (0, -1))
    assume(name not in ("ptp", "median", "average") or a.dtype != bool)
    agree(f"numpy.{name}", a, axis, keepdims=keepdims)
    if name in REDUCTIONS:
        agree(f"numpy.ndarray.{name}", a, axis=axis)


@MANY
@given(arrays(1, smallest=1), st.lists(axes, max_size=3).map(tuple), st.sampled_from(["sum", "mean", "max", "any"]))
def test_reductions_over_several_axes(a: Any, several: tuple[int, ...], name: str) -> None:
    agree(f"numpy.{name}", a, several)
    agree(f"numpy.{name}", a, axis=several, keepdims=True)


@MANY
@given(arrays(1, 3, smallest=1, dtypes=NUMBERS), st.one_of(st.none(), axes), st.sampled_from([50, 2.5, [5, 95], (10, 50, 90)]))
def test_quantiles(a: Any, axis: Any, q: Any) -> None:
    agree("numpy.percentile", a, q, axis)
    agree("numpy.cumsum", a, axis)
    agree("numpy.ndarray.cumprod", a, axis)
    agree("numpy.linalg.norm", a, axis=axis) if a.ndim <= 2 else None


@MANY
@given(arrays(0, 4, dtypes=NUMBERS), arrays(0, 3, dtypes=NUMBERS))
def test_products(a: Any, b: Any) -> None:
    agree("numpy.matmul", a, b)
    agree("numpy.ndarray.__matmul__", a, b)
    agree("numpy.dot", a, b)
    agree("numpy.ndarray.dot", a, b)
    agree("numpy.inner", a, b)
    agree("numpy.outer", a, b)


@st.composite
def factors(draw: st.DrawFn) -> tuple[Any, Any]:
    """Two arrays that fit in a matrix product more often than not."""
    inner, stack = draw(st.integers(1, 3)), draw(shapes(0, 2))
    left = array((*stack, draw(st.integers(1, 4)), inner))
    other = draw(st.integers(1, 3)) if draw(st.integers(0, 3)) == 0 else inner
    right = array((*stack[1:], other, draw(st.integers(1, 4)))) if draw(st.booleans()) else array((other,))
    return left, right


@MANY
@given(factors(), st.integers(0, 2))
def test_products_that_fit(pair: tuple[Any, Any], count: int) -> None:
    a, b = pair
    agree("numpy.matmul", a, b)
    agree("numpy.dot", a, b)
    agree("numpy.tensordot", a, b, count) if count <= min(a.ndim, b.ndim) else None
    agree("numpy.tensordot", a, b, ([-1], [0]))


FORMULAS = ["ij,jk->ik", "ij,jk", "ij,ij->i", "ij,j->i", "ij,kl->", "bij,bjk->bik", "ij,ji->j", "ij,kj->ik"]


@MANY
@given(shapes(2, 3, 1), shapes(1, 3, 1), st.sampled_from(FORMULAS))
def test_einsum(a: tuple[int, ...], b: tuple[int, ...], formula: str) -> None:
    agree("numpy.einsum", formula, array(a), array(b))
    agree("numpy.einsum", "ii->i" if len(a) == 2 else "iij", array(a))


@MANY
@given(shapes(0, 3, 1))
def test_square_matrices(shape: tuple[int, ...]) -> None:
    matrix = numpy.random.default_rng(1).normal(size=shape)
    agree("numpy.linalg.inv", matrix)
    agree("numpy.linalg.det", matrix)
    agree("numpy.linalg.pinv", matrix) if len(shape) >= 2 else None
    agree("numpy.linalg.solve", matrix, matrix[..., 0]) if len(shape) == 2 else None
    if len(shape) == 2:
        for full in (True, False):
            agree("numpy.linalg.svd", matrix, full, real=lambda m, f: tuple(numpy.linalg.svd(m, f)))


n = symbol("n")


def test_integers_known_as_polynomials_stay_known() -> None:
    assert run("numpy.prod", tuple_of(integer(n), Const(3))).value == integer(3 * n)
    assert run("numpy.prod", (4, 5, 6)).value == Const(120)
    assert run("numpy.max", [3, 9, 4]).value == Const(9)
    assert run("numpy.ceil", 2.1).value == Const(3.0)
    assert run("numpy.int64", integer(n)).value == integer(n)


def test_a_number_goes_on_as_a_number() -> None:
    mean = run("numpy.mean", Array(Shape.of(n, 3), dtype="float")).value
    assert isinstance(mean, Unknown) and mean.type == "float"
    scaled = run("numpy.ndarray.__sub__", Array(Shape.of(n, 3), dtype="float"), mean).value
    assert isinstance(scaled, Array) and scaled.shape.dims == (n, 3)


@pytest.mark.parametrize("operand", [unknown(), Array(UNKNOWN_SHAPE), Array(Shape((Axis(n),), True)), Array(Shape.of(n))])
def test_what_is_not_known_proves_nothing(operand: Any) -> None:
    x = Array(Shape.of(5, 6), dtype="float")
    for path in ("numpy.add", "numpy.ndarray.__mul__", "numpy.matmul", "numpy.dot", "numpy.where", "numpy.ndarray.__matmul__"):
        args = (x, x, operand) if path.endswith("where") else (x, operand)
        assert not run(path, *args).raises


def test_tensors_and_tables_keep_their_kind() -> None:
    x = Array(Shape.of(n, 3), dtype="float")
    tensor = Array(Shape.of(n, 3), "tensor", "float")
    result = run("numpy.ndarray.__add__", x, tensor).value
    assert isinstance(result, Array) and result.kind == "tensor"
    series = Array(Shape.of(n), "series", "float")
    assert getattr(run("numpy.log", series).value, "kind", None) == "series"
    table = frame(n, ("a", "b"))
    assert run("numpy.log1p", table).value.type_path == "pandas.DataFrame"
    # pandas aligns by label: unequal lengths are no mistake.
    longer = Array(Shape.of(n + 5), "series", "float")
    assert not run("numpy.add", Array(Shape.of(3), "series"), Array(Shape.of(4), "series")).raises
    assert not run("numpy.subtract", series, longer).raises


def test_unequal_shapes_compared_are_no_violation() -> None:
    assert not run("numpy.ndarray.__eq__", array((3,)), array((4,))).raises


def test_many_arrays_with_one_shape() -> None:
    windows = ListObject(Items.many(Array(Shape.of(60, 5), dtype="float"), n))
    assert getattr(run("numpy.stack", windows).value, "shape", None) == Shape.of(n, 60, 5)
    assert getattr(run("numpy.concatenate", windows).value, "shape", None) == Shape.of(60 * n, 5)
    assert getattr(run("numpy.vstack", windows).value, "shape", None) == Shape.of(60 * n, 5)
    ragged = ListObject(Items.many(Array(Shape.of(symbol("length"), 5)), n))
    joined = run("numpy.concatenate", ragged).value
    assert isinstance(joined, Array) and joined.shape.rank == 2 and joined.shape.dims[1] == 5
