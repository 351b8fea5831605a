"""Text that Python rejects, as text that it takes: what can't be read makes way, statement by statement; rows stay where they are.

The text is cut into statements at their indentation, each is parsed by itself, and only those that fail are cut further. What is
parsed in all is bounded; past that, the rest of a block makes way as a whole.
"""
from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import libcst

from lstmlint.sources.lexing import QUOTES, TOKEN, logical_line
from lstmlint.sources.parse import REJECTIONS, Parser
from lstmlint.sources.python2 import may_be_old, translated
from lstmlint.sources.source import NEWLINE, Columns
from lstmlint.sources.unread import Unread, indentation

PARSES = 6
"""So many times the text's length is parsed at most."""
QUOTES_TRIED = 10
"""How many openings of strings are tried as the one that is never closed."""

_FIRST_WORD = re.compile(r"\s*(?:async[ \t]+(?=def\b|for\b|with\b))?(\w+|@)")
_COMPOUND = frozenset(("if", "for", "while", "with", "try", "def", "class", "elif", "else", "except", "finally", "match", "case"))
_CLAUSES = frozenset(("elif", "else", "except", "finally"))
_ENDS_OPEN = re.compile(r":\s*(?:#.*)?$")
_CLOSES = re.compile(r"\s*[)\]}]")


@dataclass(slots=True)
class Recovered:
    """A text that parses, and back to which columns each change leads, the last one first.

    `left_out`: how many statements make way in it. `old`: how many were read as Python 2 reads them. `respelled`: how many were
    read with plain spaces, or with names that are no keywords yet.
    """

    text: str
    columns: tuple[Columns, ...] = ()
    left_out: int = 0
    old: int = 0
    respelled: int = 0


@dataclass(frozen=True, slots=True)
class _Line:
    """A logical line: its rows (from 0, the end exclusive), how wide its indentation is, its first word."""

    start: int
    end: int
    indent: int
    word: str


class _Spent(Exception):
    """As much was parsed as may be."""


def recover(text: str, parser: Parser = libcst.parse_module) -> tuple[Recovered, libcst.Module]:
    """A text of the same rows that can be parsed, and its tree."""
    recovery = _Recovery(text)
    recovery.run()
    changes = tuple(columns for columns in reversed(recovery.changes) if columns)
    recovered = Recovered("\n".join(recovery.lines), changes, recovery.left_out, recovery.old, recovery.respelled)
    try:
        return recovered, parser(recovered.text)
    except REJECTIONS:
        nothing = Unread(text).statement(text) + "\n" * (len(recovery.lines) - 1)
        return Recovered(nothing, (), 1), libcst.parse_module(nothing)


