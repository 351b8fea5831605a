"""The lines that flake8 and ruff print as `pylint`, which Jenkins and others read: path:line: [code] message."""
from __future__ import annotations

from collections.abc import Iterator, Sequence

from lstmlint.diagnostics import FileResult
from lstmlint.output.links import slashed
from lstmlint.output.plain import sentence, told
from lstmlint.output.style import Style


def render(results: Sequence[FileResult], style: Style) -> Iterator[str]:
    """The lines to print."""
    for _, diagnostic in told(results):
        row = 1 if diagnostic.cell is not None else diagnostic.span.start_row
        yield f"{slashed(diagnostic.filename)}:{row}: [{diagnostic.code}] {sentence(diagnostic)}"
