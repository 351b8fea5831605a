"""The code frame: the lines that a finding is about, with marks under the places it names."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lstmlint.diagnostics import Diagnostic
from lstmlint.output.style import SEVERITY_COLOURS, Style, displayed, width
from lstmlint.sources.source import CodeCell, Source, Span

LONGEST_LINE = 180
"""Longer lines are cut around what is marked."""

Place = tuple[str, int | None]
"""A file and the number of a notebook's cell."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A span to underline, and what to write beside the underline."""

    span: Span
    label: str
    primary: bool


def frame(diagnostic: Diagnostic, sources: Mapping[str, Source], style: Style) -> Iterator[str]:
    """The lines of the frame: the finding's own file or cell first, then others that its story touches."""
    marks: dict[Place, list[Mark]] = {
        (diagnostic.filename, diagnostic.cell): [Mark(diagnostic.span, diagnostic.label, True)]
    }
    for related in diagnostic.related:
        marks.setdefault((related.filename, related.cell), []).append(Mark(related.span, related.message, False))
    cells = {place: _cell(place, sources) for place in marks}
    rows = [mark.span.start_row for place, found in marks.items() if cells[place] is not None for mark in found]
    if not rows:
        return
    gutter = len(str(max(rows)))
    bar = style(" " * gutter + " |", "blue")
    colour = SEVERITY_COLOURS[diagnostic.severity]
    for number, (place, found) in enumerate(marks.items()):
        cell = cells[place]
        if cell is None:
            continue
        if number:
            yield bar
            first = min(mark.span for mark in found)
            yield style(" " * gutter + " :::", "blue") + f" {place_text(*place, first)}"
        else:
            yield bar
        yield from _lines(cell.lines(), found, gutter, colour, style)
    yield bar


def place_text(filename: str, cell: int | None, span: Span) -> str:
    """file:row:column, with the cell of a notebook between."""
    inside = "" if cell is None else f":cell {cell}"
    return f"{displayed(filename)}{inside}:{span.start_row}:{span.start_column}"


def _cell(place: Place, sources: Mapping[str, Source]) -> CodeCell | None:
    source = sources.get(place[0])
    return None if source is None else source.cell(place[1])


def _lines(lines: Sequence[str], marks: Iterable[Mark], gutter: int, colour: str, style: Style) -> Iterator[str]:
    by_row: dict[int, list[Mark]] = {}
    for mark in sorted(marks, key=lambda m: (m.span.start_row, not m.primary, m.span)):
        if mark.span.start_row <= len(lines):
            by_row.setdefault(mark.span.start_row, []).append(mark)
    previous: int | None = None
    for row in sorted(by_row):
        if previous is not None and row == previous + 2:
            yield _numbered(row - 1, displayed(lines[row - 2])[:LONGEST_LINE], gutter, style)
        elif previous is not None and row > previous + 2:
            yield style("...", "blue")
        previous = row
        line = lines[row - 1]
        start, cut = _window(line, by_row[row])
        ellipsis = "…" if start else ""
        yield _numbered(row, ellipsis + displayed(cut) + ("…" if start + len(cut) < len(line) else ""), gutter, style)
        for mark in by_row[row]:
            left, underline = _underline(line, mark, start, start + len(cut))
            painted = style(f"{underline} {displayed(mark.label)}".rstrip(), colour if mark.primary else "blue")
            yield style(" " * gutter + " |", "blue") + " " * (left + len(ellipsis) + 1) + painted


def _window(line: str, marks: Sequence[Mark]) -> tuple[int, str]:
    """The part of a line that is shown: from which character, and its text."""
    if len(line) <= LONGEST_LINE:
        return 0, line
    first = min(mark.span.start_column for mark in marks) - 1
    start = max(0, first - LONGEST_LINE // 3)
    return start, line[start : start + LONGEST_LINE]


def _underline(line: str, mark: Mark, start: int, end: int) -> tuple[int, str]:
    """How many columns to leave, and the marks; a span of several lines is marked to the end of its first."""
    first = min(max(mark.span.start_column - 1, start), end)
    stripped = len(line.rstrip())
    last = mark.span.end_column - 1 if mark.span.end_row == mark.span.start_row else stripped
    length = width(line[first : min(max(last, first), end)])
    return width(line[start:first]), ("^" if mark.primary else "-") * max(length, 1)


def _numbered(row: int, text: str, gutter: int, style: Style) -> str:
    return (style(f"{row:>{gutter}} |", "blue") + " " + text).rstrip()
