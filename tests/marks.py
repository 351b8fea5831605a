"""Comments such as `# LST102` in a script, and what is found in it."""

from __future__ import annotations

import re
from collections import Counter

from lstmlint.config import Settings
from lstmlint.engine import check_source
from lstmlint.sources.source import Source

_MARK = re.compile(r"#\s*(LST\d{3}(?:[ ,]+LST\d{3})*)")


def marked(text: str) -> Counter[tuple[int, str]]:
    """The rows and codes that comments such as `# LST102 LST201` ask for."""
    lines = enumerate(text.split("\n"), start=1)
    return Counter((row, code) for row, line in lines for mark in _MARK.findall(line) for code in re.findall(r"LST\d{3}", mark))


def found(source: Source) -> Counter[tuple[int, str]]:
    """The rows and codes of what is found."""
    return Counter((d.span.start_row, d.code) for d in check_source(source, Settings()).diagnostics)
