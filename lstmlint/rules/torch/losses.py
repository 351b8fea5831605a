"""PyTorch's parts of LST301, LST302 and LST303: a prediction and a target that a loss does not take together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from lstmlint.edits.change import Proposal
from lstmlint.findings import Finding, Related
from lstmlint.library.torch.elementwise import COMPARING
from lstmlint.rules.base import Part
from lstmlint.rules.label_encoding import LabelEncoding
from lstmlint.rules.target_shapes import LossBroadcast, TargetShapeMismatch
from lstmlint.rules.torch.layers import came_from, last_layer, maker, meaning, shown
from lstmlint.rules.torch.layout import is_misread
from lstmlint.rules.torch.remedies import given_to_loss
from lstmlint.shapes.broadcast import broadcast
from lstmlint.shapes.dims import same
from lstmlint.shapes.shape import Axis, Meaning, Shape, shapes_differ, shapes_same
from lstmlint.trace import Event, LossComputed, Operation, Trace

_CLASSES = ("CrossEntropyLoss", "NLLLoss", "NLLLoss2d")


def _related(event: LossComputed) -> tuple[Related, ...]:
    loss = () if event.layer is None else (Related(event.layer.site, f"the loss is {event.name}"),)
    return (*came_from(event.prediction), *loss)


def _key(event: LossComputed) -> object:
    """Training and validation make the same mistake twice."""
    applied = maker(event.prediction)
    return event.name, event.site.node if applied is None else applied.layer


def steps_as_classes(event: LossComputed) -> bool:
    """Whether the classes of a prediction (batch, time, classes) stand last, where the loss takes the second axis for them."""
    prediction, target = event.prediction.shape, event.target.shape
    if event.name not in _CLASSES or prediction.rank != 3 or target.rank != 2:
        return False
    if meaning(prediction, 2) is not Meaning.FEATURE or meaning(prediction, 1) is Meaning.FEATURE:
        return False
    return all(same(a.dim, b.dim) for a, b in zip(prediction, target)) and not same(prediction.axes[1].dim, 1)


def encoding_fault(event: LossComputed) -> bool:
    """Whether class numbers are given where probabilities are needed, or the other way round."""
    if event.violation is None:
        return False
    alike = (
        event.name.startswith("NLL") and event.target.shape.rank == 2 and shapes_same(event.prediction.shape, event.target.shape)
    )
    return event.violation.kind == "dtype" or (event.violation.kind == "target" and alike)


class TorchTargetShapeMismatch(Part):
    """
    ## With PyTorch
    CrossEntropyLoss and NLLLoss take the classes from the second axis: scores (batch, classes) with class numbers (batch,),
    or (batch, classes, time) with (batch, time). Scores (batch, time, classes) raise "Expected target size", or nothing at
    all where there are as many steps as classes. BCELoss and BCEWithLogitsLoss ask for equal shapes.

    ```python
    loss = criterion(scores.transpose(1, 2), target)          # or
    loss = criterion(scores.flatten(0, 1), target.flatten())
    ```
    """

    of = TargetShapeMismatch
    listens = (LossComputed,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, LossComputed) or encoding_fault(event) or is_misread(event.prediction):
            return
        swapped = steps_as_classes(event)
        if not swapped and (event.violation is None or event.violation.kind != "target"):
            return
        prediction, target = event.prediction.shape, event.target.shape
        if swapped:
            words = f"{event.name} takes the classes from axis 1, which is the time of {shown(prediction)}: its classes stand last"
        else:
            words = f"{event.name} gets a prediction {shown(prediction)} and a target {shown(target)}"
        silent = swapped and same(prediction.axes[1].dim, prediction.axes[2].dim)
        yield self.finding(
            event,
            event.site,
            words,
            label=event.violation.message if event.violation is not None else "",
            help=_advice(event, swapped),
            related=_related(event),
            effect="silent" if silent else "raises",
            key=_key(event),
            fix=_fix(event, swapped),
        )

    valid = (
        """
import torch
from torch import nn

out, _ = nn.LSTM(6, 12, batch_first=True)(torch.randn(9, 20, 6))
scores = nn.Linear(12, 5)(out)
target = torch.randint(0, 5, (9, 20))
loss = nn.CrossEntropyLoss()(scores.transpose(1, 2), target)
flat = nn.functional.cross_entropy(scores.reshape(-1, 5), target.reshape(-1))
""",
    )
    invalid = (
        """
