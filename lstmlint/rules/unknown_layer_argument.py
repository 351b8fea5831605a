"""LST601: a layer gets an argument that this version of Keras does not know."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

import libcst as cst

from lstmlint.edits.calls import argument, argument_removed, keyword_renamed, without_argument
from lstmlint.edits.change import Proposal, proposal
from lstmlint.edits.expressions import code
from lstmlint.edits.inputs import input_before
from lstmlint.findings import Finding, Severity
from lstmlint.library.keras.signatures import never_taken, of_keras_3
from lstmlint.rules.base import Rule
from lstmlint.rules.version import only_with_keras_3
from lstmlint.trace import Event, InputDeclared, LayerMade, Trace
from lstmlint.values.network import Layer


class UnknownLayerArgument(Rule):
    """
    # unknown-layer-argument

    ## What
    The constructor of a layer gets a keyword that it does not take: `batch_input_shape`, `batch_size`, `input_length`,
    `time_major` and `weights` went with Keras 3, the names of Keras 1 (`output_dim`, `nb_filter`, `inner_init`) before it; others
    never were (`return_sequence`). So is `LSTM(…, input_dim=k)`, from which Keras 3 makes an input without a time axis.

    ## Why it hurts
    Keras raises where the layer is made. What a tutorial for Keras 2 tells to write fails with Keras 3. What only Keras 3
    refuses is an error where the project says that it uses Keras 3 (see the setting `keras-version`), a warning where
    nothing says which version is meant, and is not reported where the project or the script is for an earlier one.

    ## Example
    ```python
    model.add(LSTM(50, batch_input_shape=(16, 10, 1), stateful=True))
    ```

    ## Fixed
    ```python
    model.add(Input(batch_shape=(16, 10, 1)))
    model.add(LSTM(50, stateful=True))
    ```

    ## When to ignore
    Where the code is for Keras 2: better say so with `keras-version = "2"`.
    """

    code = "LST601"
    name = "unknown-layer-argument"
    severity = "error"
    safe_fix = (
        "put an Input before the layer, drop a batch size that nothing needs, correct a name that differs by "
        "an s or an underscore"
    )
    unsafe_fix = "use the nearest name"
    listens = (LayerMade, InputDeclared)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if isinstance(event, LayerMade):
            known = of_keras_3(event.name)
            unknown = [] if known is None else [keyword for keyword in event.keywords if keyword not in known]
            never = never_taken(event.name, unknown)
            if never:
                message = f"{event.name} takes no argument {_names(never)}"
                fix = _respelled(event, never)
                yield self.finding(event, event.site, message, help=_advice(event.name, never[0]), key=event.layer, fix=fix)
            elif unknown:
                said = f"{event.name} takes no {_names(unknown)}"
                fix = _dropped(event) if unknown == ["batch_size"] else _input(event.layer, unknown, trace)
                yield from self._with_keras_3(event, said, _advice(event.name, unknown[0]), trace, fix)
        elif isinstance(event, InputDeclared) and event.argument == "input_dim":
            kind = "" if event.layer is None else event.layer.kind
            if kind in ("LSTM", "GRU", "SimpleRNN"):
                said = f"{kind} makes an input without a time axis of input_dim"
                fix = _input(event.layer, ["input_dim"], trace)
                yield from self._with_keras_3(event, said, _ADVICE["input_dim"], trace, fix)

    def _with_keras_3(
        self, event: LayerMade | InputDeclared, said: str, advice: str, trace: Trace, fix: Proposal | None
    ) -> Iterator[Finding]:
        how = only_with_keras_3(trace.keras)
        if how is None:
            return
        severity: Severity = how[0]
        site = event.site if event.layer is None else event.layer.site
        yield self.finding(event, site, f"{said} {how[1]}", help=advice, severity=severity, key=event.layer, fix=fix)

    valid = (
        """
from keras import Sequential
from keras.layers import Dense, Embedding, Input, LSTM

model = Sequential([Input(batch_shape=(16, 10)), Embedding(300, 8, input_length=10), LSTM(50, stateful=True, implementation=2)])
model.add(Dense(1, name="out", dtype="float32"))
""",
        """
from keras.models import Sequential
from keras.layers import LSTM
from keras.layers.core import Dense

