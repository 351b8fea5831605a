"""PyTorch's part of LST308: losses of probabilities, or of their logarithms, that get scores."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Effect, Finding, Related, Severity
from lstmlint.rules.base import Part
from lstmlint.rules.loss_on_scores import LossOnNonProbabilities
from lstmlint.rules.torch.layers import is_rnn
from lstmlint.rules.torch.layout import is_misread
from lstmlint.trace import Event, LayerApplied, LossComputed, Trace

_UNBOUND = frozenset(["Linear", "ReLU", "LeakyReLU", "ELU", "GELU", "SELU", "SiLU", "Tanh"])
_LOGARITHMS = frozenset(["NLLLoss", "NLLLoss2d"])


class TorchLossOnNonProbabilities(Part):
    """
    ## With PyTorch
    nn.NLLLoss takes logarithms of probabilities. Of scores it is no likelihood: PyTorch says nothing, and the loss falls below
    zero and on without end. nn.BCELoss takes probabilities, and raises "all elements of input should be between 0 and 1" as soon
    as a score is outside of these.

    ```python
    loss = nn.CrossEntropyLoss()(scores, target)
    loss = nn.BCEWithLogitsLoss()(score, target)
    ```

    What the last layer is proves the first, an error. The second is a warning: all scores may happen to lie between 0 and 1.
    """

    of = LossOnNonProbabilities
    listens = (LossComputed,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, LossComputed) or event.violation is not None or is_misread(event.prediction):
            return
        applied = event.prediction.producer
        if not isinstance(applied, LayerApplied) or not (applied.layer.kind in _UNBOUND or is_rnn(applied.layer)):
            return
        last = f"this last {applied.layer.kind} gives " + ("scores" if applied.layer.kind == "Linear" else "other values")
        effect: Effect = "silent"
        severity: Severity = "error"
        if event.name in _LOGARITHMS:
            words = f"{event.name} takes logarithms of probabilities, but {last}: it falls without end"
            advice = "use nn.CrossEntropyLoss, or put log_softmax(dim=1) before the loss"
        elif event.name == "BCELoss":
            words = f"BCELoss takes probabilities, but {last}: it raises as soon as one is not between 0 and 1"
            advice, effect, severity = "use nn.BCEWithLogitsLoss, or put torch.sigmoid before the loss", "raises", "warning"
        else:
            return
        yield self.finding(
            event,
            event.site,
            words,
            label="scores",
            help=advice,
            related=(Related(applied.layer.site, "the last layer"),),
            severity=severity,
            effect=effect,
            key=(event.name, applied.layer),
        )

    valid = (
        """
import torch
from torch import nn

out, _ = nn.LSTM(6, 12, batch_first=True)(torch.randn(9, 20, 6))
scores = nn.Linear(12, 5)(out[:, -1])
loss = nn.NLLLoss()(torch.log_softmax(scores, dim=1), torch.randint(0, 5, (9,)))
loss = nn.NLLLoss()(torch.log(torch.softmax(scores, dim=1)), torch.randint(0, 5, (9,)))
loss = nn.BCELoss()(torch.sigmoid(nn.Linear(12, 1)(out[:, -1])), torch.ones(9, 1))
loss = nn.BCEWithLogitsLoss()(nn.Linear(12, 1)(out[:, -1]), torch.ones(9, 1))
""",
    )
    invalid = (
        """
import torch
from torch import nn

out, _ = nn.LSTM(6, 12, batch_first=True)(torch.randn(9, 20, 6))
scores = nn.Linear(12, 5)(out[:, -1])
loss = nn.NLLLoss()(scores, torch.randint(0, 5, (9,)))  # LST308
loss = nn.functional.binary_cross_entropy(nn.Linear(12, 1)(out[:, -1]), torch.ones(9, 1))  # LST308
""",
    )
