"""Scripts broken at random: truncated, or with one character inserted, removed or replaced; and what must be true of them."""
from __future__ import annotations

import random
from collections.abc import Iterator

import libcst

from lstmlint.config import Settings
from lstmlint.engine import check_source
from lstmlint.sources.parse import parse
from lstmlint.sources.source import UNREAD, script

CHARACTERS = "()[]{}'\"\\:,.=+-*%!@# \t\nxl0_;`?é\u00a0"

Found = set[tuple[str, int]]
"""Codes and rows."""


def found(text: str) -> Found:
    """What is found in a script, without what is said of the reading."""
    diagnostics = check_source(script(text), Settings()).diagnostics
    return {(d.code, d.span.start_row) for d in diagnostics if d.code != "LST901"}


def broken(text: str, count: int, seed: int) -> Iterator[str]:
    """`count` truncated and `count` edited versions of a script."""
    choose = random.Random(seed)
    for _ in range(count):
        yield text[: choose.randrange(len(text))]
    for _ in range(count):
        at = choose.randrange(len(text))
        kept = choose.choice((at, at + 1))
        yield text[:at] + choose.choice(("", choose.choice(CHARACTERS))) + text[kept:]


def faults(text: str, expected: Found, before: dict[int, Found]) -> Iterator[str]:
    """What is wrong with the reading of a broken version of a script in which `expected` is found.

    Where a statement makes way, nothing may be found that is not there in the whole script, and what the part before the broken
    statement has must stay. `before` keeps what is found in the parts before each row.
    """
    trees, problems = parse(script(text))
    if not trees:
        yield "nothing is read"
        return
    now = found(text)
    if not problems:
        return
    if trees[0].cell.text.count("\n") != text.count("\n"):
        yield "rows are lost"
    rows = [number for number, line in enumerate(trees[0].cell.text.split("\n"), start=1) if UNREAD in line]
    if not rows:
        return
    start = _start(trees[0].module, rows[0])
    # A line more or less moves what is behind it; what is known less well may be said in another rule's words.
    places = {row + step for _, row in expected for step in range(-1, 2)}
    new = {(code, row) for code, row in now if row not in places}
    if new:
        yield f"new: {sorted(new)}"
    if start not in before:
        before[start] = found("".join(text.splitlines(keepends=True)[: start - 1]))
    lost = {(code, row) for code, row in before[start] & expected if row < start} - now
    if lost:
        yield f"lost: {sorted(lost)}"


def _start(module: libcst.Module, row: int) -> int:
    """The row at which the top-level statement of a row starts (decorators and comments before it not counted)."""
    text = module.code.split("\n")
    return max(
        (at for at in range(1, row + 1) if text[at - 1][:1].strip() and text[at - 1][0] not in "#)]}"), default=1
    )
