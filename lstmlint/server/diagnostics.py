"""Our diagnostics as the protocol has them."""
from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from lsprotocol import types

from lstmlint.diagnostics import Diagnostic, FileResult
from lstmlint.server.documents import Snapshot, uri_of
from lstmlint.server.positions import Encoding, to_range
from lstmlint.server.rule_pages import page_uri
from lstmlint.sources.source import Span

SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "info": types.DiagnosticSeverity.Information,
}
UNNECESSARY = frozenset({"LST902"})
"""Rules that speak of text which could go."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Finds the text that a place of a result is in: a cell or script of the snapshot, or another file."""

    snapshot: Snapshot
    result: FileResult
    encoding: Encoding

    def of(self, filename: str, cell: int | None) -> tuple[str, Sequence[str]]:
        """The URI of the text, and its lines."""
        if self.is_own(filename):
            part = self.snapshot.part(cell)
            if part is not None:
                return part.uri, part.lines
        source = self.result.sources.get(filename)
        written = None if source is None else source.cell(cell)
        return uri_of(filename), [] if written is None else written.lines()

    def is_own(self, filename: str) -> bool:
        """Whether a file is the snapshot's."""
        if filename == self.snapshot.filename:
            return True
        return self.snapshot.path is not None and os.path.realpath(filename) == os.path.realpath(self.snapshot.path)

    def location(self, filename: str, cell: int | None, span: Span) -> types.Location:
        """A place, for the client."""
        uri, lines = self.of(filename, cell)
        return types.Location(uri, to_range(lines, span, self.encoding))


def by_text(snapshot: Snapshot, result: FileResult, encoding: Encoding) -> dict[str, list[tuple[Diagnostic, types.Diagnostic]]]:
    """The diagnostics of each text, ours and theirs; every text of the snapshot has an entry."""
    texts = Texts(snapshot, result, encoding)
    found: dict[str, list[tuple[Diagnostic, types.Diagnostic]]] = {part.uri: [] for part in snapshot.parts}
    for diagnostic in result.diagnostics:
        place = texts.location(diagnostic.filename, diagnostic.cell, diagnostic.span)
        found.setdefault(place.uri, []).append((diagnostic, _told(diagnostic, place.range, texts)))
    if result.error is not None and snapshot.parts:
        start = types.Position(0, 0)
        failed = types.Diagnostic(types.Range(start, start), result.error, types.DiagnosticSeverity.Warning, source="lstmlint")
        own = Diagnostic("", "", "warning", None, result.error, snapshot.filename, None, Span(1, 1, 1, 1))
        found[snapshot.parts[0].uri].append((own, failed))
    return found


def _told(diagnostic: Diagnostic, place: types.Range, texts: Texts) -> types.Diagnostic:
    page = diagnostic.url or page_uri(diagnostic.code)
    related = [
        types.DiagnosticRelatedInformation(texts.location(other.filename, other.cell, other.span), other.message)
        for other in diagnostic.related
    ]
    return types.Diagnostic(
        range=place,
        message=f"{diagnostic.message}\n{diagnostic.help}" if diagnostic.help else diagnostic.message,
        severity=SEVERITIES[diagnostic.severity],
        code=diagnostic.code,
        code_description=None if page is None else types.CodeDescription(page),
        source="lstmlint",
        tags=[types.DiagnosticTag.Unnecessary] if diagnostic.code in UNNECESSARY else None,
        related_information=related or None,
        data={"name": diagnostic.name, "effect": diagnostic.effect},
    )
