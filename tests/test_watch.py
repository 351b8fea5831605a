"""--watch: what has changed is told again, until interrupted."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lstmlint.seen import FILE

RIGHT = """from keras import Sequential
from keras.layers import LSTM
from sizes import UNITS
m = Sequential([LSTM(UNITS, input_shape=(9, 3)), {}])
"""


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "sizes.py").write_text("UNITS = 5\n")
    (tmp_path / "train.py").write_text(RIGHT.format(""))
    command = [sys.executable, "-m", "lstmlint", "check", "--watch", "--no-cache", "--output-format", "concise", "train.py"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    read: list[str] = []
    assert process.stdout is not None
    reader = threading.Thread(target=lambda: read.extend(iter(process.stdout.readline, "")), daemon=True)  # type: ignore[union-attr]
    reader.start()
    yield process, read
    process.kill()
    process.wait()
    reader.join()


def until(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 60
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return true()


def test_what_a_run_has_shown_is_told(tmp_path: Path, lines: tuple[subprocess.Popen[str], list[str]]) -> None:
    _, read = lines
    assert until(lambda: sum("watching 2 files" in line for line in read) == 1)
    (tmp_path / FILE).write_text("{")
    assert until(lambda: sum("watching 2 files" in line for line in read) == 2)
    assert any(f"{FILE}: ignored: not JSON" in line for line in read)


def test_changes_are_told(tmp_path: Path, lines: tuple[subprocess.Popen[str], list[str]]) -> None:
    process, read = lines
    assert until(lambda: sum("watching 2 files" in line for line in read) == 1)
    assert not any("LST102" in line for line in read)
    (tmp_path / "train.py").write_text(RIGHT.format("LSTM(4)"))
    assert until(lambda: sum("watching" in line for line in read) == 2)
    assert sum("(batch, 5)" in line for line in read) == 1
    (tmp_path / "sizes.py").write_text("UNITS = 16\n")
    assert until(lambda: sum("watching" in line for line in read) == 3)
    assert sum("(batch, 16)" in line for line in read) == 1
    os.kill(process.pid, signal.SIGINT)
    assert process.wait(10) == 130
    assert not any("Traceback" in line for line in read)
