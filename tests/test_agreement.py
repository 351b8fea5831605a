"""Whole-file agreement: what is inferred of a script is what the real interpreter computes, or says less; never something else."""
from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import lstmlint.interpreter
from lstmlint.interpreter.machine import Machine
from lstmlint.pipeline import analysed
from lstmlint.shapes.dims import Dim, differ
from lstmlint.sources.deep import run_deep
from lstmlint.sources.parse import parse
from lstmlint.sources.read import read
from lstmlint.values.base import Choice, Const, Integer, Value
from lstmlint.values.data import Array, DictObject, Entries, Frame, Items, ListObject, Table, Tuple

RUNNABLE = Path(__file__).parent.parent / "fixtures" / "runnable"
SCRIPTS = sorted(RUNNABLE.glob("*.py"))
FLOOR = 0.73
"""Of all that is asked, at least this share must be known exactly."""

RUN = """
import json, runpy, sys
import numpy, pandas

def seen(value, depth=2):
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        return {"shape": list(value.shape)}
    if isinstance(value, (numpy.ndarray, pandas.DataFrame, pandas.Series, pandas.Index)):
        return {"shape": list(value.shape)}
    if isinstance(value, (int, numpy.integer)) and not isinstance(value, bool):
        return {"int": int(value)}
    if isinstance(value, (list, tuple)) and depth:
        return {"length": len(value), "items": [seen(item, depth - 1) for item in value[:8]]}
    if isinstance(value, (list, tuple, dict, set)):
        return {"length": len(value)}
    return None

names = runpy.run_path(sys.argv[1])
print(json.dumps({name: seen(value) for name, value in names.items() if not name.startswith("_")}))
"""


class Disagreement(Exception):
    """Something else is inferred than what is real."""


def real(path: Path) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-c", RUN, str(path)], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return {name: value for name, value in found.items() if value is not None}


def inferred(path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Value]:
    """What the names of the module hold after the analysis."""
    machines: list[Machine] = []

    class Kept(Machine):
        def __init__(self, *args: Any, **keywords: Any) -> None:
            super().__init__(*args, **keywords)
            machines.append(self)

    monkeypatch.setattr(lstmlint.interpreter, "Machine", Kept)
    source = read(str(path))
    trees, problems = parse(source)
    assert not problems
    trace = run_deep(lambda: analysed(trees, source))
    assert trace.incomplete is None
    names = machines[0].scope.names
    return {name: names.get(name) for name in names.names()}


def compared(value: Value, truth: dict[str, Any]) -> Iterator[bool]:
    """For each thing asked about a value whether it is known exactly; raises Disagreement where it is known wrongly."""
    if isinstance(value, Choice):
        yield from _alternatives(value, truth)
    elif "shape" in truth:
        yield _shape(value, truth["shape"])
    elif "int" in truth:
        yield _length(value.value if isinstance(value, Const) else value.dim if isinstance(value, Integer) else None, truth["int"])
    else:
        yield from _sequence(value, truth)


def _alternatives(value: Choice, truth: dict[str, Any]) -> Iterator[bool]:
    for leaf in value.leaves():
        try:
            list(compared(leaf, truth))
        except Disagreement:
            continue
        yield False
        return
    raise Disagreement(f"none of the alternatives is {truth}")


def _length(dim: object, truth: int) -> bool:
    if not isinstance(dim, Dim):
        return False
    if differ(dim, truth):
        raise Disagreement(f"{dim} where {truth} is true")
    return isinstance(dim, int)


def _shape(value: Value, truth: list[int]) -> bool:
    if isinstance(value, Frame):
        table = value.cell.raw
        if not isinstance(table, Table):
            return False
        if len(truth) != 2:
            raise Disagreement(f"a table where {truth} is true")
        return _length(table.rows.dim, truth[0]) & _length(table.width, truth[1])
    if not isinstance(value, Array):
        return False
    dims = value.shape.dims
    if len(dims) > len(truth) or (len(dims) != len(truth) and not value.shape.open):
        raise Disagreement(f"{value.shape} where {tuple(truth)} is true")
    exact = [_length(dim, true) for dim, true in zip(reversed(dims), reversed(truth))]
    return all(exact) and not value.shape.open


def _sequence(value: Value, truth: dict[str, Any]) -> Iterator[bool]:
    content = value.items if isinstance(value, Tuple) else value.cell.raw if isinstance(value, (ListObject, DictObject)) else None
    if isinstance(content, Entries):
        yield _length(content.length if content.open else len(content.known), truth["length"])
    if not isinstance(content, Items):
        if not isinstance(content, Entries):
            yield False
        return
    yield _length(content.length, truth["length"])
    for at, item in enumerate(truth.get("items", ())):
        own = content.at(at)
        if own is None:
            raise Disagreement(f"no item {at}")
        if item is not None:
            yield from compared(own, item)


@pytest.fixture(scope="module")
def tally() -> dict[str, list[bool]]:
    return {}


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_nothing_else_is_inferred_than_what_is_real(
    path: Path, monkeypatch: pytest.MonkeyPatch, tally: dict[str, list[bool]]
) -> None:
    known = inferred(path, monkeypatch)
    wrong, vague, asked = [], [], []
    for name, truth in real(path).items():
        if name not in known:
            vague.append(name)
            asked.append(False)
            continue
        try:
            exact = list(compared(known[name], truth))
        except Disagreement as error:
            wrong.append(f"{name}: {error}")
            continue
        asked += exact
        if not all(exact):
            vague.append(name)
    assert not wrong
    tally[path.stem] = asked
    print(f"{path.stem}: {sum(asked)} of {len(asked)} known exactly; not: {', '.join(vague) or 'none'}")


def test_most_is_known_exactly(tally: dict[str, list[bool]]) -> None:
    if len(tally) < len(SCRIPTS):
        pytest.skip("only some scripts were run")
    asked = [exact for found in tally.values() for exact in found]
    print(f"{sum(asked)} of {len(asked)} known exactly")
    assert sum(asked) >= FLOOR * len(asked)


def test_a_disagreement_is_seen() -> None:
    from lstmlint.shapes.dims import symbol
    from lstmlint.shapes.shape import UNKNOWN_SHAPE, Shape

    array = Array(Shape.of(symbol("n"), 3))
    assert list(compared(array, {"shape": [7, 3]})) == [False]
    assert list(compared(Array(Shape.of(7, 3)), {"shape": [7, 3]})) == [True]
    assert list(compared(Array(UNKNOWN_SHAPE), {"shape": [7, 3]})) == [False]
    for shape in ([7, 4], [7], [7, 3, 1]):
        with pytest.raises(Disagreement):
            list(compared(array, {"shape": shape}))
    with pytest.raises(Disagreement):
        list(compared(Const(3), {"int": 4}))
    with pytest.raises(Disagreement):
        list(compared(Tuple(Items.of([Const(1)])), {"length": 2, "items": []}))
