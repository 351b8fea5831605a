"""What the analysed program can change: cells, whose writes are kept on a trail so that a branch can be undone.

Everything mutable (names, attributes, the content of lists, frames and models) is a `Cell`. A branch is run, its writes are
collected and undone, the other branch is run, and only the cells that either wrote are joined: the cost of a branch is the
number of its writes, whatever the size of the program's state.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from lstmlint.shapes.dims import Symbol
from lstmlint.values.base import MISSING, Choice, Undecided, Value

if TYPE_CHECKING:
    from lstmlint.values.origins import Origins

Path = dict[Value, bool]
"""Which way the conditions went on the path under analysis."""


class Memory(threading.local):
    """The trail of writes and the path of the analysis that this thread runs."""

    def __init__(self) -> None:
        self.trail: list[tuple[Cell, Value]] = []
        self.path: Path = {}
        self.data_format: Value = MISSING
        """What a program sets as Keras's data format, for layers that are given none."""
        self.keras = 0
        """The major version of Keras that the program is known to be for; 0 where nothing says it."""
        self.flags: dict[str, Value] = {}
        """The settings that a program declares for its command line with tf.app.flags, all in one place."""
        self.weakened = False
        """Whether there are facts that are not derived from the program (values.knowledge)."""
        self.supposing = False
        """Whether defaults that a caller or the command line may override are taken to hold."""
        self.supposable = False
        """Whether there are any such defaults."""
        self.lengths: dict[Symbol, Cell] = {}
        """The numbers that uses have told (values.lengths)."""
        self.origins: Origins | None = None
        """Where values come from, if that is kept."""

    def mark(self) -> int:
        """The present, to come back to with `undo`."""
        return len(self.trail)

    def undo(self, mark: int) -> None:
        """Take all writes since `mark` back."""
        trail = self.trail
        while len(trail) > mark:
            cell, old = trail.pop()
            cell.raw = old

    def written(self, mark: int) -> dict[Cell, Value]:
        """The cells written since `mark`, with what they hold now."""
        return {cell: cell.raw for cell, _ in self.trail[mark:]}

    def before(self, mark: int) -> dict[Cell, Value]:
        """The cells written since `mark`, with what they held then."""
        old: dict[Cell, Value] = {}
        for cell, value in self.trail[mark:]:
            old.setdefault(cell, value)
        return old

    @contextmanager
    def assuming(self, condition: Value, truth: bool) -> Iterator[None]:
        """Within, `condition` is taken to be `truth`."""
        outer = self.path
        self.path = {**outer, condition: truth}
        try:
            yield
        finally:
            self.path = outer

    @contextmanager
    def for_keras(self, version: int) -> Iterator[None]:
        """Within, the program is known to be for this major version of Keras (0: for none in particular)."""
        outer, self.keras = self.keras, version
        try:
            yield
        finally:
            self.keras = outer

    @contextmanager
    def fresh(self) -> Iterator[None]:
        """A new analysis: an empty trail and path within."""
        outer = self.trail, self.path, self.data_format, self.lengths
        self.trail, self.path, self.data_format, self.lengths = [], {}, MISSING, {}
        try:
            yield
        finally:
            self.trail, self.path, self.data_format, self.lengths = outer


memory = Memory()

Some = TypeVar("Some", bound=Value)


def in_place_of(old: Value, new: Some) -> Some:
    """`new`, which is `old` as the analysis goes on with it: both come from the same calls."""
    if memory.origins is not None:
        memory.origins.stands_for(new, old)
    return new


class Cell:
    """One mutable place. `raw` may be a Choice; `get` takes the path into account."""

    __slots__ = ("raw", "__weakref__")

    def __init__(self, value: Value = MISSING) -> None:
        self.raw: Value = value

    def get(self) -> Value:
        """What is here on the present path: possibly a Choice, possibly MISSING."""
        value = self.raw
        return value.under(memory.path) if isinstance(value, Choice) else value

    def plain(self) -> Value:
        """What is here, as one value; raises Undecided where it depends on a condition that the path leaves open."""
        value = self.get()
        if isinstance(value, Choice):
            raise Undecided(value.condition)
        return value

    def set(self, value: Value) -> None:
        """Write, remembering on the trail what was here."""
        memory.trail.append((self, self.raw))
        self.raw = value


class Namespace:
    """Names bound to cells: a scope, or the attributes of an object."""

    __slots__ = ("cells",)

    def __init__(self) -> None:
        self.cells: dict[str, Cell] = {}

    def get(self, name: str) -> Value:
        """The value of `name`, MISSING if it has none."""
        cell = self.cells.get(name)
        return MISSING if cell is None else cell.get()

    def set(self, name: str, value: Value) -> None:
        """Bind `name`."""
        cell = self.cells.get(name)
        if cell is None:
            cell = self.cells[name] = Cell()
        cell.set(value)

    def names(self) -> list[str]:
        """The names that are bound now."""
        return [name for name, cell in self.cells.items() if cell.get() is not MISSING]
