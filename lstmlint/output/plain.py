"""What formats have in common that know neither cells nor code frames."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b

from lstmlint.baseline import digest_of_line
from lstmlint.diagnostics import Diagnostic, FileResult, RelatedPlace
from lstmlint.output.links import slashed
from lstmlint.output.style import displayed


def told(results: Iterable[FileResult]) -> Iterator[tuple[FileResult, Diagnostic]]:
    """All diagnostics in the order of the files."""
    return ((result, diagnostic) for result in results for diagnostic in result.diagnostics)


def sentence(diagnostic: Diagnostic, with_help: bool = True) -> str:
    """The message in one line, with the cell that a line number alone does not tell, and what to do."""
    where = "" if diagnostic.cell is None else f"cell {diagnostic.cell}, line {diagnostic.span.start_row}: "
    what = f"; {diagnostic.help}" if with_help and diagnostic.help else ""
    return displayed(" ".join(f"{where}{diagnostic.message}{what}".split()))


def spot(place: RelatedPlace | Diagnostic) -> str:
    """Where a place is, for a person."""
    cell = "" if place.cell is None else f", cell {place.cell}"
    return f"{slashed(place.filename)}{cell}, line {place.span.start_row}"


def fingerprints(results: Sequence[FileResult]) -> dict[int, str]:
    """What a finding is known by from run to run, by its `id()`: its file, rule and line of code, not the line's number."""
    seen: Counter[tuple[str, str, str]] = Counter()
    found: dict[int, str] = {}
    for result, diagnostic in told(results):
        key = (slashed(diagnostic.filename), diagnostic.code, digest_of_line(diagnostic, result.sources))
        parts = "\0".join((*key, str(seen[key])))
        seen[key] += 1
        found[id(diagnostic)] = blake2b(parts.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return found
