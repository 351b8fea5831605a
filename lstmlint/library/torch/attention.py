"""Attention and Transformer layers."""
from __future__ import annotations

from lstmlint.library.registry import models
from lstmlint.library.torch.specs import Outcome, Use, general, no_tensor, numbers, unfit_rank, width, wrong_features
from lstmlint.library.torch.tensors import checked, operand, tensor
from lstmlint.shapes.broadcast import broadcast
from lstmlint.shapes.dims import Dim, differ, same
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Meaning, Shape, Violation
from lstmlint.values.base import FALSE, NONE, TRUE, Value, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, tuple_of
from lstmlint.values.network import Layer, plain


def _tensors(use: Use, *names: str) -> tuple[list[Array], Outcome | None]:
    """The tensors among the first arguments; what comes of the call where one of them is none."""
    values = [use.argument(at, name) for at, name in enumerate(names)]
    parts = [operand(value) for value in values]
    for value, part in zip(values, parts):
        if part is None:
            return [], no_tensor(value)
    return [part for part in parts if part is not None], None


def _features(x: Shape, needed: Dim) -> Violation | None:
    last = x.axis(-1)
    return wrong_features(last.dim, needed) if last is not None and differ(last.dim, needed) else None


@general("MultiheadAttention", "embed_dim num_heads dropout=0.0 bias=True add_bias_kv=False add_zero_attn=False kdim=None "
         "vdim=None batch_first=False device=None dtype=None")  # fmt: skip
def multihead(use: Use) -> Outcome:
    """pytorch.org/docs: (output, weights), for (time, batch, features), (batch, time, features) or (time, features)."""
    found, failure = _tensors(use, "query", "key", "value")
    if failure is not None:
        return failure[0], tuple_of(failure[1], unknown()), failure[2]
    query, key, value = found
    size = width(use.layer, "embed_dim")
    batch_first = use.layer.flag("batch_first")
    violation = next((fault for x in found if (fault := unfit_rank(x.shape, 2, 3)) is not None), None)
    ranks = {x.shape.rank for x in found if x.shape.rank is not None}
    if violation is None and len(ranks) > 1:
        words = f"query {query.shape}, key {key.shape} and value {value.shape} have other ranks"
        violation = Violation("shape", words, query.shape)
    own = use.layer.length("kdim", size), use.layer.length("vdim", size)
    for x, needed in zip(found, (size, *own)):
        violation = violation or _features(x.shape, needed)
    violation = violation or _lengths_of_pairs(query.shape, key.shape, value.shape, batch_first)
    feature = Axis(size, Meaning.FEATURE)
    output = Shape((*query.shape.axes[:-1], feature), query.shape.open)
    if violation is not None and violation.kind in ("rank", "shape"):
        output = Shape((feature,), True)
    weights = _weights(use, query.shape, key.shape, batch_first) if violation is None else unknown()
    return tuple(found), tuple_of(tensor(output, "float", query), weights), violation


def _lengths_of_pairs(query: Shape, key: Shape, value: Shape, batch_first: bool | None) -> Violation | None:
    """Keys and values must be equally many, and of the same batch as the queries."""
    for at, (a, b) in enumerate(zip(key.axes[:-1], value.axes[:-1])):
        if not key.open and not value.open and differ(a.dim, b.dim):
            return Violation("shape", f"key {key} and value {value} differ on axis {at}", key, value)
    if query.rank == 3 and key.rank == 3 and batch_first is not None:
        at = 0 if batch_first else 1
        if differ(query.axes[at].dim, key.axes[at].dim):
            return Violation("shape", f"query {query} and key {key} have other numbers of samples", query, key)
    return None


def _weights(use: Use, query: Shape, key: Shape, batch_first: bool | None) -> Value:
    """How much each query takes of each key, averaged over the heads."""
    wanted = plain(use.args[4]) if len(use.args) > 4 else use.keywords.get("need_weights", TRUE)
    averaged = plain(use.args[6]) if len(use.args) > 6 else use.keywords.get("average_attn_weights", TRUE)
    if wanted == FALSE:
        return NONE
    extra = use.layer.flag("add_bias_kv"), use.layer.flag("add_zero_attn")
    if wanted != TRUE or query.rank is None or key.rank is None or batch_first is None or None in extra:
        return unknown()
    heads = () if averaged == TRUE else (Axis(numbers(use.layer, "num_heads", 1)[0]),)
    if averaged not in (TRUE, FALSE):
        return unknown()
    batch = () if query.rank == 2 else (query.axes[0 if batch_first else 1],)
    at = 1 if batch_first and query.rank == 3 else 0
    keys = Axis(key.axes[at].dim + sum(map(bool, extra)))
    return tensor(Shape((*batch, *heads, Axis(query.axes[at].dim), keys)), "float")


_LAYER = (
    "d_model nhead dim_feedforward=2048 dropout=0.1 activation layer_norm_eps=1e-05 batch_first=False norm_first=False bias=True "
    "device=None dtype=None"
)


