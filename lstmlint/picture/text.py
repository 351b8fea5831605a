"""What the text of a program says that its values don't: which layers are called where they are made, what a value is stored in."""
from __future__ import annotations

from collections.abc import Iterable

import libcst as cst

from lstmlint.interpreter.nodes import children
from lstmlint.sources.parse import Tree


class Text:
    """The trees of a program, walked once."""

    def __init__(self, trees: Iterable[Tree]) -> None:
        self.tree_of: dict[cst.CSTNode, Tree] = {}
        self.called_at_once: set[cst.CSTNode] = set()
        """Expressions that are called where they stand: `LSTM(8)` in `LSTM(8)(x)`."""
        self.stored: dict[cst.CSTNode, cst.CSTNode] = {}
        """What a value is assigned to, by the value's expression."""
        self.plain: set[cst.CSTNode] = set()
        """Names that get what another name holds."""
        self.classes: list[cst.ClassDef] = []
        self.owner: dict[cst.CSTNode, cst.ClassDef] = {}
        """The class that a call stands in."""
        for tree in trees:
            self._walk(tree)

    def _walk(self, tree: Tree) -> None:
        stack: list[tuple[cst.CSTNode, cst.ClassDef | None]] = [(tree.module, None)]
        while stack:
            node, owner = stack.pop()
            if isinstance(node, (cst.Name, cst.Integer, cst.SimpleString)):
                continue
            if isinstance(node, cst.ClassDef):
                self.classes.append(node)
                self.tree_of[node] = tree
                owner = node
            elif isinstance(node, cst.Assign):
                for target in node.targets:
                    self._assigned(target.target, node.value)
            elif isinstance(node, cst.Call):
                self.tree_of[node] = tree
                if owner is not None:
                    self.owner[node] = owner
                if isinstance(node.func, cst.Call):
                    self.called_at_once.add(node.func)
            stack.extend((child, owner) for child in children(node))

    def _assigned(self, target: cst.CSTNode, value: cst.BaseExpression) -> None:
        self.stored[value] = target
        if isinstance(value, cst.Name):
            self.plain.add(target)

    def name_of(self, value: cst.CSTNode) -> str | None:
        """The name that the value of an expression is stored under."""
        target = self.stored.get(value)
        if isinstance(target, cst.Attribute):
            return target.attr.value
        return target.value if isinstance(target, cst.Name) else None
