"""The default format: each finding with its code frame and what to do."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lstmlint.diagnostics import Diagnostic, FileResult
from lstmlint.output.concise import headline
from lstmlint.output.frame import frame
from lstmlint.output.style import Style
from lstmlint.sources.source import Source


def render(results: Sequence[FileResult], style: Style) -> Iterator[str]:
    """The lines to print; an empty line after each finding."""
    for result in results:
        for diagnostic in result.diagnostics:
            yield from lines_of(diagnostic, result.sources, style)
            yield ""


def lines_of(diagnostic: Diagnostic, sources: Mapping[str, Source], style: Style) -> Iterator[str]:
    """A finding with its code frame."""
    yield headline(diagnostic, style)
    lines = list(frame(diagnostic, sources, style))
    yield from lines
    if diagnostic.help:
        gutter = max(len(str(span.start_row)) for span in (diagnostic.span, *(r.span for r in diagnostic.related)))
        yield style(" " * gutter + " =", "blue") + f" {style('help', 'cyan')}: {diagnostic.help}"
