"""JSON: an array of objects, with the field names that ruff uses where it has them. Rows and columns from 1, in code points."""
from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from lstmlint.diagnostics import Diagnostic, FileResult, RelatedPlace
from lstmlint.output.style import Style
from lstmlint.sources.source import Span


def render(results: Sequence[FileResult], style: Style) -> Iterator[str]:
    """The array, as one text."""
    yield json.dumps([as_object(diagnostic) for result in results for diagnostic in result.diagnostics], indent=2)


def as_object(diagnostic: Diagnostic) -> dict[str, Any]:
    """A diagnostic as JSON takes it."""
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity,
        "effect": diagnostic.effect,
        "message": diagnostic.message,
        "help": diagnostic.help or None,
        "filename": diagnostic.filename,
        "cell": diagnostic.cell,
        **_location(diagnostic.span),
        "related": [_related(related) for related in diagnostic.related],
        "fix": diagnostic.fix,
        "url": diagnostic.url,
    }


def _related(related: RelatedPlace) -> dict[str, Any]:
    return {"message": related.message, "filename": related.filename, "cell": related.cell, **_location(related.span)}


def _location(span: Span) -> dict[str, Any]:
    return {
        "location": {"row": span.start_row, "column": span.start_column},
        "end_location": {"row": span.end_row, "column": span.end_column},
    }
