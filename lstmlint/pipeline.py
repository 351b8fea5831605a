"""From a source to its diagnostics: gate, parse, analyse, rules, positions, suppressions.

Imported only when there is something to analyse.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import libcst as cst

from lstmlint.config import Settings
from lstmlint.diagnostics import START, Diagnostic, FileResult, RelatedPlace
from lstmlint.edits.change import Proposal
from lstmlint.edits.fix import Fix
from lstmlint.edits.text import fixes
from lstmlint.findings import THERE, Effect, Finding, Severity
from lstmlint.interpreter import Part, analyse
from lstmlint.interpreter.machine import Followed
from lstmlint.interpreter.watched import Watch
from lstmlint.reported import Silence, doubtful, reported
from lstmlint.rules.cell_order import in_doubt
from lstmlint.rules.checking import as_recalled, findings, supposed
from lstmlint.rules.discovery import all_checks, all_rules
from lstmlint.rules.left_out import unaffected
from lstmlint.sources.gate import MESSAGE as TOO_DEEP
from lstmlint.sources.gate import too_deep
from lstmlint.sources.keras_version import is_compiled, keras_version
from lstmlint.sources.modules import Modules
from lstmlint.sources.parse import Parser, Tree, parse
from lstmlint.sources.positions import spans
from lstmlint.sources.project import Project
from lstmlint.sources.source import CodeCell, Source, Span
from lstmlint.sources.suppressions import Suppression
from lstmlint.trace import Keras, LayerApplied, ModelFed, Trace
from lstmlint.values.code import Site
from lstmlint.values.knowledge import Recall
from lstmlint.values.memory import memory
from lstmlint.values.origins import Origins

SYNTAX_ERROR = ("LST901", "syntax-error")
INCOMPLETE = ("LST903", "analysis-incomplete")

DEFAULTS = Settings()
MOST_FOLLOWED = 100


class Shared:
    """What the analyses of one run have in common: the modules that they import, parsed and interpreted once."""

    def __init__(self, settings: Settings, modules: Modules | None = None) -> None:
        self.modules = modules or Modules(Project(settings.source_folders))
        self.followed: dict[tuple[bool, bool, int], dict[str, Followed]] = {}
        self._left: list[Trace] = []

    def forget(self, path: str) -> None:
        """The file at `path` has changed: neither it nor what was made with it is as it was."""
        if self.modules.forget(path):
            self.followed.clear()

    def leave(self, trace: Trace) -> None:
        """An analysis has left this trace. Until the next one begins, what it knows can be read."""
        self._left.append(trace)

    def begin(self) -> None:
        """Modules are again as their own interpretation left them; what is kept stays bounded."""
        while self._left:
            self._left.pop().undo()
        for modules in self.followed.values():
            if len(modules) > MOST_FOLLOWED:
                modules.clear()


Recaller = Callable[[Source, Sequence[Tree]], Recall | None]
"""What there is of an earlier run of a program."""


class Onlooker(Watch):
    """A watch that is also left the trees and the trace, to be read until the next analysis with the same `Shared`."""

    def __init__(self, unwanted: Callable[[], bool] = lambda: False, parser: Parser = cst.parse_module) -> None:
        super().__init__(unwanted)
        self.parser = parser
        self.trees: Sequence[Tree] = ()
        self.trace: Trace | None = None
        self.left_out = False
        """Whether there are statements that could not be read."""
        self.before: Watch | None = None
        """What was seen without an earlier run; None where there is nothing of one."""
        self.trace_before: Trace | None = None


def diagnose(
    source: Source,
    settings: Settings,
    shared: Shared | None = None,
    onlooker: Onlooker | None = None,
    keeps: bool = False,
    recaller: Recaller | None = None,
) -> FileResult:
    """The diagnostics of a source, in the order of their places. Recurses deeply: call it through `run_deep`.

    With `shared`, the values that the findings hold on to can be read until the next analysis. With `keeps`, they know where they
    come from.
    """
    memory.origins = Origins() if keeps else None
    try:
        return _diagnosed(source, settings, shared, onlooker, recaller)
    finally:
        memory.origins = None


def _diagnosed(
    source: Source, settings: Settings, shared: Shared | None, onlooker: Onlooker | None, recaller: Recaller | None
) -> FileResult:
    sound, problems = _through_the_gate(source)
    trees, rejected = parse(sound) if onlooker is None else parse(sound, onlooker.parser)
    problems += [_syntax_error(source, p.cell, p.row, p.column, p.message, p.remedy, p.is_error) for p in rejected]
    found: list[Finding] = []
    complete = False
    if shared is not None:
        shared.begin()
    if trees:
        keras = Keras(*keras_version(source, settings.keras_version), is_compiled(source))
        if memory.origins is not None:
            memory.origins.keras = keras.version if keras.evidence else 0
        left_out = any(problem.left_out for problem in rejected)
        # What can't be read can't have run.
        recall = None if recaller is None or left_out else recaller(source, trees)
        watch: Watch | None = onlooker
        if onlooker is not None:
            onlooker.trees, onlooker.left_out = trees, left_out
            if recall is not None:
                watch = onlooker.before = Watch(onlooker.unwanted)
        trace = analysed(trees, source, shared=shared, keras=keras, settings=settings, watch=watch)
        found = _findings(trace, settings)
        if onlooker is not None:
            onlooker.trace = onlooker.trace_before = trace
            onlooker.ask()
        if _is_worth_supposing(trace, trees):
            again = analysed(trees, source, supposing=True, shared=shared, keras=keras, settings=settings)
            found = supposed(found, _findings(again, settings))
        if recall is not None:
            again = analysed(trees, source, shared=shared, keras=keras, settings=settings, watch=onlooker, recall=recall)
            found = as_recalled(found, _findings(again, settings), recall.words)
            if onlooker is not None:
                onlooker.trace = again
        found = in_doubt(found, trees, source)
        if left_out:
            found = unaffected(found, trees)
        complete = trace.incomplete is None
        if trace.incomplete is not None:
            problems.append(_about_itself(INCOMPLETE, "info", trace.incomplete, source.filename, None, START))
    diagnostics = reported([*(d for d in problems if settings.selected(d.code, d.name)), *locate(found)], settings)
    sources = _sources(source, found)
    silence = Silence(sources)
    kept = [d for d in diagnostics if not silence.covers(d)]
    whole = complete and len(trees) == len(source.cells) and not any(problem.left_out for problem in rejected)
    silencers = _silencers(source, silence, settings) if whole else None
    return FileResult(
        source.filename, tuple(sorted(kept, key=lambda d: d.order)), sources=sources if kept else {},
        silencers=silencers, used=frozenset(silence.used),
    )  # fmt: skip


def _silencers(source: Source, silence: Silence, settings: Settings) -> tuple[Suppression, ...]:
    found = silence.of(source.filename)
    return doubtful(source, found, settings, [(rule.code, rule.name) for rule in all_rules()]) if found else ()


AFFORDABLE = (2000, 40)
"""With how many steps, and more for each line, an analysis is cheap enough to be done once more."""


def _is_worth_supposing(trace: Trace, trees: Sequence[Tree]) -> bool:
    """Whether the analysis is to be done again with the defaults that callers and the command line may override."""
    if not trace.supposable or not any(isinstance(event, (LayerApplied, ModelFed)) for event in trace.events):
        return False
    least, per_line = AFFORDABLE
    return trace.steps <= least + per_line * sum(len(tree.cell.lines()) for tree in trees)


@dataclass(frozen=True, slots=True)
class Examined:
    """The trees of a source, its trace with every binding, and all findings, for what is shown of the shapes themselves.

    `before` is the trace without what is known of an earlier run; None where nothing is.
    """

    trees: Sequence[Tree]
    trace: Trace
    findings: Sequence[Finding]
    before: Trace | None = None


def examined(source: Source, settings: Settings = DEFAULTS, recaller: Recaller | None = None) -> Examined:
    """All that is known of a source."""
    trees, problems = parse(_through_the_gate(source)[0])
    recall = None if recaller is None or any(problem.left_out for problem in problems) else recaller(source, trees)
    keras = Keras(*keras_version(source, settings.keras_version), is_compiled(source))
    trace = analysed(trees, source, reveal=True, keras=keras, settings=settings, recall=recall)
    before = None if recall is None else analysed(trees, source, reveal=True, keras=keras, settings=settings)
    return Examined(trees, trace, findings(trace, [rule() for rule in all_checks()]), before)


def readable(source: Source) -> list[Tree]:
    """The trees of a source, without what can't be read."""
    return parse(_through_the_gate(source)[0])[0]


