"""Cells of recurrent layers, Keras's own and those that a program defines, and the layer that runs them over time."""

from __future__ import annotations

from dataclasses import dataclass

from lstmlint.library.keras.axes import is_open, with_rank
from lstmlint.library.keras.recurrent import MODES, WEIGHTS, batch_size_needed, sequence_or_last, with_states
from lstmlint.library.keras.specs import Applier, Outcome, Structure, general
from lstmlint.shapes.dims import Dim, differ
from lstmlint.shapes.shape import Axis, Meaning, Shape
from lstmlint.values.base import MISSING, Value, dim_of
from lstmlint.values.code import Class, Function, Instance
from lstmlint.values.data import Array, items_of
from lstmlint.values.memory import memory
from lstmlint.values.network import Layer, plain

OWN_CELLS = frozenset(["LSTMCell", "GRUCell", "SimpleRNNCell"])
"""Keras's own cells."""
TAKES_STATES = frozenset(f"keras.layers.{name}" for name in (*OWN_CELLS, "StackedRNNCells"))
"""The layers whose second argument are the states before this step."""


@general("LSTMCell", f"units activation recurrent_activation use_bias {WEIGHTS}", features=-1)
@general("GRUCell", f"units activation recurrent_activation use_bias {WEIGHTS}", features=-1)
@general("SimpleRNNCell", f"units activation use_bias {WEIGHTS}", features=-1)
@general("StackedRNNCells", "cells", features=-1)
def cell(layer: Layer, inputs: tuple[Shape, ...], applier: Applier) -> Outcome:
    """keras.io: one step of a recurrent layer: its output, and the new states in the structure of those given."""
    cells, x, states = own_cells(layer), inputs[0], applier.keywords.get("states")
    if cells is None or states is None or x.rank != 2:
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


def _cells(value: Value) -> list[Layer | Instance] | None:
    """The cells in order; None where they are not all known."""
    value = plain(value)
    if isinstance(value, Instance):
        return [value]
    if isinstance(value, Layer):
        return _cells(value.config.get("cells", MISSING)) if value.kind == "StackedRNNCells" else [value]
    items = items_of(value)
    if items is None or not items.known:
        return None
    parts = [_cells(item) for item in items.known]
    return None if any(part is None for part in parts) else [one for part in parts for one in part or ()]


def own_cells(value: Value) -> list[Layer] | None:
    """The cells in order, where they are all Keras's own."""
    cells = _cells(value) or []
    own = [one for one in cells if isinstance(one, Layer) and one.kind in OWN_CELLS]
    return own if own and len(own) == len(cells) else None


def is_single(layer: Layer) -> bool:
    """Whether an RNN has one cell, and not a list of cells."""
    argument = plain(layer.config.get("cell", MISSING))
    return isinstance(argument, Instance) or (isinstance(argument, Layer) and argument.kind != "StackedRNNCells")


def _cell_features(layer: Layer) -> int | None:
    return None if own_cells(layer.config.get("cell", MISSING)) is None else -1


@general("RNN", f"cell {MODES} zero_output_for_mask", features=_cell_features)
def rnn(layer: Layer, inputs: tuple[Shape, ...], applier: Applier) -> Outcome:
    """keras.io: its cell over time; with several cells, each has its states."""
    x, argument = inputs[0], layer.config.get("cell", MISSING)
    cells, own = _cells(argument), own_cells(argument)
    if cells is None or (own is None and (x.rank is None or x.rank < 3 or not applier.interprets)):
        return None, None
    if own is not None and memory.keras != 2 and x.rank is not None and x.rank > 3 and _stretches(own, x):
        return None, None
    # Keras does not check the rank itself here, but its own cells fail on every other one.
    fitted, violation = (x, None) if own is None else with_rank(x, 3)
    sized = [_sizes(one, applier) for one in cells]
    known = [one for one in sized if one is not None]
    if len(known) != len(sized):
        return None, violation
    batch, time = fitted.axes[:2]
    states = tuple(one.structure(batch) for one in known)
    if is_single(layer) and isinstance(states[0], tuple):
        states = states[0]
    last = (Axis(known[-1].output, Meaning.FEATURE),)
    output = sequence_or_last(layer, batch, Axis(time.dim, Meaning.TIME), last)
    return with_states(layer, output, states), violation or batch_size_needed(layer, batch)


def _stretches(cells: list[Layer], x: Shape) -> bool:
    """Whether the cells take `x` of too high a rank: they add their states, and what comes out is not what Keras says."""
    beside, batch = x.axes[-2].dim, x.axes[0].dim
    kinds = {one.kind for one in cells}
    # A GRUCell takes what it has made of its states no second time.
    added = kinds == {"SimpleRNNCell"} or ("LSTMCell" not in kinds and not differ(x.axes[1].dim, 1))
    return added and (not differ(beside, 1) or not (is_open(batch) or differ(beside, batch)))


@dataclass(frozen=True, slots=True)
class _Sizes:
    """The lengths of a cell's states, whether they are in a list, and the length of its output."""

    states: tuple[Dim, ...]
    listed: bool
    output: Dim

    def structure(self, batch: Axis) -> Structure:
        """The shapes of the states."""
        shapes = tuple(Shape((batch, Axis(size, Meaning.FEATURE))) for size in self.states)
        return shapes if self.listed else shapes[0]


def _sizes(cell: Layer | Instance, applier: Applier) -> _Sizes | None:
    if isinstance(cell, Layer):
        units = cell.length("units")
        lstm = cell.kind == "LSTMCell"
        return _Sizes((units,) * (2 if lstm else 1), lstm, units) if cell.kind in OWN_CELLS else None
    # A cell that the program defines says itself how long its states and its output are.
    states = _member(cell, "state_size", applier)
    parts = _parts(states)
    sizes = [dim_of(plain(part)) for part in (parts or (states,))]
    known = tuple(size for size in sizes if size is not None)
    given = _member(cell, "output_size", applier)
    output = sizes[0] if given is MISSING else dim_of(plain(given))
    return None if output is None or len(known) != len(sizes) else _Sizes(known, parts is not None, output)


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
