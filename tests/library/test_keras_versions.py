"""What Keras 2 and Keras 3 answer differently, each compared with the installed one."""
from __future__ import annotations

import importlib

import pytest

from tests.library.keras_programs import Program, Real, analysis, differences
from tests.library.test_keras_programs import KERAS_2, KERAS_3

BOTH = pytest.mark.parametrize(("module", "head"), [("keras", KERAS_3), ("tf_keras", KERAS_2)])


def _program(module: str, head: str, inputs: list[Real], *expressions: str) -> Program:
    """A program of these inputs, a and so on, and of these expressions, each of which may name x, what the one before gave."""
    pytest.importorskip(module)
    program = Program(0, importlib.import_module(module), head, modern=module == "keras")
    tensors = [program.input(shape, fixed=0.0) for shape in inputs]
    names = dict(zip("abc", [tensor.name for tensor in tensors]))
    for expression in expressions:
        if program.bind(expression.format(**names, x=program.tensors[-1].name), tensors):
            continue
        break
    return program


@BOTH
@pytest.mark.parametrize(
    ("inputs", "expressions"),
    [
        ([(None, 12), (None, None)], ["minimum([{a}, {b}])", "Dense(4)({x})"]),
        ([(None, 12), (5, 12)], ["add([{a}, {b}])", "Permute((2, 1))({x})", "LSTM(4)({x})"]),
        ([(None, 12), (5, 12)], ["Concatenate()([{a}, {b}])", "Flatten()({x})", "Dense(4)({x})"]),
        ([(None, 12), (5, 12)], ["Concatenate(axis=1)([{a}, {b}])", "Flatten()({x})", "Dense(4)({x})"]),
        ([(None, 3), (5, 1)], ["{a} + {b}", "Flatten()({x})", "Dense(4)({x})"]),
        ([(None, 4)], ["{a}[:, :1]", "Flatten()({x})", "Dense(4)({x})"]),
        ([(None, 4)], ["{a}[:, -1:]", "Flatten()({x})", "Dense(4)({x})"]),
        ([(None, 4)], ["{a}[:, -1]", "Dense(4)({x})"]),
        ([(None, 4, 3)], ["{a}[..., :1, None, :]", "{x}[:, 2:3]", "Conv3D(2, 1)({x})", "Flatten()({x})", "Dense(4)({x})"]),
        ([(3, 3, 1)], ["TimeDistributed(RepeatVector(2))({a})"]),
        ([(3, 3, 2)], ["TimeDistributed(RepeatVector(2))({a})"]),
        ([(6, 7, 8)], ["Conv1D(4, 2)({a})"]),
        ([(6, 7, 8, 9)], ["Conv1D(4, 2, padding='same', strides=2)({a})"]),
        ([(6, 7, 8, 9)], ["Conv2D(4, 2, data_format='channels_first')({a})"]),
        ([(6, 7, 8)], ["SeparableConv1D(4, 2)({a})"]),
        ([(6, 7, 8)], ["Conv1DTranspose(4, 2)({a})"]),
        ([(6,)], ["Conv1D(4, 2)({a})"]),
        ([(2, 3, 4, 5, 6)], ["UpSampling3D(2)({a})"]),
        ([(2, 3, 4)], ["UpSampling3D(2)({a})"]),
        ([(2, 3, 4)], ["UpSampling3D(2, data_format='channels_first')({a})"]),
        ([(2, 3)], ["UpSampling3D(2)({a})"]),
        ([(3, 4, 5, 6)], ["UpSampling2D(2)({a})"]),
        ([(8, 7, 8, 6)], ["Cropping3D(4)({a})", "Dense(3)({x})"]),
        ([(8, 6)], ["Cropping1D(4)({a})"]),
        ([(6, 3, 5, 5)], ["EinsumDense('...x,xy->...y', 2)({a})"]),
        ([(4, 4, 5)], ["EinsumDense('...x,xy->...y', 2)({a})"]),
        ([(8, 6)], ["{a}[:, 0, 0]", "Discretization([0.1])({x})"]),
        ([(8, 7, 6)], ["Cropping2D(4)({a})"]),
        ([(5, None, 6, 3)], ["ConvLSTM2D(4, 2)({a})"]),
        ([(5, None)], ["CategoryEncoding(5, output_mode='one_hot')({a})"]),
        ([(5, 4)], ["IntegerLookup(vocabulary=[3, 4], output_mode='multi_hot')({a})"]),
        ([(5, 5)], ["IntegerLookup(vocabulary=[3, 4], output_mode='count')({a})"]),
        ([(5,)], ["Conv1DTranspose(2, 3, strides=2, output_padding=1)({a})"]),
        ([(5, 4)], ["Conv1DTranspose(2, 3, strides=2, output_padding=1)({a})"]),
        ([(5, 4)], ["Conv1DTranspose(2, 3, strides=2, padding='same', output_padding=(0,))({a})"]),
        ([(5, None, 4)], ["Conv2DTranspose(2, 2, strides=2, padding='same', output_padding=0)({a})"]),
        ([(4, 5, 6)], ["TimeDistributed(LSTM(2, return_state=True))({a})"]),
        ([(4, 5, 6)], ["TimeDistributed(Bidirectional(GRU(2), merge_mode=None))({a})"]),
        ([(None, 6)], ["LSTM(2, unroll=True)({a})"]),
        ([(None, 6)], ["Bidirectional(RNN(GRUCell(2), unroll=True))({a})"]),
        ([(None, 4, 6)], ["TimeDistributed(LSTM(2, unroll=True))({a})"]),
        ([(4, 6)], ["{a}[:, 0, 0]", "Softmax()({x})"]),
        ([(4, 6)], ["{a}[:, 0, 0]", "Activation('softmax')({x})"]),
        ([(5, 3, 6)], ["RNN(SimpleRNNCell(2))({a})"]),
        ([(5, 1, 1, 6)], ["RNN([SimpleRNNCell(2), SimpleRNNCell(3)])({a})"]),
        ([(3, 3)], ["{a}[:, 0, 0]", "Dot(axes=-1)([{x}, {x}])"]),
        ([(3, 3)], ["{a}[:, 0, 0]", "Dot(axes=-1)([{x}, {a}])"]),
        ([(5, 4, 1, 6)], ["RNN(StackedRNNCells([SimpleRNNCell(2)]), return_sequences=True)({a})"]),
        ([(5, 1, 4, 6)], ["RNN(SimpleRNNCell(2))({a})"]),
        ([(5, 1, 6)], ["RNN([SimpleRNNCell(2), GRUCell(3)])({a})"]),
        ([(1, 2, 6, 4)], ["RNN([GRUCell(2), GRUCell(1)], return_sequences=True)({a})"]),
        ([(1, 1, 4)], ["RNN(GRUCell(2), return_sequences=True)({a})"]),
        ([(1, 1, 4)], ["RNN([SimpleRNNCell(3), GRUCell(2)])({a})"]),
        ([(1, 6, 4)], ["RNN(GRUCell(2))({a})"]),
        ([(4, 4, 4, 3)], ["Cropping3D(((2, 2), 0, 0))({a})", "MaxPooling3D(2, padding='same')({x})"]),
        ([(5, None, 3)], ["Bidirectional(ConvLSTM1D(4, 2, padding='same', return_sequences=True))({a})"]),
    ],
)
def test_answers_as_installed(module: str, head: str, inputs: list[Real], expressions: list[str]) -> None:
    assert differences(_program(module, head, inputs, *expressions)) == []


