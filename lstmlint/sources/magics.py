"""What IPython takes in a cell besides Python: magics, shell lines, help, prompts. Read as IPython reads it, row for row."""
from __future__ import annotations

import ast
import os
import re
import warnings
from collections.abc import Iterator

from lstmlint.sources.lexing import CLOSERS, OPENERS, QUOTES, TOKEN, logical_line
from lstmlint.sources.source import Columns
from lstmlint.sources.unread import Unread, indentation

TRANSPARENT = frozenset("time timeit capture prun debug memit mprun lprun snakeviz scalene heat wandb notify pyinstrument".split())  # noqa: SIM905
"""Cell magics whose body is Python that runs in the notebook's own namespace."""
FOREIGN = frozenset(
    """
    bash sh script cmd system sx powershell html HTML javascript js latex markdown svg css writefile file writetemplate python
    python2 python3 pypy perl ruby cython cython_inline R sql bigquery julia octave cpp cu nvcc shell gcc ai tikz dot mermaid
    """.split()  # noqa: SIM905
)
"""Cell magics whose body is something else, or runs elsewhere."""
AUTOMAGIC = frozenset(
    """
    alias autocall autoreload bookmark cat cd clear conda config cp dhist dirs env history ldir less lf lk ll load load_ext ls
    lsmagic lx magic mamba man matplotlib micromamba mkdir more mv notebook pdoc pip popd precision prun psearch psource pushd pwd
    pycat pylab rehashx reload_ext rep reset rm rmdir run save store sx system tb time timeit uv who whos xmode
    """.split()  # noqa: SIM905
)
"""What a cell of one line may begin with without `%` or `!`."""

_MAY_DIFFER = re.compile(
    r"[%!?]|^[ \t]*[,;/]|>>>|In \[\d+\]:|^[ \t]*\.{3,}:|\A(?:[ \t]*\r?\n)*[ \t]+\S|\A\s*\w+[ \t]+[^\n]*\s*\Z", re.MULTILINE
)
_CELL_MAGIC = re.compile(r"%%(\w+)(\?*)(.*)")
_TIME = re.compile(r"%time[ \t](?=[ \t]*[^\s-])")
_HELP = re.compile(r"%{0,2}(?!\d)[\w*]+(?:\.(?!\d)[\w*]+|\[-?[0-9]+\])*\?\??$")
_ASSIGNS = re.compile(r"(?<![=!<>+\-*/%&|^@:~])=(?!=)")
_CLASSIC_FIRST = re.compile(r"\s*>>>[ \t]?")
_CLASSIC_NEXT = re.compile(r"\s*\.\.\.[ \t]?")
_PROMPT = re.compile(r"(?:(?:\[(?:nav|ins)\])? )?In \[\d+\]: |\s*\.{3,}: ?")
_STORED = re.compile(r"%store\s+-r\s+([\w \t]+)")
_OUTPUT = re.compile(r"(?:^|\s)(?:--?(?:out|err|o|to)[ =]?\s*)?([^\W\d]\w*)(?=\s|$|<<)")
_AUTOMAGIC = re.compile(r"\s*(\w+)[ \t]+(?![=,!()<>+*/%^&|])")


def as_python(text: str) -> tuple[str, Columns] | None:
    """The cell's text as Python of the same rows, and where its columns were. None where the whole cell is something else."""
    columns = Columns()
    if not _MAY_DIFFER.search(text):
        return text, columns
    lines = text.split("\n")
    python = _Cell(lines, columns, 0).python(Unread(text))
    return None if python is None else ("\n".join(python), columns)


def has_magics(text: str) -> bool:
    """Whether a script has lines that only IPython takes."""
    return any(line.lstrip()[:1] in ("%", "!") for line in text.split("\n"))


