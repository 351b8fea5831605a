"""Results of earlier runs, kept in the user's cache folder, for files on which nothing has changed that the result rests on.

Not in the project: what lies in a repository comes from others, and must not be able to hide findings.
"""
from __future__ import annotations

import json
import os
import sqlite3
import sys
import time
from contextlib import suppress
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version

from lstmlint import __version__
from lstmlint.config import Settings
from lstmlint.diagnostics import FileResult
from lstmlint.records import Reader, from_record, to_record
from lstmlint.sources.dependencies import Dependencies, digest_of
from lstmlint.sources.source import SourceError

FILE = "results.sqlite"
KEPT_DAYS = 30
"""What was not asked for in so many days is forgotten."""
LARGEST = 256 << 20
"""A larger file is begun anew."""
_NOT_OF_THE_RESULT = frozenset(
    ("output_format", "exclude", "extend_exclude", "force_exclude", "respect_gitignore")
    + ("origin", "baseline", "largest_script", "largest_notebook")
)
_DAY = 86_400


def default_folder() -> str:
    """Where the operating system wants caches; LSTMLINT_CACHE_DIR overrides it."""
    chosen = os.environ.get("LSTMLINT_CACHE_DIR")
    if chosen:
        return chosen
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or os.path.expanduser(r"~\AppData\Local")
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(base, "lstmlint")


def clean(folder: str) -> bool:
    """Remove what the cache has put into `folder`; whether there was anything."""
    found = False
    for name in (FILE, FILE + "-journal", FILE + "-wal", FILE + "-shm"):
        with suppress(FileNotFoundError):
            os.remove(os.path.join(folder, name))
            found = True
    with suppress(OSError):
        os.rmdir(folder)
    return found


class Cache:
    """A store that may fail at any time without harm: then there is nothing in it, and nothing is kept."""

    def __init__(self, folder: str, settings: Settings, dependencies: Dependencies) -> None:
        self._folder = folder
        self._dependencies = dependencies
        self._settings = settings
        self._run: bytes | None = None
        self._connection: sqlite3.Connection | None = None
        self._tried = False
        self._today = int(time.time() / _DAY)
        self._used: list[bytes] = []
        self._new: list[tuple[bytes, int, str]] = []

    def key(self, data: bytes, filename: str, path: str, seen: bytes = b"") -> bytes | None:
        """What the result for this file is kept under; None if it can't be kept. `seen`: of what earlier runs have shown."""
        rests_on = self._dependencies.digest(data, path)
        if rests_on is None:
            return None
        if self._run is None:
            self._run = self._of_this_run()
        return digest_of(self._run, rests_on, os.fsencode(filename), os.fsencode(os.path.abspath(path)), seen)

    def _of_this_run(self) -> bytes:
        settings = {name: value for name, value in asdict(self._settings).items() if name not in _NOT_OF_THE_RESULT}
        try:
            parser = version("libcst")
        except PackageNotFoundError:
            parser = ""
        tool = (__version__, parser, sys.version_info[:3], os.getcwd(), _own_files())
        return digest_of(repr(tool).encode("utf-8", "surrogateescape"), repr(sorted(settings.items())).encode())

    def get(self, key: bytes, filename: str, read: Reader) -> FileResult | None:
        """The result that was kept under `key`."""
        connection = self._open()
        if connection is None:
            return None
        try:
            row = connection.execute("SELECT record FROM results WHERE key = ?", (key,)).fetchone()
            if row is None:
                return None
            result = from_record(json.loads(row[0]), filename, read)
        except (sqlite3.Error, ValueError, TypeError, KeyError, SourceError):
            return None
        self._used.append(key)
        return result

    def put(self, key: bytes, result: FileResult) -> None:
        """Keep a result, unless it is an error."""
        if result.error is None:
            self._new.append((key, self._today, json.dumps(to_record(result), separators=(",", ":"))))

    def close(self) -> None:
        """Write what is to be kept, all at once: other processes may be waiting to write."""
        connection = self._open() if self._new else self._connection
        if connection is None:
            return
        with suppress(sqlite3.Error), connection:
            connection.executemany("INSERT OR REPLACE INTO results VALUES (?, ?, ?)", self._new)
            used = [(self._today, key, self._today) for key in self._used]
            connection.executemany("UPDATE results SET day = ? WHERE key = ? AND day <> ?", used)
            connection.execute("DELETE FROM results WHERE day < ?", (self._today - KEPT_DAYS,))
        with suppress(sqlite3.Error):
            connection.close()
        self._connection = None

    def _open(self) -> sqlite3.Connection | None:
        if not self._tried:
            self._tried = True
            try:
                self._connection = _connected(os.path.join(self._folder, FILE))
            except (sqlite3.Error, OSError):
                self._connection = None
        return self._connection


def _connected(path: str) -> sqlite3.Connection:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.exists(path) and os.path.getsize(path) > LARGEST:
        os.remove(path)
    try:
        return _prepared(path)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        # Not a database, or a damaged one.
        os.remove(path)
        return _prepared(path)


def _prepared(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=5)
    connection.execute("CREATE TABLE IF NOT EXISTS results (key BLOB PRIMARY KEY, day INTEGER, record TEXT) WITHOUT ROWID")
    return connection


def _own_files() -> tuple[int, int]:
    """Of our own modules, how many there are and when one was last changed: who works on them has no new version each time."""
    latest = count = 0
    folders = [os.path.dirname(os.path.abspath(__file__))]
    while folders:
        with suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    latest = max(latest, entry.stat().st_mtime_ns)
                    count += 1
                elif entry.is_dir() and entry.name != "__pycache__":
                    folders.append(entry.path)
    return count, latest
