"""Recurrent layers, their cells, and the wrappers of recurrent layers."""

from __future__ import annotations

from lstmlint.library.keras.axes import is_open, with_rank
from lstmlint.library.keras.convolution import convolved
from lstmlint.library.keras.specs import SPECS, Applier, Outcome, Structure, general
from lstmlint.shapes.dims import Dim, differ
from lstmlint.shapes.shape import Axis, Meaning, Shape, Violation, unknown_dim
from lstmlint.values.base import MISSING, Const, Value, dim_of, is_none
from lstmlint.values.code import Class, Function, Instance
from lstmlint.values.data import Array, items_of
from lstmlint.values.memory import memory
from lstmlint.values.network import Layer, plain

RECURRENT = frozenset(
    f"keras.layers.{name}"
    for name in ["LSTM", "GRU", "SimpleRNN", "RNN", "CuDNNLSTM", "CuDNNGRU", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"]
)
"""The recurrent layers themselves."""

_WEIGHTS = "kernel_initializer recurrent_initializer bias_initializer"
_REGULARIZERS = "kernel_regularizer recurrent_regularizer bias_regularizer"
_CONSTRAINTS = "kernel_constraint recurrent_constraint bias_constraint dropout recurrent_dropout"
_MODES = "return_sequences return_state go_backwards stateful unroll"


def recurrent_layer(value: Value) -> Layer | None:
    """The recurrent layer that `value` is, or that it wraps (Bidirectional)."""
    if not isinstance(value, Layer):
        return None
    if value.path in RECURRENT:
        return value
    return recurrent_layer(value.config.get("layer", MISSING)) if value.kind == "Bidirectional" else None


@general(
    "LSTM",
    f"units activation recurrent_activation use_bias {_WEIGHTS} unit_forget_bias {_REGULARIZERS} activity_regularizer "
    f"{_CONSTRAINTS} seed {_MODES} use_cudnn",
    rank=3,
    features=-1,
)
@general(
    "CuDNNLSTM",
    f"units {_WEIGHTS} unit_forget_bias {_REGULARIZERS} activity_regularizer kernel_constraint recurrent_constraint "
    "bias_constraint return_sequences return_state stateful",
    rank=3,
    features=-1,
)
def lstm(layer: Layer, inputs: tuple[Shape, ...], applier: Applier) -> Outcome:
    """keras.io: (batch, time, features) to (batch, units), or to (batch, time, units) with return_sequences; states h and c."""
    return _over_time(layer, inputs[0], layer.length("units"), [layer.length("units")] * 2)


@general(
    "GRU",
    f"units activation recurrent_activation use_bias {_WEIGHTS} {_REGULARIZERS} activity_regularizer {_CONSTRAINTS} "
    f"seed {_MODES} reset_after use_cudnn",
    rank=3,
    features=-1,
)
@general(
    "CuDNNGRU",
    f"units {_WEIGHTS} {_REGULARIZERS} activity_regularizer kernel_constraint recurrent_constraint bias_constraint "
    "return_sequences return_state stateful",
    rank=3,
    features=-1,
)
@general(
    "SimpleRNN",
    f"units activation use_bias {_WEIGHTS} {_REGULARIZERS} activity_regularizer {_CONSTRAINTS} {_MODES} seed",
    rank=3,
    features=-1,
)
def gru(layer: Layer, inputs: tuple[Shape, ...], applier: Applier) -> Outcome:
    """keras.io: as LSTM, with one state."""
    return _over_time(layer, inputs[0], layer.length("units"), [layer.length("units")])


def _over_time(layer: Layer, x: Shape, units: Dim, states: list[Dim]) -> Outcome:
    batch, time = x.axes[:2]
    violation = _batch_size(layer, batch)
    feature = Axis(units, Meaning.FEATURE)
    output = _sequence_or_last(layer, batch, Axis(time.dim, Meaning.TIME), (feature,))
    return _with_states(layer, output, tuple(Shape((batch, Axis(state, Meaning.FEATURE))) for state in states)), violation


def _batch_size(layer: Layer, batch: Axis) -> Violation | None:
    if layer.flag("stateful") and is_open(batch.dim):
        return Violation("stateful", "a stateful layer needs a fixed batch size", batch.dim)
    return None


def _sequence_or_last(layer: Layer, batch: Axis, time: Axis, rest: tuple[Axis, ...]) -> Shape:
    sequences = layer.flag("return_sequences")
    if sequences is None:
        return Shape(rest, True)
    return Shape((batch, time, *rest) if sequences else (batch, *rest))


def _with_states(layer: Layer, output: Shape, states: tuple[Structure, ...]) -> Structure:
    wanted = layer.flag("return_state")
    if wanted is None:
        return None
    return (output, *states) if wanted else output


@general("LSTMCell", f"units activation recurrent_activation use_bias {_WEIGHTS}", features=-1)
@general("GRUCell", f"units activation recurrent_activation use_bias {_WEIGHTS}", features=-1)
@general("SimpleRNNCell", f"units activation use_bias {_WEIGHTS}", features=-1)
@general("StackedRNNCells", "cells", features=-1)
def cell(layer: Layer, inputs: tuple[Shape, ...], applier: Applier) -> Outcome:
    """keras.io: one step of a recurrent layer: its output, and the new states in the structure of those given."""
    cells, x, states = _cells(layer), inputs[0], applier.keywords.get("states")
    if cells is None or states is None or any(one.kind not in _OWN_CELLS for one in cells) or x.rank != 2:
        return None, None
    parts = [states] if layer.kind != "StackedRNNCells" else _parts(states)
    if parts is None or len(parts) != len(cells):
        return None, None
    fresh = tuple(_one_step(one, x.axes[0], part) for one, part in zip(cells, parts))
    output = Shape((x.axes[0], Axis(cells[-1].length("units"), Meaning.FEATURE)))
    return (output, fresh[0] if len(fresh) == 1 else fresh), None


def _one_step(cell: Layer, batch: Axis, states: Value) -> Structure:
    state = Shape((batch, Axis(cell.length("units"), Meaning.FEATURE)))
    if cell.kind == "LSTMCell":
        return (state, state)
    return (state,) if _parts(states) is not None else state if isinstance(plain(states), Array) else None


def _parts(value: Value) -> tuple[Value, ...] | None:
    items = items_of(plain(value))
    return None if items is None else items.known


_OWN_CELLS = frozenset(["LSTMCell", "GRUCell", "SimpleRNNCell"])
TAKES_STATES = frozenset(f"keras.layers.{name}" for name in (*_OWN_CELLS, "StackedRNNCells"))
"""The layers whose second argument are the states before this step."""


def _cells(value: Value) -> list[Layer] | None:
    """The cells in order; None where they are not all known."""
    value = plain(value)
    if isinstance(value, Layer):
        return _cells(value.config.get("cells", MISSING)) if value.kind == "StackedRNNCells" else [value]
    items = items_of(value)
    if items is None or not items.known:
        return None
    parts = [_cells(item) for item in items.known]
    return None if any(part is None for part in parts) else [one for part in parts for one in part or ()]


def _known_cells(layer: Layer) -> list[Layer] | None:
    """The cells of a layer, where they are all Keras's own."""
    cells = _cells(layer.config.get("cell", MISSING))
    own = cells is not None and all(cell.kind in _OWN_CELLS for cell in cells)
    return cells if own else None


def _cell_features(layer: Layer) -> int | None:
    return None if _known_cells(layer) is None else -1


@general("RNN", f"cell {_MODES} zero_output_for_mask", features=_cell_features)
def rnn(layer: Layer, inputs: tuple[Shape, ...], applier: Applier) -> Outcome:
    """keras.io: its cell over time; with several cells, each has its states."""
    x = inputs[0]
    cells = _known_cells(layer)
    if cells is None:
        return _of_own_cell(layer, x, applier)
    argument = plain(layer.config.get("cell", MISSING))
    single = isinstance(argument, Layer) and argument.kind != "StackedRNNCells"
    if memory.keras != 2 and x.rank is not None and x.rank > 3 and all(one.kind == "SimpleRNNCell" for one in cells):
        beside, batch = x.axes[-2].dim, x.axes[0].dim
        if not differ(beside, 1) or not (is_open(batch) or differ(beside, batch)):
            # It adds its state, and what comes out has neither the rank nor the lengths that Keras says.
            return None, None
    # Keras does not check the rank itself here, but the other cells fail on every other one.
    fitted, violation = with_rank(x, 3)
    outcome, other = _of_cells(layer, fitted, cells, single)
    return outcome, violation or other


def _of_own_cell(layer: Layer, x: Shape, applier: Applier) -> Outcome:
    """A cell that the program defines says itself how long its states and its output are."""
    cell = plain(layer.config.get("cell", MISSING))
    if not isinstance(cell, Instance) or not x.axes or x.rank is None or x.rank < 3 or not applier.interprets:
        return None, None
    states = _member(cell, "state_size", applier)
    sizes = [dim_of(plain(part)) for part in _parts(states) or (states,)]
    output = _member(cell, "output_size", applier)
    units = sizes[0] if output is MISSING else dim_of(plain(output))
    if units is None or any(size is None for size in sizes):
        return None, None
    batch, time = x.axes[:2]
    shape = _sequence_or_last(layer, batch, Axis(time.dim, Meaning.TIME), (Axis(units, Meaning.FEATURE),))
    known = tuple(Shape((batch, Axis(size, Meaning.FEATURE))) for size in sizes if size is not None)
    return _with_states(layer, shape, known), None


def _member(cell: Instance, name: str, applier: Applier) -> Value:
    """What the program gives a cell as attribute or property `name`; MISSING if it gives none."""
    own = cell.fields.get(name)
    if own is not MISSING:
        return plain(own)
    for cls in cell.cls.ancestors():
        found = cls.namespace.get(name) if isinstance(cls, Class) else MISSING
        if isinstance(found, Function):
            return plain(applier.caller.call(Function(found.name, found.code, cell), []))
        if found is not MISSING:
            return plain(found)
    return MISSING


def _of_cells(layer: Layer, x: Shape, cells: list[Layer], single: bool) -> Outcome:
    batch, time = x.axes[:2]
    states = tuple(_cell_states(cell, batch) for cell in cells)
    output = _sequence_or_last(
        layer, batch, Axis(time.dim, Meaning.TIME), (Axis(cells[-1].length("units"), Meaning.FEATURE),)
    )
    if single and isinstance(states[0], tuple):
        states = states[0]
    return _with_states(layer, output, states), _batch_size(layer, batch)


def _cell_states(cell: Layer, batch: Axis) -> Structure:
    state = Shape((batch, Axis(cell.length("units"), Meaning.FEATURE)))
    return (state, state) if cell.kind == "LSTMCell" else state


_CONV_LSTM = (
    "filters kernel_size strides padding data_format dilation_rate activation recurrent_activation use_bias "
    f"{_WEIGHTS} unit_forget_bias {_REGULARIZERS} activity_regularizer {_CONSTRAINTS} seed {_MODES}".removesuffix(" unroll")
)


def _conv_lstm(rank: int) -> None:
    def features(layer: Layer) -> int | None:
        return {"channels_last": -1, "channels_first": 2}.get(layer.text("data_format", "channels_last") or "")

    @general(f"ConvLSTM{rank}D", _CONV_LSTM, rank=rank + 3, features=features)
    def conv_lstm(layer: Layer, inputs: tuple[Shape, ...], applier: Applier) -> Outcome:
        """keras.io: as LSTM, each step a convolution of (…spatial, channels)."""
        batch, time, *rest = inputs[0].axes
        step, violation = convolved(layer, Shape((batch, *rest)))
        violation = violation or _batch_size(layer, batch)
        if violation is None and memory.keras != 2 and any(is_open(axis.dim) for axis in rest):
            violation = Violation("size", "needs fixed lengths on all axes but batch and time", inputs[0])
        output = _sequence_or_last(layer, batch, Axis(time.dim, Meaning.TIME), step.axes[1:])
        return _with_states(layer, output, (step, step)), violation


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
