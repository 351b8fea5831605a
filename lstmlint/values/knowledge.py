"""How a fact is known, the surest first. What is made of several facts is as sure as the least sure of them."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

DERIVED, CONTRACT, REFINED, REMEMBERED = "derived", "contract", "refined", "remembered"
"""From the program itself; from a contract of its author; from what a use needs; from an earlier run. All but the first are passed
on by `binding.apply`, once `memory.weakened` says that there are any."""

_ORDER = {DERIVED: 0, CONTRACT: 1, REFINED: 2, REMEMBERED: 3}


def weakest(*known: str) -> str:
    """The least sure of these."""
    return max(known, key=_ORDER.__getitem__, default=DERIVED)


@dataclass(frozen=True, slots=True)
class Recollection:
    """What a value was in an earlier run: `kind` is "array", "tensor", "torch", "frame" or "series"; None where a length
    varied."""

    kind: str
    shape: tuple[int | None, ...]
    dtype: str | None = None


@dataclass(slots=True)
class Recall:
    """What an analysis takes from an earlier run, by the expression that each belongs to, and in words which run that was.

    `used` are those that told the analysis something.
    """

    facts: Mapping[object, Recollection]
    words: str
    used: set[object] = field(default_factory=set)
