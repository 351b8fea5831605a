"""From a proposal to edits of the text: where each changed node stands, and only what differs of it."""
from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

import libcst as cst
from libcst._nodes.internal import CodegenState

from lstmlint.edits.change import Change, Inserted, Proposal, Replaced
from lstmlint.edits.fix import Edit, Fix
from lstmlint.edits.places import statement_of
from lstmlint.sources.parse import Tree
from lstmlint.sources.source import NEWLINE, CodeCell, Span


class _Recorder(CodegenState):
    """Generates code and notes between which tokens the wanted nodes stand, and how far they are indented."""

    def __init__(self, module: cst.Module, wanted: Iterable[cst.CSTNode]) -> None:
        super().__init__(default_indent=module.default_indent, default_newline=module.default_newline)
        self.wanted = set(wanted)
        self.starts: dict[cst.CSTNode, int] = {}
        self.ends: dict[cst.CSTNode, int] = {}
        self.indents: dict[cst.CSTNode, tuple[str, ...]] = {}

    def before_codegen(self, node: cst.CSTNode) -> None:
        if node in self.wanted and node not in self.starts:
            self.starts[node] = len(self.tokens)
            self.indents[node] = tuple(self.indent_tokens)

    def after_codegen(self, node: cst.CSTNode) -> None:
        if node in self.wanted and node not in self.ends:
            self.ends[node] = len(self.tokens)


class Texts:
    """The text of one tree, with the places of the nodes that are to be changed."""

    def __init__(self, tree: Tree, wanted: Iterable[cst.CSTNode]) -> None:
        self._tree = tree
        self._recorder = _Recorder(tree.module, wanted)
        tree.module._codegen(self._recorder)
        self._offsets = list(accumulate(map(len, self._recorder.tokens), initial=0))
        self._text = "".join(self._recorder.tokens)
        self._lines = [0, *(newline.end() for newline in NEWLINE.finditer(self._text))]

    def edit(self, change: Change) -> Edit | None:
        """The edit that makes `change`; None where the text that was parsed is not what the author wrote there."""
        node = change.site.node
        assert isinstance(node, cst.CSTNode)
        if isinstance(change, Replaced):
            place = self._place(node)
            return None if place is None else self._replaced(node, change.new, *place)
        statement = statement_of(self._tree.module, node)
        place = None if statement is None else self._place(statement.body[0])
        if statement is None or place is None:
            return None
        start = place[0]
        line_start = self._lines[bisect_right(self._lines, start) - 1]
        indent = self._text[line_start:start]
        if indent.strip():
            return None
        if isinstance(change, Inserted):
            return self._edit(start, start, change.code + self._tree.module.default_newline + indent)
        return self._edit(line_start, self._end_of_line(self._place(statement.body[-1])), "")

    def _end_of_line(self, place: tuple[int, int] | None) -> int:
        assert place is not None
        following = bisect_right(self._lines, place[1])
        return self._lines[following] if following < len(self._lines) else len(self._text)

    def _place(self, node: cst.CSTNode) -> tuple[int, int] | None:
        if node not in self._recorder.ends:
            return None
        return self._offsets[self._recorder.starts[node]], self._offsets[self._recorder.ends[node]]

    def _replaced(self, node: cst.CSTNode, new: cst.CSTNode, start: int, end: int) -> Edit | None:
        module = self._tree.module
        state = CodegenState(module.default_indent, module.default_newline)
        state.indent_tokens.extend(self._recorder.indents[node])
        new._codegen(state)
        old_text, text = self._text[start:end], "".join(state.tokens)
        same = _to_a_word(len(os.path.commonprefix((old_text, text))), old_text, text)
        backward = old_text[same:][::-1], text[same:][::-1]
        rest = _to_a_word(len(os.path.commonprefix(backward)), *backward)
        return self._edit(start + same, end - rest, text[same : len(text) - rest])

    def _edit(self, start: int, end: int, replacement: str) -> Edit | None:
        cell = self._tree.cell
        span = Span(*self._row_and_column(start), *self._row_and_column(end))
        if self._text != cell.text or not _as_written(cell, span):
            return None
        return Edit(self._tree.source.filename, cell.number, span, replacement)

    def _row_and_column(self, offset: int) -> tuple[int, int]:
        row = bisect_right(self._lines, offset)
        return row, offset - self._lines[row - 1] + 1


def _to_a_word(same: int, old: str, new: str) -> int:
    """How much of what two texts have in common at the beginning, so that no word is taken apart."""
    if any(_is_in_word(text, same) for text in (old, new)):
        while same and (old[same - 1].isalnum() or old[same - 1] == "_"):
            same -= 1
    return same


def _is_in_word(text: str, at: int) -> bool:
    around = text[max(at - 1, 0) : at + 1]
    return len(around) == 2 and all(c.isalnum() or c == "_" for c in around)


def _as_written(cell: CodeCell, span: Span) -> bool:
    """Whether the author wrote what was parsed, on all lines that are touched."""
    if cell.text is cell.original or cell.text == cell.original:
        return True
    parsed, original = (NEWLINE.split(text)[span.start_row - 1 : span.end_row] for text in (cell.text, cell.original))
    return parsed == original


def offset_of(text: str, row: int, column: int) -> int | None:
    """Where in `text` a row and column (from 1) are; None where it has no such place."""
    starts = [0, *(newline.end() for newline in NEWLINE.finditer(text))]
    if row > len(starts):
        return None
    offset = starts[row - 1] + column - 1
    return offset if offset <= len(text) else None


def fixes(proposals: Iterable[Proposal]) -> dict[Proposal, Fix]:
    """The proposals as edits, without those that can't be spelled; one pass over each tree that is to be changed."""
    proposed = list(proposals)
    wanted: dict[Tree, list[cst.CSTNode]] = {}
    for one in proposed:
        for change in one.changes:
            tree, node = change.site.tree, change.site.node
            if isinstance(tree, Tree) and isinstance(node, cst.CSTNode):
                nodes = wanted.setdefault(tree, [])
                statement = None if isinstance(change, Replaced) else statement_of(tree.module, node)
                nodes.extend([node] if statement is None else [statement.body[0], statement.body[-1]])
    texts = {tree: Texts(tree, nodes) for tree, nodes in wanted.items()}
    made: dict[Proposal, Fix] = {}
    for one in proposed:
        edits = [
            texts[change.site.tree].edit(change) if isinstance(change.site.tree, Tree) else None for change in one.changes
        ]
        known = tuple(edit for edit in edits if edit is not None)
        if len(known) == len(edits):
            made[one] = Fix(one.title, one.safe, known)
    return made
