"""Graphs of TensorFlow 1: placeholders, variables, and sessions, in which data meets the graph."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

from lstmlint.library.coerce import to_array
from lstmlint.library.keras.axes import is_open, open_length
from lstmlint.library.numpy.arguments import dtype_of
from lstmlint.library.numpy.results import array_or_number
from lstmlint.library.registry import models, watches
from lstmlint.shapes.dims import Dim, Poly, Symbol, differ, substitute, symbols
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Shape, Violation, ranks_differ, unknown_dim
from lstmlint.trace import InputDeclared, LayerApplied, NotTensor, OldFunction, PlaceholderFed
from lstmlint.values.base import NONE, Choice, Const, Integer, Unknown, Value, dim_of, is_none, unknown
from lstmlint.values.code import Caller, LibraryObject
from lstmlint.values.data import (
    Array,
    DictObject,
    Entries,
    Frame,
    Items,
    ListObject,
    Range,
    TensorKey,
    Tuple,
    items_of,
    tuple_of,
)
from lstmlint.values.network import plain

SESSION = "tensorflow.Session"

_OLD = frozenset(
    f"tensorflow.{name}"
    for name in """
    pack unpack batch_matmul mul sub neg select concat_v2 scalar_summary histogram_summary image_summary merge_all_summaries
    merge_summary complex_abs inv batch_cholesky nn.rnn nn.state_saving_rnn nn.bidirectional_rnn train.SummaryWriter
    listdiff
    """.split()  # noqa: SIM905
)
"""What TensorFlow 1.0 has no more."""


@watches("tensorflow")
def note_age(caller: Caller, path: str, args: Sequence[Value], keywords: Mapping[str, Value]) -> None:
    """Events where a program uses what TensorFlow 1.0 has no more, and where all that an RNN returns stands for one tensor."""
    if path in _OLD:
        caller.emit(OldFunction(caller.site, path.removeprefix("tensorflow.")))
    if path in _OF_ONE_TENSOR and args:
        applied = _all_of(plain(args[0]))
        if applied is not None:
            caller.emit(NotTensor(caller.site, path, args[0], "several", applied))


_OF_ONE_TENSOR = frozenset(
    f"tensorflow.{name}"
    for name in """
    reduce_mean reduce_sum reduce_max reduce_min math.reduce_mean math.reduce_sum math.reduce_max expand_dims squeeze reshape
    transpose matmul tanh math.tanh nn.tanh nn.softmax nn.relu sigmoid nn.sigmoid cast
    """.split()  # noqa: SIM905
)


def _all_of(value: Value) -> LayerApplied | None:
    """The layer that returned `value`, if that is several tensors, of several ranks, that can't be stacked."""
    known = value.items.known if isinstance(value, Tuple) else None
    applied = known[0].producer if known and isinstance(known[0], Array) else None
    if not known or not isinstance(applied, LayerApplied) or not isinstance(applied.output, Tuple):
        return None
    if not applied.layer.path.startswith("keras."):
        return None
    returned = applied.output.items.known or ()
    if len(returned) != len(known) or any(a is not b for a, b in zip(returned, known)):
        return None
    ranks = {part.shape.rank if isinstance(part, Array) else None for part in known}
    return applied if None not in ranks and len(ranks) > 1 else None


# Placeholders and variables


def declared_shape(shape: Value) -> Shape:
    """The shape that a placeholder declares: None is a length that is open until data comes."""
    shape = plain(shape)
    items = items_of(shape)
    if isinstance(shape, LibraryObject) or items is None:
        dim = dim_of(shape) if isinstance(shape, (Const, Integer)) and not is_none(shape) else None
        return UNKNOWN_SHAPE if dim is None else Shape.of(dim)
    if items.known is None:
        return Shape.of_rank(items.length) if isinstance(items.length, int) and items.length < 8 else UNKNOWN_SHAPE
    return Shape(tuple(Axis(_length(plain(item))) for item in items.known))


def _length(value: Value) -> Dim:
    if is_none(value):
        return open_length("?")
    dim = dim_of(value)
    return unknown_dim(lower=1) if dim is None else dim


@models("tensorflow.placeholder", "tensorflow.sparse_placeholder")
def placeholder(caller: Caller, dtype: Value, shape: Value = NONE, name: Value = NONE) -> Value:
    """TensorFlow 1, tf.placeholder: a tensor that is given at each run."""
    return _declared(caller, declared_shape(shape), shape, dtype_of(dtype, None), name)


