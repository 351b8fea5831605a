"""What is proven of lengths with respect to one: an axis of length one can't be mixed up with another."""

from __future__ import annotations

from lstmlint.shapes.dims import Dim, Poly, at_least, symbols


def several(dim: Dim) -> bool:
    """Proven to be more than one."""
    return at_least(dim, 2)


def may_be_one(dim: Dim) -> bool:
    """Whether a length is one for all that is known, other than a batch of a loader, whose length is one by chance only."""
    if isinstance(dim, Poly):
        return not several(dim) and not any(s.name == "batch" for s in symbols(dim))
    return dim == 1
