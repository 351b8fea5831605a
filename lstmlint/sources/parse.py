"""From text to libcst trees: one for a script, one for each code cell of a notebook."""
from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import libcst

from lstmlint.sources.source import CodeCell, Source

Parser = Callable[[str], libcst.Module]
"""Makes a tree of a text, or raises one of these."""
REJECTIONS = (libcst.ParserSyntaxError, libcst.CSTValidationError)
"""What libcst raises where it doesn't take a text; the second where its own tree can't spell what Python takes."""

_TRUE_DIVISION = re.compile(r"^\s*from\s+__future__\s+import\s[^#\n]*\bdivision\b", re.MULTILINE)
@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """A parsed script or notebook cell; equal only to itself. `python2`: its division floors, its `map` gives a list."""

    source: Source
    cell: CodeCell
    module: libcst.Module
    python2: bool = False


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """What the parser rejects, and where: row and column from 1, the column in code points.

    `remedy`: what was done about it. `left_out`: how many statements have no part in the tree. `is_error`: whether Python rejects
    the text too.
    """

    cell: CodeCell
    row: int
    column: int
    message: str
    remedy: str = ""
    left_out: int = 0
    is_error: bool = True


def is_python2(tree: object) -> bool:
    """Whether what stands in this tree means what it means in Python 2."""
    return isinstance(tree, Tree) and tree.python2


def parse(source: Source, parser: Parser = libcst.parse_module) -> tuple[list[Tree], list[SyntaxProblem]]:
    """The trees of all cells, in order, without what can't be read, and the first problem of each cell that has any."""
    parsed: list[tuple[CodeCell, libcst.Module]] = []
    problems: list[SyntaxProblem] = []
    python2 = False
    for cell in source.cells:
        try:
            parsed.append((cell, parser(cell.text)))
        except REJECTIONS as error:
            # Here, so that what parses need not wait for it.
            from lstmlint.sources.rejected import saved

            rest = saved(cell, error, source.kind, parser)
            python2 = python2 or rest.python2
            parsed.append((rest.cell, rest.module))
            if rest.problem is not None:
                problems.append(rest.problem)
    python2 = python2 and not any(_TRUE_DIVISION.search(cell.text) for cell in source.cells)
    return [Tree(source, cell, module, python2) for cell, module in parsed], problems
