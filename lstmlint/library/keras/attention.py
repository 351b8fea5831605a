"""Attention layers."""

from __future__ import annotations

from lstmlint.library.coerce import to_shape
from lstmlint.library.keras.specs import Applier, Outcome, general
from lstmlint.shapes.dims import differ
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Shape, Violation, unknown_dim
from lstmlint.values.base import FALSE, Const
from lstmlint.values.network import Layer

ATTENTION_INPUTS = frozenset(["MultiHeadAttention", "GroupQueryAttention"])
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
    if query.open or value.open or key.open:
        return UNKNOWN_SHAPE if _scores(applier) is False else None, violation
    if violation is not None:
        query, value, key = (_as_sequence(shape) for shape in (query, value, key))
    elif differ(query.axes[-1].dim, key.axes[-1].dim):
        words = f"the features of the query {query} and of the key {key} differ"
        violation = Violation("merge", words, query, key)
    elif differ(key.axes[-2].dim, value.axes[-2].dim):
        violation = Violation("merge", f"the steps of the key {key} and of the value {value} differ", key, value)
    output = Shape((*query.axes[:-1], value.axes[-1]))
    scores = _scores(applier)
    if scores is None:
        return None, violation
    return ((output, Shape((*query.axes[:-1], key.axes[-2]))) if scores else output), violation


def _wrong_rank(inputs: tuple[Shape, ...]) -> Violation | None:
    for shape in inputs:
        if shape.rank is not None and shape.rank < 3:
            return Violation("rank", f"expects rank 3 or more, got rank {shape.rank}", shape, 3)
    return None


def _as_sequence(shape: Shape) -> Shape:
    if len(shape.axes) >= 3 or not shape.axes:
        return shape
    unknown = Shape.of(unknown_dim(lower=1), unknown_dim(lower=1)).axes
    return Shape((shape.axes[0], unknown[0], shape.axes[-1] if len(shape.axes) == 2 else unknown[1]))


def _scores(applier: Applier) -> bool | None:
    """Whether the scores are returned too."""
    wanted = applier.keywords.get("return_attention_scores", FALSE)
    return bool(wanted.value) if isinstance(wanted, Const) else None


@general("MultiHeadAttention", "num_heads key_dim value_dim dropout use_bias output_shape attention_axes", several=True)
@general("GroupQueryAttention GroupedQueryAttention", "head_dim num_query_heads num_key_value_heads dropout", several=True)
def multi_head_attention(layer: Layer, inputs: tuple[Shape, ...], applier: Applier) -> Outcome:
    """keras.io: query, value, key to the query's shape, with output_shape in place of its last axis if that is given."""
    if len(inputs) not in (2, 3) or _scores(applier) is not False:
        return None, None
    query = inputs[0]
    declared = layer.given("output_shape")
    if declared is None:
        return query, None
    shape = to_shape(declared)
    if shape is None or not query.axes:
        return UNKNOWN_SHAPE, None
    return Shape((*query.axes[:-1], *shape.axes), query.open), None
