"""LSTM, GRU and RNN, and their cells."""
from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from lstmlint.library.binding import carried
from lstmlint.library.torch.packed import LONGEST, PackedSequence
from lstmlint.library.torch.specs import (
    Outcome,
    Use,
    axis_of_unknown,
    decided,
    general,
    no_tensor,
    unfit_rank,
    width,
    wrong_features,
)
from lstmlint.library.torch.tensors import operand, tensor
from lstmlint.shapes.dims import Dim, at_least, differ
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Meaning, Shape, Violation, shapes_differ, unknown_dim
from lstmlint.values.base import Value, constant_int, integer, is_none
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, ListObject, Tuple, items_of, tuple_of
from lstmlint.values.knowledge import REFINED, weakest
from lstmlint.values.memory import memory
from lstmlint.values.network import Layer

_COMMON = "batch_first=False dropout=0.0 bidirectional=False"


@dataclass(frozen=True, slots=True)
class _Sizes:
    """The lengths that a recurrent layer has: of what it takes, of its states, of one direction of its output."""

    features: Dim
    hidden: Dim
    out: Dim
    layers: Dim
    directions: int

    @staticmethod
    def of(layer: Layer) -> _Sizes:
        hidden = width(layer, "hidden_size")
        directions = 2 if decided(layer.given("bidirectional")) else 1
        return _Sizes(width(layer, "input_size"), hidden, _projected(layer, hidden), width(layer, "num_layers", 1), directions)

    @property
    def stacked(self) -> Dim:
        """The length of the first axis of a state."""
        return self.layers * self.directions


def _projected(layer: Layer, hidden: Dim) -> Dim:
    given = layer.given("proj_size")
    if given is None or constant_int(given) == 0:
        return hidden
    return layer.length("proj_size") if constant_int(given) is not None else layer.unknown_length("output size")


@general("LSTM", f"input_size hidden_size num_layers=1 bias=True {_COMMON} proj_size=0 device=None dtype=None")
@general("GRU", f"input_size hidden_size num_layers=1 bias=True {_COMMON} device=None dtype=None")
@general("RNN", f"input_size hidden_size num_layers=1 nonlinearity='tanh' bias=True {_COMMON} device=None dtype=None")
def recurrent(use: Use) -> Outcome:
    """pytorch.org/docs: (output, h_n), of LSTM (output, (h_n, c_n)); the states keep (layers·directions, batch, hidden)."""
    value, hx = use.argument(0, "input"), use.argument(1, "hx")
    sizes = _Sizes.of(use.layer)
    if isinstance(value, PackedSequence):
        return _over_packed(use.layer, sizes, value, hx)
    x = operand(value)
    if x is None:
        inputs, _, violation = no_tensor(value)
        return inputs, _answer(use.layer, sizes, tensor(Shape((_feature(sizes),), True), "float"), UNKNOWN_SHAPE), violation
    batch_first = use.layer.flag("batch_first")
    violation = _input_fault(sizes, x.shape, (2, 3))
    if violation is not None and violation.kind == "rank":
        output = tensor(Shape((_feature(sizes),), True), "float", x)
        return (x,), _answer(use.layer, sizes, output, UNKNOWN_SHAPE), violation
    if violation is None:
        _tells(use.caller, x, sizes.features)
    whole = _refined(use.caller, value, x, sizes)
    batch = _batch_of(whole.shape, batch_first)
    states, fault = _given_states(use.layer, sizes, hx, _batch_of(x.shape, batch_first))
    violation = fault if fault is not None and violation is None else violation
    if violation is not None and whole.shape.rank == 2:
        # Whoever mends this gives it a batch: what one sequence would have given says nothing of that.
        output = tensor(Shape((_feature(sizes),), True), "float", x)
        return (x, *states), _answer(use.layer, sizes, output, UNKNOWN_SHAPE), violation
    output = tensor(_output_shape(sizes, whole.shape, batch_first), "float", x)
    answer = carried(_answer(use.layer, sizes, output, batch), [whole])
    return (x, *states), cast(Value, answer), violation


def _tells(caller: Caller, x: Array, features: Dim) -> None:
    """The features of what comes are from here on known to be those that the layer takes."""
    last = x.shape.axis(-1)
    if last is not None:
        caller.refine(integer(last.dim), integer(features))


def _refined(caller: Caller, value: Value, x: Array, sizes: _Sizes) -> Array:
    """What is known of the input once it has been used: three axes (for which it may be wrong: a single sequence has two)."""
    if x.shape.rank is not None:
        return x
    known = x.shape.axes[:-1]
    lengths = [Axis(axis_of_unknown(value, at)) for at in range(2 - len(known))]
    whole = Array(Shape((*lengths, *known, Axis(sizes.features, Meaning.FEATURE))), "torch", x.dtype, x.producer, known=REFINED)
    memory.weakened = True
    caller.refine(value, whole)
    return whole


