"""What every rule is: a class with a code, a name, a documentation page (its docstring) and examples that are its tests."""
from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from lstmlint.edits.change import Proposal
from lstmlint.findings import Effect, Finding, Related, Severity
from lstmlint.trace import Event, Trace
from lstmlint.values.code import Site


class Rule:
    """A rule: `check` is given each event of the types that it `listens` to. `valid` and `invalid` are scripts, the latter
    with the code in a comment on each line where a finding must stand. `safe_fix` and `unsafe_fix` say what its fixes do."""

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    listens: ClassVar[tuple[type[Event], ...]] = ()
    valid: ClassVar[tuple[str, ...]] = ()
    invalid: ClassVar[tuple[str, ...]] = ()
    safe_fix: ClassVar[str] = ""
    unsafe_fix: ClassVar[str] = ""

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        """The findings that `event` gives rise to."""
        return iter(())

    def finding(
        self,
        event: Event,
        site: Site,
        message: str,
        *,
        label: str = "",
        help: str = "",
        related: tuple[Related, ...] = (),
        severity: Severity | None = None,
        effect: Effect = "raises",
        key: object = None,
        fix: Proposal | None = None,
    ) -> Finding:
        """A finding of this rule about `event`, at `site`."""
        related = tuple(place for place in related if place.site.node is not site.node)
        return Finding(
            self.code, self.name, severity or self.severity, effect, message, site, label, help, related, key=key, fix=fix,
            event=event,
        )  # fmt: skip


class Part(Rule):
    """The part of a rule that looks for the same mistake in another framework. It has the code and the name of the rule `of`
    which it is a part, and events and examples of its own; its docstring is put behind the rule's page."""

    of: ClassVar[type[Rule]]

    def __init_subclass__(cls) -> None:
        cls.code, cls.name, cls.severity = cls.of.code, cls.of.name, cls.of.severity
