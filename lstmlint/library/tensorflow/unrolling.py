"""Recurrent networks of TensorFlow 1: cells run over the steps of a tensor (dynamic_rnn) or of a list (static_rnn)."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lstmlint.library.coerce import to_array
from lstmlint.library.keras.axes import is_open
from lstmlint.library.registry import attributes, models
from lstmlint.library.tensorflow.cells import (
    CELLS,
    output_of,
    state_fault,
    state_lengths,
    state_tensors,
    states_of,
    step,
    takes_matrices,
)
from lstmlint.shapes.dims import Dim
from lstmlint.shapes.shape import Axis, Meaning, Shape, Violation, unknown_dim
from lstmlint.trace import LayerApplied
from lstmlint.values.base import FALSE, MISSING, NONE, Const, Unknown, Value, dim_of, integer, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, Items, ListObject, Tuple, items_of, tuple_of
from lstmlint.values.knowledge import REFINED
from lstmlint.values.memory import memory
from lstmlint.values.network import Layer, plain


@dataclass(frozen=True, slots=True)
class Steps:
    """What a cell runs over: the tensor or tensors as they came, and its axes, each None where it is not known."""

    tensors: tuple[Array, ...]
    batch: Axis
    time: Axis
    features: Dim | None
    violation: Violation | None = None
    known: str = "derived"


def _unknown_axis(meaning: Meaning) -> Axis:
    return Axis(unknown_dim("?", lower=1), meaning)


def _of_tensor(caller: Caller, value: Value, time_major: bool | None) -> Steps:
    """The steps of one tensor (batch, time, features), or (time, batch, features)."""
    value = plain(value)
    batch, time = _unknown_axis(Meaning.BATCH), _unknown_axis(Meaning.TIME)
    items = items_of(value)
    if items is not None and items.known != () and _are_tensors(items):
        parts = tuple(part for part in items.known or (items.element,) if isinstance(part, Array))
        rank = parts[0].shape.rank
        fault = None
        if rank is not None and rank < 3:
            fault = Violation("type", f"takes one tensor, got a {value.type_path} of tensors {parts[0].shape}", parts[0].shape, 3)
        return Steps(parts, batch, time, None, fault)
    if isinstance(value, Unknown) and value.type is None:
        # Nothing else could be used: batch, time and features.
        whole = Array(Shape((batch, time, Axis(unknown_dim(lower=1)))), "graph", known=REFINED)
        memory.weakened = True
        caller.refine(value, whole)
        return Steps((whole,), batch, time, None, known=REFINED)
    x = to_array(value)
    if x.shape.rank is not None and x.shape.rank < 3:
        fault = Violation("rank", f"needs rank 3, got rank {x.shape.rank}", x.shape, 3)
        first = x.shape.axis(0)
        return Steps((x,), batch if first is None else Axis(first.dim, Meaning.BATCH), time, None, fault)
    last = x.shape.axis(-1)
    if x.shape.rank is not None and time_major is not None:
        first, second = x.shape.axes[:2]
        batch = Axis((second if time_major else first).dim, Meaning.BATCH)
        time = Axis((first if time_major else second).dim, Meaning.TIME)
    features = last.dim if last is not None and x.shape.rank in (None, 3) else None
    return Steps((x,), batch, time, features)


def _are_tensors(items: Items) -> bool:
    parts = items.known if items.known is not None else (items.element,)
    return all(isinstance(part, Array) and part.kind == "graph" for part in parts)


def _of_list(value: Value) -> Steps | None:
    """The steps of a list of tensors (batch, features); None where it is not known to be one."""
    value = plain(value)
    if isinstance(value, Array) and value.kind == "graph":
        words = f"takes a list with a tensor (batch, features) for each step, got one tensor {value.shape}"
        wrong = Violation("type", words, value.shape, None)
        return Steps((value,), _unknown_axis(Meaning.BATCH), _unknown_axis(Meaning.TIME), None, wrong)
    items = items_of(value)
    if items is None:
        return None
    fault: Violation | None = None
    first = plain(items.known[0] if items.known else items.element)
    x = first if isinstance(first, Array) else Array(Shape((), True), "graph")
    batch = Axis(x.shape.axes[0].dim, Meaning.BATCH) if x.shape.rank == 2 else _unknown_axis(Meaning.BATCH)
    last = x.shape.axis(-1)
    if x.shape.rank is not None and x.shape.rank != 2:
        fault = Violation("rank", f"needs a list of tensors (batch, features), got tensors {x.shape}", x.shape, 2)
    features = None if last is None or fault is not None else last.dim
    return Steps((x,), batch, Axis(items.length, Meaning.TIME), features, fault)


def _checked(cell: Value, steps: Steps, state: Value, dtype: Value) -> tuple[Dim | None, Violation | None, Layer | None]:
    """What a cell gives at each step, and the first thing that is wrong with how it is used."""
    violation: Violation | None = steps.violation
    at: Layer | None = None
    if violation is not None and violation.right == 2 and not takes_matrices(cell):
        # A cell of the program may take other steps.
        violation = None
    if violation is None and len(steps.tensors) == 1 and takes_matrices(cell):
        rank = steps.tensors[0].shape.rank
        if rank is not None and rank > 3:
            violation = Violation("rank", f"needs rank 3, got rank {rank}", steps.tensors[0].shape, 3)
    if violation is None and steps.features is not None and takes_matrices(cell) and is_open(steps.features):
        violation = Violation("size", "needs a number of features that is known when the graph is built, got ?", steps.features)
    out, fault, where = step(cell, steps.features)
    if violation is None and fault is not None:
        violation, at = fault, where
    if violation is None and is_none(state) and is_none(dtype):
        violation = Violation("state", "needs a dtype where it gets no initial_state", None, None)
    if violation is None and not is_none(state):
        violation = state_fault(state, states_of(cell), None if is_open(steps.batch.dim) else steps.batch.dim)
    return out, violation, at


def _sequence(steps: Steps, out: Dim | None, time_major: bool | None) -> Array:
    width = Axis(unknown_dim("?", lower=1) if out is None else out, Meaning.FEATURE)
    axes = (steps.time, steps.batch) if time_major else (steps.batch, steps.time)
    if time_major is None:
        axes = (_unknown_axis(Meaning.BATCH), _unknown_axis(Meaning.TIME))
        axes = tuple(Axis(axis.dim) for axis in axes)  # type: ignore[assignment]
    return Array(Shape((*axes, width)), "graph", "float")


def _given_state(cell: Value, state: Value, batch: Axis) -> Value:
    """The states after the last step: as those before the first, of a cell whose states are not known."""
    states = states_of(cell)
    return state_tensors(states, batch) if states is not None or is_none(state) else unknown()


def _applied(caller: Caller, layer: Layer, steps: Steps, output: Value, violation: Violation | None, state: Value) -> Value:
    given = tuple(_tensors_in(plain(state)))
    event = LayerApplied(caller.site, layer, (*steps.tensors[:1], *given), output, violation)
    event.output = _made_by(event, output, steps.known)
    caller.emit(event)
    return event.output


def _tensors_in(state: Value) -> Iterator[Array]:
    """The tensors of a state, which may be nested."""
    items = items_of(state)
    if isinstance(state, Array):
        yield state
    elif items is not None:
        for part in items.known or ():
            yield from _tensors_in(plain(part))


def _made_by(event: LayerApplied, value: Value, known: str) -> Value:
    if isinstance(value, Array):
        return replace(value, producer=event, known=known)
    if isinstance(value, Tuple) and value.items.known is not None:
        return Tuple(Items.of(_made_by(event, part, known) for part in value.items.known))
    if isinstance(value, ListObject):
        items = value.items
        if items.known is not None:
            return ListObject(Items.of(_made_by(event, part, known) for part in items.known))
        return ListObject(Items.many(_made_by(event, items.element, known), items.length))
    return value


def _with_batch_of(steps: Steps, state: Value) -> Steps:
    """The steps with the batch that the initial states are for, where the input leaves it open."""
    first = state
    while isinstance(first, Tuple) and first.items.known:
        first = plain(first.items.known[0])
    axis = first.shape.axis(0) if isinstance(first, Array) and first.shape.rank == 2 else None
    if axis is None or not is_open(steps.batch.dim) or is_open(axis.dim):
        return steps
    return replace(steps, batch=Axis(axis.dim, Meaning.BATCH))


def _flag(value: Value) -> bool | None:
    return bool(value.value) if isinstance(value, Const) else None


def _layer(caller: Caller, name: str, at: Layer | None, **config: Value) -> Layer:
    """What the event is about: the function with its arguments; `at` is the cell at fault, if one is."""
    if at is not None:
        config["at"] = at
    return Layer(f"tensorflow.nn.{name}", config, caller.site)


@models("tensorflow.nn.dynamic_rnn")
def dynamic_rnn(
    caller: Caller, cell: Value, inputs: Value, sequence_length: Value = NONE, initial_state: Value = NONE, dtype: Value = NONE,
    parallel_iterations: Value = NONE, swap_memory: Value = NONE, time_major: Value = FALSE,
) -> Value:  # fmt: skip
    """TensorFlow 1, tf.nn.dynamic_rnn: (outputs, state)."""
    major = _flag(time_major)
    steps = _of_tensor(caller, inputs, major)
    out, violation, at = _checked(cell, steps, initial_state, dtype)
    steps = _with_batch_of(steps, plain(initial_state))
    result = tuple_of(_sequence(steps, out, major), _given_state(cell, initial_state, steps.batch))
    layer = _layer(caller, "dynamic_rnn", at, cell=cell, time_major=time_major)
    return _applied(caller, layer, steps, result, violation, initial_state)


@models("tensorflow.nn.bidirectional_dynamic_rnn")
def bidirectional_dynamic_rnn(
    caller: Caller, cell_fw: Value, cell_bw: Value, inputs: Value, sequence_length: Value = NONE, initial_state_fw: Value = NONE,
    initial_state_bw: Value = NONE, dtype: Value = NONE, parallel_iterations: Value = NONE, swap_memory: Value = NONE,
    time_major: Value = FALSE,
) -> Value:  # fmt: skip
    """TensorFlow 1, tf.nn.bidirectional_dynamic_rnn: (outputs, states), each a pair."""
    major = _flag(time_major)
    steps = _of_tensor(caller, inputs, major)
    forward, violation, at = _checked(cell_fw, steps, initial_state_fw, dtype)
    backward, fault, other = _checked(cell_bw, steps, initial_state_bw, dtype)
    outputs = tuple_of(_sequence(steps, forward, major), _sequence(steps, backward, major))
    states = tuple_of(_given_state(cell_fw, initial_state_fw, steps.batch), _given_state(cell_bw, initial_state_bw, steps.batch))
    layer = _layer(caller, "bidirectional_dynamic_rnn", at or other, cell=cell_fw, cell_bw=cell_bw, time_major=time_major)
    return _applied(caller, layer, steps, tuple_of(outputs, states), violation or fault, NONE)


@models("tensorflow.nn.static_rnn", "tensorflow.nn.rnn")
def static_rnn(
    caller: Caller, cell: Value, inputs: Value, initial_state: Value = NONE, dtype: Value = NONE, sequence_length: Value = NONE
) -> Value:
    """TensorFlow 1, tf.nn.static_rnn: (a list with an output for each step, state)."""
    steps = _of_list(inputs)
    if steps is None:
        return tuple_of(unknown("list"), _given_state(cell, initial_state, _unknown_axis(Meaning.BATCH)))
    out, violation, at = _checked(cell, steps, initial_state, dtype)
    result = tuple_of(_list(steps, [out]), _given_state(cell, initial_state, steps.batch))
    return _applied(caller, _layer(caller, "static_rnn", at, cell=cell), steps, result, violation, initial_state)


def _list(steps: Steps, widths: Sequence[Dim | None]) -> Value:
    """A list with an output for each step."""
    width: Dim | None = 0
    for part in widths:
        width = None if part is None or width is None else part + width
    one = Array(
        Shape((steps.batch, Axis(unknown_dim("?", lower=1) if width is None else width, Meaning.FEATURE))), "graph", "float"
    )
    length = steps.time.dim
    if isinstance(length, int) and length <= 64:
        return ListObject(Items.of([one] * length))
    return ListObject(Items.many(one, length))


@models("tensorflow.nn.static_bidirectional_rnn", "tensorflow.nn.bidirectional_rnn")
def static_bidirectional_rnn(
    caller: Caller, cell_fw: Value, cell_bw: Value, inputs: Value, initial_state_fw: Value = NONE, initial_state_bw: Value = NONE,
    dtype: Value = NONE, sequence_length: Value = NONE,
) -> Value:  # fmt: skip
    """TensorFlow 1, tf.nn.static_bidirectional_rnn: (a list of the outputs of both directions joined, state, state)."""
    steps = _of_list(inputs)
    if steps is None:
        return unknown()
    forward, violation, at = _checked(cell_fw, steps, initial_state_fw, dtype)
    backward, fault, other = _checked(cell_bw, steps, initial_state_bw, dtype)
    result = tuple_of(
        _list(steps, [forward, backward]),
        _given_state(cell_fw, initial_state_fw, steps.batch),
        _given_state(cell_bw, initial_state_bw, steps.batch),
    )
    layer = _layer(caller, "static_bidirectional_rnn", at or other, cell=cell_fw, cell_bw=cell_bw)
    return _applied(caller, layer, steps, result, violation or fault, NONE)


def _stacked(name: str, listed: bool) -> None:
    @models(f"tensorflow.nn.{name}")
    def stack(
        caller: Caller, cells_fw: Value, cells_bw: Value, inputs: Value, initial_states_fw: Value = NONE,
        initial_states_bw: Value = NONE, dtype: Value = NONE, sequence_length: Value = NONE, parallel_iterations: Value = NONE,
        time_major: Value = FALSE,
    ) -> Value:  # fmt: skip
        """TensorFlow 1, tf.contrib.rnn: layers in both directions, joined after each; (outputs, states, states)."""
        steps = _of_list(inputs) if listed else _of_tensor(caller, inputs, _flag(time_major))
        forward, backward = items_of(cells_fw), items_of(cells_bw)
        if steps is None or forward is None or backward is None or forward.known is None or backward.known is None:
            return unknown()
        features, violation, at = steps.features, steps.violation, None
        for one, other in zip(forward.known, backward.known):
            a, fault, where = step(one, features)
            b, second, elsewhere = step(other, features)
            violation, at = (violation, at) if violation is not None else (fault or second, where or elsewhere)
            features = None if a is None or b is None else a + b
        outputs = _list(steps, [features]) if listed else _sequence(steps, features, _flag(time_major))
        states = (tuple_of(*(_given_state(cell, NONE, steps.batch) for cell in group.known or ())) for group in (forward, backward))
        layer = _layer(caller, name, at, cell=cells_fw)
        return _applied(caller, layer, steps, tuple_of(outputs, *states), violation, NONE)


_stacked("stack_bidirectional_dynamic_rnn", False)
_stacked("stack_bidirectional_rnn", True)


# Cells themselves


def zero_state(self: Layer, batch_size: Value, dtype: Value = NONE) -> Value:
    """TensorFlow 1, RNNCell.zero_state: states of zeros for a batch."""
    dim = None if is_none(batch_size) else dim_of(plain(batch_size))
    batch = _unknown_axis(Meaning.BATCH) if dim is None else Axis(dim, Meaning.BATCH)
    return state_tensors(states_of(self), batch)


models("tensorflow.Layer.zero_state")(zero_state)


@attributes("tensorflow.Layer.state_size")
def state_size(self: Layer) -> Value:
    """TensorFlow 1, RNNCell.state_size: the lengths of the states."""
    return state_lengths(states_of(self))


@attributes("tensorflow.Layer.output_size")
def output_size(self: Layer) -> Value:
    """TensorFlow 1, RNNCell.output_size: the length of what a step gives."""
    out = output_of(self)
    return unknown("int") if out is None else integer(out)


def call_cell(caller: Caller, cell: Layer, inputs: Value, state: Value) -> Value:
    """One step of a cell: (output, state)."""
    value = plain(inputs)
    x = value if isinstance(value, Array) else Array(Shape((), True), "graph")
    first, last = x.shape.axis(0), x.shape.axis(-1)
    batch = _unknown_axis(Meaning.BATCH) if first is None or x.shape.rank != 2 else Axis(first.dim, Meaning.BATCH)
    violation, at = None, None
    out = output_of(cell)
    if x.shape.rank is not None and x.shape.rank != 2 and takes_matrices(cell):
        violation = Violation("rank", f"takes one step (batch, features), got {x.shape}", x.shape, 2)
    elif last is not None:
        out, violation, at = step(cell, last.dim)
    if violation is None and not is_none(state) and state is not MISSING:
        violation = state_fault(state, states_of(cell), None if is_open(batch.dim) else batch.dim)
    one = Array(Shape((batch, Axis(unknown_dim("?", lower=1) if out is None else out, Meaning.FEATURE))), "graph", "float")
    layer = cell if at is None else Layer(cell.path, {**cell.config, "at": at}, cell.site)
    steps = Steps((x,), batch, _unknown_axis(Meaning.TIME), None)
    return _applied(caller, layer, steps, tuple_of(one, _given_state(cell, state, batch)), violation, state)


@models(f"{CELLS}.LSTMStateTuple")
def state_tuple(c: Value, h: Value) -> Value:
    """TensorFlow 1, LSTMStateTuple: the two states of an LSTM."""
    return tuple_of(c, h)


@attributes("tuple.c")
def first_state(self: Tuple) -> Value:
    """TensorFlow 1, LSTMStateTuple.c."""
    return _part_of_state(self, 0)


@attributes("tuple.h")
def second_state(self: Tuple) -> Value:
    """TensorFlow 1, LSTMStateTuple.h."""
    return _part_of_state(self, 1)


def _part_of_state(self: Tuple, at: int) -> Value:
    known = self.items.known
    return known[at] if known is not None and len(known) == 2 else unknown()
