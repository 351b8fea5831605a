"""From text to libcst trees: one for a script, one for each code cell of a notebook."""
from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass

import libcst

from lstmlint.sources.lexing import TOKEN
from lstmlint.sources.source import NEWLINE, CodeCell, Source

_PLACE = re.compile(r"parser error: error at (\d+):(\d+)")


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """A parsed script or notebook cell; equal only to itself."""

    source: Source
    cell: CodeCell
    module: libcst.Module


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """What the parser rejects, and where: row and column from 1, the column in code points."""

    cell: CodeCell
    row: int
    column: int
    message: str


def parse(source: Source) -> tuple[list[Tree], list[SyntaxProblem]]:
    """The trees of all cells that parse, in order, and the problems of the others."""
    trees: list[Tree] = []
    problems: list[SyntaxProblem] = []
    for cell in source.cells:
        try:
            trees.append(Tree(source, cell, libcst.parse_module(cell.text)))
        except libcst.ParserSyntaxError as error:
            problems.append(_problem(cell, error))
    return trees, problems


def _problem(cell: CodeCell, error: libcst.ParserSyntaxError) -> SyntaxProblem:
    row, column, message = _in_words_of_python(cell.text) or _in_words_of_libcst(cell.text, error.message)
    return SyntaxProblem(cell, min(max(row, 1), len(cell.lines())), max(column, 1), message)


def _in_words_of_python(text: str) -> tuple[int, int, str] | None:
    """Where the running Python sees the mistake and what it calls it: it explains better. None if it sees none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except SyntaxError as error:
            return error.lineno or 1, error.offset or 1, error.msg
        except (ValueError, RecursionError, MemoryError):
            pass
    return None


def _in_words_of_libcst(text: str, message: str) -> tuple[int, int, str]:
    """What libcst says. It names the place only in its message, and there the start of the token after the one at fault."""
    after = _PLACE.match(message)
    if after is None:
        return 1, 1, message.removeprefix("tokenizer error: ").partition("\n")[0] or "invalid syntax"
    row, column = int(after[1]), int(after[2])
    lines = NEWLINE.split(text)[:row]
    before = "\n".join([*lines[:-1], lines[-1][:column]])
    tokens = [match for match in TOKEN.finditer(before) if match[0][0] not in "\n#"]
    if not tokens or not lines[-1][:column].strip():
        return row, column + 1, "invalid syntax"
    start = tokens[-1].start()
    return before.count("\n", 0, start) + 1, start - before.rfind("\n", 0, start), f"invalid syntax at {tokens[-1][0][:40]!r}"