import torch
from torch import nn

out, _ = nn.LSTM(6, 12, batch_first=True)(torch.randn(9, 20, 6))
scores = nn.Linear(12, 5)(out)
loss = nn.CrossEntropyLoss()(scores, torch.randint(0, 5, (9, 20)))  # LST301
""",
        """
import torch
from torch import nn

out, _ = nn.LSTM(6, 12, batch_first=True)(torch.randn(9, 5, 6))
scores = nn.Linear(12, 5)(out)
loss = nn.CrossEntropyLoss()(scores, torch.randint(0, 5, (9, 5)))  # LST301
""",
        """
import torch
from torch import nn

out, _ = nn.LSTM(6, 12, batch_first=True)(torch.randn(9, 20, 6))
scores = nn.Linear(12, 1)(out[:, -1])
loss = nn.BCEWithLogitsLoss()(scores, torch.ones(9))  # LST301
""",
    )


def _fix(event: LossComputed, swapped: bool) -> Proposal | None:
    """The classes to their place, an axis of length one away."""
    target = event.target.shape
    if swapped:
        return given_to_loss(event.site, 0, "transpose", "1, 2", "bring the classes to axis 1")
    if event.name not in _CLASSES:
        return _squeezed(event)
    if event.prediction.shape.rank == 2 and target.rank == 2 and same(target.axes[1].dim, 1):
        return given_to_loss(event.site, 1, "squeeze", "1", "drop the last axis of the target")
    return None


def _squeezed(event: LossComputed) -> Proposal | None:
    """Without the last axis of the one that has one axis more, if that has length one."""
    shapes = event.prediction.shape, event.target.shape
    if any(shape.open or not shape.axes for shape in shapes):
        return None
    for at, (shape, other) in enumerate((shapes, shapes[::-1])):
        rest = Shape(shape.axes[:-1])
        if len(rest.axes) == len(other.axes) and same(shape.axes[-1].dim, 1) and not shapes_differ(rest, other):
            what = "target" if at else "prediction"
            return given_to_loss(event.site, at, "squeeze", "-1", f"drop the last axis of the {what}")
    return None


def _advice(event: LossComputed, swapped: bool) -> str:
    prediction, target = event.prediction.shape, event.target.shape
    if swapped:
        return "give it scores.transpose(1, 2), or both flattened: scores.flatten(0, 1) and target.flatten()"
    squeezed = Shape(prediction.axes[:-1], prediction.open)
    if prediction.axes and same(prediction.axes[-1].dim, 1) and not shapes_differ(squeezed, target):
        return "drop the last axis of the prediction: prediction.squeeze(-1)" if event.name not in _CLASSES else _ONE_CLASS
    if event.name in _CLASSES and prediction.rank == 2 and target.rank == 2 and same(target.axes[1].dim, 1):
        return "class numbers have no axis of their own: target.squeeze(1)"
    if event.name in _CLASSES:
        return "give it scores (batch, classes) and class numbers (batch,); for numbers that are no classes, use nn.MSELoss"
    if prediction.rank == 3 and target.rank is not None and target.rank < 3 and meaning(prediction, 2) is Meaning.FEATURE:
        return "take the last step before the last layer, as out[:, -1] does, or give the target one value for each step"
    return "bring both to one shape"


_ONE_CLASS = "one score is for two classes: use nn.BCEWithLogitsLoss with a float target of the same shape"


class TorchLossBroadcast(Part):
    """
    ## With PyTorch
    nn.MSELoss, nn.L1Loss, nn.SmoothL1Loss and nn.HuberLoss compare `(n, 1)` with `(n,)` as an n × n table: each prediction
    with each target. PyTorch only warns ("Using a target size that is different to the input size"), and the model learns the
    mean of the targets. `prediction - target` and `prediction == target` make the same table without a word.

    ```python
    loss = criterion(prediction.squeeze(-1), target)
    ```

    The two shapes prove what is computed. It is a warning where the target has been given an axis of length one as if it were to
    be stretched, and for a difference or comparison that is no loss of PyTorch, where one side is data and the other is not.
    """

    of = LossBroadcast
    listens = (LossComputed, Operation)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if isinstance(event, Operation):
            yield from self._compared(event)
            return
        if not isinstance(event, LossComputed) or event.violation is None or event.violation.kind not in ("broadcast", "differs"):
            return
        prediction, target = event.prediction.shape, event.target.shape
        if prediction.open or target.open or not prediction.axes or not target.axes or _as_many(prediction, target):
            return
        if is_misread(event.prediction):
            return
        certain = event.violation.kind == "broadcast"
        yield self.finding(
            event,
            event.site,
            f"{event.name} compares a prediction {shown(prediction)} with a target {shown(target)}: "
            + (_what_happens(prediction, target) if certain else "both are stretched, if they can be compared at all"),
            label="other shapes",
            help=_one_shape(prediction, target),
            related=_related(event),
            severity="warning" if prediction.rank == target.rank and _stretched(prediction, target) == (False, True) else "error",
            effect="silent",
            key=_key(event),
            fix=_squeezed(event),
        )

    def _compared(self, event: Operation) -> Iterator[Finding]:
        """A difference or comparison of what a network gives, (n, 1), and data, (n,), or the other way round."""
        if event.violation is not None or event.name.removeprefix("torch.") not in COMPARING or len(event.operands) != 2:
            return
        made_by = [last_layer(operand) for operand in event.operands]
        if (made_by[0] is None) == (made_by[1] is None) or any(map(is_misread, event.operands)):
            return
        prediction, target = event.operands if made_by[0] is not None else event.operands[::-1]
        if not all(any(axis.meaning is Meaning.BATCH for axis in operand.shape) for operand in event.operands):
            return
        what = "difference" if "sub" in event.name else "comparison"
        yield self.finding(
            event,
            event.site,
            f"this {what} of a prediction {shown(prediction.shape)} and a target {shown(target.shape)} is a table: "
            + _what_happens(prediction.shape, target.shape),
            label="other shapes",
            help=_one_shape(prediction.shape, target.shape),
            related=came_from(prediction),
            severity="warning",
            effect="silent",
            key=event.site.node,
        )

    valid = (
        """
