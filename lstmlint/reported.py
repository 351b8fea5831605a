"""What of the diagnostics is reported, and how severe it is: by the settings, and by comments that ask for silence."""
from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace

from lstmlint.config import Settings
from lstmlint.config.settings import fit
from lstmlint.diagnostics import START, Diagnostic, Mark
from lstmlint.sources.ignore import Patterns, patterns_of
from lstmlint.sources.source import Source
from lstmlint.sources.suppressions import Suppression, silencing, suppressions

UNUSED = ("LST902", "unused-suppression")


def reported(diagnostics: Iterable[Diagnostic], settings: Settings) -> list[Diagnostic]:
    """Those that no setting of their file ignores, with the severity that the settings give them."""
    ignores = [(*_patterns(pattern, settings.folder), codes) for pattern, codes in settings.per_file_ignores.items()]
    return [
        replace(diagnostic, severity=settings.severity_of(diagnostic.code, diagnostic.name, diagnostic.severity))
        for diagnostic in diagnostics
        if not any(
            _named(codes, diagnostic) and _concerns(patterns, diagnostic.filename) != others for patterns, others, codes in ignores
        )
    ]


def _named(selectors: Iterable[str], diagnostic: Diagnostic) -> bool:
    return any(fit(selector, diagnostic.code, diagnostic.name) for selector in selectors)


def _patterns(pattern: str, folder: str) -> tuple[Patterns, bool]:
    """The pattern, and whether it means all other files."""
    return patterns_of([pattern.removeprefix("!")], folder or os.getcwd()), pattern.startswith("!")


def _concerns(patterns: Patterns, filename: str) -> bool:
    """Whether the file or a folder above it fits."""
    path, is_folder = os.path.abspath(filename), False
    while path != os.path.dirname(path):
        if patterns.verdict(path, is_folder):
            return True
        if path == patterns.folder:
            return False
        path, is_folder = os.path.dirname(path), True
    return False


class Silence:
    """Applies the comments of some sources, and remembers which of them silenced something."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources
        self._found: dict[str, list[Suppression]] = {}
        self.used: set[Mark] = set()

    def of(self, filename: str) -> list[Suppression]:
        """The comments of a file that ask for silence."""
        found = self._found.get(filename)
        if found is None:
            source = self._sources.get(filename)
            found = self._found[filename] = [] if source is None else suppressions(source)
        return found

    def covers(self, diagnostic: Diagnostic) -> bool:
        """Whether a comment asks for silence about this."""
        covered = False
        for one in silencing(self.of(diagnostic.filename), diagnostic.cell, diagnostic.span.start_row):
            for selector in fitting(one, diagnostic.code, diagnostic.name):
                covered = True
                self.used.add(mark_of(self._sources[diagnostic.filename], one, selector))
        return covered


def fitting(suppression: Suppression, code: str, name: str) -> Iterable[str]:
    """Which of its selectors ask for silence about a rule; an empty string for one that names none."""
    if suppression.selectors is None:
        return ("",)
    return [selector for selector in suppression.selectors if fit(selector, code, name)]


def mark_of(source: Source, suppression: Suppression, selector: str) -> Mark:
    """What tells one selector of one comment from all others."""
    path = source.filename if source.path is None else os.path.realpath(source.path)
    return path, suppression.cell, suppression.span.start_row, suppression.span.start_column, selector


def doubtful(
    source: Source, found: Iterable[Suppression], settings: Settings, rules: Iterable[tuple[str, str]]
) -> tuple[Suppression, ...]:
    """The comments for us, each with those selectors for which nothing would have been kept back but for the comment.

    `rules` are the codes and names of all rules. What the settings don't select might be found otherwise.
    """
    rules = list(rules)
    if not settings.selected(*UNUSED):
        return ()
    kept = []
    for one in found:
        selectors = tuple(selector for selector in one.doubtful if _is_doubtful(selector, source, settings, rules))
        if selectors or one.broken:
            kept.append(replace(one, doubtful=selectors))
    return tuple(kept)


def _is_doubtful(selector: str, source: Source, settings: Settings, rules: Iterable[tuple[str, str]]) -> bool:
    meant = [rule for rule in rules if fit(selector or "ALL", *rule)]
    if selector and UNUSED in meant:
        return False
    probes = [Diagnostic(code, name, "info", None, "", source.filename, None, START) for code, name in meant]
    return all(settings.selected(*rule) for rule in meant) and len(reported(probes, settings)) == len(meant)
