"""Keeping what a run of a script has shown of its values, for the analyses to come (`confirm --execute --remember`)."""
from __future__ import annotations

import datetime
import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import libcst as cst

from lstmlint.config import Settings
from lstmlint.pipeline import analysed, readable
from lstmlint.seen import LARGEST, MOST, Unusable, foundations_of, name_in, place_of, read, recollection, written
from lstmlint.sources.contexts import Contexts
from lstmlint.sources.deep import run_deep
from lstmlint.sources.foundations import Foundation, Foundations
from lstmlint.sources.nodes import below
from lstmlint.sources.parse import Tree
from lstmlint.sources.positions import spans
from lstmlint.sources.prefilter import Prefilter
from lstmlint.sources.project import Project
from lstmlint.sources.read import MEGABYTE
from lstmlint.sources.source import Source, Span
from lstmlint.sources.statements import Statement
from lstmlint.sources.write import put
from lstmlint.values.knowledge import Recall, Recollection


class NotKept(Exception):
    """What was seen can't be kept; the message says why, in one line."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a call gave in a run, in all visits of the place: None stands for a length, "" for a dtype, that differed.

    The place is that of the call expression (of `ast.Call`: from the function's name to the closing bracket) in the text of its
    cell, be it as the author wrote it or as it is parsed: rows from 1, columns from 0 in code points, the end exclusive. That is
    `Span` with one less in both columns. `kind`: "array" (numpy), "tensor" (Keras, TensorFlow, PyTorch), "torch" (PyTorch),
    "frame" or "series". `cell` is the number of the notebook's cell (CodeCell.number), None in a script.
    """

    row: int
    column: int
    end_row: int
    end_column: int
    kind: str
    shape: tuple[int | None, ...]
    dtype: str = ""
    cell: int | None = None

    @property
    def span(self) -> Span:
        """The place as the rest of lstmlint counts."""
        return Span(self.row, self.column + 1, self.end_row, self.end_column + 1)


@dataclass(frozen=True, slots=True)
class Kept:
    """How many facts are kept, and where; as text, where."""

    path: str
    count: int

    def __str__(self) -> str:
        return self.path


def keep(
    settings: Settings,
    filename: str,
    source: Source,
    seen: Sequence[Seen],
    date: datetime.date,
    reached: Collection[tuple[int | None, int]] = (),
) -> Kept:
    """Keep of what was seen in a run of `source` what the analysis doesn't know by itself, in place of what was kept of it before.

    What is kept of other files stays. `reached` are rows (each with its cell) to which the run came, beside those where something
    was seen. Raises NotKept.
    """
    path = source.path or filename
    place = place_of(settings, path)
    try:
        files = read(place) or {}
        name = name_in(place, path)
    except (Unusable, ValueError) as error:
        raise NotKept(f"{place}: nothing is kept: {error}") from None
    calls = run_deep(lambda: _calls(settings, path, source, seen, reached))
    files.pop(name, None)
    if calls:
        files[name] = {"date": date.isoformat(), "calls": calls}
    if files or os.path.exists(place):
        data = written(files)
        if len(data) > LARGEST * MEGABYTE:
            raise NotKept(f"{place}: nothing is kept: it would be larger than {LARGEST} MB")
        try:
            put(place, data)
        except OSError as error:
            raise NotKept(f"{place}: {(error.strerror or str(error)).lower()}") from None
    return Kept(place, len(calls))


def _calls(
    settings: Settings, path: str, source: Source, seen: Sequence[Seen], reached: Collection[tuple[int | None, int]]
) -> list[dict[str, object]]:
    """The facts as they are written, in the order of the program."""
    trees = readable(source)
    facts, places = _found(trees, seen)
    if not facts:
        return []
    foundations = foundations_of(path, trees, Prefilter(Project(settings.source_folders)))
    recall = Recall(_seen_each_time(foundations, facts, _in_rows(trees, foundations.statements, reached)), "")
    analysed(trees, source, settings=settings, recall=recall)
    if not recall.used:
        return []
    wanted = {foundations.digest(one) for one in foundations.statements if not recall.used.isdisjoint(one.calls)}
    found = foundations.of_calls(wanted.__contains__)
    kept = [_as_object(foundation, facts[call], places[call]) for call, foundation in found if call in recall.used]
    return kept[:MOST]


