"""Markdown, for a job's summary or a comment: a table of the findings."""
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lstmlint.diagnostics import FileResult
from lstmlint.output.links import rule_url, slashed
from lstmlint.output.plain import told
from lstmlint.output.style import Style, displayed
from lstmlint.output.summary import summary

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&$@!])")


def render(results: Sequence[FileResult], style: Style) -> Iterator[str]:
    """The lines to print."""
    yield "## lstmlint"
    yield ""
    yield _escaped(summary(results))
    found = list(told(results))
    if found:
        yield ""
        yield "| Where | Severity | Rule | What | What to do |"
        yield "|---|---|---|---|---|"
    for _, diagnostic in found:
        cell = "" if diagnostic.cell is None else f", cell {diagnostic.cell}"
        where = f"{slashed(diagnostic.filename)}{cell}, line {diagnostic.span.start_row}"
        url = rule_url(diagnostic)
        rule = f"{diagnostic.code} {diagnostic.name}"
        linked = _escaped(rule) if url is None else f"[{_escaped(rule)}]({url})"
        what, advice = _escaped(diagnostic.message), _escaped(diagnostic.help)
        yield f"| {_escaped(where)} | {diagnostic.severity} | {linked} | {what} | {advice} |"
    failed = [result for result in results if result.error is not None]
    if failed:
        yield ""
        yield "Not checked:"
        yield ""
        yield from (f"- {_escaped(slashed(result.filename))}: {_escaped(result.error or '')}" for result in failed)


def _escaped(text: str) -> str:
    """Text that Markdown shows as it is, in one line."""
    return _SPECIAL.sub(r"\\\1", displayed(" ".join(text.split())))
