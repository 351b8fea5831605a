"""Colours of a terminal, and what a terminal can show of a line of source."""
from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping
from typing import TextIO

_CODES = {"bold": "1", "red": "1;31", "yellow": "1;33", "blue": "1;34", "cyan": "1;36"}
SEVERITY_COLOURS = {"error": "red", "warning": "yellow", "info": "blue"}

TAB = "    "


class Style:
    """Paints text, or doesn't; with `unsafe`, findings with unsafe fixes are marked, too."""

    def __init__(self, colour: bool, unsafe: bool = False) -> None:
        self.colour = colour
        self.unsafe = unsafe

    def __call__(self, text: str, colour: str) -> str:
        return f"\x1b[{_CODES[colour]}m{text}\x1b[0m" if self.colour and text else text


def wants_colour(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether to paint what goes to `stream`: NO_COLOR and FORCE_COLOR decide, otherwise whether it is a terminal."""
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return stream.isatty() and environment.get("TERM") != "dumb"


def displayed(text: str) -> str:
    """`text` as a terminal can show it: tabs as spaces, nothing that would steer the terminal."""
    text = text.replace("\t", TAB)
    return text if text.isprintable() else "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def width(text: str) -> int:
    """How many columns a terminal uses for `text`, once displayed."""
    text = displayed(text)
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
