"""Annotations of GitHub Actions: workflow commands, which its log reader takes out of the output."""
from __future__ import annotations

from collections.abc import Iterator, Sequence

from lstmlint.diagnostics import Diagnostic, FileResult
from lstmlint.output.links import slashed
from lstmlint.output.plain import sentence, told
from lstmlint.output.style import Style

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}
_IN_MESSAGES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTIES = _IN_MESSAGES | str.maketrans({":": "%3A", ",": "%2C"})


def render(results: Sequence[FileResult], style: Style) -> Iterator[str]:
    """The lines to print; what could not be checked is an error of its file."""
    for result in results:
        if result.error is not None:
            yield _command("error", {"title": "lstmlint", "file": slashed(result.filename)}, result.error)
    for _, diagnostic in told(results):
        yield _command(_COMMANDS[diagnostic.severity], _properties(diagnostic), sentence(diagnostic))


def _properties(diagnostic: Diagnostic) -> dict[str, object]:
    properties: dict[str, object] = {
        "title": f"lstmlint: {diagnostic.code} {diagnostic.name}",
        "file": slashed(diagnostic.filename),
    }
    span = diagnostic.span
    # The lines of a notebook's file are not those of its cells.
    if diagnostic.cell is None:
        properties |= {"line": span.start_row, "endLine": span.end_row}
        if span.start_row == span.end_row:
            properties |= {"col": span.start_column, "endColumn": span.end_column}
    return properties


def _command(name: str, properties: dict[str, object], message: str) -> str:
    listed = ",".join(f"{key}={str(value).translate(_IN_PROPERTIES)}" for key, value in properties.items())
    return f"::{name} {listed}::{message.translate(_IN_MESSAGES)}"
