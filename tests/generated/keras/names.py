"""How scripts import Keras, and the small things that most of them share."""

from __future__ import annotations

from dataclasses import dataclass

from tests.generated.writer import Writer

LAYERS = (
    "Activation",
    "Add",
    "Attention",
    "BatchNormalization",
    "Bidirectional",
    "Concatenate",
    "Conv1D",
    "Dense",
    "Dropout",
    "Embedding",
    "Flatten",
    "GRU",
    "GlobalAveragePooling1D",
    "LSTM",
    "Masking",
    "MaxPooling1D",
    "RepeatVector",
    "Reshape",
    "SimpleRNN",
    "SpatialDropout1D",
    "TimeDistributed",
)


@dataclass(frozen=True, slots=True)
class Names:
    """What goes before the names of layers, of models and of everything else."""

    layers: str
    models: str
    keras: str

    def layer(self, text: str) -> str:
        """A layer as this script names it: "LSTM(8)" or "layers.LSTM(8)"."""
        return self.layers + text

    def dense(self, units: str | int, activation: str) -> str:
        """A Dense layer with an activation."""
        return self.layer(f'Dense({units}, activation="{activation}")')


def imports(w: Writer, *more: str, numpy: bool = True) -> Names:
    """Import Keras in one of the usual ways. `more`: layers beyond the usual ones."""
    if numpy:
        w.add("import numpy as np")
    style = w.random.random()
    layers = ", ".join(
        sorted({*w.random.sample(LAYERS, 3), *more, "Dense", "LSTM", "GRU", "SimpleRNN", "Dropout", "Bidirectional"})
    )
    if style < 0.25:
        w.add("import tensorflow as tf")
        return Names("tf.keras.layers.", "tf.keras.", "tf.keras.")
    if style < 0.5:
        w.add(
            w.one_of("import keras", "from tensorflow import keras"),
            w.one_of("from keras import layers", "from tensorflow.keras import layers"),
        )
        return Names("layers.", "keras.", "keras.")
    home = w.one_of("keras", "tensorflow.keras", "tensorflow.keras")
    w.add(f"from {home}.models import Model, Sequential", f"from {home}.layers import Input, {layers}")
    w.add("import keras" if home == "keras" else "from tensorflow import keras")
    return Names("", "", "keras.")


def compiled(w: Writer, names: Names, loss: str, *wrong: tuple[str, str], model: str = "model") -> None:
    """model.compile with one of the usual optimizers. `wrong`: faults and the losses that they have."""
    rate = w.one_of("0.001", "1e-3", "0.01")
    optimizer = w.one_of(
        '"adam"', '"rmsprop"', f"{names.keras}optimizers.Adam(learning_rate={rate})", f"{names.keras}optimizers.RMSprop({rate})"
    )
    order = w.chance()

    def line(value: str) -> str:
        given = f'loss="{value}"'
        inside = f"{given}, optimizer={optimizer}" if order else f"optimizer={optimizer}, {given}"
        return f"{model}.compile({inside})"

    w.put(line(loss), *((fault, line(value)) for fault, value in wrong))


def callbacks(w: Writer, names: Names, monitored: str = "loss") -> str:
    """The argument of fit for callbacks, which may be none."""
    if w.chance(0.6):
        return ""
    kind = w.one_of(f'EarlyStopping(monitor="{monitored}", patience=2)', f'ReduceLROnPlateau(monitor="{monitored}")')
    if w.chance():
        return f", callbacks=[{names.keras}callbacks.{kind}]"
    w.add(f"stop = {names.keras}callbacks.{kind}")
    return ", callbacks=[stop]"


def rnn(w: Writer) -> str:
    """A kind of recurrent layer, as often as scripts use it."""
    return w.random.choices(["LSTM", "GRU", "SimpleRNN"], [6, 3, 1])[0]
