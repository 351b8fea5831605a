"""Which files the given paths mean: files themselves, and the scripts and notebooks in folders that nothing excludes."""
from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence

from lstmlint.config import Settings
from lstmlint.sources.ignore import Patterns, patterns_of, read_patterns

SUFFIXES = (".py", ".pyi", ".ipynb")
VIRTUAL_ENVIRONMENT = "pyvenv.cfg"
"""The file that marks a virtual environment, whatever its name."""


def discover(paths: Iterable[str], settings: Settings) -> Iterator[str]:
    """The files to check, each once, in the order of the paths, folders sorted.

    A path that is given is taken even where it is excluded or doesn't exist (reading it will tell), but for `force_exclude`.
    """
    excluded = patterns_of(settings.all_excluded, settings.folder)
    seen: set[str] = set()
    for path in paths:
        for file in _below(path, excluded, settings):
            identity = os.path.abspath(file)
            if identity not in seen:
                seen.add(identity)
                yield file


def _below(path: str, excluded: Patterns, settings: Settings) -> Iterator[str]:
    is_folder = os.path.isdir(path)
    if settings.force_exclude and _excluded_somewhere(os.path.abspath(path), is_folder, excluded, settings.folder):
        return
    if not is_folder:
        yield path
    else:
        ignored = _ignored_above(os.path.abspath(path)) if settings.respect_gitignore else []
        yield from _walk("" if path == "." else path, os.path.abspath(path), ignored, excluded, settings)


def _walk(
    shown: str, folder: str, ignored: Sequence[Patterns], excluded: Patterns, settings: Settings
) -> Iterator[str]:
    """`shown` is the folder as the user will see it, `folder` its absolute path."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError:
        # Reading it fails too, and says why.
        yield shown or folder
        return
    if settings.respect_gitignore and any(entry.name == ".gitignore" for entry in entries):
        own = read_patterns(os.path.join(folder, ".gitignore"), folder)
        if own is not None:
            ignored = [*ignored, own]
    for entry in entries:
        name = entry.name
        is_folder = entry.is_dir(follow_symlinks=False)
        # An editor's lock file is a link to nowhere by design.
        if not is_folder and (not name.endswith(SUFFIXES) or name.startswith(".#")):
            continue
        if excluded.verdict(entry.path, is_folder) or _ignored(entry.path, is_folder, ignored):
            continue
        path = os.path.join(shown, name)
        if is_folder:
            if os.path.exists(os.path.join(entry.path, VIRTUAL_ENVIRONMENT)):
                continue
            yield from _walk(path, entry.path, ignored, excluded, settings)
        elif not entry.is_dir():
            yield path


def _ignored(path: str, is_folder: bool, levels: Sequence[Patterns]) -> bool:
    for patterns in reversed(levels):
        verdict = patterns.verdict(path, is_folder)
        if verdict is not None:
            return verdict
    return False


def _ignored_above(folder: str) -> list[Patterns]:
    """The .gitignore files of the folders above, up to the top of the repository; none outside a repository."""
    levels: list[Patterns] = []
    current = folder
    while True:
        if os.path.exists(os.path.join(current, ".git")):
            own = read_patterns(os.path.join(current, ".git", "info", "exclude"), current)
            return ([own] if own is not None else []) + levels[::-1]
        parent = os.path.dirname(current)
        if parent == current:
            return []
        current = parent
        above = read_patterns(os.path.join(current, ".gitignore"), current)
        if above is not None:
            levels.append(above)


def _excluded_somewhere(path: str, is_folder: bool, excluded: Patterns, top: str) -> bool:
    """Whether `path` or a folder between it and `top` is excluded."""
    while path != top:
        if excluded.verdict(path, is_folder):
            return True
        parent = os.path.dirname(path)
        if parent == path:
            return False
        path, is_folder = parent, True
    return False
