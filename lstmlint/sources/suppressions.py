"""Comments that ask for silence: what they name, and for which lines.

`# noqa` and `# noqa: LST102` as flake8 reads them, and `# lstmlint: ignore[…]`, which takes names of rules, too. Comments are told
from strings, so that what only looks like one does nothing.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lstmlint.sources.lexing import TOKEN, logical_line
from lstmlint.sources.source import CodeCell, Source, Span

_NOQA = re.compile(r"#\s*noqa(?P<codes>\s*:\s*[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*)?", re.IGNORECASE)
_FLAKE8 = re.compile(r"#\s*flake8[:=]\s*noqa(?P<codes>\s*:\s*[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*)?\s*$", re.IGNORECASE)
_OURS = re.compile(
    r"#\s*lstmlint\s*:\s*ignore(?:-(?P<scope>file|cell))?(?![\w-])(?:\s*(?P<open>\[)(?P<rules>[^\]]*)(?P<close>\])?)?"
)
_CODE = re.compile(r"[A-Z]+[0-9]+", re.IGNORECASE)
_OWN_CODE = re.compile(r"lst\d+", re.IGNORECASE)
_WORD = re.compile(r"[^\s,]+")
_CELL = re.compile(r"\s*#\s*%%")
_HINTS = ("noqa", "lstmlint")
_GOES_ON = re.compile(r"(?:elif|else|except|finally)\b")


@dataclass(frozen=True, slots=True)
class Suppression:
    """A comment that asks for silence about the rules that `selectors` name (None: all of them).

    It holds for the rows from `first` to `last` of its cell, or for the `whole_file`. `span` is the comment's own; `doubtful` are
    the selectors that are for us and so may be called unused (an empty string: the comment as a whole). `broken`: it means
    nothing, and why.
    """

    cell: int | None
    span: Span
    selectors: tuple[str, ...] | None
    first: int = 1
    last: int = 1
    whole_file: bool = False
    doubtful: tuple[str, ...] = ()
    broken: str = ""

    def concerns(self, cell: int | None, row: int) -> bool:
        """Whether it holds for what begins in this row."""
        return self.whole_file or (self.cell == cell and self.first <= row <= self.last)


def suppressions(source: Source) -> list[Suppression]:
    """The comments of a source that ask for silence, in order."""
    return [found for cell in source.cells for found in _of_cell(cell)]


def comments(text: str) -> Iterator[tuple[int, int, str]]:
    """The comments of a text: row and column from 1, and the text from the `#` on. Lines end with a newline."""
    row, start_of_row, at = 1, 0, 0
    for match in TOKEN.finditer(text):
        token = match[0]
        if token[0] == "#":
            row += text.count("\n", at, match.start())
            start_of_row = text.rfind("\n", 0, match.start()) + 1
            at = match.start()
            yield row, match.start() - start_of_row + 1, token


def _of_cell(cell: CodeCell) -> Iterator[Suppression]:
    lower = cell.original.lower()
    if not any(hint in lower for hint in _HINTS):
        return
    lines = cell.lines()
    statements: Statements | None = None
    for row, column, comment in comments("\n".join(lines)):
        if not any(hint in comment.lower() for hint in _HINTS):
            continue
        statements = statements or Statements(lines)
        alone = not lines[row - 1][: column - 1].strip()
        for match, pattern in _mentioned(comment):
            span = Span(row, column + match.start(), row, column + match.end())
            if pattern is _OURS:
                yield _own(cell.number, span, match, statements, alone)
            else:
                selectors = None if match["codes"] is None else tuple(code.upper() for code in _CODE.findall(match["codes"]))
                doubtful = tuple(code for code in selectors or () if _OWN_CODE.fullmatch(code))
                if pattern is _FLAKE8:
                    yield Suppression(cell.number, span, selectors, whole_file=True, doubtful=doubtful)
                else:
                    yield Suppression(cell.number, span, selectors, *statements.around(row), doubtful=doubtful)


def _mentioned(comment: str) -> list[tuple[re.Match[str], re.Pattern[str]]]:
    found = [(match, pattern) for pattern in (_NOQA, _FLAKE8, _OURS) for match in pattern.finditer(comment)]
    return sorted(found, key=lambda one: one[0].start())


def _own(cell: int | None, span: Span, match: re.Match[str], statements: Statements, alone: bool) -> Suppression:
    selectors = None if match["open"] is None else tuple(_selector(word) for word in _WORD.findall(match["rules"]))
    broken = ""
    if match["open"] and not match["close"]:
        broken, selectors = "its bracket is not closed", ()
    elif selectors == ():
        broken = "it names no rule"
    elif match["scope"] and not alone:
        broken, selectors = "it must stand on a line of its own", ()
    if match["scope"] == "cell":
        first, last = statements.cell_around(span.start_row)
    else:
        first, last = statements.after(span.start_row) if alone else statements.around(span.start_row)
    doubtful = ("",) if selectors is None else selectors
    return Suppression(cell, span, selectors, first, last, match["scope"] == "file" and not broken, doubtful, broken)


def _selector(word: str) -> str:
    return word.upper() if word.upper() == "ALL" or re.fullmatch(r"lst\d*", word, re.IGNORECASE) else word.lower()


class Statements:
    """The statements of some lines, told from brackets, strings and indentation. Rows count from 1."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._ends: dict[int, int] = {}
        self._first: list[int] = []
        row = 0
        while row < len(lines):
            end, complete = logical_line(lines, row)
            # Where a bracket is never closed, only the line itself is certain.
            end = end if complete else row + 1
            self._ends[row] = end
            self._first += [row] * (end - row)
            row = end

    def around(self, row: int) -> tuple[int, int]:
        """The rows that a comment behind code holds for: its own; of a statement of several lines, all, from the first or last."""
        first = self._first[row - 1]
        end = self._ends[first]
        return (first + 1, end) if row in (first + 1, end) else (row, row)

    def end(self, row: int) -> int:
        """The last row of the logical line that holds this row."""
        return self._ends[self._first[row - 1]]

    def after(self, row: int) -> tuple[int, int]:
        """The rows of the next statement, with its body; within brackets, of the next element that begins in a line of its own."""
        start = next((number for number in range(row, len(self._lines)) if self._is_code(number)), None)
        if start is None:
            return row, row
        if self._first[start] != start:
            return start + 1, logical_line(self._lines, start, self._ends[self._first[start]])[0]
        return start + 1, self._end_of_statement(start)

    def _end_of_statement(self, start: int) -> int:
        indent = _indentation(self._lines[start])
        decorated = self._lines[start].lstrip().startswith("@")
        last = at = self._ends[start]
        while at < len(self._lines):
            if self._is_code(at):
                depth = _indentation(self._lines[at])
                goes_on = depth == indent and (decorated or _GOES_ON.match(self._lines[at].lstrip()))
                if depth <= indent and not goes_on:
                    break
                decorated = decorated and (depth > indent or self._lines[at].lstrip().startswith("@"))
                last = self._ends[at]
            at = self._ends[at]
        return last

    def cell_around(self, row: int) -> tuple[int, int]:
        """Of a script that is written in cells (`# %%`), the rows of the one that holds this row; otherwise all."""
        marks = [number + 1 for number, line in enumerate(self._lines) if _CELL.match(line)]
        first = max((mark for mark in marks if mark <= row), default=1)
        return first, min((mark for mark in marks if mark > row), default=len(self._lines) + 1) - 1

    def _is_code(self, row: int) -> bool:
        stripped = self._lines[row].strip()
        return bool(stripped) and not stripped.startswith("#")


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())


def silencing(found: Iterable[Suppression], cell: int | None, row: int) -> Iterator[Suppression]:
    """Those that hold for what begins in this row."""
    return (one for one in found if one.concerns(cell, row))
