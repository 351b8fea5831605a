"""The losses of TensorFlow 1: what they take, and an event that says where prediction and target don't go together."""
from __future__ import annotations

from collections.abc import Callable

from lstmlint.library.keras.axes import is_open
from lstmlint.library.registry import models
from lstmlint.library.tensorflow.operations import operate, tensor
from lstmlint.shapes.dims import differ
from lstmlint.shapes.shape import SCALAR, UNKNOWN_SHAPE, Shape, Violation, ranks_differ
from lstmlint.trace import GraphLoss, OldFunction
from lstmlint.values.base import MISSING, NONE, TRUE, Value, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, items_of

Check = Callable[[Shape, Shape], Violation | None]


def compatible(prediction: Shape, target: Shape) -> Violation | None:
    """What is wrong where both must have one shape, as far as it is known before the graph runs."""
    if ranks_differ(prediction, target):
        return Violation("target", "the two have different ranks", prediction, target)
    for x, y in zip(reversed(prediction.axes), reversed(target.axes)):
        if not is_open(x.dim) and not is_open(y.dim) and differ(x.dim, y.dim):
            return Violation("target", f"{x.dim} and {y.dim} differ", prediction, target)
    return None


def as_rows(prediction: Shape, target: Shape) -> Violation | None:
    """What is wrong where both are taken for rows of classes, which are broadcast."""
    last, other = prediction.axis(-1), target.axis(-1)
    if (prediction.rank, target.rank) == (2, 1):
        return Violation("target", "the target has no axis of the classes", prediction, target)
    if last is None or other is None or prediction.rank is None or target.rank is None:
        return None
    if not differ(last.dim, other.dim):
        same_rank = prediction.rank == target.rank
        return None if not same_rank or prediction.rank != 2 else _rows(prediction, target)
    if 1 in (last.dim, other.dim):
        return Violation("broadcast", f"{other.dim} and {last.dim} classes are stretched", prediction, target)
    if not differ(last.dim, 1) or not differ(other.dim, 1):
        return None
    return Violation("target", f"{last.dim} classes and {other.dim} differ", prediction, target)


def _rows(prediction: Shape, target: Shape) -> Violation | None:
    a, b = prediction.axes[0].dim, target.axes[0].dim
    if isinstance(a, int) and isinstance(b, int) and a != b and 1 not in (a, b):
        return Violation("target", f"{a} rows and {b} differ", prediction, target)
    return None


def as_numbers(prediction: Shape, target: Shape) -> Violation | None:
    """What is wrong where the target holds the number of a class for each row of the prediction."""
    if prediction.rank == 0:
        return Violation("target", "the prediction has no axis of the classes", prediction, target)
    if prediction.rank is not None and target.rank is not None and target.rank != prediction.rank - 1:
        words = f"the target has rank {target.rank}, and needs {prediction.rank - 1}"
        return Violation("target", words, prediction, target)
    if prediction.rank is None or target.rank is None:
        return None
    return compatible(Shape(prediction.axes[:-1]), target)


def as_numbers_squeezed(prediction: Shape, target: Shape) -> Violation | None:
    """As `as_numbers`, for a loss that drops a last axis of length one."""
    last = target.axis(-1)
    if prediction.rank is not None and target.rank == prediction.rank and last is not None and not differ(last.dim, 1):
        return None
    return as_numbers(prediction, target)


def compare(caller: Caller, name: str, prediction: Value, target: Value, check: Check, result: Callable[[Shape], Shape]) -> Value:
    """The answer of a loss, and its event where a tensor of a graph is among what it compares."""
    scores, truth = tensor(prediction), tensor(target)
    if scores is None:
        return unknown()
    operands = [scores] if truth is None else [scores, truth]
    answer = operate(caller, f"tensorflow.{name}", operands, (result(scores.shape), None), "float")
    if truth is not None and "graph" in (scores.kind, truth.kind):
        caller.emit(GraphLoss(caller.site, name, scores, truth, check(scores.shape, truth.shape)))
    return answer


def _without_last(shape: Shape) -> Shape:
    return Shape(shape.axes[:-1], shape.open) if shape.axes else UNKNOWN_SHAPE


def _itself(shape: Shape) -> Shape:
    return shape


def _with_logits(name: str, check: Check, result: Callable[[Shape], Shape], *others: str, present: bool = False) -> None:
    @models(*(f"tensorflow.nn.{one}" for one in (name, *others)))
    def loss(
        caller: Caller, *args: Value, labels: Value = MISSING, logits: Value = MISSING, targets: Value = MISSING, **more: Value
    ) -> Value:
        """TensorFlow 1, tf.nn: a number for each row or element. Before version 1.0, the logits came first."""
        labels = targets if labels is MISSING else labels
        if len(args) >= 2:
            first, second = tensor(args[0]), tensor(args[1])
            labels, logits = (args[0], args[1]) if present else (args[1], args[0])
            ranks = None if first is None or second is None else (first.shape.rank, second.shape.rank)
            if check is as_numbers and ranks is not None and None not in ranks and ranks[0] is not None and ranks[1] is not None:
                labels, logits = (args[0], args[1]) if ranks[0] < ranks[1] else (args[1], args[0])
            if not present and first is not None and first.kind == "graph":
                caller.emit(OldFunction(caller.site, name))
        if labels is MISSING or logits is MISSING:
            return unknown()
        return compare(caller, f"nn.{name}", logits, labels, check, result)


