"""What the README and the documentation show is what the tool prints. `python -m tests.test_readme` writes it anew."""
from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SHOWN = re.compile(r"(<!-- real output: begin -->\n```\w*\n\$ lstmlint (.*)\n)((?:.*\n)*?)(```\n<!-- real output: end -->)")


def printed(command: str) -> str:
    """What lstmlint prints, in the top folder of the repository."""
    run = subprocess.run(
        [sys.executable, "-m", "lstmlint", *shlex.split(command)], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert "Traceback" not in run.stderr, run.stderr
    return "".join(line.rstrip() + "\n" for line in (run.stdout + run.stderr).rstrip().splitlines())


def shown() -> list[tuple[Path, str, str]]:
    """The commands that pages show, with what they show as their output."""
    return [(page, found[2], found[3]) for page in PAGES for found in SHOWN.finditer(page.read_text())]


@pytest.mark.parametrize(("page", "command", "output"), [pytest.param(*one, id=f"{one[0].name}: {one[1]}") for one in shown()])
def test_what_is_shown_is_real(page: Path, command: str, output: str) -> None:
    assert printed(command) == output


def test_the_readme_shows_something() -> None:
    assert any(page.name == "README.md" for page, _, _ in shown())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_pages_name_exists(page: Path) -> None:
    text = page.read_text()
    for path in re.findall(r"(?<![\w/])(?:fixtures|docs|integrations|benchmarks)/[\w./-]+\.\w+", text):
        assert (ROOT / path).exists(), path


def _write() -> None:
    for page in PAGES:
        text = page.read_text()
        new = SHOWN.sub(lambda found: found[1] + printed(found[2]) + found[4], text)
        if new != text:
            page.write_text(new)


if __name__ == "__main__":
    _write()
