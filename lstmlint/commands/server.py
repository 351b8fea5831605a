"""`lstmlint server`: the language server, over standard input and output."""
from __future__ import annotations

import argparse

from lstmlint.commands.base import Commands, Outcome, UsageError


def add(commands: Commands) -> None:
    """Describe the command."""
    server: argparse.ArgumentParser = commands.add_parser(
        "server", help="be a language server for editors, over standard input and output (needs the extra: lstmlint[server])"
    )
    server.add_argument("--stdio", action="store_true", help="what it does anyway; some clients pass it")
    server.set_defaults(run=run)


def run(options: argparse.Namespace) -> Outcome:
    """Serve until the client leaves."""
    try:
        import pygls  # noqa: F401
    except ImportError:
        raise UsageError("the language server needs pygls: pip install 'lstmlint[server]'") from None
    from lstmlint.server import serve

    return serve(), ()
