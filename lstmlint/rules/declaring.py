"""What can be proposed for declared input shapes that have too many or too few entries."""
from __future__ import annotations

import libcst as cst

from lstmlint.edits.calls import argument
from lstmlint.edits.change import Proposal, proposal
from lstmlint.edits.expressions import code, replaced, subscripted, without_first
from lstmlint.rules.rank import declared_at
from lstmlint.shapes.dims import same
from lstmlint.trace import InputDeclared, ModelFed, Trace
from lstmlint.values.data import Array


def _written(declared: InputDeclared) -> cst.BaseExpression | None:
    """What is written for the shape, which has no entry for the batch."""
    if declared.argument not in ("shape", "input_shape"):
        return None
    return argument(declared_at(declared).node, declared.argument, 0 if declared.layer is None else None)


def without_samples(declared: InputDeclared, trace: Trace) -> Proposal | None:
    """Leave the first entry out; safe where it is written as a number of samples, or where that is what the data has."""
    given = _written(declared)
    rest = None if given is None else without_first(given)
    if given is None or rest is None:
        return None
    new, safe = rest
    safe = safe or any(_has_it(declared, fed.x) for fed in trace.events if isinstance(fed, ModelFed))
    change = replaced(declared_at(declared), given, new)
    return proposal(f"leave the samples out of the shape: {code(new)}", change, safe=safe)


def _has_it(declared: InputDeclared, data: object) -> bool:
    """Whether data has the declared entries, with the samples among them."""
    entries = declared.tensor.shape.axes[1:]
    if not isinstance(data, Array) or data.shape.open or len(data.shape.axes) != len(entries):
        return False
    return all(same(axis.dim, entry.dim) for axis, entry in zip(data.shape, entries))


def with_features(declared: InputDeclared) -> Proposal | None:
    """An axis of one feature, which Keras adds to the data, too."""
    given = _written(declared)
    if isinstance(given, cst.Tuple) and len(given.elements) == 1:
        new: cst.BaseExpression = cst.parse_expression(f"({code(given.elements[0].value)}, 1)")
    elif isinstance(given, cst.Subscript) and code(given).endswith(".shape[1:]"):
        new = cst.parse_expression(f"({code(subscripted(given.value, '1'))}, 1)")
    else:
        return None
    change = replaced(declared_at(declared), given, new)
    return proposal(f"declare one feature: {code(new)}", change, safe=False)
