"""Writing a file as a whole or not at all."""
from __future__ import annotations

import os
import tempfile
from contextlib import suppress

from lstmlint.fixes.document import NotMade


def write(path: str, before: bytes, after: bytes) -> None:
    """Put `after` in place of `before`, keeping the file's mode; a link stays one. Raises NotMade."""
    target = os.path.realpath(path)
    try:
        if not os.access(target, os.W_OK):
            raise NotMade("not written: the file is read-only")
        with open(target, "rb") as file:
            if file.read() != before:
                raise NotMade("not written: the file has changed meanwhile")
        status = os.stat(target)
        descriptor, beside = tempfile.mkstemp(prefix=f".{os.path.basename(target)}.", dir=os.path.dirname(target))
    except OSError as error:
        raise NotMade(_reason(error)) from None
    try:
        with open(descriptor, "wb") as file:
            file.write(after)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(beside, status.st_mode & 0o7777)
        if hasattr(os, "chown"):
            # Where it is somebody else's file, it becomes ours: that can't be helped.
            with suppress(OSError):
                os.chown(beside, status.st_uid, status.st_gid)
        os.replace(beside, target)
    except BaseException as error:
        with suppress(OSError):
            os.unlink(beside)
        if isinstance(error, OSError):
            raise NotMade(_reason(error)) from None
        raise


def _reason(error: OSError) -> str:
    return f"not written: {(error.strerror or str(error)).lower()}"
