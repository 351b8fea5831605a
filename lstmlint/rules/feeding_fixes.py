"""What can be proposed for data that is fed in another shape than a model takes. All of it guesses which of the two is meant."""
from __future__ import annotations

import libcst as cst

from lstmlint.edits.calls import argument
from lstmlint.edits.change import Proposal, proposal
from lstmlint.edits.expressions import code, number_replaced, replaced, subscripted
from lstmlint.rules.rank import declared_at
from lstmlint.shapes.dims import same
from lstmlint.trace import InputDeclared, LayerApplied, ModelFed
from lstmlint.values.code import Site
from lstmlint.values.data import Array


def _written(site: Site, data: Array) -> cst.BaseExpression | None:
    """What is written for the data of a call, if it is an array."""
    return argument(site.node, "x", 0) if data.kind in ("numpy", "tensor") else None


def with_axis(event: ModelFed | LayerApplied, declared: Array | None, data: Array) -> Proposal | None:
    """Rows of numbers (samples, n) as (samples, n, 1), or as (samples, 1, n) where the model takes one step of n features."""
    given = _written(event.site, data)
    if given is None or data.shape.rank != 2 or data.shape.open or (isinstance(event, ModelFed) and event.x is not data):
        return None
    if declared is None:
        new = subscripted(given, "..., None")
    elif declared.shape.rank == 3 and same(declared.shape.axes[1].dim, 1) and _fits(declared, data):
        new = subscripted(given, ":, None")
    else:
        return None
    return proposal(f"add an axis: {code(new)}", replaced(event.site, given, new), safe=False)


def _fits(declared: Array, data: Array) -> bool:
    return same(declared.shape.axes[2].dim, data.shape.axes[1].dim)


def with_batch(event: ModelFed, data: Array) -> Proposal | None:
    """One sample as a batch of one."""
    given = _written(event.site, data)
    if given is None or event.x is not data:
        return None
    new = _slice(given) or subscripted(given, "None")
    return proposal(f"make a batch of it: {code(new)}", replaced(event.site, given, new), safe=False)


def _slice(given: cst.BaseExpression) -> cst.Subscript | None:
    """`x[3]` as `x[3:4]`."""
    if not isinstance(given, cst.Subscript) or len(given.slice) != 1 or not isinstance(given.slice[0].slice, cst.Index):
        return None
    index = code(given.slice[0].slice.value)
    if index == "-1":
        return subscripted(given.value, "-1:")
    return subscripted(given.value, f"{index}:{int(index) + 1}") if index.isdecimal() else None


def as_the_data(declared: Array, data: Array, axis: int) -> Proposal | None:
    """The length of an axis of the data in the declared shape, where both are written or known as numbers."""
    producer = declared.producer
    if not isinstance(producer, InputDeclared) or producer.argument not in ("shape", "input_shape"):
        return None
    if data.shape.rank != declared.shape.rank:
        return None
    came = data.shape.axes[axis].dim
    given = argument(declared_at(producer).node, producer.argument, 0 if producer.layer is None else None)
    if not isinstance(came, int) or not isinstance(given, (cst.Tuple, cst.List)):
        return None
    entries = [element.value for element in given.elements]
    old = entries[axis - 1 if axis > 0 else axis] if len(entries) == len(declared.shape.axes) - 1 else None
    return proposal(f"declare {came}", number_replaced(declared_at(producer), old, came), safe=False)
