"""`lstmlint confirm`: build the models with the real framework and say whether findings are true."""
from __future__ import annotations

import argparse
import os
import shlex
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from lstmlint.commands.base import Commands, Outcome, UsageError, add_selection, settings_of

OF_EXECUTION = ("no_sandbox", "remember", "timeout", "memory", "arguments")


def add(commands: Commands) -> None:
    """Describe the command."""
    confirm: argparse.ArgumentParser = commands.add_parser(
        "confirm", help="rebuild what was found, run it with the installed Keras or PyTorch, and say whether it is true"
    )
    add_selection(confirm)
    confirm.add_argument("--show-program", action="store_true", help="print the programs that were run, too")
    confirm.add_argument("--python", metavar="FILE", help="the interpreter that has the framework (default: the one of lstmlint)")
    run = confirm.add_argument_group("running the script itself", "This runs your code, in a sandbox, and only with --execute.")
    run.add_argument("--execute", action="store_true", help="run the scripts, too, up to the first step of training, and look on")
    run.add_argument("--remember", action="store_true", help="keep the shapes that were seen, for check, shapes and the editor")
    run.add_argument("--arguments", metavar="TEXT", help="the arguments of the script, as in a shell")
    run.add_argument("--timeout", type=_seconds, metavar="SECONDS", help="how long a script may run (default: 300)")
    run.add_argument("--memory", type=_megabytes, metavar="MB", help="how much memory it may use (default: 6000)")
    run.add_argument("--no-sandbox", action="store_true", help="run it even where nothing keeps it from the network and the files")
    confirm.set_defaults(run=_run)


def _seconds(text: str) -> float:
    return _positive(text, "seconds")


def _megabytes(text: str) -> int:
    return int(_positive(text, "megabytes"))


def _positive(text: str, unit: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 1 <= number <= 1e7:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of {unit}")
    return number


def _run(options: argparse.Namespace) -> Outcome:
    """Check, rebuild and judge."""
    for name in OF_EXECUTION:
        if getattr(options, name, None) and not options.execute:
            raise UsageError(f"--{name.replace('_', '-')} goes with --execute")
    settings = settings_of(options, options.paths)
    python = _interpreter(options.python)
    with _ended_in_order():
        if options.execute:
            return _execute(options, settings, python), ()
        from lstmlint.confirm import run

        return run(options.paths, settings, show_program=options.show_program, python=python), ()


def _interpreter(given: str | None) -> str:
    if given is None:
        return sys.executable
    found = shutil.which(given)
    if found is None:
        raise UsageError(f"{given}: no such interpreter")
    return found


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Whoever ends this process, by a limit of time say, ends with it what it runs, and the folder of that goes."""

    def end(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ends = [number for name in ("SIGTERM", "SIGHUP") if (number := getattr(signal, name, None)) is not None]
    # Who has said that a closed terminal must not end it is heard.
    before = {number: signal.signal(number, end) for number in ends if signal.getsignal(number) != signal.SIG_IGN}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _execute(options: argparse.Namespace, settings: object, python: str) -> int:
    from lstmlint.config import Settings
    from lstmlint.execution.run import How, NotContained, run

    assert isinstance(settings, Settings)
    for path in options.paths:
        if os.path.isdir(path):
            raise UsageError(f"{path}: is a folder; --execute runs the scripts and notebooks that it is given by name")
    try:
        arguments = tuple(shlex.split(options.arguments or ""))
    except ValueError as error:
        raise UsageError(f"--arguments: {str(error).lower()}") from None
    standard = How()
    how = How(
        options.timeout or standard.seconds, options.memory or standard.memory, arguments, not options.no_sandbox, python
    )  # fmt: skip
    try:
        return run(options.paths, settings, how, show_program=options.show_program, remembers=options.remember)
    except NotContained as error:
        raise UsageError(f"here, a script can't be kept from {error}; --no-sandbox runs it all the same") from None