def _through_the_gate(source: Source) -> tuple[Source, list[Diagnostic]]:
    """The source without the cells that must not reach the parser, and what is said of those."""
    sound: list[CodeCell] = []
    problems: list[Diagnostic] = []
    for cell in source.cells:
        row = too_deep(cell.text)
        if row is None:
            sound.append(cell)
        else:
            problems.append(_syntax_error(source, cell, row, 1, TOO_DEEP))
    return (Source(source.filename, source.kind, tuple(sound), source.path) if problems else source), problems


def analysed(
    trees: Sequence[Tree],
    source: Source | None = None,
    reveal: bool = False,
    supposing: bool = False,
    shared: Shared | None = None,
    keras: Keras | None = None,
    settings: Settings = DEFAULTS,
    watch: Watch | None = None,
    recall: Recall | None = None,
) -> Trace:
    """The trace of these trees, run as one program; of the cells of `source` that have no tree, the names are forgotten.

    With `supposing`, defaults that callers and the command line may override are taken to hold. `shared` keeps what is imported.
    Without `keras`, the version is what the project or the script says. A `watch` is told every value. `recall` is what an
    earlier run has told of the calls.
    """
    lines = sum(len(tree.cell.lines()) for tree in trees)
    by_number = {tree.cell.number: tree for tree in trees}
    parts: list[Part] = []
    for cell in [tree.cell for tree in trees] if source is None else source.cells:
        tree = by_number.get(cell.number)
        parts.append(frozenset(_NAME.findall(cell.text)) if tree is None else (tree, tree.module))
    keras = keras or Keras(*keras_version(source or trees[0].source), is_compiled(source or trees[0].source))
    version = keras.version if keras.evidence else 0
    modules = Modules(Project(settings.source_folders)) if shared is None else shared.modules
    followed = None if shared is None else shared.followed.setdefault((supposing, recall is not None, version), {})
    with memory.for_keras(version):
        trace = analyse(parts, lines, reveal, _finder(modules), supposing, followed, settings.steps_per_line, watch, recall)
    trace.keras = keras
    if shared is not None:
        shared.leave(trace)
    return trace


