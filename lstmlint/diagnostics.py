"""Diagnostics: findings with their places computed, ready for any output. Nothing heavy is imported here."""
from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from lstmlint.edits.fix import Fix
from lstmlint.sources.source import Source, Span
from lstmlint.sources.suppressions import Suppression

if TYPE_CHECKING:
    from lstmlint.findings import Effect, Finding, Severity

START = Span(1, 1, 1, 1)
"""Where a diagnostic about a whole file stands."""

Mark = tuple[str, int | None, int, int, str]
"""What asks for silence: the real path of a file, a cell, a row, a column, and a selector of the comment there."""


@dataclass(frozen=True, slots=True)
class RelatedPlace:
    """Another place of the story: `message` says what happens there."""

    message: str
    filename: str
    cell: int | None
    span: Span


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A located finding. `cell` is the number of the notebook's cell, None in a script; `effect` None where none is claimed."""

    code: str
    name: str
    severity: Severity
    effect: Effect | None
    message: str
    filename: str
    cell: int | None
    span: Span
    label: str = ""
    help: str = ""
    related: tuple[RelatedPlace, ...] = ()
    fix: Fix | None = None
    url: str | None = None
    on_defaults: bool = field(default=False, compare=False)
    """Whether it holds only with defaults that callers may override."""
    finding: Finding | None = field(default=None, compare=False, repr=False)
    """What it was made of (for `confirm`)."""

    @property
    def order(self) -> tuple[int, Span, str]:
        """By place, then by code."""
        return (self.cell or 0, self.span, self.code)


@dataclass(frozen=True, slots=True)
class FileResult:
    """What came of one file. `error`: it couldn't be checked, and why; `out_of_scope`: nothing in it is recurrent.

    `sources` are those that the diagnostics point into, by filename, for showing their lines. `silencers` are the comments of the
    file that may turn out to silence nothing, None where the analysis can't tell; `used` those that did silence something, in
    whatever file.
    """

    filename: str
    diagnostics: tuple[Diagnostic, ...] = ()
    error: str | None = None
    out_of_scope: bool = False
    sources: dict[str, Source] = field(default_factory=dict, repr=False)
    silencers: tuple[Suppression, ...] | None = ()
    used: frozenset[Mark] = frozenset()

    def without_findings(self) -> FileResult:
        """The same for showing only: a finding holds on to the whole tree that it stands in."""
        return replace(self, diagnostics=tuple(replace(diagnostic, finding=None) for diagnostic in self.diagnostics))