def _over_packed(layer: Layer, sizes: _Sizes, packed: PackedSequence, hx: Value) -> Outcome:
    padded = packed.padded
    if padded.shape.rank is None and len(padded.shape.axes) < 3:
        # What an RNN takes packed has three axes.
        front = Axis(unknown_dim("batch", lower=1), Meaning.BATCH), Axis(unknown_dim("longest", LONGEST, lower=1), Meaning.TIME)
        features = padded.shape.axes[-1:] or (Axis(sizes.features, Meaning.FEATURE),)
        padded = replace(padded, shape=Shape((*front, *features)), known=weakest(padded.known, REFINED))
        memory.weakened = True
    violation = _input_fault(sizes, padded.shape, (3,))
    batch = _batch_of(padded.shape, True) if violation is None or violation.kind != "rank" else UNKNOWN_SHAPE
    # One tensor with both states passes if the sequences had to be sorted.
    states, fault = ((), None) if isinstance(hx, Array) and layer.kind == "LSTM" else _given_states(layer, sizes, hx, batch)
    output = tensor(_output_shape(sizes, padded.shape, True), "float", padded)
    shown = padded
    if layer.flag("batch_first") is False and padded.shape.rank == 3:
        # Rules see it in the layout that the layer has.
        first, second, last = padded.shape.axes
        shown = Array(Shape((second, first, last)), "torch", padded.dtype, padded.producer, padded.source, padded.known)
    answer = cast(Value, carried(_answer(layer, sizes, packed.with_padded(replace(output, known=padded.known)), batch), [padded]))
    return (shown, *states), answer, violation if violation is not None else fault


def _input_fault(sizes: _Sizes, x: Shape, ranks: tuple[int, ...]) -> Violation | None:
    violation, last = unfit_rank(x, *ranks), x.axis(-1)
    if violation is not None or last is None:
        return violation
    return wrong_features(last.dim, sizes.features) if differ(last.dim, sizes.features) else None


def _feature(sizes: _Sizes) -> Axis:
    return Axis(sizes.out * sizes.directions, Meaning.FEATURE)


def _batch_of(x: Shape, batch_first: bool | None) -> Shape:
    """The axes that states have between the first and the last: the batch, or none for one sequence."""
    if x.rank is None:
        return UNKNOWN_SHAPE
    if x.rank != 3:
        return Shape(())
    if batch_first is None:
        return Shape((Axis(unknown_dim("batch", lower=1), Meaning.BATCH),))
    return Shape((Axis(x.axes[0 if batch_first else 1].dim, Meaning.BATCH),))


def _output_shape(sizes: _Sizes, x: Shape, batch_first: bool | None) -> Shape:
    if x.rank is None:
        return Shape((_feature(sizes),), True)
    if x.rank == 3 and batch_first is not None:
        meanings = (Meaning.BATCH, Meaning.TIME) if batch_first else (Meaning.TIME, Meaning.BATCH)
        return Shape((*(Axis(axis.dim, meaning) for axis, meaning in zip(x.axes, meanings)), _feature(sizes)))
    if x.rank == 2:
        return Shape((Axis(x.axes[0].dim, Meaning.TIME), _feature(sizes)))
    return Shape((*(Axis(axis.dim) for axis in x.axes[:-1]), _feature(sizes)))


def _state(sizes: _Sizes, length: Dim, batch: Shape) -> Shape:
    """What a state is for this batch; `batch` open: only the last axis is known."""
    last = Axis(length, Meaning.FEATURE)
    return Shape((last,), True) if batch.open else Shape((Axis(sizes.stacked, Meaning.LAYERS), *batch.axes, last))


def _state_lengths(layer: Layer, sizes: _Sizes) -> tuple[Dim, ...]:
    return (sizes.out, sizes.hidden) if layer.kind == "LSTM" else (sizes.out,)


def _answer(layer: Layer, sizes: _Sizes, output: Value, batch: Shape) -> Value:
    states = [tensor(_state(sizes, length, batch), "float") for length in _state_lengths(layer, sizes)]
    return tuple_of(output, tuple_of(*states) if layer.kind == "LSTM" else states[0])


