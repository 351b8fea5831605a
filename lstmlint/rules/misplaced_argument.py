"""LST602: a positional argument that stands where the layer takes something else."""
from __future__ import annotations

from collections.abc import Callable, Iterator

import libcst as cst

from lstmlint.edits.calls import argument_named, without_argument
from lstmlint.edits.change import Proposal, proposal
from lstmlint.edits.expressions import code, replaced
from lstmlint.findings import Finding
from lstmlint.rules.base import Rule
from lstmlint.trace import Event, Keras, LayerMade, Trace
from lstmlint.values.base import Const, Value, is_none
from lstmlint.values.code import External
from lstmlint.values.data import Array, ListObject, Tuple, items_of
from lstmlint.values.network import Layer, Model


class MisplacedPositionalArgument(Rule):
    """
    # misplaced-positional-argument

    ## What
    A positional argument of a layer's constructor stands in the place of another: the input shape where the activation is
    (`LSTM(50, (10, 1))`), a number of units as the rate of a Dropout, the length of the input as an initializer
    (`Embedding(1000, 32, 10)`), the tensor itself (`LSTM(50, x)` for `LSTM(50)(x)`), a number where a wrapper takes a layer.

    ## Why it hurts
    Keras raises where the layer is made, with a message about activations, initializers or merge modes.

    ## Example
    ```python
    model.add(LSTM(50, (10, 1)))
    ```

    ## Fixed
    ```python
    model.add(Input((10, 1)))
    model.add(LSTM(50))
    ```

    ## When to ignore
    Never: the call raises. What Keras 0 took, such as `LSTM(1, 50)`, is not reported in a script that shows its age.
    """

    code = "LST602"
    name = "misplaced-positional-argument"
    severity = "error"
    safe_fix = "pass it by name; call the layer on the tensor"
    unsafe_fix = "pass it by the name that is likely meant; a share in place of a percentage"
    listens = (LayerMade,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, LayerMade):
            return
        for at, ((name, fits), value) in enumerate(zip(_PLACES.get(event.name, ()), event.args)):
            wrong = fits(value, trace.keras)
            if wrong is not None:
                yield self.finding(
                    event,
                    event.site,
                    f"{event.name} takes its {name} here, and gets {wrong}",
                    help=_advice(event, name, value),
                    key=event.layer,
                    fix=_fix(event, at, name, value),
                )
                return

    valid = (
        """
from keras import Sequential
from keras.layers import Bidirectional, Dense, Dropout, Embedding, Input, LSTM

model = Sequential([Input((10,)), Embedding(1000, 32, "uniform"), Bidirectional(LSTM(50, "tanh"), "sum"), Dropout(0.5)])
model.add(Dense(1, None, False))
""",
        """
from keras.models import Sequential
from keras.layers.core import Dense
from keras.layers.recurrent import LSTM

model = Sequential()
model.add(LSTM(1, 50, return_sequences=False))
model.add(Dense(50, 1))
""",
    )
    invalid = (
        """
from keras import Sequential
from keras.layers import Dense, LSTM

model = Sequential()
model.add(LSTM(50, (10, 1)))  # LST602
model.add(Dense(1))
""",
        """
from keras import Sequential
from keras.layers import Dense, Dropout, Embedding, Input, LSTM

model = Sequential([Input((10,))])
model.add(Embedding(1000, 32, 10))  # LST602
model.add(LSTM(50))
model.add(Dropout(50))  # LST602
model.add(Dense(1))
""",
        """
from keras import Input, Model
from keras.layers import Dense, LSTM

x = Input((10, 1))
h = LSTM(50, x)  # LST602
""",
    )


Fits = Callable[[Value, Keras], str | None]
"""What is wrong with a value in some place, in words; None if it may stand there."""


def _words(value: Value) -> str | None:
    """What a value is, where it can be told: for places that take none of these."""
    if isinstance(value, Array):
        return "a tensor" if value.kind == "keras" else None
    if isinstance(value, (Tuple, ListObject)):
        return None if items_of(value) is None else f"a {value.type_path}"
    return "a layer" if isinstance(value, (Layer, Model)) else None


