"""Losses, as layers and as functions: what they make of a prediction and a target, and the event that they leave."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from lstmlint.library.binding import Ignored
from lstmlint.library.registry import models
from lstmlint.library.torch import comparing
from lstmlint.library.torch.specs import Outcome, Use, general
from lstmlint.library.torch.tensors import operand, tensor
from lstmlint.shapes.broadcast import broadcast, broadcast_all
from lstmlint.shapes.shape import SCALAR, UNKNOWN_SHAPE, Shape, Violation
from lstmlint.trace import LossComputed
from lstmlint.values.base import NONE, Const, Value, is_none
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, DictObject, ListObject, Tuple
from lstmlint.values.network import Layer, plain

Compare = Callable[[Array, Array], Violation | None]
Elements = Callable[[Shape, Shape], Shape]
"""The shape of the losses before they are averaged."""


@dataclass(frozen=True, slots=True)
class _Loss:
    name: str
    parameters: tuple[str, ...]
    compare: Compare
    elements: Elements


def _broadcast(a: Shape, b: Shape) -> Shape:
    return broadcast(a, b)[0]


def _target(a: Shape, b: Shape) -> Shape:
    return b


def _shapes(compare: Callable[[Shape, Shape], Violation | None]) -> Compare:
    return lambda prediction, target: compare(prediction.shape, target.shape)


def _cross_entropies(a: Shape, b: Shape) -> Shape:
    """Of class numbers, a number each; of probabilities, one for each sample."""
    if a.rank is None or b.rank is None:
        return UNKNOWN_SHAPE
    if a.rank == b.rank and a.rank > 1:
        return Shape((a.axes[0], *a.axes[2:]))
    return _likelihoods(a, b)


def _likelihoods(a: Shape, b: Shape) -> Shape:
    """A number for each class number; of one sample without a batch, one without an axis."""
    return UNKNOWN_SHAPE if a.rank is None else SCALAR if a.rank == 1 else b


def _samples(a: Shape, b: Shape) -> Shape:
    return UNKNOWN_SHAPE if a.rank is None else Shape(a.axes[:-1])


COMPARISONS: dict[str, Compare] = {}
"""By the name of a loss: what is wrong with a prediction and a target."""

_OLD = "size_average=None reduce=None reduction='mean'"
_ELEMENTWISE, _ALIKE = _shapes(comparing.elementwise), _shapes(comparing.alike)


def _loss(name: str, twin: str, parameters: str, compare: Compare, elements: Elements = _broadcast) -> None:
    """The loss class `name` and the function `twin`, which takes the prediction, the target and then `parameters`."""
    order = tuple(text.partition("=")[0] for text in parameters.split())
    loss = _Loss(name, order, compare, elements)
    COMPARISONS[name] = compare

    @general(name, parameters, told=False)
    def layer(use: Use) -> Outcome:
        """pytorch.org/docs: a prediction against a target."""
        values = [use.argument(0, "input"), use.argument(1, "target")]
        answer = _computed(use.caller, loss, values, use.layer.config, use.layer)
        return tuple(x for x in map(operand, values) if x is not None), answer, None

    @models(f"torch.nn.functional.{twin}")
    def function(caller: Caller, input: Value, target: Value, *args: Ignored, **keywords: Ignored) -> Value:
        """pytorch.org/docs: a prediction against a target."""
        config = cast("dict[str, Value]", {**dict(zip(order, args)), **keywords})
        return _computed(caller, loss, [input, target], config, None)


def _computed(caller: Caller, loss: _Loss, values: Sequence[Value], config: Mapping[str, Value], layer: Layer | None) -> Value:
    prediction, target = (operand(value) for value in values)
    reduction = _reduction(config)
    violation = None
    if prediction is None or target is None:
        for value in values:
            if isinstance(value, (Tuple, ListObject, DictObject)) or is_none(value):
                violation = Violation("type", f"expects a tensor, got {'None' if is_none(value) else f'a {value.type_path}'}")
    else:
        violation = loss.compare(prediction, target)
    unknown_tensor = Array(UNKNOWN_SHAPE, "torch")
    x, y = prediction or unknown_tensor, target or unknown_tensor
    caller.emit(LossComputed(caller.site, loss.name, x, y, violation, layer))
    if reduction is None:
        return tensor(UNKNOWN_SHAPE, "float", x, y)
    if reduction != "none":
        return tensor(SCALAR, "float", x, y)
    faulty = violation is not None and violation.kind != "broadcast"
    return tensor(UNKNOWN_SHAPE if faulty else loss.elements(x.shape, y.shape), "float", x, y)


def _reduction(config: Mapping[str, Value]) -> str | None:
    """How the losses are reduced; None where that is not known."""
    old = [plain(config.get(name, NONE)) for name in ("reduce", "size_average")]
    if not all(map(is_none, old)):
        return "mean" if old[0] == Const(True) else "none" if old[0] == Const(False) else "mean" if is_none(old[0]) else None
    value = plain(config.get("reduction", Const("mean")))
    return value.value if isinstance(value, Const) and isinstance(value.value, str) else None


_loss("MSELoss", "mse_loss", _OLD, _ELEMENTWISE)
_loss("L1Loss", "l1_loss", _OLD, _ELEMENTWISE)
_loss("SmoothL1Loss", "smooth_l1_loss", f"{_OLD} beta=1.0", _ELEMENTWISE)
_loss("HuberLoss", "huber_loss", "reduction='mean' delta=1.0", _ELEMENTWISE)
_loss("KLDivLoss", "kl_div", f"{_OLD} log_target=False", _ELEMENTWISE)
_loss("PoissonNLLLoss", "poisson_nll_loss", "log_input=True full=False size_average=None eps=1e-08 reduce=None reduction='mean'",
      _ELEMENTWISE)  # fmt: skip
_loss("SoftMarginLoss", "soft_margin_loss", _OLD, _shapes(comparing.onto))
_loss("HingeEmbeddingLoss", "hinge_embedding_loss", f"margin=1.0 {_OLD}", _ELEMENTWISE)
_loss("BCELoss", "binary_cross_entropy", f"weight=None {_OLD}", _ALIKE)
_loss("BCEWithLogitsLoss", "binary_cross_entropy_with_logits", f"weight=None {_OLD} pos_weight=None", _ALIKE)
_loss("MultiLabelSoftMarginLoss", "multilabel_soft_margin_loss", f"weight=None {_OLD}", _shapes(comparing.multilabel),
      lambda a, b: _broadcast(a, b).replace((a.rank or 1) - 1))  # fmt: skip
_loss("CrossEntropyLoss", "cross_entropy",
      "weight=None size_average=None ignore_index=-100 reduce=None reduction='mean' label_smoothing=0.0",
      comparing.cross_entropy, _cross_entropies)  # fmt: skip
_loss("NLLLoss", "nll_loss", "weight=None size_average=None ignore_index=-100 reduce=None reduction='mean'",
      comparing.negative_log_likelihood, _likelihoods)  # fmt: skip
_loss("NLLLoss2d", "nll_loss2d", "weight=None size_average=None ignore_index=-100 reduce=None reduction='mean'",
      comparing.negative_log_likelihood, _likelihoods)  # fmt: skip
_loss("MultiMarginLoss", "multi_margin_loss", f"p=1 margin=1.0 weight=None {_OLD}", _shapes(comparing.margins), _target)
_loss("MultiLabelMarginLoss", "multilabel_margin_loss", _OLD, _shapes(comparing.labels), _samples)


def _of_three(name: str, twin: str, parameters: str) -> None:
    """Losses of three tensors that leave it to broadcasting."""

    @general(name, parameters, told=False)
    def layer(use: Use) -> Outcome:
        """pytorch.org/docs: two predictions and which is the better, or an anchor and two others."""
        values = [use.argument(at, name) for at, name in enumerate(("first", "second", "third"))]
        return _three(use.caller, name, values, use.layer.config, use.layer)

    @models(f"torch.nn.functional.{twin}")
    def function(caller: Caller, first: Value, second: Value, third: Value, *args: Ignored, **keywords: Ignored) -> Value:
        """pytorch.org/docs: as the layer."""
        order = [text.partition("=")[0] for text in parameters.split()]
        config = cast("dict[str, Value]", {**dict(zip(order, args)), **keywords})
        return _three(caller, name, [first, second, third], config, None)[1]


def _three(caller: Caller, name: str, values: Sequence[Value], config: Mapping[str, Value], layer: Layer | None) -> Outcome:
    arrays = [operand(value) for value in values]
    found = tuple(array for array in arrays if array is not None)
    if len(found) != 3:
        return found, tensor(UNKNOWN_SHAPE, "float"), None
    violation = _compare_three(name, found)
    caller.emit(LossComputed(caller.site, name, found[0], found[1 if name == "TripletMarginLoss" else 2], violation, layer))
    reduction = _reduction(config)
    if reduction == "none" and violation is None and name != "TripletMarginLoss":
        shapes = [array.shape for array in found]
        return found, tensor(shapes[2] if name == "CosineEmbeddingLoss" else broadcast_all(shapes)[0], "float", *found), None
    if reduction is None or reduction == "none":
        return found, tensor(UNKNOWN_SHAPE, "float", *found), None
    return found, tensor(SCALAR, "float", *found), None


def _compare_three(name: str, found: Sequence[Array]) -> Violation | None:
    shapes = [array.shape for array in found]
    first, second, third = shapes
    if name == "CosineEmbeddingLoss":
        return _cosine(first, second, third)
    ranks = {shape.rank for shape in shapes if shape.rank is not None}
    if len(ranks) > 1:
        return Violation("target", f"{first}, {second} and {third} have other ranks", first, third)
    _, mismatch = broadcast_all(shapes)
    if mismatch is not None:
        return Violation("target", f"{first}, {second} and {third} can't be compared", first, third)
    return None


def _cosine(first: Shape, second: Shape, third: Shape) -> Violation | None:
    if first.rank is None or second.rank is None or third.rank is None:
        return None
    single = third.rank == 0 and first.rank == second.rank == 1
    if not single and (third.rank != 1 or first.rank != 2 or second.rank != 2):
        return Violation("target", f"{first} and {second} with a target {third}", first, third)
    _, mismatch = broadcast_all([first, second])
    if mismatch is None and not single:
        _, mismatch = broadcast_all([Shape(first.axes[:1]), Shape(second.axes[:1]), third])
    return None if mismatch is None else Violation("target", f"{first}, {second} and {third} can't be compared", first, third)


_of_three("MarginRankingLoss", "margin_ranking_loss", f"margin=0.0 {_OLD}")
_of_three("CosineEmbeddingLoss", "cosine_embedding_loss", f"margin=0.0 {_OLD}")
_of_three("TripletMarginLoss", "triplet_margin_loss", f"margin=1.0 p=2.0 eps=1e-06 swap=False {_OLD}")


@general("CTCLoss", "blank=0 reduction='mean' zero_infinity=False", told=False)
@general("GaussianNLLLoss", "full=False eps=1e-06 reduction='mean'", told=False)
def other(use: Use) -> Outcome:
    """pytorch.org/docs: a loss of several arguments, of which only the result is followed."""
    found = tuple(x for x in map(operand, use.args) if x is not None)
    reduced = _reduction(use.layer.config) in ("mean", "sum")
    return found, tensor(SCALAR if reduced else UNKNOWN_SHAPE, "float"), None


@models("torch.nn.functional.ctc_loss", "torch.nn.functional.gaussian_nll_loss")
def other_function(input: Value, *args: Ignored, **keywords: Ignored) -> Value:
    """pytorch.org/docs: as the layer."""
    return tensor(SCALAR if "reduction" not in keywords and len(args) < 4 else UNKNOWN_SHAPE, "float")
