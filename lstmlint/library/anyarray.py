"""Arrays of which only the shape is known, as a contract gives it: numpy's, a tensor or a table.

What these don't agree about is unknown."""
from __future__ import annotations

from lstmlint.library.registry import attributes, inherits, models
from lstmlint.values.base import Value, unknown
from lstmlint.values.data import Array

TYPE = "anyarray.Array"
inherits(TYPE, "numpy.ndarray")

_DISAGREE = [
    *("transpose", "size", "view", "repeat", "sort", "argsort", "split", "nonzero", "take", "put", "choose", "resize"),
    *("searchsorted", "trace", "swapaxes", "dot", "squeeze", "mean", "sum", "std", "var", "min", "max", "any", "all", "prod"),
    *("cumsum", "cumprod", "argmax", "argmin", "ptp", "round", "item", "tolist", "fill", "partition", "compress", "diagonal"),
]


@models(*(f"{TYPE}.{name}" for name in _DISAGREE))
def unlike(self: Array, *args: Value, **keywords: Value) -> Value:
    """numpy.org, pytorch.org, pandas.pydata.org: not the same for an array, a tensor and a table."""
    return unknown()


@attributes(f"{TYPE}.size", f"{TYPE}.strides")
def unlike_attribute(self: Array) -> Value:
    """numpy.org, pytorch.org: a number for an array, a function for a tensor."""
    return unknown()


@attributes(f"{TYPE}.values")
@models(f"{TYPE}.to_numpy", f"{TYPE}.numpy")
def as_numpy(self: Array) -> Value:
    """pandas.pydata.org, tensorflow.org: the same data as an array."""
    return Array(self.shape, "numpy", self.dtype, None, self.source, self.known)


@models(f"{TYPE}.detach", f"{TYPE}.cpu", f"{TYPE}.cuda", f"{TYPE}.to", f"{TYPE}.float", f"{TYPE}.double", f"{TYPE}.long",
        f"{TYPE}.contiguous", f"{TYPE}.clone")  # fmt: skip
def same(self: Array, *args: Value, **keywords: Value) -> Value:
    """pytorch.org: the same shape."""
    return self


@models(f"{TYPE}.astype", f"{TYPE}.copy")
def copied(self: Array, *args: Value) -> Value:
    """numpy.org, pandas.pydata.org: the same shape."""
    return self
