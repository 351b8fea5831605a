"""What a program that ran to its end shows of a fault that the framework lets pass."""

from __future__ import annotations

from math import prod

from lstmlint.confirm.program import Program
from lstmlint.confirm.sandbox import Passed, Seen

Evidence = tuple[bool | None, str]
"""Whether the fault shows (None: it can't be seen), and in which words."""


def evidence(program: Program, outcome: Passed) -> Evidence:
    """What the last line of a program shows; that it passed is all where there is nothing more to see."""
    seen = [outcome.seen.get(name) for name in program.shown]
    if not seen:
        return True, "it accepts it without a word"
    known = [one for one in seen if one is not None]
    if len(known) != len(seen):
        return None, "what it computes can't be seen"
    return _broadcast(*known) if len(known) == 3 else _values(*known[0])


def _broadcast(targets: Seen, outputs: Seen, losses: Seen) -> Evidence:
    """A loss that pairs each value with its own has one result for each row of the output, and as many targets as outputs."""
    words = f"it compares outputs {outputs[0]} with targets {targets[0]} and gets {losses[0]} losses"
    rows = outputs[0][:-1]
    # A last axis of length one may have been dropped before the loss went over the last axis.
    like_with_like = prod(targets[0]) == prod(outputs[0]) and losses[0] in (rows, rows[:-1] if outputs[0][-1] == 1 else rows)
    return not like_with_like, words if not like_with_like else f"{words}, each value with its own"


def _values(shape: tuple[int, ...], low: float, high: float) -> Evidence:
    """Values that are no probabilities, or all one."""
    if low == high:
        return low == 1.0, f"all its values are {low:g}"
    return low < 0 or high > 1, f"its values reach from {low:.3g} to {high:.3g}"
