"""LST902: comments that asked for silence about something that is not there. Told when all files of a run have been checked."""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from lstmlint.config import Settings
from lstmlint.diagnostics import Diagnostic, FileResult, Mark
from lstmlint.edits.fix import Edit, Fix
from lstmlint.reported import UNUSED, fitting, mark_of, reported
from lstmlint.sources.source import CodeCell, Source, SourceError, Span
from lstmlint.sources.suppressions import Suppression, silencing, suppressions

Read = Callable[[str], Source]
Importers = Callable[[str], Iterable[FileResult] | None]
"""The results for the files that import a file, which may be what makes its comments necessary; None: they aren't all known."""

_LIST = re.compile(r"[:\[]\s*(?P<items>[^\[\]:]*?)\s*\]?$")
_ITEM = re.compile(r"[^\s,]+")


def with_unused(results: Sequence[FileResult], settings: Settings, read: Read, importers: Importers) -> Iterator[FileResult]:
    """The results, with what is said of comments that silence nothing."""
    used: set[Mark] = set().union(*(result.used for result in results))
    for result in results:
        if not result.silencers or result.error is not None:
            yield result
            continue
        try:
            source = read(result.filename)
        except SourceError:
            yield result
            continue
        unused = _unused(source, result.silencers, used)
        if unused:
            others = importers(result.filename)
            if others is None:
                yield result
                continue
            known = list(others)
            used.update(*(other.used for other in known))
            unused = [] if any(other.silencers is None for other in known) else _unused(source, result.silencers, used)
        yield _told(result, source, unused, settings) if unused else result


def _unused(source: Source, silencers: Iterable[Suppression], used: set[Mark]) -> list[tuple[Suppression, tuple[str, ...]]]:
    found = [
        (one, tuple(selector for selector in one.doubtful if mark_of(source, one, selector) not in used)) for one in silencers
    ]
    return [(one, selectors) for one, selectors in found if selectors or one.broken]


def _told(
    result: FileResult, source: Source, unused: Iterable[tuple[Suppression, tuple[str, ...]]], settings: Settings
) -> FileResult:
    every = suppressions(source)
    diagnostics = [
        _diagnostic(source, one, selectors)
        for one, selectors in unused
        # A comment that silences nothing, and this neither.
        if not any(
            other.selectors is not None and fitting(other, *UNUSED) for other in silencing(every, one.cell, one.span.start_row)
        )
    ]
    told = [*result.diagnostics, *reported(diagnostics, settings)]
    sources = {**result.sources, result.filename: source} if told else result.sources
    return replace(result, diagnostics=tuple(sorted(told, key=lambda d: d.order)), sources=sources)


def _diagnostic(source: Source, one: Suppression, selectors: Sequence[str]) -> Diagnostic:
    cell = source.cell(one.cell)
    assert cell is not None
    return Diagnostic(
        *UNUSED, "info", None, _message(one, selectors), source.filename, one.cell, one.span,
        help="" if one.broken else "remove it", fix=_fix(source.filename, cell, one, selectors),
    )  # fmt: skip


def _message(one: Suppression, selectors: Sequence[str]) -> str:
    if one.broken:
        return f"this comment silences nothing: {one.broken}"
    if selectors == ("",):
        return "this comment silences nothing"
    from lstmlint.config.settings import fit
    from lstmlint.rules.discovery import all_rules

    unknown = [selector for selector in selectors if not any(fit(selector, rule.code, rule.name) for rule in all_rules())]
    listed = " and ".join(selectors) if len(selectors) < 3 else ", ".join(selectors[:-1]) + " and " + selectors[-1]
    reason = "" if not unknown else f": no rule has the code or name {' or '.join(unknown)}"
    return f"{listed} {'silences' if len(selectors) == 1 else 'silence'} nothing here{reason}"


def _fix(filename: str, cell: CodeCell, one: Suppression, selectors: Sequence[str]) -> Fix | None:
    if one.broken:
        return None
    lines = cell.lines()
    line = lines[one.span.start_row - 1]
    start, end = one.span.start_column - 1, one.span.end_column - 1
    items = None if one.selectors is None else _LIST.search(line[start:end])
    removed = {selector.upper() for selector in selectors}
    kept = [] if items is None else [item for item in _ITEM.findall(items["items"]) if item.upper() not in removed]
    row = one.span.start_row
    if items is not None and kept:
        span = Span(row, start + items.start("items") + 1, row, start + items.end("items") + 1)
        return Fix("remove what silences nothing", True, (Edit(filename, one.cell, span, ", ".join(kept)),))
    before, after = line[:start], line[end:]
    if after.strip() and not after.lstrip().startswith("#"):
        # Somebody's words stand behind it.
        return None
    if before.strip():
        span = Span(row, len(before.rstrip()) + 1, row, end + 1)
    elif after.strip():
        span = Span(row, start + 1, row, end + len(after) - len(after.lstrip()) + 1)
    elif row < len(lines):
        span = Span(row, 1, row + 1, 1)
    else:
        span = Span(row, 1, row, len(line) + 1)
    return Fix("remove the comment", True, (Edit(filename, one.cell, span, ""),))
