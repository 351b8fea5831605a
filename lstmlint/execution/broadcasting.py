"""Losses that were seen to compare what doesn't fit."""

from __future__ import annotations

import re

from lstmlint.execution.observation import Compared, Lengths

_BY_ELEMENT = re.compile(r"mse|mae|mape|msle|l1|huber|log_?cosh|mean_(squared|absolute)|error", re.IGNORECASE)
"""Losses that subtract one from the other."""


def broadcasts(compared: Compared) -> bool:
    """Whether a loss has stretched an axis of length 1 without a word."""
    if not _BY_ELEMENT.search(compared.loss):
        return False
    left, right = compared.output, compared.target
    if not _is_torch(compared):
        # Keras itself adds or drops a last axis of length 1.
        left, right = _alike(left, right)
    if len(left) != len(right):
        longer, shorter = sorted((left, right), key=len, reverse=True)
        shorter = (1,) * (len(longer) - len(shorter)) + shorter
        left, right = longer, shorter
    return any(1 in pair and pair[0] != pair[1] and None not in pair for pair in zip(left, right))


def surely_broadcasts(compared: Compared) -> bool:
    """Whether that can't be meant: with PyTorch, one of the two may well be one number for all, or for a row."""
    if not _is_torch(compared):
        return broadcasts(compared)
    left, right = compared.output, compared.target
    most = max(len(left), len(right))
    pairs = list(zip((1,) * (most - len(left)) + left, (1,) * (most - len(right)) + right))
    stretched = {one == 1 for one, other in pairs if one != other}
    return broadcasts(compared) and stretched == {True, False}


def _is_torch(compared: Compared) -> bool:
    return compared.loss.endswith("_loss")


def _alike(left: Lengths, right: Lengths) -> tuple[Lengths, Lengths]:
    if len(left) == len(right) + 1 and left[-1] == 1:
        return left[:-1], right
    if len(right) == len(left) + 1 and right[-1] == 1:
        return left, right[:-1]
    return left, right