model = Sequential([LSTM(50, batch_input_shape=(16, 10, 1), stateful=True), Dense(output_dim=1)])
""",
    )
    invalid = (
        """
from keras import Sequential, ops
from keras.layers import Dense, LSTM

model = Sequential()
model.add(LSTM(50, batch_input_shape=(16, 10, 1), stateful=True))  # LST601
model.add(Dense(1))
""",
        """
from keras import Sequential
from keras.layers import Input, LSTM

model = Sequential([Input((10, 1))])
model.add(LSTM(50, return_sequence=True))  # LST601
model.add(LSTM(50))
""",
        """
from keras import Sequential
from keras.layers import Dense, LSTM

model = Sequential()
model.add(LSTM(50, input_dim=3))  # LST601
model.add(Dense(1))
""",
    )


_BATCH = "put keras.Input(batch_shape=(batch, time, features)) before the layer"
_ADVICE = {
    "batch_input_shape": _BATCH,
    "batch_size": "drop it; where the batch must be fixed, " + _BATCH,
    "batch_shape": _BATCH,
    "input_length": "put keras.Input((time, features)) before the layer",
    "input_dim": "put keras.Input((time, features)) before the layer",
    "time_major": "drop it, and give the layer (batch, time, features)",
    "weights": "drop it, and call set_weights() on the layer once it is built",
}


def _names(keywords: Sequence[str]) -> str:
    return " and no ".join(keywords) if len(keywords) < 3 else ", ".join(keywords)


def _input(layer: Layer | None, unknown: Sequence[str], trace: Trace) -> Proposal | None:
    """An Input in place of what a first layer says of its input, which every version of Keras since 2 takes."""
    if layer is None or not any(isinstance(event, InputDeclared) and event.layer is layer for event in trace.events):
        return None
    call = layer.site.node
    shape, dim, length = (argument(call, name) for name in ("batch_input_shape", "input_dim", "input_length"))
    if not isinstance(call, cst.Call) or not set(unknown) <= {"batch_input_shape", "input_dim", "input_length"}:
        return None
    if shape is not None and dim is None and length is None:
        arguments, gone = f"batch_shape={code(shape)}", ["batch_input_shape"]
    elif dim is not None and shape is None:
        steps = "None" if length is None else code(length)
        arguments, gone = f"shape=({steps}, {code(dim)})", ["input_dim", "input_length"]
    else:
        return None
    rest = call
    for name in gone:
        at = next((at for at, arg in enumerate(rest.args) if arg.keyword is not None and arg.keyword.value == name), None)
        rest = rest if at is None else without_argument(rest, at)
    changes = input_before(layer.site, rest, arguments)
    return None if changes is None else proposal(f"put Input({arguments}) before the layer", *changes)


def _dropped(event: LayerMade) -> Proposal | None:
    """Without the batch size, which only a layer that keeps its states needs."""
    layer = event.layer
    if layer is None or layer.flag("stateful") is not False:
        return None
    return proposal("drop batch_size", argument_removed(event.site, argument(event.site.node, "batch_size")))


def _respelled(event: LayerMade, unknown: Sequence[str]) -> Proposal | None:
    """The argument whose name differs by an s at its end or by its underscores; any other that is near only where asked for."""
    call = event.site.node
    known = of_keras_3(event.name) or ()
    if len(unknown) != 1 or not isinstance(call, cst.Call):
        return None
    near = get_close_matches(unknown[0], sorted(known), n=1, cutoff=0.8)
    written = argument(call, unknown[0])
    if not near or written is None or near[0] in event.keywords:
        return None
    safe = _plain(near[0]) == _plain(unknown[0])
    return proposal(f"rename {unknown[0]} to {near[0]}", keyword_renamed(event.site, unknown[0], near[0]), safe=safe)


def _plain(name: str) -> str:
    return name.lower().replace("_", "").rstrip("s")


def _advice(layer: str, keyword: str) -> str:
    if keyword in _ADVICE:
        return _ADVICE[keyword]
    near = get_close_matches(keyword, sorted(of_keras_3(layer) or ()), n=1, cutoff=0.8)
    return f"did you mean {near[0]}?" if near else "see the arguments of the layer at keras.io"
