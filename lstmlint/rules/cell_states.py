"""Initial states against those that an RNN of given cells, or a ConvLSTM, has."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.findings import Effect, Severity
from lstmlint.library.keras.axes import is_open
from lstmlint.library.keras.cells import is_single, own_cells
from lstmlint.rules.cause import layer_name
from lstmlint.shapes.dims import differ
from lstmlint.shapes.shape import Shape
from lstmlint.trace import LayerApplied, States, StateShapes
from lstmlint.values.base import MISSING
from lstmlint.values.data import Array


@dataclass(frozen=True, slots=True)
class StateFault:
    """What is wrong with initial states, what to do, whether it raises, and the state at fault."""

    message: str
    help: str
    effect: Effect
    source: Array | None = None
    severity: Severity | None = None


def cell_states_fault(event: LayerApplied, version: int) -> StateFault | None:
    """The fault in the states of an RNN of cells or of a ConvLSTM, whose shapes the event tells."""
    states = event.states
    if states is None or states.wanted is None:
        return None
    wanted, given = states.wanted, list(_items(states))
    single = event.layer.kind != "RNN" or is_single(event.layer)
    takes = f"this {layer_name(event.layer)} starts from {_words(wanted)}"
    advice = f"pass initial_state={_words(wanted)}, in this order"
    # Keras 3 leaves it to the cell, and what one that the program defines takes is its own affair.
    own = version == 2 or event.layer.kind != "RNN" or own_cells(event.layer.config.get("cell", MISSING)) is not None
    severity: Severity | None = None if own else "warning"
    for item, want in zip(given, wanted):
        fault = _of_item(item, want)
        if fault is not None:
            return StateFault(f"{takes}, and gets {fault[0]}", advice, "raises", fault[1], severity)
    if len(given) == len(wanted):
        return None
    if version == 3 and not single and len(given) < len(wanted):
        words = f"{takes}, and gets {_some(len(given))}: the cells without a state are left out without a word"
        return StateFault(words, advice, "silent")
    return StateFault(f"{takes}, and gets {_some(len(given))}", advice, "raises", None, severity)


def _items(states: States) -> Iterator[Array | tuple[Array, ...]]:
    """The states as the program groups them."""
    rest = states.given
    for count in states.parts:
        yield rest[0] if not count else rest[:count]
        rest = rest[count or 1 :]


def _of_item(item: Array | tuple[Array, ...], want: Shape | StateShapes) -> tuple[str, Array | None] | None:
    """What is given for the states of one cell, where they are others; with the one at fault."""
    if isinstance(item, Array):
        if isinstance(want, tuple):
            return f"one tensor {item.shape} for {_words(want)}", item
        return None if _fits(item.shape, want) else (f"{item.shape} for {want}", item)
    if not isinstance(want, tuple):
        # Of a list of one, and of lists in lists, the releases think differently.
        return None
    if len(item) != len(want):
        return f"{_some(len(item))} for {_words(want)}", None
    found = (_of_item(one, shape) for one, shape in zip(item, want))
    return next((fault for fault in found if fault is not None), None)


def _fits(given: Shape, want: Shape) -> bool:
    """Whether a state may have the shape that is asked for; the batch axis is left out."""
    if given.rank is None or want.rank is None:
        return True
    return given.rank == want.rank and not any(
        differ(have.dim, need.dim) and not (is_open(have.dim) or is_open(need.dim))
        for have, need in zip(given.axes[1:], want.axes[1:])
    )


def _some(count: int) -> str:
    return "one state" if count == 1 else f"{count} states"


def _words(wanted: Shape | StateShapes) -> str:
    return f"[{', '.join(map(_words, wanted))}]" if isinstance(wanted, tuple) else str(wanted)
