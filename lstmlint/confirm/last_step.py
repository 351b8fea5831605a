"""What is taken for the last step, beside the states after it."""

from __future__ import annotations

from lstmlint.confirm import code_steps, graph_steps, steps
from lstmlint.confirm.feeding import SHORT
from lstmlint.confirm.layers import NotRebuilt
from lstmlint.confirm.rebuild import Rebuild
from lstmlint.confirm.replay import Replay, Shown
from lstmlint.confirm.texts import Text
from lstmlint.findings import Finding
from lstmlint.library.keras.axes import is_open
from lstmlint.library.torch.packed import PackedSequence
from lstmlint.rules.torch.layers import is_bidirectional
from lstmlint.rules.torch.taking import is_padded, rnn_behind
from lstmlint.trace import ElementTaken, LayerApplied
from lstmlint.values.base import FALSE, TRUE, Const
from lstmlint.values.data import Array
from lstmlint.values.network import Layer
from lstmlint.values.origins import Call

_SAMPLES = 6
_MORE = 5
"""So many more steps of padding."""


def last_step(replay: Replay, event: ElementTaken) -> Shown:
    """What was taken beside the states after the last step."""
    applied = rnn_behind(event.array)
    if applied is None or event.call is None:
        raise NotRebuilt("which layer it comes from isn't known")
    packed = bool(applied.arguments) and isinstance(applied.arguments[0], PackedSequence)
    if not packed and not is_bidirectional(applied) and is_padded(event.array.shape.dims[event.axis]):
        return _behind_padding(replay, event)
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


def _behind_padding(replay: Replay, event: ElementTaken) -> Shown:
    """By how much what is taken changes when more padding follows."""
    call = event.call
    assert call is not None
    calls = _of_layers(replay, event.array)
    if not calls:
        raise NotRebuilt("where the padding comes from isn't known")
    taken = replay.bind(replay.text(call), "taken")
    replay.claim = len(replay.lines) - 1
    padded = calls[0].args[1]
    if not isinstance(padded, Array) or padded.shape.open:
        raise NotRebuilt("where the padding comes from isn't known")
    sides = ", ".join(["0, 0"] * (len(padded.shape.axes) - 1 - event.axis) + [f"0, {_MORE}"])
    replay.imports.add("torch")
    more = replay.bind(("torch.nn.functional.pad(", *replay.value(padded, calls[0]), f", ({sides}))"), "more")
    for other in calls:
        replay.placed[id(other.args[1])] = more
        more = replay.bind((*replay.text(other), *(("[0]",) if other is calls[-1] else ())), "more")
    replay.placed[id(event.array)] = more
    later = replay.bind(replay.text(call), "later")
    return (replay.bind((f"({later} - {taken}).abs().max()",), "change"),), "padding"


def _of_layers(replay: Replay, tensor: Array) -> list[Call]:
    """The calls of layers that have made an RNN's output of padded sequences, in order."""
    calls: list[Call] = []
    while len(calls) < 10:
        origin = replay.origins.of(tensor)
        given = None if origin is None or len(origin[0].args) < 2 else origin[0].args[1]
        if origin is None or not origin[0].path.endswith(".__call__") or not isinstance(given, Array):
            break
        calls.insert(0, origin[0])
        tensor = given
    return calls


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


def keras_last_step(rebuild: Rebuild, event: ElementTaken, finding: Finding) -> None:
    """What was taken of a layer of Keras, beside what the same layer gives without return_sequences=True."""
    applied = event.array.producer
    if not isinstance(applied, LayerApplied) or len(applied.inputs) != 1 or applied.states is not None:
        raise NotRebuilt("which layer it comes from isn't known")
    rebuild.declares = True
    source = rebuild.tensor(applied.inputs[0])
    first = rebuild.add(graph_steps.Make, rebuild.layer(_answering(applied.layer, TRUE)))
    steps_of = rebuild.add(graph_steps.Reuse, first, source)
    second = rebuild.add(graph_steps.Make, rebuild.layer(_answering(applied.layer, FALSE)))
    answer = rebuild.add(graph_steps.Reuse, second, source)
    rebuild.add(code_steps.SameWeights, first, target=second)
    model = rebuild.add(steps.Functional, tuple(number for number, _ in rebuild.inputs), (steps_of, answer))
    data = tuple(rebuild.add(code_steps.Varied, _lengths(tensor), tensor.dtype == "int") for _, tensor in rebuild.inputs)
    if all(isinstance(dim, int) and dim <= SHORT for _, tensor in rebuild.inputs for dim in _lengths(tensor)[1:2]):
        rebuild.add(steps.Compile, "mean_squared_error", True, target=model)
    both = rebuild.add(steps.Predict, model, data, "", (), True)
    outputs, last = (rebuild.add(steps.Pick, both, at) for at in (0, 1))
    taken = rebuild.claim = rebuild.add(code_steps.TakeLast, outputs, event.axis)
    rebuild.add(code_steps.Agree, taken, last)


def _answering(layer: Layer, sequences: Const) -> Layer:
    """The layer with this value of return_sequences, and without its states."""
    inner = layer.config.get("layer")
    if isinstance(inner, Layer):
        return Layer(layer.path, {**layer.config, "layer": _answering(inner, sequences)}, layer.site)
    return Layer(layer.path, {**layer.config, "return_sequences": sequences, "return_state": FALSE}, layer.site)


def _lengths(tensor: Array) -> steps.Lengths:
    """The shape of a few samples for an input."""
    return (_SAMPLES, *(_SAMPLES if is_open(dim) else dim for dim in tensor.shape.dims[1:]))
