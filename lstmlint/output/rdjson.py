"""The JSON of reviewdog. Its columns count bytes of UTF-8, from 1; the end is exclusive."""
from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lstmlint.diagnostics import Diagnostic, FileResult
from lstmlint.output.links import rule_url, slashed
from lstmlint.output.plain import sentence, told
from lstmlint.output.style import Style
from lstmlint.sources.source import CodeCell, Source, Span

_SEVERITIES = {"error": "ERROR", "warning": "WARNING", "info": "INFO"}


def render(results: Sequence[FileResult], style: Style) -> Iterator[str]:
    """The object, as one text."""
    found = [_diagnostic(diagnostic, result.sources) for result, diagnostic in told(results)]
    yield json.dumps({"source": {"name": "lstmlint"}, "diagnostics": found}, indent=2)


def _diagnostic(diagnostic: Diagnostic, sources: Mapping[str, Source]) -> dict[str, Any]:
    url = rule_url(diagnostic)
    place = (diagnostic.filename, diagnostic.cell, diagnostic.span, sources)
    return {
        "message": sentence(diagnostic),
        "location": _location(*place),
        "severity": _SEVERITIES[diagnostic.severity],
        "code": {"value": diagnostic.code, **({} if url is None else {"url": url})},
        **_optional("suggestions", _suggestions(diagnostic, sources)),
        **_optional("relatedLocations", [
            {"message": place.message, "location": _location(place.filename, place.cell, place.span, sources)}
            for place in diagnostic.related
        ]),
    }  # fmt: skip


def _optional(key: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {key: items} if items else {}


def _suggestions(diagnostic: Diagnostic, sources: Mapping[str, Source]) -> list[dict[str, Any]]:
    """The fix, if it is one edit of the same script: suggestions are alternatives, each of one range in the file."""
    edits = () if diagnostic.fix is None else diagnostic.fix.edits
    if len(edits) != 1 or edits[0].cell is not None or edits[0].filename != diagnostic.filename:
        return []
    source = sources.get(diagnostic.filename)
    return [{"range": _range(edits[0].span, None if source is None else source.cell(None)), "text": edits[0].replacement}]


def _location(filename: str, cell: int | None, span: Span, sources: Mapping[str, Source]) -> dict[str, Any]:
    if cell is not None:
        # The lines of a notebook's file are not those of its cells.
        return {"path": slashed(filename)}
    source = sources.get(filename)
    return {"path": slashed(filename), "range": _range(span, None if source is None else source.cell(None))}


def _range(span: Span, cell: CodeCell | None) -> dict[str, Any]:
    lines = [] if cell is None else cell.lines()
    return {
        "start": {"line": span.start_row, "column": _in_bytes(lines, span.start_row, span.start_column)},
        "end": {"line": span.end_row, "column": _in_bytes(lines, span.end_row, span.end_column)},
    }


def _in_bytes(lines: Sequence[str], row: int, column: int) -> int:
    if row > len(lines):
        return column
    return len(lines[row - 1][: column - 1].encode("utf-8", "surrogatepass")) + 1
