"""What a hover says of the expression under the pointer."""
from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types

from lstmlint.picture.view import Spot
from lstmlint.server.pages import Page
from lstmlint.server.positions import Encoding, from_position, to_range

LONGEST = 48
"""Longer expressions are not repeated."""


def hover(page: Page, position: types.Position, encoding: Encoding, markdown: bool) -> types.Hover | None:
    """The hover at a position; None where nothing is known."""
    row, column = from_position(page.lines, position, encoding)
    spot = page.spot_at(row, column)
    if spot is None:
        return None
    kind = types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText
    text = told(page.lines, spot, markdown)
    return types.Hover(types.MarkupContent(kind, text), to_range(page.lines, spot.span, encoding))


def told(lines: Sequence[str], spot: Spot, markdown: bool) -> str:
    """The words: what is known in one line, then the notes."""
    head = spot.fact.text
    span = spot.span
    if span.start_row == span.end_row:
        expression = lines[span.start_row - 1][span.start_column - 1 : span.end_column - 1]
        if expression.replace(".", "").replace("_", "").isalnum() and len(expression) <= LONGEST:
            head = f"{expression}: {head}"
    if not markdown:
        return "\n".join([head, *spot.fact.notes])
    # A fence that nothing in the text can close; the notes are not markup.
    notes = "  \n".join(_plain(note) for note in spot.fact.notes)
    return f"```text\n{head}\n```" + (f"\n{notes}" if notes else "")


_MARKUP = str.maketrans({char: f"\\{char}" for char in "\\`*_{}[]<>#+!|~$"})


def _plain(text: str) -> str:
    return text.translate(_MARKUP)
