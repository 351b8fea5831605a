"""LST109: what an RNN returns is unpacked into another number of names."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.edits.calls import keyword_set
from lstmlint.edits.change import Proposal, proposal
from lstmlint.findings import THERE, Finding, Related
from lstmlint.rules.base import Rule
from lstmlint.rules.cause import is_of_keras, is_recurrent, layer_name, rnn_of
from lstmlint.rules.unpacking import fewer_names, one_name_more, without_brackets
from lstmlint.shapes.dims import same
from lstmlint.trace import Event, LayerApplied, Trace, Unpacked
from lstmlint.values.data import Array, Tuple
from lstmlint.values.network import Layer


class RnnOutputUnpacking(Rule):
    """
    # rnn-output-unpacking

    ## What
    What a recurrent layer returns is unpacked into another number of names. Without return_state=True it is one tensor. With it,
    an LSTM returns three (output, h, c), a GRU or SimpleRNN two (output, h), Bidirectional the output and the states of
    both directions: five for an LSTM, three for a GRU. return_sequences changes the output's shape, not their number.

    ## Why it hurts
    Python raises when the model is built. One tensor is taken apart along the batch axis, which also raises, unless the batch
    happens to be as long as there are names: then samples are taken for states.

    ## Example
    ```python
    output, state = LSTM(10, return_sequences=True)(x)
    ```

    ## Fixed
    ```python
    output, h, c = LSTM(10, return_sequences=True, return_state=True)(x)
    ```

    ## When to ignore
    Never: what is meant can be written with `[…]` or `tf.unstack`.
    """

    code = "LST109"
    name = "rnn-output-unpacking"
    severity = "error"
    safe_fix = "unpack as many values as there are, where no other name is used; add `return_state=True` where the names ask for it"
    unsafe_fix = "add `return_state=True` and a name for the cell state; take `h_n` of a pair of states"
    listens = (Unpacked,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, Unpacked):
            return
        found = _source(event)
        if found is None or not is_recurrent(found[0].layer) or not is_of_keras(found[0].layer):
            return
        applied, what, count = found
        wanted = event.count - 1 if event.starred else event.count
        if count is not None and (count >= wanted if event.starred else count == wanted):
            return
        layer = applied.layer
        names = f"{wanted} names" + (" or more" if event.starred else "")
        yield self.finding(
            event,
            event.site,
            f"{what}, and is unpacked into {names}",
            help=_advice(layer, applied, count),
            related=(Related(layer.site, "made here"),),
            key=event.site.node,
            fix=_fix(event, applied, count),
        )

    valid = (
        """
from keras import Input
from keras.layers import GRU, LSTM, Bidirectional

x = Input((10, 1))
out, h, c = LSTM(8, return_state=True)(x)
out, h = GRU(8, return_sequences=True, return_state=True)(x)
out, *states = LSTM(8, return_state=True)(x)
out, fh, fc, bh, bc = Bidirectional(LSTM(8, return_state=True))(x)
forward, backward = Bidirectional(LSTM(8), merge_mode=None)(x)
""",
    )
    invalid = (
        """
from keras import Input
from keras.layers import LSTM

x = Input((10, 1))
out, state = LSTM(8, return_sequences=True)(x)  # LST109
""",
        """
from keras import Input
from keras.layers import GRU

x = Input((10, 1))
out, h, c = GRU(8, return_state=True)(x)  # LST109
""",
        """
from keras import Input
from keras.layers import Bidirectional, LSTM

x = Input((10, 1))
out, h, c = Bidirectional(LSTM(8, return_state=True))(x)  # LST109
""",
        """
from keras import Input
from keras.layers import GRU

x = Input((10, 1))
out, (h, c) = GRU(8, return_state=True)(x)  # LST109
""",
    )


def _fix(event: Unpacked, applied: LayerApplied, count: int | None) -> Proposal | None:
    """As many names as there are tensors, or as many tensors as there are names."""
    inner = rnn_of(applied.layer).kind
    wanted = {"LSTM": 3, "GRU": 2, "SimpleRNN": 2}.get(inner)
    if event.starred or wanted is None or applied.layer.kind == "Bidirectional":
        return None
    if count is not None:
        return fewer_names(event.site, count)
    if applied.output is not event.value:
        return without_brackets(event.site)
    rnn = applied.layer
    if inner == "LSTM" and event.count == 2:
        return proposal(
            "add return_state=True and a name for the cell state",
            keyword_set(rnn.site, "return_state", "True"),
            one_name_more(event.site),
            safe=False,
        )
    if event.count != wanted:
        return None
    return proposal("add return_state=True", keyword_set(rnn.site, "return_state", "True"))


def _source(event: Unpacked) -> tuple[LayerApplied, str, int | None] | None:
    """The application that returned what is unpacked, what that is in words, and how many tensors it holds (None: it is one)."""
    value = event.value
    if isinstance(value, Tuple):
        known = value.items.known
        first = known[0] if known else None
        applied = first.producer if isinstance(first, Array) else None
        if known is None or not isinstance(applied, LayerApplied) or applied.output is not value:
            return None
        return applied, f"this {layer_name(applied.layer)} returns {len(known)} tensors", len(known)
    if not isinstance(value, Array) or not isinstance(value.producer, LayerApplied):
        return None
    applied = value.producer
    whole = applied.output is value
    parts = applied.output.items.known if isinstance(applied.output, Tuple) else ()
    if not whole and not any(part is value for part in parts or ()):
        return None
    if not value.shape.axes or value.shape.open or same(value.shape.axes[0].dim, event.count):
        return None
    name = layer_name(applied.layer)
    return applied, f"this {name} returns one tensor" if whole else f"this state of the {name} is one tensor", None


def _advice(layer: Layer, applied: LayerApplied, count: int | None) -> str:
    if isinstance(applied.output, Tuple):
        inner = rnn_of(layer).kind
        order = {"LSTM": "output, h, c", "GRU": "output, h", "SimpleRNN": "output, h"}.get(inner)
        if layer.kind == "Bidirectional" and count is not None and count > 2:
            order = {5: "output, forward_h, forward_c, backward_h, backward_c", 3: "output, forward_h, backward_h"}.get(count)
        return f"unpack it as {order}" if order else f"unpack it into {count} names"
    return f"pass return_state=True to the layer {THERE} if the states are wanted, too"
