"""torch.nn.utils.rnn: batches of sequences of several lengths, padded and packed."""
from __future__ import annotations

from collections.abc import Sequence

from lstmlint.library.binding import Ignored
from lstmlint.library.numpy.arguments import UNSURE, flag, sequence
from lstmlint.library.registry import models
from lstmlint.library.torch.creating import data_array
from lstmlint.library.torch.packed import LONGEST, PACKED, PackedSequence
from lstmlint.library.torch.tensors import checked, operand, tensor
from lstmlint.shapes.dims import Dim, at_least, differ, larger, same, symbol, symbols
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Meaning, Shape, Violation, shapes_differ, unknown_dim
from lstmlint.trace import Operation, Packed
from lstmlint.values.base import FALSE, NONE, TRUE, Value, constant_int, dim_of, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, Items, ListObject, Tuple, items_of, tuple_of

_RNN = "torch.nn.utils.rnn"
PADDED = f"{_RNN}.pad_packed_sequence"


def _exchanged(x: Array, batch_first: bool) -> Array:
    """`x` between the layout that `batch_first` says and (batch, time, …)."""
    shape = x.shape
    if not batch_first and not shape.open and len(shape.axes) >= 2:
        shape = Shape((shape.axes[1], shape.axes[0], *shape.axes[2:]))
    elif not batch_first and shape.open:
        # Which of the known axes stand behind the first two is sure only of the last one.
        shape = Shape(shape.axes[-1:], True)
    return Array(shape, "torch", x.dtype, x.producer, x.source, x.known)


def _meant(x: Array) -> Array:
    """(batch, time, …) with these meanings."""
    if x.shape.open or len(x.shape.axes) < 2:
        return x
    first, second, *rest = x.shape.axes
    shape = Shape((Axis(first.dim, Meaning.BATCH), Axis(second.dim, Meaning.TIME), *rest))
    return Array(shape, "torch", x.dtype, x.producer, x.source, x.known)


def _longest(lengths: Value, most: Dim | None) -> Dim:
    """The largest of `lengths`."""
    items = items_of(lengths) if isinstance(lengths, (Tuple, ListObject)) else None
    if items is not None and items.known:
        numbers = [constant_int(item) for item in items.known]
        known = [number for number in numbers if number is not None]
        if len(known) == len(numbers):
            return max(known)
    return symbol("longest", LONGEST, 1, most)


def _even(lengths: Value) -> bool:
    """Whether `lengths` are known to be one number, again and again."""
    items = items_of(lengths) if isinstance(lengths, (Tuple, ListObject)) else None
    if items is None:
        return False
    numbers = {constant_int(item) for item in (items.known if items.known is not None else (items.element,))}
    return len(numbers) == 1 and None not in numbers