@models("tensorflow.placeholder_with_default")
def placeholder_with_default(caller: Caller, input: Value, shape: Value, name: Value = NONE) -> Value:
    """TensorFlow 1, tf.placeholder_with_default: a tensor that may be given at each run."""
    return _declared(caller, declared_shape(shape), shape, None, name)


def _declared(caller: Caller, shape: Shape, given: Value, dtype: str | None, name: Value) -> Array:
    named = name.value if isinstance(name, Const) and isinstance(name.value, str) else None
    event = InputDeclared(caller.site, None, "placeholder", given, Array(UNKNOWN_SHAPE, "graph"), named)
    event.tensor = Array(shape, "graph", dtype, event)
    caller.emit(event)
    return event.tensor


@models("tensorflow.get_variable", "tensorflow.contrib.framework.get_variable", "tensorflow.contrib.framework.model_variable")
def get_variable(
    name: Value, shape: Value = NONE, dtype: Value = NONE, initializer: Value = NONE, **others: Value
) -> Value:
    """TensorFlow 1, tf.get_variable: a variable of this shape, or with that of what it starts from."""
    if is_none(shape):
        start = plain(initializer)
        if isinstance(start, (Array, Frame)):
            return Array(to_array(start).shape, "graph", to_array(start).dtype)
        return Array(UNKNOWN_SHAPE, "graph")
    return Array(declared_shape(shape), "graph", dtype_of(dtype, "float"))


# Sessions

_SESSIONS = (
    SESSION, "tensorflow.InteractiveSession", "tensorflow.train.MonitoredTrainingSession", "tensorflow.train.MonitoredSession",
    "tensorflow.train.SingularMonitoredSession", "tensorflow.get_default_session", "keras.backend.get_session",
)  # fmt: skip


@models(*_SESSIONS, "tensorflow.train.Supervisor.managed_session", "tensorflow.train.Supervisor.prepare_or_wait_for_session")
def session(*args: Value, **keywords: Value) -> Value:
    """TensorFlow 1, tf.Session: runs a graph."""
    return LibraryObject(SESSION)


@models("tensorflow.train.Supervisor")
def supervisor(*args: Value, **keywords: Value) -> Value:
    """TensorFlow 1, tf.train.Supervisor: makes sessions."""
    return LibraryObject("tensorflow.train.Supervisor")


@models(f"{SESSION}.as_default", f"{SESSION}.__enter__")
def itself(self: Value) -> Value:
    """TensorFlow 1, tf.Session: the same."""
    return self


@models(f"{SESSION}.run", f"{SESSION}.partial_run")
def run(caller: Caller, self: Value, fetches: Value = NONE, feed_dict: Value = NONE, **others: Value) -> Value:
    """TensorFlow 1, tf.Session.run: what tensors are for the data given."""
    lengths = feed(caller, feed_dict)
    return fetched(plain(fetches), lengths)


@models("tensorflow.GraphTensor.eval")
def evaluate(caller: Caller, self: Array, feed_dict: Value = NONE, session: Value = NONE) -> Value:
    """TensorFlow 1, tf.Tensor.eval: what a tensor is for the data given."""
    return fetched(self, feed(caller, feed_dict))


@models("tensorflow.GraphOperation.run")
def run_operation(caller: Caller, self: Value, feed_dict: Value = NONE, session: Value = NONE) -> None:
    """TensorFlow 1, tf.Operation.run: does what the operation does, for the data given."""
    feed(caller, feed_dict)


def feed(caller: Caller, feed_dict: Value) -> dict[Symbol, Dim]:
    """The events of data given to placeholders, and what lengths these have for it."""
    lengths: dict[Symbol, Dim] = {}
    given = plain(feed_dict)
    if not isinstance(given, DictObject):
        return lengths
    for key, value in given.entries.known:
        if not isinstance(key, TensorKey):
            continue
        data = fed_array(plain(value))
        if data is None:
            continue
        caller.emit(PlaceholderFed(caller.site, key.tensor, data, value, _misfit(key.tensor.shape, data.shape)))
        if data.shape.rank is not None and data.shape.rank == key.tensor.shape.rank:
            for own, fed in zip(key.tensor.shape, data.shape):
                if isinstance(own.dim, Poly) and is_open(own.dim):
                    (symbol,) = list(symbols(own.dim))[:1]
                    lengths.setdefault(symbol, fed.dim)
    return lengths


