"""Analyses that are interrupted."""

from __future__ import annotations

import subprocess
import sys

import pytest

CHECKS = """
import signal
import sys
import libcst
from lstmlint import cli
from lstmlint.commands import check
from lstmlint.sources.deep import run_deep

def interrupt(*ignored):
    raise KeyboardInterrupt

def parse_for_ever():
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    while True:
        libcst.parse_module("x = f(1, [2, 3])\\n" * 500)

signal.signal(signal.SIGALRM, interrupt)
check.run = lambda options: run_deep(parse_for_ever)
sys.exit(cli.main(["check"]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no timer that interrupts")
def test_the_parser_does_not_abort_the_process() -> None:
    ran = subprocess.run([sys.executable, "-c", CHECKS], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (130, "")
