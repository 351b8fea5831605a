"""A few samples of what a model is fed with: as many batches as it takes to see every shape, and no more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

FEW = 3
"""So many batches are not worth a cut."""


def leaves(value: object) -> list[Any]:
    """The arrays in a structure of lists, tuples and dicts."""
    if isinstance(value, dict):
        return [leaf for part in value.values() for leaf in leaves(part)]
    if isinstance(value, (list, tuple)):
        return [leaf for part in value for leaf in leaves(part)]
    return [] if value is None else [value]


def mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    """The structure with changed arrays."""
    if isinstance(value, dict):
        return {key: mapped(part, change) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(mapped(part, change) for part in value)
    return None if value is None else change(value)


def samples(*structures: object) -> int | None:
    """How many samples there are; None where that isn't known, or where not all agree (which the framework shall say)."""
    found = [leaf for structure in structures for leaf in leaves(structure)]
    if not found or not all(_can_be_cut(leaf) for leaf in found):
        return None
    numbers = {int(leaf.shape[0]) for leaf in found}
    return numbers.pop() if len(numbers) == 1 else None


def _can_be_cut(leaf: object) -> bool:
    library = type(leaf).__module__.partition(".")[0]
    return library in ("numpy", "pandas") and len(getattr(leaf, "shape", ())) > 0


def rows_of(structure: Any, rows: Sequence[int]) -> Any:
    """These samples of each array."""

    def taken(leaf: Any) -> Any:
        return leaf.iloc[list(rows)] if hasattr(leaf, "iloc") else leaf[list(rows)]

    return mapped(structure, taken)


def first_and_last(start: int, end: int, batch: int) -> list[int]:
    """The first batch of the samples from `start` to `end`, and the last one if it is smaller."""
    number = end - start
    rest = number % batch
    if number <= FEW * batch:
        return list(range(start, end))
    return [*range(start, start + batch), *range(end - rest, end)]
