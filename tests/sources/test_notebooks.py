"""Notebooks: findings in their cells, at their places, and what the order of the cells is worth."""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lstmlint.cli import main
from lstmlint.config import Settings
from lstmlint.diagnostics import Diagnostic
from lstmlint.engine import check_files

IMPORTS = "from keras.models import Sequential\nfrom keras.layers import LSTM"
FAULT = "model = Sequential()\nmodel.add(LSTM(3, input_shape=(10, 1)))\nmodel.add(LSTM(4))"


def notebook(*cells: str | tuple[str, int | None], old: bool = False) -> dict[str, Any]:
    """A notebook of code cells with their execution counts, a cell of prose first."""
    counted = [(cell, None) if isinstance(cell, str) else cell for cell in cells]
    prose = {"cell_type": "markdown", "metadata": {}, "source": ["# LSTM"]}
    if old:
        code = [{"cell_type": "code", "language": "python", "input": s.splitlines(True), "prompt_number": c} for s, c in counted]
        return {"worksheets": [{"cells": [prose, *code]}], "nbformat": 3, "nbformat_minor": 0, "metadata": {}}
    both = [
        {"cell_type": "code", "id": f"cell-{n}", "source": s.splitlines(True), "execution_count": c, "metadata": {}, "outputs": []}
        for n, (s, c) in enumerate(counted, start=2)
    ]
    return {"cells": [prose, *both], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}


def checked(content: dict[str, Any], folder: Path) -> list[Diagnostic]:
    path = folder / "train.ipynb"
    data = json.dumps(content, indent=1).encode()
    path.write_bytes(data)
    (result,) = check_files([str(path)], Settings())
    assert result.error is None
    # Reading changes nothing.
    assert path.read_bytes() == data
    return list(result.diagnostics)


def underlined(content: dict[str, Any], diagnostic: Diagnostic) -> str:
    cells = content["cells"] if "cells" in content else content["worksheets"][0]["cells"]
    assert diagnostic.cell is not None
    cell = cells[diagnostic.cell - 1]
    span = diagnostic.span
    assert span.start_row == span.end_row
    line: str = cell.get("source", cell.get("input"))[span.start_row - 1]
    return line[span.start_column - 1 : span.end_column - 1]


@pytest.mark.parametrize("old", [False, True], ids=["nbformat 4", "nbformat 3"])
@pytest.mark.parametrize(
    "cell",
    [
        FAULT,
        "%matplotlib inline\n!pip install \\\n  keras\n" + FAULT,
        "%%time\n" + FAULT,
        "".join(f"    {line}\n" for line in FAULT.splitlines()),
        "".join(f">>> {line}\n" for line in FAULT.splitlines()),
        "In [7]: " + FAULT.replace("\n", "\n   ...: "),
        "files = !ls 'a\n" + FAULT + "\nmodel.summary?",
        FAULT.replace("model.add(LSTM(4))", "%time model.add(LSTM(4))"),
        FAULT.replace("model.add(LSTM(4))", "print `model`; model.add(LSTM(4)); print 'a'"),
        FAULT.replace("model.add(LSTM(4))", "model.add(\u00a0LSTM(4))"),
    ],
)
def test_findings_stand_in_their_cells(cell: str, old: bool, tmp_path: Path) -> None:
    content = notebook(IMPORTS, "x = 1", cell, "!ls", old=old)
    (fault,) = (d for d in checked(content, tmp_path) if d.code != "LST901")
    assert (fault.code, fault.severity, fault.cell) == ("LST102", "error", 4)
    assert underlined(content, fault) == "LSTM"
    assert content["cells" if not old else "worksheets"]
    (related,) = fault.related
    assert (related.cell, related.span.start_row) == (4, fault.span.start_row - 1)


def test_text_and_json_name_the_cell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "train.ipynb"
    path.write_text(json.dumps(notebook(IMPORTS, FAULT)))
    assert main(["check", "--isolated", "--output-format", "concise", str(path)]) == 1
    assert f"{path}:cell 3:3:11: error LST102" in capsys.readouterr().out
    main(["check", "--isolated", "--output-format", "json", str(path)])
    (fault,) = json.loads(capsys.readouterr().out)
    assert (fault["cell"], fault["cell_id"], fault["location"]) == (3, "cell-3", {"row": 3, "column": 11})
    assert fault["related"][0]["cell_id"] == "cell-3"


MADE, FIRST, SECOND = FAULT.split("\n")


@pytest.mark.parametrize(
    "cells, severity",
    [
        ([(IMPORTS, 1), (MADE, 2), (FIRST, 3), (SECOND, 4)], "error"),
        ([(IMPORTS, None), (MADE, None), (FIRST, None), (SECOND, None)], "error"),
        # Imports that were run again, and cells that have nothing to do with it.
        ([(IMPORTS, 50), (MADE, 2), (FIRST, 3), ("x = 1", 1), (SECOND, 4)], "error"),
        # The model was made anew after its layers were added.
        ([(IMPORTS, 1), (MADE, 5), (FIRST, 3), (SECOND, 4)], "warning"),
        ([(IMPORTS, 1), (MADE, 2), (FIRST, 4), (SECOND, 3)], "warning"),
        # What the cells at fault get their names from.
        ([(IMPORTS, 1), ("units = 3", 9), ("units = units", 4), (FAULT.replace("3", "units"), 5)], "warning"),
    ],
)
def test_what_rests_on_an_order_that_was_not_kept(cells: list[tuple[str, int | None]], severity: str, tmp_path: Path) -> None:
    for old in (False, True):
        (fault,) = checked(notebook(*cells, old=old), tmp_path)
        assert (fault.code, fault.severity) == ("LST102", severity)
        assert fault.message.endswith(", if the cells run in this order") == (severity == "warning")


def test_a_cell_of_something_else_is_skipped(tmp_path: Path) -> None:
    assert not checked(notebook(IMPORTS, "%%bash\nx = = 1", "%%html\n<b>", FAULT.replace("model.add(LSTM(4))", "")), tmp_path)


def test_what_a_magic_binds_is_not_known(tmp_path: Path) -> None:
    made = FAULT.replace("model.add(LSTM(4))", "")
    assert [d.code for d in checked(notebook(IMPORTS, made, "model.add(LSTM(4))"), tmp_path)] == ["LST102"]
    magics = "%%bigquery model\nselect 1", "model = !ls", "%%capture model\nx = 1", "%%unheard of\nmodel.add(1)", "%store -r model"
    for magic in magics:
        assert not checked(notebook(IMPORTS, made, magic, "model.add(LSTM(4))"), tmp_path), magic
