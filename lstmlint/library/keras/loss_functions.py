"""The built-in losses called as functions: a number for each sample, or for each step of it."""

from __future__ import annotations

from collections.abc import Mapping

from lstmlint.library.keras.axes import is_open
from lstmlint.library.registry import models
from lstmlint.library.tensorflow.operations import operate, tensor
from lstmlint.shapes.dims import same
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Shape
from lstmlint.values.base import Value, unknown
from lstmlint.values.code import Caller
from lstmlint.values.network import Loss

_ALONG_THE_LAST_AXIS = """
    mean_squared_error mean_absolute_error mean_absolute_percentage_error mean_squared_logarithmic_error huber log_cosh hinge
    squared_hinge categorical_hinge kl_divergence poisson binary_crossentropy binary_focal_crossentropy categorical_crossentropy
    categorical_focal_crossentropy cosine_similarity sparse_categorical_crossentropy
""".split()  # noqa: SIM905


def _function(name: str) -> None:
    @models(f"keras.losses.{name}", f"keras.metrics.{name}")
    def loss(caller: Caller, y_true: Value, y_pred: Value, **keywords: Value) -> Value:
        """keras.io: the mean over the last axis; nothing is said of a target of another shape, which Keras may stretch."""
        target, output = tensor(y_true), tensor(y_pred)
        if target is None or output is None:
            return unknown()
        wanted = Shape(output.shape.axes[:-1]) if name.startswith("sparse") else output.shape
        fits = bool(output.shape.axes) and "axis" not in keywords and _alike(target.shape, wanted)
        shape = Shape(output.shape.axes[:-1]) if fits else UNKNOWN_SHAPE
        return operate(caller, _told(name, keywords), [target, output], (shape, None), "float")


@models("keras.Loss.__call__")
def call(caller: Caller, self: Loss, y_true: Value, y_pred: Value, **keywords: Value) -> Value:
    """keras.io: as the function, and the mean of all unless another reduction is asked for."""
    target, output = tensor(y_true), tensor(y_pred)
    if target is None or output is None:
        return unknown()
    return operate(caller, _told(self.name, self.config), [target, output], (UNKNOWN_SHAPE, None), "float")


def _told(name: str, config: Mapping[str, Value]) -> str:
    """The name of the event, which is another one where an argument changes what goes together."""
    return f"keras.losses.{name}" + ("(…)" if config.keys() & {"axis", "ignore_class"} else "")


def _alike(a: Shape, b: Shape) -> bool:
    if a.rank is None or a.rank != b.rank:
        return False
    return all(same(x.dim, y.dim) or (is_open(x.dim) and is_open(y.dim)) for x, y in zip(a.axes, b.axes))


for _name in _ALONG_THE_LAST_AXIS:
    _function(_name)
