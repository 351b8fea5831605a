"""Findings: what a rule says, at places that are still nodes of the tree. Positions come later, and only for these."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from lstmlint.edits.change import Proposal
from lstmlint.trace import Event
from lstmlint.values.code import Site

Severity = Literal["error", "warning", "info"]
THERE = "{there}"
"""In a help text: the line of the first related place."""
Effect = Literal["raises", "silent"]


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that belongs to the story: where a shape was born, which layer disagrees."""

    site: Site
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake: `message` in one line without a full stop, `label` for the primary span, `help` says what to do."""

    code: str
    name: str
    severity: Severity
    effect: Effect
    message: str
    site: Site
    label: str = ""
    help: str = ""
    related: tuple[Related, ...] = ()
    key: object = None
    """Findings of one code with equal keys (other than None) are one mistake: only the first is reported."""
    assumption: tuple[Site, bool] | str | None = None
    """What the claim rests on: a condition of the program and whether it holds, or defaults in words."""
    fix: Proposal | None = field(default=None, compare=False)
    """How to correct it, where that can be said."""
    later: Related | None = field(default=None, compare=False)
    """Where what a silent mistake makes is known to raise, and why."""
    event: object = field(default=None, compare=False)
    """The trace event that the finding is about (for `confirm`)."""

    @property
    def on_defaults(self) -> bool:
        """Whether the claim holds only with defaults that callers may override."""
        return isinstance(self.assumption, str) and isinstance(self.event, Event) and bool(self.event.supposed)
