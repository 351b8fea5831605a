"""What can be proposed where something that is no tensor stands in place of one."""
from __future__ import annotations

import libcst as cst

from lstmlint.edits.calls import argument, argument_removed
from lstmlint.edits.change import Proposal, proposal
from lstmlint.edits.expressions import replaced, subscripted
from lstmlint.edits.places import around, dotted
from lstmlint.library.keras.refusing import merges
from lstmlint.sources.nodes import below
from lstmlint.trace import InputDeclared, LayerApplied, NotTensor, Trace
from lstmlint.values.code import External, Site
from lstmlint.values.data import Array
from lstmlint.values.network import Layer

_WITHOUT_ARGUMENTS = frozenset(
    """
    Flatten BatchNormalization LayerNormalization Concatenate Add GlobalAveragePooling1D GlobalMaxPooling1D GlobalAveragePooling2D
    GlobalMaxPooling2D MaxPooling1D AveragePooling1D MaxPooling2D AveragePooling2D ReLU LeakyReLU Softmax Masking
    """.split()  # noqa: SIM905
)


def as_tensor(event: NotTensor, trace: Trace) -> Proposal | None:
    """What makes a tensor of it, where that can be told."""
    if event.kind == "uncalled" and isinstance(event.value, Layer):
        return _called(event.value, trace)
    if event.kind == "class" and isinstance(event.value, External):
        return _made(event.site, event.value.path.rpartition(".")[2])
    if event.kind == "several" and event.applied is not None:
        return _first(event, event.applied)
    if event.kind == "states":
        return _by_name(event.site)
    return None


def _called(layer: Layer, trace: Trace) -> Proposal | None:
    """The layer called on what the statement before it makes; safe where nothing else gets that."""
    site = layer.site
    if not isinstance(site.node, cst.Call):
        return None
    above = around(site)
    at = next((at for at, node in enumerate(above) if isinstance(node, cst.SimpleStatementLine)), None)
    if at is None or not isinstance(above[0], cst.Assign) or at + 1 >= len(above):
        return None
    block = above[at + 1]
    statements = list(block.body) if isinstance(block, (cst.IndentedBlock, cst.Module)) else []
    place = next((place for place, statement in enumerate(statements) if statement is above[at]), 0)
    name, value = _assigned(statements[place - 1]) if place else (None, None)
    tensor = next((made for event in trace.events if (made := _tensor_of(event, value)) is not None), None)
    if name is None or tensor is None:
        return None
    used = any(given is tensor for event in trace.events if isinstance(event, LayerApplied) for given in event.inputs)
    new = cst.Call(site.node, [cst.Arg(cst.Name(name))])
    return proposal(f"call the layer on {name}", replaced(site, site.node, new), safe=not used)


def _assigned(statement: object) -> tuple[str | None, cst.BaseExpression | None]:
    """The name and the value of a statement that assigns a value to one name."""
    if isinstance(statement, cst.SimpleStatementLine) and len(statement.body) == 1:
        small = statement.body[0]
        if isinstance(small, cst.Assign) and len(small.targets) == 1 and isinstance(small.targets[0].target, cst.Name):
            return small.targets[0].target.value, small.value
    return None, None


def _tensor_of(event: object, node: object) -> Array | None:
    """The tensor that `event` made, if it was made at `node`."""
    if isinstance(event, InputDeclared) and event.site.node is node:
        return event.tensor
    if isinstance(event, LayerApplied) and event.site.node is node and isinstance(event.output, Array):
        return event.output
    return None


def _made(site: Site, name: str) -> Proposal | None:
    """A layer in place of its class, where it can be made without arguments."""
    if name not in _WITHOUT_ARGUMENTS or not isinstance(site.node, cst.Call):
        return None
    arguments = (node for arg in site.node.args for node in below(arg.value))
    found = [node for node in arguments if isinstance(node, (cst.Name, cst.Attribute)) and dotted(node).split(".")[-1] == name]
    # Of `layers.Flatten`, the name at its end is not a node of its own; of `Flatten()`, the class is called.
    calls = [node.func for arg in site.node.args for node in below(arg.value) if isinstance(node, cst.Call)]
    whole = [node for node in found if all(node is not other for other in calls) and not _is_end(node, found)]
    return proposal(f"make a layer of {name}", replaced(site, whole[0], cst.Call(whole[0]))) if len(whole) == 1 else None


def _is_end(node: cst.BaseExpression, others: list[cst.Name | cst.Attribute]) -> bool:
    return any(isinstance(other, cst.Attribute) and other.attr is node for other in others)


def _first(event: NotTensor, applied: LayerApplied) -> Proposal | None:
    """The output alone: in a Sequential model nobody can get at the states, elsewhere it is the first of what is returned."""
    if applied.model is not None:
        written = argument(applied.layer.site.node, "return_state")
        return proposal("drop return_state=True", argument_removed(applied.layer.site, written))
    call = event.site.node
    given = call.args[0].value if isinstance(call, cst.Call) and len(call.args) == 1 else None
    if not isinstance(given, (cst.Name, cst.Call)) or not isinstance(event.receiver, Layer) or merges(event.receiver):
        return None
    return proposal("take the output, the first of them", replaced(event.site, given, subscripted(given, "0")))


def _by_name(site: Site) -> Proposal | None:
    """The initial states by name."""
    call = site.node
    given = call.args[0].value if isinstance(call, cst.Call) and len(call.args) == 1 else None
    if not isinstance(call, cst.Call) or not isinstance(given, cst.List) or len(given.elements) < 2:
        return None
    if any(isinstance(element, cst.StarredElement) for element in given.elements):
        return None
    first, *states = given.elements
    equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    named = cst.Arg(given.with_changes(elements=states), cst.Name("initial_state"), equal=equal)
    separated = cst.Arg(first.value, comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")))
    return proposal("pass the initial states by name", replaced(site, call, call.with_changes(args=[separated, named])))
