"""The entry point: the parser, and how a command's outcome reaches the terminal."""
from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from lstmlint import __version__
from lstmlint.commands import check, clean, completion, confirm, rule, server, shapes
from lstmlint.commands.base import FAILED, UsageError, complain
from lstmlint.sources.deep import is_left_at_work

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit status."""
    options = _parser().parse_args(arguments)
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
        status = FAILED
        complain(str(error))
    except BrokenPipeError:
        # Whoever read our output has had enough. What is still buffered must not fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        status = INTERRUPTED
        if is_left_at_work():
            sys.stdout.flush()
            os._exit(status)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lstmlint",
        description="Finds wrong shapes in scripts and notebooks that train LSTM, GRU and other recurrent networks, "
        "without running them.",
    )
    parser.add_argument("--version", action="version", version=f"lstmlint {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in (check, clean, rule, shapes, confirm, server):
        command.add(commands)
    completion.add(commands, parser)
    return parser