def _in_rows(
    trees: Iterable[Tree], statements: Iterable[Statement], rows: Collection[tuple[int | None, int]]
) -> set[Statement]:
    """The statements with calls in these rows; of several in one row, nobody knows which was meant."""
    if not rows:
        return set()
    owners = {part: one for one in statements for part in one.parts}
    by_row: dict[tuple[int | None, int], set[Statement]] = defaultdict(set)
    for tree in trees:
        for part, span in spans(tree, owners).items():
            by_row[tree.cell.number, span.start_row].add(owners[part])
    return {one for row in rows if len(there := by_row[row]) == 1 for one in there if one.calls}


def _seen_each_time(
    foundations: Foundations, facts: Mapping[object, Recollection], came_to: Collection[Statement]
) -> Mapping[object, Recollection]:
    """The facts about places to which the run has come in all ways that there are."""
    reached = [one for one in foundations.statements if any(call in facts for call in one.calls)]
    contexts = Contexts(foundations.statements, {*reached, *came_to})
    found: dict[object, Recollection] = {
        call: facts[call] for one in reached if contexts.all_seen(one.scope) for call in one.calls if call in facts
    }
    # A function without a name of its own is called by whoever has it.
    unnamed = [node for one in reached for part in one.parts for node in below(part) if isinstance(node, cst.Lambda)]
    for call in (call for node in unnamed for call in below(node.body)):
        found.pop(call, None)
    return found


def _found(trees: Iterable[Tree], seen: Sequence[Seen]) -> tuple[dict[object, Recollection], dict[object, Seen]]:
    """What was seen, by the call that it was seen of; what makes no sense is left out."""
    facts: dict[object, Recollection | None] = {}
    places: dict[object, Seen] = {}
    for tree in trees:
        own = [one for one in seen if one.cell == tree.cell.number]
        by_place = _by_place(tree) if own else {}
        for one in own:
            call = by_place.get(one.span)
            if call is not None:
                facts[call] = _together(facts[call], one) if call in facts else _recollected(one)
                places.setdefault(call, one)
    return {call: fact for call, fact in facts.items() if fact is not None}, places


def _by_place(tree: Tree) -> dict[Span, cst.CSTNode]:
    calls = [node for node in below(tree.module) if isinstance(node, cst.Call)]
    return {span: node for node, span in (*_parsed(tree, calls), *spans(tree, calls).items())}


def _parsed(tree: Tree, calls: Sequence[cst.CSTNode]) -> Iterable[tuple[cst.CSTNode, Span]]:
    """The places in the text that is parsed, where these are others than in what the author wrote."""
    if not tree.cell.columns:
        return ()
    return spans(replace(tree, cell=replace(tree.cell, columns=())), calls).items()


def _recollected(one: Seen) -> Recollection | None:
    try:
        return recollection(one.kind, one.shape, one.dtype)
    except Unusable:
        return None


def _together(known: Recollection | None, other: Seen) -> Recollection | None:
    """What is true of both visits of a place; None where that is nothing."""
    more = _recollected(other)
    if known is None or more is None or known.kind != more.kind or len(known.shape) != len(more.shape):
        return None
    shape = tuple(a if a == b else None for a, b in zip(known.shape, more.shape))
    return Recollection(known.kind, shape, known.dtype if known.dtype == more.dtype else None)


def _as_object(foundation: Foundation, fact: Recollection, one: Seen) -> dict[str, object]:
    where = {"line": one.row} if one.cell is None else {"cell": one.cell, "line": one.row}
    return {
        **where,
        "statement": foundation.statement,
        "rests_on": foundation.rests_on,
        "nth": foundation.nth,
        "call": foundation.call,
        "kind": fact.kind,
        "shape": list(fact.shape),
        "dtype": fact.dtype or "",
    }
