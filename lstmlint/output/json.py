"""JSON: an array of objects, with the field names that ruff uses where it has them. Rows and columns from 1, in code points."""
from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lstmlint.diagnostics import Diagnostic, FileResult, RelatedPlace
from lstmlint.edits.fix import Fix
from lstmlint.output.links import rule_url
from lstmlint.output.style import Style
from lstmlint.sources.source import Source, Span


def render(results: Sequence[FileResult], style: Style) -> Iterator[str]:
    """The array, as one text."""
    yield json.dumps([as_object(d, result.sources) for result in results for d in result.diagnostics], indent=2)


def as_object(diagnostic: Diagnostic, sources: Mapping[str, Source] | None = None) -> dict[str, Any]:
    """A diagnostic as JSON takes it. From `sources` come the ids of notebooks' cells, where these have any."""
    sources = sources or {}
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity,
        "effect": diagnostic.effect,
        "message": diagnostic.message,
        "help": diagnostic.help or None,
        "filename": diagnostic.filename,
        **_cell(diagnostic.filename, diagnostic.cell, sources),
        **_location(diagnostic.span),
        "related": [_related(related, sources) for related in diagnostic.related],
        "fix": None if diagnostic.fix is None else _fix(diagnostic.fix, sources),
        "url": rule_url(diagnostic),
    }


def _related(related: RelatedPlace, sources: Mapping[str, Source]) -> dict[str, Any]:
    cell = _cell(related.filename, related.cell, sources)
    return {"message": related.message, "filename": related.filename, **cell, **_location(related.span)}


def _fix(fix: Fix, sources: Mapping[str, Source]) -> dict[str, Any]:
    return {
        "applicability": "safe" if fix.safe else "unsafe",
        "message": fix.title,
        "edits": [
            {"content": e.replacement, "filename": e.filename, **_cell(e.filename, e.cell, sources), **_location(e.span)}
            for e in fix.edits
        ],
    }


def _cell(filename: str, number: int | None, sources: Mapping[str, Source]) -> dict[str, Any]:
    source = sources.get(filename)
    cell = source.cell(number) if source is not None and number is not None else None
    return {"cell": number} if cell is None or cell.id is None else {"cell": number, "cell_id": cell.id}


def _location(span: Span) -> dict[str, Any]:
    return {
        "location": {"row": span.start_row, "column": span.start_column},
        "end_location": {"row": span.end_row, "column": span.end_column},
    }
