"""The shapes that values had in an earlier run of a script: the file that they are kept in, and the calls that they belong to.

The file lies beside the settings of the project or, without any, in its top folder. It may come from strangers: each piece of it is
looked at before it is used, and all that it can do is to add warnings.
"""
from __future__ import annotations

import datetime
import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lstmlint.config import Settings
from lstmlint.sources.dependencies import Dependencies, digest_of
from lstmlint.sources.prefilter import Prefilter
from lstmlint.sources.project import root_of
from lstmlint.sources.read import read_bytes
from lstmlint.sources.source import Source, SourceError
from lstmlint.values.knowledge import Recall, Recollection

if TYPE_CHECKING:
    from lstmlint.sources.foundations import Foundation, Foundations
    from lstmlint.sources.parse import Tree

FILE = ".lstmlint-seen.json"
FORMAT, VERSION = "lstmlint-seen", 1
LARGEST = 4
"""Megabytes; a larger file is not read."""
MOST = 200
"""So many facts of one script are kept, and used."""
KINDS = frozenset({"array", "tensor", "torch", "frame", "series"})
RANK = 16
LENGTH = 1 << 40
_DTYPES = (("float", "float"), ("bfloat", "float"), ("double", "float"), ("half", "float"), ("uint", "int"), ("int", "int"),
           ("long", "int"), ("bool", "bool"), ("str", "str"), ("object", "object"))  # fmt: skip
_DIGEST = re.compile(r"[0-9a-f]{8,64}")


class Unusable(Exception):
    """A file that can't be used; the message says why, in one line, without its name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is kept of one script."""

    date: datetime.date
    calls: Mapping[Foundation, Recollection]


def place_of(settings: Settings, path: str) -> str:
    """Where the facts about a script or notebook, or about those in a folder, are kept."""
    if settings.origin:
        return os.path.join(os.path.dirname(settings.origin), FILE)
    path = os.path.abspath(path)
    return os.path.join(root_of(path if os.path.isdir(path) else os.path.dirname(path)), FILE)


def name_in(file: str, path: str) -> str:
    """What a script or notebook is called in a file of facts. Raises ValueError where there is no way from one to the other."""
    way = os.path.relpath(os.path.realpath(path), os.path.dirname(os.path.realpath(file)))
    return way.replace(os.sep, "/")


def read(file: str) -> dict[str, Any] | None:
    """What is kept, by script, as it stands there; None where there is no such file. Raises Unusable."""
    try:
        os.stat(file)
    except OSError:
        return None
    try:
        content = json.loads(read_bytes(file, {"script": LARGEST}))
    except SourceError as error:
        raise Unusable(str(error)) from None
    except (ValueError, RecursionError):
        raise Unusable("not JSON") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise Unusable("not a file of lstmlint's")
    if content.get("version") != VERSION:
        raise Unusable("written by another version of lstmlint")
    files = content.get("files")
    if not isinstance(files, dict):
        raise Unusable("it holds no files")
    return files


def written(files: Mapping[str, Any]) -> bytes:
    """The content of a file of facts."""
    content = {"format": FORMAT, "version": VERSION, "files": dict(sorted(files.items()))}
    return (json.dumps(content, indent=1) + "\n").encode()


def entry_of(raw: object) -> Entry:
    """What is kept of one script. Raises Unusable."""
    from lstmlint.sources.foundations import Foundation

    if not isinstance(raw, dict) or not isinstance(raw.get("calls"), list):
        raise Unusable("an entry is broken")
    try:
        date = datetime.date.fromisoformat(raw.get("date", ""))
    except (TypeError, ValueError):
        raise Unusable("a date is broken") from None
    calls = {}
    for item in raw["calls"][:MOST]:
        if not isinstance(item, dict):
            raise Unusable("an entry is broken")
        statement, rests_on, nth, call = (item.get(key) for key in ("statement", "rests_on", "nth", "call"))
        if not (_is_digest(statement) and _is_digest(rests_on) and _is_length(nth) and _is_length(call)):
            raise Unusable("an entry is broken")
        foundation = Foundation(str(statement), str(rests_on), int(nth or 0), int(call or 0))
        calls[foundation] = recollection(item.get("kind"), item.get("shape"), item.get("dtype", ""))
    return Entry(date, calls)