def _finder(modules: Modules) -> Callable[[str, int, object], tuple[str, object, cst.Module, int] | None]:
    """How the interpreter finds the modules of the project that a script imports."""

    def find(name: str, level: int, importer: object) -> tuple[str, object, cst.Module, int] | None:
        if not isinstance(importer, Tree) or importer.source.path is None:
            return None
        found = modules.find(name, level, importer.source.path)
        if found is None:
            return None
        path, tree = found
        return path, tree, tree.module, len(tree.cell.lines())

    return find


_NAME = re.compile(r"[^\W\d]\w*")


def _findings(trace: Trace, settings: Settings) -> list[Finding]:
    # All rules run, so that which of two speaks doesn't depend on the selection.
    found = findings(trace, [rule() for rule in all_checks()])
    return [finding for finding in found if settings.selected(finding.code, finding.name)]


def _syntax_error(
    source: Source, cell: CodeCell, row: int, column: int, message: str, remedy: str = "", is_error: bool = True
) -> Diagnostic:
    in_notebook = cell.number is not None
    text = f"{message}; {remedy}" if remedy else f"this cell was skipped: {message}" if in_notebook else message
    place = Span(row, column, row, column + 1)
    severity: Severity = "error" if is_error and not in_notebook else "info"
    return _about_itself(SYNTAX_ERROR, severity, text, source.filename, cell.number, place)


