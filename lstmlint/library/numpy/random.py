"""Random numbers: the functions of numpy.random, and the methods of RandomState and Generator, which are mostly the same."""
from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from lstmlint.library.coerce import to_array
from lstmlint.library.numpy.results import array, array_or_number, number
from lstmlint.library.registry import inherits, models
from lstmlint.shapes.broadcast import broadcast_all
from lstmlint.shapes.dims import Dim
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Shape
from lstmlint.values.base import NONE, Unknown, Value, dim_of, is_none, unknown
from lstmlint.values.code import LibraryObject
from lstmlint.values.data import Array

_STATE = "numpy.random.RandomState"
inherits("numpy.random.Generator", _STATE)

Size = Shape | Unknown | None


def _drawn(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The decorated function models numpy.random's functions `names` and, with `self` before its parameters, the methods."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        models(*(f"numpy.random.{name}" for name in names))(function)

        @functools.wraps(function)
        def method(self: Value, *args: object, **keywords: object) -> object:
            return function(*args, **keywords)

        signature = inspect.signature(function)
        first = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY, annotation=Value)
        method.__annotations__ = {**function.__annotations__, "self": Value}
        setattr(method, "__signature__", signature.replace(parameters=[first, *signature.parameters.values()]))  # noqa: B010
        models(*(f"{_STATE}.{name}" for name in names))(method)
        return function

    return register


@models("numpy.random.default_rng")
def default_rng(seed: Value = NONE) -> Value:
    """numpy.org/doc: a Generator."""
    return LibraryObject("numpy.random.Generator")


@models(_STATE)
def random_state(seed: Value = NONE) -> Value:
    """numpy.org/doc: a RandomState."""
    return LibraryObject(_STATE)


def _sized(size: Size, dtype: str, *parameters: Value) -> Value:
    """As many numbers as `size` says; without it, one for each element of the parameters."""
    if size is None:
        if any(isinstance(parameter, Unknown) and parameter.type is None for parameter in parameters):
            return unknown()
        shape, _ = broadcast_all(to_array(parameter).shape for parameter in parameters)
        return array_or_number(shape, dtype)
    return array(UNKNOWN_SHAPE if isinstance(size, Unknown) else size, dtype)


@_drawn("rand", "randn")
def rand(*dims: Value) -> Value:
    """numpy.org/doc: an array with these lengths; a number without any."""
    lengths = [dim_of(value) for value in dims]
    known: list[Dim] = [length for length in lengths if length is not None]
    if len(known) != len(lengths):
        return array(UNKNOWN_SHAPE, "float")
    return array(Shape.of(*known), "float") if known else number("float")


@_drawn("random", "random_sample", "ranf", "sample", "standard_normal", "standard_exponential", "standard_cauchy")
def standard(size: Size = None) -> Value:
    """numpy.org/doc: an array of this size; a number without it."""
    return _sized(size, "float")


@_drawn("standard_gamma", "standard_t", "chisquare", "exponential", "rayleigh", "pareto", "power", "weibull")
def one_parameter(a: Value = NONE, size: Size = None) -> Value:
    """numpy.org/doc: a distribution with one parameter."""
    return _sized(size, "float", *([] if is_none(a) else [a]))


@_drawn("poisson", "geometric", "logseries", "zipf")
def counts(a: Value = NONE, size: Size = None) -> Value:
    """numpy.org/doc: a distribution of integers with one parameter."""
    return _sized(size, "int", *([] if is_none(a) else [a]))


@_drawn("normal", "uniform", "gamma", "beta", "laplace", "logistic", "lognormal", "gumbel", "vonmises", "wald", "f",
        "noncentral_chisquare")  # fmt: skip
def two_parameters(a: Value = NONE, b: Value = NONE, size: Size = None) -> Value:
    """numpy.org/doc: a distribution with two parameters."""
    return _sized(size, "float", *(part for part in (a, b) if not is_none(part)))


@_drawn("binomial", "negative_binomial")
def binomial(n: Value, p: Value, size: Size = None) -> Value:
    """numpy.org/doc: a distribution of integers with two parameters."""
    return _sized(size, "int", n, p)


@_drawn("triangular", "noncentral_f")
def three_parameters(a: Value, b: Value, c: Value, size: Size = None) -> Value:
    """numpy.org/doc: a distribution with three parameters."""
    return _sized(size, "float", a, b, c)


@_drawn("hypergeometric")
def hypergeometric(a: Value, b: Value, c: Value, size: Size = None) -> Value:
    """numpy.org/doc: a distribution of integers with three parameters."""
    return _sized(size, "int", a, b, c)


@_drawn("randint", "integers", "random_integers")
def randint(low: Value, high: Value = NONE, size: Size = None, dtype: Value = NONE) -> Value:
    """numpy.org/doc: integers."""
    return _sized(size, "int", *(part for part in (low, high) if not is_none(part)))


@_drawn("choice")
def choice(a: Value, size: Size = None, replace: Value = NONE, p: Value = NONE, axis: int = 0) -> Value:
    """numpy.org/doc: elements of a sequence, or numbers below an integer."""
    source = to_array(a)
    if isinstance(a, Unknown) and a.type is None or source.shape.open:
        return unknown() if size is None else array(UNKNOWN_SHAPE, None)
    dtype = "int" if source.shape.rank == 0 else source.dtype
    rest = source.shape.axes[1:]
    if rest and axis != 0:
        return array(UNKNOWN_SHAPE, dtype)
    if size is None:
        return array_or_number(Shape(rest), dtype, source)
    return array(UNKNOWN_SHAPE if isinstance(size, Unknown) else Shape(size.axes + rest), dtype, source)


@_drawn("permutation", "permuted")
def permutation(x: Value, axis: Value = NONE) -> Value:
    """numpy.org/doc: in another order; of an integer, the numbers below it."""
    length = dim_of(x) if not isinstance(x, Unknown) or x.type == "int" else None
    if length is not None:
        return array(Shape.of(length), "int")
    source = to_array(x)
    return array(source.shape, source.dtype, source)


@_drawn("shuffle", "seed")
def nothing(x: Value = NONE, axis: Value = NONE) -> None:
    """numpy.org/doc: works by its effect, which leaves all shapes alone."""


@_drawn("multivariate_normal")
def multivariate_normal(mean: Array, cov: Value, size: Size = None) -> Value:
    """numpy.org/doc: vectors as long as the mean."""
    return _vectors(size, mean, "float")


@_drawn("dirichlet")
def dirichlet(alpha: Array, size: Size = None) -> Value:
    """numpy.org/doc: vectors as long as the parameter."""
    return _vectors(size, alpha, "float")


@_drawn("multinomial")
def multinomial(n: Value, pvals: Array, size: Size = None) -> Value:
    """numpy.org/doc: vectors of counts as long as the probabilities."""
    return _vectors(size, pvals, "int")


def _vectors(size: Size, parameter: Array, dtype: str) -> Value:
    if isinstance(size, Unknown) or parameter.shape.rank != 1:
        return array(UNKNOWN_SHAPE, dtype)
    return array(Shape((size.axes if size is not None else ()) + parameter.shape.axes), dtype)


@_drawn("bytes")
def random_bytes(length: Value) -> Value:
    """numpy.org/doc: a bytes object."""
    return unknown("bytes")
