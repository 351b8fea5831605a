"""LST108: something that is no tensor where a layer, a model or numpy needs one."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lstmlint.findings import THERE, Finding, Related, Severity
from lstmlint.library.keras.refusing import merges
from lstmlint.rules.base import Rule
from lstmlint.rules.cause import layer_name
from lstmlint.rules.rank import declared_at
from lstmlint.rules.tensors import as_tensor
from lstmlint.rules.version import only_with_keras_3
from lstmlint.trace import Event, InputDeclared, NotTensor, Trace
from lstmlint.values.code import External
from lstmlint.values.data import Array, Items, items_of
from lstmlint.values.network import Layer, Model


class NotATensor(Rule):
    """
    # not-a-tensor

    ## What
    What should be a tensor of the network is none: a layer that was made but not called, all that an RNN with
    return_state=True returns in place of its output, a numpy array as an input or output of a model, a tensor of the network
    given to numpy, an output that needs an input which the model does not have.

    ## Why it hurts
    Keras raises when the model is built. With Keras 2, `LSTM(5)([x, h, c])` was a way to give the initial states;
    Keras 3 refuses it, which is reported where Keras 3 is meant.

    ## Example
    ```python
    encoded = LSTM(10)
    output = Dense(1)(encoded)
    ```

    ## Fixed
    ```python
    encoded = LSTM(10)(series)
    output = Dense(1)(encoded)
    ```

    ## When to ignore
    Never: the call raises.
    """

    code = "LST108"
    name = "not-a-tensor"
    severity = "error"
    safe_fix = (
        "call the layer on what the line before it makes, make a layer of a class, take the output of all "
        "that a recurrent layer returns, pass initial states by name"
    )
    unsafe_fix = "call the layer, where that tensor is used elsewhere, too"
    listens = (NotTensor,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, NotTensor):
            return
        severity: Severity = self.severity
        words = ""
        if event.kind in ("states", "values"):
            how = only_with_keras_3(trace.keras)
            if how is None:
                return
            severity, words = how[0], f" {how[1]}"
        found = _STORIES[event.kind](self, event, severity, words)
        yield replace(found, fix=as_tensor(event, trace))

    def uncalled(self, event: NotTensor, severity: Severity, words: str) -> Finding:
        """A layer or model in place of what it makes."""
        thing = event.value
        assert isinstance(thing, (Layer, Model))
        what = layer_name(thing) if isinstance(thing, Layer) else "model"
        first_use = isinstance(thing, Layer) and not (isinstance(calls := thing.calls.raw, Items) and calls.known)
        message = f"{_taker(event)} gets the {what} itself, not what it makes of a tensor"
        return self.finding(
            event,
            thing.site if first_use else event.site,
            message,
            label="a layer that is not called" if first_use else "",
            help="call it on a tensor" if isinstance(thing, Model) else f"call it on a tensor: {what}(…)(tensor)",
            related=(Related(event.site, "is used as a tensor here"),) if first_use else (Related(thing.site, "made here"),),
            key=(thing, event.site.node),
        )

    def of_class(self, event: NotTensor, severity: Severity, words: str) -> Finding:
        """A class of layers in place of a layer or tensor."""
        assert isinstance(event.value, External)
        name = event.value.path.rpartition(".")[2]
        return self.finding(
            event, event.site, f"{_taker(event)} gets the class {name}", help=f"make a layer of it: {name}(…)", key=event.site.node
        )

    def several(self, event: NotTensor, severity: Severity, words: str) -> Finding:
        """All outputs of an RNN in place of one."""
        applied = event.applied
        count = _count(event)
        if applied is None:
            message = f"{_taker(event)} takes one tensor, and gets a list of {count}"
            return self.finding(event, event.site, message, help="merge them first, with Concatenate", key=event.site.node)
        inner = layer_name(applied.layer)
        in_a_model = applied.model is not None
        one = "one tensor for each input" if merges(event.receiver) else "one tensor"
        return self.finding(
            event,
            applied.layer.site if in_a_model else event.site,
            f"this {inner} returns {count} tensors, and {_taker(event)} takes one"
            if in_a_model
            else f"{_taker(event)} takes {one}, and gets all {count} that the {inner} returns",
            help="drop return_state=True" if in_a_model else f"take the first of them, or drop return_state=True {THERE}",
            related=() if in_a_model else (Related(applied.layer.site, f"returns {count} tensors"),),
            key=applied.layer,
        )

    def states(self, event: NotTensor, severity: Severity, words: str) -> Finding:
        """An input and initial states in one list."""
        return self.finding(
            event,
            event.site,
            f"{_taker(event)} takes one tensor, and gets a list of {_count(event)}{words}",
            help="pass the initial states by name: layer(tensor, initial_state=[…])",
            severity=severity,
            key=event.site.node,
        )

    def array(self, event: NotTensor, severity: Severity, words: str) -> Finding:
        """An array as an end of a model."""
        assert isinstance(event.value, Array)
        return self.finding(
            event,
            event.site,
            f"a model is made from tensors of layers, and this one gets an array of shape {event.value.shape}",
            help="make the model from keras.Input(shape), and give the array to fit or predict",
            key=event.receiver,
        )

    def values(self, event: NotTensor, severity: Severity, words: str) -> Finding:
        """Values beside tensors of the network."""
        assert isinstance(event.value, Array)
        applied = event.applied
        shape = event.value.shape
        return self.finding(
            event,
            event.site if applied is None else applied.site,
            f"{_taker(event)} refuses an array {shape} before a tensor of the network{words}"
            if applied is None
            else f"this {layer_name(applied.layer)} gets an array and so gives values {shape}: {_taker(event)} refuses them before "
            f"a tensor of the network{words}",
            label="" if applied is None else "of an array, not of an Input",
            help="give the layer the tensor that Input made, and the array to fit or predict",
            related=(Related(event.site, "takes tensors of the network"),),
            severity=severity,
            key=event.value,
        )

    def symbolic(self, event: NotTensor, severity: Severity, words: str) -> Finding:
        """A tensor of the network given to numpy."""
        assert isinstance(event.receiver, str) and isinstance(event.value, Array)
        name = event.receiver.rpartition(".")[2]
        return self.finding(
            event,
            event.site,
            f"numpy.{name} needs numbers, and gets a tensor of the network, {event.value.shape}, which has none yet",
            help=_IN_PLACE.get(name, "use a layer, or a function of keras.ops"),
            key=event.site.node,
        )

    def disconnected(self, event: NotTensor, severity: Severity, words: str) -> Finding:
        """An output that needs an input which is not given."""
        assert isinstance(event.value, Array) and isinstance(event.value.producer, InputDeclared)
        declared = event.value.producer
        name = f" {declared.name!r}" if declared.name else ""
        return self.finding(
            event,
            event.site,
            f"an output of this model is computed from the input{name} {event.value.shape}, which is not among the model's inputs",
            help=f"add the input {THERE} to the model's inputs, or compute the output from the inputs that it has",
            related=(Related(declared_at(declared), f"declares {event.value.shape}"),),
            key=event.receiver,
        )

    def called(self, event: NotTensor, severity: Severity, words: str) -> Finding:
        """A tensor in place of a layer."""
        assert event.applied is not None
        return self.finding(
            event,
            event.site,
            f"a Sequential model takes layers, and gets the tensor that the {layer_name(event.applied.layer)} made",
            help="add the layer itself, without calling it",
            key=event.site.node,
        )

    valid = (
        """
