"""What fixes change, as a unified diff; of a notebook, cell by cell."""
from __future__ import annotations

import difflib
from collections.abc import Iterator

from lstmlint.sources.read import decode, source_of


def diff(filename: str, before: bytes, after: bytes) -> Iterator[str]:
    """The lines of the diff, without their ends. That of a script can be given to `patch`."""
    old, new = (source_of(decode(data), filename) for data in (before, after))
    for cell in old.cells:
        changed = new.cell(cell.number)
        if changed is None or changed.original == cell.original:
            continue
        name = filename if cell.number is None else f"{filename}:cell {cell.number}"
        one, two = (text.splitlines(keepends=True) for text in (cell.original, changed.original))
        for line in difflib.unified_diff(one, two, name, name):
            yield line.rstrip("\r\n") if line.endswith(("\n", "\r")) else line
            if not line.endswith(("\n", "\r")) and line[:1] in "+- " and cell.number is None:
                yield "\\ No newline at end of file"