def _given_states(layer: Layer, sizes: _Sizes, hx: Value, batch: Shape) -> tuple[tuple[Array, ...], Violation | None]:
    """The initial states of a call, and what is wrong with them."""
    if is_none(hx):
        return (), None
    lengths = _state_lengths(layer, sizes)
    needed = [_state(sizes, length, batch) for length in lengths]
    if layer.kind != "LSTM":
        if isinstance(hx, (Tuple, ListObject)):
            return (), Violation("state", f"expects one state, got a {hx.type_path}", None, needed[0])
        states = [operand(hx)]
    elif isinstance(hx, (Tuple, ListObject)):
        items = items_of(hx)
        if items is None or items.known is None:
            return (), None
        if len(items.known) < 2 or (len(items.known) > 2 and len(batch.axes) == 1):
            return (), Violation("state", f"expects two states, got {len(items.known)}", None, needed[0])
        states = [operand(item) for item in items.known[:2]]
    elif isinstance(hx, Array) and not batch.open:
        if batch.axes or not _holds_two(hx.shape):
            return (hx,), Violation("state", "expects a tuple of two states, got one tensor", hx.shape, needed[0])
        # For one sequence, its first two elements pass for the two states.
        states = [tensor(Shape(hx.shape.axes[1:], hx.shape.open), hx.dtype, hx)] * (0 if hx.shape.open else 2)
    else:
        return (), None
    known = tuple(state for state in states if state is not None)
    if len(known) != len(lengths):
        return known, None
    if batch.open:
        needed = [_for_any_batch(sizes, length, state) for length, state in zip(lengths, known)]
    return known, next((fault for fault in map(_state_fault, known, needed) if fault is not None), None)


def _holds_two(x: Shape) -> bool:
    """Whether the first two elements of a tensor may be the states for one sequence."""
    return x.rank is None or (x.rank == 3 and not at_least(1, x.axes[0].dim))


def _for_any_batch(sizes: _Sizes, length: Dim, state: Array) -> Shape:
    """What a state of this rank is, whether the input is a batch or one sequence."""
    if state.shape.rank not in (2, 3):
        return _state(sizes, length, UNKNOWN_SHAPE)
    between = [Axis(unknown_dim("batch", lower=1), Meaning.BATCH)] * (state.shape.rank - 2)
    return _state(sizes, length, Shape(tuple(between)))


def _state_fault(state: Array, needed: Shape) -> Violation | None:
    if not shapes_differ(state.shape, needed):
        return None
    return Violation("state", f"a state of shape {state.shape} where {needed} is needed", state.shape, needed)


@general("LSTMCell", "input_size hidden_size bias=True device=None dtype=None")
@general("GRUCell", "input_size hidden_size bias=True device=None dtype=None")
@general("RNNCell", "input_size hidden_size bias=True nonlinearity='tanh' device=None dtype=None")
def cell(use: Use) -> Outcome:
    """pytorch.org/docs: one step: the state, of LSTMCell (h, c), for a batch or for one sample."""
    value, hx = use.argument(0, "input"), use.argument(1, "hx")
    features, hidden = width(use.layer, "input_size"), width(use.layer, "hidden_size")
    count = 2 if use.layer.kind == "LSTMCell" else 1
    feature = Axis(hidden, Meaning.FEATURE)
    x = operand(value)
    if x is None:
        inputs, _, violation = no_tensor(value)
        return inputs, _cell_answer(count, Shape((feature,), True)), violation
    violation = unfit_rank(x.shape, 1, 2)
    if violation is not None:
        return (x,), _cell_answer(count, Shape((feature,), True)), violation
    last = x.shape.axis(-1)
    if last is not None and differ(last.dim, features):
        violation = wrong_features(last.dim, features)
    else:
        _tells(use.caller, x, features)
    state = Shape((*x.shape.axes[:-1], feature), x.shape.open)
    given, fault = _cell_states(use.layer, hx, count, state)
    return (x, *given), _cell_answer(count, state), violation if violation is not None else fault


def _cell_answer(count: int, state: Shape) -> Value:
    made = tensor(state, "float")
    return made if count == 1 else tuple_of(made, made)


def _cell_states(layer: Layer, hx: Value, count: int, needed: Shape) -> tuple[tuple[Array, ...], Violation | None]:
    if is_none(hx):
        return (), None
    items = items_of(hx)
    if items is not None and count == 1:
        return (), Violation("state", f"expects one state, got a {hx.type_path}", None, needed)
    if items is not None and items.known is None:
        return (), None
    if items is not None and items.known is not None and len(items.known) != 2:
        return (), Violation("state", f"expects two states, got {len(items.known)}", None, needed)
    values = items.known if items is not None else (hx,) if count == 1 else None
    if values is None and isinstance(hx, Array):
        return (), Violation("state", f"expects a tuple of two states, got one tensor {hx.shape}", hx.shape)
    states = [] if values is None or items is not None and items.known is None else [operand(value) for value in values or ()]
    known = tuple(state for state in states if state is not None)
    if len(known) != count:
        return known, None
    checked = [state for state in known if not _may_pass(state.shape, needed)]
    return known, next((fault for fault in map(_state_fault, checked, [needed] * count) if fault is not None), None)


def _may_pass(state: Shape, needed: Shape) -> bool:
    """Whether torch takes the first axis of a state with two axes for the features of the one sample that it gets."""
    return needed.rank == 1 and state.rank == 2 and not differ(state.axes[0].dim, needed.axes[0].dim)
