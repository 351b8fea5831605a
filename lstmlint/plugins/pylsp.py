"""The plugin of python-lsp-server: the diagnostics of lstmlint among those of the other linters."""
from __future__ import annotations

import os
from typing import Any

from pylsp import hookimpl
from pylsp.workspace import Document

from lstmlint.config import ConfigError, load
from lstmlint.diagnostics import Diagnostic
from lstmlint.engine import Run
from lstmlint.sources.read import encode
from lstmlint.sources.source import NEWLINE

_SEVERITIES = {"error": 1, "warning": 2, "info": 3}
_UTF_16 = "utf-16-le"


@hookimpl
def pylsp_settings() -> dict[str, Any]:
    """On, unless the user says otherwise."""
    return {"plugins": {"lstmlint": {"enabled": True}}}


@hookimpl
def pylsp_lint(document: Document) -> list[dict[str, Any]]:
    """The findings in a document as it stands in the editor."""
    path = document.path
    try:
        settings = load([os.path.dirname(path)], {})
    except ConfigError as error:
        return [_about_all(f"lstmlint's settings: {error}")]
    result = Run(settings).check(encode(document.source), path, path)
    if result.error is not None:
        return [_about_all(result.error)]
    lines = NEWLINE.split(document.source)
    return [_shown(diagnostic, lines) for diagnostic in result.diagnostics if diagnostic.filename == path]


def _about_all(message: str) -> dict[str, Any]:
    start = {"line": 0, "character": 0}
    return {"source": "lstmlint", "range": {"start": start, "end": start}, "message": message, "severity": 1}


def _shown(diagnostic: Diagnostic, lines: list[str]) -> dict[str, Any]:
    span = diagnostic.span
    places = (_position(lines, span.start_row, span.start_column), _position(lines, span.end_row, span.end_column))
    return {
        "source": "lstmlint",
        "code": diagnostic.code,
        "range": dict(zip(("start", "end"), places)),
        "message": "\n".join(filter(None, (diagnostic.message, diagnostic.help))),
        "severity": _SEVERITIES[diagnostic.severity],
    }


def _position(lines: list[str], row: int, column: int) -> dict[str, int]:
    before = lines[row - 1][: column - 1] if row <= len(lines) else ""
    return {"line": row - 1, "character": len(before.encode(_UTF_16, "surrogatepass")) // 2}
