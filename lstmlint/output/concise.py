"""One line for each finding."""
from __future__ import annotations

from collections.abc import Iterator, Sequence

from lstmlint.diagnostics import Diagnostic, FileResult
from lstmlint.output.frame import place_text
from lstmlint.output.style import SEVERITY_COLOURS, Style


def render(results: Sequence[FileResult], style: Style) -> Iterator[str]:
    """The lines to print."""
    for result in results:
        for diagnostic in result.diagnostics:
            yield headline(diagnostic, style)


def headline(diagnostic: Diagnostic, style: Style) -> str:
    """Where, how bad, which rule, what; `[*]` marks what can be fixed."""
    where = style(place_text(diagnostic.filename, diagnostic.cell, diagnostic.span), "bold")
    severity = style(diagnostic.severity, SEVERITY_COLOURS[diagnostic.severity])
    fixable = " [*]" if diagnostic.fix is not None and (diagnostic.fix.safe or style.unsafe) else ""
    return f"{where}: {severity} {style(diagnostic.code, 'bold')}{fixable} {diagnostic.message}"
