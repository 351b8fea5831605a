"""Findings about PyTorch, and about operations on arrays, as scripts: the call at fault after what led to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lstmlint.confirm.last_step import last_step
from lstmlint.confirm.layers import NotRebuilt
from lstmlint.confirm.rebuild import Rebuild
from lstmlint.confirm.replay import Replay, Shown
from lstmlint.confirm.scrambled import reshaped_by_layer, scrambled
from lstmlint.confirm.script import Script
from lstmlint.confirm.texts import Text, callable_path, lengths
from lstmlint.findings import Finding
from lstmlint.shapes.dims import Poly, Symbol, same, symbols
from lstmlint.trace import AxisMissing, ElementTaken, Event, LayerApplied, LayerMade, LossComputed, Operation, Softmax, Unpacked


def replayed(finding: Finding, rebuild: Rebuild) -> Script | None:
    """The script of a finding; None where it needs a model, so that its lines are steps of `rebuild`."""
    event, replay = finding.event, rebuild.replay
    if not isinstance(event, Event) or replay is None:
        raise NotRebuilt("findings of this kind can't be rebuilt yet")
    silent = finding.effect == "silent"
    table, usual = (_SILENT, _passes) if silent else (_RAISING, _call)
    show = table.get((finding.code, type(event))) or table.get(("", type(event)), usual)
    shown, proof = show(replay, event)
    if rebuild.steps:
        rebuild.flush("", shown, proof)
        return None
    for given in replay.given:
        rebuild.infer(given)
    fixed = _LAST_BATCH[finding.code](event) if finding.code in _LAST_BATCH else {}
    claim = replay.claim if replay.claim is not None else len(replay.lines) - 1
    shapes = tuple((name, array.shape.dims) for name, array in replay.shapes.items())
    imports = tuple(sorted({*replay.imports}))
    return Script(tuple(replay.lines), claim, imports, tuple(replay.positive), shown, proof, shapes, fixed)


SAYS_OF_TORCH = {
    "LST108": r".",
    "LST201": r"(?i)shape|dim|rank|\dD|batched|unpack|index out of range",
    "LST109": r"unpack|iterat",
    "LST303": r"dtype|type|Long|Float|scalar|Target|target|expected|shape|size",
    "LST401": r".",
    "LST504": r"(?i)shape|size|dim|batch|bounds|index",
    "LST304": r"out of bounds|Target",
    "LST308": r"between 0 and 1",
    "LST508": r"(?i)shape|dim|feature|expect",
    "LST602": r".",
}
"""What the words of PyTorch must hold to be about the finding; for other codes, something about shapes."""


def _call(replay: Replay, event: Event) -> Shown:
    """The call in which it happened comes last."""
    call = event.call
    assert call is not None
    if not call.path:
        raise NotRebuilt("findings of this kind can't be rebuilt yet")
    replay.bind(replay.text(call))
    return (), ""


def _unpacked(replay: Replay, event: Unpacked) -> Shown:
    if event.starred:
        raise NotRebuilt("what is unpacked isn't known")
    whole = replay.value(event.value)
    replay.lines.append((", ".join(["_"] * event.count) + (", = " if event.count == 1 else " = "), *whole))
    return (), ""


def _missing_axis(replay: Replay, event: AxisMissing) -> Shown:
    """A shape of fewer axes than are asked of it."""
    shape: Text = (*replay.value(event.array), ".shape")
    names = ", ".join(["_"] * (event.axis + 1)) + ("," if event.axis == 0 else "")
    replay.lines.append((f"{names} = ", *shape) if event.unpacked else ("_ = ", *shape, f"[{event.axis}]"))
    return (), ""


def _paired(replay: Replay, event: Operation) -> Shown:
    """What an operation makes of two arrays."""
    if event.call is None or not event.call.path or len(event.operands) != 2:
        return _passes(replay, event)
    both = tuple(replay.name(operand, event.call) for operand in event.operands)
    return (*both, replay.bind(replay.text(event.call))), "paired"


def _passes(replay: Replay, event: Event) -> Shown:
    """It passes, and what it gives has this shape."""
    if isinstance(event, Unpacked):
        return _unpacked(replay, event)
    assert event.call is not None
    if not event.call.path:
        raise NotRebuilt("findings of this kind can't be rebuilt yet")
    return (replay.bind(replay.text(event.call)),), "passes"


def _layout(replay: Replay, event: LayerApplied) -> Shown:
    """What comes out for the other samples when one of them is changed."""
    first = event.layer.flag("batch_first")
    if event.call is None or first is None or len(event.call.args) < 2:
        raise NotRebuilt("the layout isn't known")
    axis = 1 if first and event.inputs[0].shape.rank == 3 else 0
    source = event.call.args[1]
    data = replay.argument(source, event.call, event.layer)
    before = replay.bind((*replay.text(event.call), "[0]"), "before")
    replay.claim = len(replay.lines) - 1
    changed = replay.bind((*data, ".clone()"), "changed")
    one, others = ("[:, 0]", "[:, 1:]") if axis == 1 else ("[0]", "[1:]")
    replay.lines.append((f"{changed}{one} += 1",))
    replay.placed[id(source)] = changed
    after = replay.bind((*replay.text(event.call), "[0]"), "after")
    leak = replay.bind((f"({after} - {before}){others}.abs().max()",), "leak")
    return (leak,), "leak"


def _compared(replay: Replay, event: LossComputed) -> Shown:
    """The losses before they are made one number."""
    target, prediction = replay.value(event.target), replay.value(event.prediction)
    losses = replay.bind((*_loss(replay, event, True), *prediction, ", ", *target, *_end(event, True)), "losses")
    return (str(target[0]), str(prediction[0]), losses), "broadcast"


def _loss(replay: Replay, event: LossComputed, whole: bool) -> Text:
    """What calls the loss, up to its arguments; `whole`: without making one number of the losses."""
    replay.imports.add("torch")
    if event.layer is not None:
        return (f"{event.layer.path}(reduction='none')(",) if whole else (replay.layer(event.layer), "(")
    path = "" if event.call is None else event.call.path
    if not path.startswith("torch.nn.functional."):
        raise NotRebuilt("the loss can't be rebuilt")
    return (f"{callable_path(path)}(",)


def _end(event: LossComputed, whole: bool) -> Text:
    return (", reduction='none')",) if whole and event.layer is None else (")",)


def _swapped_classes(replay: Replay, event: LossComputed) -> Shown:
    """The loss as it is, and with the classes on axis 1."""
    target, prediction = replay.value(event.target), replay.value(event.prediction)
    loss = _loss(replay, event, False)
    one = replay.bind((*loss, *prediction, ", ", *target, ")"), "loss")
    replay.claim = len(replay.lines) - 1
    other = replay.bind((*loss, *prediction, ".transpose(1, 2), ", *target, ")"), "right")
    return (one, other), "number"


def _made(replay: Replay, event: LayerMade) -> Shown:
    """Whether the layer has become what is meant."""
    assert event.call is not None
    made = replay.bind(replay.text(event.call), "layer")
    replay.claim = len(replay.lines) - 1
    return (replay.bind((f"{made}.batch_first",), "first"),), "still"


def _ones(replay: Replay, event: Softmax) -> Shown:
    if event.operand.kind == "keras":
        return _ones_of_a_model(replay, event)
    axis = None if event.axis is None else event.operand.shape.axis(event.axis)
    if axis is not None and not same(axis.dim, 1):
        return _between_samples(replay, event)
    return (str(replay.value(event.result)[0]),), "ones"


def _ones_of_a_model(replay: Replay, event: Softmax) -> Shown:
    """What the softmax makes of numbers in the shape of a symbolic tensor."""
    shape, call = event.operand.shape, event.call
    if call is None or not call.path or shape.open or any(isinstance(dim, Poly) for dim in shape.dims[1:]):
        raise NotRebuilt("what the softmax gets isn't known")
    replay.imports.add("numpy")
    replay.positive += shape.dims
    data = replay.bind(("numpy.random.standard_normal(", *lengths(shape.dims), ").astype('float32')"))
    replay.placed[id(event.operand)] = data
    return (replay.bind(replay.text(call)),), "ones"


def _between_samples(replay: Replay, event: Softmax) -> Shown:
    """What the softmax gives for the other samples when one of them is changed."""
    call = event.call
    if call is None or not any(value is event.operand for value in call.args) or event.axis not in (0, None):
        raise NotRebuilt("what the softmax gets isn't known")
    data = replay.value(event.operand, call)
    before = replay.bind(replay.text(call), "before")
    replay.claim = len(replay.lines) - 1
    changed = replay.bind((*data, ".clone()"), "changed")
    replay.lines.append((f"{changed}[0] += 1",))
    replay.placed[id(event.operand)] = changed
    after = replay.bind(replay.text(call), "after")
    return (replay.bind((f"({after} - {before})[1:].abs().max()",), "leak"),), "leak"


def _scores(replay: Replay, event: LossComputed) -> Shown:
    """The loss of what the last layer makes of numbers that are far apart."""
    applied = event.prediction.producer
    if not isinstance(applied, LayerApplied) or not applied.inputs or event.call is None:
        raise NotRebuilt("which layer gives the prediction isn't known")
    source = applied.inputs[0]
    if source.shape.open:
        raise NotRebuilt("what the last layer gets isn't known")
    (name,) = replay.value(source)
    replay.imports.add("torch")
    wide = replay.bind((f"torch.linspace(-1000, 1000, {name}.numel()).reshape({name}.shape)",), "wide")
    replay.placed[id(source)] = wide
    replay.bind(replay.text(event.call))
    return (), ""


def _probabilities(replay: Replay, event: LossComputed) -> Shown:
    prediction = replay.value(event.prediction)
    return (replay.bind(prediction, "given"),), "probabilities"


def _squeezed(replay: Replay, event: LossComputed) -> Shown:
    """The loss in a batch of one sample."""
    return _call(replay, event)


def _last_batch(event: Event) -> dict[Symbol, int]:
    """The lengths of the batch are one."""
    if not isinstance(event, LossComputed):
        return {}
    arrays = (event.prediction, event.target)
    return {symbol: 1 for array in arrays for axis in array.shape for symbol in symbols(axis.dim) if symbol.name == "batch"}


def _short_batch(event: Event) -> dict[Symbol, int]:
    """The batch is the last one, and the states are those of one before."""
    if not isinstance(event, LayerApplied) or event.violation is not None or len(event.inputs) < 2:
        return {}
    x, states = ([s for axis in array.shape for s in symbols(axis.dim)] for array in event.inputs[:2])
    least = {symbol: symbol.lower for symbol in x if isinstance(symbol.lower, int)}
    most = {symbol: symbol.upper for symbol in states if isinstance(symbol.upper, int) and symbol not in least}
    return {**least, **most}


_LAST_BATCH: dict[str, Callable[[Event], dict[Symbol, int]]] = {"LST507": _last_batch, "LST401": _short_batch}
"""Lengths without which a fault doesn't show."""
_Table = dict[tuple[str, type[Event]], Callable[[Replay, Any], Shown]]
_RAISING: _Table = {("", Unpacked): _unpacked, ("", AxisMissing): _missing_axis, ("LST308", LossComputed): _scores}
_SILENT: _Table = {
    ("LST505", ElementTaken): last_step,
    ("LST504", LayerApplied): _layout,
    ("LST502", Operation): scrambled,
    ("LST502", LayerApplied): reshaped_by_layer,
    ("LST201", LayerApplied): _layout,
    ("LST602", LayerMade): _made,
    ("LST302", LossComputed): _compared,
    ("LST302", Operation): _paired,
    ("LST301", LossComputed): _swapped_classes,
    ("LST304", Softmax): _ones,
    ("LST305", LossComputed): _probabilities,
}
