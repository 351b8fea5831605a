"""`lstmlint confirm`: build the models with the real framework and say whether findings are true."""
from __future__ import annotations

import argparse
from dataclasses import replace

from lstmlint.commands.base import Commands, Outcome, add_selection, settings_of

FORMATS = ("full", "concise", "json")


def add(commands: Commands) -> None:
    """Describe the command."""
    confirm: argparse.ArgumentParser = commands.add_parser(
        "confirm", help="rebuild what was found, run it with the installed Keras or PyTorch, and say whether it is true"
    )
    add_selection(confirm, FORMATS)
    confirm.add_argument("--show-program", action="store_true", help="print the programs that were run, too")
    confirm.set_defaults(run=run)


def run(options: argparse.Namespace) -> Outcome:
    """Check, rebuild and judge."""
    settings = settings_of(options, options.paths)
    if settings.output_format not in FORMATS:
        # The settings of the project are about `check`.
        settings = replace(settings, output_format="full")
    from lstmlint.confirm import run as confirm

    return confirm(options.paths, settings, show_program=options.show_program), ()
