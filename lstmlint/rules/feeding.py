"""What reaches a model against what it declares: which of the data rules speaks for a pair, if any."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from lstmlint.shapes.dims import differ, same
from lstmlint.trace import InputDeclared, ModelFed
from lstmlint.values.base import dim_of
from lstmlint.values.data import Array

Mismatch = Literal["rank", "features", "timesteps"]


def mismatch(declared: Array, data: Array) -> Mismatch | None:
    """In what the data provably contradicts the declared input. Keras adds or drops a last axis of length one, rightly."""
    wanted, given = declared.shape, data.shape
    if wanted.rank is None or given.rank is None:
        return None
    if given.rank == wanted.rank - 1 and not differ(wanted.axes[-1].dim, 1):
        return None
    if given.rank == wanted.rank + 1 and not differ(given.axes[-1].dim, 1):
        return None
    if given.rank != wanted.rank:
        return "rank"
    if given.rank < 2:
        return None
    if differ(wanted.axes[-1].dim, given.axes[-1].dim):
        return "features"
    if any(differ(w.dim, g.dim) for w, g in zip(wanted.axes[1:-1], given.axes[1:-1])):
        return "timesteps"
    return None


def batch_as_time(event: ModelFed) -> Iterator[tuple[InputDeclared, Array]]:
    """Inputs declared as (batch size or number of samples, features) that are fed with rows (samples, features)."""
    batch_size = event.arguments.get("batch_size")
    for declared, data in event.inputs:
        producer = declared.producer
        if not isinstance(producer, InputDeclared) or declared.shape.rank != 3 or data.shape.rank != 2:
            continue
        if mismatch(declared, data) != "rank" or not same(declared.shape.axes[2].dim, data.shape.axes[1].dim):
            continue
        steps = declared.shape.axes[1].dim
        if same(steps, data.shape.axes[0].dim) or (batch_size is not None and dim_of(batch_size) == steps):
            yield producer, data


def fed_wrongly(event: ModelFed, kind: Mismatch) -> Iterator[tuple[Array, Array]]:
    """The pairs of this event that contradict each other in this way, and for which no other rule names the cause."""
    elsewhere = {id(declared.tensor.producer) for declared, _ in batch_as_time(event)}
    for declared, data in event.inputs:
        if mismatch(declared, data) == kind and id(declared.producer) not in elsewhere:
            yield declared, data
