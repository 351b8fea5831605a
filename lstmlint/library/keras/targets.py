"""Which target belongs to which output of a model, and which loss compares them."""

from __future__ import annotations

from lstmlint.library.keras.losses import losses_for, output_name
from lstmlint.library.keras.nesting import declared_inputs, flat
from lstmlint.shapes.dims import same
from lstmlint.shapes.shape import Axis, Shape
from lstmlint.trace import Compared
from lstmlint.values.base import MISSING, Value
from lstmlint.values.data import Array
from lstmlint.values.memory import in_place_of
from lstmlint.values.network import Loss, Model

Data = Array | list[Array] | dict[str, Array] | None


def compared(model: Model, outputs: Value, answered: Value, targets: Data) -> tuple[Compared, ...]:
    """The symbolic `outputs` of `model` with their targets; `answered` is what they are for the data."""
    tensors = None if outputs is MISSING else flat(outputs)
    answers = flat(answered)
    if tensors is None or answers is None or len(tensors) != len(answers) or targets is None or model.is_broken:
        return ()
    losses = losses_for(model.compiled.plain(), tensors)
    return tuple(
        Compared(tensor, answer.shape, as_fed(target), loss, _by_batch(model, tensor))
        for tensor, answer, target, loss in zip(tensors, answers, _targets(tensors, targets), losses)
        if target is not None and loss is not None and target.dtype not in ("str", "object")
    )


def outputs_with_losses(model: Model, outputs: Value) -> tuple[tuple[Array, Loss], ...]:
    """The symbolic outputs that have a built-in loss, each with it."""
    tensors = None if outputs is MISSING else flat(outputs)
    if tensors is None or model.is_broken:
        return ()
    losses = losses_for(model.compiled.plain(), tensors)
    return tuple((tensor, loss) for tensor, loss in zip(tensors, losses) if loss is not None)


def _by_batch(model: Model, tensor: Array) -> bool:
    """Whether the first axis of an output is that of the inputs."""
    inputs = declared_inputs(model) or ()
    own = [array.shape.axes[0].dim for array in inputs if array.shape.rank]
    return not own or not tensor.shape.rank or any(same(tensor.shape.axes[0].dim, dim) for dim in own)


def _targets(outputs: list[Array], targets: Data) -> list[Array | None]:
    if isinstance(targets, Array):
        return [targets] if len(outputs) == 1 else [None] * len(outputs)
    if isinstance(targets, dict):
        if len(outputs) == len(targets) == 1:
            return list(targets.values())
        return [targets.get(output_name(output) or "") for output in outputs]
    if targets is None or len(targets) != len(outputs):
        return [None] * len(outputs)
    return list(targets)


def as_fed(array: Array) -> Array:
    """An array as the model gets it: a pandas Series becomes a column."""
    if array.kind != "series" or array.shape.rank != 1:
        return array
    shape = Shape((*array.shape.axes, Axis(1)))
    return in_place_of(array, Array(shape, "numpy", array.dtype, array.producer, array.source, array.known))
