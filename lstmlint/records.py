"""Results as plain data, and back: for the cache and for worker processes, which need no tree and no event."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from lstmlint.diagnostics import Diagnostic, FileResult, RelatedPlace
from lstmlint.edits.fix import Edit, Fix
from lstmlint.sources.source import Source, Span
from lstmlint.sources.suppressions import Suppression

Record = dict[str, Any]
"""What JSON can hold."""

Reader = Callable[[str, str], Source]
"""The source of a file, by its name as shown and its path. Raises SourceError."""


def to_record(result: FileResult) -> Record:
    """What is to be known of a result later."""
    return {
        "error": result.error,
        "out_of_scope": result.out_of_scope,
        "diagnostics": [_of_diagnostic(diagnostic) for diagnostic in result.diagnostics],
        "sources": {filename: source.path for filename, source in result.sources.items() if source.path is not None},
        "silencers": None if result.silencers is None else [asdict(one) for one in result.silencers],
        "used": sorted(result.used, key=repr),
    }


def from_record(record: Record, filename: str, read: Reader) -> FileResult:
    """The result again; the sources that its diagnostics point into are read by `read`. Raises SourceError."""
    diagnostics = tuple(_diagnostic(entry) for entry in record["diagnostics"])
    sources = {name: read(name, path) for name, path in record["sources"].items()}
    silencers = None if record["silencers"] is None else tuple(_suppression(entry) for entry in record["silencers"])
    used = frozenset((path, cell, row, column, selector) for path, cell, row, column, selector in record["used"])
    return FileResult(filename, diagnostics, record["error"], record["out_of_scope"], sources, silencers, used)


def _suppression(entry: Record) -> Suppression:
    selectors = None if entry["selectors"] is None else tuple(entry["selectors"])
    return Suppression(**{**entry, "span": Span(**entry["span"]), "selectors": selectors, "doubtful": tuple(entry["doubtful"])})


def _of_diagnostic(diagnostic: Diagnostic) -> Record:
    # What it was made of holds on to a whole tree.
    entry = asdict(replace(diagnostic, finding=None))
    del entry["finding"]
    return entry


def _diagnostic(entry: Record) -> Diagnostic:
    related = tuple(RelatedPlace(**{**place, "span": Span(**place["span"])}) for place in entry["related"])
    fix = None if entry["fix"] is None else _fix(entry["fix"])
    return Diagnostic(**{**entry, "span": Span(**entry["span"]), "related": related, "fix": fix})


def _fix(entry: Record) -> Fix:
    edits = tuple(Edit(**{**edit, "span": Span(**edit["span"])}) for edit in entry["edits"])
    return Fix(entry["title"], entry["safe"], edits)
