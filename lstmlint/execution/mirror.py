"""A copy of a project to run in: what a script writes goes there, and what it reads comes from the project."""

from __future__ import annotations

import os
import shutil
from collections import deque

from lstmlint.sources.project import root_of

MOST = 20_000
"""Files and folders; what lies deeper than these can be read, but no file be made beside it."""
SMALL = 1 << 20
"""Bytes: larger files are not copied, and can't be written over."""
ALL = 256 << 20
"""Bytes that are copied in all."""


def home_of(path: str, notebook: bool) -> tuple[str, str]:
    """The project's top folder and the one that a script runs in: where the user is, if the script lies below; a notebook's own."""
    own = os.path.dirname(os.path.realpath(path))
    here = os.path.realpath(os.getcwd())
    too_wide = {os.path.realpath(os.path.expanduser("~")), os.path.dirname(here)}
    below = os.path.commonpath([own, here]) == here and here not in too_wide
    folder = own if notebook or not below else here
    root = root_of(folder)
    return (folder if root in too_wide or os.path.dirname(root) == root else root), folder


def mirror(root: str, into: str) -> None:
    """Make `into` look like the folder `root`: folders and small files are copies, other files are links."""
    left, copied = MOST, 0
    waiting = deque([(root, into)])
    while waiting:
        source, target = waiting.popleft()
        os.makedirs(target, exist_ok=True)
        try:
            entries = sorted(os.scandir(source), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            left -= 1
            place = os.path.join(target, entry.name)
            try:
                if entry.is_dir() and not entry.is_symlink() and left > 0:
                    if not _is_apart(entry):
                        waiting.append((entry.path, place))
                elif entry.is_file() and (size := entry.stat().st_size) <= SMALL and copied + size <= ALL and left > 0:
                    shutil.copyfile(entry.path, place)
                    copied += size
                else:
                    os.symlink(os.path.realpath(entry.path), place)
            except OSError:
                # A pipe, or what may not be read.
                continue


def _is_apart(entry: os.DirEntry[str]) -> bool:
    """Whether a folder holds nothing that a script of the project reads: hidden ones, environments."""
    return entry.name.startswith(".") or entry.name in ("__pycache__", "node_modules") or (
        os.path.exists(os.path.join(entry.path, "pyvenv.cfg"))
    )  # fmt: skip
