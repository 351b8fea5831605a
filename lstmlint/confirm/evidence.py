"""What a program that ran to its end shows of a fault that the framework lets pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

from lstmlint.confirm.program import Program
from lstmlint.confirm.sandbox import Passed, Seen

_ROUNDED = 1e-6
Evidence = tuple[bool | None, str]
"""Whether the fault shows (None: it can't be seen), and in which words."""


def evidence(program: Program, outcome: Passed) -> Evidence:
    """What a program shows; that it passed is all where there is nothing more to see."""
    seen = [outcome.seen.get(name) for name in program.shown]
    if not seen:
        return True, "it accepts it without a word"
    known = [one for one in seen if one is not None]
    if len(known) != len(seen):
        return None, "what it computes can't be seen"
    proof = program.proof or ("broadcast" if len(known) == 3 else "values")
    return _PROOFS[proof](*known)


def _broadcast(targets: Seen, outputs: Seen, losses: Seen) -> Evidence:
    """A loss that pairs each value with its own has one result for each row of the output, and as many targets as outputs."""
    words = f"it compares outputs {outputs[0]} with targets {targets[0]} and gets {losses[0]} losses"
    rows = outputs[0][:-1]
    # A last axis of length one may have been dropped before the loss went over the last axis.
    like_with_like = prod(targets[0]) == prod(outputs[0]) and losses[0] in (rows, rows[:-1] if outputs[0][-1] == 1 else rows)
    return not like_with_like, words if not like_with_like else f"{words}, each value with its own"


def _values(values: Seen) -> Evidence:
    """Values that are no probabilities, or all one."""
    _, low, high = values
    if low == high:
        return low == 1.0, f"all its values are {low:g}"
    return low < 0 or high > 1, f"its values reach from {low:.3g} to {high:.3g}"


def _passes(given: Seen) -> Evidence:
    return True, f"it accepts it without a word and gives {given[0]}"


def _fed(*seen: Seen) -> Evidence:
    """What goes in beside what comes out."""
    *data, predicted = seen
    return True, f"it takes {_listed(data)} without a word and gives {predicted[0]}"


def _answers(*seen: Seen) -> Evidence:
    """One sample, and as many answers as it has steps."""
    *data, predicted = seen
    several = bool(predicted[0]) and predicted[0][0] == data[0][0][0]
    words = f"of one sample {_listed(data)} it makes {predicted[0][0] if predicted[0] else 1} answers {predicted[0]}"
    return several or None, words


def _listed(arrays: Sequence[Seen]) -> str:
    return " and ".join(str(shape) for shape, _, _ in arrays)


def _paired(left: Seen, right: Seen, result: Seen) -> Evidence:
    """What an operation makes of two arrays that should have been of one shape."""
    words = f"{left[0]} and {right[0]} give {result[0]}"
    return left[0] != right[0], words


def _last(taken: Seen, last: Seen, agree: Seen) -> Evidence:
    """What was taken, the states after the last step, and whether these are the same."""
    if agree[1] == 1:
        return False, f"what is taken, {taken[0]}, is what the states after the last step are"
    if taken[0] != last[0]:
        return True, f"what is taken is {taken[0]}, the states after the last step are {last[0]}"
    return True, f"what is taken, {taken[0]}, has other values than the states after the last step"


def _leak(changes: Seen) -> Evidence:
    """By how much the output for other samples changes with one sample."""
    if changes[2] > 0:
        return True, f"a change of one sample changes what comes out for the others, by up to {changes[2]:.2g}"
    return False, "a change of one sample changes nothing of what comes out for the others"


def _padding(*seen: Seen) -> Evidence:
    """By how much more padding changes what is taken."""
    most = seen[-1][2]
    words = f"five more steps of padding change what comes out by up to {most:.2g}"
    return (True, words) if most > 0 else (False, "more padding changes nothing of what comes out")


def _once(predicted: Seen, change: Seen) -> Evidence:
    """Whether recurrent weights matter."""
    if predicted[1] == predicted[2] == 0:
        # Of nothing but zeros, weights make nothing.
        return True, f"it accepts it without a word and gives {predicted[0]}"
    if change[2] < _ROUNDED:
        return True, f"it accepts it and gives {predicted[0]}, the same when all recurrent weights are zero"
    return False, f"recurrent weights change what it gives, by up to {change[2]:.2g}"


def _mixed(mixed: Seen) -> Evidence:
    """By how much the places that elements come from differ at one place of the result, along its best axis."""
    if mixed[1] > 0:
        return True, f"elements that stood {mixed[1]:g} places apart along one axis share a place along every axis of the result"
    return None, "where the elements of one operation go does not show it"


def _number(one: Seen, other: Seen) -> Evidence:
    words = f"the loss is {one[1]:.4g}, and over the axis of the classes {other[1]:.4g}"
    return one[1] != other[1], words


def _ones(values: Seen) -> Evidence:
    same = values[1] == values[2] and values[1] in (0.0, 1.0)
    return same, f"all its values are {values[1]:g}" if same else f"its values reach from {values[1]:.3g} to {values[2]:.3g}"


def _probabilities(values: Seen) -> Evidence:
    within = values[1] >= 0 and values[2] <= 1
    words = f"what the loss gets reaches from {values[1]:.3g} to {values[2]:.3g}"
    return within, f"{words}, as probabilities do" if within else words


def _still(flag: Seen) -> Evidence:
    return flag[1] == 0, f"it accepts it, and batch_first is {bool(flag[1])}"


_PROOFS: dict[str, Callable[..., Evidence]] = {
    "broadcast": _broadcast,
    "values": _values,
    "passes": _passes,
    "fed": _fed,
    "answers": _answers,
    "padding": _padding,
    "once": _once,
    "paired": _paired,
    "last": _last,
    "leak": _leak,
    "mixed": _mixed,
    "number": _number,
    "ones": _ones,
    "probabilities": _probabilities,
    "still": _still,
}
"""How each kind of proof is read."""
