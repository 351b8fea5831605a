"""LST305, and PyTorch's part of LST304: softmax where it does nothing, or too much."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.edits.change import Proposal
from lstmlint.findings import Finding, Related, Severity
from lstmlint.rules.base import Part, Rule
from lstmlint.rules.degenerate_softmax import DegenerateSoftmax
from lstmlint.rules.torch.layers import counted, is_of_a_batch, shown
from lstmlint.rules.torch.layout import is_misread
from lstmlint.rules.torch.remedies import with_logarithm, without_activation
from lstmlint.shapes.dims import same
from lstmlint.shapes.shape import Axis, Meaning
from lstmlint.trace import Event, LayerApplied, LossComputed, Softmax, Trace
from lstmlint.values.data import Array


class TorchDegenerateSoftmax(Part):
    """
    ## With PyTorch
    A softmax over the one score that `nn.Linear(…, 1)` gives is 1.0 whatever comes in. Weights of steps are a softmax over
    the axis of time. nn.CrossEntropyLoss of one score is always 0.0. A softmax over the batch (`dim=0`, or without `dim` on a
    tensor of three axes) makes the chances of one sample depend on which others lie in its batch: a warning, since it is
    known which axis is the batch, but not what is meant.
    """

    of = DegenerateSoftmax
    listens = (Softmax, LossComputed)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if isinstance(event, LossComputed):
            yield from self._one_class(event)
        if not isinstance(event, Softmax) or event.axis is None or event.operand.kind != "torch":
            return
        axis = event.operand.shape.axis(event.axis)
        applied = event.operand.producer
        if axis is not None and axis.meaning is Meaning.BATCH:
            yield from self._over_the_batch(event, axis)
            return
        if axis is None or not same(axis.dim, 1) or axis.meaning is not Meaning.FEATURE or not isinstance(applied, LayerApplied):
            return
        if applied.layer.kind != "Linear" or not same(applied.layer.length("out_features"), 1):
            return
        always = "0.0" if event.log else "1.0"
        over_time = event.operand.shape.rank == 3
        yield self.finding(
            event,
            event.site,
            f"this softmax goes over one score ({shown(event.operand.shape)}), so that it gives {always} whatever comes in",
            label="softmax over an axis of length 1",
            help="use dim=1 for weights of the steps" if over_time else "use torch.sigmoid, or as many scores as there are classes",
            related=(Related(applied.layer.site, "gives one score"),),
            effect="silent",
            key=applied.layer,
        )

    def _one_class(self, event: LossComputed) -> Iterator[Finding]:
        """nn.CrossEntropyLoss of one score, with class numbers."""
        applied, scores = event.prediction.producer, event.prediction.shape
        if event.name != "CrossEntropyLoss" or event.violation is not None or not isinstance(applied, LayerApplied):
            return
        if applied.layer.kind != "Linear" or not same(applied.layer.length("out_features"), 1):
            return
        if event.target.dtype != "int" or scores.rank != 2 or event.target.shape.rank != 1 or not same(scores.axes[1].dim, 1):
            return
        yield self.finding(
            event,
            event.site,
            f"CrossEntropyLoss gets one score for each sample, {shown(scores)}: it knows one class, raises for any other than 0, "
            "and is 0.0 for that",
            label="one class",
            help="give as many scores as there are classes, or use nn.BCEWithLogitsLoss with a float target of the same shape",
            related=(Related(applied.layer.site, "gives one score"),),
            key=applied.layer,
        )

    def _over_the_batch(self, event: Softmax, axis: Axis) -> Iterator[Finding]:
        shape, applied = event.operand.shape, event.operand.producer
        others = [one for one in shape.axes if one is not axis]
        if not isinstance(applied, LayerApplied) or not others or others[-1].meaning is not Meaning.FEATURE:
            return
        if is_misread(event.operand) or any(same(one.dim, axis.dim) for one in others):
            return
        # Over the vectors of the sentences of a text, say, it may be meant.
        if len(others) == 1 and not is_of_a_batch(event.operand):
            return
        happens = (
            f"of one sample, so that it gives {'0.0' if event.log else '1.0'} whatever comes in"
            if same(axis.dim, 1)
            else f"so that what one sample gets depends on the others, and {counted(axis.dim, 'samples')} share a sum of 1"
        )
        one_score = len(others) == 1 and same(others[0].dim, 1)
        right = "dim=-1 for chances of classes" + (", dim=1 for weights of the steps" if len(others) > 1 else "")
        yield self.finding(
            event,
            event.site,
            f"this softmax goes over axis {shape.axes.index(axis)} of {shown(shape)}, the batch, {happens}",
            label="softmax over the samples",
            help="use torch.sigmoid: each sample has one score" if one_score else f"use {right}",
            related=(Related(applied.layer.site, f"{applied.layer.kind} gives {shown(shape)}"),),
            severity="warning",
            effect="silent",
            key=event.site.node,
        )

    valid = (
        """