class _Recovery:
    def __init__(self, text: str) -> None:
        self.lines = NEWLINE.split(text)
        self.changes = [Columns(), Columns(), Columns()]
        """By expanding tabs, by translation, by dedenting."""
        self.left_out = 0
        self.old = 0
        self.respelled = 0
        self.unread = Unread(text)
        self.left = PARSES * (len(text) + 2000)

    def run(self) -> None:
        """Mend all lines."""
        everything = (0, len(self.lines))
        try:
            self._drop_lone_backslashes()
            self._close_string()
            expanded = self._expand_tabs()
            self._translate()
            if (expanded or self.old or self.respelled) and self._parses(self._text(*everything)):
                return
        except _Spent:
            pass
        self._mend(*everything, "")

    def _text(self, start: int, end: int) -> str:
        return "\n".join(self.lines[start:end])

    def _parses(self, text: str) -> bool:
        self.left -= len(text)
        if self.left < 0:
            raise _Spent
        return _is_sound(text)

    # What is changed on the whole.

    def _drop_lone_backslashes(self) -> None:
        """A line that continues nothing."""
        for row, line in enumerate(self.lines):
            if line.strip() == "\\" and not (row and self.lines[row - 1].endswith("\\")):
                self.lines[row] = ""
                self.respelled += 1

    def _close_string(self) -> None:
        """Where a string of several lines is never closed, it is taken to end on its line, if the rest is Python then."""
        text = self._text(0, len(self.lines))
        openings: list[int] = []
        for match in TOKEN.finditer(text):
            token = match[0]
            if token in ('""', "''") and text[match.end() : match.end() + 1] == token[0]:
                openings.append(match.start())
                break
            if "\n" in token and token[-1] in QUOTES:
                openings.append(match.start())
        else:
            return
        rows = [text.count("\n", 0, at) for at in openings]
        for row in rows[-QUOTES_TRIED:]:
            line = self.lines[row]
            instead = self._instead(line)
            if python_takes("\n".join([*self.lines[:row], instead, *self.lines[row + 1 :]])):
                self.lines[row] = instead
                self.left_out += 1
                return
        self._drop(rows[-1], len(self.lines), indentation(self.lines[rows[-1]]))

    def _expand_tabs(self) -> bool:
        """Tabs mixed with spaces, as Python 2 took them: to the next column that eight divides."""
        spaces = {character for line in self.lines if line.strip() for character in indentation(line)}
        if not spaces > {"\t"}:
            return False
        for row, line in enumerate(self.lines):
            written = indentation(line)
            if "\t" in written:
                expanded = written.expandtabs(8)
                self.lines[row] = expanded + line[len(written) :]
                self.changes[0].changed(row + 1, 0, len(written), len(expanded))
        return True

    def _translate(self) -> None:
        """Statements that only Python 2 takes, as Python 3."""
        row = 0
        while row < len(self.lines):
            if not self.lines[row].strip():
                row += 1
                continue
            end, _ = logical_line(self.lines, row)
            text = self._text(row, end)
            if may_be_old(text) and not self._parses(_by_itself(text)):
                self._translate_line(row, end, text)
            row = end

    def _translate_line(self, row: int, end: int, text: str) -> None:
        edits, is_old = translated(text)
        new = text
        for start, stop, instead in reversed(edits):
            new = new[:start] + instead + new[stop:]
        if not edits or new.count("\n") != text.count("\n") or not self._parses(_by_itself(new)):
            return
        for start, stop, instead in edits:
            line_start = text.rfind("\n", 0, start) + 1
            at = row + text.count("\n", 0, start)
            self.changes[1].changed(at + 1, start - line_start, stop - line_start, len(instead))
        self.lines[row:end] = new.split("\n")
        self.old += is_old
        self.respelled += not is_old

    # What is changed statement by statement.

    def _mend(self, start: int, end: int, space: str) -> None:
        """Make these rows a block of statements with the indentation `space`."""
        at = start
        try:
            for group in self._statements(start, end, len(space)):
                at = group[0].start
                self._mend_statement(group, space)
                at = group[-1].end
        except _Spent:
            if self._text(at, end).strip():
                self._drop(at, end, space)

    def _statements(self, start: int, end: int, indent: int) -> Iterator[list[_Line]]:
        """The logical lines of each statement with its block and clauses."""
        group: list[_Line] = []
        for line in self._within_blocks(list(self._logical_lines(start, end)), indent):
            joins = group and (
                line.indent > indent
                or group[-1].word == "@"
                or (line.word in _CLAUSES and line.indent == group[0].indent and group[0].word in _COMPOUND)
            )
            if joins:
                group.append(line)
            else:
                if group:
                    yield group
                group = [line]
        if group:
            yield group

    def _within_blocks(self, lines: list[_Line], indent: int) -> Iterator[_Line]:
        """The lines; one that stands too far left for the block before and behind it makes way within that."""
        for before, line, after in zip([None, *lines], lines, [*lines[1:], None]):
            if (
                before is not None
                and after is not None
                and line.indent <= indent < min(before.indent, after.indent)
                and line.word not in _COMPOUND
                and line.word != "@"
                and not _ENDS_OPEN.search(self.lines[line.end - 1])
            ):
                self._drop(line.start, line.end, indentation(self.lines[after.start]))
                yield replace(line, indent=after.indent)
            else:
                yield line

    def _logical_lines(self, start: int, end: int) -> Iterator[_Line]:
        row = start
        while row < end:
            line = self.lines[row]
            if not line.strip() or line.lstrip()[0] == "#":
                row += 1
                continue
            after, complete = logical_line(self.lines, row, end)
            space = indentation(line)
            word = _FIRST_WORD.match(line)
            if not complete:
                self.left -= sum(map(len, self.lines[row:after])) // 8
                after = self._open_end(row, after, len(space))
            yield _Line(row, after, len(space), word[1] if word else "")
            row = after

    def _open_end(self, row: int, limit: int, indent: int) -> int:
        """Where a logical line ends whose brackets don't: before the next that stands no deeper, or after a header."""
        word = _FIRST_WORD.match(self.lines[row])
        if word and word[1] in _COMPOUND and _ENDS_OPEN.search(self.lines[row]):
            return row + 1
        for next_row in range(row + 1, max(limit, row + 1)):
            line = self.lines[next_row]
            if line.strip() and len(indentation(line)) <= indent and not _CLOSES.match(line):
                return next_row
        return max(limit, row + 1)

    def _mend_statement(self, group: list[_Line], space: str) -> None:
        first, last = group[0], group[-1]
        if first.indent == len(space) and self._parses(_in_a_block(self._text(first.start, last.end), space)):
            return
        if first.indent < len(space):
            self._drop(first.start, last.end, space)
        elif first.indent > len(space):
            self._dedent(first.start, last.end, space)
        elif first.word in _COMPOUND or first.word == "@" or _ENDS_OPEN.search(self._text(first.start, first.end)):
            self._mend_compound(group, space)
        else:
            if len(group) == 1 or not self._parses(_in_a_block(self._text(first.start, first.end), space)):
                self._drop(first.start, first.end, space)
            if len(group) > 1:
                self._dedent(group[1].start, last.end, space)

    def _dedent(self, start: int, end: int, space: str) -> None:
        """Take a block whose indentation nothing explains to stand as what is before it."""
        deeper = indentation(self.lines[next(row for row in range(start, end) if self.lines[row].strip())])
        for row in range(start, end):
            if self.lines[row].startswith(deeper):
                self.lines[row] = space + self.lines[row][len(deeper) :]
                self.changes[2].changed(row + 1, 0, len(deeper), len(space))
        self.left_out += 1
        self._mend(start, end, space)

    def _mend_compound(self, group: list[_Line], space: str) -> None:
        clauses = _clauses(group)
        if group[0].word in _CLAUSES or (group[0].word == "try" and not _is_handled(clauses)):
            # Under which condition its block runs, or what of its failures is caught, can't be told.
            self._drop(group[0].start, group[-1].end, space)
            return
        for head, body in clauses:
            if not body and _ENDS_OPEN.search(self._text(head[0].start, head[-1].end)):
                # Whoever types it has not come to its block.
                if head[-1].word in ("def", "class", "match"):
                    self._drop(group[0].start, group[-1].end, space)
                    return
                self.lines[head[-1].end - 1] = _without_comment(self.lines[head[-1].end - 1]) + " pass"
                self.left_out += 1
            text = self._text(head[0].start, head[-1].end)
            if not self._parses(_by_itself(text, with_block=bool(body))):
                instead = self.unread.header(text) if head[0].word != "@" else None
                if instead is None:
                    self._drop(group[0].start, group[-1].end, space)
                    return
                self._put(head[0].start, head[-1].end, space + instead + ("" if body else " pass"))
        outlined = "\n".join(
            self._text(head[0].start, head[-1].end) + (f"\n{space} pass" if body else "") for head, body in clauses
        )
        if not self._parses(_in_a_block(outlined, space)):
            self._drop(group[0].start, group[-1].end, space)
            return
        for _, body in clauses:
            if body:
                self._mend(body[0].start, body[-1].end, indentation(self.lines[body[0].start]))

    def _put(self, start: int, end: int, line: str) -> None:
        self.lines[start:end] = [line] + [""] * (end - start - 1)
        self.left_out += 1

    def _drop(self, start: int, end: int, space: str) -> None:
        self._put(start, end, space + self._instead(self._text(start, end)).lstrip())

    def _instead(self, text: str) -> str:
        return indentation(text) + self.unread.statement(text)