def recollection(kind: object, shape: object, dtype: object) -> Recollection:
    """What a value was. Raises Unusable where it can't have been that."""
    if not isinstance(kind, str) or kind not in KINDS or not isinstance(dtype, str):
        raise Unusable("a kind is unknown")
    if not isinstance(shape, (list, tuple)) or len(shape) > RANK or not all(n is None or _is_length(n) for n in shape):
        raise Unusable("a shape is broken")
    if (kind == "frame" and len(shape) != 2) or (kind == "series" and len(shape) != 1):
        raise Unusable("a shape is broken")
    if kind == "tensor" and dtype.startswith("torch."):
        kind = "torch"
    plain = dtype.removeprefix("torch.").removeprefix("<dtype: '").lower()
    known = next((ours for start, ours in _DTYPES if plain.startswith(start)), None)
    return Recollection(kind, tuple(shape), known)


def _is_digest(text: object) -> bool:
    return isinstance(text, str) and _DIGEST.fullmatch(text) is not None


def _is_length(number: object) -> bool:
    return type(number) is int and 0 <= number <= LENGTH


class SeenFiles:
    """The facts about the scripts and notebooks of a run; each file of them is read once. With `tells`, it complains."""

    def __init__(self, settings: Settings, prefilter: Prefilter, tells: bool = True) -> None:
        self._settings = settings
        self._prefilter = prefilter
        self._tells = tells
        self._places: dict[str, str] = {}
        self._files: dict[str, dict[str, Any]] = {}

    def digest(self, path: str | None) -> bytes:
        """Changes with what is kept of a script; empty where nothing is."""
        raw = self._raw(path)
        return b"" if raw is None else digest_of(json.dumps(raw, sort_keys=True).encode())

    def recall(self, source: Source, trees: Sequence[Tree]) -> Recall | None:
        """What is kept of the calls of a program and still stands; None if nothing does."""
        raw = self._raw(source.path)
        if raw is None:
            return None
        assert source.path is not None
        try:
            entry = entry_of(raw)
        except Unusable as error:
            self._complain(self._place(source.path), str(error))
            return None
        calls = entry.calls
        statements = {one.statement for one in calls}
        found = foundations_of(source.path, trees, self._prefilter).of_calls(statements.__contains__)
        facts: dict[object, Recollection] = {call: calls[foundation] for call, foundation in found if foundation in calls}
        return Recall(facts, f"as seen in the run of {entry.date.isoformat()}") if facts else None

    def _raw(self, path: str | None) -> object:
        if path is None or self._settings.isolated:
            return None
        place = self._place(path)
        files = self._files.get(place)
        if files is None:
            files = self._files[place] = self._read(place)
        if not files:
            return None
        try:
            return files.get(name_in(place, path))
        except ValueError:
            return None

    def _place(self, path: str) -> str:
        folder = os.path.dirname(os.path.abspath(path))
        known = self._places.get(folder)
        if known is None:
            known = self._places[folder] = place_of(self._settings, path)
        return known

    def _read(self, place: str) -> dict[str, Any]:
        try:
            return read(place) or {}
        except Unusable as error:
            self._complain(place, str(error))
            return {}

    def _complain(self, place: str, reason: str) -> None:
        told = f"lstmlint: {place}: ignored: {reason}\n"
        if self._tells and told not in _told:
            _told.add(told)
            sys.stderr.write(told)


_told: set[str] = set()
"""An editor's analyses are many; each complaint is made once."""


def foundations_of(path: str, trees: Sequence[Tree], prefilter: Prefilter) -> Foundations:
    """What the calls of a program rest on; of the modules of its project, all that is in them."""
    # Here, so that who has no facts need not wait for it.
    from lstmlint.sources.foundations import Foundations

    dependencies = Dependencies(prefilter)
    folder = os.path.dirname(os.path.abspath(path))

    def module_digest(name: str, level: int) -> bytes:
        module = prefilter.project.resolve(name, level, path)
        if module is None:
            return b""
        modules = dependencies.of_modules([module])
        if modules is None:
            # Nothing that is kept stands on this.
            return os.urandom(8)
        return digest_of(*(part for one in sorted(modules) for part in (os.fsencode(os.path.relpath(one, folder)), modules[one])))

    return Foundations([tree.module for tree in trees], module_digest)