def test_what_symbols_have_and_data_has_not_is_not_known() -> None:
    """Of steps, CategoryEncoding makes one row: the steps are gone, but Keras's symbolic tensor still has them."""
    for steps, features in ((18, 1), (4, 4), (None, 1), (None, None)):
        lines = ["CategoryEncoding(5)({a})", "Subtract()([{x}, {b}])"]
        assert differences(_program("keras", KERAS_3, [(steps, features), (2, 1)], *lines)) == []


def test_one_weight_normalizes_any_number_of_features() -> None:
    program = _program("keras", KERAS_3, [(1,), (2,), (3,)])
    program.run("l = Normalization(mean=0.0, variance=1.0)", ())
    assert all(program.bind(f"l({tensor.name})", [tensor]) for tensor in program.tensors[:3])
    assert differences(program) == []


@BOTH
def test_weights_that_are_there_need_no_fixed_length(module: str, head: str) -> None:
    program = _program(module, head, [(3, 6), (3, None)])
    first, second = program.tensors[:2]
    program.run("l = Dense(2)", ())
    assert all(program.bind(f"l({tensor.name})", [tensor]) for tensor in (first, second))
    assert differences(program) == []


def test_what_keras_2_knows_by_its_weights() -> None:
    for layer in ("Normalization(mean=0.0, variance=1.0)", "BatchNormalization()"):
        program = _program("tf_keras", KERAS_2, [(3, 6), (3, None)])
        first, second = program.tensors[:2]
        program.run(f"l = {layer}", ())
        assert all(program.bind(f"l({tensor.name})", [tensor]) for tensor in (first, second))
        assert differences(program) == []


