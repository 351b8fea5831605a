"""Changes of a call's arguments that keep its layout: lines, trailing commas and comments."""
from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from lstmlint.edits.change import Replaced
from lstmlint.values.code import Site

_EQUAL = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
_NOTHING = cst.SimpleWhitespace("")
_SPACE = cst.SimpleWhitespace(" ")


def keyword_set(site: Site, name: str, value: str | cst.BaseExpression) -> Replaced | None:
    """The call at `site` with `name=value`: added, or in place of a literal that stands there.

    None where that can't be told: an argument that is computed, one that may hide behind `*` or `**`.
    """
    call = site.node
    if not isinstance(call, cst.Call):
        return None
    new = cst.parse_expression(value) if isinstance(value, str) else value
    for at, arg in enumerate(call.args):
        if arg.keyword is not None and arg.keyword.value == name:
            return Replaced(site, _with(call, at, arg.with_changes(value=new))) if _is_literal(arg.value) else None
    if any(arg.star for arg in call.args):
        return None
    added = cst.Arg(new, cst.Name(name), equal=_EQUAL)
    return Replaced(site, call.with_changes(args=_appended(call, added)))


def argument_replaced(site: Site, old: cst.CSTNode, new: cst.BaseExpression | str) -> Replaced | None:
    """The call at `site` with `new` in place of its argument `old`."""
    call = site.node
    if isinstance(call, cst.Call):
        value = cst.parse_expression(new) if isinstance(new, str) else new
        for at, arg in enumerate(call.args):
            if arg.value is old:
                return Replaced(site, _with(call, at, arg.with_changes(value=value)))
    return None


def argument_named(site: Site, old: cst.CSTNode, name: str) -> Replaced | None:
    """The call at `site` with its positional argument `old`, the last of these, passed by name."""
    call = site.node
    if not isinstance(call, cst.Call) or any(arg.star or (arg.keyword and arg.keyword.value == name) for arg in call.args):
        return None
    positional = [at for at, arg in enumerate(call.args) if arg.keyword is None]
    if not positional or call.args[positional[-1]].value is not old:
        return None
    at = positional[-1]
    return Replaced(site, _with(call, at, call.args[at].with_changes(keyword=cst.Name(name), equal=_EQUAL)))


def keyword_renamed(site: Site, name: str, new: str) -> Replaced | None:
    """The call at `site` with another name for a keyword."""
    call = site.node
    if isinstance(call, cst.Call):
        for at, arg in enumerate(call.args):
            if arg.keyword is not None and arg.keyword.value == name:
                return Replaced(site, _with(call, at, arg.with_changes(keyword=cst.Name(new))))
    return None


def argument_removed(site: Site, old: cst.CSTNode | None) -> Replaced | None:
    """The call at `site` without its argument `old`."""
    call = site.node
    if isinstance(call, cst.Call):
        for at, arg in enumerate(call.args):
            if arg.value is old:
                return Replaced(site, without_argument(call, at))
    return None


def without_argument(call: cst.Call, at: int) -> cst.Call:
    """`call` without its argument number `at`; the space before the bracket stays."""
    args = list(call.args)
    gone = args.pop(at)
    if at == len(args) and args:
        last = args[-1]
        args[-1] = last.with_changes(comma=gone.comma, whitespace_after_arg=gone.whitespace_after_arg)
    return call.with_changes(args=args)


def argument(call: cst.CSTNode | object, name: str, at: int | None = None) -> cst.BaseExpression | None:
    """What is written for the argument `name`, or for the positional one number `at`; None where nothing is."""
    if not isinstance(call, cst.Call):
        return None
    for number, arg in enumerate(call.args):
        if arg.star:
            return None
        if arg.keyword is not None and arg.keyword.value == name:
            return arg.value
        if arg.keyword is None and number == at:
            return arg.value
    return None


def _with(call: cst.Call, at: int, arg: cst.Arg) -> cst.Call:
    return call.with_changes(args=[*call.args[:at], arg, *call.args[at + 1 :]])


def _is_literal(node: cst.BaseExpression) -> bool:
    if isinstance(node, cst.Name):
        return node.value in ("True", "False", "None")
    return isinstance(node, (cst.Integer, cst.Float, cst.SimpleString))


def _appended(call: cst.Call, added: cst.Arg) -> Sequence[cst.Arg]:
    """The arguments of `call` and one more: on a line of its own where the last one stands so."""
    if not call.args:
        return [added]
    *others, last = call.args
    before = others[-1].comma if others else None
    lead = before.whitespace_after if isinstance(before, cst.Comma) else call.whitespace_before_args if not others else _SPACE
    trailing = isinstance(last.comma, cst.Comma)
    tail = last.comma.whitespace_after if isinstance(last.comma, cst.Comma) else last.whitespace_after_arg
    between: cst.BaseParenthesizableWhitespace = _SPACE
    if isinstance(lead, cst.ParenthesizedWhitespace):
        # What stands behind the last argument, a comment perhaps, stays on its line.
        if isinstance(tail, cst.ParenthesizedWhitespace):
            between = tail.with_changes(indent=lead.indent, last_line=lead.last_line)
            tail = cst.ParenthesizedWhitespace(_end_of_line(tail), indent=tail.indent, last_line=tail.last_line)
        else:
            between = cst.ParenthesizedWhitespace(_end_of_line(lead), indent=lead.indent, last_line=lead.last_line)
    comma = last.comma.with_changes(whitespace_after=between) if isinstance(last.comma, cst.Comma) else cst.Comma(_NOTHING, between)
    if trailing:
        added = added.with_changes(comma=cst.Comma(_NOTHING, tail))
    else:
        added = added.with_changes(whitespace_after_arg=tail)
    return [*others, last.with_changes(comma=comma, whitespace_after_arg=_NOTHING), added]


def _end_of_line(space: cst.ParenthesizedWhitespace) -> cst.TrailingWhitespace:
    return cst.TrailingWhitespace(newline=space.first_line.newline)
