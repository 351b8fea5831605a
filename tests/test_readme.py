"""What the README shows is what the tool prints."""
from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_example_is_real() -> None:
    text = (ROOT / "README.md").read_text()
    example = re.search(r"real output: begin -->\n```\n\$ lstmlint (.*)\n((?:.*\n)*?)```\n<!-- real output: end", text)
    assert example is not None
    run = subprocess.run([sys.executable, "-m", "lstmlint", *example[1].split()], capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 1
    assert run.stdout.rstrip() == example[2].rstrip()


def test_the_commands_name_things_that_exist() -> None:
    text = (ROOT / "README.md").read_text()
    for path in re.findall(r"(?:fixtures|docs)/[\w./]+\.(?:py|md)", text):
        assert (ROOT / path).exists(), path
