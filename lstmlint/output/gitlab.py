"""The code quality report of GitLab: a JSON array, with paths relative to the project."""
from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lstmlint.diagnostics import Diagnostic, FileResult
from lstmlint.output.links import slashed
from lstmlint.output.plain import fingerprints, sentence, told
from lstmlint.output.style import Style

_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def render(results: Sequence[FileResult], style: Style) -> Iterator[str]:
    """The array, as one text."""
    known = fingerprints(results)
    yield json.dumps([_issue(diagnostic, known[id(diagnostic)]) for _, diagnostic in told(results)], indent=2)


def _issue(diagnostic: Diagnostic, fingerprint: str) -> dict[str, Any]:
    span = diagnostic.span
    lines = {"begin": 1, "end": 1} if diagnostic.cell is not None else {"begin": span.start_row, "end": span.end_row}
    return {
        "description": f"{diagnostic.code}: {sentence(diagnostic)}",
        "check_name": diagnostic.name,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[diagnostic.severity],
        "location": {"path": in_project(diagnostic.filename), "lines": lines},
    }


def in_project(filename: str, environment: Mapping[str, str] = os.environ) -> str:
    """The path from the project's folder, where GitLab tells which that is."""
    project = environment.get("CI_PROJECT_DIR")
    if project:
        relative = os.path.relpath(os.path.realpath(filename), os.path.realpath(project))
        if not relative.startswith(os.pardir):
            return slashed(relative)
    return slashed(filename)
