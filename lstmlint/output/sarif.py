"""SARIF 2.1.0: the results with their stories, what the rules say, and what could not be checked."""
from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from lstmlint import __version__
from lstmlint.diagnostics import Diagnostic, FileResult, RelatedPlace
from lstmlint.edits.fix import Fix
from lstmlint.output.links import rule_url, uri
from lstmlint.output.plain import fingerprints, sentence, spot, told
from lstmlint.output.style import Style
from lstmlint.sources.source import Span

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_WHAT = re.compile(r"^## What\n(.*?)(?=\n\n|\n## |\Z)", re.DOTALL | re.MULTILINE)

Object = dict[str, Any]


def render(results: Sequence[FileResult], style: Style) -> Iterator[str]:
    """The log, as one text."""
    found = [diagnostic for _, diagnostic in told(results)]
    codes = sorted({diagnostic.code for diagnostic in found})
    rules = _rules(found)
    known = fingerprints(results)
    run = {
        "tool": {"driver": {"name": "lstmlint", "version": __version__, "rules": [rules[code] for code in codes]}},
        "invocations": [_invocation(results)],
        "originalUriBaseIds": {ROOT: {"description": _text("the folder in which lstmlint was run")}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, codes.index(diagnostic.code), known[id(diagnostic)]) for diagnostic in found],
    }
    yield json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rules(found: Sequence[Diagnostic]) -> dict[str, Object]:
    """The rules that have spoken, by code."""
    if not found:
        return {}
    from lstmlint.rules.discovery import all_rules, page

    spoken = {diagnostic.code: diagnostic for diagnostic in found}
    rules: dict[str, Object] = {}
    for rule in all_rules():
        if rule.code in spoken:
            url = rule_url(spoken[rule.code])
            what = _WHAT.search(inspect.cleandoc(rule.__doc__ or ""))
            text = page(rule)
            rules[rule.code] = {
                "id": rule.code,
                "name": rule.name,
                "shortDescription": _text(rule.name.replace("-", " ")),
                "fullDescription": _text(" ".join(what[1].split()) if what else rule.name),
                "help": {"text": text, "markdown": text},
                **({} if url is None else {"helpUri": url}),
                "defaultConfiguration": {"level": _LEVELS[rule.severity]},
            }
    return rules


def _invocation(results: Sequence[FileResult]) -> Object:
    failed = [result for result in results if result.error is not None]
    notifications = [
        {
            "level": "error",
            "message": _text(result.error or ""),
            "locations": [{"physicalLocation": {"artifactLocation": _artifact(result.filename)}}],
        }
        for result in failed
    ]
    return {"executionSuccessful": not failed, **({"toolExecutionNotifications": notifications} if failed else {})}


def _result(diagnostic: Diagnostic, rule: int, fingerprint: str) -> Object:
    related = [_location(place, place.message, number) for number, place in enumerate(diagnostic.related, start=1)]
    properties = {"severity": diagnostic.severity, **({"effect": diagnostic.effect} if diagnostic.effect else {})}
    fixes = _fixes(diagnostic.fix)
    return {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": _LEVELS[diagnostic.severity],
        "message": _text(sentence(diagnostic)),
        "locations": [_location(diagnostic)],
        **({"relatedLocations": related, "codeFlows": [_story(diagnostic)]} if related else {}),
        "partialFingerprints": {"lstmlint/v1": fingerprint},
        **({"fixes": fixes} if fixes else {}),
        "properties": properties,
    }


def _story(diagnostic: Diagnostic) -> Object:
    """The way of a shape: where it was made, to where it doesn't fit."""
    before = sorted(diagnostic.related, key=lambda place: (place.filename == diagnostic.filename, place.cell or 0, place.span))
    steps: list[tuple[Diagnostic | RelatedPlace, str]] = [(place, place.message) for place in before]
    steps.append((diagnostic, diagnostic.label or diagnostic.message))
    return {"threadFlows": [{"locations": [{"location": _location(place, message)} for place, message in steps]}]}


def _location(place: Diagnostic | RelatedPlace, message: str = "", number: int | None = None) -> Object:
    physical: Object = {"artifactLocation": _artifact(place.filename)}
    location: Object = {"physicalLocation": physical}
    if place.cell is None:
        physical["region"] = _region(place.span)
    else:
        # The lines of a notebook's file are not those of its cells.
        name = f"cell {place.cell}"
        location["logicalLocations"] = [{"name": name, "fullyQualifiedName": spot(place), "kind": "module"}]
        location["properties"] = {"cell": place.cell, **_region(place.span)}
    if message:
        location["message"] = _text(message)
    return location if number is None else {"id": number, **location}


def _fixes(fix: Fix | None) -> list[Object]:
    """The fix; the cells of a notebook can't be edited by lines."""
    if fix is None or any(edit.cell is not None for edit in fix.edits):
        return []
    changes: dict[str, list[Object]] = {}
    for edit in fix.edits:
        replacement = {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.replacement}}
        changes.setdefault(edit.filename, []).append(replacement)
    artifacts = [{"artifactLocation": _artifact(file), "replacements": replacements} for file, replacements in changes.items()]
    title = fix.title if fix.safe else f"{fix.title} (look at it before you use it)"
    return [{"description": _text(title), "artifactChanges": artifacts}]


def _artifact(filename: str) -> Object:
    address = uri(filename)
    return {"uri": address} if address.startswith("file:") else {"uri": address, "uriBaseId": ROOT}


def _region(span: Span) -> Object:
    return {
        "startLine": span.start_row, "startColumn": span.start_column,
        "endLine": span.end_row, "endColumn": span.end_column,
    }  # fmt: skip


def _text(text: str) -> Object:
    return {"text": text}
