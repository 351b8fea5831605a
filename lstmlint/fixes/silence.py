"""Silencing what is found: a `# noqa` with the code on each line, in scripts and notebooks, and nothing else is changed."""
from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lstmlint.config import Settings
from lstmlint.diagnostics import Diagnostic, FileResult
from lstmlint.edits.fix import Edit
from lstmlint.engine import Rechecks
from lstmlint.fixes.document import NotMade, edited
from lstmlint.fixes.write import write
from lstmlint.sources.lexing import TOKEN
from lstmlint.sources.read import decode, read_bytes, source_of
from lstmlint.sources.source import CodeCell, Source, SourceError, Span
from lstmlint.sources.suppressions import Statements, Suppression, suppressions

_ABOUT_ITSELF = "LST901"
"""Where a line can't be read, nobody knows what is a comment."""


@dataclass(slots=True)
class Silenced:
    """How many findings were silenced, in which files, and what could not be done and why."""

    made: int = 0
    files: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def silence(
    results: Sequence[FileResult], settings: Settings, alone: Sequence[str], own: Mapping[str, Settings] | None = None
) -> Silenced:
    """Silence the errors and warnings in the files that were given, and write these. `own`: settings of some, by real path."""
    names = {os.path.realpath(result.filename): result.filename for result in results if result.error is None}
    found: dict[str, list[Diagnostic]] = {}
    done = Silenced()
    every = [d for result in results for d in result.diagnostics if d.severity != "info"]
    broken = {os.path.realpath(d.filename) for d in every if d.code == _ABOUT_ITSELF}
    for diagnostic in every:
        real = os.path.realpath(diagnostic.filename)
        place = f"{diagnostic.filename}:{diagnostic.span.start_row}: {diagnostic.code}"
        if diagnostic.code == _ABOUT_ITSELF:
            done.refused.append((place, "no comments are put into a file that can't be read whole"))
        elif real in broken:
            continue
        elif real not in names:
            done.refused.append((place, "the file was not given to be changed"))
        else:
            found.setdefault(real, []).append(diagnostic)
    checks = Rechecks(settings, alone, own)
    for real, diagnostics in found.items():
        name = names[real]
        try:
            before = read_bytes(name)
            after = _with_comments(before, name, diagnostics)
            _insist(checks.check(name, {real: after}), diagnostics)
            write(name, before, after)
        except (NotMade, SourceError) as error:
            done.refused.append((name, str(error)))
            continue
        done.files.append(name)
        done.made += len(diagnostics)
    return done


def _with_comments(data: bytes, filename: str, diagnostics: Sequence[Diagnostic]) -> bytes:
    source = source_of(decode(data), filename)
    return edited(data, filename, _edits(source, diagnostics))


def _edits(source: Source, diagnostics: Sequence[Diagnostic]) -> Iterator[Edit]:
    places: dict[tuple[int | None, int], set[str]] = {}
    for diagnostic in diagnostics:
        cell = source.cell(diagnostic.cell)
        if cell is None:
            raise NotMade("it has changed meanwhile")
        places.setdefault((diagnostic.cell, _row_for_comment(cell, diagnostic.span.start_row)), set()).add(diagnostic.code)
    there = suppressions(source)
    for (number, row), codes in places.items():
        cell = source.cell(number)
        assert cell is not None
        line = cell.lines()[row - 1]
        listed = ", ".join(sorted(codes))
        known = next((one for one in there if _is_list(one, line, number, row)), None)
        if known is None:
            end = len(line.rstrip()) + 1
            yield Edit(source.filename, number, Span(row, end, row, len(line) + 1), f"  # noqa: {listed}")
        else:
            yield Edit(source.filename, number, Span(row, known.span.end_column, row, known.span.end_column), f", {listed}")


def _is_list(one: Suppression, line: str, cell: int | None, row: int) -> bool:
    """Whether this is a `# noqa: …` on the row, to which codes can be added."""
    written = line[one.span.start_column - 1 : one.span.end_column - 1].lstrip("#").lstrip().lower()
    return one.cell == cell and one.span.start_row == row and bool(one.selectors) and written.startswith("noqa")


def _row_for_comment(cell: CodeCell, row: int) -> int:
    """The row itself, or the last of its statement where a string or a backslash leads over the end of the line."""
    lines = cell.lines()
    if row not in _open_rows("\n".join(lines)):
        return row
    last = Statements(lines).end(row)
    if last in _open_rows("\n".join(lines)):
        raise NotMade(f"no comment can stand on line {row}")
    return last


def _open_rows(text: str) -> set[int]:
    rows: set[int] = set()
    row = 1
    for match in TOKEN.finditer(text):
        token = match[0]
        if token[0] == "\n":
            row += 1
            continue
        rows.update(range(row, row + token.count("\n")))
        row += token.count("\n")
        if token == "\\":
            rows.add(row)
    return rows


def _insist(result: FileResult, diagnostics: Sequence[Diagnostic]) -> None:
    """Raises NotMade unless the comments do what they are for."""
    if result.error is not None:
        raise NotMade(f"not written: {result.error}")
    silenced = {(d.code, d.cell, d.span.start_row) for d in diagnostics}
    left = next((d for d in result.diagnostics if (d.code, d.cell, d.span.start_row) in silenced), None)
    if left is not None:
        raise NotMade(f"not written: a comment would not silence {left.code} on line {left.span.start_row}")
