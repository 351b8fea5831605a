"""The notation of contracts: `# lstmlint: shape …` comments and jaxtyping annotations, read without their meaning."""
from __future__ import annotations

import ast
import re
from dataclasses import dataclass

COMMENT = re.compile(r"#\s*lstmlint: ?shape\b(.*)")
"""A contract in a comment."""
_EXPRESSIONS = (ast.Constant, ast.Name, ast.BinOp, ast.Set)
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv)


class NotationError(Exception):
    """What is wrong with a contract, in words for its author."""


@dataclass(frozen=True, slots=True)
class Said:
    """One shape that is said: its entries (None: any length), and whether any axes may stand before them; `text` as written."""

    entries: tuple[ast.expr | None, ...]
    open: bool
    text: str


@dataclass(frozen=True, slots=True)
class Signature:
    """What the comment of a `def` line says: shapes by the names of parameters, or in their order, and of what is returned."""

    named: dict[str, Said]
    ordered: tuple[Said | None, ...] = ()
    returned: tuple[Said | None, ...] = ()


def comment_of(text: str) -> str | None:
    """What a comment says about shapes; None if it is no contract."""
    found = COMMENT.search(text)
    return None if found is None else found[1].partition("#")[0].strip()


def shapes(text: str) -> tuple[Said | None, ...]:
    """The shapes of `(n, 60, 5), (n, 1)`, nested ones in order; `_` in place of a shape says nothing."""
    return tuple(said for element in _elements(text) for said in _said(element))


def signature(text: str) -> Signature:
    """The shapes of `X (n, 60, 5), y (n, 1) -> (n, 1)`."""
    before, arrow, after = text.partition("->")
    returned = shapes(after) if arrow else ()
    if not before.strip():
        return Signature({}, (), returned)
    elements = _elements(before)
    named: dict[str, Said] = {}
    for element in elements:
        if isinstance(element, ast.Call) and isinstance(element.func, ast.Name) and not element.keywords:
            named[element.func.id] = _shape(element.args, ast.unparse(ast.Tuple(element.args, ast.Load())))
    if not named:
        return Signature({}, tuple(said for element in elements for said in _said(element)), returned)
    if len(named) != len(elements):
        raise NotationError("name each shape, as in X (n, 60, 5), y (n, 1), or none")
    return Signature(named, (), returned)


def _elements(text: str) -> list[ast.expr]:
    if not text.strip():
        raise NotationError("no shape is given")
    try:
        parsed = ast.parse(f"[{text.replace('?', '_')}]", mode="eval").body
    except (SyntaxError, ValueError):
        raise NotationError(f"{text.strip()!r} is not a list of shapes such as (n, 60, 5), (n, 1)") from None
    if not isinstance(parsed, ast.List):
        raise NotationError(f"{text.strip()!r} is not a list of shapes such as (n, 60, 5), (n, 1)")
    return parsed.elts


def _said(element: ast.expr) -> tuple[Said | None, ...]:
    if isinstance(element, ast.Name) and element.id == "_":
        return (None,)
    if not isinstance(element, ast.Tuple):
        raise NotationError(f"{ast.unparse(element)!r} is not a shape; one axis is written (n,)")
    if any(isinstance(entry, ast.Tuple) for entry in element.elts):
        return tuple(said for entry in element.elts for said in _said(entry))
    return (_shape(element.elts, ast.unparse(element)),)


def _shape(entries: list[ast.expr], text: str) -> Said:
    leading = bool(entries) and isinstance(entries[0], ast.Constant) and entries[0].value is ...
    rest = entries[1:] if leading else entries
    return Said(tuple(_entry(entry) for entry in rest), leading, text)


def _entry(entry: ast.expr) -> ast.expr | None:
    if isinstance(entry, ast.Name) and entry.id == "_":
        return None
    for node in ast.walk(entry):
        if isinstance(node, ast.Set):
            break
        if isinstance(node, ast.Constant) and node.value is ...:
            raise NotationError("... stands for any axes, and only at the beginning of a shape")
        whole = not isinstance(node, ast.Constant) or (type(node.value) is int and node.value >= 0)
        operation = not isinstance(node, ast.BinOp) or isinstance(node.op, _OPERATORS)
        known = isinstance(node, (*_EXPRESSIONS, ast.expr_context, ast.operator))
        if not (whole and operation and known):
            raise NotationError(f"{ast.unparse(entry)!r} is not a length: a number, a name, or +, -, *, // of these")
    return entry


def annotation(text: str) -> Said | None:
    """The shape of a jaxtyping annotation such as "b t 5"; None where it says more than this notation can."""
    tokens = text.split()
    leading = bool(tokens) and (tokens[0] == "..." or tokens[0].startswith("*"))
    entries: list[ast.expr | None] = []
    for token in tokens[1:] if leading else tokens:
        token = token.partition("=")[2] or token.removeprefix("?")
        if token.startswith(("*", "...")):
            return None
        if token.startswith(("_", "#")):
            entries.append(None)
            continue
        try:
            entries.append(_entry(ast.parse(token, mode="eval").body))
        except (SyntaxError, ValueError, NotationError):
            return None
    return Said(tuple(entries), leading, "(" + ", ".join(tokens) + ("," if len(tokens) == 1 else "") + ")")
