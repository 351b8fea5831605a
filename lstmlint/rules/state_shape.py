"""LST401: initial states of a number or shape that the recurrent layer has not."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding, Related
from lstmlint.library.keras.axes import is_open
from lstmlint.rules.base import Rule
from lstmlint.rules.cause import layer_name, rnn_of
from lstmlint.rules.cell_states import StateFault, cell_states_fault
from lstmlint.shapes.dims import differ
from lstmlint.trace import Event, LayerApplied, Trace
from lstmlint.values.data import Array
from lstmlint.values.network import Layer


class StateShape(Rule):
    """
    # state-shape

    ## What
    The initial states given to a recurrent layer do not fit it: an LSTM takes two of them, [h, c], a GRU or SimpleRNN one,
    a Bidirectional layer those of both directions, each of shape (batch, units). A ConvLSTM takes two of the shape of one step
    of its output; an RNN of several cells takes a list with the states of each cell, in which those of an LSTMCell are a pair.

    ## Why it hurts
    Keras 2 raises when the layer is called. Keras 3 builds the model without complaint and fails in the first step of fit or
    predict ("list index out of range"); of too many states for a GRU it takes the first and drops the others without a word.

    ## Example
    ```python
    memory = Bidirectional(LSTM(14, return_sequences=True))(encoded)
    decoded = LSTM(28, return_sequences=True)(previous, initial_state=[memory])
    ```

    ## Fixed
    ```python
    _, fh, fc, bh, bc = Bidirectional(LSTM(14, return_state=True))(encoded)
    states = [Concatenate()([fh, bh]), Concatenate()([fc, bc])]
    decoded = LSTM(28, return_sequences=True)(previous, initial_state=states)
    ```

    ## When to ignore
    Never: the states given are not the ones that the layer starts with.
    """

    code = "LST401"
    name = "state-shape"
    severity = "error"
    listens = (LayerApplied,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, LayerApplied) or event.states is None or event.violation is not None:
            return
        if len(event.inputs) > 1 and trace.keras.version == 3:
            # Keras 3 takes no states in a list with the input, whatever they are.
            return
        wrong = state_fault(event, trace.keras.version) or cell_states_fault(event, trace.keras.version)
        if wrong is None:
            return
        source = wrong.source
        producer = source.producer if source is not None else None
        made = Related(producer.layer.site, f"makes {source.shape}") if source and isinstance(producer, LayerApplied) else None
        related = () if made is None else (made,)
        yield self.finding(
            event, event.site, wrong.message, help=wrong.help, related=related, effect=wrong.effect, severity=wrong.severity,
            key=event.site.node,
        )  # fmt: skip

    valid = (
        """
from keras import Input
from keras.layers import GRU, LSTM, Bidirectional, Concatenate

x = Input((10, 1))
_, h, c = LSTM(8, return_state=True)(x)
y = LSTM(8)(x, initial_state=[h, c])
y = GRU(8)(x, initial_state=h)
_, fh, fc, bh, bc = Bidirectional(LSTM(4, return_state=True))(x)
y = LSTM(8)(x, initial_state=[Concatenate()([fh, bh]), Concatenate()([fc, bc])])
y = Bidirectional(LSTM(4))(x, initial_state=[fh, fc, bh, bc])
""",
    )
    invalid = (
        """
from keras import Input
from keras.layers import Bidirectional, LSTM

x = Input((10, 1))
memory = Bidirectional(LSTM(4, return_sequences=True))(x)
y = LSTM(8)(x, initial_state=[memory])  # LST401
""",
        """
from keras import Input
from keras.layers import GRU, LSTM

x = Input((10, 1))
_, h, c = LSTM(8, return_state=True)(x)
y = GRU(8)(x, initial_state=[h, c])  # LST401
""",
        """
from keras import Input
from keras.layers import LSTM

x = Input((10, 1))
_, h, c = LSTM(8, return_state=True)(x)
y = LSTM(16)(x, initial_state=[h, c])  # LST401
""",
        """
from keras import Input
from keras.layers import Bidirectional, LSTM

x = Input((10, 1))
_, h, c = LSTM(8, return_state=True)(x)
y = Bidirectional(LSTM(8))(x, initial_state=[h, c])  # LST401
""",
    )


_STATES = {"LSTM": 2, "CuDNNLSTM": 2, "GRU": 1, "CuDNNGRU": 1, "SimpleRNN": 1}
_NAMES = {2: "[h, c]", 1: "h", 4: "[forward_h, forward_c, backward_h, backward_c]"}


def state_fault(event: LayerApplied, version: int) -> StateFault | None:
    """The fault in the states of a layer that is known by its name."""
    layer, states = event.layer, event.states
    rnn = rnn_of(layer)
    both = layer.kind == "Bidirectional"
    wanted = _STATES.get(rnn.kind)
    if states is None or wanted is None or (both and layer.given("backward_layer") is not None):
        return None
    if both:
        wanted *= 2
    shapes = [state.shape for state in states.given]
    units = rnn.length("units")
    each = f"(batch, {units})"
    count, name = len(shapes), layer_name(layer)
    takes = f"this {name} starts from {_counted(wanted)} of shape {each}"
    advice = f"pass initial_state={_NAMES[wanted]}" if wanted != 2 or not both else "pass initial_state=[forward_h, backward_h]"
    # Keras 3 takes of a GRU's states what it needs, from the front.
    dropped = version == 3 and count > wanted and rnn.kind in ("GRU", "SimpleRNN")
    used = _used(states.given, both) if dropped else states.given
    fits = all(state.shape.rank == 2 and not differ(state.shape.axes[-1].dim, units) for state in used)
    if count != wanted and (fits or not dropped):
        words = ", the others are dropped without a word" if dropped else ""
        single = f" of shape {shapes[0]}" if count == 1 and not shapes[0].open else ""
        source = states.given[0] if count == 1 else None
        message = f"{takes}, and gets {count}{single}{words}"
        return StateFault(message, advice, "silent" if dropped else "raises", source)
    for state in used:
        shape = state.shape
        if shape.rank is not None and shape.rank != 2:
            return StateFault(f"{takes}, and gets {shape}", advice, "raises", state)
        if shape.axes and differ(shape.axes[-1].dim, units):
            return StateFault(f"{takes}, and gets {shape}", _widths(layer), "raises", state)
        if _other_batch(event, state):
            words = f"{takes}, and gets {shape} for a batch of {event.inputs[0].shape.axes[0].dim}"
            return StateFault(words, advice, "raises", state)
    return None


def _used(states: tuple[Array, ...], both: bool) -> tuple[Array, ...]:
    return (states[0], states[len(states) // 2]) if both else states[:1]


def _counted(count: int) -> str:
    return "one state" if count == 1 else f"{count} states, each"


def _other_batch(event: LayerApplied, state: Array) -> bool:
    """Whether a state is for another number of samples; one for a single sample is broadcast."""
    x = event.inputs[0].shape
    if x.open or not x.axes or state.shape.rank != 2:
        return False
    own, given = x.axes[0].dim, state.shape.axes[0].dim
    return not is_open(own) and not is_open(given) and differ(own, given) and differ(given, 1)


def _widths(layer: Layer) -> str:
    if layer.kind == "Bidirectional":
        return "each direction takes states of its own size: do not concatenate them"
    return "give the layer as many units as the states have; states of both directions are concatenated, or the units doubled"
