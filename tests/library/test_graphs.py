"""Graphs of TensorFlow 1: random programs of cells and operations, whose static shapes and refusals TensorFlow itself decides."""
from __future__ import annotations

import os
from importlib.util import find_spec
from typing import Any

import pytest

from lstmlint.pipeline import examined, locate
from lstmlint.sources.source import script
from lstmlint.trace import Bound
from lstmlint.values.base import Value
from lstmlint.values.data import Array, ListObject, Tuple

pytestmark = pytest.mark.skipif(find_spec("tensorflow") is None or find_spec("tf_keras") is None, reason="TensorFlow is the judge")

DRAWS = int(os.environ.get("LSTMLINT_DRAWS", "10"))
GROUPS = 6


def known(value: Value) -> Any:
    """What is known of a shape: a tuple with None for what is no number, None where the rank is not known."""
    if isinstance(value, Array):
        return None if value.shape.open else tuple(dim if isinstance(dim, int) else None for dim in value.shape.dims)
    if isinstance(value, (Tuple, ListObject)) and value.items.known is not None:
        return [known(part) for part in value.items.known]
    return None


def agreement(mine: Any, theirs: Any) -> str:
    """"same", "less" where TensorFlow knows more, or "other" where the two contradict each other."""
    if theirs == "other" or theirs is None:
        return "same"
    if mine is None:
        return "less"
    if isinstance(theirs, list) or isinstance(mine, list):
        if not isinstance(theirs, list) or not isinstance(mine, list) or len(mine) != len(theirs):
            return "other"
        answers = [agreement(a, b) for a, b in zip(mine, theirs)]
        return next((word for word in ("other", "less") if word in answers), "same")
    if len(mine) != len(theirs) or any(b is not None and a is not None and a != b for a, b in zip(mine, theirs)):
        return "other"
    return "less" if any(b is not None and a is None for a, b in zip(mine, theirs)) else "same"


@pytest.mark.parametrize("group", range(GROUPS))
@pytest.mark.filterwarnings("ignore")
def test_random_programs(group: int) -> None:
    from tests.library.graph_programs import build, raises_in_a_run

    lines = less = 0
    for seed in range(group * DRAWS, (group + 1) * DRAWS):
        built = build(seed)
        shown = examined(script(built.text))
        trace, found = shown.trace, shown.findings
        bound: dict[str, Value] = {}
        for event in trace.events:
            if isinstance(event, Bound):
                bound.setdefault(event.name, event.value)
        text = built.text.split("\n")
        for number, theirs in built.shapes.items():
            name = text[number - 1].split(" = ")[0]
            answer = agreement(known(bound[name]), theirs) if name in bound else "same"
            assert answer != "other", f"{built.text}\nline {number}: {known(bound[name])} is {theirs}"
            lines, less = lines + 1, less + (answer == "less")
        for diagnostic in locate(found):
            if diagnostic.effect != "raises":
                continue
            rows = {diagnostic.span.start_row, *(related.span.start_row for related in diagnostic.related)}
            if built.raises not in rows:
                # TensorFlow may see it only when the graph runs.
                row = diagnostic.span.start_row
                assert raises_in_a_run(built.text, row), f"{built.text}\n{row}: {diagnostic.message}"
    assert less <= 0.05 * lines


@pytest.mark.filterwarnings("ignore")
def test_programs_are_worth_it() -> None:
    """Most programs have several lines that pass, and some a network; a share of them raises for shapes."""
    from tests.library.graph_programs import build

    drawn = [build(seed) for seed in range(30)]
    assert sum(len(built.shapes) for built in drawn) > 90
    assert sum("_rnn" in built.text for built in drawn) > 10
    assert sum(built.raises > 0 for built in drawn) > 10
    assert not [built.words for built in drawn if "NameError" in built.words or "SyntaxError" in built.words]


OPERATIONS = {
    "tf.add_n([x, x])": (4, 5, 3),
    "tf.broadcast_to(x[:, :1], [4, 5, 3])": (4, 5, 3),
    "tf.cond(tf.constant(True), lambda: x[:, 0], lambda: x[:, 1])": (4, 3),
    "tf.map_fn(lambda part: part[0], x)": (4, 3),
    "tf.gather_nd(x, tf.constant([[0, 1], [1, 2]]))": (2, 3),
    "tf.nn.moments(x, [0, 1])[0]": (3,),
    "tf.nn.l2_loss(x)": (),
    "tf.nn.bias_add(x, tf.zeros([3]))": (4, 5, 3),
    "tf.nn.in_top_k(x[:, 0], tf.zeros([4], tf.int32), 1)": (4,),
    "tf.nn.conv1d(x, tf.zeros([2, 3, 7]), 1, 'SAME')": (4, 5, 7),
    "tf.nn.conv2d(x[..., None], tf.zeros([2, 2, 1, 6]), [1, 1, 1, 1], 'SAME')": (4, 5, 3, 6),
    "tf.reverse_sequence(x, tf.zeros([4], tf.int32), seq_axis=1)": (4, 5, 3),
    "tf.scalar_mul(2.0, x)": (4, 5, 3),
    "tf.slice(x, [0, 1, 0], [-1, 2, -1])": (4, 2, 3),
    "tf.strided_slice(x, [0, 0], [4, -1])": (4, 4, 3),
    "tf.multinomial(x[:, 0], 2)": (4, 2),
    "tf.clip_by_norm(x, 1.0)": (4, 5, 3),
    "tf.nn.weighted_cross_entropy_with_logits(targets=x, logits=x, pos_weight=2.0)": (4, 5, 3),
    "tf.nn.batch_normalization(x, 0.0, 1.0, None, None, 0.1)": (4, 5, 3),
    "1.0 / x": (4, 5, 3),
    "x[:, 0] // 2.0": (4, 3),
    "x > 0.5": (4, 5, 3),
    "-x": (4, 5, 3),
    "tf.concat([tf.shape(x)[:1], [2]], 0)": None,
    "tf.reshape(x, tf.stack([tf.shape(x)[0], 15]))": (4, 15),
    "tf.reshape(x, tf.concat([tf.shape(x)[:1], [5, 3, 1]], 0))": (4, 5, 3, 1),
    "tf.fill([tf.shape(x)[0], 2], 1.0)": (4, 2),
    "tf.sequence_mask([1, 2], 5)": (2, 5),
}


