"""Where nodes stand, computed only for those that are asked for.

One pass of libcst's own code generation over the tree notes at which token a wanted node starts and ends; offsets, rows and
columns follow from the lengths of the tokens. Nothing is copied, nothing is kept for other nodes.
"""
from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import accumulate

import libcst
from libcst._nodes.internal import CodegenState

from lstmlint.sources.parse import Tree
from lstmlint.sources.source import NEWLINE, Span

_NOTHING: AbstractContextManager[None] = nullcontext()


class _Recorder(CodegenState):
    """Generates code and notes between which tokens the wanted nodes stand, without the whitespace that surrounds them."""

    def __init__(self, module: libcst.Module, wanted: Iterable[libcst.CSTNode]) -> None:
        super().__init__(default_indent=module.default_indent, default_newline=module.default_newline)
        self.wanted = set(wanted)
        self.found: dict[libcst.CSTNode, tuple[int, int]] = {}
        self.starts: dict[libcst.CSTNode, int] = {}

    def before_codegen(self, node: libcst.CSTNode) -> None:
        if node in self.wanted:
            self.starts[node] = len(self.tokens)

    def after_codegen(self, node: libcst.CSTNode) -> None:
        if node in self.wanted and node not in self.found:
            self.found[node] = (self.starts[node], len(self.tokens))

    def record_syntactic_position(  # type: ignore[override]
        self,
        node: libcst.CSTNode,
        *,
        start_node: libcst.CSTNode | None = None,
        end_node: libcst.CSTNode | None = None,
    ) -> AbstractContextManager[None]:
        if node not in self.wanted:
            return _NOTHING
        return self._record(node, start_node, end_node)

    @contextmanager
    def _record(
        self, node: libcst.CSTNode, start_node: libcst.CSTNode | None, end_node: libcst.CSTNode | None
    ) -> Iterator[None]:
        self.wanted.update(n for n in (start_node, end_node) if n is not None)
        start = len(self.tokens)
        yield
        end = len(self.tokens)
        if start_node is not None:
            start = self.found[start_node][0]
        if end_node is not None:
            end = self.found[end_node][1]
        self.found[node] = (start, end)


def spans(tree: Tree, nodes: Iterable[libcst.CSTNode]) -> dict[libcst.CSTNode, Span]:
    """The spans of `nodes`, which are nodes of `tree`; one that is not is left out."""
    wanted = set(nodes)
    if not wanted:
        return {}
    recorder = _Recorder(tree.module, wanted)
    tree.module._codegen(recorder)
    offsets = list(accumulate(map(len, recorder.tokens), initial=0))
    text = "".join(recorder.tokens)
    line_starts = [0, *(newline.end() for newline in NEWLINE.finditer(text))]

    def place(token: int) -> tuple[int, int]:
        offset = offsets[min(token, len(offsets) - 1)]
        row = bisect_right(line_starts, offset)
        return row, offset - line_starts[row - 1] + 1

    def written(start: int, end: int) -> Span:
        return tree.cell.written(Span(*place(start), *place(end)))

    return {node: written(start, end) for node, (start, end) in recorder.found.items() if node in wanted}
