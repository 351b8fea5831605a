"""`%load_ext lstmlint` in IPython and Jupyter: after each cell, what is wrong in it, given the cells that were run before it."""
from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from lstmlint.config import ConfigError, load
from lstmlint.diagnostics import Diagnostic, FileResult
from lstmlint.engine import Run
from lstmlint.output.full import lines_of
from lstmlint.output.style import Style
from lstmlint.sources.notebook import code_cell
from lstmlint.sources.prefilter import names_recurrent
from lstmlint.sources.source import CodeCell, Source
from lstmlint.sources.unread import Unread

MOST = 200
"""So many of the last cells are read."""
NAME = "In"
MAGIC = "lstmlint"


class Session:
    """The cells that a kernel has run, in the order in which it ran them, by their execution counts."""

    def __init__(self, before: Iterable[tuple[int, str]] = ()) -> None:
        self._cells: dict[int, tuple[str, bool]] = {count: (text, True) for count, text in before}
        self._told: set[tuple[object, ...]] = set()
        self.on = True

    def ran(self, count: int, text: str, succeeded: bool = True) -> FileResult | None:
        """A cell was run: what is wrong in it, or because of it, and was not told before."""
        self._cells[count] = text, succeeded
        while len(self._cells) > MOST:
            del self._cells[next(iter(self._cells))]
        if not self.on or not names_recurrent("\n".join(text for text, _ in self._cells.values()).encode()):
            return None
        source = Source(NAME, "notebook", tuple(self._read()))
        try:
            settings = load([], {})
        except ConfigError as error:
            return FileResult(NAME, error=str(error))
        result = Run(settings).check_source(source)
        new = tuple(found for found in result.diagnostics if self._is_new(found))
        self._told.update(map(self._mark, new))
        return replace(result, diagnostics=new).without_findings()

    def _read(self) -> Iterable[CodeCell]:
        last = next(reversed(self._cells))
        for number, (text, succeeded) in self._cells.items():
            if not succeeded and number != last:
                # How far it came, nobody knows: what it mentions may be anything.
                text = Unread(text).statement(text, whole=False) + "\n" * text.count("\n")
            cell = code_cell(number, None, text, number)
            if cell is not None:
                yield cell

    def _is_new(self, found: Diagnostic) -> bool:
        # What the parser says of earlier cells, IPython has said when they were run.
        return found.code != "LST901" and self._mark(found) not in self._told

    def _mark(self, found: Diagnostic) -> tuple[object, ...]:
        text = self._cells[found.cell][0] if found.cell is not None else ""
        return found.code, text, found.span, found.message


def load_extension(shell: Any) -> None:
    """Listen to a shell, from the cells on that it has run already."""
    unload_extension(shell)
    raw = enumerate(getattr(shell.history_manager, "input_hist_raw", ()))
    earlier = [(count, text) for count, text in raw if text and "%load_ext" not in text]
    session = Session(earlier)

    def after(result: Any) -> None:
        info = result.info
        if info is None or not info.store_history or not info.raw_cell or "%load_ext" in info.raw_cell:
            return
        told = session.ran(result.execution_count, info.raw_cell, result.success)
        if told is not None:
            tell(told)

    def magic(line: str) -> None:
        """`%lstmlint off` and `%lstmlint on`."""
        wanted = line.strip().lower()
        if wanted not in ("on", "off"):
            sys.stdout.write("usage: %lstmlint on|off\n")
        session.on = wanted == "on" if wanted in ("on", "off") else session.on

    shell.events.register("post_run_cell", after)
    shell.register_magic_function(magic, "line", MAGIC)
    shell.user_ns_hidden["_lstmlint"] = after


def unload_extension(shell: Any) -> None:
    """Listen no more."""
    after = shell.user_ns_hidden.pop("_lstmlint", None)
    if after is not None:
        shell.events.unregister("post_run_cell", after)


def tell(result: FileResult) -> None:
    """Print below the cell."""
    if result.error is not None:
        sys.stdout.write(f"lstmlint: {result.error}\n")
    colours = type(sys.stdout).__module__.startswith("ipykernel") or sys.stdout.isatty()
    for found in result.diagnostics:
        for line in lines_of(found, result.sources, Style(colours)):
            sys.stdout.write(line + "\n")
