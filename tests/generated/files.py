"""Data that a script reads from a file, as most real ones do: how many rows or characters there are is then open."""

from __future__ import annotations

import re
from random import Random

_FRAME = re.compile(r"(\w+) = (pd\.DataFrame\(\{.*\}\))$")
_SERIES = re.compile(r"data = (np\.(?:cumsum|sin)\(.*)$")
_TEXT = re.compile(r'text = (".*" \* \d+)$')


def read_from_files(lines: list[str], random: Random) -> list[str]:
    """In half of the scripts, the table, series or text is written to a file first and read from there."""
    if random.random() < 0.5:
        return lines
    found: list[str] = []
    for line in lines:
        found += _frame(line, random) or _series(line, random) or _text(line, random) or [line]
    return found


def _frame(line: str, random: Random) -> list[str] | None:
    match = _FRAME.match(line)
    if match is None:
        return None
    dates = ', parse_dates=["Date"]' if '"Date"' in line and random.random() < 0.5 else ""
    return [f'{match[2]}.to_csv("data.csv", index=False)', f'{match[1]} = pd.read_csv("data.csv"{dates})']


def _series(line: str, random: Random) -> list[str] | None:
    match = _SERIES.match(line)
    if match is None:
        return None
    shape = ".reshape(-1, 1)" if match[1].endswith(".reshape(-1, 1)") else ""
    return [f'np.savetxt("data.csv", {match[1]}, delimiter=",")', f'data = np.loadtxt("data.csv", delimiter=","){shape}']


def _text(line: str, random: Random) -> list[str] | None:
    match = _TEXT.match(line)
    if match is None:
        return None
    read = random.choice(['text = open("book.txt").read()', 'text = open("book.txt", encoding="utf-8").read().lower()'])
    return ['with open("book.txt", "w") as book:', f"    book.write({match[1]})", read]
