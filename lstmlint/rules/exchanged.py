"""A reshape that is written as an exchange of axes: it names the lengths of the array itself, in another order."""
from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from lstmlint.trace import Event


def exchanges_lengths(event: Event) -> bool:
    """Whether this is X.reshape(X.shape[0], X.shape[2], X.shape[1]), np.reshape(X, (…)) or the like."""
    node = event.site.node
    if not isinstance(node, cst.Call) or any(arg.star or arg.keyword for arg in node.args):
        return False
    given = [arg.value for arg in node.args]
    for array, lengths in _readings(node.func, given):
        places = [_place(length, array) for length in lengths]
        if len(places) > 2 and sorted(place for place in places if place is not None) == list(range(len(places))):
            return places != sorted(range(len(places)))
    return False


_Reading = tuple[cst.BaseExpression, list[cst.BaseExpression]]


def _readings(function: cst.BaseExpression, given: Sequence[cst.BaseExpression]) -> list[_Reading]:
    """What may be reshaped, and the new lengths: of a method and of a function."""
    found = []
    if isinstance(function, cst.Attribute):
        found.append((function.value, _listed(given)))
    if len(given) == 2:
        found.append((given[0], _listed(given[1:])))
    return found


def _listed(given: Sequence[cst.BaseExpression]) -> list[cst.BaseExpression]:
    if len(given) == 1 and isinstance(given[0], (cst.Tuple, cst.List)):
        return [element.value for element in given[0].elements]
    return list(given)


def _place(length: cst.BaseExpression, array: cst.BaseExpression) -> int | None:
    """Of which axis of the array a length is taken, as X.shape[2] is."""
    if not isinstance(length, cst.Subscript) or len(length.slice) != 1 or not isinstance(length.value, cst.Attribute):
        return None
    part, of = length.slice[0].slice, length.value
    if of.attr.value != "shape" or not of.value.deep_equals(array) or not isinstance(part, cst.Index):
        return None
    return int(part.value.value) if isinstance(part.value, cst.Integer) and part.value.value.isdigit() else None