@models(f"{_RNN}.pack_padded_sequence")
def pack_padded(
    caller: Caller, input: Value, lengths: Value, batch_first: Value = FALSE, enforce_sorted: Value = TRUE
) -> Value:
    """pytorch.org/docs: a padded batch without its padding. What is sorted here may be more samples than there are lengths."""
    x, first = operand(input), flag(batch_first)
    sizes = data_array(lengths)
    if x is None:
        return PackedSequence(Array(UNKNOWN_SHAPE, "torch"), sizes)
    if first is UNSURE:
        return PackedSequence(Array(Shape(x.shape.axes[-1:], True), "torch", x.dtype), sizes)
    violation = None
    if x.shape.rank in (0, 1):
        violation = Violation("rank", f"expects rank 2 or more, got rank {x.shape.rank}", x.shape, 2)
        packed: Value = PackedSequence(Array(UNKNOWN_SHAPE, "torch", x.dtype), sizes)
        return checked(caller, "nn.utils.rnn.pack_padded_sequence", [x, sizes], packed, violation)
    padded = _meant(_exchanged(x, bool(first)))
    if not x.shape.open:
        caller.emit(Packed(caller.site, x, sizes, 0 if first else 1, flag(enforce_sorted) is True))
        batch, time, *rest = padded.shape.axes
        count = sizes.shape.axis(0)
        if sizes.shape.rank not in (None, 1):
            violation = Violation("rank", f"expects lengths of rank 1, got {sizes.shape}", sizes.shape, 1)
        elif count is not None and _unlike(count.dim, batch.dim, flag(enforce_sorted) is True):
            violation = Violation("lengths", f"{count.dim} lengths for a batch of {batch.dim}", count.dim, batch.dim)
        longest = _longest(lengths, time.dim)
        # A length beyond the last step passes here, and makes trouble where the packed batch is used.
        shape = Shape((batch, Axis(longest, Meaning.TIME), *rest))
        if count is not None and same(count.dim, time.dim) and not same(time.dim, batch.dim):
            # The lengths are those of the other axis: what comes of it says nothing of the sizes that are meant.
            front = Axis(unknown_dim("batch", lower=1), Meaning.BATCH), Axis(unknown_dim("longest", lower=1), Meaning.TIME)
            shape = Shape((*front, *rest))
        padded = Array(shape, "torch", x.dtype, x.producer, x.source, x.known)
    packed = PackedSequence(padded, sizes, _even(lengths))
    return checked(caller, "nn.utils.rnn.pack_padded_sequence", [x, sizes], packed, violation)


def _unlike(lengths: Dim, batch: Dim, is_sorted: bool) -> bool:
    """Whether that many lengths are refused: sorting takes as many samples as there are lengths."""
    return differ(lengths, batch) if is_sorted else at_least(lengths, batch + 1)


@models(f"{_RNN}.pad_packed_sequence")
def pad_packed(
    caller: Caller, sequence: Value, batch_first: Value = FALSE, padding_value: Value = NONE, total_length: Value = NONE
) -> Value:
    """pytorch.org/docs: (padded batch, lengths)."""
    packed, first = sequence, flag(batch_first)
    if not isinstance(packed, PackedSequence) or first is UNSURE:
        return tuple_of(tensor(UNKNOWN_SHAPE, None), tensor(Shape.of(unknown_dim("batch")), "int"))
    padded = packed.padded
    shape = padded.shape
    whole = dim_of(total_length) if not is_none(total_length) else None
    violation = None
    if shape.rank is not None and len(shape.axes) >= 2 and not is_none(total_length):
        steps = shape.axes[1].dim
        if whole is not None and at_least(steps, whole + 1):
            violation = Violation("lengths", f"a total length of {whole} is less than the longest sequence, {steps}", whole, steps)
        shape = shape.replace(1, Axis(unknown_dim("longest", lower=1) if whole is None else whole, Meaning.TIME))
    result = _exchanged(Array(shape, "torch", padded.dtype, padded.producer, padded.source, padded.known), bool(first))
    batch = shape.axes[0].dim if shape.rank is not None and shape.axes else unknown_dim("batch", lower=1)
    event = Operation(caller.site, PADDED, (padded,), NONE, None)
    event.result = lengths = Array(Shape((Axis(batch, Meaning.BATCH),)), "torch", "int", behind=event)
    answer = tuple_of(result, lengths)
    caller.emit(event)
    return checked(caller, "nn.utils.rnn.pad_packed_sequence", [padded], answer, violation)


def _padded(caller: Caller, name: str, sequences: Value, batch_first: bool) -> Array | None:
    """Sequences stacked, the shorter ones filled up; None where they are not known."""
    items = sequence(sequences)
    if items is None:
        return None
    if items.known is None:
        element = operand(items.element)
        if element is None or element.shape.rank in (None, 0):
            return None
        return _stacked(element, element.shape.axes[0].dim, items.length, element.shape.axes[1:], batch_first)
    parts = [operand(item) for item in items.known]
    known = [part for part in parts if part is not None]
    if len(known) != len(parts) or not known or any(part.shape.rank is None for part in known):
        return None
    return _of_known(caller, name, known, batch_first)


