"""Findings about PyTorch, and about operations on arrays, as scripts: the call at fault after what led to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lstmlint.confirm.layers import NotRebuilt
from lstmlint.confirm.replay import Replay
from lstmlint.confirm.script import Script
from lstmlint.confirm.texts import Text, callable_path
from lstmlint.findings import Finding
from lstmlint.rules.torch.layers import is_bidirectional, rnn_of_tensor
from lstmlint.shapes.dims import Symbol, symbols
from lstmlint.trace import ElementTaken, Event, LayerApplied, LayerMade, LossComputed, Operation, Softmax, Unpacked


def replayed(finding: Finding) -> tuple[Script, tuple[str, ...], bool]:
    """The script of a finding, what it takes for granted, and whether the fault raises. Raises NotRebuilt where there is none."""
    event = finding.event
    if not isinstance(event, Event) or event.call is None:
        raise NotRebuilt("findings of this kind can't be rebuilt yet")
    silent = finding.effect == "silent"
    replay = Replay(event.call.origins, event.call, evaluated=silent)
    show = _SILENT.get((finding.code, type(event)), _passes) if silent else _RAISING.get(type(event), _call)
    shown, proof = show(replay, event)
    fixed = _last_batch(event) if finding.code == "LST507" else {}
    claim = replay.claim if replay.claim is not None else len(replay.lines) - 1
    shapes = tuple((name, array.shape.dims) for name, array in replay.shapes.items())
    imports = tuple(sorted({*replay.imports}))
    script = Script(tuple(replay.lines), claim, imports, tuple(replay.positive), shown, proof, shapes, fixed)
    return script, tuple(replay.given), not silent


Shown = tuple[tuple[str, ...], str]
SAYS_OF_TORCH = {
    "LST108": r".",
    "LST109": r"unpack|iterat",
    "LST303": r"dtype|type|Long|Float|scalar|Target|target|expected|shape|size",
    "LST401": r".",
    "LST504": r"(?i)shape|size|dim|batch|bounds|index",
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


def _passes(replay: Replay, event: Event) -> Shown:
    """It passes, and what it gives has this shape."""
    if isinstance(event, Unpacked):
        return _unpacked(replay, event)
    assert event.call is not None
    if not event.call.path:
        raise NotRebuilt("findings of this kind can't be rebuilt yet")
    return (replay.bind(replay.text(event.call)),), "passes"


def _last_step(replay: Replay, event: ElementTaken) -> Shown:
    """What was taken beside the states after the last step."""
    applied = rnn_of_tensor(event.array)
    if applied is None or event.call is None:
        raise NotRebuilt("which layer it comes from isn't known")
    taken = replay.bind(replay.text(event.call), "taken")
    replay.claim = len(replay.lines) - 1
    if applied.call is None:
        raise NotRebuilt("which layer it comes from isn't known")
    whole = replay.result(applied.call)
    states = replay.bind((whole, "[1][0]" if applied.layer.kind == "LSTM" else "[1]"), "states")
    both: Text = ("torch.cat([", states, "[-2], ", states, "[-1]], -1)") if is_bidirectional(applied) else (states, "[-1]")
    last = replay.bind(both, "last")
    replay.imports.add("torch")
    agree = replay.bind((f"{taken}.shape == {last}.shape and torch.allclose({taken}, {last})",), "agree")
    return (taken, last, agree), "last"


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


def _scrambled(replay: Replay, event: Operation) -> Shown:
    """The number of the sample that each element belongs to, put through the same call."""
    call = event.call
    if call is None or not call.args:
        raise NotRebuilt("what is reshaped isn't known")
    source = replay.value(call.args[0], call)
    replay.imports.add("torch")
    (name,) = source
    numbers = replay.bind((f"torch.arange({name}.shape[1]).reshape(1, -1, 1).expand({name}.shape).contiguous()",), "numbers")
    replay.placed[id(call.args[0])] = numbers
    moved = replay.bind(replay.text(call), "moved")
    replay.claim = len(replay.lines) - 1
    row = replay.bind((f"{moved}[0]",), "row")
    return (moved, row), "mixed"


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
    return (str(replay.value(event.result)[0]),), "ones"


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


_RAISING: dict[type[Event], Callable[[Replay, Any], Shown]] = {Unpacked: _unpacked}
_SILENT: dict[tuple[str, type[Event]], Callable[[Replay, Any], Shown]] = {
    ("LST505", ElementTaken): _last_step,
    ("LST504", LayerApplied): _layout,
    ("LST502", Operation): _scrambled,
    ("LST201", LayerApplied): _layout,
    ("LST602", LayerMade): _made,
    ("LST302", LossComputed): _compared,
    ("LST301", LossComputed): _swapped_classes,
    ("LST304", Softmax): _ones,
    ("LST305", LossComputed): _probabilities,
}
