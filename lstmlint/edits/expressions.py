"""New expressions made of those that are written: an element of it, it without its first entry, another text."""
from __future__ import annotations

import re

import libcst as cst

from lstmlint.edits.change import Replaced
from lstmlint.values.code import Site

_OF_SAMPLES = re.compile(r"None|len\(.*\)|.*\.shape\[0\]", re.DOTALL)


def code(node: cst.CSTNode) -> str:
    """What is written for a node, on one line."""
    return " ".join(cst.Module([]).code_for_node(node).split())


def replaced(site: Site, old: cst.CSTNode, new: cst.BaseExpression | str) -> Replaced:
    """`old`, somewhere in the tree of `site`, becomes `new`."""
    return Replaced(Site(old, site.tree), cst.parse_expression(new) if isinstance(new, str) else new)


def in_brackets(node: cst.BaseExpression) -> cst.BaseExpression:
    """`node` as it may stand before a dot or a subscript."""
    plain = (cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.Tuple, cst.List)
    if isinstance(node, plain) and (not isinstance(node, cst.Tuple) or node.lpar):
        return node
    return node if node.lpar else node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def subscripted(node: cst.BaseExpression, subscript: str) -> cst.Subscript:
    """`node[subscript]`."""
    made = cst.parse_expression(f"x[{subscript}]")
    assert isinstance(made, cst.Subscript)
    return made.with_changes(value=in_brackets(node))


def called(node: cst.BaseExpression, method: str, arguments: str = "") -> cst.Call:
    """`node.method(arguments)`."""
    made = cst.parse_expression(f"x.{method}({arguments})")
    assert isinstance(made, cst.Call) and isinstance(made.func, cst.Attribute)
    return made.with_changes(func=made.func.with_changes(value=in_brackets(node)))


def without_first(node: cst.BaseExpression) -> tuple[cst.BaseExpression, bool] | None:
    """A shape without its first entry, and whether that is written as a number of samples; None where it can't be said."""
    if isinstance(node, cst.Attribute) and node.attr.value == "shape":
        return subscripted(node, "1:"), True
    if isinstance(node, (cst.Tuple, cst.List)) and len(node.elements) > 1:
        first, *rest = node.elements
        if not any(isinstance(element, cst.StarredElement) for element in node.elements):
            return node.with_changes(elements=rest), _OF_SAMPLES.fullmatch(code(first.value)) is not None
    if isinstance(node, cst.Name):
        return subscripted(node, "1:"), False
    return None


def text_replaced(site: Site, old: cst.BaseExpression | None, text: str) -> Replaced | None:
    """The string `old` with another text between its quotes; None where it is not a plain string."""
    if not isinstance(old, cst.SimpleString) or old.prefix:
        return None
    return replaced(site, old, old.with_changes(value=f"{old.quote}{text}{old.quote}"))


def number_replaced(site: Site, old: cst.BaseExpression | None, number: int) -> Replaced | None:
    """The number `old` becomes another; None where it is not written as one."""
    return replaced(site, old, str(number)) if isinstance(old, cst.Integer) else None
