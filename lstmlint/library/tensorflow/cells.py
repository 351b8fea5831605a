"""The cells of TensorFlow 1: what a step gives for an input, which states it keeps, and which widths its weights are made for.

A cell is a Layer under "tensorflow.nn.rnn_cell"; tf.contrib.rnn and tf.compat.v1.nn.rnn_cell are other names of the same.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lstmlint.library.binding import Ignored
from lstmlint.library.registry import models
from lstmlint.shapes.dims import Dim, differ
from lstmlint.shapes.shape import Axis, Meaning, Shape, Violation
from lstmlint.trace import LayerMade
from lstmlint.values.base import MISSING, Choice, Value, dim_of, integer, unknown
from lstmlint.values.code import Caller, LibraryObject
from lstmlint.values.data import Array, Items, Tuple, items_of, tuple_of
from lstmlint.values.network import Layer, is_positive, plain

CELLS = "tensorflow.nn.rnn_cell"
States = tuple["States", ...] | Dim | None
"""The lengths of the states of a cell, nested as the states are; None where that is not known."""


@dataclass(frozen=True, slots=True)
class CellSpec:
    """The description of a class of cells: its parameters in order, and the lengths that its states have."""

    parameters: tuple[str, ...]
    states: Callable[[Layer], States]
    output: Callable[[Layer], Dim | None]
    inner: bool = False
    """Whether its first argument is another cell, or a list of them."""


SPECS: dict[str, CellSpec] = {}
"""The classes of cells by their paths."""

_SIZES = frozenset(
    ("num_units", "num_proj", "output_size", "cell", "cells", "state_is_tuple", "attn_size", "attention_layer_size",
     "output_attention", "embedding_size")
)  # fmt: skip
"""The arguments on which shapes depend."""


def _units(layer: Layer) -> Dim:
    return layer.length("num_units")


def _projected(layer: Layer) -> Dim:
    return _units(layer) if layer.given("num_proj") is None else layer.length("num_proj")


def _two(layer: Layer) -> States:
    """The states of an LSTM: (c, h), or both in one where state_is_tuple=False."""
    joined = layer.flag("state_is_tuple", True)
    if joined is None:
        return None
    return (_units(layer), _projected(layer)) if joined else _units(layer) + _projected(layer)


def inner_cell(layer: Layer) -> Value:
    """What a wrapper wraps."""
    return plain(layer.config.get("cell", unknown()))


def inner_cells(layer: Layer) -> tuple[Value, ...] | None:
    """The cells of a MultiRNNCell; None where they are not all known."""
    items = items_of(plain(layer.config.get("cells", unknown())))
    return None if items is None or not items.known else tuple(plain(cell) for cell in items.known)


def states_of(cell: Value) -> States:
    """The lengths of the states of a cell; of a cell that the program defines itself, they are not known."""
    spec = SPECS.get(cell.path) if isinstance(cell, Layer) else None
    return None if spec is None or not isinstance(cell, Layer) else spec.states(cell)


def output_of(cell: Value) -> Dim | None:
    """The length of what a cell gives at each step."""
    spec = SPECS.get(cell.path) if isinstance(cell, Layer) else None
    return None if spec is None or not isinstance(cell, Layer) else spec.output(cell)


def _of_several(layer: Layer) -> States:
    cells = inner_cells(layer)
    states = None if cells is None else tuple(map(states_of, cells))
    if states is None or layer.flag("state_is_tuple", True):
        return states
    total: Dim = 0
    for state in states:
        if state is None or isinstance(state, tuple):
            return None
        total = state + total
    return total


def _last_output(layer: Layer) -> Dim | None:
    cells = inner_cells(layer)
    return None if cells is None else output_of(cells[-1])


_UNITS = "num_units"
_WRAPPED: tuple[Callable[[Layer], States], Callable[[Layer], Dim | None]] = (
    lambda layer: states_of(inner_cell(layer)),
    lambda layer: output_of(inner_cell(layer)),
)
_DROPOUT = "cell input_keep_prob output_keep_prob state_keep_prob variational_recurrent input_size dtype seed"

_TABLE: tuple[tuple[str, str, Callable[[Layer], States], Callable[[Layer], Dim | None], bool], ...] = (
    ("BasicRNNCell GRUCell GRUBlockCell GRUBlockCellV2 IntersectionRNNCell UGRNNCell CudnnCompatibleGRUCell IndRNNCell IndyGRUCell",
     f"{_UNITS}", _units, _units, False),
    ("BasicLSTMCell IndyLSTMCell", f"{_UNITS} forget_bias state_is_tuple activation reuse name dtype", _two, _units, False),
    ("LSTMCell LayerNormLSTMCell CoupledInputForgetGateLSTMCell",
     f"{_UNITS} use_peepholes cell_clip initializer num_proj proj_clip num_unit_shards num_proj_shards forget_bias state_is_tuple "
     "activation reuse name dtype", _two, _projected, False),
    ("LSTMBlockCell CudnnCompatibleLSTMCell PhasedLSTMCell", f"{_UNITS} forget_bias", _two, _units, False),
    ("LayerNormBasicLSTMCell", f"{_UNITS} forget_bias input_size activation layer_norm norm_gain norm_shift", _two, _units, False),
    ("NASCell", f"{_UNITS} num_proj use_biases reuse", _two, _projected, False),
    ("DropoutWrapper", _DROPOUT, *_WRAPPED, True),
    ("ResidualWrapper HighwayWrapper", "cell residual_fn", *_WRAPPED, True),
    ("DeviceWrapper", "cell device", *_WRAPPED, True),
    ("InputProjectionWrapper", "cell num_proj activation input_size reuse", *_WRAPPED, True),
    ("EmbeddingWrapper", "cell embedding_classes embedding_size initializer reuse", *_WRAPPED, True),
    ("OutputProjectionWrapper", "cell output_size activation reuse", _WRAPPED[0], lambda layer: layer.length("output_size"), True),
    ("AttentionCellWrapper", "cell attn_length attn_size attn_vec_size input_size state_is_tuple reuse",
     lambda layer: None, lambda layer: layer.length("attn_size", output_of(inner_cell(layer))), True),
    ("AttentionWrapper",
     "cell attention_mechanism attention_layer_size alignment_history cell_input_fn output_attention initial_cell_state name",
     lambda layer: None, lambda layer: _of_attention(layer), True),
    ("MultiRNNCell", "cells state_is_tuple", _of_several, _last_output, True),
)  # fmt: skip


def _of_attention(layer: Layer) -> Dim | None:
    attends = layer.flag("output_attention", True)
    size = layer.given("attention_layer_size")
    if attends is None or (attends and (size is None or not is_positive(size))):
        return None
    return layer.length("attention_layer_size") if attends else output_of(inner_cell(layer))


def _register(names: str, spec: CellSpec) -> None:
    for name in names.split():
        path = "tensorflow.contrib.seq2seq.AttentionWrapper" if name == "AttentionWrapper" else f"{CELLS}.{name}"
        SPECS[path] = spec
        models(path)(_constructor(path, spec))


def _constructor(path: str, spec: CellSpec) -> Callable[..., Value]:
    def construct(caller: Caller, *args: Ignored, **keywords: Ignored) -> Value:
        return _made(caller, path, spec, args, keywords)  # type: ignore[arg-type]

    construct.__doc__ = f"TensorFlow 1, tf.nn.rnn_cell: {path}."
    return construct


def _made(caller: Caller, path: str, spec: CellSpec, args: Sequence[Value], keywords: Mapping[str, Value]) -> Value:
    config: dict[str, Value] = {}
    for name, value in (*zip(spec.parameters, args), *keywords.items()):
        if name in _SIZES:
            config[name] = plain(value)
        elif not isinstance(value, Choice):
            config[name] = value
    if spec.inner:
        _keep_cells(config)
    layer = Layer(path, config, caller.site)
    caller.emit(LayerMade(caller.site, path, layer, tuple(args), dict(keywords)))
    return layer


def _keep_cells(config: dict[str, Value]) -> None:
    """Of a list of cells, what it holds now: the program may go on with the list."""
    items = items_of(config.get("cells", MISSING))
    if items is not None:
        config["cells"] = Tuple(items)


for _names, _parameters, _states, _output, _inner in _TABLE:
    _register(_names, CellSpec(tuple(_parameters.split()), _states, _output, _inner))


# States as tensors


def state_tensors(states: States, batch: Axis) -> Value:
    """The states of a batch."""
    if states is None:
        return unknown()
    if isinstance(states, tuple):
        return tuple_of(*(state_tensors(state, batch) for state in states))
    return Array(Shape((batch, Axis(states, Meaning.FEATURE))), "graph", "float")


def state_lengths(states: States) -> Value:
    """What `cell.state_size` is."""
    if states is None:
        return unknown()
    return tuple_of(*map(state_lengths, states)) if isinstance(states, tuple) else integer(states)


def state_fault(given: Value, states: States, batch: Dim | None) -> Violation | None:
    """What is wrong with the initial states of a cell."""
    given = plain(given)
    if states is None or isinstance(given, LibraryObject):
        return None
    items = items_of(given)
    if isinstance(states, tuple):
        return _of_tuple(given, items, states, batch)
    if items is not None and items.known is not None and len(items.known) != 1 and all(isinstance(i, Array) for i in items.known):
        return Violation("state", f"expects one state of length {states}, got a tuple of {len(items.known)}", None, states)
    if not isinstance(given, Array):
        return None
    shape = given.shape
    if shape.rank not in (None, 2):
        return Violation("state", f"expects a state of rank 2, got {shape}", shape, states)
    last, first = shape.axis(-1), shape.axis(0)
    if last is not None and differ(last.dim, states):
        return Violation("state", f"expects a state of length {states}, got {shape}", shape, states)
    if first is not None and batch is not None and differ(first.dim, batch):
        return Violation("state", f"expects states for a batch of {batch}, got {shape}", shape, batch)
    return None


def _of_tuple(given: Value, items: Items | None, states: tuple[States, ...], batch: Dim | None) -> Violation | None:
    if isinstance(given, Array) and given.kind == "graph" and given.shape.rank == 2:
        return Violation("state", f"expects a tuple of {len(states)} states, got one tensor {given.shape}", given.shape, None)
    if items is None or items.known is None:
        return None
    if len(items.known) != len(states):
        return Violation("state", f"expects a tuple of {len(states)} states, got one of {len(items.known)}", None, len(states))
    return next((fault for part, state in zip(items.known, states) if (fault := state_fault(part, state, batch)) is not None), None)


# Steps


def step(cell: Value, features: Dim | None) -> tuple[Dim | None, Violation | None, Layer | None]:
    """The length of what `cell` gives for an input of `features`, what is wrong with that, and with which of its inner cells.

    The weights of a cell are made at its first use.
    """
    cell = plain(cell)
    if not isinstance(cell, Layer) or cell.path not in SPECS:
        return None, None, None
    if cell.kind == "MultiRNNCell":
        return _through(inner_cells(cell), features)
    if not SPECS[cell.path].inner:
        violation = _weights(cell, features)
        return output_of(cell), violation, cell if violation is not None else None
    if cell.kind == "InputProjectionWrapper":
        features = cell.length("num_proj")
    elif cell.kind == "EmbeddingWrapper":
        features = cell.length("embedding_size")
    elif cell.kind in ("AttentionWrapper", "AttentionCellWrapper"):
        # What the cell in it gets depends on the attention, too.
        return output_of(cell), None, None
    inner, violation, at = step(inner_cell(cell), features)
    adds = cell.kind in ("ResidualWrapper", "HighwayWrapper") and "residual_fn" not in cell.config
    if violation is None and adds and inner is not None and features is not None and differ(inner, features):
        words = f"adds its input of {features} features to its output of {inner}"
        violation, at = Violation("residual", words, features, inner), cell
    return output_of(cell), violation, at


def _through(cells: tuple[Value, ...] | None, features: Dim | None) -> tuple[Dim | None, Violation | None, Layer | None]:
    violation: Violation | None = None
    at: Layer | None = None
    if cells is None:
        return None, None, None
    for cell in cells:
        features, fault, where = step(cell, features)
        if violation is None and fault is not None:
            violation, at = fault, where
    return features, violation, at


def _weights(cell: Layer, features: Dim | None) -> Violation | None:
    if features is None or cell.kind in ("IndRNNCell", "SRUCell"):
        return None
    built = cell.built.plain()
    if built is MISSING:
        cell.built.set(integer(features))
        return None
    known = dim_of(built)
    if known is None or not differ(known, features):
        return None
    return Violation("feature", f"has weights for inputs of {known} features, got {features}", features, known)


def takes_matrices(cell: Value) -> bool:
    """Whether a cell takes (batch, features) at each step, and nothing with more axes."""
    cell = plain(cell)
    if not isinstance(cell, Layer) or cell.path not in SPECS:
        return False
    if cell.kind == "MultiRNNCell":
        cells = inner_cells(cell)
        return cells is not None and takes_matrices(cells[0])
    return cell.kind != "EmbeddingWrapper" and (not SPECS[cell.path].inner or takes_matrices(inner_cell(cell)))


