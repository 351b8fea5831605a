"""`lstmlint shapes`: the way of the shapes through a file, as text or JSON."""
from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from lstmlint.output.style import Style, displayed, width
from lstmlint.picture.coverage import places as counted
from lstmlint.picture.coverage import tally
from lstmlint.picture.events import as_object
from lstmlint.picture.names import Names
from lstmlint.picture.places import Places
from lstmlint.picture.way import Step, Way, ways
from lstmlint.pipeline import examined
from lstmlint.sources.deep import run_deep
from lstmlint.sources.read import read
from lstmlint.sources.source import Source, SourceError
from lstmlint.trace import LayerApplied, Trace
from lstmlint.values.code import Site

LONGEST = 72
"""Longer lines of source are cut."""


class Picture:
    """What is shown of one file."""

    def __init__(self, source: Source) -> None:
        trees, self.trace, found = examined(source)
        self.filename = source.filename
        self.names = Names()
        self.ways = ways(self.trace, found, [tree.module for tree in trees], self.names)
        self.places = Places(_sites(self.trace, self.ways))
        self.findings = len(found)


def _sites(trace: Trace, found: Iterable[Way]) -> Iterator[Site]:
    for event in trace.events:
        yield event.site
        if isinstance(event, LayerApplied):
            yield event.layer.site
    for way in found:
        yield from (step.site for step in way.steps)
        if way.site is not None:
            yield way.site


def pictures(paths: Sequence[str]) -> tuple[list[Picture], list[str]]:
    """The pictures of files, and what is to be said of those that can't be read."""
    made: list[Picture] = []
    problems: list[str] = []
    for path in paths:
        try:
            source = read(path)
        except SourceError as error:
            problems.append(f"{path}: {error}")
            continue
        made.append(run_deep(lambda source=source: Picture(source)))  # type: ignore[misc]
    return made, problems


def as_text(made: Sequence[Picture], style: Style) -> Iterator[str]:
    """The pictures for a reader."""
    for number, picture in enumerate(made):
        if number:
            yield ""
        yield style(displayed(picture.filename), "bold")
        if not picture.ways:
            yield "no model and no recurrent layer was found"
        for way in picture.ways:
            yield ""
            yield from _way(picture, way, style)
        if picture.names.legend:
            yield ""
            yield style("where", "bold")
            for name, origin in picture.names.legend.items():
                yield f"  {name}: {displayed(origin)}"
        if picture.trace.incomplete is not None:
            yield f"incomplete: {picture.trace.incomplete}"


def _way(picture: Picture, way: Way, style: Style) -> Iterator[str]:
    yield style("layers outside of models" if way.site is None else f"the model of {place_of(picture, way.site)}", "bold")
    rows = [(place_of(picture, step.site, short=True), step.what, line_of(picture, step)) for step in way.steps]
    gutter = max((len(place) for place, _, _ in rows), default=0)
    first = max((len(what) for _, what, _ in rows), default=0)
    second = max((width(step.shapes) for step in way.steps), default=0)
    for step, (place, what, line) in zip(way.steps, rows):
        shapes = step.shapes + " " * (second - width(step.shapes))
        yield f"  {style(place.rjust(gutter), 'blue')}  {what:<{first}}  {shapes}  {line}".rstrip()
        if step.wrong:
            yield f"  {' ' * gutter}  {style('✗ ' + displayed(step.wrong), 'red')}"


def place_of(picture: Picture, site: Site, short: bool = False) -> str:
    """Where a step stands, for a reader."""
    where = picture.places.of(site)
    if where is None:
        return "?"
    file = "" if where.filename == picture.filename else f"{where.filename}:"
    cell = "" if where.cell is None else f"{where.cell}:" if short else f"cell {where.cell}, "
    return f"{file}{cell}{where.row}" if short else f"{file}{cell}line {where.row}"


def line_of(picture: Picture, step: Step) -> str:
    """The line of source that a step stands in."""
    text = displayed(picture.places.line(step.site))
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def as_json(made: Sequence[Picture]) -> str:
    """The pictures for a machine: an array with an object for each file."""
    return json.dumps([_object(picture) for picture in made], indent=2, ensure_ascii=False)


def _object(picture: Picture) -> dict[str, Any]:
    events = [as_object(event, picture.names, picture.places) for event in picture.trace.events]
    return {
        "filename": picture.filename,
        "models": [_model(picture, way) for way in picture.ways],
        "events": events,
        "symbols": dict(picture.names.legend),
        "coverage": tally(counted(picture.trace)),
        "incomplete": picture.trace.incomplete,
    }


def _model(picture: Picture, way: Way) -> dict[str, Any]:
    where = None if way.site is None else picture.places.of(way.site)
    steps = []
    for step in way.steps:
        place = picture.places.of(step.site)
        steps.append(
            {
                "location": None if place is None else {"cell": place.cell, "row": place.row, "column": place.column},
                "what": step.what,
                "shapes": step.shapes,
                "wrong": step.wrong or None,
            }
        )
    return {"location": None if where is None else {"cell": where.cell, "row": where.row, "column": where.column}, "steps": steps}
