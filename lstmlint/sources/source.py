"""What is analysed: a script or a notebook, as code cells with their text."""
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["script", "notebook"]

NEWLINE = re.compile(r"\r\n?|\n")
"""What ends a line for Python."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of source: rows and columns from 1, columns in code points, the end exclusive."""

    start_row: int
    start_column: int
    end_row: int
    end_column: int


class SourceError(Exception):
    """A file that can't be read as a source; the message says why, in one line, without the file's name."""


@dataclass(frozen=True, slots=True)
class CodeCell:
    """One piece of code: a whole script (`number` None), or a code cell of a notebook.

    `number` counts all cells of the notebook from 1, prose included, as editors show them. `text` is what is parsed,
    `original` what the author wrote; they differ in lines that are not Python (magics), never in the number of lines.
    """

    number: int | None
    id: str | None
    text: str
    original: str

    def lines(self) -> list[str]:
        """The lines as written, without their ends; only what ends a line for Python ends one here."""
        return NEWLINE.split(self.original)


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