def _of_known(caller: Caller, name: str, known: Sequence[Array], batch_first: bool) -> Array | None:
    violation = None
    first = known[0]
    if any(part.shape.rank == 0 for part in known):
        violation = Violation("rank", "expects sequences of rank 1 or more, got rank 0", first.shape, 1)
        checked(caller, name, known, NONE, violation)
        return None
    longest = known[0].shape.axes[0].dim
    for part in known[1:]:
        longest = larger(longest, part.shape.axes[0].dim)
        if shapes_differ(Shape(part.shape.axes[1:]), Shape(first.shape.axes[1:])):
            words = f"sequences {first.shape} and {part.shape} differ in more than their length"
            violation = violation or Violation("shape", words, first.shape, part.shape)
    answer = _stacked(first, longest, len(known), first.shape.axes[1:], batch_first)
    checked(caller, name, known, answer, violation)
    return answer


def _stacked(element: Array, time: Dim, count: Dim, rest: Sequence[Axis], batch_first: bool) -> Array:
    if any(s.varies for s in symbols(time)):
        time = unknown_dim("longest", LONGEST, 1)
    batch, steps = Axis(count, Meaning.BATCH), Axis(time, Meaning.TIME)
    front = (batch, steps) if batch_first else (steps, batch)
    if any(s.varies for axis in rest for s in symbols(axis.dim)):
        rest = [axis.of_length(unknown_dim()) for axis in rest]
    return tensor(Shape((*front, *rest)), element.dtype, element)


@models(f"{_RNN}.pad_sequence")
def pad_sequence(caller: Caller, sequences: Value, batch_first: Value = FALSE, *others: Ignored) -> Value:
    """pytorch.org/docs: (time, batch, …), or with batch_first (batch, time, …)."""
    first = flag(batch_first)
    found = _padded(caller, "nn.utils.rnn.pad_sequence", sequences, first is not UNSURE and first)
    if found is None:
        return tensor(UNKNOWN_SHAPE, None)
    if first is UNSURE:
        rest = Shape(found.shape.axes[2:]) if found.shape.rank is not None else UNKNOWN_SHAPE
        return tensor(Shape((Axis(unknown_dim()), Axis(unknown_dim()), *rest.axes), rest.open), found.dtype, found)
    return found


@models(f"{_RNN}.pack_sequence")
def pack_sequence(caller: Caller, sequences: Value, *others: Ignored) -> Value:
    """pytorch.org/docs: sequences packed without having been padded."""
    found = _padded(caller, "nn.utils.rnn.pack_sequence", sequences, True)
    if found is None:
        return PackedSequence(Array(UNKNOWN_SHAPE, "torch"), Array(Shape.of_rank(1), "torch", "int"))
    return PackedSequence(found, tensor(Shape(found.shape.axes[:1]), "int"))


@models(f"{_RNN}.unpad_sequence", f"{_RNN}.unpack_sequence")
def unpad_sequence(*others: Value, **keywords: Value) -> Value:
    """pytorch.org/docs: a list of sequences."""
    return ListObject(Items.many(unknown(), unknown_dim("sequences")))


@models(PACKED)
def packed_sequence(data: Value, *others: Ignored, **keywords: Ignored) -> Value:
    """pytorch.org/docs: packed data put together by hand."""
    x = operand(data)
    rest = () if x is None else x.shape.axes[-1:] if x.shape.open else x.shape.axes[1:]
    padded = Array(Shape(rest, True), "torch", None if x is None else x.dtype)
    return PackedSequence(padded, Array(Shape.of_rank(1), "torch", "int"))


@models("torch.nn.utils.clip_grad_norm_", "torch.nn.utils.clip_grad_norm", "torch.nn.utils.clip_grad_value_")
def clipped(*others: Ignored, **keywords: Ignored) -> Value:
    """pytorch.org/docs: changes gradients, and gives their norm."""
    return tensor(Shape(()), "float")


