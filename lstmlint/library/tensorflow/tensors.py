"""What an eager tensor has beyond what it shares with numpy's arrays."""
from __future__ import annotations

from dataclasses import replace

from lstmlint.library.numpy.indexing import get as get_part
from lstmlint.library.registry import models
from lstmlint.values.base import NONE, Value
from lstmlint.values.code import Caller
from lstmlint.values.data import Array


@models("tensorflow.Tensor.numpy", "tensorflow.Tensor.eval")
def to_numpy(self: Array) -> Value:
    """tensorflow.org: the same elements as a numpy array."""
    return Array(self.shape, "numpy", self.dtype, self.producer, self.source, self.known)


@models("tensorflow.Tensor.__getitem__")
def get(caller: Caller, self: Array, key: Value) -> Value:
    """tensorflow.org: a part of a tensor is a tensor."""
    part = get_part(caller, self, key)
    return replace(part, kind="tensor") if isinstance(part, Array) else part


@models("tensorflow.Tensor.set_shape", "tensorflow.Tensor.assign")
def nothing(self: Array, *args: Value) -> Value:
    """tensorflow.org: what is known of the shape already."""
    return NONE
