"""Layers that work on the last axis, and those that look numbers up."""
from __future__ import annotations

from lstmlint.library.binding import Ignored
from lstmlint.library.registry import models
from lstmlint.library.torch.specs import Outcome, Use, general, layer, width, wrong_features
from lstmlint.library.torch.tensors import operand
from lstmlint.shapes.dims import differ
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Meaning, Result, Shape, Violation
from lstmlint.values.base import Value, integer
from lstmlint.values.code import Caller
from lstmlint.values.data import Array
from lstmlint.values.network import Layer


@layer("Linear NonDynamicallyQuantizableLinear", "in_features out_features bias=True device=None dtype=None")
def linear(layer: Layer, x: Shape) -> Result:
    """pytorch.org/docs: (…, in_features) to (…, out_features)."""
    needed, made = width(layer, "in_features"), Axis(width(layer, "out_features"), Meaning.FEATURE)
    if x.rank == 0:
        return Shape((made,)), Violation("rank", "expects rank 1 or more, got rank 0", x, 1)
    last = x.axis(-1)
    violation = wrong_features(last.dim, needed) if last is not None and differ(last.dim, needed) else None
    return Shape((*x.axes[:-1], made), x.open), violation


@layer("Embedding", "num_embeddings embedding_dim padding_idx=None max_norm=None norm_type=2.0 scale_grad_by_freq=False "
       "sparse=False _weight=None _freeze=False device=None dtype=None")  # fmt: skip
def embedding(layer: Layer, x: Shape) -> Result:
    """pytorch.org/docs: numbers of any shape; each becomes a row."""
    return Shape((*x.axes, Axis(width(layer, "embedding_dim"), Meaning.FEATURE)), x.open), None


@models("torch.nn.Embedding.from_pretrained")
def from_pretrained(caller: Caller, embeddings: Value, *others: Ignored, **keywords: Ignored) -> Value:
    """pytorch.org/docs: an Embedding with these rows."""
    table = operand(embeddings)
    known = table is not None and table.shape.rank == 2
    dims = [integer(axis.dim) for axis in table.shape] if table is not None and known else []
    return Layer("torch.nn.Embedding", dict(zip(("num_embeddings", "embedding_dim"), dims)), caller.site)


@general("Identity", "first second third fourth")
def identity(use: Use) -> Outcome:
    """pytorch.org/docs: what it gets, whatever it was made with."""
    value = use.argument(0, "input")
    x = operand(value)
    return (Array(UNKNOWN_SHAPE, "torch") if x is None else x,), value, None


@layer("Dropout AlphaDropout FeatureAlphaDropout", "p=0.5 inplace=False", dtype=None)
def same(layer: Layer, x: Shape) -> Result:
    """pytorch.org/docs: the same shape."""
    return x, None
