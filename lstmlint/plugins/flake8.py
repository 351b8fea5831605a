"""The flake8 plugin: errors and warnings of all rules, by the codes LST, in one pass over the file."""
from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Sequence
from functools import lru_cache

from lstmlint import __version__
from lstmlint.config import ConfigError, Settings, load
from lstmlint.diagnostics import FileResult
from lstmlint.engine import Run, check_files
from lstmlint.sources.read import encode


class Checker:
    """What flake8 makes for each file. Settings come from where `lstmlint check` would take them."""

    name = "lstmlint"
    version = __version__

    def __init__(self, tree: ast.AST, filename: str, lines: Sequence[str]) -> None:
        # flake8 calls a plugin once for each file because it asks for the tree.
        self._filename = filename
        self._lines = lines

    def run(self) -> Iterator[tuple[int, int, str, type[Checker]]]:
        """Row from 1, column from 0, text."""
        try:
            result = self._result()
        except ConfigError as error:
            yield 1, 0, f"LST900 lstmlint's settings: {error}", type(self)
            return
        if result.error is not None:
            yield 1, 0, f"LST900 {result.error}", type(self)
        own = os.path.realpath(self._filename)
        for diagnostic in result.diagnostics:
            # flake8 reports on the file that it is at.
            if diagnostic.severity != "info" and os.path.realpath(diagnostic.filename) == own:
                text = f"{diagnostic.code} {diagnostic.message}"
                text = f"{text} ({diagnostic.help})" if diagnostic.help else text
                yield diagnostic.span.start_row, diagnostic.span.start_column - 1, text, type(self)

    def _result(self) -> FileResult:
        settings = _settings(os.path.dirname(os.path.abspath(self._filename)))
        if os.path.isfile(self._filename):
            (result,) = check_files([self._filename], settings, [self._filename], cache_folder="")
            return result
        return Run(settings).check(encode("".join(self._lines)), self._filename, None)


@lru_cache(maxsize=64)
def _settings(folder: str) -> Settings:
    return load([folder], {})