import torch
from torch import nn

out, _ = nn.LSTM(6, 12, batch_first=True)(torch.randn(9, 20, 6))
scores = nn.Linear(12, 1)(out)
weights = torch.softmax(scores, dim=1)
others = torch.softmax(scores.squeeze(-1), dim=-1)
loss = nn.CrossEntropyLoss()(nn.Linear(12, 2)(out[:, -1]), torch.randint(0, 2, (9,)))
time_first, _ = nn.LSTM(6, 12)(torch.randn(20, 9, 6))
over_time = torch.softmax(nn.Linear(12, 1)(time_first), dim=0)
""",
    )
    invalid = (
        """
import torch
from torch import nn

out, _ = nn.LSTM(6, 12, batch_first=True)(torch.randn(9, 20, 6))
weights = torch.softmax(nn.Linear(12, 1)(out), dim=-1)  # LST304
""",
        """
import torch
from torch import nn

out, _ = nn.LSTM(6, 12, batch_first=True)(torch.randn(9, 20, 6))
loss = nn.CrossEntropyLoss()(nn.Linear(12, 1)(out[:, -1]), torch.randint(0, 2, (9,)))  # LST304
""",
        """
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

for x, y in DataLoader(TensorDataset(torch.randn(96, 20, 6), torch.randn(96)), batch_size=32):
    out, _ = nn.LSTM(6, 12, batch_first=True)(x)
    chances = torch.softmax(nn.Linear(12, 5)(out[:, -1]), dim=0)  # LST304
    tags = F.log_softmax(nn.Linear(12, 5)(out))  # LST304
""",
    )


class SoftmaxBeforeCrossEntropy(Rule):
    """
    # softmax-before-cross-entropy

    ## What
    nn.CrossEntropyLoss gets the result of a softmax or a sigmoid, nn.BCEWithLogitsLoss that of a sigmoid, or nn.NLLLoss
    probabilities in place of their logarithms. (A log_softmax before CrossEntropyLoss changes nothing and is not reported.)

    ## Why it hurts
    CrossEntropyLoss applies log_softmax itself. After a softmax the scores lie between 0 and 1, so that the loss can't come
    near 0 and the gradients are small: training runs and learns badly. PyTorch says nothing.

    ## Example
    ```python
    probabilities = torch.softmax(self.head(h_n[-1]), dim=1)
    loss = nn.CrossEntropyLoss()(probabilities, target)
    ```

    ## Fixed
    ```python
    scores = self.head(h_n[-1])
    loss = nn.CrossEntropyLoss()(scores, target)
    ```

    ## What must be proven
    That a softmax (or sigmoid) over the classes gives the loss's prediction, with nothing in between. It is an error where the
    loss takes scores or logarithms and can't be right otherwise; a sigmoid before CrossEntropyLoss is a warning, since the
    classes may be meant to be judged one by one.

    ## When to ignore
    When the bounded scores are meant, as a kind of smoothing.
    """

    code = "LST305"
    name = "softmax-before-cross-entropy"
    severity = "error"
    safe_fix = "drop the softmax, or take log_softmax before NLLLoss"
    unsafe_fix = "drop the sigmoid"
    listens = (LossComputed,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, LossComputed):
            return
        fault = _fault(event.name, event.prediction)
        if fault is None:
            return
        before, severity, words, advice = fault
        loss = () if event.layer is None else (Related(event.layer.site, f"the loss is {event.name}"),)
        yield self.finding(
            event,
            before.site,
            f"{words}: {event.name} {_TAKES[event.name]}",
            label="too much" if "logarithm" not in advice else "no logarithm",
            help=advice,
            related=(Related(event.site, f"goes into {event.name} here"), *_layer_of(before, trace), *loss),
            severity=severity,
            effect="silent",
            key=before.site.node,
            fix=_fix(event.name, before),
        )

    valid = (
        """
import torch
from torch import nn

out, h_n = nn.GRU(6, 12, batch_first=True)(torch.randn(9, 20, 6))
scores = nn.Linear(12, 5)(h_n[-1])
loss = nn.CrossEntropyLoss()(scores, torch.randint(0, 5, (9,)))
loss = nn.NLLLoss()(torch.log_softmax(scores, dim=1), torch.randint(0, 5, (9,)))
shown = torch.softmax(scores, dim=1)
""",
        """
