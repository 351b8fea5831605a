"""An Input put before a layer of a Sequential model, whichever way the model is built."""
from __future__ import annotations

import re

import libcst as cst

from lstmlint.edits.change import Change, Inserted, Replaced
from lstmlint.edits.expressions import code
from lstmlint.edits.places import around, dotted, module_of
from lstmlint.sources.nodes import below
from lstmlint.values.code import Site

_LAYERS = frozenset(["keras.layers", "tensorflow.keras.layers", "tf_keras.layers"])
_KERAS = frozenset(["keras", "tensorflow.keras", "tf_keras", *_LAYERS])


def input_before(site: Site, layer: cst.Call, arguments: str) -> list[Change] | None:
    """`Input(arguments)` before the layer made at `site`, which itself becomes `layer`; None where there is no place for it."""
    spelled = _spelled(site)
    if spelled is None:
        return None
    name, changes = spelled
    new = cst.parse_expression(f"{name}({arguments})")
    above = around(site)
    if len(above) < 3 or not isinstance(above[0], (cst.Arg, cst.Element)):
        return None
    outer = above[1]
    if isinstance(outer, cst.Call) and isinstance(outer.func, cst.Attribute) and outer.func.attr.value == "add":
        if not isinstance(above[2], cst.Expr) or not isinstance(above[3], cst.SimpleStatementLine) or len(above[3].body) > 1:
            return None
        return [*changes, Inserted(site, f"{code(outer.func)}({code(new)})"), Replaced(site, layer)]
    if isinstance(outer, cst.List) and outer.elements[0] is above[0] and isinstance(above[0], cst.Element):
        first = above[0].with_changes(value=layer)
        between = outer.lbracket.whitespace_after
        if not isinstance(between, cst.ParenthesizedWhitespace):
            between = cst.SimpleWhitespace(" ")
        element = cst.Element(new, comma=cst.Comma(whitespace_after=between))
        listed = outer.with_changes(elements=[element, first, *outer.elements[1:]])
        return [*changes, Replaced(Site(outer, site.tree), listed)]
    return None


def _spelled(site: Site) -> tuple[str, list[Change]] | None:
    """How `Input` is to be written at `site`, and what must be imported for it."""
    call = site.node
    path = dotted(call.func) if isinstance(call, cst.Call) else ""
    owner, _, name = path.rpartition(".")
    if not path or owner:
        return (f"{owner}.Input", []) if owner.endswith(("layers", "keras")) else None
    text = "\n".join(cell.text for cell in getattr(getattr(site.tree, "source", None), "cells", ()))
    if re.search(r"(?m)^\s*(class|def)\s+Input\b|\bInput\s*=[^=]|\bas\s+Input\b", text):
        return None
    module = module_of(site)
    imports = [] if module is None else [node for node in below(module) if isinstance(node, cst.ImportFrom)]
    if any(_brings(node, "Input") for node in imports if dotted(node.module) in _KERAS):
        return "Input", []
    if re.search(r"\bInput\b", text):
        # Imported in another cell, or from elsewhere.
        return ("Input", []) if re.search(r"(?m)^\s*from\s+[\w.]*keras[\w.]*\s+import\s[^\n]*\bInput\b", text) else None
    for node in imports:
        if dotted(node.module) in _LAYERS and not isinstance(node.names, cst.ImportStar) and _brings(node, name):
            comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
            more = node.with_changes(names=[cst.ImportAlias(cst.Name("Input"), comma=comma), *node.names])
            return "Input", [Replaced(Site(node, site.tree), more)]
    return None


def _brings(node: cst.ImportFrom, name: str) -> bool:
    """Whether an import binds `name` as it is called there."""
    if isinstance(node.names, cst.ImportStar):
        return dotted(node.module) in _LAYERS or name != "Input"
    return any(alias.asname is None and alias.name.value == name for alias in node.names)