@general("TransformerEncoderLayer", _LAYER)
@general("TransformerEncoder", "encoder_layer num_layers norm=None enable_nested_tensor=True mask_check=True")
def encoder(use: Use) -> Outcome:
    """pytorch.org/docs: the same shape; the last axis is d_model."""
    found, failure = _tensors(use, "src")
    if failure is not None:
        return failure
    x = found[0].shape
    inner = _inner(use.layer, "encoder_layer")
    violation = unfit_rank(x, 2, 3)
    if violation is None and inner is not None:
        violation = _features(x, width(inner, "d_model"))
    last = () if inner is None else (Axis(width(inner, "d_model"), Meaning.FEATURE),)
    shape = Shape(last, True) if violation is not None else x if inner is None or not x.open else Shape(last, True)
    return tuple(found), tensor(shape, "float", found[0]), violation


@general("TransformerDecoderLayer", _LAYER)
@general("TransformerDecoder", "decoder_layer num_layers norm=None")
@general("Transformer", "d_model=512 nhead=8 num_encoder_layers=6 num_decoder_layers=6 dim_feedforward=2048 dropout=0.1 activation "
         "custom_encoder=None custom_decoder=None layer_norm_eps=1e-05 batch_first=False norm_first=False bias=True "
         "device=None dtype=None")  # fmt: skip
def decoder(use: Use) -> Outcome:
    """pytorch.org/docs: the shape of the target; both have d_model features and the same batch."""
    whole = use.layer.kind == "Transformer"
    found, failure = _tensors(use, *(("src", "tgt") if whole else ("tgt", "memory")))
    if failure is not None:
        return failure
    target, memory = (found[1], found[0]) if whole else (found[0], found[1])
    inner = _inner(use.layer, "decoder_layer")
    violation = next((fault for x in found if (fault := unfit_rank(x.shape, 2, 3)) is not None), None)
    ranks = {x.shape.rank for x in found if x.shape.rank is not None}
    if violation is None and len(ranks) > 1:
        violation = Violation("shape", f"{found[0].shape} and {found[1].shape} have other ranks", found[0].shape, found[1].shape)
    if violation is None and inner is not None:
        size = width(inner, "d_model", 512)
        for x in found:
            violation = violation or _features(x.shape, size)
        first = inner.flag("batch_first")
        if violation is None and target.shape.rank == memory.shape.rank == 3 and first is not None:
            at = 0 if first else 1
            if differ(target.shape.axes[at].dim, memory.shape.axes[at].dim):
                words = f"{target.shape} and {memory.shape} have other numbers of samples"
                violation = Violation("shape", words, target.shape, memory.shape)
    return tuple(found), tensor(UNKNOWN_SHAPE if violation is not None else target.shape, "float", target), violation


def _inner(layer: Layer, name: str) -> Layer | None:
    """The layer that says how many features there are."""
    if name not in layer.config:
        return None if layer.kind in ("TransformerEncoder", "TransformerDecoder") else layer
    value = plain(layer.config[name])
    known = isinstance(value, Layer) and value.kind in ("TransformerEncoderLayer", "TransformerDecoderLayer")
    return value if isinstance(value, Layer) and known else None


@models("torch.nn.functional.scaled_dot_product_attention")
def dot_product(caller: Caller, query: Value, key: Value, value: Value, attn_mask: Value = NONE, *others: Value,
                **keywords: Value) -> Value:  # fmt: skip
    """pytorch.org/docs: (…, queries, features of the values)."""
    parts = [operand(part) for part in (query, key, value)]
    found = [part for part in parts if part is not None]
    if len(found) != 3 or any(len(part.shape.axes) < 2 for part in found) or not is_none(attn_mask):
        return tensor(UNKNOWN_SHAPE, "float")
    q, k, v = (part.shape for part in found)
    violation = None
    if differ(q.axes[-1].dim, k.axes[-1].dim) or differ(k.axes[-2].dim, v.axes[-2].dim):
        violation = Violation("shape", f"query {q}, key {k} and value {v} do not fit each other", q, k)
    if q.open or k.open or v.open or violation is not None or len(keywords) or others:
        return checked(caller, "nn.functional.scaled_dot_product_attention", found, tensor(UNKNOWN_SHAPE, "float"), violation)
    batch, violation = broadcast(Shape(q.axes[:-2]), Shape(k.axes[:-2]))
    alike = len(q.axes) == len(k.axes) == len(v.axes) and all(same(a.dim, b.dim) for a, b in zip(q.axes[:-2], k.axes))
    shape = Shape((*batch.axes, q.axes[-2], v.axes[-1])) if alike else Shape.of_rank(max(len(q.axes), len(k.axes)))
    return checked(caller, "nn.functional.scaled_dot_product_attention", found, tensor(shape, "float", found[0]), violation)
