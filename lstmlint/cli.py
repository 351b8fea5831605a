"""The commands. The heavy parts are imported only when there is something for them to do."""
from __future__ import annotations

import argparse
import gc
import importlib
import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from lstmlint import __version__
from lstmlint.config import KERAS_VERSIONS, OUTPUT_FORMATS

if TYPE_CHECKING:
    from lstmlint.config import Settings
    from lstmlint.diagnostics import FileResult

NOTHING_FOUND, FOUND, FAILED = 0, 1, 2
"""Exit statuses: nothing of severity error or warning; something; wrong usage, an unreadable file or an internal error."""


Outcome = tuple[int, Iterable[str]]
"""What a command comes to: the exit status, and the lines to print."""


class UsageError(Exception):
    """What the user asked for makes no sense; the message says why, in one line."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    # What the terminal's encoding lacks must not end the run.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    status: int = FAILED
    try:
        status, lines = options.run(options)
        for line in lines:
            sys.stdout.write(line + "\n")
        sys.stdout.flush()
    except UsageError as error:
        _complain(str(error))
    except BrokenPipeError:
        # Whoever read our output has had enough. What is still buffered must not fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        return 130
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lstmlint",
        description="Finds wrong shapes in scripts and notebooks that train LSTM, GRU and other recurrent networks, "
        "without running them.",
    )
    parser.add_argument("--version", action="version", version=f"lstmlint {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    check = commands.add_parser("check", help="report what is wrong in scripts and notebooks")
    _add_selection(check)
    check.add_argument("--stdin-filename", metavar="FILE", help="the name of what is read from standard input, with -")
    check.add_argument("--exit-zero", action="store_true", help="exit with 0 even where something was found")
    check.add_argument("--jobs", type=_jobs, default=0, metavar="N", help="how many processes to use (default: one for each core)")
    check.add_argument("--no-cache", action="store_true", help="neither use nor keep results of earlier runs")
    check.add_argument("--cache-dir", metavar="FOLDER", help="where results are kept (default: the user's cache folder)")
    check.add_argument("--statistics", action="store_true", help="print how often each rule spoke instead of the findings")
    check.set_defaults(run=_check)

    clean = commands.add_parser("clean", help="forget the results of earlier runs")
    clean.add_argument("--cache-dir", metavar="FOLDER", help="where they are kept (default: the user's cache folder)")
    clean.set_defaults(run=_clean)

    rule = commands.add_parser("rule", help="print the documentation of a rule")
    rule.add_argument("rule", nargs="?", metavar="CODE|NAME", help="such as LST102 or missing-return-sequences")
    rule.add_argument("--all", action="store_true", help="print the documentation of all rules")
    rule.set_defaults(run=_rule)

    shapes = commands.add_parser("shapes", help="show the way of the shapes through scripts and notebooks")
    shapes.add_argument("paths", nargs="+", metavar="FILE", help="scripts and notebooks")
    shapes.add_argument("--output-format", choices=("text", "json", "svg"), default="text", help="how to show it (default: text)")
    shapes.set_defaults(run=_shapes)

    confirm = commands.add_parser("confirm", help="build the models with the installed Keras and say whether findings are true")
    _add_selection(confirm)
    confirm.add_argument("--show-program", action="store_true", help="print the programs that were run, too")
    confirm.set_defaults(run=_confirm)
    return parser


def _add_selection(command: argparse.ArgumentParser) -> None:
    command.add_argument("paths", nargs="*", default=["."], metavar="PATH", help="files and folders (default: this folder)")
    command.add_argument("--select", type=_codes, metavar="CODES", help="only these rules: LST102, LST1 or ALL, with commas")
    command.add_argument("--ignore", type=_codes, metavar="CODES", help="not these rules")
    command.add_argument("--exclude", type=_patterns, metavar="PATTERNS", help="don't look into these, instead of the usual ones")
    command.add_argument("--extend-exclude", type=_patterns, metavar="PATTERNS", help="don't look into these either")
    command.add_argument("--force-exclude", action="store_true", default=None, help="exclude even paths that are given")
    command.add_argument("--output-format", choices=OUTPUT_FORMATS, help="how to print findings (default: full)")
    command.add_argument("--keras-version", choices=KERAS_VERSIONS, help="what the code is for (default: auto)")
    command.add_argument("--isolated", action="store_true", help="take no settings from pyproject.toml")


def _jobs(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of processes")
    return int(text)


def _codes(text: str) -> tuple[str, ...]:
    return tuple(code.strip().upper() for code in text.split(",") if code.strip())


def _patterns(text: str) -> tuple[str, ...]:
    return tuple(pattern.strip() for pattern in text.split(",") if pattern.strip())


def _settings(options: argparse.Namespace, paths: Sequence[str]) -> Settings:
    from lstmlint.config import ConfigError, load

    names = ("select", "ignore", "exclude", "extend_exclude", "force_exclude", "output_format", "keras_version")
    given: dict[str, Any] = {name: getattr(options, name, None) for name in names}
    try:
        settings = load(paths, given, options.isolated)
    except ConfigError as error:
        raise UsageError(str(error)) from None
    unknown = _unknown_selectors(settings)
    if unknown:
        raise UsageError(f"no rule has the code {unknown[0]!r}, or one that begins so; see lstmlint rule --all")
    return settings


def _unknown_selectors(settings: Settings) -> list[str]:
    selectors = [selector for selector in settings.select + settings.ignore if selector != "ALL"]
    if not selectors:
        return []
    from lstmlint.rules.discovery import all_rules

    codes = [rule.code for rule in all_rules()]
    return [selector for selector in selectors if not any(code.startswith(selector) for code in codes)]


def _check(options: argparse.Namespace) -> Outcome:
    reads_stdin = options.paths == ["-"]
    if options.stdin_filename is not None and not reads_stdin:
        raise UsageError("--stdin-filename goes with - as the only path")
    if "-" in options.paths and not reads_stdin:
        raise UsageError("- (standard input) can't be checked together with other paths")
    paths = [options.stdin_filename] if options.stdin_filename else [] if reads_stdin else options.paths
    settings = _settings(options, paths)
    results = _check_stdin(options.stdin_filename, settings) if reads_stdin else _check_paths(paths, settings, options)
    for result in results:
        if result.error is not None:
            _complain(f"{result.filename}: {result.error}")
    return _status(results, options.exit_zero), _report(results, settings, options.statistics)


def _status(results: Sequence[FileResult], exit_zero: bool) -> int:
    if any(result.error is not None for result in results):
        return FAILED
    wrong = any(diagnostic.severity != "info" for result in results for diagnostic in result.diagnostics)
    return FOUND if wrong and not exit_zero else NOTHING_FOUND


def _check_paths(paths: Sequence[str], settings: Settings, options: argparse.Namespace) -> list[FileResult]:
    from lstmlint.engine import check_files
    from lstmlint.sources.discover import discover

    # A tree is many objects without cycles: looking through them again and again is a third of the time.
    gc.set_threshold(100_000, 20, 100)
    alone = [path for path in paths if os.path.isfile(path)]
    results = check_files(
        discover(paths, settings),
        settings,
        alone,
        cache_folder=None if options.no_cache else options.cache_dir or "",
        jobs=options.jobs or os.cpu_count() or 1,
    )
    return [result.without_findings() for result in results]


def _check_stdin(filename: str | None, settings: Settings) -> list[FileResult]:
    from lstmlint.engine import Run

    data = sys.stdin.buffer.read()
    return [Run(settings).check(data, filename or "-", filename)]


def _report(results: Sequence[FileResult], settings: Settings, statistics: bool) -> Iterable[str]:
    from lstmlint.output.style import Style, wants_colour
    from lstmlint.output.summary import statistics as statistics_of
    from lstmlint.output.summary import summary

    if statistics:
        yield from statistics_of(results)
    else:
        output = importlib.import_module(f"lstmlint.output.{settings.output_format}")
        yield from output.render(results, Style(wants_colour(sys.stdout)))
    if settings.output_format != "json":
        yield summary(results)


def _clean(options: argparse.Namespace) -> Outcome:
    from lstmlint.cache import clean, default_folder

    folder = options.cache_dir or default_folder()
    return NOTHING_FOUND, [f"removed the results in {folder}" if clean(folder) else f"no results are kept in {folder}"]


def _rule(options: argparse.Namespace) -> Outcome:
    from lstmlint.rules.discovery import all_rules, find_rule, page

    if options.all == (options.rule is not None):
        raise UsageError("name one rule, by its code or name, or pass --all")
    if options.all:
        return NOTHING_FOUND, [page(rule) for rule in all_rules()]
    found = find_rule(options.rule)
    if found is None:
        raise UsageError(f"no rule has the code or name {options.rule!r}; see lstmlint rule --all")
    return NOTHING_FOUND, page(found).splitlines()


def _shapes(options: argparse.Namespace) -> Outcome:
    from lstmlint.output.style import Style, wants_colour
    from lstmlint.picture.show import as_json, as_text, pictures

    if options.output_format == "svg" and len(options.paths) != 1:
        raise UsageError("a drawing (--output-format svg) is of one file")
    made, problems = pictures(options.paths)
    for problem in problems:
        _complain(problem)
    if options.output_format == "svg":
        from lstmlint.picture.drawing import as_svg

        lines: Iterable[str] = [as_svg(picture) for picture in made]
    else:
        lines = [as_json(made)] if options.output_format == "json" else as_text(made, Style(wants_colour(sys.stdout)))
    return FAILED if problems else NOTHING_FOUND, lines


def _confirm(options: argparse.Namespace) -> Outcome:
    settings = _settings(options, options.paths)
    from lstmlint.confirm import run

    return run(options.paths, settings, show_program=options.show_program), ()


def _complain(message: str) -> None:
    sys.stderr.write(f"lstmlint: {' '.join(message.splitlines())}\n")