import torch
from torch import nn

out, _ = nn.LSTM(6, 12, batch_first=True)(torch.randn(9, 20, 6))
prediction = nn.Linear(12, 1)(out[:, -1])
loss = nn.MSELoss()(prediction.squeeze(-1), torch.randn(9))
""",
        """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

rnn, head = nn.GRU(6, 12, batch_first=True), nn.Linear(12, 1)
for x, y in DataLoader(TensorDataset(torch.randn(100, 20, 6), torch.randint(0, 2, (100,))), batch_size=20):
    _, h_n = rnn(x)
    scores = head(h_n[-1])
    loss = (scores.squeeze(-1) - y).pow(2).mean()
    ranks = scores - scores.squeeze(-1)
    alike = y.unsqueeze(1) == y
""",
    )
    invalid = (
        """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

rnn, head = nn.GRU(6, 12, batch_first=True), nn.Linear(12, 1)
for x, y in DataLoader(TensorDataset(torch.randn(100, 20, 6), torch.randint(0, 2, (100,))), batch_size=20):
    _, h_n = rnn(x)
    chance = torch.sigmoid(head(h_n[-1]))
    loss = ((chance - y) ** 2).mean()  # LST302
    right = (chance.round() == y).float().mean()  # LST302
""",
        """
import torch
from torch import nn

out, _ = nn.LSTM(6, 12, batch_first=True)(torch.randn(9, 20, 6))
prediction = nn.Linear(12, 1)(out[:, -1])
loss = nn.MSELoss()(prediction, torch.randn(9))  # LST302
""",
        """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

rnn, head = nn.GRU(6, 12, batch_first=True), nn.Linear(12, 1)
for x, y in DataLoader(TensorDataset(torch.randn(100, 20, 6), torch.randn(100, 1)), batch_size=20):
    out, h_n = rnn(x)
    loss = nn.functional.l1_loss(head(out), y)  # LST302
