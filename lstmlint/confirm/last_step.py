"""What is taken for the last step, beside the states after it."""

from __future__ import annotations

from lstmlint.confirm.layers import NotRebuilt
from lstmlint.confirm.replay import Replay, Shown
from lstmlint.confirm.texts import Text
from lstmlint.library.torch.packed import PackedSequence
from lstmlint.rules.torch.layers import is_bidirectional
from lstmlint.rules.torch.taking import is_padded, rnn_behind
from lstmlint.trace import ElementTaken, LayerApplied
from lstmlint.values.data import Array
from lstmlint.values.origins import Call


def last_step(replay: Replay, event: ElementTaken) -> Shown:
    """What was taken beside the states after the last step."""
    applied = rnn_behind(event.array)
    if applied is None or event.call is None:
        raise NotRebuilt("which layer it comes from isn't known")
    packed = bool(applied.arguments) and isinstance(applied.arguments[0], PackedSequence)
    if not packed and not is_bidirectional(applied) and is_padded(event.array.shape.dims[event.axis]):
        raise NotRebuilt("what the padding does can't be shown yet")
    taken = replay.bind(replay.text(event.call), "taken")
    replay.claim = len(replay.lines) - 1
    if applied.call is None:
        raise NotRebuilt("which layer it comes from isn't known")
    whole = replay.result(applied.call)
    states = replay.bind((whole, "[1][0]" if applied.layer.kind == "LSTM" else "[1]"), "states")
    both: Text = ("torch.cat([", states, "[-2], ", states, "[-1]], -1)") if is_bidirectional(applied) else (states, "[-1]")
    last = replay.bind(both, "last")
    for call in _step_by_step(replay, event.array, applied):
        replay.placed[id(call.args[1])] = last
        last = replay.bind(replay.text(call), "last")
    replay.imports.add("torch")
    agree = replay.bind((f"{taken}.shape == {last}.shape and torch.allclose({taken}, {last})",), "agree")
    return (taken, last, agree), "last"


def _step_by_step(replay: Replay, tensor: Array, applied: LayerApplied) -> list[Call]:
    """The calls that have made a tensor of an RNN's output, in order."""
    calls: list[Call] = []
    while tensor.producer is not applied:
        origin = replay.origins.of(tensor)
        if origin is None or len(calls) > 10 or len(origin[0].args) < 2 or not isinstance(origin[0].args[1], Array):
            raise NotRebuilt("what is made of the layer's output can't be followed")
        calls.insert(0, origin[0])
        tensor = origin[0].args[1]
    return calls
