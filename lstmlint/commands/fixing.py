"""`lstmlint check --fix` and `--diff`: correct what was found, or show how."""
from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from lstmlint.commands import baseline
from lstmlint.commands.base import FAILED, FOUND, NOTHING_FOUND, Outcome, complain

if TYPE_CHECKING:
    from lstmlint.config import Settings
    from lstmlint.diagnostics import FileResult

Report = Callable[[Sequence["FileResult"]], Outcome]
"""What is left, as the command says it where nothing is fixed."""


def add(check: argparse.ArgumentParser) -> None:
    """Describe the options."""
    check.add_argument("--fix", action="store_true", help="correct in the files what can safely be corrected")
    check.add_argument("--unsafe-fixes", action="store_true", help="also where something is guessed: look at what it did")
    check.add_argument("--diff", action="store_true", help="show what --fix would change, and change nothing")
    check.add_argument("--fix-only", action="store_true", help="as --fix, without a word about what is left")
    check.add_argument("--exit-non-zero-on-fix", action="store_true", help="exit with 1 where anything was corrected")


def is_wanted(options: argparse.Namespace) -> bool:
    """Whether anything is to be corrected, or shown how."""
    return bool(options.fix or options.fix_only or options.diff)


def run(
    results: Sequence[FileResult],
    settings: Settings,
    alone: Sequence[str],
    options: argparse.Namespace,
    given: Mapping[str, bytes],
    own: Mapping[str, Settings],
    report: Report,
) -> Outcome:
    """Correct what was found. What was read from standard input (`given`) goes to standard output."""
    from lstmlint.fixes.run import fix_results

    def unadmitted(result: FileResult) -> FileResult:
        return baseline.applied([result], settings).results[0]

    fixed = fix_results(results, settings, alone, unsafe=options.unsafe_fixes, given=given, visible=unadmitted, own=own)
    for diagnostic, reason in fixed.refused:
        inside = "" if diagnostic.cell is None else f":cell {diagnostic.cell}"
        complain(f"{diagnostic.filename}{inside}:{diagnostic.span.start_row}: {diagnostic.code} is not corrected: {reason}")
    files = len(fixed.changed)
    done = f"{_count(len(fixed.made), 'finding')} in {_count(files, 'file')}"
    if options.diff:
        failed = _complain_of_errors(fixed.results)
        sys.stderr.write(f"Would fix {done}.\n" if files else "Nothing would be fixed.\n")
        return FAILED if failed else FOUND if files else NOTHING_FOUND, fixed.diff()
    if given:
        for name, data in given.items():
            sys.stdout.buffer.write(fixed.changed[name][1] if name in fixed.changed else data)
    else:
        fixed.write()
        files = len(fixed.changed)
        done = f"{_count(len(fixed.made), 'finding')} in {_count(files, 'file')}"
    status, lines = report(fixed.results) if not options.fix_only else (_errors(fixed.results), ())
    if status == NOTHING_FOUND and options.exit_non_zero_on_fix and files:
        status = FOUND
    if given:
        _tell(lines)
        lines = ()
    if files:
        lines = _with_first(f"Fixed {done}.", lines, settings.output_format in ("full", "concise") and not given)
    return status, lines


def _errors(results: Sequence[FileResult]) -> int:
    return FAILED if _complain_of_errors(results) else NOTHING_FOUND


def _complain_of_errors(results: Sequence[FileResult]) -> bool:
    for result in results:
        if result.error is not None:
            complain(f"{result.filename}: {result.error}")
    return any(result.error is not None for result in results)


def _tell(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stderr.write(line + "\n")


def _with_first(first: str, lines: Iterable[str], shown: bool) -> Iterable[str]:
    if shown:
        return [first, *lines]
    sys.stderr.write(first + "\n")
    return lines


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
