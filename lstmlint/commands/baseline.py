"""The options of `check` about the baseline."""
from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from lstmlint.commands.base import UsageError

if TYPE_CHECKING:
    from lstmlint.baseline import Admitted, Entry
    from lstmlint.config import Settings
    from lstmlint.diagnostics import FileResult


def add(check: argparse.ArgumentParser) -> None:
    """Describe the options."""
    check.add_argument("--baseline", type=_path, metavar="FILE", help="don't report what is admitted in this file")
    change = check.add_mutually_exclusive_group()
    change.add_argument("--update-baseline", action="store_true", help="admit all that is found, and report nothing")
    change.add_argument("--prune-baseline", action="store_true", help="remove from the baseline what is no longer found")


def _path(text: str) -> str:
    return os.path.abspath(text) if text else ""


def check_usage(options: argparse.Namespace, settings: Settings, reads_stdin: bool) -> None:
    """Raises UsageError where the options don't go together."""
    for name in ("update_baseline", "prune_baseline"):
        if getattr(options, name):
            option = f"--{name.replace('_', '-')}"
            if not settings.baseline:
                raise UsageError(f"{option} needs --baseline FILE, or a baseline in the settings")
            if reads_stdin or options.watch or options.statistics:
                raise UsageError(f"{option} goes with files and folders, not with - or --watch or --statistics")


def applied(results: Sequence[FileResult], settings: Settings) -> Admitted:
    """The results without what is admitted."""
    from lstmlint.baseline import Admitted, admit

    if not settings.baseline:
        return Admitted(list(results), 0, Counter())
    return admit(results, _entries(settings), settings.baseline_file)


def rewrite(results: Sequence[FileResult], settings: Settings, prune: bool) -> str:
    """Write the baseline anew; says what is in it."""
    from lstmlint.baseline import BaselineError, admit, updated, write_baseline

    path = settings.baseline_file
    old = _entries(settings, may_be_missing=not prune)
    new = old - admit(results, old, path).stale if prune else updated(results, old, path)
    try:
        write_baseline(path, new)
    except BaselineError as error:
        raise UsageError(str(error)) from None
    gone = sum((old - new).values())
    removed = f", {gone} removed" if gone else ""
    return f"{os.path.relpath(path)}: {_count(sum(new.values()))} admitted{removed}."


def notes(known: Admitted) -> Iterator[str]:
    """What is to be said of the baseline itself."""
    stale = sum(known.stale.values())
    if stale:
        yield f"Of the baseline, {_count(stale)} {'is' if stale == 1 else 'are'} no longer there; --prune-baseline removes them."


def _entries(settings: Settings, may_be_missing: bool = False) -> Counter[Entry]:
    from lstmlint.baseline import BaselineError, read_baseline

    if may_be_missing and not os.path.exists(settings.baseline_file):
        return Counter()
    try:
        return read_baseline(settings.baseline_file)
    except BaselineError as error:
        raise UsageError(str(error)) from None


def _count(number: int) -> str:
    return "1 finding" if number == 1 else f"{number} findings"
