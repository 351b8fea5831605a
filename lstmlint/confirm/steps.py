"""The steps that a rebuilt program consists of: plain data, checked when it is made, from which the text follows.

Nothing here holds a piece of the user's text: the names of layers, arguments, words and functions come from fixed lists,
everything else is numbers, dimensions, booleans and None.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.confirm.texts import NotPlain, Ref, Text
from lstmlint.library.keras.losses import AUTOMATIC, LOSSES
from lstmlint.shapes.dims import Dim, Poly

LAYERS = frozenset(
    """
    Activation Add AdditiveAttention AlphaDropout Attention Average AveragePooling1D AveragePooling2D AveragePooling3D
    BatchNormalization Bidirectional Concatenate Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM1D
    ConvLSTM2D ConvLSTM3D Cropping1D Cropping2D Cropping3D Dense DepthwiseConv1D DepthwiseConv2D Dot Dropout ELU Embedding Flatten
    GRU GRUCell GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D
    GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D LSTM Lambda LSTMCell LayerNormalization LeakyReLU Masking MaxPooling1D
    MaxPooling2D MaxPooling3D Maximum Minimum MultiHeadAttention Multiply PReLU Permute RNN ReLU RepeatVector Reshape
    SeparableConv1D SeparableConv2D SimpleRNN SimpleRNNCell Softmax SpatialDropout1D SpatialDropout2D SpatialDropout3D
    StackedRNNCells Subtract TimeDistributed UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D
    ZeroPadding3D
    """.split()  # noqa: SIM905
)
"""The layers that may be rebuilt."""

SIZES = frozenset(
    """
    units filters n input_dim output_dim num_heads key_dim value_dim depth_multiplier groups kernel_size strides dilation_rate
    pool_size size cropping target_shape dims axis axes output_padding
    """.split()  # noqa: SIM905
)
FLAGS = frozenset(["return_sequences", "return_state", "keepdims", "stateful", "mask_zero"])
WORDS = {
    "padding": frozenset(["valid", "same", "causal"]),
    "data_format": frozenset(["channels_first", "channels_last"]),
    "merge_mode": frozenset(["concat", "sum", "mul", "ave"]),
}
ACTIVATIONS = frozenset(["linear", "relu", "tanh", "elu", "selu", "softplus", "softsign", "gelu", "silu", "leaky_relu"])
METHODS = frozenset(["fit", "evaluate", "train_on_batch", "test_on_batch", "predict", "predict_on_batch"])
PROOFS = frozenset(["", "fed", "answers", "padding", "once"])
PROBABILITIES = frozenset(["sigmoid", "softmax"])
"""The activations of last layers that some losses look behind."""
_NAMES = {"loss": LOSSES | {AUTOMATIC}, "activation": ACTIVATIONS, "method": METHODS, "proof": PROOFS}
"""The names that a step may carry."""
INNER = frozenset(["layer", "cell", "cells", "backward_layer"])
MADE = INNER | {"function"}
"""The arguments that may be something that another step makes."""
ARGUMENTS = SIZES | FLAGS | WORDS.keys() | MADE
"""The arguments that shapes depend on; others are left out."""

REQUIRED: dict[str, dict[str, float | str]] = {
    "Activation": {"activation": "linear"},
    **dict.fromkeys(["AlphaDropout", "Dropout", "GaussianDropout"], {"rate": 0.5}),
    **dict.fromkeys(["SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"], {"rate": 0.5}),
    "GaussianNoise": {"stddev": 0.5},
}
"""What a constructor insists on although shapes do not depend on it."""


@dataclass(frozen=True, slots=True)
class LayerCall:
    """A layer to be made: its class and the arguments that matter."""

    name: str
    arguments: tuple[tuple[str, Plain], ...] = ()

    def __post_init__(self) -> None:
        if self.name not in LAYERS:
            raise NotPlain(f"no layer that may be rebuilt: {self.name!r}")
        for argument, value in self.arguments:
            if argument == "activation" and self.name == "Dense" and value in PROBABILITIES:
                continue
            if argument not in ARGUMENTS:
                raise NotPlain(f"no argument that may be given: {argument!r}")
            checked(argument, value)


Plain = None | bool | int | Poly | str | tuple["Plain", ...] | LayerCall | Ref


def checked(argument: str, value: Plain) -> None:
    """Raise NotPlain unless `value` is plain data, and a word that Keras has for this argument if it is a text."""
    if isinstance(value, tuple):
        for item in value:
            checked(argument, item)
    elif isinstance(value, str):
        if value not in WORDS.get(argument, ()):
            raise NotPlain(f"no word for {argument}: {value!r}")
    elif isinstance(value, Ref):
        if argument not in MADE or type(value.number) is not int:
            raise NotPlain(f"no variable for {argument}: {value!r}")
    elif type(value) not in (type(None), bool, int, Poly, LayerCall):
        raise NotPlain(f"no plain value for {argument}: {value!r}")


Lengths = tuple[Dim | None, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the program. `target` is the variable that it sets; variables are numbered, so they can't carry any text."""

    target: int

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if name == "shape":
                checked("shape", value)
            elif name in _NAMES:
                if value not in _NAMES[name]:
                    raise NotPlain(f"no {name} that may be named: {value!r}")
            elif name == "split" and type(value) is float:
                continue
            elif not isinstance(value, (int, LayerCall, bool)) and not _numbers(value):
                raise NotPlain(f"{name}: {value!r}")


