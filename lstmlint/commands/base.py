"""What the commands have in common."""
from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, get_args

from lstmlint.config.settings import KerasVersion, OutputFormat

if TYPE_CHECKING:
    from lstmlint.config import Settings

NOTHING_FOUND, FOUND, FAILED = 0, 1, 2
"""Exit statuses: nothing of severity error or warning; something; wrong usage, an unreadable file or an internal error."""

Outcome = tuple[int, Iterable[str]]
"""What a command comes to: the exit status, and the lines to print."""

Commands = Any
"""What argparse's add_subparsers returns."""


class UsageError(Exception):
    """What the user asked for makes no sense; the message says why, in one line."""


def complain(message: str) -> None:
    """One line on standard error."""
    sys.stderr.write(f"lstmlint: {' '.join(message.splitlines())}\n")


def listed(text: str) -> tuple[str, ...]:
    """An argument with commas between its parts."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def add_selection(command: argparse.ArgumentParser, formats: Sequence[str] = get_args(OutputFormat)) -> None:
    """The options of the commands that check files."""
    command.add_argument("paths", nargs="*", default=["."], metavar="PATH", help="files and folders (default: this folder)")
    command.add_argument("--select", type=listed, metavar="RULES", help="only these rules: codes, LST1, names or ALL, with commas")
    command.add_argument("--extend-select", type=listed, metavar="RULES", help="these rules too")
    command.add_argument("--ignore", type=listed, metavar="RULES", help="not these rules")
    command.add_argument("--exclude", type=listed, metavar="PATTERNS", help="don't look into these, instead of the usual ones")
    command.add_argument("--extend-exclude", type=listed, metavar="PATTERNS", help="don't look into these either")
    command.add_argument("--force-exclude", action="store_true", default=None, help="exclude even paths that are given")
    command.add_argument("--output-format", choices=formats, metavar="FORMAT", help=f"how to print findings: {', '.join(formats)}")
    command.add_argument("--keras-version", choices=get_args(KerasVersion), help="what the code is for (default: auto)")
    command.add_argument(
        "--config", action="append", default=[], metavar="KEY=VALUE|FILE", help="a setting, or a file of settings; repeatable"
    )
    command.add_argument("--isolated", action="store_true", help="take no settings from files, nor what runs have shown")


def settings_of(options: argparse.Namespace, paths: Sequence[str]) -> Settings:
    """The settings from files and options. Raises UsageError."""
    from lstmlint.config import ConfigError, load
    from lstmlint.config.settings import settable

    given = {setting.name: getattr(options, setting.name, None) for setting in settable()}
    try:
        settings = load(paths, given, options.isolated, options.config)
    except ConfigError as error:
        raise UsageError(str(error)) from None
    _check_selectors(settings)
    return settings


def grouped(files: Sequence[str], settings: Settings, options: argparse.Namespace) -> list[tuple[Settings, list[str]]]:
    """The files by the settings that hold for them: those of the nearest file, which need not be those of the run."""
    from lstmlint.config import ConfigError
    from lstmlint.config.reader import nearest_file

    if options.isolated or any("=" not in item for item in options.config):
        return [(settings, list(files))]
    known: dict[str, str] = {}
    groups: dict[str, list[str]] = {}
    try:
        for file in files:
            groups.setdefault(nearest_file(os.path.dirname(os.path.abspath(file)), known), []).append(file)
    except ConfigError as error:
        raise UsageError(str(error)) from None
    return [(settings if origin == settings.origin else settings_of(options, group[:1]), group) for origin, group in groups.items()]


def _check_selectors(settings: Settings) -> None:
    """Every selector must name a rule."""
    selectors = [(key, selector) for key, selector in settings.rule_selectors() if selector != "ALL"]
    if not selectors:
        return
    from lstmlint.config.reader import near
    from lstmlint.config.settings import fit
    from lstmlint.rules.discovery import all_rules

    rules = all_rules()
    for key, selector in selectors:
        if not any(fit(selector, rule.code, rule.name) for rule in rules):
            hint = near(selector, [rule.name for rule in rules]) or "; see lstmlint rule --all"
            raise UsageError(f"{key}: no rule has the code or name {selector!r}{hint}")