""",
    )


def _what_happens(prediction: Shape, target: Shape) -> str:
    """What a loss computes of two shapes that are broadcast."""
    table = shown(broadcast(prediction, target)[0])
    if _stretched(prediction, target) == (False, True):
        over = [axis for axis, other in zip_longest(reversed(prediction.axes), reversed(target.axes)) if _is_longer(axis, other)]
        what = "every step" if any(axis is not None and axis.meaning is Meaning.TIME for axis in over) else "several values"
        return f"PyTorch broadcasts the target to {table}, so that {what} of a sample {_IS[what]} compared with the same target"
    if _stretched(prediction, target) == (True, False):
        return f"PyTorch broadcasts the prediction to {table}, so that one prediction is compared with several targets"
    return f"PyTorch broadcasts both to {table}, so that each prediction is compared with the targets of others, too"


_IS = {"every step": "is", "several values": "are"}


def _is_longer(axis: Axis | None, other: Axis | None) -> bool:
    return axis is not None and axis.dim != 1 and (other is None or other.dim == 1)


def _stretched(prediction: Shape, target: Shape) -> tuple[bool, bool]:
    """Whether the prediction is stretched, and whether the target is."""
    pairs = list(zip_longest(reversed(prediction.axes), reversed(target.axes)))
    return any(_is_longer(y, x) for x, y in pairs), any(_is_longer(x, y) for x, y in pairs)


def _as_many(a: Shape, b: Shape) -> bool:
    """Whether no element is used twice."""
    one, two = a.elements(), b.elements()
    return one is not None and two is not None and one == two == 1


def _one_shape(prediction: Shape, target: Shape) -> str:
    ranks = len(prediction.axes), len(target.axes)
    if ranks[0] == ranks[1] + 1 and same(prediction.axes[-1].dim, 1):
        return "drop the last axis of the prediction: prediction.squeeze(-1), or add one to the target: target.unsqueeze(-1)"
    if ranks[1] == ranks[0] + 1 and same(target.axes[-1].dim, 1):
        return "drop the last axis of the target: target.squeeze(-1), or keep that of the prediction"
    if ranks[0] == 3 and meaning(prediction, 1) is not Meaning.FEATURE:
        return "take the last step before the last layer, as out[:, -1] does, or give the target one value for each step"
    return "bring both to one shape"


class TorchLabelEncoding(Part):
    """
    ## With PyTorch
    CrossEntropyLoss takes class numbers of an integer type, or probabilities of a float type in the shape of the scores;
    NLLLoss class numbers only.
    """

    of = LabelEncoding
    listens = (LossComputed,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, LossComputed) or not encoding_fault(event) or event.violation is None:
            return
        alike = event.target.shape.rank == event.prediction.shape.rank
        yield self.finding(
            event,
            event.site,
            f"{event.name} gets a {event.target.dtype or 'one-hot'} target {shown(event.target.shape)}: {event.violation.message}",
            help=(
                "give it class numbers, target.argmax(dim=1)"
                + (", or probabilities, target.float()" if event.name == "CrossEntropyLoss" else "")
                if alike
                else "class numbers are integers: target.long()"
            ),
            related=_related(event),
            key=_key(event),
            fix=(
                given_to_loss(event.site, 1, "argmax", "dim=1", "give the class numbers")
                if alike
                else given_to_loss(event.site, 1, "long", "", "make integers of the class numbers")
            ),
        )

    valid = (
        """
import torch
from torch import nn

out, _ = nn.LSTM(6, 12, batch_first=True)(torch.randn(9, 20, 6))
scores = nn.Linear(12, 5)(out[:, -1])
loss = nn.CrossEntropyLoss()(scores, torch.eye(5)[torch.randint(0, 5, (9,))])
""",
    )
    invalid = (
        """
import torch
from torch import nn

out, _ = nn.LSTM(6, 12, batch_first=True)(torch.randn(9, 20, 6))
scores = nn.Linear(12, 5)(out[:, -1])
loss = nn.CrossEntropyLoss()(scores, torch.zeros(9))  # LST303
""",
        """
import torch
from torch import nn

out, _ = nn.LSTM(6, 12, batch_first=True)(torch.randn(9, 20, 6))
scores = nn.Linear(12, 5)(out[:, -1]).log_softmax(dim=1)
loss = nn.NLLLoss()(scores, torch.zeros(9, 5))  # LST303
""",
    )
