"""The fixtures for TensorFlow 1 do what they are said to do, by TensorFlow's own `compat.v1`."""
from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parent.parent / "fixtures" / "tensorflow1"
WORKING = sorted((FIXTURES / "working").glob("*.py"))
FAULTS = {name: FIXTURES / "faults" / f"{name}.py" for name in ("raising", "silent")}
MEANT = (ValueError, TypeError, IndexError)

pytestmark = pytest.mark.skipif(find_spec("tensorflow") is None or find_spec("tf_keras") is None, reason="TensorFlow is the judge")


def outcomes(path: Path) -> dict[str, Exception | None]:
    """What each function of a script raises, called in a graph of its own."""
    from tests.graph_shim import graph

    raised: dict[str, Exception | None] = {}
    names: dict[str, object] = {}
    with graph() as module:
        exec(compile(path.read_text(), str(path), "exec"), names)
        functions: dict[str, Callable[[], object]] = {
            name: value for name, value in names.items() if callable(value) and name != "run" and hasattr(value, "__code__")
        }  # type: ignore[misc]
        for name, function in functions.items():
            raised[name] = None
            try:
                with module.Graph().as_default():
                    function()
            except Exception as error:
                raised[name] = error
    return raised


@pytest.mark.parametrize("path", WORKING, ids=lambda path: path.stem)
def test_working_scripts_work(path: Path) -> None:
    from tests.graph_shim import execute_file

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        execute_file(path)


@pytest.mark.filterwarnings("ignore")
def test_raising_faults_raise() -> None:
    found = outcomes(FAULTS["raising"])
    assert len(found) >= 30
    assert [name for name, error in found.items() if error is None] == []
    assert {name: error for name, error in found.items() if "is not defined" in str(error)} == {}


@pytest.mark.filterwarnings("ignore")
def test_silent_faults_do_not_raise() -> None:
    assert {name: error for name, error in outcomes(FAULTS["silent"]).items() if error is not None} == {}
