"""What is analysed: a script or a notebook, as code cells with their text."""
from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["script", "notebook"]

UNREAD = "__unread__"
"""The function whose calls stand, in the text that is parsed, for what could not be read: after it, its arguments are not known."""

NEWLINE = re.compile(r"\r\n?|\n")
"""What ends a line for Python."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of source: rows and columns from 1, columns in code points, the end exclusive."""

    start_row: int
    start_column: int
    end_row: int
    end_column: int


class Columns:
    """Where the columns of a text that was changed within its lines (no line more or less) stood before."""

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows: dict[int, list[tuple[int, int, int, int]]] = {}

    def changed(self, row: int, start: int, end: int, length: int) -> None:
        """On `row` (from 1), what stood at `start` to `end` (offsets from 0) has become `length` long. From left to right."""
        if end - start != length:
            pieces = self._rows.setdefault(row, [])
            shift = pieces[-1][1] - pieces[-1][3] if pieces else 0
            pieces.append((start + shift, start + shift + length, start, end))

    def before(self, row: int, column: int) -> int:
        """The column (from 1) that `column` of the changed text was."""
        offset = column - 1
        moved = 0
        for start, end, old_start, old_end in self._rows.get(row, ()):
            if offset < start:
                break
            if offset < end:
                return min(old_start + offset - start, old_end) + 1
            moved = old_end - end
        return offset + moved + 1

    def __bool__(self) -> bool:
        return bool(self._rows)


class SourceError(Exception):
    """A file that can't be read as a source; the message says why, in one line, without the file's name."""


@dataclass(frozen=True, slots=True)
class CodeCell:
    """One piece of code: a whole script (`number` None), or a code cell of a notebook.

    `number` counts all cells of the notebook from 1, prose included, as editors show them. `text` is what is parsed,
    `original` what the author wrote; they differ in lines that are not Python (magics), never in the number of lines. Where
    they differ in columns, `columns` leads back, change by change, the last one first.
    """

    number: int | None
    id: str | None
    text: str
    original: str
    columns: tuple[Columns, ...] = field(default=(), compare=False)
    count: int | None = field(default=None, compare=False)
    """The execution count that the notebook keeps: when, among the cells, it was last run."""

    def lines(self) -> list[str]:
        """The lines as written, without their ends; only what ends a line for Python ends one here."""
        return NEWLINE.split(self.original)

    def written(self, span: Span) -> Span:
        """Where a span of the parsed text stands in what the author wrote."""
        if not self.columns:
            return span
        return Span(
            span.start_row, self._column(span.start_row, span.start_column),
            span.end_row, self._column(span.end_row, span.end_column),
        )  # fmt: skip

    def _column(self, row: int, column: int) -> int:
        for columns in self.columns:
            column = columns.before(row, column)
        return column


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A script or notebook. `filename` is how the user knows it; `path` where it lies, None for text that has no file."""

    filename: str
    kind: Kind
    cells: tuple[CodeCell, ...]
    path: str | None = None

    def cell(self, number: int | None) -> CodeCell | None:
        """The cell with this number (None: the script)."""
        return next((cell for cell in self.cells if cell.number == number), None)


def script(text: str, filename: str = "<string>", path: str | None = None) -> Source:
    """The source of a script's text."""
    return Source(filename, "script", (CodeCell(None, None, text, text),), path)
