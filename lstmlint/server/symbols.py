"""Document symbols: the models and layers of a text."""
from __future__ import annotations

from lsprotocol import types

from lstmlint.picture.view import Entry
from lstmlint.server.pages import Page
from lstmlint.server.positions import Encoding, to_range

KINDS = {"model": types.SymbolKind.Object, "class": types.SymbolKind.Class, "layer": types.SymbolKind.Field}


def symbols(page: Page, encoding: Encoding) -> list[types.DocumentSymbol]:
    """The outline of a text, in its order."""
    entries = sorted(page.outline, key=lambda entry: entry.span)
    return [_symbol(entry, page, encoding) for entry in entries]


def _symbol(entry: Entry, page: Page, encoding: Encoding) -> types.DocumentSymbol:
    place = to_range(page.lines, entry.span, encoding)
    parts = [_symbol(part, page, encoding) for part in sorted(entry.parts, key=lambda part: part.span)]
    return types.DocumentSymbol(entry.name, KINDS[entry.kind], place, place, entry.detail, children=parts or None)
