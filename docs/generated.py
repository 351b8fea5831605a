"""What of the site is made when it is built: a page for each rule, with what lstmlint really says to its examples, and drawings."""
from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any

from mkdocs.structure.files import File, Files

from lstmlint.config import Settings
from lstmlint.engine import Run
from lstmlint.output.full import render
from lstmlint.output.style import Style
from lstmlint.picture.drawing import as_svg
from lstmlint.picture.show import Picture
from lstmlint.rules.base import Rule
from lstmlint.rules.discovery import all_rules, page
from lstmlint.sources.deep import run_deep
from lstmlint.sources.source import script

FAMILIES = {
    "LST1": "The model", "LST2": "The data", "LST3": "The target and the loss", "LST4": "State", "LST5": "The meaning of axes",
    "LST6": "Arguments", "LST9": "The analysis itself",
}  # fmt: skip
DRAWN = re.compile(r"(```python\n(.*?)```\n)\s*<!-- drawing: (.*?) -->", re.DOTALL)
"""A script of which a drawing is shown, too."""
MARK = re.compile(r"[ \t]*# LST\d\d\d(?: LST\d\d\d)*$", re.MULTILINE)


def on_files(files: Files, config: Any) -> Files:
    """mkdocs calls this with the files that it has found."""
    for path, text in _pages():
        files.append(File.generated(config, path, content=text))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """mkdocs calls this with the text of each page."""
    return DRAWN.sub(lambda found: f"{found[1]}\n{_drawing(found[2], found[3])}\n", markdown)


def _pages() -> Iterator[tuple[str, str]]:
    yield "rules/index.md", "\n".join(_index())
    for rule in all_rules():
        yield f"rules/{rule.code}.md", page(rule) + _said(rule)


def _index() -> Iterator[str]:
    yield "# Rules\n"
    yield "`lstmlint rule CODE` prints the same pages.\n"
    for family, title in FAMILIES.items():
        rules = [rule for rule in all_rules() if rule.code.startswith(family)]
        if rules:
            yield f"\n## {title}\n\n| Code | Name | Severity |\n|---|---|---|"
            yield from (f"| [{rule.code}]({rule.code}.md) | {rule.name} | {rule.severity} |" for rule in rules)


def _said(rule: type[Rule]) -> str:
    """What lstmlint says to the rule's own examples: to the first in which there is something recurrent."""
    for example in rule.invalid:
        text = MARK.sub("", example.strip("\n")) + "\n"
        result = Run(Settings()).check(text.encode(), "example.py", None)
        if any(diagnostic.code == rule.code for diagnostic in result.diagnostics):
            break
    else:
        return ""
    told = list(render([result], Style(False)))
    return f"\n## What it looks like\n\n```python\n{text}```\n\n```text\n" + "\n".join(told).rstrip() + "\n```\n"


def _drawing(text: str, caption: str) -> str:
    picture = run_deep(lambda: Picture(script(text, "example.py")))
    data = base64.b64encode(as_svg(picture).encode()).decode()
    return f'<img alt="{caption}" src="data:image/svg+xml;base64,{data}">'
