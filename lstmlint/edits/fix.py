"""Fixes: edits of the text, ready for any output and any editor. Nothing heavy is imported here."""
from __future__ import annotations

from dataclasses import dataclass

from lstmlint.sources.source import Span


@dataclass(frozen=True, slots=True)
class Edit:
    """In the source as it was read, what stands at `span` of a file or of a notebook's cell becomes `replacement`."""

    filename: str
    cell: int | None
    span: Span
    replacement: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that correct a mistake; `title` says what they do. A `safe` one guesses nothing: it may be made without asking."""

    title: str
    safe: bool
    edits: tuple[Edit, ...]
