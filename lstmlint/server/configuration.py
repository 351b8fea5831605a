"""The settings for a file, found as on the command line, and found anew when a file that they may come from has changed."""
from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

from lstmlint.config import ConfigError, Settings, load
from lstmlint.config.reader import OWN_FILE, SHARED_FILE
from lstmlint.server.preferences import Preferences
from lstmlint.sources.discover import discover
from lstmlint.sources.project import root_of

Stamp = tuple[tuple[str, int, int], ...]
FILES = (OWN_FILE, SHARED_FILE)


class Configuration:
    """Used by the worker alone, but for `preferences`, which may be replaced at any time."""

    def __init__(self, complain: Callable[[str], None]) -> None:
        self.preferences = Preferences()
        self._complain = complain
        self._known: dict[tuple[str, Preferences], tuple[Stamp, Settings]] = {}
        self._told: set[str] = set()

    def settings(self, path: str | None) -> Settings:
        """The settings for the file at `path`, or (None) for text that has no file. Those that make no sense are complained of."""
        preferences = self.preferences
        folder = os.getcwd() if path is None else os.path.dirname(path)
        stamp = _stamp(folder, preferences.configuration)
        known = self._known.get((folder, preferences))
        if known is not None and known[0] == stamp:
            return known[1]
        try:
            settings = load([folder], dict(preferences.options), config=preferences.configuration)
            if not settings.origin:
                # As if it were checked from the top of its project.
                settings = replace(settings, folder=root_of(folder))
            self._told.clear()
        except ConfigError as error:
            # Once, and not again at each keystroke.
            if str(error) not in self._told:
                self._told.add(str(error))
                self._complain(str(error))
            settings = Settings(folder=folder) if known is None else known[1]
        self._known[folder, preferences] = stamp, settings
        return settings

    def excludes(self, path: str | None, settings: Settings) -> bool:
        """Whether the settings leave a file out."""
        return path is not None and not list(discover([path], replace(settings, force_exclude=True)))


def _stamp(folder: str, named: tuple[str, ...]) -> Stamp:
    """Changes with every file that settings for this folder may come from."""
    found: list[tuple[str, int, int]] = []
    candidates = list(named)
    while not named:
        candidates.extend(os.path.join(folder, name) for name in FILES)
        parent = os.path.dirname(folder)
        if parent == folder:
            break
        folder = parent
    for file in candidates:
        try:
            status = os.stat(file)
        except OSError:
            continue
        found.append((file, status.st_mtime_ns, status.st_size))
    return tuple(found)
