"""`lstmlint shapes`: the way of the shapes through a file, as text or JSON."""
from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from lstmlint.config import Settings
from lstmlint.output.style import Style, displayed, width
from lstmlint.picture.coverage import places as counted
from lstmlint.picture.coverage import tally
from lstmlint.picture.events import as_object
from lstmlint.picture.names import Names
from lstmlint.picture.places import Places
from lstmlint.picture.recalled import marked
from lstmlint.picture.way import Step, Way, ways
from lstmlint.pipeline import DEFAULTS, Recaller, examined
from lstmlint.seen import SeenFiles
from lstmlint.sources.deep import run_deep
from lstmlint.sources.prefilter import Prefilter
from lstmlint.sources.project import Project
from lstmlint.sources.read import read
from lstmlint.sources.source import Source, SourceError
from lstmlint.trace import LayerApplied, Trace
from lstmlint.values.code import Site

LONGEST = 72
MARK = "*"
"""Stands behind shapes that only an earlier run has told."""
"""Longer lines of source are cut."""


class Picture:
    """What is shown of one file."""

    def __init__(self, source: Source, settings: Settings = DEFAULTS, recaller: Recaller | None = None) -> None:
        known = examined(source, settings, recaller)
        modules = [tree.module for tree in known.trees]
        self.filename = source.filename
        self.trace, self.before = known.trace, known.before
        self.names = Names()
        self.ways = ways(self.trace, known.findings, modules, self.names)
        if known.before is not None:
            self.ways = marked(self.ways, ways(known.before, (), modules, Names()))
        self.places = Places(_sites(self.trace, self.ways))

    @property
    def recalled(self) -> str:
        """From which run the marked steps have their shapes; empty where none are marked."""
        return self.trace.recalled if any(step.recalled for way in self.ways for step in way.steps) else ""


def _sites(trace: Trace, found: Iterable[Way]) -> Iterator[Site]:
    for event in trace.events:
        yield event.site
        if isinstance(event, LayerApplied):
            yield event.layer.site
    for way in found:
        yield from (step.site for step in way.steps)
        if way.site is not None:
            yield way.site


def pictures(paths: Sequence[str], settings_of: Callable[[str], Settings]) -> tuple[list[Picture], list[str]]:
    """The pictures of files, each with its own settings, and what is to be said of those that can't be read."""
    made: list[Picture] = []
    problems: list[str] = []
    for path in paths:
        try:
            source = read(path)
        except SourceError as error:
            problems.append(f"{path}: {error}")
            continue
        settings = settings_of(path)
        recaller = SeenFiles(settings, Prefilter(Project(settings.source_folders))).recall
        made.append(run_deep(partial(Picture, source, settings, recaller)))
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
        legend = dict(legend_of(picture))
        if legend:
            yield ""
            yield style("where", "bold")
            for name, origin in legend.items():
                yield f"  {name}: {displayed(origin)}"
        if picture.trace.incomplete is not None:
            yield f"incomplete: {picture.trace.incomplete}"


def legend_of(picture: Picture) -> Iterator[tuple[str, str]]:
    """What names and marks stand for."""
    yield from picture.names.legend.items()
    if picture.recalled:
        yield MARK, picture.recalled


def shapes_of(step: Step) -> str:
    """The shapes of a step, with a mark where they are those of an earlier run."""
    return f"{step.shapes} {MARK}" if step.recalled else step.shapes


def _way(picture: Picture, way: Way, style: Style) -> Iterator[str]:
    yield style("layers outside of models" if way.site is None else f"the model of {place_of(picture, way.site)}", "bold")
    rows = [(place_of(picture, step.site, short=True), step.what, line_of(picture, step)) for step in way.steps]
    gutter = max((len(place) for place, _, _ in rows), default=0)
    first = max((len(what) for _, what, _ in rows), default=0)
    second = max((width(shapes_of(step)) for step in way.steps), default=0)
    for step, (place, what, line) in zip(way.steps, rows):
        shapes = shapes_of(step) + " " * (second - width(shapes_of(step)))
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
        "coverage": tally(counted(picture.trace, picture.before)),
        "remembered": picture.recalled or None,
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
                "remembered": step.recalled,
            }
        )
    return {"location": None if where is None else {"cell": where.cell, "row": where.row, "column": where.column}, "steps": steps}
