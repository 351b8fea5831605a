"""What the editor has open: texts, and notebooks made of them, each as it is now, whatever lies on the disk."""
from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from lsprotocol import types
from pygls.uris import from_fs_path, to_fs_path

from lstmlint.server.positions import Encoding, edited, lines_of
from lstmlint.sources.notebook import code_cell
from lstmlint.sources.read import read_bytes
from lstmlint.sources.source import Source, script

PYTHON = frozenset({"python", "ipython", "python3"})
"""What clients call the language of what we read."""


@dataclass(slots=True)
class Document:
    """An open text. Its name in the file system says nothing: what it is, the client's language id and the text itself tell."""

    uri: str
    language: str
    version: int
    text: str
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.become(self.version, self.text)

    def become(self, version: int, text: str) -> None:
        """Take another text."""
        # Half a surrogate pair, which JSON can spell, is no text.
        self.text = text.encode("utf-8", "replace").decode()
        self.version = version
        self.lines = lines_of(self.text)

    def change(self, version: int, changes: Iterable[types.TextDocumentContentChangeEvent], encoding: Encoding) -> None:
        """Apply what the client says has changed."""
        text = self.text
        for change in changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                text = edited(text, change.range, change.text, encoding)
            else:
                text = change.text
        self.become(version, text)

    @property
    def is_python(self) -> bool:
        """Python, also as the one document that JupyterLab makes of a notebook's cells; a notebook's JSON is not."""
        return self.language.lower() in PYTHON and not (self.uri.endswith(".ipynb") and self.text.lstrip()[:1] == "{")