@pytest.mark.parametrize("name", ["norm", "average", "sum", "argmax", "cumsum", "softmax", "sort", "normalize"])
@pytest.mark.parametrize("axis", [0, -1])
def test_a_number_has_no_axis(name: str, axis: int) -> None:
    program = _program("keras", KERAS_3, [(3,)], "ops.sum({a})", f"ops.{name}({{x}}, axis={axis})")
    assert program.lines[-1].error is not None
    assert differences(program) == []


def test_a_number_is_merged_with_nothing() -> None:
    program = _program("keras", KERAS_3, [(3,)], "ops.sum({a})", "Average()([{x}, {a}])")
    assert program.lines[-1].error is not None
    assert differences(program) == []


@BOTH
@pytest.mark.parametrize("inputs", [[(5, 4), (None, None)], [(None, None), (5, 4)], [(5, 4), (None, 4)]])
def test_the_scale_of_attention_has_a_fixed_length(module: str, head: str, inputs: list[Real]) -> None:
    assert differences(_program(module, head, inputs, "AdditiveAttention()([{a}, {b}])")) == []


def test_the_scale_of_attention_is_as_long_as_the_query_s_features() -> None:
    program = _program("keras", KERAS_3, [(None, 9)], "Flatten()({a})", "AdditiveAttention()([{x}, {a}])")
    assert program.lines[-1].error is not None
    assert differences(program) == []


@pytest.mark.parametrize("shape", [(1,), (5,), (5, 1), (5, 4), (5, 4, 3), (5, 4, 3, 2)])
@pytest.mark.parametrize(
    "layer",
    [
        *("RandomFlip()", "RandomRotation(0.1)", "RandomZoom(0.1)", "RandomBrightness(0.1)", "RandomContrast(0.1)"),
        *("CategoryEncoding(5)", "CategoryEncoding(5, output_mode='one_hot')", "CategoryEncoding(5, output_mode='count')"),
        *("Discretization([0.1])", "Discretization([0.1], output_mode='one_hot')", "TimeDistributed(Cropping1D(1))"),
        *("EinsumDense('abc,cd->abd', (5, 4))", "EinsumDense('ab,bc->ac', 4)", "TimeDistributed(RepeatVector(2))"),
    ],
)
def test_what_only_keras_2_refuses(layer: str, shape: Real) -> None:
    assert differences(_program("tf_keras", KERAS_2, [shape], f"{layer}({{a}})")) == []


@BOTH
def test_classes_of_one_number_for_each_sample(module: str, head: str) -> None:
    lines = ["{a}[:, 0]", "Discretization([0.1, 0.5], output_mode='one_hot')({x})"]
    assert differences(_program(module, head, [(4,)], *lines)) == []


@pytest.mark.parametrize(("equation", "output"), [("...x,xy->...y", 2), ("ab,bc->ac", 2), ("ab,bcd->acd", (2, 3))])
def test_a_shared_einsum_has_weights_for_one_length(equation: str, output: object) -> None:
    program = _program("tf_keras", KERAS_2, [(11,), (1,)])
    (a, b) = program.tensors
    program.run(f"l = EinsumDense({equation!r}, {output!r})", ())
    assert program.bind(f"l({a.name})", [a])
    assert not program.bind(f"l({b.name})", [b])
    assert differences(program) == []


@pytest.mark.parametrize("inputs", [[(5,), (5,)], [(5, 4), (5,)], [(5, 4), (7, 4)], [(5, 4), (5, 4, 3)], [(5, 4, 3), (2, 4, 3)]])
def test_ranks_of_multi_head_attention_in_keras_2(inputs: list[Real]) -> None:
    assert differences(_program("tf_keras", KERAS_2, inputs, "MultiHeadAttention(2, 3)({a}, {b})")) == []


@BOTH
@pytest.mark.parametrize("kind", ["Attention", "AdditiveAttention"])
@pytest.mark.parametrize(
    "inputs",
    [
        *([(5,), (5,)], [(5,), (7,)], [(4, 5), (5,)], [(5,), (4, 5)], [(5,), (4, 6)], [(5,), (4, 1)]),
        *([(3, 4, 5), (3, 6, 5)], [(4, 5), (6, 7)], [(4, 5), (7,)]),
    ],
)
def test_attention_over_any_rank(module: str, head: str, kind: str, inputs: list[Real]) -> None:
    """Of samples without steps, each attends to all samples of its batch, and Keras says nothing."""
    assert differences(_program(module, head, inputs, f"{kind}()([{{a}}, {{b}}])")) == []


