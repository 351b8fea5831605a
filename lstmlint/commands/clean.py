"""`lstmlint clean`: forget the results of earlier runs."""
from __future__ import annotations

import argparse

from lstmlint.commands.base import NOTHING_FOUND, Commands, Outcome


def add(commands: Commands) -> None:
    """Describe the command."""
    clean: argparse.ArgumentParser = commands.add_parser("clean", help="forget the results of earlier runs")
    clean.add_argument("--cache-dir", metavar="FOLDER", help="where they are kept (default: the user's cache folder)")
    clean.set_defaults(run=run)


def run(options: argparse.Namespace) -> Outcome:
    """Remove what is kept."""
    from lstmlint.cache import clean, default_folder

    folder = options.cache_dir or default_folder()
    return NOTHING_FOUND, [f"removed the results in {folder}" if clean(folder) else f"no results are kept in {folder}"]
