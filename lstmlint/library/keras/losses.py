"""The built-in losses: by which names a program asks for one, and which loss goes with which output of a model."""

from __future__ import annotations

import re

from lstmlint.library.registry import models
from lstmlint.trace import LayerApplied
from lstmlint.values.base import MISSING, Const, Value
from lstmlint.values.code import External
from lstmlint.values.data import Array, DictObject, items_of
from lstmlint.values.network import Loss, plain

_PARAMETERS = {
    "mean_squared_error": "",
    "mean_absolute_error": "",
    "mean_absolute_percentage_error": "",
    "mean_squared_logarithmic_error": "",
    "cosine_similarity": "axis",
    "huber": "delta",
    "log_cosh": "",
    "hinge": "",
    "squared_hinge": "",
    "categorical_hinge": "",
    "kl_divergence": "",
    "poisson": "",
    "binary_crossentropy": "from_logits label_smoothing axis",
    "binary_focal_crossentropy": "apply_class_balancing alpha gamma from_logits label_smoothing axis",
    "categorical_crossentropy": "from_logits label_smoothing axis",
    "categorical_focal_crossentropy": "alpha gamma from_logits label_smoothing axis",
    "sparse_categorical_crossentropy": "from_logits ignore_class axis",
    "ctc": "",
    "dice": "",
    "tversky": "alpha beta",
    "circle": "gamma margin remove_diagonal",
    "categorical_generalized_cross_entropy": "q",
}
"""The losses by their functions' names, with the parameters of their classes in order (before `reduction`)."""

LOSSES = frozenset(_PARAMETERS)
AUTOMATIC = "crossentropy"
"""compile(loss="crossentropy") takes the cross-entropy that fits the shapes."""
_CAPITALS = {"ctc": "CTC", "kl_divergence": "KLDivergence"}
_SHORT = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "bce": "binary_crossentropy",
    "kld": "kl_divergence",
    "kullback_leibler_divergence": "kl_divergence",
    "logcosh": "log_cosh",
    "cosine": "cosine_similarity",
    "cosine_proximity": "cosine_similarity",
    "ce": AUTOMATIC,
    AUTOMATIC: AUTOMATIC,
}
"""Other spellings, those of Keras 1 and 2 among them, in lower case."""
_ROOTS = ("keras.losses", "keras.metrics", "keras.objectives", "tensorflow.losses", "tensorflow.metrics")


def class_name(function: str) -> str:
    """The name of the class of a loss: "MeanSquaredError"."""
    return _CAPITALS.get(function) or "".join(part.capitalize() for part in function.split("_"))


_CLASSES = {class_name(function): function for function in _PARAMETERS}


def loss_named(name: str) -> str | None:
    """The present name of the loss that `name` (of a function or a class, in any version of Keras) means."""
    if name in LOSSES:
        return name
    return _CLASSES.get(name) or _SHORT.get(name if re.fullmatch("[A-Z]+|[a-z_]+", name) is None else name.lower())


def _constructor(function: str, name: str) -> None:
    parameters = (*_PARAMETERS[function].split(), "reduction", "name")

    @models(*(f"{root}.{name}" for root in ("keras.losses", "tensorflow.losses")))
    def construct(*args: Value, **keywords: Value) -> Loss:
        """keras.io: a loss with its arguments."""
        return Loss(function, {**dict(zip(parameters, args)), **keywords})

    construct.__doc__ = f"keras.io: {name}."


for _class, _function in _CLASSES.items():
    _constructor(_function, _class)


def loss_of(value: Value) -> Loss | None:
    """The built-in loss that an argument of compile() means; None for any other."""
    value = plain(value)
    if isinstance(value, Loss):
        return value
    name: str | None = None
    if isinstance(value, Const) and isinstance(value.value, str):
        name = loss_named(value.value)
    elif isinstance(value, External) and value.path.rpartition(".")[0] in _ROOTS:
        name = loss_named(value.path.rpartition(".")[2])
    return None if name is None else Loss(name)


def output_name(tensor: Array) -> str | None:
    """The name that the program gave to the layer that makes an output."""
    producer = tensor.producer
    name = producer.layer.config.get("name") if isinstance(producer, LayerApplied) else None
    return name.value if isinstance(name, Const) and isinstance(name.value, str) else None


def losses_for(compiled: Value, outputs: list[Array]) -> list[Loss | None]:
    """For each output the built-in loss that compile() gave it, None where it has none or another one."""
    nothing: list[Loss | None] = [None] * len(outputs)
    argument = compiled.get(Const("loss")) if isinstance(compiled, DictObject) else MISSING
    if argument is None or argument is MISSING:
        return nothing
    argument = plain(argument)
    if isinstance(argument, DictObject):
        entries = argument.entries
        if entries.open:
            return nothing
        if len(outputs) == 1 and len(entries.known) == 1:
            return [loss_of(entries.known[0][1])]
        by_name = {key.value: value for key, value in entries.known if isinstance(key, Const)}
        named = [output_name(tensor) for tensor in outputs]
        return [loss_of(by_name[name]) if name in by_name else None for name in named]
    items = items_of(argument)
    if items is not None:
        if items.known is None or len(items.known) != len(outputs):
            return nothing
        return [loss_of(item) for item in items.known]
    return [loss_of(argument)] * len(outputs)
