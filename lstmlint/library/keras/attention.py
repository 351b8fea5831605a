"""Attention layers."""

from __future__ import annotations

from lstmlint.library.coerce import to_shape
from lstmlint.library.keras.axes import is_open
from lstmlint.library.keras.convolution import proven_different
from lstmlint.library.keras.specs import Applier, Outcome, general
from lstmlint.shapes.dims import Dim, differ
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Shape, Violation, unknown_dim
from lstmlint.values.base import FALSE, Const
from lstmlint.values.memory import memory
from lstmlint.values.network import Layer

ATTENTION_INPUTS = frozenset(["MultiHeadAttention", "GroupQueryAttention", "GroupedQueryAttention"])
"""Layers that get query, value and key as arguments of their own."""


@general("Attention", "use_scale score_mode dropout seed", several=True)
@general("AdditiveAttention", "use_scale dropout", several=True)
def attention(layer: Layer, inputs: tuple[Shape, ...], applier: Applier) -> Outcome:
    """keras.io: [query, value, key], each (batch, time, features), to (batch, time of the query, features of the value)."""
    if len(inputs) not in (2, 3):
        return None, None
    query, value = inputs[:2]
    key = inputs[-1] if len(inputs) == 3 else value
    violation = _wrong_rank(inputs)
    if violation is None and layer.kind == "AdditiveAttention" and layer.flag("use_scale", True):
        # Its scale is as long as the features of the query, in Keras 2 as those of the value.
        violation = _fixed_features(value if memory.keras == 2 else query)
        violation = violation if memory.keras else violation and _fixed_features(value)
    if violation is None and query.axes and key.axes:
        different = proven_different if layer.kind == "AdditiveAttention" else differ
        if different(query.axes[-1].dim, key.axes[-1].dim):
            words = f"the features of the query {query} and of the key {key} differ"
            violation = Violation("merge", words, query, key)
    if query.rank == 2 and value.rank != 2:
        # Each sample attends to all of its batch; Keras 3 takes the result for another one than data gives.
        known = memory.keras == 2 and value.rank == 3 and len(inputs) == 2
        output = Shape((value.axes[0], query.axes[0], value.axes[-1])) if known else UNKNOWN_SHAPE
        return output if _scores(applier) is False else None, violation
    if query.open or value.open or key.open:
        return UNKNOWN_SHAPE if _scores(applier) is False else None, violation
    if violation is not None:
        query, value, key = (_as_sequence(shape) for shape in (query, value, key))
    elif differ(key.axes[-2].dim, value.axes[-2].dim):
        violation = Violation("merge", f"the steps of the key {key} and of the value {value} differ", key, value)
    output = Shape((*query.axes[:-1], value.axes[-1]))
    scores = _scores(applier)
    if scores is None:
        return None, violation
    return ((output, Shape((*query.axes[:-1], key.axes[-2]))) if scores else output), violation


def _wrong_rank(inputs: tuple[Shape, ...]) -> Violation | None:
    for shape in inputs:
        if shape.rank is not None and shape.rank < 2:
            return Violation("rank", f"expects rank 3 or more, got rank {shape.rank}", shape, 3)
    return None


def _as_sequence(shape: Shape) -> Shape:
    if len(shape.axes) != 1:
        return shape
    return Shape((shape.axes[0], Axis(unknown_dim(lower=1)), Axis(unknown_dim(lower=1))))


def _scores(applier: Applier) -> bool | None:
    """Whether the scores are returned too."""
    wanted = applier.keywords.get("return_attention_scores", FALSE)
    return bool(wanted.value) if isinstance(wanted, Const) else None


@general(
    "MultiHeadAttention",
    "num_heads key_dim value_dim dropout use_bias output_shape attention_axes",
    several=True,
)
def multi_head_attention(layer: Layer, inputs: tuple[Shape, ...], applier: Applier) -> Outcome:
    """keras.io: query, value, key to the query's shape, with output_shape in place of its last axis if that is given."""
    if len(inputs) not in (2, 3):
        return None, None
    query, violation, output = inputs[0], _steps(inputs), UNKNOWN_SHAPE
    declared = layer.given("output_shape")
    shape = None if declared is None else to_shape(declared)
    if declared is None:
        output = query
    elif shape is not None and query.axes:
        output = Shape((*query.axes[:-1], *shape.axes), query.open)
    scores = _scores(applier)
    if scores is None:
        return None, violation
    if not scores:
        return output, violation
    # The lengths of the scores that symbolic tensors get are not those of the data where query and value differ.
    return (output, _scores_of(query, inputs, layer.length("num_heads"))), violation


def _scores_of(query: Shape, inputs: tuple[Shape, ...], heads: Dim) -> Shape:
    steps, own = inputs[-1].axis(1), query.axis(1)
    if query.rank != 3 or steps is None or own is None:
        return UNKNOWN_SHAPE
    return Shape((query.axes[0], Axis(heads), own, steps))


def _fixed_features(shape: Shape) -> Violation | None:
    last = shape.axis(-1)
    if last is not None and is_open(last.dim):
        return Violation("size", f"the length of axis -1 of {shape} must be fixed", shape)
    return None


def _steps(inputs: tuple[Shape, ...]) -> Violation | None:
    """The key and the value must have as many steps, and all of them fixed features."""
    for shape in inputs:
        violation = _fixed_features(shape)
        if violation is not None:
            return violation
    if len(inputs) == 3:
        value, key = inputs[1:]
        alike = value.rank is not None and value.rank == key.rank
        if alike and any(differ(a.dim, b.dim) for a, b in zip(value.axes[1:-1], key.axes[1:-1])):
            return Violation("merge", f"the steps of the key {key} and of the value {value} differ", key, value)
    return None


@general(
    "GroupQueryAttention GroupedQueryAttention", "head_dim num_query_heads num_key_value_heads dropout use_bias", several=True
)
def grouped_query_attention(layer: Layer, inputs: tuple[Shape, ...], applier: Applier) -> Outcome:
    """keras.io: query, value, key of rank 3 to the query's shape."""
    if len(inputs) not in (2, 3):
        return None, None
    query, value = inputs[:2]
    violation = _steps(inputs)
    wrong = next((shape for shape in inputs if shape.rank is not None and shape.rank != 3), None)
    if wrong is not None:
        violation = Violation("rank", f"expects rank 3, got rank {wrong.rank}", wrong, 3)
    last, other = query.axis(-1), value.axis(-1)
    if violation is None and last is not None and other is not None and differ(last.dim, other.dim):
        violation = Violation("merge", f"the features of the query {query} and of the value {value} differ", query, value)
    scores = _scores(applier)
    if scores is None:
        return None, violation
    return ((query, _scores_of(query, inputs, layer.length("num_query_heads"))) if scores else query), violation
