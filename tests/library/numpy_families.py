"""How the arguments of numpy's functions are drawn."""

from __future__ import annotations

from typing import Any

import numpy
from hypothesis import strategies as st

from tests.library.arrays import array, arrays, axes, shapes
from tests.library.differential import agree, run
from tests.library.families import Call, exactly, family, up_to_data

NUMBERS = (numpy.float64, numpy.int64)
INTEGERS = (numpy.int64,)
tensors = arrays(dtypes=NUMBERS)
filled = arrays(smallest=1, dtypes=NUMBERS)
nonscalar = arrays(1, dtypes=NUMBERS)
vectors = arrays(1, 1, 1, dtypes=NUMBERS)
integers = arrays(dtypes=INTEGERS)
maybe_axis = st.one_of(st.none(), axes)


def pairs(one: st.SearchStrategy[Any], other: st.SearchStrategy[Any] | None = None) -> st.SearchStrategy[Any]:
    """Two arguments, often of equal shapes."""
    return st.one_of(st.tuples(one, one if other is None else other), one.map(lambda a: (a, a)))


family(
    "numpy",
    "sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh exp exp2 expm1 log log2 log10 log1p sqrt cbrt degrees "
    "radians deg2rad rad2deg rint sinc i0 angle abs absolute fabs sign square negative positive reciprocal conj "
    "conjugate real imag "
    "nan_to_num round around fix trunc floor ceil isnan isinf isfinite isposinf isneginf logical_not signbit iscomplex isreal "
    "modf frexp iscomplexobj isscalar copy asarray asanyarray ascontiguousarray asfortranarray asarray_chkfinite require ndim size "
    "shape zeros_like ones_like empty_like array ravel transpose squeeze argwhere nonzero flatnonzero "
    "real_if_close flip sort_complex",
    tensors.map(lambda a: (a,)),
    up_to_data,
)
family("numpy", "invert bitwise_not", integers.map(lambda a: (a,)))
family(
    "numpy",
    "add subtract multiply mod remainder fmod floor_divide maximum minimum fmax fmin power divide true_divide arctan2 hypot "
    "float_power logaddexp copysign logical_and logical_or logical_xor equal not_equal less less_equal greater "
    "greater_equal isclose "
    "matmul dot inner outer divmod isin in1d array_equal array_equiv vdot",
    pairs(tensors),
)
family("numpy", "allclose", filled.map(lambda a: (a, a)))
family("numpy", "gcd lcm bitwise_and bitwise_or bitwise_xor left_shift right_shift", pairs(integers))
family(
    "numpy.ndarray",
    "__add__ __radd__ __sub__ __rsub__ __mul__ __rmul__ __floordiv__ __rfloordiv__ __mod__ __rmod__ __pow__ __rpow__ __truediv__ "
    "__rtruediv__ __lt__ __le__ __gt__ __ge__ __matmul__ __rmatmul__",
    pairs(nonscalar),
)
family(
    "numpy.ndarray",
    "__and__ __rand__ __or__ __ror__ __xor__ __rxor__ __lshift__ __rlshift__ __rshift__ __rrshift__",
    pairs(arrays(1, dtypes=INTEGERS)),
)
family(
    "numpy.ndarray",
    "__pos__ __neg__ __abs__ __len__ __copy__ byteswap round conj conjugate view tobytes copy nonzero flatten "
    "ravel tolist transpose squeeze real imag nbytes itemsize size ndim shape T",
    arrays(1, 3, 1, dtypes=NUMBERS).map(lambda a: (a,)),
    up_to_data,
)
family("numpy.ndarray", "__contains__", st.tuples(nonscalar, st.sampled_from([1, 2.5])))
family("numpy.ndarray", "item __float__ __int__ __bool__", st.sampled_from(NUMBERS).map(lambda kind: (array((), kind),)))
family("numpy.ndarray", "mT", arrays(2, 4).map(lambda a: (a,)))

REDUCED = arrays(1, 4, 1, dtypes=NUMBERS)
_reduced = st.builds(lambda a, axis, keep: Call((a, axis), {"keepdims": keep} if keep else {}), REDUCED, maybe_axis, st.booleans())
family("numpy", "sum prod nansum nanprod mean std var median nanmean nanstd nanvar nanmedian max min amax amin "
"nanmax nanmin any all ptp "
       "count_nonzero average", _reduced)  # fmt: skip
