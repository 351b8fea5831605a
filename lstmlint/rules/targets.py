"""An output against its target: which of the rules about targets speaks, if any, and what explains the fault."""
from __future__ import annotations

from dataclasses import dataclass, replace

from lstmlint.findings import Effect, Related
from lstmlint.library.keras.comparing import Verdict, brought_together, compare
from lstmlint.library.keras.utils import CLASSES
from lstmlint.rules.cause import cause_of_rank, data_shape, is_recurrent, layer_name, rnn_of
from lstmlint.rules.feeding import mismatch_fed
from lstmlint.rules.lost_batch import is_explained
from lstmlint.shapes.dims import Dim, Symbol, differ, minimum, normal, same, single, substitute, symbol, symbols
from lstmlint.shapes.shape import Shape
from lstmlint.trace import Compared, Event, LayerApplied, ModelFed
from lstmlint.values.base import Const, constant_int, is_none
from lstmlint.values.data import Array
from lstmlint.values.network import Loss

OTHER_ENCODING = {
    "categorical_crossentropy": "sparse_categorical_crossentropy",
    "categorical_focal_crossentropy": "sparse_categorical_crossentropy",
    "sparse_categorical_crossentropy": "categorical_crossentropy",
}


@dataclass(frozen=True, slots=True)
class TargetFault:
    """A target that doesn't go with its output: the code that names it, and the RNN that explains it (LST306 and LST307)."""

    code: str
    event: ModelFed
    compared: Compared
    verdict: Verdict
    rnn: LayerApplied | None = None

    @property
    def effect(self) -> Effect:
        """Whether Keras raises."""
        return "silent" if self.verdict == "silent" else "raises"

    @property
    def output(self) -> str:
        """The output's shape for a message."""
        return data_shape(self.compared.shape)

    @property
    def target(self) -> str:
        """The target's shape for a message."""
        return data_shape(self.compared.target.shape)


def target_faults(event: Event) -> list[TargetFault]:
    """The faults in what reaches a model's losses; none where wrong inputs explain them."""
    if not isinstance(event, ModelFed):
        return []
    wrong = {mismatch_fed(event, declared, data) for declared, data in event.inputs} - {None}
    if wrong and (wrong != {"timesteps"} or event.model.kind != "sequential"):
        return []
    found = [target_fault(event, compared) for compared in event.compared if not is_explained(compared)]
    if wrong:
        # Another number of steps passes; with the right one, the fault must still be there.
        intended = [target_fault(event, replace(compared, shape=compared.output.shape)) for compared in event.compared]
        found = [fault for fault, other in zip(found, intended) if fault and other and fault.verdict == other.verdict]
    return [fault for fault in found if fault is not None]


def target_fault(event: ModelFed, compared: Compared) -> TargetFault | None:
    """The fault in one output and its target."""
    compared = _with_several_classes(compared)
    shape, target = compared.shape, compared.target.shape
    if not shape.rank or not target.rank:
        return None
    found = verdict(event, compared, shape, compared.loss)
    if found in (None, "right"):
        return None
    assert found is not None
    if found == "silent" and _is_masked(compared.output):
        # The mask has the shape of the steps, and may not go with that of the losses.
        found = "wrong"
    rnn = _extra_sequences(event, compared)
    if rnn is not None:
        return TargetFault("LST306", event, compared, found, rnn)
    rnn = _missing_sequences(event, compared)
    if rnn is not None:
        return TargetFault("LST307", event, compared, found, rnn)
    other = OTHER_ENCODING.get(compared.loss.name) if found == "raises" else None
    if other is not None and differ(shape.axes[-1].dim, 1) and verdict(event, compared, shape, Loss(other)) == "right":
        return TargetFault("LST303", event, compared, found)
    return TargetFault("LST302" if found == "silent" else "LST301", event, compared, found)