@pytest.mark.parametrize("expression", OPERATIONS)
@pytest.mark.filterwarnings("ignore")
def test_single_operations(expression: str) -> None:
    """What these give, by TensorFlow (the number here) and by the models."""
    from tests.graph_shim import execute

    text = f"import tensorflow as tf\nx = tf.placeholder(tf.float32, [4, 5, 3])\ny = {expression}\n"
    expected = OPERATIONS[expression]
    shown = examined(script(text))
    trace, found = shown.trace, shown.findings
    answers = [event.value for event in trace.events if isinstance(event, Bound) and event.name == "y"]
    assert not found
    if expected is not None:
        assert tuple(execute(text)["y"].shape.as_list()) == expected
        assert [known(answer) for answer in answers] == [expected]


OLD = {
    "tf.concat(1, [x, x])": (4, 10, 3),
    "tf.split(1, 5, x)[0]": (4, 1, 3),
    "tf.split(split_dim=1, num_split=5, value=x)[0]": (4, 1, 3),
    "tf.pack([x, x])": (2, 4, 5, 3),
    "tf.unpack(x, axis=1)[0]": (4, 3),
    "tf.batch_matmul(x, x, adj_y=True)": (4, 5, 5),
    "tf.mul(x, 2.0)": (4, 5, 3),
    "tf.reduce_sum(x, reduction_indices=[1], keep_dims=True)": (4, 1, 3),
    "tf.nn.rnn(tf.nn.rnn_cell.GRUCell(7), tf.unpack(x, axis=1), dtype=tf.float32)[0][-1]": (4, 7),
    "tf.contrib.layers.fully_connected(x, 6)": (4, 5, 6),
    "tf.contrib.layers.embed_sequence(tf.cast(x[..., 0], tf.int32), 9, 8)": (4, 5, 8),
    "tf.contrib.layers.flatten(x)": (4, 15),
    "tf.contrib.rnn.stack_bidirectional_dynamic_rnn([tf.nn.rnn_cell.GRUCell(2)], [tf.nn.rnn_cell.GRUCell(3)], x, dtype=0)[0]":
        (4, 5, 5),
    "tf.contrib.rnn.LayerNormBasicLSTMCell(6)(x[:, 0], tf.contrib.rnn.BasicLSTMCell(6).zero_state(4, tf.float32))[0]": (4, 6),
    "tf.nn.dynamic_rnn(tf.contrib.rnn.OutputProjectionWrapper(tf.contrib.rnn.GRUCell(6), 2), x, dtype=tf.float32)[0]": (4, 5, 2),
    "tf.nn.dynamic_rnn(tf.contrib.rnn.InputProjectionWrapper(tf.contrib.rnn.GRUCell(6), 2), x, dtype=tf.float32)[0]": (4, 5, 6),
}  # fmt: skip


@pytest.mark.parametrize("expression", OLD)
def test_what_tensorflow_has_no_more(expression: str) -> None:
    """By the documentation of its time."""
    text = f"import tensorflow as tf\nx = tf.placeholder(tf.float32, [4, 5, 3])\ny = {expression}\n"
    shown = examined(script(text))
    trace, found = shown.trace, shown.findings
    answers = [known(event.value) for event in trace.events if isinstance(event, Bound) and event.name == "y"]
    assert answers == [OLD[expression]] and not found


@pytest.mark.parametrize(
    "line",
    [
        "import tensorflow as tf\ncell = tf.contrib.rnn.LSTMCell(7)",
        "import tensorflow.compat.v1 as tf\ncell = tf.nn.rnn_cell.LSTMCell(7)",
        "import tensorflow as tf2\ntf = tf2.compat.v1\ncell = tf.nn.rnn_cell.LSTMCell(7)",
        "from tensorflow.compat import v1 as tf\ncell = tf.nn.rnn_cell.LSTMCell(7)",
        "import tensorflow as tf\nfrom tensorflow.contrib import rnn\ncell = rnn.LSTMCell(7)",
        "import tensorflow as tf\nfrom tensorflow.python.ops import rnn_cell\ncell = rnn_cell.LSTMCell(7)",
        "import tensorflow as tf\nfrom tensorflow.python.ops.rnn_cell_impl import LSTMCell\ncell = LSTMCell(7)",
        "import tensorflow as tf\nfrom tensorflow.contrib.rnn import LSTMCell as Cell\ncell = Cell(num_units=7)",
        "import tensorflow as tf\nfrom tensorflow.nn import rnn_cell\ncell = rnn_cell.MultiRNNCell([rnn_cell.LSTMCell(7)])",
    ],
)
def test_names_of_cells(line: str) -> None:
    text = f"{line}\ny, state = tf.nn.dynamic_rnn(cell, tf.placeholder(tf.float32, [4, 5, 3]), dtype=tf.float32)\n"
    shown = examined(script(text))
    trace = shown.trace
    assert [known(event.value) for event in trace.events if isinstance(event, Bound) and event.name == "y"] == [(4, 5, 7)]
