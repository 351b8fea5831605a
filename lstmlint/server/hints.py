"""Inlay hints: shapes beside the code."""
from __future__ import annotations

from collections.abc import Collection, Iterator

from lsprotocol import types

from lstmlint.server.pages import Page
from lstmlint.server.positions import Encoding, from_position, to_position


def inlay_hints(page: Page, wanted: types.Range, kinds: Collection[str], encoding: Encoding) -> Iterator[types.InlayHint]:
    """The hints of these kinds in a range."""
    start = from_position(page.lines, wanted.start, encoding)
    end = from_position(page.lines, wanted.end, encoding)
    for hint in page.hints:
        if hint.kind in kinds and start <= (hint.row, hint.column) <= end:
            yield types.InlayHint(
                to_position(page.lines, hint.row, hint.column, encoding),
                hint.label,
                types.InlayHintKind.Type,
                tooltip="\n".join([hint.fact.text, *hint.fact.notes]),
            )
