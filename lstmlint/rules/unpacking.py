"""What can be proposed where what an RNN returns is unpacked into the wrong names."""
from __future__ import annotations

import libcst as cst

from lstmlint.edits.change import Proposal, Replaced, proposal
from lstmlint.edits.expressions import code, replaced
from lstmlint.edits.places import around, written_elsewhere
from lstmlint.values.code import Site


def fewer_names(site: Site, count: int) -> Proposal | None:
    """Unpack `count` values: the last names go, if nothing uses them."""
    target = site.node
    if not isinstance(target, (cst.Tuple, cst.List)):
        return None
    elements = [cst.Element(value) for value in _flat(target)]
    gone = [element.value for element in elements[count:]]
    names = [node.value for node in gone if isinstance(node, cst.Name)]
    if not gone or len(names) != len(gone) or any(name != "_" and written_elsewhere(site, name, target) for name in names):
        return None
    new = target.with_changes(elements=_joined(elements[:count]))
    return proposal(f"unpack it into {code(new)}", replaced(site, target, new))


def one_name_more(site: Site) -> Replaced | None:
    """`output, h` as `output, h, _`."""
    target = site.node
    if not isinstance(target, cst.Tuple) or any(not isinstance(one, cst.Element) for one in target.elements):
        return None
    elements = [cst.Element(element.value) for element in target.elements]
    return replaced(site, target, target.with_changes(elements=_joined([*elements, cst.Element(cst.Name("_"))])))


def in_brackets(site: Site) -> Proposal | None:
    """`output, h, c` as `output, (h, c)`."""
    target = site.node
    if not isinstance(target, cst.Tuple) or any(not isinstance(one, cst.Element) for one in target.elements):
        return None
    first, *states = [element.value for element in target.elements]
    inner = cst.Tuple(_joined([cst.Element(state) for state in states]))
    new = target.with_changes(elements=_joined([cst.Element(first), cst.Element(inner)]))
    return proposal(f"unpack it into {code(new)}", replaced(site, target, new))


def without_brackets(site: Site) -> Proposal | None:
    """`output, (h, c)` as `output, h`, if nothing uses the other. `site` is that of the inner names."""
    outer = around(site)
    target = next((node for node in outer if isinstance(node, cst.Tuple)), None)
    inner = site.node
    if target is None or not isinstance(inner, cst.Tuple) or len(target.elements) != 2 or target.elements[1].value is not inner:
        return None
    return fewer_names(Site(target, site.tree), 2)


def _flat(target: cst.Tuple | cst.List) -> list[cst.BaseExpression]:
    """The names of a target, also those in brackets at its end."""
    values = [element.value for element in target.elements]
    if values and isinstance(values[-1], (cst.Tuple, cst.List)):
        return [*values[:-1], *_flat(values[-1])]
    return values


def _joined(elements: list[cst.Element]) -> list[cst.Element]:
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    return [element.with_changes(comma=comma) for element in elements[:-1]] + elements[-1:]