_along = st.tuples(REDUCED, maybe_axis)
family("numpy", "argmax argmin nanargmax nanargmin cumsum cumprod nancumsum nancumprod", _along)
family("numpy.ndarray", "sum prod mean std var max min any all cumsum cumprod argmax argmin", _along)
family("numpy", "argsort sort", _along.filter(lambda pair: pair[1] is None or True))
family("numpy", "cov corrcoef", arrays(1, 2, 2, dtypes=NUMBERS).map(lambda a: (a,)))
_share = st.sampled_from([0.5, [0.1, 0.9], 1.0])
family("numpy", "quantile nanquantile", st.tuples(REDUCED, _share, maybe_axis))
family("numpy", "percentile nanpercentile", st.tuples(REDUCED, _share, maybe_axis))
family("numpy", "partition argpartition", arrays(1, 3, 1, dtypes=NUMBERS).map(lambda a: (a, 0)))
family("numpy", "trace", arrays(2, 4, 1, dtypes=NUMBERS).map(lambda a: (a,)))
family("numpy", "diagonal diag triu tril", arrays(1, 3, 1, dtypes=NUMBERS).map(lambda a: (a,)))
family("numpy.ndarray", "diagonal trace", arrays(2, 4, 1, dtypes=NUMBERS).map(lambda a: (a,)))
family("numpy", "fliplr flipud", tensors.map(lambda a: (a,)))
family("numpy", "rot90", st.tuples(tensors, st.integers(-2, 3)))
family("numpy", "tri", st.integers(0, 5).map(lambda n: (n,)))
family("numpy", "vander", st.one_of(vectors.map(lambda a: (a,)), st.tuples(vectors, st.integers(0, 4))))
family("numpy", "logspace geomspace linspace", st.tuples(st.integers(1, 3), st.integers(4, 6), st.integers(0, 6)))
family("numpy", "searchsorted digitize", st.tuples(st.just(numpy.arange(4.0)), filled) | st.just((numpy.arange(4.0), 2)))
family("numpy", "digitize", st.tuples(filled, st.just(numpy.arange(4.0))))
family("numpy.ndarray", "searchsorted", st.tuples(st.just(numpy.arange(4.0)), filled))
family("numpy", "bincount", arrays(1, 1, 1, dtypes=INTEGERS).map(lambda a: (a,)), up_to_data)
family("numpy", "intersect1d union1d setdiff1d setxor1d", st.tuples(vectors, vectors), up_to_data)
family("numpy", "trim_zeros", vectors.map(lambda a: (a,)), up_to_data)
family("numpy", "extract", filled.map(lambda a: (a > 1, a)), up_to_data)
family(
    "numpy", "compress", st.builds(lambda a, axis: (numpy.ones(1, bool), a, axis), arrays(1, 3, 1, NUMBERS), maybe_axis), up_to_data
)
family("numpy.ndarray", "compress", st.builds(lambda a: (a, numpy.ones(1, bool), 0), arrays(1, 3, 1, NUMBERS)), up_to_data)
family("numpy", "take_along_axis", arrays(1, 3, 1, NUMBERS).map(lambda a: (a, numpy.zeros(a.shape, int), -1)))
family("numpy", "ediff1d", tensors.map(lambda a: (a,)))
family("numpy", "gradient", st.one_of(arrays(1, 3, 2, NUMBERS).map(lambda a: (a,))))
family("numpy", "convolve correlate", st.tuples(vectors, vectors, st.sampled_from(["full", "same", "valid"])))
family("numpy", "interp", st.tuples(filled, st.just(numpy.arange(4.0)), st.just(numpy.arange(4.0))))
family("numpy", "polyfit", st.tuples(st.just(numpy.arange(6.0)), st.just(numpy.arange(6.0)), st.integers(0, 3)))
family("numpy", "polyval", st.tuples(st.just([1.0, 2.0]), filled))
_square = st.integers(1, 4).map(lambda n: (numpy.eye(n) * 2,))
family("numpy.linalg", "inv pinv det eig eigh eigvals cholesky matrix_rank qr svd", _square)
family("numpy.linalg", "norm", _along.filter(lambda pair: pair[1] is None or pair[0].ndim > 0).map(
    lambda pair: Call((pair[0],), {} if pair[1] is None else {"axis": pair[1]})))  # fmt: skip
family("numpy.linalg", "solve", st.integers(1, 4).flatmap(
    lambda n: st.sampled_from([(numpy.eye(n), numpy.ones(n)), (numpy.eye(n), numpy.ones((n, 2)))])))  # fmt: skip
