"""Patterns of .gitignore files: which paths they exclude. The exclude settings use the same patterns."""
from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line: `regex` is matched against the path relative to the pattern's folder, with forward slashes."""

    regex: re.Pattern[str]
    negated: bool
    folders_only: bool


@dataclass(frozen=True, slots=True)
class Patterns:
    """The patterns that were written in (or for) `folder`."""

    folder: str
    patterns: tuple[Pattern, ...]

    def verdict(self, path: str, is_folder: bool) -> bool | None:
        """Whether the last pattern that fits `path` excludes it (True) or takes it back (False); None if none fits."""
        inside = path.startswith(self.folder + os.sep)
        relative = (path[len(self.folder) + 1 :] if inside else os.path.relpath(path, self.folder)).replace(os.sep, "/")
        for pattern in reversed(self.patterns):
            if (is_folder or not pattern.folders_only) and pattern.regex.fullmatch(relative):
                return not pattern.negated
        return None


def patterns_of(lines: Iterable[str], folder: str) -> Patterns:
    """The patterns in these lines, relative to `folder`."""
    parsed = (parse_pattern(line) for line in lines)
    return Patterns(folder, tuple(pattern for pattern in parsed if pattern is not None))


def read_patterns(file: str, folder: str) -> Patterns | None:
    """The patterns of a .gitignore file, None if it has none or can't be read."""
    try:
        with open(file, encoding="utf-8", errors="surrogateescape") as lines:
            found = patterns_of(lines, folder)
    except OSError:
        return None
    return found if found.patterns else None


def parse_pattern(line: str) -> Pattern | None:
    """The pattern that a line of a .gitignore file spells, None for a comment, an empty line or one that fits nothing."""
    line = _without_trailing_spaces(line.rstrip("\r\n"))
    if not line or line.startswith("#"):
        return None
    negated = line.startswith("!")
    if negated:
        line = line[1:]
    folders_only = line.endswith("/")
    if folders_only:
        line = line[:-1]
    anchored = "/" in line
    line = line.removeprefix("/")
    if not line:
        return None
    translated = _translate(line)
    if translated is None:
        return None
    try:
        return Pattern(re.compile(translated if anchored else f"(?:.*/)?{translated}", re.DOTALL), negated, folders_only)
    except re.error:
        return None


def _without_trailing_spaces(line: str) -> str:
    stripped = line.rstrip(" ")
    escaped = len(stripped) - len(stripped.rstrip("\\"))
    return stripped + " " if escaped % 2 and stripped != line else stripped


def _translate(glob: str) -> str | None:
    regex = ""
    at = 0
    while at < len(glob):
        rest = glob[at:]
        starts_part = at == 0 or glob[at - 1] == "/"
        if starts_part and rest.startswith("**/"):
            regex += "(?:.*/)?"
            at += 3
        elif starts_part and rest == "**":
            regex += ".+"
            at += 2
        elif glob[at] == "*":
            regex += "[^/]*"
            at += 1
        elif glob[at] == "?":
            regex += "[^/]"
            at += 1
        elif glob[at] == "[":
            translated, at = _bracket(glob, at)
            if translated is None:
                return None
            regex += translated
        elif glob[at] == "\\":
            if at + 1 == len(glob):
                return None
            regex += re.escape(glob[at + 1])
            at += 2
        else:
            regex += re.escape(glob[at])
            at += 1
    return regex


_CLASSES = {
    "alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z", "space": r"\s", "blank": r" \t",
    "xdigit": "0-9A-Fa-f", "punct": r"!-/:-@\[-`{-~", "print": " -~", "graph": "!-~", "cntrl": r"\x00-\x1f\x7f",
}  # fmt: skip


def _bracket(glob: str, at: int) -> tuple[str | None, int]:
    body = ""
    here = at + 1
    negated = glob[here : here + 1] in ("!", "^")
    here += negated
    first = here
    while here < len(glob) and (glob[here] != "]" or here == first):
        named = re.match(r"\[:(\w+):\]", glob[here:])
        if named:
            if named[1] not in _CLASSES:
                return None, here
            body += _CLASSES[named[1]]
            here += named.end()
            continue
        if glob[here] == "\\" and here + 1 < len(glob):
            here += 1
            body += re.escape(glob[here])
        elif glob[here] == "-" and here > first and glob[here + 1 : here + 2] not in ("]", ""):
            body += "-"
        else:
            body += re.escape(glob[here])
        here += 1
    if here >= len(glob):
        return None, here
    return f"(?!/)[{'^' if negated else ''}{body}]", here + 1
