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
    shapes.set_defaults(run=run)


def run(options: argparse.Namespace) -> Outcome:
    """The pictures of the files."""
    from lstmlint.output.style import Style, wants_colour
    from lstmlint.picture.show import as_json, as_text, pictures

    if options.output_format == "svg" and len(options.paths) != 1:
        raise UsageError("a drawing (--output-format svg) is of one file")
    made, problems = pictures(options.paths)
    for problem in problems:
        complain(problem)
    if options.output_format == "svg":
        from lstmlint.picture.drawing import as_svg

        return FAILED if problems else NOTHING_FOUND, [as_svg(picture) for picture in made]
    lines = [as_json(made)] if options.output_format == "json" else as_text(made, Style(wants_colour(sys.stdout)))
    return FAILED if problems else NOTHING_FOUND, lines