def _clauses(group: list[_Line]) -> list[tuple[list[_Line], list[_Line]]]:
    """The header (with decorators) and the block of each clause of a statement."""
    clauses: list[tuple[list[_Line], list[_Line]]] = []
    for line in group:
        if line.indent > group[0].indent:
            clauses[-1][1].append(line)
        elif clauses and not clauses[-1][1] and clauses[-1][0][-1].word == "@":
            clauses[-1][0].append(line)
        else:
            clauses.append(([line], []))
    return clauses


def _is_handled(clauses: list[tuple[list[_Line], list[_Line]]]) -> bool:
    return any(head[0].word in ("except", "finally") for head, _ in clauses)


def _without_comment(line: str) -> str:
    for match in TOKEN.finditer(line):
        if match[0][0] == "#":
            return line[: match.start()].rstrip()
    return line.rstrip()


def _by_itself(text: str, with_block: bool | None = None) -> str:
    """A logical line as a program of its own: with what must stand before it, and a block if it asks for one."""
    text = text[len(indentation(text)) :]
    found = _FIRST_WORD.match(text)
    word = found[1] if found else ""
    if with_block or (with_block is None and _ENDS_OPEN.search(text)):
        text += "\n pass"
    if word == "try":
        text += "\nfinally: pass"
    elif word == "@" and with_block is None:
        text += "\ndef f(): pass"
    elif word in ("elif", "else"):
        text = f"if 1: pass\n{text}"
    elif word in ("except", "finally"):
        text = f"try: pass\n{text}"
    elif word == "case" and _ENDS_OPEN.search(text.removesuffix("\n pass")):
        indented = text.replace("\n", "\n ")
        text = f"match 1:\n {indented}"
    return text


def _in_a_block(text: str, space: str) -> str:
    return f"if 1:\n{text}" if space else text


# While somebody types, it is the same statements that are tried again and again.
@lru_cache(maxsize=1024)
def _is_sound(text: str) -> bool:
    try:
        libcst.parse_module(text)
    except REJECTIONS:
        return False
    return True


def python_takes(text: str) -> bool:
    """Whether Python takes a text. Like parsing it, but seven times as fast; newer syntax than the running Python's is rejected."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True
