"""What the analysis of a file reads besides the file: the modules of its project that it imports, and what the project requires."""
from __future__ import annotations

import os
from collections.abc import Iterable
from hashlib import blake2b

from lstmlint.sources.keras_version import requirements
from lstmlint.sources.prefilter import Prefilter
from lstmlint.sources.project import root_of

MOST = 2000
"""Of files that import more modules, directly and indirectly, nobody knows cheaply whether their result still holds."""


def digest_of(*parts: bytes) -> bytes:
    """A digest that tells these byte strings from any others."""
    state = blake2b(digest_size=20)
    for part in parts:
        state.update(len(part).to_bytes(8, "big"))
        state.update(part)
    return state.digest()


class Dependencies:
    """Answers from the files' contents, each read once."""

    def __init__(self, prefilter: Prefilter) -> None:
        self._prefilter = prefilter
        self._modules: dict[str, tuple[bytes, tuple[str, ...]]] = {}
        self._required: dict[str, bytes] = {}

    def digest(self, data: bytes, path: str) -> bytes | None:
        """Changes with anything that the result for a file with this content, lying at `path`, may rest on; None: not known."""
        modules = self.of_modules(self._prefilter.imported(data, path))
        if modules is None:
            return None
        digests = [digest_of(os.fsencode(module), modules[module]) for module in sorted(modules)]
        return digest_of(data, self._project(os.path.dirname(os.path.abspath(path))), *digests)

    def of_modules(self, paths: Iterable[str]) -> dict[str, bytes] | None:
        """The digests of these modules and of those that they import in turn, by their paths; None: not known."""
        seen: dict[str, bytes] = {}
        waiting = list(paths)
        while waiting:
            module = waiting.pop()
            if module in seen:
                continue
            if len(seen) >= MOST:
                return None
            seen[module], imported = self._module(module)
            waiting.extend(imported)
        return seen

    def _module(self, path: str) -> tuple[bytes, tuple[str, ...]]:
        known = self._modules.get(path)
        if known is None:
            try:
                with open(path, "rb") as file:
                    data = file.read()
            except OSError:
                data = b""
            known = self._modules[path] = digest_of(data), tuple(dict.fromkeys(self._prefilter.imported(data, path)))
        return known

    def _project(self, folder: str) -> bytes:
        known = self._required.get(folder)
        if known is None:
            parts = [part for path, content in requirements(folder) for part in (os.fsencode(path), content.encode())]
            known = self._required[folder] = digest_of(os.fsencode(root_of(folder)), *parts)
        return known
