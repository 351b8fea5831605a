"""`lstmlint check`: report what is wrong in scripts and notebooks."""
from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from lstmlint.commands import baseline, fixing, reporting, silence
from lstmlint.commands.base import (
    FAILED,
    FOUND,
    NOTHING_FOUND,
    Commands,
    Outcome,
    UsageError,
    add_selection,
    complain,
    grouped,
    settings_of,
)

if TYPE_CHECKING:
    from lstmlint.config import Settings
    from lstmlint.diagnostics import FileResult


def add(commands: Commands) -> None:
    """Describe the command."""
    check: argparse.ArgumentParser = commands.add_parser("check", help="report what is wrong in scripts and notebooks")
    add_selection(check)
    check.add_argument("--stdin-filename", metavar="FILE", help="the name of what is read from standard input, with -")
    check.add_argument("--exit-zero", action="store_true", help="exit with 0 even where something was found")
    check.add_argument("--jobs", type=_jobs, default=0, metavar="N", help="how many processes to use (default: one for each core)")
    check.add_argument("--no-cache", action="store_true", help="neither use nor keep results of earlier runs")
    check.add_argument("--cache-dir", metavar="FOLDER", help="where results are kept (default: the user's cache folder)")
    check.add_argument("--watch", action="store_true", help="check again whenever a file changes, until interrupted")
    baseline.add(check)
    reporting.add(check)
    fixing.add(check)
    silence.add(check)
    check.add_argument("--show-settings", action="store_true", help="print the settings that would be used, and check nothing")
    check.set_defaults(run=run)


def _jobs(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of processes")
    return int(text)


def run(options: argparse.Namespace) -> Outcome:
    """Check what the options say."""
    reads_stdin = options.paths == ["-"]
    if options.stdin_filename is not None and not reads_stdin:
        raise UsageError("--stdin-filename goes with - as the only path")
    if "-" in options.paths and not reads_stdin:
        raise UsageError("- (standard input) can't be checked together with other paths")
    paths = [options.stdin_filename] if options.stdin_filename else [] if reads_stdin else options.paths
    settings = settings_of(options, paths)
    baseline.check_usage(options, settings, reads_stdin)
    silence.check_usage(options, reads_stdin, fixing.is_wanted(options))
    if options.show_settings:
        return NOTHING_FOUND, _in_force(settings, paths)
    if options.watch:
        if reads_stdin or options.output_file is not None or fixing.is_wanted(options):
            raise UsageError("--watch goes with files and folders, changes nothing in them, and writes no --output-file")
        from lstmlint.commands.watch import rounds

        return NOTHING_FOUND, rounds(paths, settings, lambda: _round(paths, settings, options))
    given = {options.stdin_filename or "-": sys.stdin.buffer.read()} if reads_stdin else {}
    own: dict[str, Settings] = {}
    results = _check_stdin(given, settings) if reads_stdin else _check_paths(paths, settings, options, own)
    if options.update_baseline or options.prune_baseline:
        _complain_of(results)
        return _status(results, True), [baseline.rewrite(results, settings, prune=options.prune_baseline)]

    def report(results: Sequence[FileResult]) -> Outcome:
        _complain_of(results)
        known = baseline.applied(results, settings)
        return _status(known.results, options.exit_zero), reporting.report_of(known, settings, options)

    alone = [path for path in paths if os.path.isfile(path)]
    if options.add_noqa:
        _complain_of(results)
        return silence.run(results, settings, alone, own)
    if fixing.is_wanted(options):
        return fixing.run(results, settings, alone, options, given, own, report)
    return report(results)


def _in_force(settings: Settings, paths: Sequence[str]) -> Iterator[str]:
    from lstmlint.config.reference import in_force
    from lstmlint.seen import place_of

    yield from in_force(settings)
    for place in dict.fromkeys(place_of(settings, path) for path in paths if not settings.isolated):
        if os.path.isfile(place):
            yield f"# shapes that earlier runs have shown: {place}"


def _status(results: Sequence[FileResult], exit_zero: bool) -> int:
    if any(result.error is not None for result in results):
        return FAILED
    wrong = any(diagnostic.severity != "info" for result in results for diagnostic in result.diagnostics)
    return FOUND if wrong and not exit_zero else NOTHING_FOUND


def _check_paths(
    paths: Sequence[str], settings: Settings, options: argparse.Namespace, own: dict[str, Settings]
) -> list[FileResult]:
    """The results; the settings of files that have other ones are put into `own`, by real path."""
    from lstmlint.engine import check_files, told_once
    from lstmlint.sources.discover import discover

    # A tree is many objects without cycles: looking through them again and again is a third of the time.
    gc.set_threshold(100_000, 20, 100)
    alone = [path for path in paths if os.path.isfile(path)]
    files = list(discover(paths, settings))
    results: dict[str, FileResult] = {}
    for theirs, group in grouped(files, settings, options):
        if theirs is not settings:
            own.update((os.path.realpath(file), theirs) for file in group)
        for result in check_files(
            group,
            theirs,
            alone,
            cache_folder=None if options.no_cache else options.cache_dir or "",
            jobs=options.jobs or os.cpu_count() or 1,
        ):
            results[result.filename] = result.without_findings()
    return list(told_once(results[file] for file in files))


def _round(paths: Sequence[str], settings: Settings, options: argparse.Namespace) -> Iterable[str]:
    results = _check_paths(paths, settings, options, {})
    _complain_of(results)
    return reporting.report_of(baseline.applied(results, settings), settings, options)


def _complain_of(results: Sequence[FileResult]) -> None:
    for result in results:
        if result.error is not None:
            complain(f"{result.filename}: {result.error}")


def _check_stdin(given: Mapping[str, bytes], settings: Settings) -> list[FileResult]:
    from lstmlint.engine import Run

    return [Run(settings).check(data, name, None if name == "-" else name).without_findings() for name, data in given.items()]
