"""`%load_ext lstmlint`: findings below the cell that was run."""
from __future__ import annotations

import sys
import types
from collections.abc import Iterator

import pytest
from IPython.core.interactiveshell import InteractiveShell

from lstmlint.plugins.jupyterlab import specification


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """A shell with a Keras that does nothing."""
    layers = types.ModuleType("keras.layers")
    keras = types.ModuleType("keras")

    class Made:
        def __init__(self, *args: object, **keywords: object) -> None: ...

        def add(self, layer: object) -> None: ...

    layers.LSTM = keras.Sequential = Made  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keras", keras)
    monkeypatch.setitem(sys.modules, "keras.layers", layers)
    InteractiveShell.clear_instance()
    made = InteractiveShell.instance()
    made.history_manager.enabled = False
    yield made
    made.run_cell("%unload_ext lstmlint", store_history=False)
    InteractiveShell.clear_instance()


FIRST = "from keras import Sequential\nfrom keras.layers import LSTM\nmodel = Sequential()\nmodel.add(LSTM(8, input_shape=(60, 1)))"


def run(shell: InteractiveShell, capsys: pytest.CaptureFixture[str], cell: str) -> str:
    capsys.readouterr()
    shell.run_cell(cell, store_history=True)
    return capsys.readouterr().out


def test_what_is_wrong_is_told_below_the_cell(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(shell, capsys, "%load_ext lstmlint") == ""
    assert run(shell, capsys, FIRST) == ""
    told = run(shell, capsys, "model.add(LSTM(8))")
    assert told.split("\n")[0].startswith("In:cell 3:1:11: error LST102"), told
    assert "help: pass return_sequences=True" in told


def test_once(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    run(shell, capsys, "%load_ext lstmlint")
    run(shell, capsys, FIRST)
    assert "LST102" in run(shell, capsys, "model.add(LSTM(8))")
    assert run(shell, capsys, "x = 1") == ""


def test_cells_that_were_run_before_it_count(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    run(shell, capsys, FIRST)
    run(shell, capsys, "%load_ext lstmlint")
    assert "LST102" in run(shell, capsys, "model.add(LSTM(8))")


def test_of_a_cell_that_failed_nothing_is_concluded(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    run(shell, capsys, "%load_ext lstmlint")
    run(shell, capsys, FIRST)
    run(shell, capsys, "raise ValueError(model)")
    assert run(shell, capsys, "model.add(LSTM(8))") == ""


def test_it_can_be_switched_off_and_on(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    run(shell, capsys, "%load_ext lstmlint")
    run(shell, capsys, FIRST)
    run(shell, capsys, "%lstmlint off")
    assert run(shell, capsys, "model.add(LSTM(8))") == ""
    assert "LST102" in run(shell, capsys, "%lstmlint on")
    assert "usage" in run(shell, capsys, "%lstmlint maybe")


def test_jupyterlab_is_told_how_to_start_the_server() -> None:
    (server,) = specification(None).values()
    assert server["version"] == 2
    assert server["argv"][1:] == ["-m", "lstmlint", "server"]
    assert server["languages"] == ["python"]
