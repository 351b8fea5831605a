"""Notebooks: cells of one program, cells that come and go, and the one document that JupyterLab makes of them."""
from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from lsprotocol import types
from pytest_lsp import LanguageClient

from tests.server.talking import SCRIPT, WITHIN, File, codes, published

pytestmark = pytest.mark.asyncio(loop_scope="session")

CELLS = [
    "%matplotlib inline\nfrom keras import Input, Sequential\nfrom keras.layers import LSTM, Dense",
    "model = Sequential([Input((60, 1))])\nmodel.add(LSTM(50))",
    "!ls\nmodel.add(LSTM(50))",
]


class Notebook:
    def __init__(self, client: LanguageClient, path: Path, cells: list[str]) -> None:
        self.client = client
        self.uri = path.as_uri()
        self.version = 1
        self.made = len(cells)
        documents = [types.TextDocumentItem(self.cell(n), "python", 1, text) for n, text in enumerate(cells)]
        kind = types.NotebookCellKind.Code
        notebook = types.NotebookDocument(
            self.uri, "jupyter-notebook", 1, [types.NotebookCell(kind, document.uri) for document in documents]
        )
        client.notebook_document_did_open(types.DidOpenNotebookDocumentParams(notebook, documents))

    def cell(self, number: int) -> str:
        return f"vscode-notebook-cell:{self.uri.removeprefix('file:')}#{number}"

    def change(self, cells: types.NotebookDocumentCellChanges) -> None:
        self.version += 1
        document = types.VersionedNotebookDocumentIdentifier(version=self.version, uri=self.uri)
        change = types.NotebookDocumentChangeEvent(cells=cells)
        self.client.notebook_document_did_change(types.DidChangeNotebookDocumentParams(document, change))

    def edit(self, number: int, version: int, text: str) -> None:
        document = types.VersionedTextDocumentIdentifier(version=version, uri=self.cell(number))
        whole = types.TextDocumentContentChangeWholeDocument(text)
        content = types.NotebookDocumentCellContentChanges(document, [whole])
        self.change(types.NotebookDocumentCellChanges(text_content=[content]))


async def gone(client: LanguageClient, uri: str) -> None:
    """Wait until nothing is said of a text any more."""

    async def wait() -> None:
        while [p for p in client.published if p.uri == uri][-1].diagnostics:  # type: ignore[attr-defined]
            await asyncio.sleep(0.005)

    await asyncio.wait_for(wait(), WITHIN)


async def test_a_fault_across_cells(client: LanguageClient, tmp_path: Path) -> None:
    notebook = Notebook(client, tmp_path / "n.ipynb", CELLS)
    (found,) = await published(client, notebook.cell(2), 1)
    assert (found.code, found.range.start) == ("LST102", types.Position(1, 10))
    (related,) = found.related_information or ()
    assert (related.location.uri, related.location.range.start) == (notebook.cell(1), types.Position(1, 10))
    assert await published(client, notebook.cell(1), 1) == []


async def test_an_edit_of_one_cell_changes_another(client: LanguageClient, tmp_path: Path) -> None:
    notebook = Notebook(client, tmp_path / "n.ipynb", CELLS)
    assert codes(await published(client, notebook.cell(2), 1)) == ["LST102"]
    notebook.edit(1, 2, CELLS[1].replace("LSTM(50)", "LSTM(50, return_sequences=True)"))
    await gone(client, notebook.cell(2))


async def test_cells_come_and_go(client: LanguageClient, tmp_path: Path) -> None:
    notebook = Notebook(client, tmp_path / "n.ipynb", CELLS[:2])
    assert await published(client, notebook.cell(1), 1) == []
    new = types.TextDocumentItem(notebook.cell(7), "python", 1, "model.add(LSTM(3))")
    cell = types.NotebookCell(types.NotebookCellKind.Code, new.uri)
    array = types.NotebookCellArrayChange(start=2, delete_count=0, cells=[cell])
    notebook.change(types.NotebookDocumentCellChanges(types.NotebookDocumentCellChangeStructure(array, [new])))
    assert codes(await published(client, new.uri, 1)) == ["LST102"]
    array = types.NotebookCellArrayChange(start=2, delete_count=1)
    removal = types.NotebookDocumentCellChangeStructure(array, did_close=[types.TextDocumentIdentifier(new.uri)])
    notebook.change(types.NotebookDocumentCellChanges(removal))
    notebook.edit(1, 2, CELLS[1])
    await gone(client, new.uri)


async def test_hover_and_hints_in_a_cell(client: LanguageClient, tmp_path: Path) -> None:
    notebook = Notebook(client, tmp_path / "n.ipynb", [CELLS[0], CELLS[1].replace("LSTM(50)", "LSTM(50, return_sequences=True)")])
    identifier = types.TextDocumentIdentifier(notebook.cell(1))
    everything = types.Range(types.Position(0, 0), types.Position(99, 0))
    hints = await client.text_document_inlay_hint_async(types.InlayHintParams(identifier, everything))
    assert [hint.label for hint in hints or ()] == [" → (batch, 60, 50)"]
    hover = await client.text_document_hover_async(types.HoverParams(identifier, types.Position(1, 11)))
    assert hover is not None and "10,400 parameters" in str(hover.contents)


async def test_a_broken_cell_is_skipped_and_said_to_be(client: LanguageClient, tmp_path: Path) -> None:
    notebook = Notebook(client, tmp_path / "n.ipynb", [*CELLS, "print("])
    assert codes(await published(client, notebook.cell(2), 1)) == ["LST102"]
    assert codes(await published(client, notebook.cell(3), 1)) == ["LST901"]


async def test_cells_that_are_pulled_are_published_instead(puller: LanguageClient, tmp_path: Path) -> None:
    item = types.TextDocumentItem((tmp_path / "n.ipynb").as_uri() + "#cell", "python", 1, CELLS[0])
    cell = types.NotebookCell(types.NotebookCellKind.Code, item.uri)
    notebook = types.NotebookDocument((tmp_path / "n.ipynb").as_uri(), "jupyter-notebook", 1, [cell])
    puller.notebook_document_did_open(types.DidOpenNotebookDocumentParams(notebook, [item]))
    params = types.DocumentDiagnosticParams(types.TextDocumentIdentifier(item.uri))
    report = await puller.text_document_diagnostic_async(params)
    assert isinstance(report, types.RelatedFullDocumentDiagnosticReport) and list(report.items) == []
    assert await published(puller, item.uri, 1) == []


async def test_the_one_document_of_jupyterlab(client: LanguageClient, tmp_path: Path) -> None:
    # Its name ends like a notebook's, its text is the cells' code.
    file = File(client, tmp_path / "n.ipynb", "\n\n\n".join(CELLS))
    (found,) = await file.published()
    assert (found.code, found.range.start.line) == ("LST102", 10)


async def test_the_json_of_a_notebook_is_no_python(client: LanguageClient, tmp_path: Path) -> None:
    text = '{"cells": [{"cell_type": "code", "source": "import keras.layers.LSTM"}], "nbformat": 4}'
    File(client, tmp_path / "n.ipynb", text)
    script = File(client, tmp_path / "train.py", SCRIPT)
    assert codes(await script.published()) == ["LST102"]
    assert not [params for params in client.published if params.uri == (tmp_path / "n.ipynb").as_uri()]  # type: ignore[attr-defined]
