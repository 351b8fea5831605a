"""Writing what has been corrected, unless the file has changed meanwhile."""
from __future__ import annotations

import os

from lstmlint.fixes.document import NotMade
from lstmlint.sources.write import put


def write(path: str, before: bytes, after: bytes) -> None:
    """Put `after` in place of `before`, keeping the file's mode; a link stays one. Raises NotMade."""
    target = os.path.realpath(path)
    try:
        if not os.access(target, os.W_OK):
            raise NotMade("not written: the file is read-only")
        with open(target, "rb") as file:
            if file.read() != before:
                raise NotMade("not written: the file has changed meanwhile")
        put(target, after)
    except OSError as error:
        raise NotMade(_reason(error)) from None


def _reason(error: OSError) -> str:
    return f"not written: {(error.strerror or str(error)).lower()}"