@BOTH
@pytest.mark.parametrize(
    ("layer", "first", "second"),
    [
        ("EinsumDense('abc,cd->abd', (8, 5))", (8, 5), (None, 5)),
        ("EinsumDense('abc,cd->abd', (8, 5))", (8, 5), (7, 5)),
        ("PReLU()", (5, 3), (1, 3)),
        ("PReLU()", (5, 1), (5, 3)),
        ("PReLU()", (1, 3), (None, 3)),
        ("PReLU()", (5, 3), (4, 3)),
        ("PReLU()", (5, 3), (2, 5, 3)),
        ("BatchNormalization()", (5, 3), (2, 5, 3)),
        ("GroupNormalization(1)", (5, 3), (2, 5, 3)),
        ("TimeDistributed(PReLU())", (5, 3), (5, 4)),
        ("Bidirectional(ConvLSTM2D(2, 2))", (3, 4, 4, 2), (5, 4, 4, 2)),
        ("Bidirectional(ConvLSTM2D(2, 2))", (3, 4, 4, 2), (3, 5, 4, 2)),
        ("ConvLSTM2D(2, 2)", (3, 4, 4, 2), (3, 5, 4, 2)),
    ],
)
def test_a_shared_layer_on_another_shape(module: str, head: str, layer: str, first: Real, second: Real) -> None:
    program = _program(module, head, [first, second])
    a, b = program.tensors
    program.run(f"l = {layer}", ())
    assert program.bind(f"l({a.name})", [a])
    program.bind(f"l({b.name})", [b])
    assert differences(program) == []


@pytest.mark.parametrize("kind", ["IntegerLookup", "Hashing"])
@pytest.mark.parametrize("mode", ["int", "one_hot", "multi_hot"])
@pytest.mark.parametrize("shape", [(1,), (3,), (3, 1), (3, 3)])
def test_numbers_of_categories_in_keras_2(kind: str, mode: str, shape: Real) -> None:
    arguments = "vocabulary=[3, 4]" if kind == "IntegerLookup" else "num_bins=4"
    program = _program("tf_keras", KERAS_2, [])
    program.run(f"a = Input({shape!r}, dtype='int64')", ("a",))
    program.run(f"x = {kind}({arguments}, output_mode={mode!r})(a)", ("x",))
    assert differences(program) == []


@BOTH
@pytest.mark.parametrize("shape", [(3,), (5, 3), (1,), (5, 4, 3)])
def test_losses_called_as_functions(module: str, head: str, shape: Real) -> None:
    elementwise = ("mean_squared_error", "huber", "kl_divergence", "binary_crossentropy")
    lines = [f"keras.losses.{name}({{a}}, {{b}})" for name in elementwise]
    assert differences(_program(module, head, [shape, shape], *lines)) == []
    classes = ["keras.losses.sparse_categorical_crossentropy({a}, {b})"]
    assert differences(_program(module, head, [shape[:-1], shape], *classes)) == []


def test_a_loss_of_unlike_shapes_is_not_known() -> None:
    text = "import keras\na = keras.Input((3,))\nb = keras.Input((1,))\nx = keras.losses.mean_squared_error(a, b)\n"
    known, faults = analysis(text)
    assert not faults
    assert known[4, "x"] == "?"


def test_without_a_version_nothing_is_told_that_one_of_them_accepts() -> None:
    text = "from keras import Input\nfrom keras.layers import *\na = Input((None, 12))\nb = Input((5, 12))\n"
    text += "x = Dense(4)(Flatten()(add([a, b])))\n"
    known, faults = analysis(text)
    assert not faults
    assert known[5, "x"] == (None, 4)


def test_what_one_backend_adds_in_another_way_is_not_known() -> None:
    """TensorFlow's adds a second operand with one long axis as a bias, whatever axis that is; of symbols Keras computes it."""
    text = "import numpy as np\nfrom keras import ops\nx = ops.add(np.zeros((1, 2)), np.zeros((2, 1)))\n"
    text += "y = ops.add(np.zeros((4, 3)), np.zeros((1, 3)))\nz = ops.multiply(np.zeros((1, 2)), np.zeros((2, 1)))\n"
    known, faults = analysis(text)
    assert not faults
    assert (known[3, "x"], known[4, "y"], known[5, "z"]) == ("?", (4, 3), (2, 2))
