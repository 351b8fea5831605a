"""LST601: a layer gets an argument that this version of Keras does not know."""
from __future__ import annotations

from collections.abc import Iterator, Sequence

from lstmlint.findings import Finding, Severity
from lstmlint.library.keras.signatures import never_taken, of_keras_3
from lstmlint.rules.base import Rule
from lstmlint.rules.version import only_with_keras_3
from lstmlint.trace import Event, InputDeclared, LayerMade, Trace


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
    listens = (LayerMade, InputDeclared)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if isinstance(event, LayerMade):
            known = of_keras_3(event.name)
            unknown = [] if known is None else [keyword for keyword in event.keywords if keyword not in known]
            never = never_taken(event.name, unknown)
            if never:
                message = f"{event.name} takes no argument {_names(never)}"
                yield self.finding(event, event.site, message, help=_advice(event.name, never[0]), key=event.layer)
            elif unknown:
                said = f"{event.name} takes no {_names(unknown)}"
                yield from self._with_keras_3(event, said, _advice(event.name, unknown[0]), trace)
        elif isinstance(event, InputDeclared) and event.argument == "input_dim":
            kind = "" if event.layer is None else event.layer.kind
            if kind in ("LSTM", "GRU", "SimpleRNN"):
                said = f"{kind} makes an input without a time axis of input_dim"
                yield from self._with_keras_3(event, said, _ADVICE["input_dim"], trace)

    def _with_keras_3(self, event: LayerMade | InputDeclared, said: str, advice: str, trace: Trace) -> Iterator[Finding]:
        how = only_with_keras_3(trace.keras)
        if how is None:
            return
        severity: Severity = how[0]
        site = event.site if event.layer is None else event.layer.site
        yield self.finding(event, site, f"{said} {how[1]}", help=advice, severity=severity, key=event.layer)

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


def _advice(layer: str, keyword: str) -> str:
    if keyword in _ADVICE:
        return _ADVICE[keyword]
    from difflib import get_close_matches

    near = get_close_matches(keyword, sorted(of_keras_3(layer) or ()), n=1, cutoff=0.8)
    return f"did you mean {near[0]}?" if near else "see the arguments of the layer at keras.io"
