"""Between two versions of a text: where the lines that both have at their beginning and at their end stand in the other."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lstmlint.sources.source import Span


@dataclass(frozen=True, slots=True)
class Alignment:
    """The first `head` lines are the same, and so are the last ones: those from `tail` of the old version on, moved by `shift`."""

    head: int
    tail: int
    shift: int

    @staticmethod
    def of(old: Sequence[str], new: Sequence[str]) -> Alignment:
        """Of two versions. Edits are made at one place, so what lies between is what was edited."""
        if old is new or old == new:
            return Alignment(len(old), len(old) + 1, 0)
        shorter = min(len(old), len(new))
        head = next((at for at in range(shorter) if old[at] != new[at]), shorter)
        same = next((at for at in range(shorter - head) if old[-1 - at] != new[-1 - at]), shorter - head)
        return Alignment(head, len(old) - same + 1, len(new) - len(old))

    def row(self, row: int) -> int | None:
        """Where a row of the old version is now; None where it was edited."""
        return row if row <= self.head else row + self.shift if row >= self.tail else None

    def old_row(self, row: int) -> int | None:
        """Where a row of the new version was."""
        return row if row <= self.head else row - self.shift if row - self.shift >= self.tail else None

    def span(self, span: Span) -> Span | None:
        """Where a span of the old version is now; None where it was edited."""
        start, end = self.row(span.start_row), self.row(span.end_row)
        if start is None or end is None or end - start != span.end_row - span.start_row:
            return None
        return Span(start, span.start_column, end, span.end_column)
