"""Random stacks of layers, applied by the real Keras and by the models."""
from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from lstmlint.library import binding, registry
from lstmlint.library.keras.axes import is_open, open_batch, open_length
from lstmlint.shapes.dims import Dim
from lstmlint.shapes.shape import Axis, Shape
from lstmlint.trace import LayerApplied
from lstmlint.values.base import Value
from lstmlint.values.data import Array, Items, ListObject, items_of
from tests.library.differential import FakeCaller, abstract


@dataclass(frozen=True)
class Spec:
    """A layer to be made: its class and its arguments, among which may be other layers."""

    kind: str
    arguments: dict[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"{self.kind}({', '.join(f'{name}={value!r}' for name, value in self.arguments.items())})"

    def real(self, layers: Any) -> Any:
        """The layer of the real Keras."""
        return getattr(layers, self.kind)(**{name: _real(value, layers) for name, value in self.arguments.items()})

    def model(self, caller: FakeCaller) -> Value:
        """The abstract layer."""
        made = registry.find(f"keras.layers.{self.kind}")
        assert made is not None, f"{self.kind} has no model"
        return binding.apply(made, caller, [], {name: _model(value, caller) for name, value in self.arguments.items()})


def _real(value: Any, layers: Any) -> Any:
    if isinstance(value, list) and value and isinstance(value[0], Spec):
        return [item.real(layers) for item in value]
    return value.real(layers) if isinstance(value, Spec) else value


def _model(value: Any, caller: FakeCaller) -> Value:
    if isinstance(value, list) and value and isinstance(value[0], Spec):
        return ListObject(Items.of(item.model(caller) for item in value))
    return value.model(caller) if isinstance(value, Spec) else abstract(value)


class Draw:
    """Draws layers that mostly fit a rank."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def maybe(self, chance: float = 0.5) -> bool:
        return self.random.random() < chance

    def size(self, high: int = 6) -> int:
        return self.random.randint(1, high)

    def some(self, **options: Any) -> dict[str, Any]:
        """Each option with its value, or left out."""
        return {name: value for name, value in options.items() if self.maybe()}

    def per_axis(self, count: int, high: int = 3) -> Any:
        return self.size(high) if self.maybe() else tuple(self.size(high) for _ in range(count))

    def input(self) -> tuple[int | None, ...]:
        rank = self.random.choices([1, 2, 3, 4, 5], [30, 80, 30, 20, 3])[0]
        shape: list[int | None] = [self.random.randint(1, 12) for _ in range(rank)]
        if rank > 1 and self.maybe(0.2):
            shape[0] = None
        return tuple(shape)

    def data_format(self) -> dict[str, Any]:
        return {"data_format": "channels_first"} if self.maybe(0.1) else {}

    def recurrent(self, last: bool = False) -> Spec:
        kind = self.random.choice(["LSTM", "GRU", "SimpleRNN"])
        modes = self.some(return_sequences=self.maybe(0.7), go_backwards=True)
        if last or self.maybe(0.05):
            modes.update(self.some(return_state=True))
        if self.maybe(0.05):
            modes["unroll"] = True
        return Spec(kind, {"units": self.size(), **modes, **({"stateful": True} if self.maybe(0.05) else {})})

    def cells(self) -> Spec:
        kinds = ["LSTMCell", "GRUCell", "SimpleRNNCell"]
        cells = [Spec(self.random.choice(kinds), {"units": self.size()}) for _ in range(self.size(2))]
        cell: Any = cells if len(cells) > 1 or self.maybe() else cells[0]
        if self.maybe(0.3):
            cell = Spec("StackedRNNCells", {"cells": cells})
        return Spec("RNN", {"cell": cell, **self.some(return_sequences=True, go_backwards=True)})

    def convolution(self, rank: int) -> Spec:
        kinds = [f"Conv{rank}D", f"Conv{rank}D", f"Conv{rank}DTranspose"]
        kinds += [f"SeparableConv{rank}D", f"DepthwiseConv{rank}D"] if rank < 3 else []
        kind = self.random.choice(kinds)
        arguments: dict[str, Any] = {} if kind.startswith("Depthwise") else {"filters": self.size()}
        arguments["kernel_size"] = self.per_axis(rank)
        paddings = ["valid", "same", "causal"] if kind in ("Conv1D", "SeparableConv1D") else ["valid", "same"]
        arguments.update(self.some(padding=self.random.choice(paddings)))
        if self.maybe(0.3):
            # TensorFlow has no depthwise convolution with unlike strides.
            arguments["strides"] = self.size(2) if "e" in kind[:3] else self.per_axis(rank, 2)
        elif self.maybe(0.2) and "Transpose" not in kind:
            arguments["dilation_rate"] = self.size(2)
        if "Transpose" in kind and self.maybe(0.3):
            arguments["output_padding"] = self.random.choice([0, 1, (0,) * rank])
        if kind.startswith(("Depthwise", "Separable")):
            arguments.update(self.some(depth_multiplier=self.size(2)))
        if kind == f"Conv{rank}D" and self.maybe(0.1):
            arguments["groups"] = 2
        arguments.update(self.data_format())
        return Spec(kind, arguments)

    def pooling(self, rank: int) -> Spec:
        mode = self.random.choice(["Max", "Average"])
        if self.maybe(0.4):
            return Spec(f"Global{mode}Pooling{rank}D", {**self.some(keepdims=True), **self.data_format()})
        if self.maybe(0.15):
            return Spec(f"Adaptive{mode}Pooling{rank}D", {"output_size": self.per_axis(rank), **self.data_format()})
        arguments = {"pool_size": self.per_axis(rank), **self.some(padding=self.random.choice(["valid", "same"]))}
        return Spec(f"{mode}Pooling{rank}D", {**arguments, **self.some(strides=self.size(2)), **self.data_format()})

    def resizing(self, rank: int) -> Spec:
        kind = self.random.choice(["ZeroPadding", "Cropping", "UpSampling"])
        name = {"ZeroPadding": "padding", "Cropping": "cropping", "UpSampling": "size"}[kind]
        if kind == "UpSampling" or self.maybe():
            value: Any = self.per_axis(rank, 2) if kind != "UpSampling" or rank > 1 else self.size(2)
        elif rank == 1:
            value = (self.size(2), self.size(2))
        else:
            value = tuple((self.size(2), self.size(2)) for _ in range(rank))
        return Spec(f"{kind}{rank}D", {name: value, **(self.data_format() if rank > 1 else {})})

    def conv_lstm(self, rank: int) -> Spec:
        arguments = {"filters": self.size(3), "kernel_size": self.per_axis(rank, 2)}
        options = self.some(padding=self.random.choice(["valid", "same"]), return_sequences=True)
        made = Spec(f"ConvLSTM{rank}D", {**arguments, **options, **self.data_format()})
        return Spec("Bidirectional", {"layer": made}) if self.maybe(0.15) else made

    def plain(self) -> Spec:
        arguments: dict[str, dict[str, Any]] = {
            "Dropout": {"rate": 0.5}, "Activation": {"activation": "relu"},
            "BatchNormalization": self.some(axis=self.random.choice([1, -1])),
            "LayerNormalization": self.some(axis=-1), "LeakyReLU": {}, "Identity": {}, "Masking": {}, "PReLU": {}, "Softmax": {},
            "UnitNormalization": {}, "RMSNormalization": {}, "GaussianNoise": {"stddev": 0.1}, "GaussianDropout": {"rate": 0.1},
            "AlphaDropout": {"rate": 0.1}, "ReLU": {}, "ELU": {}, "ActivityRegularization": {}, "Rescaling": {"scale": 2.0},
            "GroupNormalization": {"groups": self.size(3)}, "Normalization": {"mean": 0.0, "variance": 1.0},
            "RandomFlip": {}, "RandomRotation": {"factor": 0.1}, "RandomZoom": {"height_factor": 0.1},
            "RandomTranslation": {"height_factor": 0.1, "width_factor": 0.1}, "RandomBrightness": {"factor": 0.1},
            "RandomContrast": {"factor": 0.1}, "RandomShear": {"x_factor": 0.1}, "RandomGrayscale": {}, "RandomErasing": {},
            "AutoContrast": {}, "RandomColorDegeneration": {"factor": 0.1}, "RandomHue": {"factor": 0.1},
            "RandomInvert": {}, "RandomPerspective": {}, "RandomPosterization": {"factor": 4}, "RandomSharpness": {"factor": 0.1},
            "RandomSaturation": {"factor": 0.1}, "RandomGaussianBlur": {}, "RandomElasticTransform": {}, "Solarization": {},
            "RandomColorJitter": {}, "MixUp": {}, "CutMix": {}, "RandAugment": {}, "AugMix": {},
        }  # fmt: skip
        kind = self.random.choice(list(arguments))
        return Spec(kind, arguments[kind])

    def encoding(self, rank: int) -> Spec:
        """Layers that make numbers of categories."""
        kinds = ["Discretization", "CategoryEncoding", "Embedding", "ReversibleEmbedding", "Hashing", "IntegerLookup"]
        kind, mode = self.random.choice(kinds), self.some(output_mode=self.random.choice(["one_hot", "multi_hot", "count"]))
        if kind in ("Discretization", "CategoryEncoding"):
            return Spec(kind, {**({"num_tokens": 5} if kind[0] == "C" else {"bin_boundaries": [0.1, 0.5]}), **mode})
        if kind == "Hashing":
            return Spec(kind, {"num_bins": 4, **mode})
        if kind == "IntegerLookup":
            return Spec(kind, {"vocabulary": [3, 4, 5], **self.some(num_oov_indices=2), **mode})
        return Spec(kind, {"input_dim": 9, "output_dim": self.size()})

    def picture(self) -> Spec:
        """Layers that change the size of pictures."""
        kind = self.random.choice(["Resizing", "CenterCrop", "RandomCrop"])
        return Spec(kind, {"height": self.size(4), "width": self.size(4), **self.data_format()})

    def signal(self) -> Spec:
        """Layers that make spectra of signals."""
        options = self.some(frame_step=1, expand_dims=True, mode=self.random.choice(["real", "stft", "psd"]))
        padding = self.some(padding=self.random.choice(["valid", "same"]))
        return Spec("STFTSpectrogram", {"frame_length": self.random.choice([2, 4]), "fft_length": 4, **options, **padding})

    def einsum(self, shape: tuple[int | None, ...]) -> Spec:
        """A dense layer by an equation."""
        units, steps = self.size(), shape[1] if len(shape) > 1 and shape[1] is not None else 4
        options: dict[int, list[tuple[str, Any]]] = {
            2: [("ab,bc->ac", units), ("ab,bcd->acd", (units, 2)), ("...x,xy->...y", units)],
            3: [("abc,cd->abd", (steps, units)), ("abc,cd->abd", units), ("...x,xy->...y", units)],
        }
        # Eager TensorFlow dies of more axes than the equation has letters.
        equation, output = self.random.choice(options.get(len(shape), options[3][:2] if len(shape) < 2 else options[3][2:]))
        return Spec("EinsumDense", {"equation": equation, "output_shape": output})

    def reshape(self, shape: tuple[int | None, ...]) -> Spec:
        kind = self.random.choice(["Flatten", "Reshape", "Permute", "RepeatVector"])
        if kind == "Flatten":
            return Spec(kind)
        if kind == "RepeatVector":
            return Spec(kind, {"n": self.size()})
        if kind == "Permute":
            order = list(range(1, max(2, len(shape) if self.maybe(0.9) else self.size(4))))
            self.random.shuffle(order)
            return Spec(kind, {"dims": tuple(order)})
        known = [dim for dim in shape[1:] if dim is not None]
        if known and len(known) == len(shape) - 1 and self.maybe(0.8):
            target = list(known) if self.maybe() else [known[0], 1, *known[1:]]
            self.random.shuffle(target)
            if self.maybe():
                target[self.random.randrange(len(target))] = -1
            return Spec(kind, {"target_shape": tuple(target)})
        return Spec(kind, {"target_shape": (-1, self.size(3)) if self.maybe(0.7) else (self.size(), self.size())})

    def wrapped(self, shape: tuple[int | None, ...]) -> Spec:
        inner = (shape[0], *shape[2:])
        layer = self.layer(inner if len(inner) > 1 else (*inner, 1), wrapping=False)
        return Spec("TimeDistributed", {"layer": layer})

    def both_ways(self) -> Spec:
        merge = self.some(merge_mode=self.random.choice(["concat", "sum", "ave", "mul", "concat", None]))
        inner = self.recurrent() if self.maybe(0.8) else self.cells()
        inner.arguments.pop("go_backwards", None)
        return Spec("Bidirectional", {"layer": inner, **merge})

    def layer(self, shape: tuple[int | None, ...], wrapping: bool = True) -> Spec:
        rank = min(6, len(shape)) if self.maybe(0.88) else self.random.randint(2, 5)
        choices = [self.plain, lambda: self.reshape(shape), lambda: Spec("Dense", {"units": self.size()})]
        if self.maybe(0.3):
            choices += [lambda: self.einsum(shape), lambda: self.encoding(rank)]
            choices += [lambda: Spec("SpectralNormalization", {"layer": Spec("Dense", {"units": self.size()})})]
        if rank == 2:
            choices += [lambda: Spec("RepeatVector", {"n": self.size()})]
            choices += [lambda: Spec("Embedding", {"input_dim": 9, "output_dim": self.size()})]
        if rank == 3:
            choices += [self.recurrent, self.recurrent, self.both_ways, self.cells]
            choices += [self.signal, lambda: Spec("SpatialDropout1D", {"rate": 0.1})] if self.maybe(0.3) else []
        if 3 <= rank <= 5:
            choices += [lambda: self.convolution(rank - 2), lambda: self.pooling(rank - 2), lambda: self.resizing(rank - 2)]
        if rank == 2 and self.maybe(0.1):
            choices += [lambda: Spec("MelSpectrogram", {"fft_length": 8, "sequence_stride": self.size(4), "num_mel_bins": 5})]
        if rank == 5 and self.maybe(0.3):
            choices += [lambda: Spec("SpatialDropout3D", {"rate": 0.1})]
        if rank == 4 and self.maybe(0.3):
            choices += [self.picture, lambda: Spec("SpatialDropout2D", {"rate": 0.1})]
        if rank >= 4:
            choices += [lambda: self.conv_lstm(rank - 3)]
        if wrapping and len(shape) >= 2:
            choices += [lambda: self.wrapped(shape)]
        spec = self.random.choice(choices)()
        # Eager TensorFlow dies of an adaptive pooling over axes that are not there, and of more that a wrapper lets pass.
        if not wrapping and spec.kind == "CategoryEncoding":
            return self.plain()
        deadly = "Adaptive" if wrapping else "Pooling"
        return self.plain() if deadly in spec.kind and rank != len(shape) else spec


def symbolic(shape: tuple[int | None, ...]) -> Array:
    """A symbolic tensor of a shape as Keras writes it."""
    axes = tuple(Axis(open_length() if dim is None else dim) for dim in shape[1:])
    return Array(Shape((open_batch() if shape[0] is None else Axis(shape[0]), *axes)), "keras")


def apply(layer: Value, tensors: Value, caller: FakeCaller, **keywords: Any) -> Value:
    """The abstract outputs of an abstract layer."""
    found = registry.find_method(layer.type_path or "", "__call__")
    assert found is not None
    return binding.apply(found[1], caller, [layer, tensors], {name: abstract(value) for name, value in keywords.items()})


def faults(caller: FakeCaller) -> list[LayerApplied]:
    """The applications that break a precondition."""
    return [event for event in caller.events if isinstance(event, LayerApplied) and event.violation is not None]


def as_keras(dim: Dim) -> int | None | Dim:
    """A length as Keras writes it."""
    return None if is_open(dim) else dim


def shapes(value: Value) -> Any:
    """The shapes of abstract outputs as Keras writes them; "?" where they are not known."""
    if isinstance(value, Array):
        return "?" if value.shape.open else tuple(as_keras(dim) for dim in value.shape.dims)
    items = items_of(value)
    return "?" if items is None or items.known is None else [shapes(item) for item in items.known]


def is_known(shape: Any) -> bool:
    """Whether all lengths of a shape as Keras writes it, or of several, are known."""
    if isinstance(shape, (list, tuple)):
        return all(map(is_known, shape))
    return shape is None or isinstance(shape, int)


def real_shapes(value: Any) -> Any:
    """The shapes of real outputs."""
    return [real_shapes(item) for item in value] if isinstance(value, (list, tuple)) else tuple(value.shape)
