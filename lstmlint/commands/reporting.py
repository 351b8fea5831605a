"""The report of `check`: in which format, where to, and with which words about the whole."""
from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lstmlint.commands import baseline
from lstmlint.commands.base import UsageError

if TYPE_CHECKING:
    from lstmlint.baseline import Admitted
    from lstmlint.config import Settings

WITH_SUMMARY = ("full", "concise")
"""The formats that are for people: what others read must not have a line more."""


def add(check: argparse.ArgumentParser) -> None:
    """Describe the options."""
    check.add_argument("--output-file", metavar="FILE", help="write the report into this file")
    check.add_argument("--statistics", action="store_true", help="print how often each rule spoke instead of the findings")


def report_of(known: Admitted, settings: Settings, options: argparse.Namespace) -> Iterator[str]:
    """The lines to print; with --output-file, only those about the whole."""
    from lstmlint.output.style import Style, wants_colour
    from lstmlint.output.summary import fixable, summary
    from lstmlint.output.summary import statistics as statistics_of

    results, file = known.results, options.output_file
    if options.statistics:
        report: Iterable[str] = statistics_of(results)
    else:
        output = importlib.import_module(f"lstmlint.output.{settings.output_format.replace('-', '_')}")
        report = output.render(results, Style(file is None and wants_colour(sys.stdout), options.unsafe_fixes))
    if file is None:
        yield from report
    else:
        _write(file, "".join(f"{line}\n" for line in report))
    if file is not None or settings.output_format in WITH_SUMMARY:
        yield summary(results, known.admitted)
        yield from fixable(results, options.unsafe_fixes)
        yield from baseline.notes(known)


def _write(path: str, text: str) -> None:
    from lstmlint.sources.write import put

    data = text.encode("utf-8", "backslashreplace")
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            # A terminal or a pipe has no content to replace.
            with open(path, "wb") as stream:
                stream.write(data)
        else:
            put(path, data)
    except OSError as error:
        raise UsageError(f"{path}: not written: {(error.strerror or str(error)).lower()}") from None
