"""Code actions: each fix, all safe ones, silence, and the rule's page."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lsprotocol import types

from lstmlint.diagnostics import Diagnostic
from lstmlint.edits.fix import Edit, Fix
from lstmlint.reported import fitting
from lstmlint.server.diagnostics import Texts
from lstmlint.server.positions import to_position, to_range
from lstmlint.sources.source import script
from lstmlint.sources.suppressions import silencing, suppressions

FIX_ALL = "source.fixAll.lstmlint"
OPEN_RULE = "lstmlint.openRule"
Found = Sequence[tuple[Diagnostic, types.Diagnostic]]


def code_actions(found: Found, params: types.CodeActionParams, lines: Sequence[str], texts: Texts) -> Iterator[types.CodeAction]:
    """The actions for a range of a text in which these were found."""
    here = [(ours, theirs) for ours, theirs in found if _overlap(theirs.range, params.range)]
    if _wanted(types.CodeActionKind.QuickFix, params):
        for ours, theirs in here:
            if ours.fix is not None:
                yield types.CodeAction(
                    _sentence(ours.fix.title), types.CodeActionKind.QuickFix, [theirs],
                    is_preferred=ours.fix.safe, edit=_made([ours.fix], texts),
                )  # fmt: skip
        for ours, theirs in _once(here):
            silence = _silence(ours, theirs, params.text_document.uri, lines, texts)
            if silence is not None:
                yield types.CodeAction(f"Ignore {ours.code} on this line", types.CodeActionKind.QuickFix, [theirs], edit=silence)
            page = types.Command(f"Explain {ours.code} {ours.name}", command=OPEN_RULE, arguments=[ours.code])
            yield types.CodeAction(page.title, types.CodeActionKind.QuickFix, [theirs], command=page)
    if _wanted(FIX_ALL, params):
        safe = compatible(ours.fix for ours, _ in found if ours.fix is not None and ours.fix.safe)
        if safe:
            yield types.CodeAction(
                f"Fix all that lstmlint can fix safely ({len(safe)})", FIX_ALL, edit=_made(safe, texts)
            )


def compatible(fixes: Iterable[Fix]) -> list[Fix]:
    """As many of these as don't touch the same text, in their order."""
    taken: list[Edit] = []
    chosen: list[Fix] = []
    for fix in fixes:
        new = [edit for edit in fix.edits if edit not in taken]
        if all(_apart(edit, other) for edit in new for other in taken):
            if new:
                chosen.append(Fix(fix.title, fix.safe, tuple(new)))
            taken.extend(new)
    return chosen


def _apart(a: Edit, b: Edit) -> bool:
    if (a.filename, a.cell) != (b.filename, b.cell):
        return True
    before = (a.span.end_row, a.span.end_column) < (b.span.start_row, b.span.start_column)
    return before or (b.span.end_row, b.span.end_column) < (a.span.start_row, a.span.start_column)


def _made(fixes: Iterable[Fix], texts: Texts) -> types.WorkspaceEdit:
    changes: dict[str, list[types.TextEdit]] = {}
    for fix in fixes:
        for edit in fix.edits:
            uri, lines = texts.of(edit.filename, edit.cell)
            changes.setdefault(uri, []).append(types.TextEdit(to_range(lines, edit.span, texts.encoding), edit.replacement))
    return types.WorkspaceEdit(changes)


def _silence(
    ours: Diagnostic, theirs: types.Diagnostic, uri: str, lines: Sequence[str], texts: Texts
) -> types.WorkspaceEdit | None:
    """A comment at the end of a line; None where none can stand there."""
    row = theirs.range.start.line
    if row >= len(lines) or lines[row].endswith("\\"):
        return None
    line = lines[row]
    _, mark, listed = line.rpartition("# noqa: ")
    # A list of codes can be longer, but there can't be two.
    more = bool(mark) and all(code.strip().isalnum() for code in listed.split(","))
    comment = f", {ours.code}" if more else f"  # noqa: {ours.code}"
    # Where a string of several lines goes on, it would be none.
    silenced = script("\n".join([*lines[:row], line + comment, *lines[row + 1 :]]))
    heard = silencing(suppressions(silenced), None, row + 1)
    if not any(one.span.start_row == row + 1 and fitting(one, ours.code, ours.name) for one in heard):
        return None
    end = to_position(lines, row + 1, len(line) + 1, texts.encoding)
    return types.WorkspaceEdit({uri: [types.TextEdit(types.Range(end, end), comment)]})


def _once(here: Found) -> Found:
    """One for each code."""
    return list({ours.code: (ours, theirs) for ours, theirs in reversed(here) if ours.code}.values())[::-1]


def _sentence(title: str) -> str:
    return title[:1].upper() + title[1:]


def _wanted(kind: str, params: types.CodeActionParams) -> bool:
    only = params.context.only
    return not only or any(kind == wanted or kind.startswith(f"{wanted}.") for wanted in only)


def _overlap(a: types.Range, b: types.Range) -> bool:
    return (a.start.line, a.start.character) <= (b.end.line, b.end.character) and (b.start.line, b.start.character) <= (
        a.end.line, a.end.character,
    )  # fmt: skip
