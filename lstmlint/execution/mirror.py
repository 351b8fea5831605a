"""A copy of a project to run in: what a script writes goes there, and what it reads comes from the project."""

from __future__ import annotations

import os
import shutil
from collections import deque
from contextlib import suppress

from lstmlint.sources.project import root_of

MOST = 20_000
"""Files and folders; what lies deeper than these can be read, but no file be made beside it."""
SMALL = 1 << 20
"""Bytes: such files are copied first."""
LARGEST = 64 << 20
"""Bytes: larger files are not copied, and can't be written over."""
ALL = 256 << 20
"""Bytes that are copied in all."""
BESIDE = 500
"""What lies beside the project can be read, if it is not more than this."""
_APART = frozenset(
    [".git", ".hg", ".svn", ".tox", ".nox", ".mypy_cache", ".ruff_cache", ".pytest_cache", "__pycache__", "node_modules"]
)  # fmt: skip


def home_of(path: str, notebook: bool) -> tuple[str, str]:
    """The project's top folder and the one that a script runs in: where the user is, if the script lies below; a notebook's own."""
    own = os.path.dirname(os.path.realpath(path))
    here = os.path.realpath(os.getcwd())
    too_wide = {os.path.realpath(os.path.expanduser("~")), os.path.dirname(here)}
    below = os.path.commonpath([own, here]) == here and here not in too_wide
    folder = own if notebook or not below else here
    root = root_of(folder)
    return (folder if root in too_wide or os.path.dirname(root) == root else root), folder


def mirror(root: str, into: str, without: str = "") -> None:
    """Make `into` look like the folder `root`, but for the folder `without`: files are copies, large ones links."""
    left, copied = MOST, 0
    larger: list[tuple[int, str, str]] = []
    waiting = deque([(root, into)])
    while waiting:
        source, target = waiting.popleft()
        os.makedirs(target, exist_ok=True)
        for entry in _entries(source):
            left -= 1
            place = os.path.join(target, entry.name)
            try:
                if entry.is_dir() and not entry.is_symlink() and left > 0:
                    if not _is_apart(entry) and entry.path != without:
                        waiting.append((entry.path, place))
                elif entry.is_file() and (size := entry.stat().st_size) <= SMALL and copied + size <= ALL and left > 0:
                    shutil.copy2(entry.path, place)
                    copied += size
                else:
                    os.symlink(os.path.realpath(entry.path), place)
                    if entry.is_file() and size <= LARGEST and left > 0:
                        larger.append((size, entry.path, place))
            except OSError:
                # What may not be read.
                continue
    for size, path, place in sorted(larger):
        # Of files that a script may want to write over, such as models, as many as there is room for.
        copied += size
        if copied > ALL:
            break
        os.unlink(place)
        shutil.copy2(path, place)


def link_beside(root: str, into: str) -> None:
    """What lies beside the project, for scripts that read `../data`."""
    entries = _entries(os.path.dirname(root))
    for entry in entries if len(entries) <= BESIDE else ():
        place = os.path.join(into, entry.name)
        if not os.path.lexists(place):
            os.symlink(entry.path, place)


def link_all(folder: str, into: str, depth: int = 3) -> None:
    """Make `into` look like `folder`: what lies in it, and in folders within, are links, beside which files can be made."""
    for entry in _entries(folder)[:BESIDE]:
        place = os.path.join(into, entry.name)
        with suppress(OSError):
            os.makedirs(into, exist_ok=True)
            if depth and entry.is_dir():
                os.makedirs(place)
                link_all(entry.path, place, depth - 1)
            else:
                os.symlink(os.path.realpath(entry.path), place)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def _is_apart(entry: os.DirEntry[str]) -> bool:
    """Whether a folder holds nothing that a script of the project reads: what tools keep, environments."""
    return entry.name in _APART or os.path.exists(os.path.join(entry.path, "pyvenv.cfg"))
