"""Axes and shapes. A shape knows all its axes, or only the last ones (`leading` unknown axes before them), or nothing."""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from lstmlint.shapes.dims import Dim, covering, differ, same, symbol


class Meaning(Enum):
    """What an axis stands for, where the program says so."""

    SAMPLE = "sample"
    BATCH = "batch"
    TIME = "time"
    WINDOW = "window"
    """A part cut out of a longer axis at a place that moves: time, once such parts lie beside each other as samples."""
    FEATURE = "feature"
    LAYERS = "layers·directions"


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: its length, and what is known of it beyond, which takes no part in equality.

    `origin` is where it was born, for whoever made it to say. `parts` are the axes that a reshape merged into this one.
    """

    dim: Dim
    meaning: Meaning | None = field(default=None, compare=False)
    origin: object = field(default=None, compare=False, repr=False)
    parts: tuple[Axis, ...] = field(default=(), compare=False, repr=False)

    @property
    def is_new(self) -> bool:
        """Whether it is worth knowing where this axis was born, and is not known."""
        return self.origin is None and (self.dim == 1 or self.meaning in (Meaning.TIME, Meaning.WINDOW))

    def of_length(self, dim: Dim) -> Axis:
        """The same axis with another length."""
        return self if dim == self.dim else Axis(dim, self.meaning, self.origin)

    def or_as(self, other: Axis) -> Axis:
        """This axis; where it has no meaning, with that of `other`."""
        return self if self.meaning is not None else Axis(self.dim, other.meaning, self.origin or other.origin, self.parts)


@dataclass(frozen=True, slots=True)
class Shape:
    """`axes`, the last of them being last; with `open`, any number of unknown axes stand before them."""

    axes: tuple[Axis, ...] = ()
    open: bool = False

    @staticmethod
    def of(*dims: Dim) -> Shape:
        """The shape with these dimensions: Shape.of(3, 4) is (3, 4)."""
        return Shape(tuple(Axis(d) for d in dims))

    @staticmethod
    def of_rank(rank: int) -> Shape:
        """`rank` axes of unknown lengths."""
        return Shape(tuple(Axis(unknown_dim()) for _ in range(rank)))

    @property
    def rank(self) -> int | None:
        """The number of axes, None if it is unknown."""
        return None if self.open else len(self.axes)

    @property
    def dims(self) -> tuple[Dim, ...]:
        """The known dimensions."""
        return tuple(axis.dim for axis in self.axes)

    def __iter__(self) -> Iterator[Axis]:
        return iter(self.axes)

    def position(self, index: int) -> int | None:
        """Where axis `index` (negative from the end) stands in `axes`; None if it is out of range or not known."""
        n = len(self.axes)
        if index >= 0:
            return index if not self.open and index < n else None
        return n + index if index >= -n else None

    def axis(self, index: int) -> Axis | None:
        """Axis `index`, None if it is out of range or not known."""
        at = self.position(index)
        return None if at is None else self.axes[at]

    def replace(self, index: int, *axes: Axis) -> Shape:
        """With axis `index` replaced by `axes` (none: dropped). An unknown position makes the rank unknown."""
        at = self.position(index)
        if at is None:
            return UNKNOWN_SHAPE
        return Shape(self.axes[:at] + axes + self.axes[at + 1 :], self.open)

    def insert(self, index: int, axis: Axis) -> Shape:
        """With `axis` put in so that it stands at `index` of the result (negative from the end)."""
        if self.open:
            at = len(self.axes) + 1 + index
            if index >= 0 or at < 0:
                return UNKNOWN_SHAPE
            return Shape(self.axes[:at] + (axis,) + self.axes[at:], True)
        at = index if index >= 0 else len(self.axes) + 1 + index
        if not 0 <= at <= len(self.axes):
            return UNKNOWN_SHAPE
        return Shape(self.axes[:at] + (axis,) + self.axes[at:])

    def with_last(self, dim: Dim) -> Shape:
        """With the last axis of length `dim`."""
        if not self.axes:
            return Shape((Axis(dim),), True) if self.open else self
        return Shape(self.axes[:-1] + (self.axes[-1].of_length(dim),), self.open)

    def born_at(self, place: object) -> Shape:
        """With `place` as the origin of each axis of length one, and of each axis of time, that has none yet."""
        if not any(axis.is_new for axis in self.axes):
            return self
        axes = (Axis(a.dim, a.meaning, place, a.parts) if a.is_new else a for a in self.axes)
        return Shape(tuple(axes), self.open)

    def elements(self) -> Dim | None:
        """The number of elements, None if the rank is unknown."""
        if self.open:
            return None
        product: Dim = 1
        for axis in self.axes:
            product = axis.dim * product
        return product

    def __str__(self) -> str:
        parts = (["…"] if self.open else []) + [str(axis.dim) for axis in self.axes]
        return f"({parts[0]},)" if len(parts) == 1 and not self.open else "(" + ", ".join(parts) + ")"


UNKNOWN_SHAPE = Shape((), True)
SCALAR = Shape(())


def unknown_dim(name: str = "?", origin: str = "", lower: Dim | None = 0) -> Dim:
    """A length of which nothing is known."""
    return symbol(name, origin, lower)


def shapes_same(a: Shape, b: Shape) -> bool:
    """Proven to be the same shape."""
    return not a.open and not b.open and len(a.axes) == len(b.axes) and all(same(x.dim, y.dim) for x, y in zip(a, b))


def shapes_differ(a: Shape, b: Shape) -> bool:
    """Proven to be different shapes."""
    if ranks_differ(a, b):
        return True
    return any(differ(x.dim, y.dim) for x, y in zip(reversed(a.axes), reversed(b.axes)))


def ranks_differ(a: Shape, b: Shape) -> bool:
    """Proven to have different ranks."""
    if a.rank is not None and b.rank is not None:
        return a.rank != b.rank
    if a.rank is not None:
        return a.rank < len(b.axes)
    return b.rank is not None and b.rank < len(a.axes)


def join(a: Shape, b: Shape) -> Shape:
    """What is true of both: equal axes are kept, others get an unknown length; other ranks keep the equal last axes."""
    if not a.open and not b.open and len(a.axes) == len(b.axes):
        return Shape(tuple(_either(x, y) for x, y in zip(a, b)))
    last: list[Axis] = []
    for x, y in zip(reversed(a.axes), reversed(b.axes)):
        if not same(x.dim, y.dim):
            break
        last.append(_either(x, y))
    return Shape(tuple(reversed(last)), True)


def _either(x: Axis, y: Axis) -> Axis:
    kept = x if x.meaning is y.meaning else Axis(x.dim)
    return kept if same(x.dim, y.dim) else kept.of_length(covering(x.dim, y.dim) or unknown_dim())


@dataclass(frozen=True, slots=True)
class Violation:
    """A precondition that an operation's operands provably break: which (`kind`, such as "reshape", "rank", "feature", "merge"),
    in words, and the dims or shapes that disagree (`left`: what came, `right`: what was needed)."""

    kind: str
    message: str
    left: Shape | Dim | None = None
    right: Shape | Dim | None = None


Result = tuple[Shape, Violation | None]
"""What an operation answers: the shape, or the one it would have had, and the violation if there is one."""


def product(dims: Iterable[Dim]) -> Dim:
    """The product of dimensions."""
    total: Dim = 1
    for d in dims:
        total = d * total
    return total
