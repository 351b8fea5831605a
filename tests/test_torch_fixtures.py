"""The fixtures for PyTorch do what they are said to do, by PyTorch itself."""

from __future__ import annotations

import runpy
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parent.parent / "fixtures" / "torch"
WORKING = sorted((FIXTURES / "working").glob("*.py"))
FAULTS = {name: FIXTURES / "faults" / f"{name}.py" for name in ("raising", "silent")}

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch is the judge here")


def functions(path: Path) -> dict[str, Callable[[], object]]:
    """The functions that a script defines itself."""
    made = runpy.run_path(str(path))
    return {
        name: value
        for name, value in made.items()
        if callable(value) and getattr(getattr(value, "__code__", None), "co_filename", "") == str(path)
    }


@pytest.mark.parametrize("path", WORKING, ids=lambda path: path.stem)
def test_working_scripts_work(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        runpy.run_path(str(path), run_name="__main__")


def test_there_are_enough() -> None:
    assert len(WORKING) >= 15
    assert sum(len(functions(path)) for path in FAULTS.values()) >= 50


def test_raising_faults_raise() -> None:
    for name, function in functions(FAULTS["raising"]).items():
        try:
            function()
        except Exception:
            continue
        pytest.fail(f"{name} does not raise")


@pytest.mark.filterwarnings("ignore")
def test_silent_faults_do_not_raise() -> None:
    for function in functions(FAULTS["silent"]).values():
        assert function() is not None
