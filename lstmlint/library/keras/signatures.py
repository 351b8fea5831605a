"""The arguments that the constructors of layers around recurrent networks take, by version of Keras."""

from __future__ import annotations

from collections.abc import Iterable

_RNN_WEIGHTS = (
    "kernel_initializer recurrent_initializer bias_initializer kernel_regularizer recurrent_regularizer bias_regularizer "
    "kernel_constraint recurrent_constraint bias_constraint dropout recurrent_dropout"
)
_MODES = "return_sequences return_state go_backwards stateful zero_output_for_mask"
_DENSE = (
    "activation use_bias kernel_initializer bias_initializer kernel_regularizer bias_regularizer kernel_constraint bias_constraint"
)
_CELL = f"units activation use_bias seed {_RNN_WEIGHTS}"
_CONV = f"filters kernel_size strides padding data_format dilation_rate groups lora_rank lora_alpha {_DENSE}"

_ALL = "name dtype trainable activity_regularizer autocast input_shape input_dim"
"""What every layer takes in Keras 3 …"""
_ALL_OF_2 = f"{_ALL} batch_input_shape batch_size weights implementation dynamic"
"""… and in Keras 2."""

_KERAS_3 = {
    "LSTM": f"{_CELL} {_MODES} recurrent_activation unit_forget_bias unroll use_cudnn implementation",
    "GRU": f"{_CELL} {_MODES} recurrent_activation reset_after unroll use_cudnn implementation",
    "SimpleRNN": f"{_CELL} {_MODES} unroll",
    "RNN": f"cell {_MODES} unroll",
    "LSTMCell": f"{_CELL} recurrent_activation unit_forget_bias implementation",
    "GRUCell": f"{_CELL} recurrent_activation reset_after implementation",
    "SimpleRNNCell": _CELL,
    "Bidirectional": "layer merge_mode weights backward_layer",
    "TimeDistributed": "layer",
    "Dense": f"units {_DENSE} lora_rank lora_alpha quantization_config",
    "Embedding": (
        "input_dim output_dim embeddings_initializer embeddings_regularizer embeddings_constraint mask_zero weights lora_rank "
        "lora_alpha quantization_config input_length"
    ),
    "Dropout": "rate noise_shape seed",
    "Masking": "mask_value",
    "Flatten": "data_format",
    "RepeatVector": "n",
    "Activation": "activation",
    "Reshape": "target_shape",
    "Conv1D": _CONV,
    "Conv2D": _CONV,
    "ConvLSTM2D": (
        f"filters kernel_size strides padding data_format dilation_rate {_CELL} {_MODES} recurrent_activation unroll "
        "unit_forget_bias"
    ).replace(" units", ""),
    "MaxPooling1D": "pool_size strides padding data_format",
    "MaxPooling2D": "pool_size strides padding data_format",
    "BatchNormalization": (
        "axis momentum epsilon center scale beta_initializer gamma_initializer moving_mean_initializer moving_variance_initializer "
        "beta_regularizer gamma_regularizer beta_constraint gamma_constraint renorm renorm_clipping renorm_momentum synchronized"
    ),
}

_ONLY_KERAS_2 = {
    "LSTM": "time_major input_length",
    "GRU": "time_major input_length",
    "SimpleRNN": "time_major input_length",
    "RNN": "time_major input_length",
    "Embedding": "sparse",
    "ConvLSTM2D": "time_major",
    "BatchNormalization": "fused virtual_batch_size adjustment",
}

_INPUT = frozenset("shape batch_size dtype sparse ragged batch_shape name tensor optional".split())  # noqa: SIM905
_INPUT_OF_2 = frozenset(["batch_input_shape", "input_shape", "type_spec"])

_KERAS_1 = frozenset(
    """
    output_dim init inner_init forget_bias_init inner_activation W_regularizer U_regularizer b_regularizer W_constraint U_constraint
    b_constraint dropout_W dropout_U bias p consume_less input_dtype create_input_layer input_length weights dropout nb_filter
    length filter_length border_mode subsample subsample_length atrous_rate dim_ordering pool_length stride mode beta_init
    gamma_init concat_axis nb_row nb_col kernel_dim1 truncate_gradient activity_regularizer return_sequences
    """.split()  # noqa: SIM905
)
"""What layers of Keras 0 and 1 took and later ones call something else; a few of these belong to other layers."""


def of_keras_3(layer: str) -> frozenset[str] | None:
    """The keywords that `layer` takes in Keras 3; None for layers that are not described here."""
    if layer == "Input":
        return _INPUT
    own = _KERAS_3.get(layer)
    return None if own is None else frozenset(f"{own} {_ALL}".split())


def of_earlier(layer: str) -> frozenset[str]:
    """The keywords that `layer` took in some version before Keras 3."""
    if layer == "Input":
        return _INPUT | _INPUT_OF_2
    own = f"{_KERAS_3.get(layer, '')} {_ONLY_KERAS_2.get(layer, '')} {_ALL_OF_2}"
    return frozenset(own.split()) | _KERAS_1


def never_taken(layer: str, keywords: Iterable[str]) -> list[str]:
    """The keywords that no version of `layer` took."""
    known = of_keras_3(layer)
    return [] if known is None else [word for word in keywords if word not in known and word not in of_earlier(layer)]
