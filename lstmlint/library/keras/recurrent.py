"""Recurrent layers and the wrappers of recurrent layers."""

from __future__ import annotations

from lstmlint.library.keras.axes import is_open
from lstmlint.library.keras.convolution import convolved
from lstmlint.library.keras.specs import SPECS, Applier, Outcome, Structure, general
from lstmlint.shapes.dims import Dim
from lstmlint.shapes.shape import Axis, Meaning, Shape, Violation, unknown_dim
from lstmlint.values.base import MISSING, Const, Value, is_none
from lstmlint.values.memory import memory
from lstmlint.values.network import Layer

RECURRENT = frozenset(
    f"keras.layers.{name}"
    for name in ["LSTM", "GRU", "SimpleRNN", "RNN", "CuDNNLSTM", "CuDNNGRU", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"]
)
"""The recurrent layers themselves."""

WEIGHTS = "kernel_initializer recurrent_initializer bias_initializer"
_REGULARIZERS = "kernel_regularizer recurrent_regularizer bias_regularizer"
_CONSTRAINTS = "kernel_constraint recurrent_constraint bias_constraint dropout recurrent_dropout"
MODES = "return_sequences return_state go_backwards stateful unroll"


def recurrent_layer(value: Value) -> Layer | None:
    """The recurrent layer that `value` is, or that it wraps (Bidirectional)."""
    if not isinstance(value, Layer):
        return None
    if value.path in RECURRENT:
        return value
    return recurrent_layer(value.config.get("layer", MISSING)) if value.kind == "Bidirectional" else None


@general(
    "LSTM",
    f"units activation recurrent_activation use_bias {WEIGHTS} unit_forget_bias {_REGULARIZERS} activity_regularizer "
    f"{_CONSTRAINTS} seed {MODES} use_cudnn",
    rank=3,
    features=-1,
)
@general(
    "CuDNNLSTM",
    f"units {WEIGHTS} unit_forget_bias {_REGULARIZERS} activity_regularizer kernel_constraint recurrent_constraint "
    "bias_constraint return_sequences return_state stateful",
    rank=3,
    features=-1,
)
def lstm(layer: Layer, inputs: tuple[Shape, ...], applier: Applier) -> Outcome:
    """keras.io: (batch, time, features) to (batch, units), or to (batch, time, units) with return_sequences; states h and c."""
    return _over_time(layer, inputs[0], layer.length("units"), [layer.length("units")] * 2)


@general(
    "GRU",
    f"units activation recurrent_activation use_bias {WEIGHTS} {_REGULARIZERS} activity_regularizer {_CONSTRAINTS} "
    f"seed {MODES} reset_after use_cudnn",
    rank=3,
    features=-1,
)
@general(
    "CuDNNGRU",
    f"units {WEIGHTS} {_REGULARIZERS} activity_regularizer kernel_constraint recurrent_constraint bias_constraint "
    "return_sequences return_state stateful",
    rank=3,
    features=-1,
)
@general(
    "SimpleRNN",
    f"units activation use_bias {WEIGHTS} {_REGULARIZERS} activity_regularizer {_CONSTRAINTS} {MODES} seed",
    rank=3,
    features=-1,
)
def gru(layer: Layer, inputs: tuple[Shape, ...], applier: Applier) -> Outcome:
    """keras.io: as LSTM, with one state."""
    return _over_time(layer, inputs[0], layer.length("units"), [layer.length("units")])


def _over_time(layer: Layer, x: Shape, units: Dim, states: list[Dim]) -> Outcome:
    batch, time = x.axes[:2]
    violation = batch_size_needed(layer, batch)
    feature = Axis(units, Meaning.FEATURE)
    output = sequence_or_last(layer, batch, Axis(time.dim, Meaning.TIME), (feature,))
    return with_states(layer, output, tuple(Shape((batch, Axis(state, Meaning.FEATURE))) for state in states)), violation


def batch_size_needed(layer: Layer, batch: Axis) -> Violation | None:
    """A stateful layer has states for a fixed number of samples."""
    if layer.flag("stateful") and is_open(batch.dim):
        return Violation("stateful", "a stateful layer needs a fixed batch size", batch.dim)
    return None


def sequence_or_last(layer: Layer, batch: Axis, time: Axis, rest: tuple[Axis, ...]) -> Shape:
    """The output of all steps, or that of the last one."""
    sequences = layer.flag("return_sequences")
    if sequences is None:
        return Shape(rest, True)
    return Shape((batch, time, *rest) if sequences else (batch, *rest))


def with_states(layer: Layer, output: Shape, states: tuple[Structure, ...]) -> Structure:
    """An output, and the states where they are asked for."""
    wanted = layer.flag("return_state")
    if wanted is None:
        return None
    return (output, *states) if wanted else output


_CONV_LSTM = (
    "filters kernel_size strides padding data_format dilation_rate activation recurrent_activation use_bias "
    f"{WEIGHTS} unit_forget_bias {_REGULARIZERS} activity_regularizer {_CONSTRAINTS} seed {MODES}".removesuffix(" unroll")
)


def _conv_lstm(rank: int) -> None:
    def features(layer: Layer) -> int | None:
        return {"channels_last": -1, "channels_first": 2}.get(layer.text("data_format", "channels_last") or "")

    @general(f"ConvLSTM{rank}D", _CONV_LSTM, rank=rank + 3, features=features)
    def conv_lstm(layer: Layer, inputs: tuple[Shape, ...], applier: Applier) -> Outcome:
        """keras.io: as LSTM, each step a convolution of (…spatial, channels)."""
        batch, time, *rest = inputs[0].axes
        step, violation = convolved(layer, Shape((batch, *rest)))
        violation = violation or batch_size_needed(layer, batch)
        if violation is None and memory.keras != 2 and any(is_open(axis.dim) for axis in rest):
            violation = Violation("size", "needs fixed lengths on all axes but batch and time", inputs[0])
        output = sequence_or_last(layer, batch, Axis(time.dim, Meaning.TIME), step.axes[1:])
        return with_states(layer, output, (step, step)), violation


for _rank in (1, 2, 3):
    _conv_lstm(_rank)


def _inner_rank(layer: Layer) -> int | None:
    inner = recurrent_layer(layer)
    return None if inner is None else SPECS[inner.path].needed_rank(inner)


def _inner_features(layer: Layer) -> int | None:
    inner = recurrent_layer(layer)
    return None if inner is None else SPECS[inner.path].feature_axis(inner)


@general("Bidirectional", "layer merge_mode weights backward_layer", rank=_inner_rank, features=_inner_features)
def bidirectional(layer: Layer, inputs: tuple[Shape, ...], applier: Applier) -> Outcome:
    """keras.io: both directions, merged (by default concatenated: the feature axis doubles); states of both."""
    inner = recurrent_layer(layer)
    if inner is None:
        return None, None
    structure, violation = SPECS[inner.path].compute(inner, inputs, applier)
    if structure is None:
        return None, violation
    output, states = (structure, ()) if isinstance(structure, Shape) else (structure[0], structure[1:])
    if not isinstance(output, Shape):
        return None, violation
    both = _merged(layer, output)
    if both is None:
        return None, violation
    return (both[0] if len(both) == 1 and not states else (*both, *states, *states)), violation


def _merged(layer: Layer, output: Shape) -> tuple[Structure, ...] | None:
    mode = layer.config.get("merge_mode", Const("concat"))
    if is_none(mode):
        return (output, output)
    if mode == Const("concat"):
        return (output.with_last(output.axes[-1].dim * 2),)
    return (output,) if mode in (Const("sum"), Const("mul"), Const("ave")) else None


@general("TimeDistributed", "layer", least=3)
def time_distributed(layer: Layer, inputs: tuple[Shape, ...], applier: Applier) -> Outcome:
    """keras.io: a layer applied to each step of (batch, time, …)."""
    x = inputs[0]
    if x.open:
        child, time = Shape(x.axes[-1:], True), Axis(unknown_dim(lower=1), Meaning.TIME)
    else:
        child, time = Shape((x.axes[0], *x.axes[2:])), Axis(x.axes[1].dim, Meaning.TIME)
    output = applier.apply_inner(layer, layer.config.get("layer", MISSING), child)
    if isinstance(output, tuple):
        return None, Violation("size", "expects a layer of one output, and the one that it wraps has several", x)
    if output is None:
        return Shape((), True), None
    if output.open:
        return Shape(output.axes[-1:], True), None
    return (Shape((output.axes[0], time, *output.axes[1:])) if output.axes else Shape((), True)), None