family("numpy.linalg", "lstsq", st.integers(2, 4).map(lambda n: (numpy.ones((n, 2)), numpy.ones(n))), up_to_data)
_parts = st.lists(arrays(1, 3, 1, NUMBERS), min_size=1, max_size=3)
_alike = st.builds(lambda a, n: [a] * n, arrays(1, 3, 1, NUMBERS), st.integers(1, 3))
family("numpy", "concatenate concat stack", st.builds(lambda parts, axis: (parts, axis), st.one_of(_parts, _alike), axes))
family("numpy", "vstack hstack dstack column_stack row_stack", st.one_of(_parts, _alike).map(lambda parts: (parts,)))
family("numpy", "vsplit", st.tuples(arrays(2, 3, 1, NUMBERS), st.integers(1, 3)))
family("numpy", "fromiter", st.lists(st.integers(0, 3), max_size=5).map(lambda xs: (xs, "int")))
family("numpy", "where", st.tuples(arrays(dtypes=(numpy.bool_,)), tensors, tensors))
family("numpy", "permute_dims", st.permutations([0, 1, 2]).map(lambda order: (numpy.zeros((2, 3, 4)), list(order))))
family("numpy", "isscalar", st.sampled_from([1, 2.5, "a", [1], numpy.zeros(2)]).map(lambda x: (x,)))



def _joined(path: str, call: Call) -> None:
    """np.r_[…] and np.c_[…]."""
    name = path.split(".")[1]
    builder = run(f"numpy.{name}").value
    agree(path, tuple(call.args), real=getattr(numpy, name).__getitem__, receiver=builder)


family("numpy.r_", "__getitem__", st.one_of(_parts, _alike).filter(lambda parts: len(parts) > 1), _joined)
_columns = st.builds(lambda a, n: [a] * n, arrays(1, 2, 1, NUMBERS), st.integers(2, 3))
family("numpy.c_", "__getitem__", _columns, _joined)

# Random numbers: the functions, and the methods of both kinds of generators.

sizes = st.one_of(st.none(), st.integers(0, 4), shapes(0, 3))
_SIZED = {
    "random random_sample ranf sample standard_normal standard_exponential standard_cauchy": (),
    "standard_gamma standard_t chisquare exponential rayleigh pareto power weibull": (2.0,),
    "poisson": (2.0,),
    "geometric logseries": (0.5,),
    "zipf": (2.0,),
    "normal uniform gamma beta laplace logistic lognormal gumbel vonmises wald f noncentral_chisquare": (1.0, 2.0),
    "binomial negative_binomial": (3, 0.5),
    "triangular": (1.0, 2.0, 3.0),
    "noncentral_f": (1.0, 2.0, 3.0),
    "hypergeometric": (4, 3, 2),
    "randint integers random_integers": (1, 7),
    "choice": (5,),
    "multivariate_normal": ([0.0, 1.0], [[1.0, 0.0], [0.0, 1.0]]),
    "dirichlet": ([1.0, 2.0, 3.0],),
    "multinomial": (5, [0.5, 0.5]),
}
_OTHERS: dict[str, st.SearchStrategy[Any]] = {
    "rand randn": shapes(0, 3),
    "permutation": st.one_of(st.integers(0, 5), arrays(1, 3, 1, NUMBERS)).map(lambda x: (x,)),
    "permuted": arrays(1, 3, 1, NUMBERS).map(lambda x: (x,)),
    "shuffle": arrays(1, 3, 1, NUMBERS).map(lambda x: (x.copy(),)),
    "seed": st.integers(0, 9).map(lambda x: (x,)),
    "bytes": st.integers(0, 9).map(lambda x: (x,)),
}


def _of(generator: str, name: str, call: Call) -> Call:
    made: Any = numpy.random.RandomState(0) if generator == "RandomState" else numpy.random.default_rng(0)
    receiver = run("numpy.random." + ("RandomState" if generator == "RandomState" else "default_rng")).value
    return Call(call.args, call.keywords, getattr(made, name), receiver)


def _random(name: str, draws: st.SearchStrategy[Any]) -> None:
    calls = draws.map(lambda drawn: drawn if isinstance(drawn, Call) else Call(tuple(drawn)))
    if hasattr(numpy.random, name):
        family("numpy.random", name, calls)
    for generator in ("RandomState", "Generator"):
        if hasattr(getattr(numpy.random, generator), name):
            family(f"numpy.random.{generator}", name, calls.map(lambda call, g=generator: _of(g, name, call)))


for _names, _parameters in _SIZED.items():
    for _name in _names.split():
        _random(_name, sizes.map(lambda size, given=_parameters: Call(given, {"size": size})))
for _names, _draws in _OTHERS.items():
    for _name in _names.split():
        _random(_name, _draws)
family("numpy.random", "RandomState default_rng", st.just(()), lambda path, call: None)
_ = exactly
