"""Every fixture broken at random: read all the same, nothing wrong said of it, what stands before the damage still found."""
from __future__ import annotations

from pathlib import Path

import pytest

from lstmlint.sources.parse import parse
from lstmlint.sources.source import script
from tests.sources.broken import broken, faults, found

FIXTURES = Path(__file__).parents[2] / "fixtures"
SCRIPTS = [path for path in sorted(FIXTURES.rglob("*.py")) if path.stat().st_size]
EACH = 3
"""How many truncations, and how many edits, of each fixture are tried here; with 200 it takes a quarter of an hour."""


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(FIXTURES)))
def test_a_broken_fixture_is_read(path: Path) -> None:
    text = path.read_text()
    expected = found(text)
    before: dict[int, set[tuple[str, int]]] = {}
    for version in broken(text, EACH, seed=5):
        assert not list(faults(version, expected, before)), version


def test_versions_are_broken() -> None:
    """So that the test above can fail."""
    text = (FIXTURES / "univariate_windows.py").read_text()
    assert sum(bool(parse(script(version))[1]) for version in broken(text, 20, seed=5)) > 10
