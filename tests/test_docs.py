"""The documentation's site is built without a warning; the rules' pages hold what the tool really says."""
from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from lstmlint.rules.discovery import all_rules

ROOT = Path(__file__).parent.parent
ABOUT_ITSELF = ("LST901",)
"""Their examples hold nothing recurrent."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_each_rule_has_a_page_with_what_it_looks_like(site: Path) -> None:
    for rule in all_rules():
        page = (site / "rules" / rule.code / "index.html").read_text()
        assert f"{rule.code}: {rule.name}" in page
        if rule.invalid and rule.code not in ABOUT_ITSELF:
            assert re.search(rf"example\.py:\d+:\d+: \w+ {rule.code} ", page), rule.code


def test_drawings_are_drawn(site: Path) -> None:
    page = (site / "recurrent-shapes" / "index.html").read_text()
    assert page.count("data:image/svg+xml;base64,") == 2
    assert "<!-- drawing" not in page


def test_nothing_comes_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 40
    for page in pages:
        loaded = re.findall(r'<(?:script|img|link)[^>]+(?:src|href)="(https?://[^"]+)"', page.read_text())
        assert loaded == [], page
