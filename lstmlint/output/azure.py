"""Logging commands of Azure Pipelines. It knows errors and warnings; infos are ordinary lines of the log."""
from __future__ import annotations

from collections.abc import Iterator, Sequence

from lstmlint.diagnostics import FileResult
from lstmlint.output.concise import headline
from lstmlint.output.links import slashed
from lstmlint.output.plain import sentence, told
from lstmlint.output.style import Style

_ESCAPES = str.maketrans({"%": "%AZP25", "\r": "%0D", "\n": "%0A", ";": "%3B", "]": "%5D"})


def render(results: Sequence[FileResult], style: Style) -> Iterator[str]:
    """The lines to print; what could not be checked is an error of its file."""
    for result in results:
        if result.error is not None:
            yield _issue({"type": "error", "sourcepath": slashed(result.filename)}, result.error)
    for _, diagnostic in told(results):
        if diagnostic.severity == "info":
            yield headline(diagnostic, Style(False))
            continue
        properties: dict[str, object] = {"type": diagnostic.severity, "sourcepath": slashed(diagnostic.filename)}
        if diagnostic.cell is None:
            properties |= {"linenumber": diagnostic.span.start_row, "columnnumber": diagnostic.span.start_column}
        yield _issue({**properties, "code": diagnostic.code}, sentence(diagnostic))


def _issue(properties: dict[str, object], message: str) -> str:
    listed = "".join(f"{key}={str(value).translate(_ESCAPES)};" for key, value in properties.items())
    return f"##vso[task.logissue {listed}]{message.translate(_ESCAPES)}"
