"""What was seen when a script ran."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from lstmlint.sources.source import Span

Unit = tuple[str, int | None]
"""A file by its real path, and the number of the cell in a notebook."""
End = Literal["end", "exit", "raised", "time", "unread"]
Lengths = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """A value with a shape. `kind`: "array", "tensor", "torch", "frame" or "series"; a length is None where it is open.

    `whole`: the same would be seen there had no loop been cut, and at each visit of the place.
    """

    kind: str
    shape: Lengths
    dtype: str = ""
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Raised:
    """What was raised: `rows` are those of the user's code on the way there, the outermost first; `library` raised it.

    `cut`: a loop had been cut before; `caught`: a handler of the program took it; `trained`: a model had been trained less than
    it would be; `own`: the program has a statement for it.
    """

    type: str
    message: str
    rows: tuple[tuple[Unit, int], ...]
    library: str = ""
    cut: bool = False
    caught: bool = False
    trained: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class Compared:
    """What a loss compared; `cut`: a loop had been cut before."""

    loss: str
    rows: tuple[tuple[Unit, int], ...]
    output: Lengths
    target: Lengths
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """A loop that was ended: after its first step of training, or because it was slow."""

    unit: Unit
    row: int
    why: Literal["training", "slow"]


@dataclass(frozen=True, slots=True)
class Observation:
    """How a run ended, and what was seen until then. `seen` is by the place of the expression; `made_up` names data that was.

    `reached`: the rows that it came to; `passed`: the expressions that it got past.
    """

    end: End
    story: Raised | None = None
    seen: Mapping[tuple[Unit, Span], tuple[Seen, ...]] = field(default_factory=dict)
    reached: frozenset[tuple[Unit, int]] = frozenset()
    passed: frozenset[tuple[Unit, Span]] = frozenset()
    raised: tuple[Raised, ...] = ()
    losses: tuple[Compared, ...] = ()
    cuts: tuple[Cut, ...] = ()
    made_up: tuple[str, ...] = ()
    framework: str = ""
    trained: bool = False
    """Whether a model of Keras got less training, or predicted less, than was asked for."""

    @property
    def complete(self) -> bool:
        """Whether the script ran to its own end."""
        return self.end == "end" or (self.end == "exit" and (self.story is None or self.story.message in ("", "0", "None")))

    @property
    def failures(self) -> tuple[Raised, ...]:
        """All that was raised: what handlers took, and what ended the run."""
        return (*self.raised, self.story) if self.story is not None and self.end == "raised" else self.raised


class Garbled(Exception):
    """The answer makes no sense."""


def observation(answer: Any, units: Mapping[str, Unit], place: Callable[[Unit, Span], Span]) -> Observation:
    """What an answer says. `units` are the names that the child knows the code by; `place` leads from its places to written ones.

    The script itself could have written the answer: raises Garbled where it isn't one.
    """
    try:
        return _read(answer, units, place)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise Garbled from error


def _read(answer: Any, units: Mapping[str, Unit], place: Callable[[Unit, Span], Span]) -> Observation:
    end = answer["end"]
    if end not in ("end", "exit", "raised", "time", "unread"):
        raise ValueError
    story = None if answer["story"] is None else _raised(answer["story"], units)
    if end == "unread":
        return Observation("unread", story)
    seen: dict[tuple[Unit, Span], tuple[Seen, ...]] = {}
    for name, row, column, end_row, end_column, told, often in answer["seen"]:
        if name in units:
            span = place(units[name], Span(int(row), int(column), int(end_row), int(end_column)))
            known = tuple(seen_there for one in told if (seen_there := _seen(one, bool(often))) is not None)
            if known:
                # Several expressions may stand at one place: what is called, say, and a name alone.
                seen[units[name], span] = tuple(dict.fromkeys((*seen.get((units[name], span), ()), *known)))
    return Observation(
        end,
        story,
        seen,
        frozenset((units[name], int(row)) for name, row, *_ in answer["visited"] if name in units),
        frozenset(
            (units[name], place(units[name], Span(int(row), int(column), int(end_row), int(end_column))))
            for name, row, column, end_row, end_column in answer["visited"]
            if name in units
        ),
        tuple(_raised(one, units) for one in answer["raised"]),
        tuple(
            Compared(
                str(one["loss"]), _rows(one["rows"], units), _lengths(one["output"]), _lengths(one["target"]), bool(one.get("cut"))
            )
            for one in answer["losses"]
        ),
        tuple(
            Cut(units[name], int(row), "slow" if why == "slow" else "training")
            for name, row, why in answer["cuts"]
            if name in units
        ),
        tuple(map(str, answer["made_up"])),
        str(answer["framework"]),
        bool(answer.get("trained")),
    )


def _seen(told: Any, often: bool) -> Seen | None:
    if told["kind"] == "several":
        return None
    return Seen(str(told["kind"]), _lengths(told["shape"]), str(told["dtype"]), not often and not told.get("cut"))


def _lengths(lengths: Any) -> Lengths:
    return tuple(None if length is None else int(length) for length in lengths)


def _rows(rows: Any, units: Mapping[str, Unit]) -> tuple[tuple[Unit, int], ...]:
    return tuple((units[name], int(row)) for name, row in rows if name in units)


def _raised(story: Any, units: Mapping[str, Unit]) -> Raised:
    rows = _rows(story["rows"], units)
    return Raised(
        str(story["type"]), str(story["message"]), rows, str(story["library"]),
        *(bool(story.get(name)) for name in ("cut", "caught", "trained", "own")),
    )  # fmt: skip