_with_logits("softmax_cross_entropy_with_logits", as_rows, _without_last)
_with_logits("softmax_cross_entropy_with_logits_v2", as_rows, _without_last, present=True)
_with_logits("sparse_softmax_cross_entropy_with_logits", as_numbers, _without_last)
_with_logits("sigmoid_cross_entropy_with_logits", compatible, _itself)


@models("tensorflow.nn.weighted_cross_entropy_with_logits")
def weighted(caller: Caller, labels: Value = MISSING, logits: Value = MISSING, pos_weight: Value = MISSING, **more: Value) -> Value:
    """TensorFlow 1, tf.nn.weighted_cross_entropy_with_logits: a number for each element."""
    labels = more.get("targets", labels)
    if labels is MISSING or logits is MISSING:
        return unknown()
    return compare(caller, "nn.weighted_cross_entropy_with_logits", logits, labels, compatible, _itself)


def _averaged(names: str, check: Check, truth: str, guess: str) -> None:
    for name in names.split():
        _one_averaged(name, check, truth, guess)


def _one_averaged(name: str, check: Check, truth: str, guess: str) -> None:
    @models(f"tensorflow.losses.{name}")
    def loss(caller: Caller, *args: Value, **keywords: Value) -> Value:
        """TensorFlow 1, tf.losses: one number."""
        labels = args[0] if args else keywords.get(truth, MISSING)
        predictions = args[1] if len(args) > 1 else keywords.get(guess, MISSING)
        if labels is MISSING or predictions is MISSING:
            return unknown()
        kinds = [side.kind for side in (tensor(labels), tensor(predictions)) if side is not None]
        if "graph" not in kinds:
            # TensorFlow 2 has others under these names.
            return unknown()
        return compare(caller, f"losses.{name}", predictions, labels, check, lambda shape: SCALAR)


_averaged("mean_squared_error absolute_difference huber_loss log_loss", compatible, "labels", "predictions")
_averaged("hinge_loss", compatible, "labels", "logits")
_averaged("sigmoid_cross_entropy", compatible, "multi_class_labels", "logits")
_averaged("softmax_cross_entropy", compatible, "onehot_labels", "logits")
_averaged("sparse_softmax_cross_entropy", as_numbers_squeezed, "labels", "logits")


# Sequences


def _sequence(prediction: Shape, target: Shape) -> Violation | None:
    if prediction.rank not in (None, 3):
        words = f"the logits need rank 3, (batch, time, classes), got rank {prediction.rank}"
        return Violation("target", words, prediction, target)
    if target.rank not in (None, 2):
        return Violation("target", f"the targets need rank 2, (batch, time), got rank {target.rank}", prediction, target)
    return as_numbers(prediction, target)


@models("tensorflow.contrib.seq2seq.sequence_loss")
def sequence_loss(
    caller: Caller, logits: Value, targets: Value, weights: Value, average_across_timesteps: Value = TRUE,
    average_across_batch: Value = TRUE, softmax_loss_function: Value = NONE,
) -> Value:  # fmt: skip
    """TensorFlow 1, tf.contrib.seq2seq.sequence_loss: the mean over steps and samples."""
    whole = average_across_timesteps == TRUE and average_across_batch == TRUE
    check = _sequence if softmax_loss_function == NONE else _anything
    return compare(
        caller, "contrib.seq2seq.sequence_loss", logits, targets, check, lambda shape: SCALAR if whole else UNKNOWN_SHAPE
    )


@models("tensorflow.contrib.legacy_seq2seq.sequence_loss")
def legacy_sequence_loss(
    caller: Caller, logits: Value, targets: Value, weights: Value, average_across_timesteps: Value = TRUE,
    average_across_batch: Value = TRUE, softmax_loss_function: Value = NONE,
) -> Value:  # fmt: skip
    """TensorFlow 1, tf.contrib.legacy_seq2seq.sequence_loss: of lists with a tensor for each step."""
    first = _first_of(logits)
    whole = average_across_batch == TRUE
    if first is None:
        return Array(SCALAR, "graph", "float") if whole else unknown()
    return operate(caller, "tensorflow.sequence_loss", [first], (SCALAR if whole else UNKNOWN_SHAPE, None), "float")


@models("tensorflow.contrib.legacy_seq2seq.sequence_loss_by_example")
def legacy_loss_by_example(caller: Caller, logits: Value, targets: Value, weights: Value, **more: Value) -> Value:
    """TensorFlow 1, tf.contrib.legacy_seq2seq.sequence_loss_by_example: a number for each row."""
    first = _first_of(logits)
    labels = _first_of(targets)
    if first is None:
        return unknown()
    if labels is None:
        return operate(caller, "tensorflow.sequence_loss", [first], (_without_last(first.shape), None), "float")
    own = more.get("softmax_loss_function", NONE)
    check, result = (_flat_labels, _without_last) if own == NONE else (_anything, _unknown)
    return compare(caller, "contrib.legacy_seq2seq.sequence_loss_by_example", first, labels, check, result)


def _anything(prediction: Shape, target: Shape) -> None:
    """What a function of the program compares, it compares in its own way."""


def _unknown(shape: Shape) -> Shape:
    return UNKNOWN_SHAPE


def _flat_labels(prediction: Shape, target: Shape) -> Violation | None:
    # The targets are flattened first.
    return None if target.rank != 1 else as_numbers(prediction, target)


def _first_of(value: Value) -> Array | None:
    items = items_of(value)
    return None if items is None or items.known == () else tensor(items.known[0] if items.known else items.element)