import torch
from torch import nn

out, h_n = nn.GRU(6, 12, batch_first=True)(torch.randn(9, 20, 6))
score = nn.Linear(12, 1)(h_n[-1]).squeeze(1)
loss = nn.BCELoss()(torch.sigmoid(score), torch.ones(9))
loss = nn.BCEWithLogitsLoss()(score, torch.ones(9))
""",
    )
    invalid = (
        """
import torch
from torch import nn

out, h_n = nn.GRU(6, 12, batch_first=True)(torch.randn(9, 20, 6))
scores = nn.Linear(12, 5)(h_n[-1])
probabilities = torch.softmax(scores, dim=1)  # LST305
loss = nn.CrossEntropyLoss()(probabilities, torch.randint(0, 5, (9,)))
""",
        """
import torch
import torch.nn.functional as F
from torch import nn

out, h_n = nn.GRU(6, 12, batch_first=True)(torch.randn(9, 20, 6))
scores = nn.Linear(12, 5)(h_n[-1])
loss = F.nll_loss(F.softmax(scores, dim=1), torch.randint(0, 5, (9,)))  # LST305
""",
        """
import torch
from torch import nn

out, h_n = nn.GRU(6, 12, batch_first=True)(torch.randn(9, 20, 6))
head = nn.Sequential(nn.Linear(12, 1), nn.Sigmoid())
score = head(h_n[-1])  # LST305
loss = nn.BCEWithLogitsLoss()(score, torch.ones(9, 1))
""",
    )


def _fix(loss: str, before: Softmax | LayerApplied) -> Proposal | None:
    """Nothing before the loss, or the logarithm; of two activations it is open which is meant."""
    if isinstance(before, Softmax):
        producer = before.operand.producer
        inside = isinstance(producer, LayerApplied) and producer.site.node is before.site.node
        if loss == "NLLLoss":
            return with_logarithm(before.site, inside)
        return without_activation(before.site, "softmax", "Softmax", inside)
    producer = before.inputs[0].producer if before.inputs else None
    inside = isinstance(producer, LayerApplied) and producer.site.node is before.site.node
    found = without_activation(before.site, "sigmoid", "Sigmoid", inside)
    # Answers are compared with 0.5 where a sigmoid made them.
    return None if found is None else found.unsafe()


_TAKES = {
    "CrossEntropyLoss": "takes scores and applies log_softmax itself",
    "BCEWithLogitsLoss": "takes scores and applies the sigmoid itself",
    "NLLLoss": "takes logarithms of probabilities",
}


def _fault(loss: str, prediction: Array) -> tuple[Softmax | LayerApplied, Severity, str, str] | None:
    """What stands before the loss and should not, how sure that is, in words, and what to do."""
    producer = prediction.producer
    if isinstance(producer, Softmax) and not producer.log and _over_classes(producer, prediction):
        if loss == "CrossEntropyLoss":
            return (
                producer,
                "error",
                "this softmax is one too many",
                "give the loss the scores, and keep the softmax for predictions",
            )
        if loss == "NLLLoss":
            return producer, "error", "this softmax has no logarithm", "take the logarithm: log_softmax in place of softmax"
    if isinstance(producer, LayerApplied) and producer.layer.path == "torch.nn.Sigmoid":
        if loss == "BCEWithLogitsLoss":
            return producer, "error", "this sigmoid is one too many", "give the loss the scores, or use nn.BCELoss"
        if loss == "CrossEntropyLoss":
            advice = "give the loss the scores without the sigmoid"
            return producer, "warning", "this sigmoid keeps the scores between 0 and 1", advice
    return None


def _layer_of(before: Softmax | LayerApplied, trace: Trace) -> tuple[Related, ...]:
    """Where the layer was made that did it, if a layer did."""
    applied = before if isinstance(before, LayerApplied) else None
    for event in trace.events:
        if isinstance(event, LayerApplied) and isinstance(before, Softmax) and event.inputs and event.inputs[0] is before.operand:
            applied = event if event.layer.kind.endswith(("Softmax", "Softmax2d")) else applied
    return () if applied is None else (Related(applied.layer.site, f"{applied.layer.kind} is made here"),)


def _over_classes(softmax: Softmax, prediction: Array) -> bool:
    """Whether the softmax goes over the axis that stands for the classes, not over steps (weights that are a prediction, say)."""
    if softmax.axis is None:
        return False
    scores = softmax.operand.shape
    axis = scores.axis(softmax.axis)
    return axis is not None and (axis.meaning is Meaning.FEATURE or (scores.rank == 2 and axis is scores.axes[1]))
