"""Removing a folder, whatever has been made in it."""

from __future__ import annotations

import contextlib
import os
import shutil


def remove(folder: str) -> None:
    """Remove a folder and all in it: also what is nested deeper than a path can be long, and what its maker has locked."""
    with contextlib.suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)
    number = 0
    while os.path.isdir(folder):
        moved = False
        for entry in _entries(folder):
            for inner in _entries(entry.path) if entry.is_dir(follow_symlinks=False) else ():
                # What lies deep is brought up, level by level.
                number += 1
                with contextlib.suppress(OSError):
                    if inner.is_dir(follow_symlinks=False):
                        os.chmod(inner.path, 0o700)
                    os.rename(inner.path, os.path.join(folder, f"lstmlint-{number}"))
                    moved = True
            with contextlib.suppress(OSError):
                (os.rmdir if entry.is_dir(follow_symlinks=False) else os.unlink)(entry.path)
                moved = True
        with contextlib.suppress(OSError):
            os.rmdir(folder)
        if not moved:
            return


def _entries(folder: str) -> list[os.DirEntry[str]]:
    with contextlib.suppress(OSError):
        os.chmod(folder, 0o700)
        with os.scandir(folder) as entries:
            return list(entries)
    return []
