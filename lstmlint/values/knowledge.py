"""How a fact is known, the surest first. What is made of several facts is as sure as the least sure of them."""
from __future__ import annotations

DERIVED, CONTRACT, REFINED, REMEMBERED = "derived", "contract", "refined", "remembered"
"""From the program itself; from a contract of its author; from what a use needs; from an earlier run. All but the first are passed
on by `binding.apply`, once `memory.weakened` says that there are any."""

_ORDER = {DERIVED: 0, CONTRACT: 1, REFINED: 2, REMEMBERED: 3}


def weakest(*known: str) -> str:
    """The least sure of these."""
    return max(known, key=_ORDER.__getitem__, default=DERIVED)