import numpy as np
from keras import Input, Model
from keras.layers import Concatenate, Dense, LSTM

x, other = Input((10, 1)), Input((3,))
out, h, c = LSTM(8, return_state=True)(x)
model = Model([x, other], Dense(1)(Concatenate()([out, other])))
encoder = Model(x, [h, c])
rest = Model(out, Dense(1)(out))
rows = np.asarray([np.zeros(3)])
""",
        """
from keras.layers import Input
from keras.layers.recurrent import LSTM

x, h, c = Input((10, 1)), Input((8,)), Input((8,))
y = LSTM(8)([x, h, c])
""",
        """
import numpy as np
import tensorflow as tf
from tensorflow.keras import Input, Model
from tensorflow.keras.layers import Add, Concatenate, LSTM

series, other = np.random.rand(54, 10, 1), Input((3,))
both = Concatenate()([LSTM(8)(series), LSTM(4)(series)])
beside = Add()([other, np.ones((1, 3))])


class Joined(Model):
    def __init__(self):
        super().__init__()
        self.rnn, self.join = LSTM(8), Concatenate()

    def call(self, x):
        return self.join([tf.ones((54, 3)), self.rnn(x)])


joined = Joined()
joined.compile(loss="mse")
joined.fit(series, np.zeros((54, 11)), batch_size=54)
""",
    )
    invalid = (
        """
