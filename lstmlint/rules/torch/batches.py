"""The loops over loaders of which it is known that their last batch is shorter than the others."""

from __future__ import annotations

import libcst as cst

from lstmlint.shapes.dims import Dim, Symbol, single, symbols
from lstmlint.sources.nodes import below
from lstmlint.trace import Operation, Trace
from lstmlint.values.code import Site
from lstmlint.values.variation import EARLIER

_BATCHES = "torch.utils.data.DataLoader.__iter__"
_PASSING_ON = ("enumerate", "tqdm")
_EXITS = ("exit", "quit", "_exit")


class ShortLastBatches:
    """The places where a program takes batches of which the last is short, by the origin of their length."""

    def __init__(self, trace: Trace) -> None:
        self.loops: dict[str, list[Site]] = {}
        for event in trace.events:
            if isinstance(event, Operation) and event.name == _BATCHES:
                (batch,) = symbols(event.operands[0].shape.axes[0].dim)
                self.loops.setdefault(batch.origin, []).append(event.site)

    def batch(self, dim: Dim) -> Symbol | None:
        """The symbol that `dim` is, if it is the length of such a batch."""
        found = single(dim)
        return found if found is not None and found.origin in self.loops else None

    def seen_whole(self, batch: Symbol) -> bool:
        """Whether all loops over these batches get to the last one."""
        return all(map(_goes_through, self.loops.get(batch.origin, ())))

    @staticmethod
    def numbers(batch: Symbol) -> str:
        """How many samples there are, in words: "97 samples in batches of 32"."""
        return batch.origin.partition(": ")[2]

    def is_earlier(self, dim: Dim, batch: Symbol) -> bool:
        """Whether `dim` is the length of a batch that the same loop has had before."""
        found = single(dim)
        return found is not None and found.varies and found.origin == EARLIER + batch.origin


def _goes_through(site: Site) -> bool:
    """Whether a place where batches are taken is a `for` that nothing in its body ends, or skips what follows, early."""
    module, node = getattr(site.tree, "module", None), site.node
    if not isinstance(module, cst.Module) or not isinstance(node, cst.BaseExpression) or not _is_loader(node):
        return False
    loops = [found for found in below(module) if isinstance(found, cst.For) and found.iter is node]
    return bool(loops) and not any(_leads_out(found) for loop in loops for found in below(loop))


def _is_loader(node: cst.BaseExpression) -> bool:
    """Whether a loop over `node` sees all batches: the loader itself, or what counts or shows them."""
    while isinstance(node, cst.Call):
        function = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
        name = function.value if isinstance(function, cst.Name) else ""
        if name not in _PASSING_ON:
            return name == "DataLoader"
        if not node.args:
            return False
        node = node.args[0].value
    return isinstance(node, (cst.Name, cst.Attribute, cst.Subscript))


def _leads_out(node: cst.CSTNode) -> bool:
    """Whether a statement or call may end a loop, or one round of it, early."""
    if isinstance(node, cst.Call):
        function = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
        return isinstance(function, cst.Name) and function.value in _EXITS
    return isinstance(node, (cst.Break, cst.Continue, cst.Return, cst.Raise, cst.Yield))