def _with_several_classes(compared: Compared) -> Compared:
    """As if there were two classes or more, where their number is open and the loss is for several: one is LST304."""
    if compared.loss.name not in OTHER_ENCODING or not compared.shape.rank:
        return compared
    units = compared.shape.axes[-1].dim
    counted = next(iter(symbols(units)), None)
    if counted is None:
        units = compared.target.shape.axes[-1].dim if compared.target.shape.rank == compared.shape.rank else units
        counted = single(units)
    if counted is None or (counted.origin != CLASSES and not symbols(compared.shape.axes[-1].dim)):
        return compared
    more = units - normal({(counted,): 1})
    if not isinstance(more, int):
        return compared
    several = symbol(counted.name, counted.origin, max(2 - more, minimum(normal({(counted,): 1})) or 0), counted.upper)

    def put(shape: Shape) -> Shape:
        axes = (axis.of_length(substitute(axis.dim, {counted: several}.get)) for axis in shape.axes)
        return Shape(tuple(axes), shape.open)

    target = replace(compared.target, shape=put(compared.target.shape))
    return replace(compared, shape=put(compared.shape), target=target)


# Batches


def verdict(event: ModelFed, compared: Compared, shape: Shape, loss: Loss) -> Verdict | None:
    """What Keras does with outputs of this shape over all batches."""
    target = compared.target.shape
    found = [_in_batch(compared, size, shape, loss) for size in batch_sizes(event, target.axes[0].dim)]
    worst: Verdict
    for worst in ("raises", "wrong", "silent"):
        if worst in found:
            return worst if None not in found else "wrong"
    return None if None in found or not found else "right"


def fault_in_batch(fault: TargetFault) -> Dim | None:
    """The size of a batch in which the fault shows."""
    compared = fault.compared
    for size in batch_sizes(fault.event, compared.target.shape.axes[0].dim):
        if _in_batch(compared, size, compared.shape, compared.loss) == fault.verdict:
            return size
    return None


def _in_batch(compared: Compared, size: Dim, shape: Shape, loss: Loss) -> Verdict | None:
    output = _with_batch(shape, size) if compared.by_batch else shape
    return compare(loss, output.dims, _with_batch(compared.target.shape, size).dims)


def _with_batch(shape: Shape, size: Dim) -> Shape:
    return Shape((shape.axes[0].of_length(size), *shape.axes[1:]))


DEFAULT_BATCH = 32


def batch_sizes(event: ModelFed, rows: Dim) -> list[Dim]:
    """The sizes of the batches that Keras cuts `rows` samples into; a symbol where they are not known."""
    if event.batched or event.method.endswith("on_batch"):
        return [rows if isinstance(rows, int) else _some()]
    size = batch_size(event)
    if "validation_split" in event.arguments and event.role == "train":
        rows = _some()
    if size == 1:
        return [1]
    if not isinstance(rows, int) or not isinstance(size, int) or rows < 1 or size < 1:
        return [_some()]
    partial = rows % size if rows > size else 0
    return [min(size, rows), partial] if partial else [min(size, rows)]


def batch_size(event: ModelFed) -> int | None:
    """The size of full batches, None if it is not known."""
    names = ("validation_batch_size", "batch_size") if event.role == "validation" else ("batch_size",)
    for name in names:
        given = event.arguments.get(name, Const(None))
        if not is_none(given):
            return constant_int(given)
    return DEFAULT_BATCH


def _some() -> Dim:
    return symbol("batch", lower=1)


# What explains a fault


def _extra_sequences(event: ModelFed, compared: Compared) -> LayerApplied | None:
    """The RNN whose return_sequences=True makes all the difference."""
    shape = compared.shape
    if shape.rank is None or shape.rank < 3 or compared.target.shape.rank not in range(1, shape.rank):
        return None
    rnn = sequence_maker(compared.output)
    if rnn is None or verdict(event, compared, shape.replace(1), compared.loss) != "right":
        return None
    return rnn


def sequence_maker(tensor: Array) -> LayerApplied | None:
    """The RNN that a sequence comes from, through layers that keep the rank."""
    for _ in range(200):
        producer = tensor.producer
        if not isinstance(producer, LayerApplied) or not producer.inputs:
            return None
        if is_recurrent(producer.layer):
            return producer if rnn_of(producer.layer).flag("return_sequences") is True else None
        if producer.inputs[0].shape.rank != tensor.shape.rank:
            return None
        tensor = producer.inputs[0]
    return None


