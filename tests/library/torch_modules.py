"""Random layers of torch.nn with random inputs, run by the real torch and by the models."""
from __future__ import annotations

import random
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from lstmlint.library import binding, registry
from lstmlint.values.base import Const, Unknown, Value
from lstmlint.values.data import Array, items_of
from tests.library.differential import FakeCaller, abstract


@dataclass(frozen=True)
class Spec:
    """A layer to be made (its class and arguments), and the shapes that it is called with."""

    kind: str
    arguments: dict[str, Any]
    inputs: tuple[Any, ...]
    """Each a shape (a tuple of ints), or a list or tuple of such, or None."""
    keywords: dict[str, Any] = field(default_factory=dict)
    integers: bool = False

    def __repr__(self) -> str:
        config = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items())
        return f"{self.kind}({config})({', '.join(map(repr, self.inputs))}, {self.keywords})"


@dataclass(frozen=True)
class Pair:
    """The two states of an LSTM, as a tuple or a list."""

    parts: tuple[Any, ...]
    as_list: bool = False


def tensor(value: Any, integers: bool) -> Any:
    """A tensor of a shape, or a sequence of them."""
    if isinstance(value, Pair):
        parts = [tensor(part, integers) for part in value.parts]
        return parts if value.as_list else tuple(parts)
    if isinstance(value, tuple):
        return torch.zeros(value, dtype=torch.long) if integers else torch.zeros(value)
    return value


def _modelled(value: Any) -> Value:
    return made(value, FakeCaller()) if isinstance(value, Spec) else abstract(value)


def made(spec: Spec, caller: FakeCaller) -> Value:
    """The abstract layer."""
    model = registry.find(f"torch.nn.{spec.kind}")
    assert model is not None, f"{spec.kind} has no model"
    return binding.apply(model, caller, [], {name: _modelled(value) for name, value in spec.arguments.items()})


def call(layer: Value, caller: FakeCaller, values: Sequence[Value], keywords: dict[str, Value]) -> Value:
    """What the abstract layer makes of these arguments."""
    model = registry.find("torch.nn.Module.__call__")
    assert model is not None
    return binding.apply(model, caller, [layer, *values], keywords)


def _real(spec: Spec) -> Any:
    arguments = {name: _real(value) if isinstance(value, Spec) else value for name, value in spec.arguments.items()}
    return getattr(torch.nn, spec.kind)(**arguments)


