"""What is shown beside each text: kept while the text changes, line by line, until the next analysis knows better."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lstmlint.picture.view import Entry, Hint, Spot, View
from lstmlint.server.alignment import Alignment
from lstmlint.server.documents import Snapshot
from lstmlint.sources.source import Span


@dataclass(frozen=True, slots=True)
class Page:
    """What there is to show beside one text (a script, or a cell), with the lines that it belongs to."""

    lines: Sequence[str] = ()
    spots: tuple[Spot, ...] = ()
    hints: tuple[Hint, ...] = ()
    outline: tuple[Entry, ...] = ()

    def beside(self, lines: Sequence[str]) -> Page:
        """The same beside a later version of the text, without what was edited."""
        way = Alignment.of(self.lines, lines)
        if way.head == len(self.lines) == len(lines):
            return self
        hints = ((hint, way.row(hint.row)) for hint in self.hints)
        return Page(
            lines,
            tuple(replace(spot, span=span) for spot in self.spots if (span := way.span(spot.span)) is not None),
            tuple(replace(hint, row=row) for hint, row in hints if row is not None),
            tuple(_moved(self.outline, way)),
        )

    def spot_at(self, row: int, column: int) -> Spot | None:
        """The smallest expression there of which something is known."""
        around = [spot for spot in self.spots if _holds(spot.span, row, column)]
        return min(around, key=lambda spot: _size(spot.span), default=None)


def pages(view: View, snapshot: Snapshot) -> dict[str, Page]:
    """The view, text by text."""
    return {
        part.uri: Page(
            part.lines,
            tuple(spot for spot in view.spots if spot.cell == part.number),
            tuple(hint for hint in view.hints if hint.cell == part.number),
            tuple(entry for entry in view.outline if entry.cell == part.number),
        )
        for part in snapshot.parts
    }


def with_last_good(page: Page, good: Page) -> Page:
    """What is shown of a text with a broken statement: outside of what was edited, what was last known when it was whole."""
    kept = good.beside(page.lines)
    way = Alignment.of(good.lines, page.lines)
    spots = {spot.span for spot in kept.spots}
    hints = {(hint.row, hint.column) for hint in kept.hints}
    return Page(
        page.lines,
        (*kept.spots, *(s for s in page.spots if s.span not in spots and way.old_row(s.span.start_row) is None)),
        (*kept.hints, *(h for h in page.hints if (h.row, h.column) not in hints and way.old_row(h.row) is None)),
        kept.outline or page.outline,
    )


def _moved(entries: Iterable[Entry], way: Alignment) -> Iterable[Entry]:
    for entry in entries:
        start, end = way.row(entry.span.start_row), way.row(entry.span.end_row)
        if start is not None and end is not None:
            span = Span(start, entry.span.start_column, end, entry.span.end_column)
            yield replace(entry, span=span, parts=tuple(_moved(entry.parts, way)))


def _holds(span: Span, row: int, column: int) -> bool:
    return (span.start_row, span.start_column) <= (row, column) <= (span.end_row, span.end_column)


def _size(span: Span) -> tuple[int, int]:
    return span.end_row - span.start_row, span.end_column - span.start_column
