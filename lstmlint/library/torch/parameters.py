"""The weights of a module: tensors, of which the shapes are not followed."""
from __future__ import annotations

from lstmlint.library.binding import Ignored
from lstmlint.library.registry import models
from lstmlint.library.torch.tensors import tensor
from lstmlint.shapes.shape import UNKNOWN_SHAPE, unknown_dim
from lstmlint.values.base import Value, unknown
from lstmlint.values.data import Items, ListObject, tuple_of

_MODULE = "torch.nn.Module"


def _weights(element: Value) -> Value:
    return ListObject(Items.many(element, unknown_dim("len(parameters)")), "iterator")


@models(f"{_MODULE}.parameters", f"{_MODULE}.buffers")
def parameters(self: Value, *others: Ignored) -> Value:
    """pytorch.org/docs: the weights one by one."""
    return _weights(tensor(UNKNOWN_SHAPE, "float"))


@models(f"{_MODULE}.named_parameters", f"{_MODULE}.named_buffers")
def named_parameters(self: Value, *others: Ignored) -> Value:
    """pytorch.org/docs: the weights with their names."""
    return _weights(tuple_of(unknown("str"), tensor(UNKNOWN_SHAPE, "float")))
