"""What the text of a program says that its values don't: what a value is stored in, and which names only repeat others."""
from __future__ import annotations

from collections.abc import Iterable

import libcst as cst

from lstmlint.sources.parse import Tree

_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


class Text:
    """The statements of a program, walked once; what is inside of expressions costs too much to be looked at."""

    def __init__(self, trees: Iterable[Tree]) -> None:
        self.stored: dict[cst.CSTNode, cst.CSTNode] = {}
        """What a value is assigned to, by the value's expression."""
        self.plain: set[cst.CSTNode] = set()
        """Names that get what another name holds."""
        self.classes: list[cst.ClassDef] = []
        for tree in trees:
            self._walk(tree.module)

    def _walk(self, module: cst.Module) -> None:
        stack: list[cst.CSTNode] = [module]
        while stack:
            node = stack.pop()
            if isinstance(node, cst.ClassDef):
                self.classes.append(node)
            elif isinstance(node, cst.Assign):
                for target in node.targets:
                    self.stored[node.value] = target.target
                    if isinstance(node.value, cst.Name):
                        self.plain.add(target.target)
            for name in _BLOCKS:
                below = getattr(node, name, None)
                if isinstance(below, cst.CSTNode):
                    stack.append(below)
                elif isinstance(below, (list, tuple)):
                    stack.extend(below)

    def name_of(self, value: cst.CSTNode) -> str | None:
        """The name that the value of an expression is stored under."""
        target = self.stored.get(value)
        if isinstance(target, cst.Attribute):
            return target.attr.value
        return target.value if isinstance(target, cst.Name) else None
