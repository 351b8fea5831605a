"""`lstmlint check --add-noqa`: silence what is found."""
from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from lstmlint.commands import baseline
from lstmlint.commands.base import FAILED, NOTHING_FOUND, Outcome, UsageError, complain

if TYPE_CHECKING:
    from lstmlint.config import Settings
    from lstmlint.diagnostics import FileResult


def add(check: argparse.ArgumentParser) -> None:
    """Describe the option."""
    check.add_argument("--add-noqa", action="store_true", help="put a # noqa on the line of each error and warning")


def check_usage(options: argparse.Namespace, reads_stdin: bool, fixes: bool) -> None:
    """Raises UsageError where the options don't go together."""
    others = reads_stdin or fixes or options.watch or options.update_baseline or options.prune_baseline
    if options.add_noqa and others:
        raise UsageError("--add-noqa goes with files and folders, and not with --fix, --diff, --watch or changes of the baseline")


def run(results: Sequence[FileResult], settings: Settings, alone: Sequence[str], own: Mapping[str, Settings]) -> Outcome:
    """Silence what the baseline doesn't admit."""
    from lstmlint.fixes.silence import silence

    done = silence(baseline.applied(results, settings).results, settings, alone, own)
    for place, reason in done.refused:
        complain(f"{place}: {reason}")
    failed = bool(done.refused) or any(result.error is not None for result in results)
    findings = "1 finding" if done.made == 1 else f"{done.made} findings"
    files = "1 file" if len(done.files) == 1 else f"{len(done.files)} files"
    return FAILED if failed else NOTHING_FOUND, [f"Silenced {findings} in {files}." if done.made else "Nothing to silence."]
