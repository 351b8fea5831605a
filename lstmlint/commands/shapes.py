"""`lstmlint shapes`: show the way of the shapes through scripts and notebooks."""
from __future__ import annotations

import argparse
import sys

from lstmlint.commands.base import FAILED, NOTHING_FOUND, Commands, Outcome, UsageError, complain


def add(commands: Commands) -> None:
    """Describe the command."""
    shapes: argparse.ArgumentParser = commands.add_parser(
        "shapes", help="show the way of the shapes through scripts and notebooks"
    )
    shapes.add_argument("paths", nargs="+", metavar="FILE", help="scripts and notebooks")
    shapes.add_argument("--output-format", choices=("text", "json", "svg"), default="text", help="how to show it (default: text)")
    shapes.add_argument("--isolated", action="store_true", help="take neither settings nor what earlier runs have shown from files")
    shapes.set_defaults(run=run)


def run(options: argparse.Namespace) -> Outcome:
    """The pictures of the files."""
    from lstmlint.config import ConfigError, Settings, load
    from lstmlint.output.style import Style, wants_colour
    from lstmlint.picture.show import as_json, as_text, pictures

    if options.output_format == "svg" and len(options.paths) != 1:
        raise UsageError("a drawing (--output-format svg) is of one file")

    def settings_of(path: str) -> Settings:
        try:
            return load([path], {}, options.isolated)
        except ConfigError as error:
            raise UsageError(str(error)) from None

    made, problems = pictures(options.paths, settings_of)
    for problem in problems:
        complain(problem)
    if options.output_format == "svg":
        from lstmlint.picture.drawing import as_svg

        return FAILED if problems else NOTHING_FOUND, [as_svg(picture) for picture in made]
    lines = [as_json(made)] if options.output_format == "json" else as_text(made, Style(wants_colour(sys.stdout)))
    return FAILED if problems else NOTHING_FOUND, lines
