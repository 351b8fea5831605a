"""Scripts with what runs of them have shown, for tests."""
from __future__ import annotations

import ast
import datetime
from pathlib import Path

from lstmlint.config import load
from lstmlint.remembered import Kept, Seen, keep
from lstmlint.sources.read import read

DAY = datetime.date(2026, 11, 23)
RUN = "as seen in the run of 2026-11-23"
Shape = tuple[int | None, ...]

SCRIPT = """\
import numpy as np
from keras import Input, Sequential
from keras.layers import LSTM, Dense

X = np.load("x.npy")
y = np.load("y.npy")
model = Sequential([Input((30, 5)), LSTM(8), Dense(1)])
model.compile("adam", "mse")
model.fit(X, y)
"""
SHAPES = {'np.load("x.npy")': ("array", (1000, 60, 5)), 'np.load("y.npy")': ("array", (1000, 1))}


def seen_in(text: str, shapes: dict[str, tuple[str, Shape]], cell: int | None = None) -> list[Seen]:
    """What was seen of the calls that are spelled so; texts without wide characters only."""
    found = []
    for node in ast.walk(ast.parse(text)):
        spelled = ast.get_source_segment(text, node) if isinstance(node, ast.Call) else None
        if isinstance(node, ast.Call) and spelled in shapes:
            assert node.end_lineno is not None and node.end_col_offset is not None
            place = node.lineno, node.col_offset, node.end_lineno, node.end_col_offset
            found.append(Seen(*place, *shapes[spelled], "float32", cell))
    assert found
    return found


def remember(path: Path, text: str, shapes: dict[str, tuple[str, Shape]], date: datetime.date = DAY) -> Kept:
    """Write a script and keep what was seen of it."""
    path.write_text(text)
    return keep(load([str(path)], {}), path.name, read(str(path)), seen_in(text, shapes), date)
