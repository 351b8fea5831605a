"""Verdicts for people and for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from lstmlint.confirm.verdict import Kind, Verdict
from lstmlint.diagnostics import Diagnostic
from lstmlint.output.concise import headline
from lstmlint.output.json import as_object
from lstmlint.output.style import Style

Judged = tuple[Diagnostic, Verdict | None]
"""A diagnostic and what became of it; None where nothing is claimed that could be put to the test."""

_COLOURS: dict[Kind, str] = {"confirmed": "red", "confirmed-given": "red", "refuted": "blue", "not-checked": "yellow"}


def render(judged: Sequence[Judged], output_format: str, style: Style, show_program: bool) -> Iterator[str]:
    """The text to print."""
    if output_format == "json":
        yield json.dumps([_object(diagnostic, verdict, show_program) for diagnostic, verdict in judged], indent=2)
        return
    for diagnostic, verdict in judged:
        yield headline(diagnostic, style)
        if verdict is not None:
            yield "    " + _sentence(verdict, style)
            if show_program:
                yield from _programs(verdict)
    yield _summary([verdict for _, verdict in judged if verdict is not None])


def _sentence(verdict: Verdict, style: Style) -> str:
    word = style(verdict.kind.split("-given")[0].replace("-", " "), _COLOURS[verdict.kind])
    given = f", given that {' and '.join(verdict.given)}" if verdict.given else ""
    if verdict.kind == "refuted":
        words = f" ({verdict.words})" if verdict.words else ""
        return f"{word}{given}: {verdict.framework} was asked, and {verdict.reason}{words}"
    return f"{word}{given}: {verdict.reason or verdict.words}"


def _programs(verdict: Verdict) -> Iterator[str]:
    for program in verdict.programs:
        yield ""
        yield from ("    | " + line if line else "    |" for line in program.text.rstrip("\n").split("\n"))
    if verdict.programs:
        yield ""


def _summary(verdicts: Sequence[Verdict]) -> str:
    if not verdicts:
        return "Nothing to confirm."
    counts = Counter(verdict.kind for verdict in verdicts)
    sure = counts["confirmed"] + counts["confirmed-given"]
    given = f" ({counts['confirmed-given']} given a shape that lstmlint inferred)" if counts["confirmed-given"] else ""
    judges = ", ".join(sorted({verdict.framework for verdict in verdicts if verdict.framework}))
    judge = f" The judge was {judges}." if judges else ""
    count = "1 finding" if len(verdicts) == 1 else f"{len(verdicts)} findings"
    return f"{count}: {sure} confirmed{given}, {counts['refuted']} refuted, {counts['not-checked']} not checked.{judge}"


def _object(diagnostic: Diagnostic, verdict: Verdict | None, show_program: bool) -> dict[str, Any]:
    confirmation: dict[str, Any] | None = None
    if verdict is not None:
        confirmation = {
            "verdict": verdict.kind,
            "message": verdict.words or None,
            "reason": verdict.reason or None,
            "given": list(verdict.given),
            "framework": verdict.framework or None,
        }
        if show_program:
            confirmation["programs"] = [program.text for program in verdict.programs]
    return {**as_object(diagnostic), "confirmation": confirmation}
