"""What yields batches to a model: data sets of tf.data, generators, and sequences that the program defines."""
from __future__ import annotations

from lstmlint.library.builtins.iteration import special
from lstmlint.library.coerce import to_array
from lstmlint.library.keras.utils import batch_of
from lstmlint.library.registry import models
from lstmlint.library.tensorflow.data import dataset, element_of, is_dataset
from lstmlint.library.tensorflow.structures import reshaped
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Meaning, Shape, unknown_dim
from lstmlint.values.base import FALSE, MISSING, NONE, Choice, Value, dim_of, is_none, unknown
from lstmlint.values.code import Caller, Instance, LibraryObject
from lstmlint.values.data import Array, ListObject, Tuple, tuple_of
from lstmlint.values.network import plain
from lstmlint.values.variation import varying

_SEQUENCES = (
    "keras.utils.Sequence",
    "keras.utils.PyDataset",
    "keras.utils.data_utils.Sequence",
    "keras.utils.all_utils.Sequence",
)
Batch = tuple[Value, Value]


def batch_from(caller: Caller, source: Value) -> Batch | None:
    """The inputs and targets (None: there are none) of a batch that `source` yields; None if it yields no batches."""
    source = plain(source)
    if is_dataset(source):
        return _divided(element_of(source))
    if isinstance(source, LibraryObject) and source.path == "keras.utils.TimeseriesGenerator":
        return _divided(batch_of(source))
    if isinstance(source, ListObject) and source.kind == "iterator":
        return _divided(plain(source.items.element))
    if isinstance(source, Instance) and source.cls.external_base(_SEQUENCES) is not None:
        batch = special(caller, source, "__getitem__", unknown("int", "index"))
        return None if batch is None else _divided(_plain_or_unknown(batch))
    return None


def _plain_or_unknown(value: Value) -> Value:
    return unknown() if isinstance(value, Choice) else value


def _divided(batch: Value) -> Batch:
    """Inputs and targets of a batch, which is a tuple of these (and of weights), or the inputs alone."""
    if isinstance(batch, Tuple) and batch.items.known is not None and len(batch.items.known) in (1, 2, 3):
        parts = batch.items.known
        return parts[0], parts[1] if len(parts) > 1 else NONE
    return batch, NONE if isinstance(batch, Array) else unknown()


@models("keras.utils.timeseries_dataset_from_array")
def timeseries_dataset(
    data: Value,
    targets: Value,
    sequence_length: Value,
    sequence_stride: Value = NONE,
    sampling_rate: Value = NONE,
    batch_size: Value = MISSING,
    shuffle: Value = FALSE,
    seed: Value = NONE,
    start_index: Value = NONE,
    end_index: Value = NONE,
) -> Value:
    """keras.io: windows of `data`, (batch, sequence_length, …), with the target that goes with the start of each."""
    steps = dim_of(sequence_length)
    time = Axis(unknown_dim("sequence_length") if steps is None else steps, Meaning.TIME)
    single = batch_size is not MISSING and is_none(batch_size)
    batches = () if single else (Axis(varying("batch"), Meaning.BATCH),)
    x = _behind(to_array(data), (*batches, time))
    return dataset(x if is_none(targets) else tuple_of(x, _behind(to_array(targets), batches)))


def _behind(array: Array, first: tuple[Axis, ...]) -> Array:
    rank = array.shape.rank
    return reshaped(array, Shape((*first, *array.shape.axes[1:])) if rank else UNKNOWN_SHAPE)