def _misfit(own: Shape, data: Shape) -> Violation | None:
    """What a session refuses: another rank, or another length where the placeholder has one."""
    if own.rank is None:
        return None
    if ranks_differ(own, data):
        return Violation("rank", f"can't feed {data} to a placeholder of shape {own}", data, own)
    if data.rank is None:
        return None
    wrong = [at for at, (x, y) in enumerate(zip(own, data)) if not is_open(x.dim) and differ(x.dim, y.dim)]
    if not wrong:
        return None
    return Violation("size", f"can't feed {data} to a placeholder of shape {own}", data, wrong[-1])


def fed_array(value: Value) -> Array | None:
    """Data for a placeholder as the session makes an array of it; None where it is not known to be data."""
    if isinstance(value, Choice) or isinstance(value, Unknown) and value.type is None:
        return None
    if isinstance(value, (Array, Frame, Const, Integer, Unknown, Range)):
        return to_array(value)
    items = items_of(value)
    if items is None or isinstance(value, ListObject) and value.kind in ("set", "iterator", "view"):
        return None
    return to_array(value)


def fetched(value: Value, lengths: Mapping[Symbol, Dim]) -> Value:
    """What a run gives for a tensor, or a structure of them."""
    if isinstance(value, Array):
        unfed: dict[Symbol, Dim] = {}

        def number(symbol: Symbol) -> Dim | None:
            if symbol in lengths:
                return lengths[symbol]
            if is_open(Poly({(symbol,): 1})):
                return unfed.setdefault(symbol, unknown_dim(lower=1))
            return None

        axes = tuple(Axis(substitute(axis.dim, number), axis.meaning) for axis in value.shape)
        return array_or_number(Shape(axes, value.shape.open), value.dtype)
    if isinstance(value, Tuple) and value.items.known is not None:
        return tuple_of(*(fetched(plain(part), lengths) for part in value.items.known))
    if isinstance(value, ListObject) and value.kind == "list":
        items = value.items
        if items.known is not None:
            return ListObject(Items.of(fetched(plain(part), lengths) for part in items.known))
        return ListObject(Items.many(fetched(items.element, lengths), items.length))
    if isinstance(value, DictObject) and not value.entries.open:
        return DictObject(Entries(tuple((key, fetched(plain(part), lengths)) for key, part in value.entries.known)))
    if isinstance(value, LibraryObject) and value.path == OPERATION:
        return NONE
    return unknown()


# Operations without an output

OPERATION = "tensorflow.GraphOperation"


def operation(*args: Value, **keywords: Value) -> Value:
    """TensorFlow 1: something that is done at each run, and gives nothing."""
    return LibraryObject(OPERATION)


models(
    *(f"tensorflow.{name}" for name in (
        "global_variables_initializer", "initialize_all_variables", "local_variables_initializer", "initialize_local_variables",
        "variables_initializer", "initialize_variables", "tables_initializer", "group", "no_op",
    ))
)(operation)  # fmt: skip

_OPTIMIZERS = tuple(
    f"tensorflow.{home}.{name}"
    for home, names in (
        ("train", "Adam GradientDescent RMSProp Adagrad Adadelta Momentum Ftrl ProximalAdagrad ProximalGradientDescent AdagradDA"),
        ("contrib.opt", "Nadam LazyAdam MovingAverage AdamW"),
    )
    for name in (f"{short}Optimizer" for short in names.split())
)
_OPTIMIZER = "tensorflow.train.Optimizer"


@models(*_OPTIMIZERS)
def optimizer(*args: Value, **keywords: Value) -> Value:
    """TensorFlow 1, tf.train: an optimizer."""
    return LibraryObject(_OPTIMIZER)


@models(f"{_OPTIMIZER}.minimize", f"{_OPTIMIZER}.apply_gradients", "tensorflow.contrib.layers.optimize_loss")
def minimize(*args: Value, **keywords: Value) -> Value:
    """TensorFlow 1, tf.train.Optimizer: a step of training."""
    return LibraryObject(OPERATION)


@models("tensorflow.contrib.training.HParams")
def hyper_parameters(*args: Value, **keywords: Value) -> Value:
    """TensorFlow 1, tf.contrib.training.HParams: an object with these attributes."""
    made = LibraryObject("tensorflow.contrib.training.HParams")
    for name, value in keywords.items():
        made.fields.set(name, value)
    return made
