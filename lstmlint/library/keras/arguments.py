"""The arguments of a layer's constructor by their present names, whatever version of Keras they were written for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lstmlint.values.base import Const, Unknown, Value, unknown
from lstmlint.values.data import tuple_of

_RENAMED: dict[str, tuple[str, ...]] = {
    "output_dim": ("units",),
    "nb_filter": ("filters",),
    "nb_filters": ("filters",),
    "filter_length": ("kernel_size",),
    "kernel_dim1": ("kernel_size",),
    "border_mode": ("padding",),
    "subsample": ("strides",),
    "subsample_length": ("strides",),
    "stride": ("strides",),
    "pool_length": ("pool_size",),
    "dim_ordering": ("data_format",),
    "atrous_rate": ("dilation_rate",),
    "length": ("size",),
    "init": ("kernel_initializer", "embeddings_initializer"),
    "inner_init": ("recurrent_initializer",),
    "inner_activation": ("recurrent_activation",),
    "W_regularizer": ("kernel_regularizer", "embeddings_regularizer"),
    "U_regularizer": ("recurrent_regularizer",),
    "b_regularizer": ("bias_regularizer",),
    "W_constraint": ("kernel_constraint", "embeddings_constraint"),
    "b_constraint": ("bias_constraint",),
    "dropout_W": ("dropout",),
    "dropout_U": ("recurrent_dropout",),
    "bias": ("use_bias",),
    "p": ("rate",),
    "sigma": ("stddev",),
    "concat_axis": ("axis",),
}
"""Argument names of Keras 0 and 1, and what they became; the first that the layer has."""

_CONVOLUTION_OF_KERAS_1 = {"nb_filter", "nb_row", "nb_col", "border_mode", "subsample", "dim_ordering", "init"}
_ORDERINGS = {"th": Const("channels_first"), "tf": Const("channels_last")}
_WIDTHS = ("units", "output_dim")


def bind(name: str, parameters: Sequence[str], args: Sequence[Value], keywords: Mapping[str, Value]) -> dict[str, Value] | None:
    """The arguments of `name(*args, **keywords)` by their present names; None where there are too many."""
    if len(args) > len(parameters):
        return None
    config = dict(zip(parameters, args))
    for keyword, value in keywords.items():
        config[present_name(keyword, parameters)] = value
    if parameters[:2] and "kernel_size" in parameters:
        _rectangular_kernel(name, config, args, keywords)
    if isinstance(ordering := config.get("data_format"), Const) and isinstance(ordering.value, str):
        config["data_format"] = _ORDERINGS.get(ordering.value, ordering)
    if parameters and parameters[0] == "units" and len(args) > 1 and _may_be_integer(args[1]):
        # Keras 0 had LSTM(input_dim, output_dim) and Dense(input_dim, output_dim).
        config["units"] = unknown("int", "units")
        del config[parameters[1]]
    return config


def present_name(keyword: str, parameters: Sequence[str]) -> str:
    """What the argument `keyword` is called now, for a layer with these parameters."""
    if keyword in parameters:
        return keyword
    return next((name for name in _RENAMED.get(keyword, ()) if name in parameters), keyword)


def _may_be_integer(value: Value) -> bool:
    return value.type_path == "int" or (isinstance(value, Unknown) and value.type is None)


def _rectangular_kernel(name: str, config: dict[str, Value], args: Sequence[Value], keywords: Mapping[str, Value]) -> None:
    """Keras 1 had Convolution2D(filters, rows, columns); which of the two a third integer means is not always clear."""
    if "nb_row" in config and "nb_col" in config:
        config["kernel_size"] = tuple_of(config["nb_row"], config["nb_col"])
    elif len(args) > 2 and "2D" in name and _may_be_integer(args[2]):
        if _CONVOLUTION_OF_KERAS_1 & keywords.keys():
            config["kernel_size"] = tuple_of(args[1], args[2])
            config["strides"] = keywords.get("subsample", Const(1))
        elif name.startswith("Convolution"):
            config["kernel_size"] = config["strides"] = unknown()