@dataclass(frozen=True, slots=True)
class Part:
    """A cell of a notebook (`number` counts all its cells from 1), or (None) a whole script."""

    uri: str
    number: int | None
    version: int
    text: str
    lines: Sequence[str]
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A script or notebook as it was at one moment; `serial` grows with every change of anything."""

    uri: str
    path: str | None
    is_notebook: bool
    parts: tuple[Part, ...]
    serial: int

    @property
    def filename(self) -> str:
        """What the results call it."""
        return self.path or self.uri

    @property
    def data(self) -> bytes:
        """All its text, for the prefilter."""
        return "\n".join(part.text for part in self.parts).encode()

    def source(self) -> Source:
        """What is analysed."""
        if not self.is_notebook:
            text = self.parts[0].text
            # The one document that JupyterLab makes of all cells has what only IPython takes.
            cell = code_cell(None, None, text) if self.uri.endswith(".ipynb") else None
            whole = script(text, self.filename, self.path)
            return whole if cell is None else replace(whole, cells=(cell,))
        cells = (code_cell(part.number, part.uri, part.text, part.count) for part in self.parts)
        return Source(self.filename, "notebook", tuple(cell for cell in cells if cell is not None), self.path)

    def part(self, number: int | None) -> Part | None:
        """The cell with this number."""
        return next((part for part in self.parts if part.number == number), None)


@dataclass(slots=True)
class Notebook:
    """An open notebook: its cells in order, with the number of each among all of them and its execution count."""

    uri: str
    cells: list[types.NotebookCell] = field(default_factory=list)


class Documents:
    """All that is open. Changed and read by the event loop only; the worker gets snapshots, and reads files through `read`."""

    def __init__(self) -> None:
        self.encoding = Encoding()
        self.texts: dict[str, Document] = {}
        self.notebooks: dict[str, Notebook] = {}
        self._notebook_of: dict[str, str] = {}
        self._buffers: dict[str, bytes] = {}
        self._serial = 0

    def open(self, item: types.TextDocumentItem, notebook: str | None = None) -> None:
        """A text was opened, perhaps as a cell."""
        self.texts[item.uri] = Document(item.uri, item.language_id, item.version, item.text)
        if notebook is not None:
            self._notebook_of[item.uri] = notebook
        self._changed(item.uri)

    def change(self, uri: str, version: int, changes: Iterable[types.TextDocumentContentChangeEvent]) -> bool:
        """A text was changed; says whether it is open at all."""
        document = self.texts.get(uri)
        if document is not None:
            document.change(version, changes, self.encoding)
            self._changed(uri)
        return document is not None

    def close(self, uri: str) -> None:
        """A text was closed."""
        self.texts.pop(uri, None)
        self._notebook_of.pop(uri, None)
        path = path_of(uri)
        if path is not None:
            self._buffers.pop(path, None)
        self._serial += 1

    def _changed(self, uri: str) -> None:
        self._serial += 1
        path = path_of(uri)
        if path is not None and path.endswith((".py", ".pyi")):
            self._buffers[path] = self.texts[uri].text.encode()

    def open_notebook(self, notebook: types.NotebookDocument, cells: Iterable[types.TextDocumentItem]) -> None:
        """A notebook was opened."""
        self.notebooks[notebook.uri] = Notebook(notebook.uri, list(notebook.cells))
        for cell in cells:
            self.open(cell, notebook.uri)

    def change_notebook(self, uri: str, change: types.NotebookDocumentChangeEvent) -> bool:
        """Cells came, went, or changed; says whether the notebook is open at all."""
        notebook = self.notebooks.get(uri)
        if notebook is None:
            return False
        self._serial += 1
        cells = change.cells
        if cells is None:
            return True
        if cells.structure is not None:
            array = cells.structure.array
            notebook.cells[array.start : array.start + array.delete_count] = array.cells or []
            for item in cells.structure.did_open or ():
                self.open(item, uri)
            for closed in cells.structure.did_close or ():
                self.close(closed.uri)
        data = {cell.document: cell for cell in cells.data or ()}
        notebook.cells = [data.get(cell.document, cell) for cell in notebook.cells]
        for text in cells.text_content or ():
            self.change(text.document.uri, text.document.version, text.changes)
        return True

    def close_notebook(self, uri: str) -> None:
        """A notebook was closed."""
        notebook = self.notebooks.pop(uri, None)
        for cell in notebook.cells if notebook is not None else ():
            self.close(cell.document)

    def program(self, uri: str) -> str | None:
        """The script or notebook that a text belongs to; None if it is neither open nor Python."""
        owner = self._notebook_of.get(uri)
        if owner is not None or uri in self.notebooks:
            return owner or uri
        document = self.texts.get(uri)
        return uri if document is not None and document.is_python else None

    def programs(self) -> list[str]:
        """All scripts and notebooks that are open."""
        return [*self.notebooks, *(uri for uri in self.texts if self.program(uri) == uri)]

    def is_cell(self, uri: str) -> bool:
        """Whether a text is a cell of a notebook."""
        return uri in self._notebook_of

    def snapshot(self, program: str) -> Snapshot | None:
        """A script or notebook as it is now."""
        path = path_of(program)
        notebook = self.notebooks.get(program)
        if notebook is None:
            document = self.texts.get(program)
            if document is None:
                return None
            part = Part(document.uri, None, document.version, document.text, document.lines)
            return Snapshot(program, path, False, (part,), self._serial)
        return Snapshot(program, path, True, tuple(self._cells(notebook)), self._serial)

    def _cells(self, notebook: Notebook) -> Iterable[Part]:
        for number, cell in enumerate(notebook.cells, start=1):
            document = self.texts.get(cell.document)
            if cell.kind == types.NotebookCellKind.Code and document is not None and document.is_python:
                summary = cell.execution_summary
                count = None if summary is None else summary.execution_order
                yield Part(document.uri, number, document.version, document.text, document.lines, count)

    def read(self, path: str) -> bytes:
        """The content of a file: what the editor has of it, saved or not, before what lies on the disk."""
        buffer = self._buffers.get(path) or self._buffers.get(os.path.realpath(path))
        return read_bytes(path) if buffer is None else buffer


def path_of(uri: str) -> str | None:
    """The path of a file's URI; None for what has no file."""
    return to_fs_path(uri) if uri.startswith("file:") else None


def uri_of(filename: str) -> str:
    """The URI of what a result calls so."""
    if "://" in filename or filename.startswith("untitled:"):
        return filename
    return from_fs_path(os.path.abspath(filename)) or filename
