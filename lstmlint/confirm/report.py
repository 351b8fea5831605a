"""Verdicts for people and for programs."""

from __future__ import annotations

import importlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lstmlint.confirm.verdict import Kind, Verdict
from lstmlint.diagnostics import Diagnostic, FileResult
from lstmlint.output.concise import headline
from lstmlint.output.full import lines_of
from lstmlint.output.json import as_object
from lstmlint.output.style import Style
from lstmlint.sources.source import Source

Judged = tuple[Diagnostic, Verdict | None]
"""A diagnostic and what became of it; None where nothing is claimed that could be put to the test."""

Sources = Mapping[str, Mapping[str, Source]]
NOTHING: Sources = {}

_COLOURS: dict[Kind, str] = {"confirmed": "red", "confirmed-given": "red", "refuted": "blue", "not-checked": "yellow"}


FOR_PEOPLE = ("full", "concise")


def render(
    judged: Sequence[Judged], output_format: str, style: Style, show_program: bool, sources: Sources = NOTHING
) -> Iterator[str]:
    """The text to print. `sources` are what the places of each file's findings lie in."""
    judged = [(_reported(diagnostic, verdict), verdict) for diagnostic, verdict in judged]
    if output_format == "json":
        yield json.dumps([_object(*one, show_program, sources) for one in judged], indent=2)
    elif output_format == "json-lines":
        yield from (json.dumps(_object(*one, show_program, sources)) for one in judged)
    elif output_format not in FOR_PEOPLE:
        output = importlib.import_module(f"lstmlint.output.{output_format.replace('-', '_')}")
        yield from output.render(_results(judged, sources), style)
    else:
        yield from _text(judged, output_format, style, show_program, sources)


def _results(judged: Sequence[Judged], sources: Sources) -> list[FileResult]:
    """For formats that know nothing of verdicts: these stand in the messages."""
    told: dict[str, list[Diagnostic]] = {}
    for one, verdict in judged:
        said = "" if verdict is None else f"; {_sentence(verdict, Style(False))}"
        told.setdefault(one.filename, []).append(replace(one, message=one.message + said))
    return [FileResult(name, tuple(found), sources=dict(sources.get(name, {}))) for name, found in told.items()]


def _text(
    judged: Sequence[Judged], output_format: str, style: Style, show_program: bool, sources: Sources
) -> Iterator[str]:
    for diagnostic, verdict in judged:
        if output_format == "full":
            yield from lines_of(diagnostic, sources.get(diagnostic.filename, {}), style)
        else:
            yield headline(diagnostic, style)
        if verdict is not None:
            yield "    " + _sentence(verdict, style)
            if show_program:
                yield from _programs(verdict)
        if output_format == "full":
            yield ""
    yield from _summary([verdict for _, verdict in judged if verdict is not None])


def _reported(diagnostic: Diagnostic, verdict: Verdict | None) -> Diagnostic:
    """A finding that is refuted is a mistake of ours, and not reported as one of the program."""
    return diagnostic if verdict is None or verdict.kind != "refuted" else replace(diagnostic, severity="info")


def _sentence(verdict: Verdict, style: Style) -> str:
    word = style(verdict.kind.split("-given")[0].replace("-", " "), _COLOURS[verdict.kind])
    given = f", given that {' and '.join(verdict.given)}" if verdict.given else ""
    if verdict.by_run:
        return f"{word} when the script ran: {verdict.reason or verdict.words}"
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


def _summary(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """The counts, and why what was not checked was not."""
    if not verdicts:
        yield "Nothing to confirm."
        return
    counts = Counter(verdict.kind for verdict in verdicts)
    sure = counts["confirmed"] + counts["confirmed-given"]
    given = f" ({counts['confirmed-given']} given a shape that lstmlint inferred)" if counts["confirmed-given"] else ""
    judges = ", ".join(sorted({verdict.framework for verdict in verdicts if verdict.framework}))
    judge = f" The judge was {judges}." if judges else ""
    count = "1 finding" if len(verdicts) == 1 else f"{len(verdicts)} findings"
    yield f"{count}: {sure} confirmed{given}, {counts['refuted']} refuted, {counts['not-checked']} not checked.{judge}"
    reasons = Counter(verdict.reason for verdict in verdicts if verdict.kind == "not-checked")
    if sum(reasons.values()) > 1:
        yield from (f"  not checked {number} times: {reason}" for reason, number in reasons.most_common() if number > 1)
    if counts["refuted"]:
        yield "What is refuted is a mistake of lstmlint: please report it, with the program that --show-program prints."


def _object(diagnostic: Diagnostic, verdict: Verdict | None, show_program: bool, sources: Sources) -> dict[str, Any]:
    confirmation: dict[str, Any] | None = None
    if verdict is not None:
        confirmation = {
            "verdict": verdict.kind,
            "refuted": verdict.kind == "refuted",
            "message": verdict.words or None,
            "reason": verdict.reason or None,
            "given": list(verdict.given),
            "framework": verdict.framework or None,
            "by_run": verdict.by_run,
        }
        if show_program:
            confirmation["programs"] = [program.text for program in verdict.programs]
    return {**as_object(diagnostic, sources.get(diagnostic.filename, {})), "confirmation": confirmation}
