"""The code cells of a notebook (nbformat 3 and 4), with what is not Python blanked out so that every place stays where it is."""
from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from lstmlint.sources.magics import as_python
from lstmlint.sources.source import CodeCell, SourceError


def code_cells(text: str) -> tuple[CodeCell, ...]:
    """The Python cells of the notebook with this JSON text. Raises SourceError if it isn't a notebook."""
    try:
        notebook = json.loads(text)
    except RecursionError:
        raise SourceError("not a notebook: its JSON is too deeply nested") from None
    except ValueError as error:
        raise SourceError(f"not a notebook: invalid JSON ({error})") from None
    if not isinstance(notebook, dict):
        raise SourceError("not a notebook: it holds no cells")
    return tuple(_python_cells(notebook))


def _python_cells(notebook: dict[str, Any]) -> Iterator[CodeCell]:
    cells = notebook.get("cells")
    if cells is None and isinstance(notebook.get("worksheets"), list):
        cells = [cell for sheet in notebook["worksheets"] if isinstance(sheet, dict) for cell in sheet.get("cells") or ()]
    if not isinstance(cells, list):
        raise SourceError("not a notebook: it holds no cells")
    if _language(notebook) != "python":
        return
    for number, cell in enumerate(cells, start=1):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code" or cell.get("language", "python") != "python":
            continue
        identifier = cell.get("id")
        count = cell.get("execution_count", cell.get("prompt_number"))
        read = code_cell(
            number, identifier if isinstance(identifier, str) else None, _text(cell.get("source", cell.get("input", ""))),
            count if isinstance(count, int) else None,
        )  # fmt: skip
        if read is not None:
            yield read


def code_cell(number: int | None, identifier: str | None, original: str, count: int | None = None) -> CodeCell | None:
    """The cell with this text; None where its magic makes something else than Python of it."""
    python = as_python(original)
    if python is None:
        return None
    text, columns = python
    return CodeCell(number, identifier, text, original, (columns,) if columns else (), count)


def _language(notebook: dict[str, Any]) -> str:
    metadata = notebook.get("metadata")
    if isinstance(metadata, dict):
        for key, name in (("language_info", "name"), ("kernelspec", "language")):
            section = metadata.get(key)
            if isinstance(section, dict) and isinstance(section.get(name), str):
                language: str = section[name].lower()
                return "python" if language in ("python", "ipython") else language
    return "python"


def _text(source: object) -> str:
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    # JSON can spell half a surrogate pair, which no encoding (and no parser) takes.
    return source.encode("utf-8", "replace").decode() if isinstance(source, str) else ""
