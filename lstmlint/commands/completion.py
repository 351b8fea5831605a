"""`lstmlint completion`: what a shell needs to complete commands and options."""
from __future__ import annotations

import argparse
import functools

from lstmlint.commands.base import NOTHING_FOUND, Commands, Outcome, UsageError

SHELLS = ("bash", "zsh", "tcsh")


def add(commands: Commands, parser: argparse.ArgumentParser) -> None:
    """Describe the command. What can be completed, `parser` knows."""
    completion: argparse.ArgumentParser = commands.add_parser("completion", help="print a shell's completion script")
    completion.add_argument("shell", choices=SHELLS, help="for which shell")
    completion.set_defaults(run=functools.partial(run, parser))


def run(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Outcome:
    """Print the script."""
    try:
        import shtab
    except ImportError:
        raise UsageError("completion scripts are made by shtab: pip install shtab") from None
    return NOTHING_FOUND, shtab.complete(parser, shell=options.shell).splitlines()
