"""Code actions: each fix, all safe ones, silence, and the rule's page."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lsprotocol import types

from lstmlint.diagnostics import Diagnostic
from lstmlint.edits.fix import Edit, Fix
from lstmlint.server.diagnostics import Texts
from lstmlint.server.positions import to_position, to_range
from lstmlint.sources.suppressions import suppressed

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
            silence = _silence(ours.code, params.text_document.uri, theirs.range.start.line, lines, texts)
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


def _silence(code: str, uri: str, row: int, lines: Sequence[str], texts: Texts) -> types.WorkspaceEdit | None:
    """A comment at the end of a line; None where none can stand there."""
    if row >= len(lines):
        return None
    line = lines[row]
    # Behind a backslash, or where a string of several lines goes on, there are no comments.
    if line.endswith("\\") or line.count('"""') % 2 or line.count("'''") % 2 or suppressed(line, code):
        return None
    end = to_position(lines, row + 1, len(line) + 1, texts.encoding)
    # More codes can be added to a list, which a later comment can't.
    comment = f", {code}" if line.rstrip() == line and _lists_codes(line) else f"  # noqa: {code}"
    return types.WorkspaceEdit({uri: [types.TextEdit(types.Range(end, end), comment)]})


def _lists_codes(line: str) -> bool:
    _, mark, codes = line.rpartition("# noqa: ")
    return bool(mark) and all(code.strip().isalnum() for code in codes.split(","))


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
