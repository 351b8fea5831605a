"""Writing a file as a whole or not at all."""
from __future__ import annotations

import os
import tempfile
from contextlib import suppress


def put(path: str, data: bytes) -> None:
    """Let the file have this content; a link stays one, and a file that is there keeps its mode and owner. Raises OSError."""
    target = os.path.realpath(path)
    try:
        status = os.stat(target)
    except FileNotFoundError:
        status = None
    descriptor, beside = tempfile.mkstemp(prefix=f".{os.path.basename(target)}.", dir=os.path.dirname(target))
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(beside, _usual_mode() if status is None else status.st_mode & 0o7777)
        if status is not None and hasattr(os, "chown"):
            # Where it is somebody else's file, it becomes ours: that can't be helped.
            with suppress(OSError):
                os.chown(beside, status.st_uid, status.st_gid)
        os.replace(beside, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise


def _usual_mode() -> int:
    """The mode of new files; it can only be asked for by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
