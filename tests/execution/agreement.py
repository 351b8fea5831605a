"""Every shape that the analysis infers, held against what is seen when the script runs."""

from __future__ import annotations

import os
from dataclasses import dataclass

import libcst as cst

from lstmlint.config import Settings
from lstmlint.engine import check_source
from lstmlint.execution.claims import fits
from lstmlint.execution.observation import Observation, Seen
from lstmlint.execution.observe import observe
from lstmlint.interpreter.watched import MOST
from lstmlint.pipeline import Onlooker
from lstmlint.shapes.shape import Shape
from lstmlint.sources.nodes import below
from lstmlint.sources.positions import spans
from lstmlint.sources.source import Source, Span
from lstmlint.values.data import Array


@dataclass(frozen=True, slots=True)
class Compared:
    """How many shapes were compared, and the places where none of the inferred ones is what was seen."""

    count: int
    differing: tuple[tuple[Span, tuple[Shape, ...], Seen], ...]
    end: str


def compared(source: Source) -> Compared:
    """Run a script and compare, outside of functions (which are looked at for some of their calls only)."""
    onlooker = Onlooker()
    check_source(source, Settings(), None, onlooker)
    outcome, _ = observe(source, 100, 6000)
    if not isinstance(outcome, Observation):
        return Compared(0, (), outcome.reason)
    count = 0
    differing = []
    for tree in onlooker.trees:
        functions = (node for node in below(tree.module) if isinstance(node, (cst.FunctionDef, cst.Lambda)))
        within = {node for function in functions for node in below(function)}
        found = spans(tree, [node for node in onlooker.values if isinstance(node, cst.CSTNode)])
        for node, span in found.items():
            values = onlooker.values[node]
            shapes = tuple(value.shape for value in values if isinstance(value, Array))
            seen = outcome.seen.get(((os.path.realpath(source.filename), tree.cell.number), span), ())
            if node in within or len(shapes) < len(values) or len(values) > MOST:
                continue
            count += len(seen)
            differing += [(span, shapes, one) for one in seen if not any(fits(shape, one) for shape in shapes)]
    return Compared(count, tuple(differing), outcome.end)
