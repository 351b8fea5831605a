"""Whether a file concerns us, told from its bytes: it, or a module of its project that it imports, names something recurrent."""
from __future__ import annotations

import os
import re
from collections.abc import Iterator

from lstmlint.sources.project import Project
from lstmlint.sources.read import Read, is_notebook, read_bytes
from lstmlint.sources.source import SourceError

WORDS = (b"lstm", b"gru", b"rnn", b"bidirectional")
"""In lower case; every recurrent layer, cell and wrapper of Keras and PyTorch has one of them in its name."""
REACH = 300
"""Past so many modules, we stop looking and take the file to concern us."""

_IMPORT = re.compile(
    rb"\s*(?:from[ \t]+(?P<dots>\.*)(?P<module>[\w.]*)[ \t]+import[ \t]*\(?(?P<names>[^#;)]*)"
    rb"|import[ \t]+(?P<modules>[^#;]*))"
)
_CONTINUED = re.compile(rb"\\\r?\n")


def names_recurrent(data: bytes) -> bool:
    """Whether these bytes name anything recurrent."""
    lower = data.lower()
    return any(word in lower for word in WORDS)


class Prefilter:
    """Asks the files' bytes, and follows imports within the project; what it reads, it remembers."""

    def __init__(self, project: Project | None = None, read: Read = read_bytes) -> None:
        self.project = project or Project()
        self._read = read
        self._modules: dict[str, tuple[bool, tuple[str, ...]]] = {}

    def concerns(self, data: bytes, path: str | None) -> bool:
        """Whether a file with this content, lying at `path`, can have to do with a recurrent layer."""
        if names_recurrent(data):
            return True
        if path is None:
            return False
        waiting = list(self.imported(data, path))
        seen = set(waiting)
        while waiting:
            recurrent, imported = self._module(waiting.pop())
            if recurrent or len(seen) > REACH:
                return True
            new = [module for module in imported if module not in seen]
            seen.update(new)
            waiting.extend(new)
        return False

    def _module(self, path: str) -> tuple[bool, tuple[str, ...]]:
        known = self._modules.get(path)
        if known is None:
            try:
                data = self._read(path)
            except SourceError:
                data = b""
            known = (True, ()) if names_recurrent(data) else (False, tuple(self.imported(data, path)))
            self._modules[path] = known
        return known

    def forget(self, path: str) -> None:
        """The file at `path` has changed."""
        self._modules.pop(path, None)

    def imported(self, data: bytes, path: str) -> Iterator[str]:
        """The modules of the project that a file with this content, lying at `path`, imports, told from the bytes alone."""
        if is_notebook(path):
            # Each line of code is a JSON string, or a part of one that ends with an escaped newline.
            data = data.replace(b"\\n", b"\n").replace(b'"', b"\n")
        folder = os.path.dirname(os.path.abspath(path))
        tops = [self.project.listing(base) for base in self.project.search_path(folder)]
        for level, module, names in _imports(data):
            first = module.partition(".")[0]
            if not level and not any(first in top or first + ".py" in top for top in tops):
                continue
            parts = module.split(".") if module else []
            candidates = [".".join(parts[:end]) for end in range(0 if level else 1, len(parts) + 1)]
            candidates += [".".join([*parts, name]) for name in names]
            for candidate in candidates:
                found = self.project.resolve_in(folder, candidate, level)
                if found is not None:
                    yield found


def _imports(data: bytes) -> Iterator[tuple[int, str, list[str]]]:
    if b"\\" in data:
        data = _CONTINUED.sub(b" ", data)
    at = data.find(b"import")
    while at >= 0:
        start = data.rfind(b"\n", 0, at) + 1
        # A statement may stand behind another one.
        start = max(start, data.rfind(b";", start, at) + 1, data.rfind(b":", start, at) + 1)
        end = data.find(b"\n", at)
        end = len(data) if end < 0 else end
        line = data[start:end]
        if b"(" in line and b")" not in line:
            line = data[start : data.find(b")", at) if b")" in data[at:] else end]
        match = _IMPORT.match(line)
        if match:
            if match["modules"] is not None:
                for part in match["modules"].split(b","):
                    name = _word(part)
                    if name:
                        yield 0, name, []
            else:
                names = [name for name in map(_word, match["names"].split(b",")) if name]
                yield len(match["dots"]), match["module"].decode("utf-8", "replace"), names
        more = data.find(b";", at, end)
        at = data.find(b"import", max(more if more >= 0 else end, at + 1))


def _word(part: bytes) -> str:
    words = part.replace(b"\\", b" ").split()
    return words[0].decode("utf-8", "replace") if words else ""