def _count(value: Value, keras: Keras) -> str | None:
    if isinstance(value, Const) and isinstance(value.value, str):
        return "a text"
    return _words(value)


def _function(value: Value, keras: Keras) -> str | None:
    """An activation or an initializer: its name, a function, or None."""
    if value.type_path == "int":
        return None if keras.version == 2 else "a number"
    if isinstance(value, Const) and isinstance(value.value, (bool, float)):
        return str(value.value)
    return None if isinstance(value, (Layer, Model)) else _words(value)


def _initializer(value: Value, keras: Keras) -> str | None:
    if value.type_path == "int":
        return "a number"
    return "a tuple" if isinstance(value, Tuple) else None


def _rate(value: Value, keras: Keras) -> str | None:
    number = value.value if isinstance(value, Const) else None
    if isinstance(number, (int, float)) and number > 1:
        return f"{number}, which is more than 1"
    return _words(value) if not isinstance(value, ListObject) else None


def _layer(value: Value, keras: Keras) -> str | None:
    if isinstance(value, Const) and not is_none(value):
        return "a number" if value.type in ("int", "float") else "a text" if value.type == "str" else None
    if isinstance(value, External) and value.path.startswith("keras.layers."):
        return f"the class {value.path.rpartition('.')[2]}, not a layer"
    return "a tensor" if isinstance(value, Array) and value.kind == "keras" else None


def _merge_mode(value: Value, keras: Keras) -> str | None:
    return str(value.value) if isinstance(value, Const) and value.type in ("bool", "int") else None


_UNITS, _ACTIVATION = ("units", _count), ("activation", _function)
_PLACES: dict[str, tuple[tuple[str, Fits], ...]] = {
    "LSTM": (_UNITS, _ACTIVATION, ("recurrent activation", _function)),
    "GRU": (_UNITS, _ACTIVATION, ("recurrent activation", _function)),
    "SimpleRNN": (_UNITS, _ACTIVATION),
    "Dense": (_UNITS, _ACTIVATION),
    "Embedding": (("vocabulary size", _count), ("vector size", _count), ("initializer", _initializer)),
    "Dropout": (("rate", _rate),),
    "RepeatVector": (("number of repetitions", _count),),
    "Bidirectional": (("layer", _layer), ("merge mode", _merge_mode)),
    "TimeDistributed": (("layer", _layer),),
}


def _fix(event: LayerMade, at: int, name: str, value: Value) -> Proposal | None:
    """What can only have been meant by a positional argument in a place that does not take it."""
    call = event.site.node
    if not isinstance(call, cst.Call) or len(call.args) <= at or any(arg.star for arg in call.args[: at + 1]):
        return None
    arg = call.args[at]
    if arg.keyword is not None:
        return None
    if isinstance(value, Array) and len(call.args) == at + 1:
        new = cst.Call(without_argument(call, at), [cst.Arg(arg.value)])
        return proposal(f"call the layer on {code(arg.value)}", replaced(event.site, call, new))
    if name == "activation" and isinstance(value, Tuple):
        return proposal("name it: input_shape=", argument_named(event.site, arg.value, "input_shape"))
    if name == "initializer" and event.name == "Embedding":
        return proposal("name it: input_length=", argument_named(event.site, arg.value, "input_length"))
    if name == "rate" and isinstance(arg.value, cst.Integer) and 1 < int(arg.value.value) < 100:
        share = f"{int(arg.value.value) / 100:g}"
        return proposal(f"drop {share} of the inputs", replaced(event.site, arg.value, share), safe=False)
    return None


def _advice(event: LayerMade, name: str, value: Value) -> str:
    if isinstance(value, Array):
        return f"make the layer first, then call it: {event.name}(…)(tensor)"
    if name == "activation" and isinstance(value, Tuple):
        return "put keras.Input(shape) before the layer, or pass input_shape= by name"
    if name == "initializer":
        return "drop it, or pass it by name: Keras takes the length of the input from the data"
    if name == "rate":
        return "pass the share of the inputs to drop, such as 0.2"
    if name == "layer":
        return f"pass a layer, such as {event.name}(LSTM(…))" if event.name == "Bidirectional" else "pass a layer"
    return "pass it by name"