def _about_itself(
    rule: tuple[str, str], severity: Severity, message: str, filename: str, cell: int | None, span: Span
) -> Diagnostic:
    return Diagnostic(*rule, severity, None, message, filename, cell, span)


def _sources(source: Source, found: Iterable[Finding]) -> dict[str, Source]:
    sources = {source.filename: source}
    for finding in found:
        for site in _sites(finding):
            if isinstance(site.tree, Tree):
                sources.setdefault(site.tree.source.filename, site.tree.source)
    return sources


def locate(findings: Sequence[Finding]) -> list[Diagnostic]:
    """The findings as diagnostics; one pass over each tree that has a place to show."""
    found = _spans(site for finding in findings for site in _sites(finding))
    fixable = fixes(finding.fix for finding in findings if finding.fix is not None)
    return [_located(finding, found, fixable) for finding in findings]


def _sites(finding: Finding) -> Iterator[Site]:
    """All that a finding shows."""
    yield finding.site
    yield from (related.site for related in finding.related)
    if finding.later is not None:
        yield finding.later.site


def _spans(sites: Iterable[Site]) -> dict[object, Span]:
    wanted: dict[object, list[object]] = {}
    for site in sites:
        wanted.setdefault(site.tree, []).append(site.node)
    found: dict[object, Span] = {}
    for tree, nodes in wanted.items():
        if isinstance(tree, Tree):
            places = spans(tree, [_pointed_at(node) for node in nodes])
            found.update((node, places[_pointed_at(node)]) for node in nodes if _pointed_at(node) in places)
    return found


def _pointed_at(node: object) -> cst.CSTNode:
    """What is underlined: of a call, the function's name rather than all its arguments."""
    assert isinstance(node, cst.CSTNode)
    return node.func if isinstance(node, cst.Call) else node


def _located(finding: Finding, found: dict[object, Span], fixable: Mapping[Proposal, Fix]) -> Diagnostic:
    filename, cell, span = _place(finding.site, found)
    shown = finding.related if finding.later is None else (*finding.related, finding.later)
    related = tuple(RelatedPlace(r.message, *_place(r.site, found)) for r in shown)
    advice = finding.help.replace(THERE, _there(related[0], cell)) if related else finding.help.replace(f" {THERE}", "")
    fix = None if finding.fix is None else fixable.get(finding.fix)
    if fix is not None and finding.assumption is not None:
        # What is wrong only under an assumption may be meant.
        fix = replace(fix, safe=False)
    effect: Effect = "raises" if finding.later else finding.effect
    return Diagnostic(
        finding.code, finding.name, finding.severity, effect, _claim(finding), filename, cell, span,
        finding.label, advice, related, fix, on_defaults=finding.on_defaults, finding=finding,
    )  # fmt: skip


LONGEST_TEST = 60


def _claim(finding: Finding) -> str:
    """The message, with the assumption that it rests on."""
    if finding.assumption is None:
        return finding.message
    if isinstance(finding.assumption, str):
        return f"{finding.message}, {finding.assumption}"
    site, holds = finding.assumption
    assert isinstance(site.node, cst.CSTNode)
    test = " ".join(cst.Module([]).code_for_node(site.node).split())
    shown = f"`{test}`" if len(test) <= LONGEST_TEST else "the condition"
    return f"{finding.message}, if {shown} {'holds' if holds else 'does not hold'}"


def _there(place: RelatedPlace, cell: int | None) -> str:
    elsewhere = f" of cell {place.cell}" if place.cell != cell else ""
    return f"on line {place.span.start_row}{elsewhere}"


def _place(site: Site, found: dict[object, Span]) -> tuple[str, int | None, Span]:
    tree = site.tree
    assert isinstance(tree, Tree)
    return tree.source.filename, tree.cell.number, found.get(site.node, START)
