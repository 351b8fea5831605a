"""Random losses of torch.nn with random predictions and targets, run by the real torch and by the models."""
from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import Any

import torch

from lstmlint.trace import LossComputed
from tests.library.differential import FakeCaller, abstract
from tests.library.torch_modules import Draw, Spec, call, made, shown


@dataclass(frozen=True)
class Loss:
    """A loss with its arguments, and a prediction, target (and third tensor) of these shapes."""

    name: str
    shapes: tuple[tuple[int, ...], ...]
    arguments: dict[str, Any] = field(default_factory=dict)
    integers: bool = False


_ELEMENTWISE = [
    *("MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss", "KLDivLoss", "PoissonNLLLoss", "SoftMarginLoss", "HingeEmbeddingLoss"),
]
_ALIKE = ["BCELoss", "BCEWithLogitsLoss", "MultiLabelSoftMarginLoss"]
_WARNING = {"MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss"}


def draw_loss(draw: Draw) -> Loss:
    """Any loss, with shapes that mostly fit."""
    arguments = draw.some(reduction=draw.random.choice(["mean", "sum", "none"]))
    kind = draw.random.random()
    x = draw.shape(1, 2, 2, 3, 4)
    if kind < 0.4:
        y = draw.random.choice([x, x[:-1], (*x, 1), draw.bent(x), tuple(1 if draw.maybe() else n for n in x)])
        return Loss(draw.random.choice(_ELEMENTWISE + _ALIKE), (x, y), arguments)
    if kind < 0.75:
        classes = (x[0], *x[2:]) if len(x) > 1 else ()
        y = draw.random.choice([classes, classes, classes, draw.bent(classes), x, x[:-1], (*classes, 1)])
        return Loss(draw.random.choice(["CrossEntropyLoss", "CrossEntropyLoss", "NLLLoss"]), (x, y), arguments, draw.maybe(0.75))
    if kind < 0.85:
        x = draw.shape(1, 2)
        y = draw.random.choice([x[:-1], x, draw.bent(x)])
        return Loss(draw.random.choice(["MultiMarginLoss", "MultiLabelMarginLoss"]), (x, y), arguments, True)
    name = draw.random.choice(["MarginRankingLoss", "CosineEmbeddingLoss", "TripletMarginLoss"])
    third = x[:1] if name == "CosineEmbeddingLoss" else x
    if name == "CosineEmbeddingLoss" and draw.maybe(0.7):
        x = draw.shape(1, 2)
        third = x[:-1]
    return Loss(name, (x, draw.bent(x), draw.bent(third)), {} if name == "TripletMarginLoss" else arguments)


def disagreement(loss: Loss) -> str | None:
    """In what the model of a loss and the real one differ: on whether it raises or warns, and on the shape."""
    values = [torch.zeros(shape) for shape in loss.shapes]
    if loss.integers:
        values[-1] = values[-1].long()
    raised: Exception | None = None
    expected: Any = None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            expected = getattr(torch.nn, loss.name)(**loss.arguments)(*values)
        except Exception as error:
            raised = error
    caller = FakeCaller()
    answer = call(made(Spec(loss.name, loss.arguments, ()), caller), caller, [abstract(value) for value in values], {})
    (event,) = [event for event in caller.events if isinstance(event, LossComputed)]
    kind = None if event.violation is None else event.violation.kind
    if raised is not None:
        return None if kind in ("target", "dtype") else f"{loss} raises {str(raised)[:150]!r}; the model says {kind}"
    if kind not in (None, "broadcast"):
        return f"{loss} passes; the model says {event.violation}"
    warned = any("target size" in str(warning.message) for warning in caught)
    if loss.name in _WARNING and warned != (kind == "broadcast"):
        return f"{loss} warns: {warned}; the model says {event.violation}"
    if shown(answer) != tuple(expected.shape):
        return f"{loss} is {tuple(expected.shape)}; the model says {shown(answer)}"
    return None
