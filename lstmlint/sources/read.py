"""From a path or bytes to a Source, or to one clear sentence why not."""
from __future__ import annotations

import codecs
import os
import re
import stat
from collections.abc import Callable, Mapping

from lstmlint.sources.source import Source, SourceError, script

MEGABYTE = 1 << 20
LIMITS = {"script": 5, "notebook": 50}
"""The largest files that are read, in megabytes: notebooks carry their pictures with them."""

_COOKIE = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"[ \t\f]*(?:#.*)?\r?$")


Read = Callable[[str], bytes]
"""How the content of a file is had: from the disk, or from an editor that has it open."""


def is_notebook(filename: str) -> bool:
    """Whether this is the name of a notebook."""
    return filename.endswith(".ipynb")


def read_bytes(path: str, limits: Mapping[str, int] = LIMITS) -> bytes:
    """The file's content. Raises SourceError if it can't be had or is too large."""
    limit = limits["notebook" if is_notebook(path) else "script"]
    try:
        # Not to wait for a writer, should it be a pipe.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb", buffering=0) as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise SourceError("is a directory" if stat.S_ISDIR(status.st_mode) else "not a regular file")
            if status.st_size > limit * MEGABYTE:
                raise SourceError(f"too large: {status.st_size / MEGABYTE:.1f} MB, the limit is {limit} MB")
            return file.readall()
    except FileNotFoundError:
        raise SourceError("broken symbolic link" if os.path.islink(path) else "no such file or directory") from None
    except IsADirectoryError:
        raise SourceError("is a directory") from None
    except OSError as error:
        raise SourceError((error.strerror or str(error)).lower()) from None
    except ValueError as error:
        raise SourceError(str(error)) from None


def decode(data: bytes) -> str:
    """The text of Python source or of a notebook, by its byte order mark or PEP 263 declaration, UTF-8 otherwise."""
    if b"\0" in data:
        raise SourceError("binary: it contains null bytes")
    marked = data.startswith(codecs.BOM_UTF8)
    if marked:
        data = data[len(codecs.BOM_UTF8) :]
    encoding = _declared_encoding(data)
    try:
        name = codecs.lookup(encoding or "utf-8").name
        if marked and name != "utf-8":
            raise SourceError(f"undecodable: it starts with the mark of UTF-8 but declares {encoding}")
        return data.decode(name)
    except LookupError:
        raise SourceError(f"undecodable: unknown encoding {encoding}") from None
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        says = f"not {encoding}, which it declares" if encoding else "not UTF-8, and no other encoding is declared"
        raise SourceError(f"undecodable: line {row} is {says}") from None
    except UnicodeError as error:
        raise SourceError(f"undecodable: {error}") from None


def encode(text: str) -> bytes:
    """The bytes of a source's text, such that `decode` gives the text again."""
    declared = _declared_encoding(text[:1000].encode("utf-8", "replace"))
    try:
        return text.encode(declared or "utf-8")
    except (LookupError, UnicodeError):
        return text.encode("utf-8", "replace")


def encode_like(text: str, like: bytes) -> bytes:
    """`text` as bytes, in the encoding and with the mark that the content `like` has. Raises UnicodeError."""
    marked = like.startswith(codecs.BOM_UTF8)
    encoding = _declared_encoding(like[len(codecs.BOM_UTF8) :] if marked else like)
    return (codecs.BOM_UTF8 if marked else b"") + text.encode(codecs.lookup(encoding or "utf-8").name)


def _declared_encoding(data: bytes) -> str | None:
    head = data[:1000]
    if b"coding" not in head:
        return None
    for line in head.split(b"\n", 2)[:2]:
        cookie = _COOKIE.match(line)
        if cookie:
            return cookie[1].decode("ascii", "replace")
        if not _BLANK.match(line):
            return None
    return None


def source_of(text: str, filename: str, path: str | None = None) -> Source:
    """The Source of a script's or (by the file's name) a notebook's text."""
    if is_notebook(filename):
        # Here, so that scripts need not wait for it.
        from lstmlint.sources.notebook import code_cells

        return Source(filename, "notebook", code_cells(text), path)
    return script(text, filename, path)


def read(path: str) -> Source:
    """The Source of a file. Raises SourceError."""
    return source_of(decode(read_bytes(path)), path, path)
