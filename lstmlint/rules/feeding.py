"""What reaches a model against what it declares: which of the data rules speaks for a pair, if any."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from lstmlint.library.keras.nesting import taker_of, takes_any_width
from lstmlint.rules.cause import data_shape
from lstmlint.shapes.dims import differ, same
from lstmlint.shapes.shape import Axis, Shape
from lstmlint.trace import ElementTaken, InputDeclared, LayerApplied, ModelFed, Trace
from lstmlint.values.base import dim_of
from lstmlint.values.data import Array
from lstmlint.values.network import Layer

Mismatch = Literal["rank", "features", "timesteps"]


def mismatch(declared: Array, data: Array) -> Mismatch | None:
    """In what the data provably contradicts the declared input."""
    wanted, given = declared.shape, data.shape
    if wanted.rank is None or given.rank is None or given.rank < 1:
        return None
    adjusted = _adjusted(given, wanted)
    if adjusted is None:
        return "rank"
    different = [at for at in range(1, wanted.rank) if differ(wanted.axes[at].dim, adjusted.axes[at].dim)]
    if not different:
        return None
    if given.rank != wanted.rank and different != [1]:
        return "rank"
    return "timesteps" if different == [1] and wanted.rank > 2 else "features"


def mismatch_fed(event: ModelFed, declared: Array, data: Array) -> Mismatch | None:
    """As `mismatch`, knowing the model: the last axis of token ids is that of the steps, and a Sequential model checks no lengths
    itself."""
    found = mismatch(declared, data)
    if found != "features" or event.outputs is None:
        return found
    taker = taker_of(declared, event.outputs)
    if taker is not None and taker.kind == "Embedding" and declared.shape.rank == 2:
        return "timesteps"
    return None if event.model.kind == "sequential" and takes_any_width(taker) else found


def _adjusted(given: Shape, wanted: Shape) -> Shape | None:
    """`given` as Keras brings it to the declared rank: a last axis of length one is added or dropped, rightly."""
    if given.rank == wanted.rank:
        return given
    if given.rank == len(wanted.axes) - 1 and not differ(wanted.axes[-1].dim, 1):
        return Shape((*given.axes, Axis(1)))
    if given.rank == len(wanted.axes) + 1 and not differ(given.axes[-1].dim, 1):
        return Shape(given.axes[:-1])
    return None


def batch_as_time(event: ModelFed) -> Iterator[tuple[InputDeclared, Array]]:
    """Inputs declared as (batch size or number of samples, features) that are fed with rows (samples, features)."""
    batch_size = event.arguments.get("batch_size")
    for declared, data in event.inputs:
        producer = declared.producer
        if not isinstance(producer, InputDeclared) or declared.shape.rank != 3 or data.shape.rank != 2:
            continue
        if event.role == "predict" or sample_of(data) is not None or isinstance(declared.shape.axes[0].dim, int):
            # One sample is no table of rows, and who declares the batch knows where it stands.
            continue
        if mismatch(declared, data) != "rank" or not same(declared.shape.axes[2].dim, data.shape.axes[1].dim):
            continue
        steps = declared.shape.axes[1].dim
        if same(steps, data.shape.axes[0].dim) or (batch_size is not None and dim_of(batch_size) == steps):
            yield producer, data


def fed_wrongly(event: ModelFed, kind: Mismatch) -> Iterator[tuple[Array, Array]]:
    """The pairs of this event that contradict each other in this way, and for which no other rule names the cause."""
    elsewhere = {id(declared.tensor.producer) for declared, _ in batch_as_time(event)}
    alone = {id(data) for _, data in lone_samples(event)}
    for declared, data in event.inputs:
        if kind == "timesteps" and event.method == "call" and not isinstance(declared.producer, InputDeclared):
            # A model that was built by its first data says of no number of steps that it is the right one.
            continue
        if is_swapped(declared, data):
            continue
        if mismatch_fed(event, declared, data) == kind and id(declared.producer) not in elsewhere and id(data) not in alone:
            yield declared, data


def is_swapped(declared: Array, data: Array) -> bool:
    """Whether data (samples, a, b) comes where (b, a) is declared, and these differ."""
    return may_be_swapped(declared, data) and differ(declared.shape.axes[1].dim, declared.shape.axes[2].dim)


def may_be_swapped(declared: Array, data: Array) -> bool:
    """As `is_swapped`, for lengths of which it isn't known that they differ, but which come from different places."""
    wanted, given = declared.shape, data.shape
    if wanted.rank != 3 or given.rank != 3 or same(wanted.axes[1].dim, wanted.axes[2].dim):
        return False
    return same(wanted.axes[1].dim, given.axes[2].dim) and same(wanted.axes[2].dim, given.axes[1].dim)


def lone_samples(event: ModelFed) -> Iterator[tuple[Array, Array]]:
    """The pairs whose data is one sample without the axis of the batch: an element of an array of samples, or just like one."""
    rows = {id(declared.tensor.producer) for declared, _ in batch_as_time(event)}
    for declared, data in event.inputs:
        wanted, given = declared.shape, data.shape
        if wanted.rank is None or given.rank != wanted.rank - 1 or not given.rank or id(declared.producer) in rows:
            continue
        wrong, taken = mismatch(declared, data), sample_of(data)
        alike = all(same(a.dim, b.dim) for a, b in zip(given, wanted.axes[1:]))
        if wrong == "rank" and (taken or (alike and event.role == "predict")):
            yield declared, data
        elif wrong == "timesteps" and alike and (taken or event.role == "predict"):
            # Where each sample has one feature, Keras takes the steps for samples of one step.
            yield declared, data
        elif wrong is None and alike and event.role == "predict" and differ(given.axes[0].dim, 1):
            # One of the two, whether or not the open number of features is one.
            yield declared, data
        elif wrong is None and taken and taken.array.shape.rank == wanted.rank == 3 and _is_steps(event, given):
            yield declared, data


def _is_steps(event: ModelFed, given: Shape) -> bool:
    """Whether predict gets steps of one feature: where the number of steps is open, Keras takes each for a sample."""
    return event.role == "predict" and same(given.axes[-1].dim, 1) and differ(given.axes[0].dim, 1)


def sample_of(data: Array) -> ElementTaken | None:
    """How `data` was taken out of an array of samples, if it was."""
    taken = data.producer
    return taken if isinstance(taken, ElementTaken) and taken.axis == 0 else None


def embedding_fed_with_vectors(declared: Array, data: Array, trace: Trace) -> Layer | None:
    """The Embedding that gets vectors in place of ids: what takes this input, where the data has one axis too many."""
    if declared.shape.rank != 2 or data.shape.rank != 3 or data.dtype not in ("float", None):
        return None
    for event in trace.events:
        if isinstance(event, LayerApplied) and event.layer.kind == "Embedding" and event.inputs[0].producer is declared.producer:
            return event.layer
    return None


def given(event: ModelFed, data: Array) -> str:
    """How a message says what a model gets: "fit gets data of shape (300, 7)"."""
    what = "validation data" if event.role == "validation" and event.method.startswith("fit") else "data"
    return f"{event.method} gets {what} of shape {data_shape(data.shape)}"


def is_empty(data: Array) -> bool:
    """Whether the array has no elements."""
    return any(same(axis.dim, 0) for axis in data.shape)
