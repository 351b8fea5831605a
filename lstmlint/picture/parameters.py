"""How many parameters a layer has, where its sizes are known. A differential test holds this against the frameworks."""
from __future__ import annotations

from collections.abc import Callable, Iterable

from lstmlint.shapes.dims import Dim
from lstmlint.values.base import MISSING, constant_int, is_none
from lstmlint.values.network import Layer

_NONE = frozenset(
    """
    Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D
    GaussianNoise GaussianDropout AlphaDropout Activation ReLU LeakyReLU ELU
    Softmax Flatten Reshape Permute RepeatVector Masking InputLayer Add Subtract Multiply Average Maximum Minimum Concatenate Dot

    MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D
    GlobalMaxPooling1D GlobalAveragePooling1D
    GlobalMaxPooling2D GlobalAveragePooling2D UpSampling1D UpSampling2D ZeroPadding1D ZeroPadding2D Cropping1D Lambda
    Dropout1d Dropout2d Tanh Sigmoid GELU SELU LogSoftmax Unflatten MaxPool1d MaxPool2d AvgPool1d AvgPool2d Identity
    """.split()  # noqa: SIM905
)
_GATES = {"LSTM": 4, "CuDNNLSTM": 4, "GRU": 3, "CuDNNGRU": 3, "SimpleRNN": 1, "RNN": 1}


def parameters(layer: Layer, features: Dim | None) -> int | None:
    """The number of weights of a layer that gets inputs with so many features; None where that is not known."""
    if layer.kind in _NONE:
        return 0
    count = (_TORCH if layer.path.startswith("torch.") else _KERAS).get(layer.kind)
    if count is None or (layer.path.startswith("keras.") and not layer.path.startswith("keras.layers.")):
        return None
    return count(layer, features if isinstance(features, int) else None)


def _number(layer: Layer, name: str, default: int | None = None) -> int | None:
    """An integer argument; None where it is not known."""
    value = layer.config.get(name, MISSING)
    return default if value is MISSING or is_none(value) else constant_int(value)


def _flag(layer: Layer, name: str, default: bool = True) -> int | None:
    known = layer.flag(name, default)
    return None if known is None else int(known)



def _keras_recurrent(layer: Layer, features: int | None) -> int | None:
    units, bias = _number(layer, "units"), _flag(layer, "use_bias")
    # Of a GRU, whether there are two biases depends on the version where it is not said.
    after = _flag(layer, "reset_after") if layer.kind == "GRU" else int(layer.kind == "CuDNNGRU")
    if units is None or bias is None or features is None or after is None:
        return None
    return _GATES[layer.kind] * units * (features + units + bias * (1 + after))


def _dense(layer: Layer, features: int | None) -> int | None:
    units, bias = _number(layer, "units"), _flag(layer, "use_bias")
    return None if units is None or bias is None or features is None else (features + bias) * units


def _embedding(layer: Layer, features: int | None) -> int | None:
    tokens, width = _number(layer, "input_dim"), _number(layer, "output_dim")
    return None if tokens is None or width is None else tokens * width


def _convolution(layer: Layer, features: int | None) -> int | None:
    filters, bias, groups = _number(layer, "filters"), _flag(layer, "use_bias"), _number(layer, "groups", 1)
    sizes = layer.lengths("kernel_size", int(layer.kind[-2]))
    if filters is None or bias is None or not groups or features is None:
        return None
    window = _product(sizes)
    return None if window is None else filters * (window * (features // groups) + bias)


def _recurrent_convolution(layer: Layer, features: int | None) -> int | None:
    filters, bias = _number(layer, "filters"), _flag(layer, "use_bias")
    window = _product(layer.lengths("kernel_size", int(layer.kind[-2])))
    if filters is None or bias is None or features is None or window is None:
        return None
    return 4 * filters * (window * (features + filters) + bias)


def _product(sizes: Iterable[Dim]) -> int | None:
    product = 1
    for size in sizes:
        if not isinstance(size, int):
            return None
        product *= size
    return product


def _normalisation(layer: Layer, features: int | None) -> int | None:
    axis = _number(layer, "axis", -1)
    center, scale = _flag(layer, "center"), _flag(layer, "scale")
    if axis != -1 or features is None or center is None or scale is None:
        return None
    return features * (center + scale + (2 if layer.kind == "BatchNormalization" else 0))


def _bidirectional(layer: Layer, features: int | None) -> int | None:
    inner = layer.config.get("layer")
    if not isinstance(inner, Layer) or layer.given("backward_layer") is not None:
        return None
    one = parameters(inner, features)
    return None if one is None else 2 * one


def _distributed(layer: Layer, features: int | None) -> int | None:
    inner = layer.config.get("layer")
    return parameters(inner, features) if isinstance(inner, Layer) else None


def _torch_recurrent(layer: Layer, features: int | None) -> int | None:
    inputs, hidden, depth = _number(layer, "input_size"), _number(layer, "hidden_size"), _number(layer, "num_layers", 1)
    projected, bias, both = _number(layer, "proj_size", 0), _flag(layer, "bias"), _flag(layer, "bidirectional", False)
    if inputs is None or hidden is None or depth is None or projected is None or bias is None or both is None:
        return None
    out, gates, total = projected or hidden, _GATES[layer.kind], 0
    for level in range(depth):
        width = inputs if level == 0 else out * (1 + both)
        total += (1 + both) * (gates * hidden * (width + out + 2 * bias) + projected * hidden)
    return total


def _linear(layer: Layer, features: int | None) -> int | None:
    inputs, outputs, bias = _number(layer, "in_features"), _number(layer, "out_features"), _flag(layer, "bias")
    return None if inputs is None or outputs is None or bias is None else outputs * (inputs + bias)


def _torch_embedding(layer: Layer, features: int | None) -> int | None:
    tokens, width = _number(layer, "num_embeddings"), _number(layer, "embedding_dim")
    return None if tokens is None or width is None else tokens * width


def _torch_convolution(layer: Layer, features: int | None) -> int | None:
    inputs, outputs = _number(layer, "in_channels"), _number(layer, "out_channels")
    groups, bias = _number(layer, "groups", 1), _flag(layer, "bias")
    window = _product(layer.lengths("kernel_size", int(layer.kind[-2])))
    if inputs is None or outputs is None or not groups or bias is None or window is None:
        return None
    return outputs * (window * (inputs // groups) + bias)


def _torch_normalisation(layer: Layer, features: int | None) -> int | None:
    width, affine = _number(layer, "num_features"), _flag(layer, "affine")
    return None if width is None or affine is None else 2 * width * affine


Count = Callable[[Layer, "int | None"], "int | None"]
_KERAS: dict[str, Count] = {
    **dict.fromkeys(("LSTM", "GRU", "SimpleRNN", "CuDNNLSTM", "CuDNNGRU"), _keras_recurrent),
    **dict.fromkeys(("Conv1D", "Conv2D", "Conv3D"), _convolution),
    **dict.fromkeys(("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"), _recurrent_convolution),
    **dict.fromkeys(("BatchNormalization", "LayerNormalization"), _normalisation),
    "Dense": _dense,
    "Embedding": _embedding,
    "Bidirectional": _bidirectional,
    "TimeDistributed": _distributed,
}
_TORCH: dict[str, Count] = {
    **dict.fromkeys(("LSTM", "GRU", "RNN"), _torch_recurrent),
    **dict.fromkeys(("Conv1d", "Conv2d", "Conv3d"), _torch_convolution),
    **dict.fromkeys(("BatchNorm1d", "BatchNorm2d"), _torch_normalisation),
    "Linear": _linear,
    "Embedding": _torch_embedding,
}
