"""How the arguments of TensorFlow's functions are drawn; keras.ops and keras.backend have the same under the same names."""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy
import tensorflow
from hypothesis import strategies as st

from tests.library.arrays import array, arrays, axes, shapes
from tests.library.differential import disagreement, run
from tests.library.families import Call, Compare, exactly, exists, family, up_to_data

assert keras and tensorflow
ROOTS = ("tensorflow", "tensorflow.math", "tensorflow.nn", "keras.ops", "keras.activations")
FLOATS = (numpy.float32,)
tensors = arrays(dtypes=FLOATS)
axed = arrays(1, 4, 1, dtypes=FLOATS)


def functions(names: str, draws: st.SearchStrategy[Any], compare: Compare = exactly, roots: tuple[str, ...] = ROOTS) -> None:
    """The same under every root that has it, and where it is modelled."""
    from lstmlint.library import registry

    for root in roots:
        for name in names.split():
            path = f"{root}.{name}"
            if exists(path) and registry.find(path) is not None:
                family(root, [name], draws, compare)


def one(draws: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return draws.map(lambda x: (x,))


functions(
    "abs exp log sqrt square sin cos tan sinh cosh round sign floor ceil rsqrt log1p expm1 reciprocal negative is_nan is_inf "
    "is_finite isnan isinf isfinite erf identity stop_gradient tanh relu sigmoid softplus elu selu gelu silu swish leaky_relu "
    "softsign relu6 hard_sigmoid log_sigmoid zeros_like ones_like convert_to_tensor constant Variable transpose "
    "squeeze argsort sort",
    one(axed),
)
functions("softmax log_softmax", one(arrays(2, 3, 1, FLOATS)))
functions("logical_not", one(arrays(1, 3, 1, (numpy.bool_,))))
functions("cast", st.tuples(tensors, st.sampled_from(["float32", "int32"])))
_pairs = st.one_of(st.tuples(tensors, tensors), tensors.map(lambda a: (a, a)))
functions(
    "add subtract multiply divide truediv true_divide maximum minimum pow power floordiv floor_divide mod floormod atan2 arctan2 "
    "squared_difference divide_no_nan equal not_equal greater greater_equal less less_equal",
    _pairs,
    roots=("tensorflow.math", "keras.ops"),
)
functions("add subtract multiply divide maximum minimum pow greater greater_equal less less_equal", _pairs, roots=("tensorflow",))
# Keras's own addition takes some second operands for a bias, and gives another shape than it declares: (1, 2) + (2, 1) is (1, 2).
_filled = axed.map(lambda a: (a, a)) | axed.map(lambda a: (a, a[:1])) | axed.map(lambda a: (a, 2.0))
functions("add", _filled, roots=("keras.ops",))
_masks = arrays(dtypes=(numpy.bool_,))
functions("logical_and logical_or logical_xor", st.tuples(_masks, _masks))
_places = st.one_of(st.none(), axes)
_reduced = st.builds(lambda a, axis, keep: Call((a,), {"axis": axis, "keepdims": keep}), axed, _places, st.booleans())
functions("reduce_sum reduce_mean reduce_max reduce_min reduce_prod reduce_std reduce_variance reduce_logsumexp", _reduced)
functions("sum mean max min prod std var logsumexp", _reduced, roots=("keras.ops",))
functions("any all", st.builds(lambda a, axis: Call((a > 1, axis)), axed, _places), roots=("keras.ops",))
functions("reduce_any reduce_all", st.builds(lambda a, axis: Call((a > 1, axis)), axed, _places))
functions("argmax argmin", st.builds(lambda a, axis: (a, axis), axed, axes))
functions("expand_dims", st.tuples(axed, axes))
functions("reshape", st.tuples(axed, shapes(1, 3, 1)) | axed.map(lambda a: (a, (-1, a.shape[-1]))))
functions("transpose", st.permutations([0, 1, 2]).map(lambda order: (array((2, 3, 4)), list(order))))
_alike = st.builds(lambda a, n: [a] * n, axed, st.integers(1, 3))
_parts = st.one_of(_alike, st.lists(axed, min_size=1, max_size=3))
functions("concat concatenate stack", st.tuples(_parts, axes))
functions("matmul", st.tuples(axed, axed) | st.tuples(shapes(0, 1, 1), st.integers(1, 3), st.integers(1, 3)).map(
    lambda drawn: (array((*drawn[0], drawn[1], drawn[2]), FLOATS[0]), array((*drawn[0], drawn[2], 4), FLOATS[0]))
), roots=("tensorflow", "keras.ops"))  # fmt: skip
functions("matmul", st.builds(lambda a: Call((a, a), {"transpose_b": True}), arrays(2, 3, 1, FLOATS)), roots=("tensorflow.linalg",))
functions("zeros ones", one(shapes(0, 3)))
functions("normal uniform truncated_normal", one(shapes(0, 3)), roots=("tensorflow.random", "keras.random"))
functions("one_hot", st.tuples(arrays(0, 2, 1, (numpy.int64,)), st.integers(1, 5)))
functions(
    "tile", st.tuples(arrays(2, 2, 1, FLOATS), st.tuples(st.integers(1, 3), st.integers(1, 3))), roots=("tensorflow", "keras.ops")
)
functions("range arange", st.tuples(st.integers(-3, 3), st.integers(3, 9), st.integers(1, 3)) | one(st.integers(0, 5)))
functions("fill", st.tuples(shapes(0, 3), st.just(1.0)))
functions("identity", one(st.integers(1, 4)), roots=("keras.ops",))
functions("eye", st.tuples(st.integers(1, 4), st.integers(1, 4)))
functions("linspace", st.tuples(st.just(0.0), st.just(1.0), st.integers(1, 5)))
functions("split", st.tuples(axed, st.integers(1, 3), axes), roots=("tensorflow", "keras.ops"))
functions("split", st.builds(lambda a, b, c: (array((a + b, c)), [a, b], 0), *[st.integers(1, 3)] * 3), roots=("tensorflow",))
functions("unstack", st.builds(lambda a, axis: Call((a,), {"axis": axis}), axed, axes))
_of_places = st.builds(
    lambda a, places, axis: Call((a, places), {"axis": axis}), axed, st.sampled_from([0, [0, 0], numpy.zeros((2, 3), int)]), axes
)
functions("gather take", _of_places)
functions("embedding_lookup", st.tuples(arrays(2, 2, 1, FLOATS), arrays(1, 2, 1, (numpy.int64,)).map(lambda a: a * 0)))
functions("boolean_mask", axed.map(lambda a: (a, numpy.ones(a.shape[:1], bool))), up_to_data)
functions("sequence_mask", st.tuples(arrays(1, 2, 1, (numpy.int64,)), st.integers(1, 6)))
functions("where", st.tuples(_masks, tensors, tensors))
functions("pad", axed.map(lambda a: (a, [[1, 2]] * a.ndim)))
functions("repeat", st.builds(lambda a, n, axis: Call((a, n), {"axis": axis}), axed, st.integers(0, 3), _places))
functions("reverse", axed.map(lambda a: (a, [0])))
functions("roll", axed.map(lambda a: (a, 1, 0)), roots=("tensorflow",))
functions("clip_by_value clip", axed.map(lambda a: (a, 0.0, 1.0)))
functions("cumsum cumprod", st.tuples(axed, st.just(0)), roots=("tensorflow.math", "keras.ops"))
functions("l2_normalize", axed.map(lambda a: (a, 0)))
functions("dropout", st.tuples(axed, st.just(0.5)), roots=("tensorflow.nn",))
functions("shuffle", one(axed), roots=("tensorflow.random",))
functions("tensordot", st.tuples(arrays(2, 3, 1, FLOATS), arrays(2, 3, 1, FLOATS), st.sampled_from([1, [[0], [0]], [[1], [0]]])))
functions("einsum", st.tuples(st.just("ij,jk->ik"), arrays(2, 2, 1, FLOATS), arrays(2, 2, 1, FLOATS)))
functions("matrix_transpose", one(arrays(2, 4, 1, FLOATS)), roots=("tensorflow.linalg",))
functions("norm", st.builds(lambda a, axis: Call((a,), {"axis": axis}), axed, _places), roots=("tensorflow", "tensorflow.linalg"))
_logits = arrays(2, 3, 1, FLOATS)
functions("softmax_cross_entropy_with_logits", _logits.map(lambda a: (a, a)))
functions("sparse_softmax_cross_entropy_with_logits", _logits.map(lambda a: (numpy.zeros(a.shape[:-1], int), a)))
functions("sigmoid_cross_entropy_with_logits", _logits.map(lambda a: (a, a)))


def _numbers(path: str, call: Call) -> None:
    """Sizes are told as integers."""
    (x,) = call.args
    expected = {"shape": x.shape, "rank": x.ndim, "ndim": x.ndim, "size": x.size}[path.rpartition(".")[2]]
    assert disagreement(expected, run(path, x).value) is None


functions("shape rank ndim size", one(tensors), _numbers)
functions("top_k", st.tuples(axed, st.just(1)), lambda path, call: _both(path, call))


def _both(path: str, call: Call) -> None:
    values = run(path, *call.args).value
    assert disagreement(tuple(tensorflow.math.top_k(*call.args)), values) is None
