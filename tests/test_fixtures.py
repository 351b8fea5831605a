"""The literate fixtures: what a script's own comments say must be found or known is found and known, and nothing else is found."""
from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from lstmlint.rules.base import Part, Rule
from lstmlint.rules.discovery import all_checks, all_rules, page
from lstmlint.sources.read import read
from lstmlint.sources.source import script
from tests.marks import found, marked
from tests.reveals import Letters, reveal_shapes, said_shapes

FIXTURES = Path(__file__).parent.parent / "fixtures"
SCRIPTS = sorted(path for path in FIXTURES.rglob("*.py") if "projects" not in path.parts)
"""Each is a program of its own; see test_projects.py for those in several files."""
EXAMPLES = [
    pytest.param(rule, text, id=f"{rule.code}-{kind}-{number}")
    for rule in all_checks()
    for kind, texts in (("valid", rule.valid), ("invalid", rule.invalid))
    for number, text in enumerate(texts)
]


def name(path: Path) -> str:
    return str(path.relative_to(FIXTURES))


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_findings_stand_where_they_are_marked(path: Path) -> None:
    source = read(str(path))
    assert found(source) == marked(source.cells[0].text)


@pytest.mark.parametrize("path", [path for path in SCRIPTS if said_shapes(path.read_text())], ids=name)
def test_shapes_are_known_where_they_are_said(path: Path) -> None:
    source = read(str(path))
    known = reveal_shapes(source)
    letters = Letters()
    faults = []
    for row, said in said_shapes(source.cells[0].text).items():
        for shape in known.get(row, [None]):
            fault = letters.fault(said, shape)
            if fault is not None:
                faults.append(f"line {row}: {fault}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("rule, text", EXAMPLES)
def test_examples_of_rules(rule: type[Rule], text: str) -> None:
    assert found(script(text)) == marked(text)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_rules_are_documented_and_have_examples(rule: type[Rule]) -> None:
    page = rule.__doc__ or ""
    for heading in ("What", "Why it hurts", "Example", "Fixed", "When to ignore"):
        assert f"## {heading}" in page, heading
    if rule.listens:
        assert rule.valid and rule.invalid
    assert all(marked(text) for text in rule.invalid)
    assert all(not marked(text) for text in rule.valid)


@pytest.mark.parametrize("part", [rule for rule in all_checks() if issubclass(rule, Part)], ids=lambda part: part.__name__)
def test_parts_of_rules_are_on_their_pages_and_have_examples(part: type[Part]) -> None:
    assert (part.code, part.name, part.severity) == (part.of.code, part.of.name, part.of.severity)
    assert inspect.cleandoc(part.__doc__ or "").startswith("## With ") and inspect.cleandoc(part.__doc__ or "") in page(part.of)
    assert part.valid is not part.of.valid and part.invalid is not part.of.invalid
    assert all(marked(text) for text in part.invalid) and part.invalid
    assert not any(marked(text) for text in part.valid) and part.valid


def test_letters_are_the_same_everywhere_and_never_numbers() -> None:
    from lstmlint.shapes.dims import symbol
    from lstmlint.shapes.shape import UNKNOWN_SHAPE, Shape

    rows, other = symbol("rows"), symbol("other")
    letters = Letters()
    assert letters.fault("(n - 10, 10, 1)", Shape.of(rows - 10, 10, 1)) is None
    assert letters.fault("(n,)", Shape.of(rows)) is None
    assert letters.fault("(2*n, m)", Shape.of(rows * 2, other)) is None
    assert letters.fault("(n,)", Shape.of(other)) is not None
    assert letters.fault("(k,)", Shape.of(rows)) is not None
    assert letters.fault("(k,)", Shape.of(5)) is not None
    assert letters.fault("(n, 1)", Shape.of(rows)) is not None
    assert letters.fault("(n,)", UNKNOWN_SHAPE) is not None
    assert letters.fault("(n,)", None) is not None