def disagreement(spec: Spec) -> str | None:
    """In what the model of a layer and the real layer differ; None if in nothing, or if the real one can't be made."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            layer = _real(spec).eval()
        except Exception:
            return None
        values = [tensor(value, spec.integers) for value in spec.inputs]
        caller = FakeCaller()
        answer = call(made(spec, caller), caller, [abstract(v) for v in values], {k: abstract(v) for k, v in spec.keywords.items()})
        raised: Exception | None = None
        expected: Any = None
        try:
            with torch.no_grad():
                expected = layer(*values, **spec.keywords)
        except Exception as error:
            raised = error
    if spec.kind.startswith("ConvTranspose") and not caller.violations and 0 in shown(answer):
        # Whether an empty result is an error differs from one implementation of torch to the other.
        return None
    if raised is not None:
        return None if caller.violations else f"{spec} raises {str(raised)[:120]!r}; the model says {shown(answer)}"
    if caller.violations:
        return f"{spec} is {structure(expected)}; the model says that it raises: {caller.violations}"
    return None if shown(answer) == structure(expected) else f"{spec} is {structure(expected)}; the model says {shown(answer)}"


def structure(value: Any) -> Any:
    """The shapes of what torch answered."""
    if isinstance(value, torch.Tensor):
        return tuple(value.shape)
    return tuple(map(structure, value)) if isinstance(value, (tuple, list)) else value


def shown(value: Value) -> Any:
    """The shapes of what the model answered."""
    if isinstance(value, Array):
        return str(value.shape) if value.shape.open else tuple(dim if isinstance(dim, int) else "?" for dim in value.shape.dims)
    items = items_of(value)
    if items is not None and items.known is not None:
        return tuple(map(shown, items.known))
    return value.value if isinstance(value, Const) else "unknown" if isinstance(value, Unknown) else repr(value)


class Draw:
    """Draws layers and inputs that mostly fit."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def maybe(self, chance: float = 0.5) -> bool:
        return self.random.random() < chance

    def size(self, high: int = 6) -> int:
        return self.random.randint(1, high)

    def some(self, **options: Any) -> dict[str, Any]:
        """Each option with its value, or left out."""
        return {name: value for name, value in options.items() if self.maybe()}

    def per_axis(self, count: int, high: int = 3, low: int = 1) -> Any:
        """One number, or one for each axis."""
        if self.maybe():
            return self.random.randint(low, high)
        return tuple(self.random.randint(low, high) for _ in range(count))

    def shape(self, *ranks: int) -> tuple[int, ...]:
        rank = self.random.choice(ranks) if self.maybe(0.9) else self.random.randint(0, 5)
        return tuple(self.size() for _ in range(rank))

    def fitting(self, shape: tuple[int, ...], at: int, size: int) -> tuple[int, ...]:
        """`shape` with axis `at` of this length, in most cases."""
        if self.maybe(0.15) or not -len(shape) <= at < len(shape):
            return shape
        changed = list(shape)
        changed[at] = size
        return tuple(changed)

    def bent(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """`shape`, now and then with a fault."""
        kind = self.random.random()
        if kind < 0.8 or not shape:
            return shape
        if kind < 0.88:
            at = self.random.randrange(len(shape))
            return (*shape[:at], self.size(), *shape[at + 1 :])
        return shape[1:] if kind < 0.94 else (*shape, self.size(2))

    def layer(self) -> Spec:
        """Any layer."""
        return self.random.choice(self.KINDS)(self)

    def recurrent(self) -> Spec:
        kind = self.random.choice(["LSTM", "LSTM", "GRU", "RNN"])
        features, hidden, layers = self.size(), self.size(), self.size(3)
        config = {"input_size": features, "hidden_size": hidden}
        config.update(self.some(num_layers=layers, bidirectional=self.maybe(), batch_first=self.maybe(), dropout=0.1, bias=False))
        if kind == "LSTM" and hidden > 1 and self.maybe(0.2):
            config["proj_size"] = self.random.randint(0, hidden - 1)
        x = self.fitting(self.shape(3, 3, 3, 2), -1, features)
        inputs: tuple[Any, ...] = (x,)
        if self.maybe(0.4):
            inputs = (x, self._states(kind, config, x))
        return Spec(kind, config, inputs)

    def _states(self, kind: str, config: dict[str, Any], x: tuple[int, ...]) -> Any:
        batch = ((x[0] if config.get("batch_first") else x[1]),) if len(x) == 3 else ()
        first = config.get("num_layers", 1) * (2 if config.get("bidirectional") else 1)
        hidden = config["hidden_size"]
        h, c = (first, *batch, config.get("proj_size") or hidden), (first, *batch, hidden)
        if kind == "LSTM":
            if self.maybe(0.1):
                return self.bent(h) if self.maybe() else (2, *h)
            count = 2 if self.maybe(0.9) else self.size(3)
            return Pair(tuple(self.bent(part) for part in (h, c, c)[:count]), self.maybe(0.2))
        return self.bent(h) if self.maybe(0.9) else Pair((h, h))

    def cell(self) -> Spec:
        kind = self.random.choice(["LSTMCell", "GRUCell", "RNNCell"])
        features, hidden = self.size(), self.size()
        x = self.fitting(self.shape(2, 2, 1), -1, features)
        state = (*x[:-1], hidden) if len(x) in (1, 2) else (hidden,)
        if len(x) == 1:
            # What torch does with states of two axes whose first one is as long as the features, nobody means (or it crashes).
            given = [self.fitting((self.size(),), -1, hidden) if self.maybe(0.8) else (hidden + 1, hidden) for _ in range(2)]
            states: Any = Pair(tuple(given)) if kind == "LSTMCell" else given[0]
        else:
            states = Pair((self.bent(state), self.bent(state))) if kind == "LSTMCell" else self.bent(state)
        return Spec(kind, {"input_size": features, "hidden_size": hidden}, (x, states) if self.maybe() else (x,))

    def linear(self) -> Spec:
        features, units = self.size(), self.size()
        x = self.fitting(self.shape(1, 2, 3, 4), -1, features)
        if self.maybe(0.2):
            other = self.fitting(self.bent((*x[:-1], units)), -1, units)
            return Spec("Bilinear", {"in1_features": features, "in2_features": units, "out_features": self.size()}, (x, other))
        if self.maybe(0.1):
            return Spec("LazyLinear", {"out_features": units}, (x,))
        return Spec("Linear", {"in_features": features, "out_features": units}, (x,))

    def embedding(self) -> Spec:
        config = {"num_embeddings": self.size(), "embedding_dim": self.size()}
        if self.maybe(0.7):
            return Spec("Embedding", config, (self.shape(0, 1, 2, 3),), integers=True)
        x = self.shape(1, 2)
        config.update(self.some(mode="sum"))
        if len(x) == 1:
            return Spec("EmbeddingBag", config, (x, self.shape(1)) if self.maybe(0.9) else (x,), integers=True)
        return Spec("EmbeddingBag", config, (x,) if self.maybe(0.9) else (x, (1,)), integers=True)

    def convolution(self) -> Spec:
        rank, groups = self.size(3), self.random.choice([1, 1, 2])
        channels, out = groups * self.size(3), groups * self.size(3)
        config = {"in_channels": channels, "out_channels": out, "kernel_size": self.per_axis(rank, 4)}
        config.update(self.some(stride=self.per_axis(rank), dilation=self.per_axis(rank, 2), groups=groups))
        x = tuple(n + 2 * (at > 1) for at, n in enumerate(self.shape(rank + 1, rank + 2)))
        x = self.fitting(x, -rank - 1, channels)
        if self.maybe(0.3):
            config.update(self.some(padding=self.per_axis(rank, 2, 0), output_padding=self.per_axis(rank, 2, 0)))
            return Spec(f"ConvTranspose{rank}d", config, (x,))
        widths = self.per_axis(rank, 2, 0), self.per_axis(rank, 2, 0)
        config.update(self.some(padding=self.random.choice([*widths, "same", "valid"])))
        if self.maybe(0.1):
            del config["in_channels"]
            return Spec(f"LazyConv{rank}d", config, (x,))
        return Spec(f"Conv{rank}d", config, (x,))

    def pooling(self) -> Spec:
        rank = self.size(3)
        x = self.shape(rank + 1, rank + 2)
        if self.maybe(0.3):
            sizes = self.per_axis(rank, 5)
            if isinstance(sizes, tuple) and rank > 1 and self.maybe(0.3):
                sizes = (None, *sizes[1:])
            kind = self.random.choice(["AdaptiveAvgPool", "AdaptiveMaxPool"])
            extra = self.some(return_indices=self.maybe()) if kind == "AdaptiveMaxPool" else {}
            return Spec(f"{kind}{rank}d", {"output_size": sizes, **extra}, (x,))
        config: dict[str, Any] = {"kernel_size": self.per_axis(rank, 4)}
        config.update(self.some(stride=self.per_axis(rank), ceil_mode=self.maybe()))
        kind = self.random.choice(["MaxPool", "MaxPool", "AvgPool", "LPPool"])
        if kind == "LPPool":
            rank = max(rank, 2)
            config["kernel_size"] = self.per_axis(rank, 4)
            return Spec(f"LPPool{rank}d", {"norm_type": 2, **config, "stride": 1}, (self.shape(rank + 1, rank + 2),))
        if self.maybe(0.4):
            config["padding"] = self.per_axis(rank, 2, 0)
        if kind == "MaxPool":
            config.update(self.some(dilation=self.per_axis(rank, 2), return_indices=self.maybe()))
        return Spec(f"{kind}{rank}d", config, (x,))

    def normalization(self) -> Spec:
        rank, channels = self.size(3), self.size()
        kinds = "BatchNorm InstanceNorm LayerNorm GroupNorm RMSNorm Dropout LocalResponseNorm"
        kind = self.random.choice(kinds.split())
        if kind == "BatchNorm":
            x = self.fitting(self.shape(*({1: (2, 3), 2: (4,), 3: (5,)}[rank])), 1, channels)
            return Spec(f"BatchNorm{rank}d", {"num_features": channels, **self.some(affine=self.maybe())}, (x,))
        if kind == "InstanceNorm":
            x = self.fitting(self.shape(rank + 1, rank + 2), -rank - 1, channels)
            options = self.some(affine=self.maybe(), track_running_stats=self.maybe())
            return Spec(f"InstanceNorm{rank}d", {"num_features": channels, **options}, (x,))
        x = self.shape(2, 3, 4)
        if kind in ("LayerNorm", "RMSNorm"):
            last = self.bent(x[-self.size(2) :]) or (1,)
            wanted: Any = last[-1] if last and self.maybe(0.6) else self.random.choice([list, tuple])(last)
            return Spec(kind, {"normalized_shape": wanted}, (x,))
        if kind == "GroupNorm":
            groups = self.size(3)
            channels = groups * self.size(2)
            config = {"num_groups": groups, "num_channels": channels, **self.some(affine=self.maybe())}
            return Spec(kind, config, (self.fitting(x, 1, channels),))
        if kind == "Dropout":
            kinds = "Dropout1d Dropout2d Dropout3d Dropout AlphaDropout"
            return Spec(self.random.choice(kinds.split()), {}, (self.shape(2, 3, 4),))
        return Spec("LocalResponseNorm", {"size": 2}, (x,))

    def activation(self) -> Spec:
        kinds = "ReLU Tanh GELU Softmax LogSoftmax Softmin Softmax2d PReLU GLU Identity"
        kind = self.random.choice(kinds.split())
        x = self.shape(1, 2, 3, 4)
        config: dict[str, Any] = {}
        if kind in ("Softmax", "LogSoftmax", "Softmin", "GLU"):
            config = self.some(dim=self.random.randint(-4, 3))
        elif kind == "PReLU":
            config = self.some(num_parameters=self.random.choice([1, x[1] if len(x) > 1 else 2, self.size()]))
        return Spec(kind, config, (x,))

    def rearrangement(self) -> Spec:
        kinds = "Flatten Unflatten PixelShuffle PixelUnshuffle Upsample Pad Distance Nearest"
        kind = self.random.choice(kinds.split())
        x = self.shape(2, 3, 4)
        if kind == "Flatten":
            return Spec(kind, self.some(start_dim=self.random.randint(-3, 3), end_dim=self.random.randint(-3, 3)), (x,))
        if kind == "Unflatten":
            sizes = (self.size(3), self.size(3))
            at = self.random.randint(-3, 2)
            return Spec(kind, {"dim": at, "unflattened_size": sizes}, (self.fitting(x, at, sizes[0] * sizes[1]),))
        if kind.startswith("Pixel"):
            factor, x = self.size(2), self.shape(3, 4)
            config = {"upscale_factor" if kind == "PixelShuffle" else "downscale_factor": factor}
            return Spec(kind, config, (self.fitting(x, -3, factor * factor * self.size(2)),))
        if kind == "Upsample":
            rank, x = self.size(3), self.shape(3, 4, 5)
            size = {"size": self.per_axis(rank, 6)} if self.maybe() else {"scale_factor": self.random.choice([2, 3, 1.5, 2.0])}
            mode = self.random.choice(["nearest", "linear", "bilinear", "trilinear", "bicubic", "area"])
            return Spec(kind, {**size, **self.some(mode=mode)}, (x,))
        if kind == "Nearest":
            name = self.random.choice(["UpsamplingNearest2d", "UpsamplingBilinear2d"])
            return Spec(name, {"scale_factor": 2} if self.maybe() else {"size": self.per_axis(2, 5)}, (self.shape(4, 4, 3),))
        if kind == "Distance":
            name = self.random.choice(["CosineSimilarity", "PairwiseDistance"])
            config = self.some(dim=self.random.randint(-2, 2)) if name == "CosineSimilarity" else self.some(keepdim=self.maybe())
            return Spec(name, config, (x, self.bent(x)))
        rank = self.size(3)
        padding = self.random.choice(["ConstantPad", "ZeroPad", "ReflectionPad", "ReplicationPad", "CircularPad"])
        widths: Any = self.size(3) if self.maybe() else tuple(self.random.randint(0, 3) for _ in range(2 * rank))
        config = {"padding": widths, **({"value": 0.0} if padding == "ConstantPad" else {})}
        return Spec(f"{padding}{rank}d", config, (self.shape(rank + 1, rank + 2),))

    def attention(self) -> Spec:
        heads, batch_first = self.size(2), self.maybe()
        size = heads * self.size(3)
        batched, batch = self.maybe(0.8), self.size(3)

        def sequence(length: int, features: int = size) -> tuple[int, ...]:
            whole = (batch, length, features) if batch_first else (length, batch, features)
            return self.bent(whole if batched else (length, features))

        times = self.size(), self.size()
        kind = self.random.choice(["MultiheadAttention", "MultiheadAttention", "Encoder", "Decoder", "Transformer", "Stack"])
        options = {"batch_first": True} if batch_first else {}
        if kind == "MultiheadAttention":
            if self.maybe(0.4):
                options.update(self.some(kdim=self.size(3), vdim=self.size(3), add_zero_attn=True, add_bias_kv=True))
            keys, values = (sequence(times[1], options.get(name, size)) for name in ("kdim", "vdim"))
            inputs: tuple[Any, ...] = (sequence(times[0]), keys, values)
            keywords = self.some(need_weights=self.maybe(), average_attn_weights=self.maybe())
            return Spec(kind, {"embed_dim": size, "num_heads": heads, **options}, inputs, keywords)
        config = {"d_model": size, "nhead": heads, "dim_feedforward": 4, **options}
        if kind == "Encoder":
            return Spec("TransformerEncoderLayer", config, (sequence(times[0]),))
        if kind == "Stack":
            which = self.random.choice(["Encoder", "Decoder"])
            inner = Spec(f"Transformer{which}Layer", config, ())
            inputs = (sequence(times[0]),) if which == "Encoder" else (sequence(times[0]), sequence(times[1]))
            return Spec(f"Transformer{which}", {f"{which.lower()}_layer": inner, "num_layers": 1}, inputs)
        if kind == "Decoder":
            return Spec("TransformerDecoderLayer", config, (sequence(times[0]), sequence(times[1])))
        config.update(num_encoder_layers=1, num_decoder_layers=1)
        return Spec("Transformer", config, (sequence(times[0]), sequence(times[1])))

    KINDS: tuple[Callable[[Draw], Spec], ...] = (
        *(recurrent, recurrent, recurrent, cell, linear, embedding, convolution, convolution, pooling, pooling),
        *(normalization, activation, rearrangement, attention),
    )
