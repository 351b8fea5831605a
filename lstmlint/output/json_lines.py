"""JSON lines: an object as in the format json for each finding, in a line of its own."""
from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from lstmlint.diagnostics import FileResult
from lstmlint.output.json import as_object
from lstmlint.output.plain import told
from lstmlint.output.style import Style


def render(results: Sequence[FileResult], style: Style) -> Iterator[str]:
    """The lines to print."""
    for result, diagnostic in told(results):
        yield json.dumps(as_object(diagnostic, result.sources))
