"""What of the diagnostics is reported, and how severe it is, by the settings."""
from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace

from lstmlint.config import Settings
from lstmlint.config.settings import fit
from lstmlint.diagnostics import Diagnostic
from lstmlint.sources.ignore import Patterns, patterns_of


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
