"""The user's code, changed so that it tells what it comes to: values at calls, what handlers catch, whether a loop may go on.

Lines and columns stay what they are, so that tracebacks and the frames of the user's code are as they were.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TypeVar

NAME = "__lstmlint__"
"""The built-in name of the recorder."""

Place = tuple[str, int, int, int, int]
"""A unit of code, and the rows (from 1) and columns (from 0, in UTF-8 bytes) of an expression in it."""

_TELLING = (ast.Name, ast.Attribute, ast.Subscript, ast.BinOp)
_Loop = TypeVar("_Loop", ast.For, ast.While)


_COMPILERS = frozenset(["jit", "njit", "vectorize", "guvectorize", "stencil", "cfunc"])
"""Decorators that make machine code of a function, such as numba's, and know nothing of the recorder."""


def _compiles(decorator: ast.expr) -> bool:
    named = decorator.func if isinstance(decorator, ast.Call) else decorator
    return (named.attr if isinstance(named, ast.Attribute) else getattr(named, "id", "")) in _COMPILERS


def _yields(loop: ast.For | ast.While) -> bool:
    """Whether a loop hands out values: who takes them may train in between, again and again."""
    waiting: list[ast.AST] = [*loop.body, *loop.orelse]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            waiting += ast.iter_child_nodes(node)
    return False


@dataclass
class Instrument(ast.NodeTransformer):
    """Instruments the tree of one unit; the places that it tells of are added to `places`, which all units share."""

    unit: str
    places: list[Place] = field(default_factory=list)

    def instrumented(self, text: str) -> ast.Module:
        """The tree of `text`, ready to be compiled. Raises what the parser raises."""
        tree = self.visit(ast.parse(text, self.unit))
        assert isinstance(tree, ast.Module)
        return ast.fix_missing_locations(tree)

    def _number(self, node: ast.expr | ast.stmt) -> ast.expr:
        row, column = node.lineno, node.col_offset
        self.places.append((self.unit, row, column, node.end_lineno or row, node.end_col_offset or column))
        return ast.copy_location(ast.Constant(len(self.places) - 1), node)

    def _told(self, node: ast.expr, method: str, *more: ast.expr) -> ast.expr:
        recorder = ast.copy_location(ast.Name(NAME, ast.Load()), node)
        function = ast.copy_location(ast.Attribute(recorder, method, ast.Load()), node)
        return ast.copy_location(ast.Call(function, list(more), []), node)

    def _seen(self, node: ast.expr) -> ast.expr:
        return self._told(node, "seen", self._number(node), node)

    def _if_telling(self, node: ast.expr) -> ast.expr:
        # Calls are told of in any case, and literals need not be.
        return self._seen(node) if isinstance(node, _TELLING) else node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and not isinstance(node.func.value, ast.Attribute):
            node.func.value = self._if_telling(node.func.value)
        node.args = [self._if_telling(one) for one in node.args]
        for keyword in node.keywords:
            if keyword.arg is not None:
                keyword.value = self._if_telling(keyword.value)
        return self._seen(node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        for side in ("left", "right"):
            operand = getattr(node, side)
            if isinstance(operand, (ast.Name, ast.Attribute, ast.Subscript)):
                setattr(node, side, self._seen(operand))
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.stmt:
        self.generic_visit(node)
        node.value = self._if_telling(node.value)
        return node

    def visit_Return(self, node: ast.Return) -> ast.stmt:
        self.generic_visit(node)
        if node.value is not None:
            node.value = self._if_telling(node.value)
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        # What stands within has no exact places in all versions of Python.
        return node

    def visit_For(self, node: ast.For) -> ast.stmt:
        self.generic_visit(node)
        if _yields(node):
            return node
        node.iter = self._told(node.iter, "loop", self._number(node), node.iter)
        return node

    def visit_While(self, node: ast.While) -> ast.stmt | list[ast.stmt]:
        self.generic_visit(node)
        if _yields(node):
            return node
        number = self._number(node)
        begin = ast.Expr(self._told(node.test, "begin", number))
        again = self._told(node.test, "goes_on", number)
        node.test = ast.copy_location(ast.BoolOp(ast.And(), [again, node.test]), node.test)
        return [ast.copy_location(begin, node), node]

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.ExceptHandler:
        self.generic_visit(node)
        here = ast.copy_location(ast.Name(NAME, ast.Load()), node)
        call = ast.copy_location(ast.Call(ast.Attribute(here, "caught", ast.Load()), [], []), node)
        node.body.insert(0, ast.copy_location(ast.Expr(call), node))
        return node

    def _decorated(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> ast.stmt:
        if any(_compiles(one) for one in node.decorator_list):
            return node
        # Some libraries read the source of what they decorate, and its decorators by their names.
        decorators, node.decorator_list = node.decorator_list, []
        self.generic_visit(node)
        node.decorator_list = decorators
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        return self._decorated(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.stmt:
        return self._decorated(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.stmt:
        return self._decorated(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        if node.value is not None:
            node.value = self._if_telling(self.visit(node.value))
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return node