class _Cell:
    """The lines of a cell from row `start` (from 0) on, on their way to Python."""

    def __init__(self, lines: list[str], columns: Columns, start: int) -> None:
        self.lines = lines
        self.columns = columns
        self.start = next((row for row in range(start, len(lines)) if lines[row].strip()), len(lines))
        self.cut = [0] * len(lines)
        """How much of each line's beginning was cut off."""

    def python(self, unread: Unread) -> list[str] | None:
        """All lines, this cell's as Python."""
        if self.start == len(self.lines):
            return self.lines
        self._dedent()
        self._strip_prompts()
        for row in range(self.start, len(self.lines)):
            self.columns.changed(row + 1, 0, self.cut[row], 0)
        magic = _CELL_MAGIC.match(self.lines[self.start])
        if magic and not magic[2]:
            return self._under(magic[1], magic[3].strip(), unread)
        for first, last in self._logical_lines():
            self._replace(first, last, unread)
        self._automagic()
        return self.lines

    def _under(self, magic: str, options: str, unread: Unread) -> list[str] | None:
        row = self.start
        if magic in TRANSPARENT:
            captured = re.match(r"(?:--?\w[\w-]*\s+)*([^\W\d]\w*)$", options) if magic == "capture" else None
            self._put(row, row, 0, f"{captured[1]} = get_ipython()" if captured else "pass")
            return _Cell(self.lines, self.columns, row + 1).python(unread)
        if magic in FOREIGN:
            bound = [] if magic in ("writefile", "file") else _OUTPUT.findall(options)
            if not bound:
                return None
            instead = "".join(f"{name} = " for name in dict.fromkeys(bound)) + "get_ipython()"
        else:
            instead = unread.statement("\n".join([options, *self.lines[row + 1 :]]), whole=False)
        self._put(row, len(self.lines) - 1, 0, instead)
        return self.lines

    def _dedent(self) -> None:
        filled = [line for line in self.lines[self.start :] if line.strip()]
        margin = os.path.commonprefix([indentation(line) for line in filled])
        # Before version 9, IPython took the first line's indentation from all lines that have it.
        for space in (margin, indentation(filled[0])[len(margin) :]):
            if space:
                for row in range(self.start, len(self.lines)):
                    if self.lines[row].startswith(space):
                        self._cut(row, len(space))

    def _strip_prompts(self) -> None:
        rows = range(self.start, len(self.lines))
        if any(">>>" in self.lines[row] for row in rows):
            code = [row for row in rows if row not in self._rows_in_strings()]
            if any(_CLASSIC_FIRST.match(self.lines[row]) for row in code):
                for row in code:
                    prompt = _CLASSIC_FIRST.match(self.lines[row]) or _CLASSIC_NEXT.match(self.lines[row])
                    if prompt:
                        self._cut(row, prompt.end())
                margin = os.path.commonprefix([indentation(self.lines[row]) for row in code if self.lines[row].strip()])
                for row in code:
                    if self.lines[row].startswith(margin):
                        self._cut(row, len(margin))
        if any(_PROMPT.match(line) for line in self.lines[self.start : self.start + 2]):
            for row in rows:
                prompt = _PROMPT.match(self.lines[row])
                if prompt:
                    self._cut(row, prompt.end())

    def _rows_in_strings(self) -> set[int]:
        """The rows that begin within a string of several lines that is a statement by itself: text, not code."""
        rows: set[int] = set()
        row = self.start
        fresh = True
        for match in TOKEN.finditer("\n".join(self.lines[self.start :])):
            count = match[0].count("\n")
            if fresh and match[0][-1] in QUOTES:
                rows.update(range(row + 1, row + count + 1))
            row += count
            fresh = match[0][0] == "\n"
        return rows

    def _cut(self, row: int, count: int) -> None:
        self.lines[row] = self.lines[row][count:]
        self.cut[row] += count

    def _put(self, first: int, last: int, start: int, instead: str) -> None:
        """Put `instead` in place of what stands from column `start` of one row to the end of another."""
        line = self.lines[first]
        cut = self.cut[first]
        self.columns.changed(first + 1, cut + start, cut + len(line), len(instead))
        self.lines[first] = line[:start] + instead
        for row in range(first + 1, last + 1):
            self.lines[row] = ""

    def _logical_lines(self) -> Iterator[tuple[int, int]]:
        """The rows that each logical line starts and ends on; what was yielded may be replaced before going on."""
        row = self.start
        while row < len(self.lines):
            if not self.lines[row].strip():
                row += 1
                continue
            if self.lines[row].lstrip()[0] in "%!?,;/":
                last = self._continued(row)
            else:
                last = logical_line(self.lines, row)[0] - 1
                captured = self._capture(row, last)
                if captured is not None:
                    last = self._continued(captured[0])
            yield row, last
            row = last + 1

    def _continued(self, row: int) -> int:
        """The last row of a command that goes on behind backslashes."""
        while self.lines[row].rstrip("\r").endswith("\\") and row + 1 < len(self.lines):
            row += 1
        return row

    def _capture(self, first: int, last: int) -> tuple[int, int] | None:
        """The row and column of the `%` or `!` whose result a logical line assigns."""
        depth = 0
        row = first
        line_start = 0
        text = "\n".join(self.lines[first : last + 1])
        if "%" not in text and "!" not in text:
            return None
        for match in TOKEN.finditer(text):
            token = match[0]
            if "\n" in token:
                row += token.count("\n")
                line_start = match.start() + token.rfind("\n") + 1
            elif token in OPENERS:
                depth += 1
            elif token in CLOSERS:
                depth = max(depth - 1, 0)
            elif token == "=" and not depth and _ASSIGNS.match(text, match.start()):
                rest = re.match(r"[ \t]*(%[ \t]*[^\W\d]|!(?!=))", text[match.end() :])
                if rest is None:
                    return None
                return row, match.end() + rest.start(1) - line_start
        return None

    def _replace(self, first: int, last: int, unread: Unread) -> None:
        line = self.lines[first]
        space = len(indentation(line))
        body = line[space:].rstrip()
        if _ends_with_help(self.lines[first : last + 1]):
            self._put(first, last, space, "pass")
        elif body[0] in "%!?":
            timed = _TIME.match(body)
            stored = _STORED.match(body)
            if timed:
                # As long as what it replaces, so that the statement that is timed stays where it is.
                self.lines[first] = f"{line[:space]}pass; {line[space + timed.end() :]}"
            elif stored:
                self._put(first, last, space, "".join(f"{name} = " for name in stored[1].split()) + "get_ipython()")
            else:
                self._put(first, last, space, "pass")
        elif body[0] in ",;/":
            self._put(first, last, space, unread.statement(body[1:], whole=False))
        else:
            captured = self._capture(first, last)
            if captured is not None:
                # IPython binds the name to what such a line returns, which nobody can know.
                self._put(captured[0], last, captured[1], "get_ipython()")

    def _automagic(self) -> None:
        filled = [row for row in range(self.start, len(self.lines)) if self.lines[row].strip()]
        if len(filled) != 1:
            return
        line = self.lines[filled[0]]
        word = _AUTOMAGIC.match(line)
        if word and word[1] in AUTOMAGIC and not _is_python(line.strip()):
            self._put(filled[0], filled[0], len(indentation(line)), "pass")


def _ends_with_help(lines: list[str]) -> bool:
    text = "\n".join(lines).rstrip()
    if not text.endswith("?") or not _HELP.search(text):
        return False
    tokens = [match[0] for match in TOKEN.finditer(text)]
    return tokens[-1] == "?"


def _is_python(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True
