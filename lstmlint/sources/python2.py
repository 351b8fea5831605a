"""What only Python 2 takes, as Python 3 of the same meaning: statement by statement, in place."""
from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from lstmlint.sources.lexing import CLOSERS, OPENERS, QUOTES, TOKEN

Edit = tuple[int, int, str]
"""From where to where in the text, and what comes there."""

_NUMBER = re.compile(r"0[xX][0-9a-fA-F]+[lL]$|0[0-7]+[lL]?$|[0-9]+[lL]$")
_ODD_SPACE = re.compile(r"[\u00a0\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]")
_SUSPICIOUS = re.compile(
    r"\b(?:print|exec|raise|except|async)\b|`|<>|\b[uU][rR]['\"]|\b0[0-7]|\d[lL]\b|[\u00a0\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]"
)


def may_be_old(text: str) -> bool:
    """Whether there is anything in this text that `translated` may change."""
    return _SUSPICIOUS.search(text) is not None


def translated(line: str) -> tuple[list[Edit], bool]:
    """What to change in a logical line that Python 3 rejects, from left to right, and whether any of it is Python 2's."""
    edits: list[Edit] = []
    tokens = [match for match in TOKEN.finditer(line) if match[0][0] not in "#\n" and match[0].strip()]
    for first, last in _statements(tokens):
        edits.extend(_statement(line, tokens, first, last))
    edits.extend(_words(line, tokens))
    is_old = bool(edits)
    edits.extend(_renamed(tokens))
    # A no-break space is a space to whoever typed or pasted it.
    taken = {start for start, end, _ in edits if end > start}
    spaces = (match.start() for match in _ODD_SPACE.finditer(line) if match.start() not in taken)
    edits.extend((at, at + 1, " ") for at in spaces if not _inside_string(at, tokens))
    return sorted(edits), is_old


def _inside_string(at: int, tokens: list[re.Match[str]]) -> bool:
    return any(token.start() <= at < token.end() for token in tokens if token[0][-1] in QUOTES)


def _statements(tokens: list[re.Match[str]]) -> Iterator[tuple[int, int]]:
    """The first token of each statement on the line, and the one after its last."""
    starts = [0]
    depth = 0
    in_lambda = False
    for index, token in enumerate(tokens):
        word = token[0]
        if word in OPENERS:
            depth += 1
        elif word in CLOSERS:
            depth = max(depth - 1, 0)
        elif word == "lambda":
            in_lambda = True
        elif not depth and (word == ";" or (word == ":" and not in_lambda)):
            starts.append(index + 1)
    for first, after in pairwise([*starts, len(tokens) + 1]):
        if first < min(after - 1, len(tokens)):
            yield first, after - 1


def _statement(line: str, tokens: list[re.Match[str]], first: int, after: int) -> Iterator[Edit]:
    word = tokens[first][0]
    rest = tokens[first + 1 : after]
    if not rest:
        return
    end = tokens[after - 1].end()
    start = tokens[first].end()
    if word == "print" and not (rest[0][0] == "(" and _closes_at_the_end(rest)):
        if rest[0][0] == rest[1 if len(rest) > 1 else 0][0] == ">":
            yield start, rest[1].end(), "(" + line[start : rest[1].end()].replace(">", " ")[1:] if start < rest[0].start() else "( "
        else:
            yield _opened(line, start)
        yield end, end, ")"
    elif word == "exec" and rest[0][0] != "(":
        yield _opened(line, start)
        yield from ((token.start(), token.end(), ", ") for token in rest if token[0] == "in")
        yield end, end, ")"
    elif word == "raise":
        comma = _comma(rest)
        if comma is not None:
            yield comma.start(), comma.end(), "("
            yield end, end, ")"
    elif word == "except":
        comma = _comma(rest)
        if comma is not None:
            yield comma.start(), comma.end(), " as"


def _opened(line: str, at: int) -> Edit:
    return (at, at + 1, "(") if line[at : at + 1] in (" ", "\t", "\u00a0") else (at, at, "(")


def _closes_at_the_end(tokens: list[re.Match[str]]) -> bool:
    """Whether the bracket that the first token opens is closed by the last."""
    depth = 0
    for index, token in enumerate(tokens):
        depth += (token[0] in OPENERS) - (token[0] in CLOSERS)
        if not depth:
            return index == len(tokens) - 1
    return False


def _comma(tokens: list[re.Match[str]]) -> re.Match[str] | None:
    depth = 0
    for token in tokens:
        depth += (token[0] in OPENERS) - (token[0] in CLOSERS)
        if token[0] == "," and not depth:
            return token
    return None


def _words(line: str, tokens: list[re.Match[str]]) -> Iterator[Edit]:
    """Literals and operators that Python 3 spells otherwise."""
    quoted = False
    for token, following in pairwise([*tokens, None]):
        assert token is not None
        word = token[0]
        start, end = token.span()
        after = following[0] if following is not None else ""
        adjoins = following is not None and following.start() == end
        if word == "`":
            quoted = not quoted
            yield start, end, "repr(" if quoted else ")"
        elif word == "<" and after == ">" and adjoins:
            yield start, end + 1, "!="
        elif word[:2].lower() == "ur" and word[-1] in QUOTES:
            yield start, start + 1, " "
        elif _NUMBER.match(word) and line[start - 1 : start] != ".":
            yield from _number(word, start, end)


def _renamed(tokens: list[re.Match[str]]) -> Iterator[Edit]:
    """`async` was a name until Python 3.7; PyTorch's argument has got another."""
    for token, following in pairwise([*tokens, None]):
        assert token is not None
        after = following[0] if following is not None else ""
        if token[0] == "async" and after not in ("def", "for", "with"):
            yield token.start(), token.end(), "non_blocking" if after == "=" else "async_"


def _number(word: str, start: int, end: int) -> Iterator[Edit]:
    digits = word.rstrip("lL")
    if digits[:2] not in ("0x", "0X") and len(digits) > 1 and digits[0] == "0" and digits.strip("0"):
        yield start, end, str(int(digits, 8)).rjust(end - start)
    elif digits != word:
        yield end - 1, end, " "
