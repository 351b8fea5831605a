"""Models that the program defines as subclasses of keras.Model: what they give is what their `call` returns."""

from __future__ import annotations

from lstmlint.library.keras.axes import some_batch
from lstmlint.library.keras.functional import is_faulty
from lstmlint.library.keras.nesting import flat
from lstmlint.shapes.shape import Shape, shapes_same
from lstmlint.values.base import FALSE, MISSING, TRUE, Choice, Const, Value, unknown
from lstmlint.values.code import Caller, Class, Instance
from lstmlint.values.data import Array, DictObject, Entries, Items, ListObject
from lstmlint.values.network import Model

_FIELD = "(keras.Model)"
"""Where an instance keeps what Keras knows of it; no name of a program."""
_OWN_TRAINING = ("train_step", "compute_loss", "test_step")


def model_of(caller: Caller, value: Value) -> Model | None:
    """The Keras model that `value` is; of an instance, what Keras keeps for it."""
    if isinstance(value, Model):
        return value
    if not isinstance(value, Instance):
        return None
    known = value.fields.get(_FIELD)
    if isinstance(known, Model):
        return known
    made = Model("subclassed", caller.site)
    value.fields.set(_FIELD, made)
    return made


def trains_itself(value: Value) -> bool:
    """Whether a model's class says itself how targets are compared."""
    if not isinstance(value, Instance):
        return False
    classes = [cls for cls in value.cls.ancestors() if isinstance(cls, Class)]
    return any(cls.namespace.get(name) is not MISSING for cls in classes for name in _OWN_TRAINING)


def run_call(caller: Caller, instance: Instance, model: Model, data: Array | list[Array] | dict[str, Array]) -> None:
    """What `call` makes of the data; not again for data of the same shapes."""
    arrays = [data] if isinstance(data, Array) else list(data.values()) if isinstance(data, dict) else data
    if any(not array.shape.rank for array in arrays) or _is_known(model, arrays):
        return
    tensors = [Array(Shape((some_batch(), *array.shape.axes[1:])), "keras", array.dtype, array) for array in arrays]
    given: Value
    if isinstance(data, Array):
        given = tensors[0]
    elif isinstance(data, dict):
        given = DictObject(Entries(tuple((Const(name), tensor) for name, tensor in zip(data, tensors))))
    else:
        given = ListObject(Items.of(tensors))
    output = caller.call(instance, [given])
    outputs = None if isinstance(output, Choice) else flat(output)
    model.inputs.set(given)
    model.outputs.set(unknown() if outputs is None else output)
    model.broken.set(TRUE if outputs is None or any(is_faulty(tensor) for tensor in outputs) else FALSE)


def _is_known(model: Model, arrays: list[Array]) -> bool:
    inputs = model.inputs.plain()
    known = None if inputs is MISSING else flat(inputs)
    return known is not None and len(known) == len(arrays) and all(
        shapes_same(Shape(one.shape.axes[1:]), Shape(other.shape.axes[1:])) for one, other in zip(known, arrays)
    )
