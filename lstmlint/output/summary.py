"""The last line: how much was found in how many files, and what was out of scope."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from lstmlint.diagnostics import FileResult

if TYPE_CHECKING:
    from lstmlint.findings import Severity

_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


def summary(results: Sequence[FileResult], admitted: int = 0) -> str:
    """One sentence about all results; a baseline has admitted so many findings."""
    unread = sum(result.error is not None for result in results)
    checked = len(results) - unread
    outside = sum(result.out_of_scope for result in results)
    severities = Counter(diagnostic.severity for result in results for diagnostic in result.diagnostics)
    if not results:
        return "Nothing to check: no Python files or notebooks found."
    counted = f"{checked} checked" + (f", {outside} without a recurrent layer" if outside else "")
    failed = f", {unread} could not be checked" if unread else ""
    failed += f", {admitted} more in the baseline" if admitted else ""
    if severities:
        parts = [_count(severities[severity], severity) for severity in _SEVERITIES if severities[severity]]
        files = sum(bool(result.diagnostics) for result in results)
        return f"Found {_listing(parts)} in {_count(files, 'file')} ({counted}{failed})."
    if checked and outside == checked:
        scope = "the file has" if checked == 1 else f"none of the {checked} files has"
        negated = "no recurrent layer" if checked == 1 else "a recurrent layer"
        return f"Nothing to check: {scope} {negated}{failed}."
    return f"Found nothing wrong ({counted}{failed})."


def fixable(results: Sequence[FileResult], unsafe: bool) -> Iterator[str]:
    """How many of the findings can be corrected, and with which option."""
    fixes = [diagnostic.fix for result in results for diagnostic in result.diagnostics if diagnostic.fix is not None]
    ready = sum(fix.safe or unsafe for fix in fixes)
    more = len(fixes) - ready
    if ready:
        option = "--fix --unsafe-fixes" if unsafe and not all(fix.safe for fix in fixes) else "--fix"
        yield f"[*] {ready} can be corrected with {option}" + (f" ({more} more with --unsafe-fixes)." if more else ".")
    elif more:
        yield f"{more} can be corrected with --fix --unsafe-fixes."


def statistics(results: Sequence[FileResult]) -> Iterator[str]:
    """How often each rule spoke, most often first."""
    counts = Counter((d.code, d.name) for result in results for d in result.diagnostics)
    column = len(str(max(counts.values(), default=0)))
    for (code, name), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield f"{count:>{column}}  {code}  {name}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 or word == "info" else f"{number} {word}s"


def _listing(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
