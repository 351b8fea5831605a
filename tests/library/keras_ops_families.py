"""How the arguments of keras.ops and keras.random are drawn, where TensorFlow has no function of the same name."""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy
from hypothesis import strategies as st

from tests.library.arrays import array, arrays, axes, shapes
from tests.library.families import Call, family

assert keras
OPS, FLOAT = "keras.ops", numpy.float32
axed = arrays(1, 4, 1, (FLOAT,))
sizes = st.integers(1, 3)
padding = st.sampled_from(["valid", "same"])
images = st.lists(st.integers(3, 6), min_size=3, max_size=5).map(lambda dims: array(tuple(dims), FLOAT))

family(OPS, "max_pool average_pool", st.builds(
    lambda x, size, stride, pad: Call((x, size), {"strides": stride, "padding": pad}), images, sizes, st.none() | sizes, padding
))  # fmt: skip
family(OPS, "conv", st.builds(
    lambda x, size, taken, made, stride, pad: Call(
        (x, array((*[size] * (x.ndim - 2), taken or x.shape[-1], made), FLOAT)), {"strides": stride, "padding": pad}
    ),
    images, sizes, st.sampled_from([0, 0, 7]), st.integers(1, 4), st.integers(1, 2), padding,
))  # fmt: skip
family(OPS, "extract_sequences", st.builds(lambda n, length, stride: (array((2, n), FLOAT), length, stride),
                                           st.integers(4, 9), sizes, sizes))  # fmt: skip
alike = axed.map(lambda a: (a / 4, a / 4))
unlike = st.builds(lambda a, b: (a / 4, b / 4), axed, axed)
family(OPS, "binary_crossentropy categorical_crossentropy", alike | unlike)
family(OPS, "sparse_categorical_crossentropy", arrays(2, 3, 1, (FLOAT,)).map(lambda a: (numpy.zeros(a.shape[:-1], int), a)))
family(OPS, "multi_hot", st.tuples(arrays(1, 3, 1, (numpy.int64,)), st.integers(4, 6)))
family(OPS, "moments", st.builds(lambda a, keep: Call((a, [0]), {"keepdims": keep}), axed, st.booleans()))
family(OPS, "segment_sum segment_max segment_min segment_prod", st.builds(
    lambda a, n: (a, numpy.zeros(a.shape[0], int), n), axed, st.integers(1, 4)
))  # fmt: skip
family(OPS, "scatter", st.just((numpy.array([[0, 1], [2, 0]]), numpy.array([1.0, 2.0]), (3, 4))))
family(OPS, "scatter_update", st.just((array((3, 4)), numpy.array([[0, 1], [2, 0]]), numpy.array([1.0, 2.0]))))
family(OPS, "slice_update", st.just((array((3, 4)), (0, 1), array((2, 2)))))
family(OPS, "slice", st.builds(lambda a, b: (array((3, 4)), (0, 1), (a, b)), st.integers(1, 3), st.integers(1, 3)))
family(OPS, "glu", axed.map(lambda a: (a,)) | st.integers(1, 5).map(lambda n: (array((2, n, 3), FLOAT), 1)))
family(OPS, "logaddexp2 heaviside nextafter", unlike | alike)
family(OPS, "bitwise_left_shift bitwise_right_shift ldexp", arrays(1, 3, 1, (numpy.int32,)).map(lambda a: (a, a[:1])))
family(OPS, "dot_product_attention", st.builds(
    lambda t, s, f: (array((2, t, 3, f), FLOAT), array((2, s, 3, f), FLOAT), array((2, s, 3, f), FLOAT)), *[st.integers(1, 4)] * 3
))  # fmt: skip
family(OPS, "fft", arrays(1, 3, 1, (FLOAT,)).map(lambda a: ((a, a),)))
family(OPS, "fft2 ifft2", arrays(2, 3, 1, (FLOAT,)).map(lambda a: ((a, a),)))
family(OPS, "rfft", st.builds(lambda a, n: (a, n), axed, st.none() | st.integers(1, 6)))
family(OPS, "bartlett blackman hamming hanning", st.integers(2, 9).map(lambda n: (n,)))
family(OPS, "kaiser", st.integers(2, 9).map(lambda n: (n, 1.0)))
family(OPS, "convert_to_numpy", axed.map(lambda a: (a,)))
square = st.builds(lambda n, b: numpy.stack([numpy.eye(n, dtype="float32")] * b), sizes, sizes)
family(OPS, "det inv cholesky", square.map(lambda a: (a,)))
family(OPS, "pinv qr", arrays(2, 2, 1, (FLOAT,)).map(lambda a: (a,)))
family(OPS, "dstack", st.builds(lambda a, n: ([a] * n,), axed, sizes))
family(OPS, "nanargmax nanargmin", st.builds(lambda a, axis: (a, axis), axed, axes))
family(OPS, "searchsorted", arrays(1, 1, 1, (FLOAT,)).map(lambda a: (numpy.arange(4, dtype=FLOAT), a)))
family(OPS, "tri", st.builds(lambda n, m: (n, m), sizes, sizes))
family(OPS, "logspace", st.integers(1, 5).map(lambda n: (0.0, 1.0, n)))
family(OPS, "geomspace", st.integers(1, 5).map(lambda n: (1.0, 2.0, n)))
family(OPS, "vander", st.builds(lambda n, m: (array((n,), FLOAT), m), sizes, st.none() | sizes))
family(OPS, "corrcoef", arrays(2, 2, 2, (FLOAT,)).map(lambda a: (a,)))
family(OPS, "nanpercentile nanquantile", st.builds(lambda a, axis: (a, 0.5, axis), axed, st.none() | st.sampled_from([0, -1])))
family(OPS, "svd", arrays(2, 2, 1, (FLOAT,)).map(lambda a: (a,)))
family(OPS, "hsplit vsplit", st.builds(lambda a, n: (a, n), arrays(2, 3, 1, (FLOAT,)), sizes))

_shape = shapes(1, 3, 1)
family("keras.random", "beta", _shape.map(lambda shape: (shape, 1.0, 1.0)))
family("keras.random", "gamma", _shape.map(lambda shape: (shape, 1.0)))
family("keras.random", "randint", _shape.map(lambda shape: (shape, 0, 5)))
family("keras.random", "binomial", _shape.map(lambda shape: (shape, 5.0, 0.5)))
family("keras.random", "categorical", st.builds(lambda a, n: (a, n), arrays(2, 2, 1, (FLOAT,)), sizes))
