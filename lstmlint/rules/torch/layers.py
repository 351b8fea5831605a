"""What the rules for PyTorch ask of layers, of what was applied, and of the tensors that came of it."""

from __future__ import annotations

from lstmlint.findings import Related
from lstmlint.library.torch.packed import PackedSequence
from lstmlint.rules.cause import data_shape
from lstmlint.shapes.dims import Dim, same
from lstmlint.shapes.shape import Meaning, Shape
from lstmlint.trace import Event, LayerApplied, Operation, Softmax
from lstmlint.values.data import Array, Tuple
from lstmlint.values.network import Layer

_RNNS = frozenset(["torch.nn.LSTM", "torch.nn.GRU", "torch.nn.RNN"])
_CELLS = frozenset(["torch.nn.LSTMCell", "torch.nn.GRUCell", "torch.nn.RNNCell"])


def is_rnn(layer: Layer) -> bool:
    """nn.LSTM, nn.GRU or nn.RNN."""
    return layer.path in _RNNS


def is_cell(layer: Layer) -> bool:
    """nn.LSTMCell, nn.GRUCell or nn.RNNCell."""
    return layer.path in _CELLS


def of_torch(event: Event) -> LayerApplied | None:
    """The event, if it is the application of a layer of torch.nn."""
    return event if isinstance(event, LayerApplied) and event.layer.path.startswith("torch.") else None


def maker(tensor: Array) -> LayerApplied | None:
    """The layer whose elements a tensor has, under whatever axes, with or without a softmax after it."""
    producer = tensor.producer
    for _ in range(3):
        if isinstance(producer, LayerApplied):
            return producer
        if not isinstance(producer, Softmax):
            return None
        producer = producer.operand.producer
    return None


def last_layer(tensor: Array) -> LayerApplied | None:
    """The last layer on the way to a tensor, whatever was computed of what it gave."""
    return maker(tensor) or (tensor.behind if isinstance(tensor.behind, LayerApplied) else None)


def rnn_of_tensor(tensor: Array) -> LayerApplied | None:
    """The nn.LSTM, nn.GRU or nn.RNN that gave a tensor."""
    applied = tensor.producer
    return applied if isinstance(applied, LayerApplied) and is_rnn(applied.layer) else None


def is_data(tensor: Array) -> bool:
    """Whether no layer and nothing computed by one stands before a tensor."""
    return tensor.producer is None and (tensor.behind is None or isinstance(tensor.behind, Operation))


def is_of_a_batch(tensor: Array) -> bool:
    """Whether the data that layers made a tensor of is known to be samples. What an RNN runs over side by side may be the parts of
    one sample, too: the sentences of a text."""
    for _ in range(50):
        made_by = tensor.producer or tensor.behind
        if isinstance(made_by, Softmax):
            tensor = made_by.operand
        elif isinstance(made_by, LayerApplied) and made_by.inputs:
            if made_by.arguments and isinstance(made_by.arguments[0], PackedSequence):
                return False
            tensor = made_by.inputs[0]
        else:
            break
    return any(axis.meaning in (Meaning.BATCH, Meaning.SAMPLE) for axis in tensor.shape)


def output_of(applied: LayerApplied) -> Array | None:
    """The output of an RNN at all steps; None where it is packed."""
    value = applied.output
    if isinstance(value, Tuple) and value.items.known:
        value = value.items.known[0]
    return value if isinstance(value, Array) else None


def state_of(applied: LayerApplied) -> Array | None:
    """h_n of an RNN."""
    if not isinstance(applied.output, Tuple) or not applied.output.items.known:
        return None
    last = applied.output.items.known[-1]
    if isinstance(last, Tuple) and last.items.known:
        last = last.items.known[0]
    return last if isinstance(last, Array) else None


def is_bidirectional(applied: LayerApplied) -> bool:
    """Proven to run in both directions."""
    flag = applied.layer.flag("bidirectional")
    if flag is not None:
        return flag
    state, layers = state_of(applied), applied.layer.length("num_layers", 1)
    return state is not None and meaning(state.shape, 0) is Meaning.LAYERS and same(state.shape.axes[0].dim, layers * 2)


def meaning(shape: Shape, axis: int) -> Meaning | None:
    """What axis `axis` stands for, where the program says so."""
    found = shape.axis(axis)
    return None if found is None else found.meaning


def shown(shape: Shape) -> str:
    """A shape for a message."""
    return data_shape(shape)


def counted(dim: Dim, what: str) -> str:
    """All of an axis in words: "all 14 steps", "all steps" where nobody knows how many there are, or a batch of them."""
    return f"all {what}" if "?" in str(dim) or str(dim) == "batch" else f"all {dim} {what}"


def layout(layer: Layer) -> str:
    """The axes that an RNN takes, in words."""
    first = layer.flag("batch_first")
    return "(batch, time, features)" if first else "(time, batch, features)"


def made(layer: Layer) -> Related:
    """The place where a layer was made."""
    return Related(layer.site, f"{layer.kind} is made here")


def came_from(tensor: Array) -> tuple[Related, ...]:
    """The layer that gave a tensor, as part of a story."""
    applied = maker(tensor)
    if applied is None:
        return ()
    way = " in both directions" if is_rnn(applied.layer) and is_bidirectional(applied) else ""
    return (Related(applied.layer.site, f"{applied.layer.kind}{way} gives {shown(tensor.shape)}"),)
