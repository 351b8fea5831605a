"""What can be proposed for PyTorch's calls: another argument, another method, one of the values that are returned."""
from __future__ import annotations

import libcst as cst

from lstmlint.edits.calls import argument
from lstmlint.edits.change import Proposal, Removed, Replaced, proposal
from lstmlint.edits.expressions import called, code, number_replaced, replaced, subscripted
from lstmlint.edits.places import around, dotted, module_of
from lstmlint.shapes.dims import Dim
from lstmlint.sources.nodes import below
from lstmlint.values.code import Site
from lstmlint.values.network import Layer


def output_taken(site: Site) -> Proposal | None:
    """Of what an RNN returns, its output: where it is given to a call, or subscripted."""
    node = site.node
    given: cst.BaseExpression | None = None
    if isinstance(node, cst.Subscript):
        given = node.value
    elif isinstance(node, cst.Call) and node.args and node.args[0].keyword is None and not node.args[0].star:
        given = node.args[0].value
    if not isinstance(given, (cst.Name, cst.Attribute, cst.Call)):
        return None
    return proposal("take the output, the first of them", replaced(site, given, subscripted(given, "0")))


def first_state_taken(site: Site) -> Proposal | None:
    """Of the states (h_n, c_n), h_n, before what is taken of them."""
    if not isinstance(site.node, cst.Subscript):
        return None
    given = site.node.value
    return proposal("take h_n first", replaced(site, given, subscripted(given, "0")), safe=False)


def given_to_loss(site: Site, at: int, method: str, arguments: str, title: str, safe: bool = True) -> Proposal | None:
    """What a loss gets as its prediction (0) or target (1), with a method called on it."""
    given = argument(site.node, ("input", "target")[at], at)
    return None if given is None else proposal(title, replaced(site, given, called(given, method, arguments)), safe=safe)


def without_activation(site: Site, function: str, module: str, inside: bool) -> Proposal | None:
    """The call of a softmax or sigmoid gives way to what it is called on; in an nn.Sequential, the module goes."""
    title = f"drop the {function}"
    if inside:
        change = _without_module(site, module)
        return None if change is None else proposal(title, change)
    given = _operand(site)
    if given is None:
        return None
    return proposal(title, Removed(site) if _goes(site, given[1]) else replaced(site, given[0], given[1]))


def _goes(site: Site, operand: cst.BaseExpression) -> bool:
    """Whether nothing would be left of the statement but `x = x`."""
    above = around(site)
    if not isinstance(operand, cst.Name) or len(above) < 2 or not isinstance(above[0], cst.Assign):
        return False
    targets = [target.target for target in above[0].targets]
    alone = isinstance(above[1], cst.SimpleStatementLine) and len(above[1].body) == 1
    return alone and len(targets) == 1 and isinstance(targets[0], cst.Name) and targets[0].value == operand.value


def with_logarithm(site: Site, inside: bool) -> Proposal | None:
    """log_softmax in place of softmax."""
    title = "use log_softmax"
    call = site.node
    if inside or not isinstance(call, cst.Call) or not dotted(call.func).endswith("softmax"):
        found = _modules(site, "Softmax")
        return proposal(title, replaced(site, found[0].func, _named(found[0].func, "LogSoftmax"))) if len(found) == 1 else None
    return proposal(title, replaced(site, call.func, _named(call.func, "log_softmax"))) if _is_function(call) else None


def _named(function: cst.BaseExpression, name: str) -> cst.BaseExpression:
    return function.with_changes(attr=cst.Name(name)) if isinstance(function, cst.Attribute) else cst.Name(name)


def _is_function(call: cst.Call) -> bool:
    """Whether it is a function or method that is called, not a module that has its name."""
    root, _, rest = dotted(call.func).partition(".")
    return bool(rest) and root != "self"


def _operand(site: Site) -> tuple[cst.BaseExpression, cst.BaseExpression] | None:
    """The call of an activation and what it is applied to: its first argument, or what the method is of."""
    call = site.node
    if not isinstance(call, cst.Call) or any(arg.star for arg in call.args):
        return None
    first = call.args[0] if call.args and call.args[0].keyword is None else None
    is_axis = first is not None and isinstance(first.value, (cst.Integer, cst.UnaryOperation))
    if first is not None and not is_axis:
        return call, first.value
    if isinstance(call.func, cst.Attribute) and (is_axis or not call.args or argument(call, "dim") is not None):
        return call, call.func.value
    return None


def _modules(site: Site, name: str) -> list[cst.Call]:
    module = module_of(site)
    nodes = [] if module is None else list(below(module))
    return [node for node in nodes if isinstance(node, cst.Call) and dotted(node.func).split(".")[-1] == name]


def _without_module(site: Site, name: str) -> Replaced | None:
    """The one nn.Sequential that ends with the module, without it."""
    made = _modules(site, name)
    holders = [call for call in _modules(site, "Sequential") if len(call.args) > 1 and call.args[-1].value in made]
    if len(made) != 1 or len(holders) != 1:
        return None
    call = holders[0]
    *rest, last = call.args
    rest[-1] = rest[-1].with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg)
    return Replaced(Site(call, site.tree), call.with_changes(args=rest))


def size_replaced(layer: Layer, came: Dim) -> Proposal | None:
    """The number of features that a layer is made for, where it is written as a number."""
    name = {"Linear": "in_features"}.get(layer.kind, "input_size")
    written = argument(layer.site.node, name, 0)
    if not isinstance(came, int) or written is None:
        return None
    return proposal(f"make it for {came} features", number_replaced(layer.site, written, came), safe=False)


def with_features(site: Site) -> Proposal | None:
    """An axis of one feature for what a layer is called on."""
    call = site.node
    if not isinstance(call, cst.Call) or not call.args or call.args[0].keyword is not None or call.args[0].star:
        return None
    given = call.args[0].value
    new = called(given, "unsqueeze", "-1")
    return proposal(f"add an axis of one feature: {code(new)}", replaced(site, given, new), safe=False)


def transposed_first(site: Site, order: str, keeps_call: bool) -> Proposal | None:
    """The axes exchanged in place of the view, or before it."""
    call = site.node
    if not isinstance(call, cst.Call) or not isinstance(call.func, cst.Attribute) or dotted(call.func).startswith("torch."):
        return None
    if not keeps_call:
        new = called(call.func.value, "permute", order)
    else:
        turned = called(call.func.value, "permute", order)
        new = call.with_changes(func=call.func.with_changes(value=turned, attr=cst.Name("reshape")))
    return proposal(f"exchange the axes: {code(new)}", replaced(site, call, new), safe=False)


def last_step(site: Site) -> Proposal | None:
    """`out[-1]` as `out[:, -1]` and the other way round."""
    node = site.node
    if not isinstance(node, cst.Subscript):
        return None
    other = {"-1": ":, -1", ":, -1": "-1", ":, -1, :": "-1"}.get(_inside(node))
    if other is None:
        return None
    new = subscripted(node.value, other)
    return proposal(f"take the last step: {code(new)}", replaced(site, node, new), safe=False)


def last_layer_state(site: Site) -> Proposal | None:
    """`h_n[0]` and `h_n[:, -1]` as `h_n[-1]`."""
    node = site.node
    if not isinstance(node, cst.Subscript):
        return None
    new = subscripted(node.value, "-1")
    return proposal(f"take the last layer: {code(new)}", replaced(site, node, new), safe=False)


def _inside(node: cst.Subscript) -> str:
    return code(node)[len(code(node.value)) :].strip()[1:-1]