def _is_masked(tensor: Array) -> bool:
    """Whether a mask of the steps may come with a sequence: from an Embedding or a Masking layer on the way to it."""
    for _ in range(200):
        producer = tensor.producer
        if not isinstance(producer, LayerApplied) or not producer.inputs or (tensor.shape.rank or 3) < 3:
            return False
        layer = producer.layer
        if layer.kind == "Masking" or (layer.kind == "Embedding" and layer.flag("mask_zero") is not False):
            return True
        tensor = producer.inputs[0]
    return False


def _missing_sequences(event: ModelFed, compared: Compared) -> LayerApplied | None:
    """The RNN whose missing return_sequences=True makes all the difference."""
    shape, target = compared.shape, compared.target.shape
    cause = cause_of_rank(compared.output)
    if cause.kind != "dropped-time" or cause.applied is None or shape.rank is None or target.rank is None:
        return None
    sparse = compared.loss.name == "sparse_categorical_crossentropy"
    if target.rank != shape.rank + 1 and not (sparse and target.rank == shape.rank):
        return None
    before = cause.applied.inputs[0].shape
    if before.rank is None or before.rank < 3:
        return None
    steps = substitute(before.axes[1].dim, _lengths(event).get)
    with_time = Shape((shape.axes[0], before.axes[1].of_length(steps), *shape.axes[1:]))
    return cause.applied if verdict(event, compared, with_time, compared.loss) == "right" else None


def _lengths(event: ModelFed) -> dict[Symbol, Dim]:
    """What the open lengths of the model's inputs are for this data."""
    found: dict[Symbol, Dim] = {}
    for declared, data in event.inputs:
        for want, have in zip(declared.shape, data.shape):
            name = single(want.dim)
            if name is not None and not declared.shape.open and not data.shape.open:
                found[name] = have.dim
    return found


# Words


def what_happens(fault: TargetFault) -> str:
    """What a person will see of the fault."""
    loss = fault.compared.loss.name
    if fault.verdict == "silent":
        one = fault.compared
        return f"{loss} broadcasts the two without a word{what_is_compared(one.shape, one.target.shape, one.by_batch)}"
    if fault.verdict == "raises":
        return f"{loss} raises"
    return f"{loss} broadcasts the two without a word, or raises, as the size of the batch and the masks go"


def what_is_compared(output: Shape, target: Shape, by_batch: bool = True) -> str:
    """With what each value of an output is compared when the two are broadcast."""
    size = _some()
    lengths = brought_together((_with_batch(output, size) if by_batch else output).dims, _with_batch(target, size).dims)
    if lengths is None:
        return ""
    mine, others = lengths
    if len(mine) != len(others) or not by_batch:
        return ", so that values of one sample are compared with the targets of others"
    for at, (own, other) in enumerate(zip(mine, others)):
        if at == 0 or same(own, other):
            continue
        steps = at == 1 and (output if same(other, 1) else target).rank == 3
        if same(other, 1):
            return f", so that all {own} {'steps' if steps else 'values'} of a sample are compared with the same target"
        all_of_them = f"the targets of all {other} steps" if steps else f"all {other} targets of that sample"
        return f", so that the one value for a sample is compared with {all_of_them}"
    return ""


def story(fault: TargetFault) -> tuple[Related, ...]:
    """Where the output and the loss come from."""
    places = []
    producer = fault.compared.output.producer
    if isinstance(producer, LayerApplied):
        places.append(Related(producer.layer.site, f"{layer_name(producer.layer)} gives {fault.compared.output.shape}"))
    compiled = fault.event.compiled_at
    if compiled is not None:
        places.append(Related(compiled, f"the loss is {fault.compared.loss.name}"))
    return tuple(places)


def targets(fault: TargetFault) -> str:
    """How a message names the targets: "the targets of fit"."""
    in_fit = fault.event.role == "validation" and fault.event.method.startswith("fit")
    return "the validation targets of fit" if in_fit else f"the targets of {fault.event.method}"


def mistake(fault: TargetFault) -> object:
    """What the same mistake at fit, validation and evaluate has in common."""
    return fault.event.model, id(fault.compared.output.producer)