from keras import Input, Model
from keras.layers import Dense, LSTM

x = Input((10, 1))
h = LSTM(8)  # LST108
y = Dense(1)(h)
""",
        """
from keras import Input, Model
from keras.layers import Dense, LSTM

x = Input((10, 1))
h = LSTM(8, return_state=True)(x)
y = Dense(1)(h)  # LST108
""",
        """
from keras import Sequential
from keras.layers import Dense, Input, LSTM

model = Sequential()
model.add(Input((10, 1)))
model.add(LSTM(8, return_state=True))  # LST108
model.add(Dense(1))
""",
        """
import numpy as np
from keras import Input, Model
from keras.layers import Add, Concatenate, Dense, LSTM

series, other, rest = np.random.rand(54, 10, 1), Input((3,)), Input((5,))
h = LSTM(8)(series)  # LST108
both = Concatenate()([h, other])
fixed = Add()([np.ones((1, 3)), other, Dense(3)(rest)])  # LST108
""",
        """
import numpy as np
from keras import Input, Model
from keras.layers import Dense, LSTM

x = Input((10, 1))
steps = [LSTM(8)(x), LSTM(8)(x)]
both = np.asarray(steps)  # LST108
""",
        """
from keras import Input, Model
from keras.layers import Concatenate, Dense, LSTM

a, b = Input((10, 1)), Input((10, 2))
both = Concatenate()([LSTM(8)(a), LSTM(8)(b)])
model = Model(a, Dense(1)(both))  # LST108
""",
        """
from keras import Input, ops
from keras.layers import LSTM

x, h, c = Input((10, 1)), Input((8,)), Input((8,))
y = LSTM(8)([x, h, c])  # LST108
""",
    )


_STORIES = {
    "uncalled": NotATensor.uncalled,
    "class": NotATensor.of_class,
    "several": NotATensor.several,
    "states": NotATensor.states,
    "array": NotATensor.array,
    "values": NotATensor.values,
    "symbolic": NotATensor.symbolic,
    "disconnected": NotATensor.disconnected,
    "called": NotATensor.called,
}
_IN_PLACE = {
    "array": "use a Concatenate layer, or keras.ops.stack",
    "asarray": "use a Concatenate layer, or keras.ops.stack",
    "concatenate": "use a Concatenate layer",
    "stack": "use keras.ops.stack",
    "expand_dims": "use a Reshape layer, or keras.ops.expand_dims",
    "reshape": "use a Reshape layer",
    "transpose": "use a Permute layer",
}


def _taker(event: NotTensor) -> str:
    receiver = event.receiver
    if isinstance(receiver, Layer):
        return f"this {layer_name(receiver)}"
    return "the model" if isinstance(receiver, Model) else receiver.rpartition(".")[2]


def _count(event: NotTensor) -> int:
    items = items_of(event.value)
    return len(items.known or ()) if items is not None else 1
