"""The code cells of a notebook (nbformat 3 and 4), with what is not Python blanked out so that every place stays where it is."""
from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from lstmlint.sources.lexing import CLOSERS, OPENERS, STATEMENT_WORDS, TOKEN
from lstmlint.sources.source import CodeCell, SourceError

PYTHON_CELL_MAGICS = frozenset({"%%time", "%%capture", "%%prun", "%%wandb", "%%notify"})
"""Cell magics whose body is Python that runs in the notebook's own namespace."""

_CELL_MAGIC = re.compile(r"\s*(%%\S+)")
_MAGIC = re.compile(r"[%!?]")
_TIME = re.compile(r"%time[ \t](?=[ \t]*\S)")
_HELP = re.compile(r"[\w.*]+\?\??\s*$")
_TARGET = r"[A-Za-z_][\w.]*(?:\[[^\]=]*\])?"
_CAPTURED = re.compile(rf"([ \t]*{_TARGET}(?:[ \t]*,[ \t]*{_TARGET})*[ \t]*=[ \t]*)[%!]")
_MAY_HAVE_MAGIC = re.compile(r"[%!?]")


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
        original = _text(cell.get("source", cell.get("input", "")))
        python = as_python(original)
        if python is not None:
            identifier = cell.get("id")
            yield CodeCell(number, identifier if isinstance(identifier, str) else None, python, original)


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


def as_python(text: str) -> str | None:
    """The cell's text as Python of the same lines: magics become `pass`. None where the whole cell is something else."""
    if not _MAY_HAVE_MAGIC.search(text):
        return text
    lines = text.split("\n")
    start = next((i for i, line in enumerate(lines) if line.strip()), 0)
    cell_magic = _CELL_MAGIC.match(lines[start])
    if cell_magic:
        if cell_magic[1] not in PYTHON_CELL_MAGICS:
            return None
        lines[start] = _instead(lines[start], "pass")
    starts = _statement_starts("\n".join(lines))
    row = start
    while row < len(lines):
        line = lines[row]
        replaced = _without_magic(line) if row in starts else line
        if replaced != line:
            lines[row] = replaced
            while line.endswith("\\") and row + 1 < len(lines):
                row += 1
                line = lines[row]
                lines[row] = ""
        row += 1
    return "\n".join(lines)


def _without_magic(line: str) -> str:
    body = line.lstrip()
    if _MAGIC.match(body) or _HELP.match(body):
        timed = _TIME.match(body)
        if timed:
            # As long as what it replaces, so that the statement that is timed stays where it is.
            return line[: len(line) - len(body)] + "pass; " + body[timed.end() :]
        return _instead(line, "pass")
    captured = _CAPTURED.match(line)
    # IPython binds the name to what such a line returns, which nobody can know.
    return captured[1] + "get_ipython()" if captured else line


def _instead(line: str, statement: str) -> str:
    return line[: len(line) - len(line.lstrip())] + statement


def _statement_starts(text: str) -> set[int]:
    """The rows (from 0) at which a logical line starts."""
    starts = {0}
    depth = 0
    row = 0
    continued = False
    for match in TOKEN.finditer(text):
        token = match[0]
        if token[0] == "\n":
            row += 1
            if not depth and not continued:
                starts.add(row)
        else:
            row += token.count("\n")
            if token in OPENERS:
                depth += 1
            elif token in CLOSERS:
                depth = max(depth - 1, 0)
            elif token in STATEMENT_WORDS:
                depth = 0
        continued = token == "\\"
    return starts