def _numbers(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(item, int) for item in value)


@dataclass(frozen=True, slots=True)
class Data(Step):
    """An array of zeros. `whole`: of integers. `samples`: its first axis counts samples, of which a few will do."""

    shape: Lengths
    whole: bool = False
    samples: bool = False


@dataclass(frozen=True, slots=True)
class Replayed(Step):
    """Data replayed from its source: lines that lead to it, of which the last sets the variable `name`, and how many rows of it.

    The lines are made of checked pieces (`confirm.texts`).
    """

    lines: tuple[Text, ...]
    name: str
    rows: Dim | None
    positive: tuple[Dim, ...]
    imports: tuple[str, ...]
    shapes: tuple[tuple[str, tuple[Dim, ...]], ...]

    def __post_init__(self) -> None:
        """What it holds has been checked where it was written."""


@dataclass(frozen=True, slots=True)
class Input(Step):
    """A symbolic input; `shape` has the batch axis first, None stands for an open length."""

    shape: Lengths
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Apply(Step):
    """A layer applied to tensors."""

    layer: LayerCall
    inputs: tuple[int, ...]
    several: bool = False
    """Whether the layer takes them as a list."""
    spread: bool = False
    """Whether the layer takes each as an argument of its own."""


@dataclass(frozen=True, slots=True)
class Pick(Step):
    """One output of a layer that has several."""

    source: int
    at: int


@dataclass(frozen=True, slots=True)
class Sequential(Step):
    """An empty Sequential model."""


@dataclass(frozen=True, slots=True)
class AddInput(Step):
    """Sequential.add of an input (`target` is the model)."""

    shape: Lengths
    whole: bool = False


@dataclass(frozen=True, slots=True)
class AddLayer(Step):
    """Sequential.add of a layer (`target` is the model)."""

    layer: LayerCall


@dataclass(frozen=True, slots=True)
class AddModel(Step):
    """Sequential.add of another model (`target` is the outer one)."""

    model: int


@dataclass(frozen=True, slots=True)
class Functional(Step):
    """A functional model from tensor to tensor."""

    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Call(Step):
    """A model called like a layer."""

    model: int
    inputs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Predict(Step):
    """Data fed to a model, in batches of the size in `shape`; `proof` is how what comes out shows a fault, beside the data.

    `at_once`: as one batch, for which Keras makes no pipeline of data.
    """

    model: int
    data: tuple[int, ...]
    proof: str = ""
    shape: Lengths = ()
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Compile(Step):
    """Model.compile with a loss (`target` is the model). `eagerly`: nothing is traced, which is faster for one batch."""

    loss: str
    eagerly: bool = False


@dataclass(frozen=True, slots=True)
class Feed(Step):
    """Data fed to a model by a method, with targets where it takes some, in batches of the size in `shape` (none: Keras's own).

    `split`: the share that fit keeps for validation.
    """

    method: str
    model: int
    data: tuple[int, ...]
    targets: tuple[int, ...] = ()
    shape: Lengths = ()
    split: float = 0.0


@dataclass(frozen=True, slots=True)
class Loss(Step):
    """The loss that a model trains with, of targets and what it gives."""

    model: int
    targets: int
    predicted: int


@dataclass(frozen=True, slots=True)
class Compare(Step):
    """What a loss makes of targets and outputs before it is reduced to one number."""

    loss: str
    targets: int
    predicted: int


@dataclass(frozen=True, slots=True)
class Softmax(Step):
    """A softmax over an axis of an array."""

    source: int
    axis: int


@dataclass(frozen=True, slots=True)
class Activate(Step):
    """An activation function of numbers from far below zero to far above."""

    activation: str


@dataclass(frozen=True, slots=True)
class Reshape(Step):
    """numpy's reshape."""

    source: int
    shape: Lengths


def lengths(step: Step) -> Iterator[Dim]:
    """The dimensions in a step that must be positive numbers."""
    yield from getattr(step, "positive", ())
    for name in ("shape", "layer"):
        yield from _dims(getattr(step, name, None))


def _dims(value: Plain) -> Iterator[Dim]:
    if isinstance(value, LayerCall):
        for _, argument in value.arguments:
            yield from _dims(argument)
    elif isinstance(value, tuple):
        for item in value:
            yield from _dims(item)
    elif isinstance(value, Poly):
        yield value
