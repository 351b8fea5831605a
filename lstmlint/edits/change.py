"""A proposal of a rule: which nodes become what. The text is none of its business."""
from __future__ import annotations

from dataclasses import dataclass, replace

import libcst as cst

from lstmlint.values.code import Site


@dataclass(frozen=True, slots=True)
class Replaced:
    """The node at `site`, an expression or a small statement, becomes `new`."""

    site: Site
    new: cst.CSTNode


@dataclass(frozen=True, slots=True)
class Inserted:
    """`code`, a statement of one line, is put on a line of its own before the statement that `site` is in."""

    site: Site
    code: str


@dataclass(frozen=True, slots=True)
class Removed:
    """The statement that `site` is in goes."""

    site: Site


Change = Replaced | Inserted | Removed


@dataclass(frozen=True, slots=True)
class Proposal:
    """How a mistake can be corrected: `title` says what is done, as an order ("add return_sequences=True").

    `safe`: nothing is guessed, so that it may be done without asking: it does what the author can only have meant.
    """

    title: str
    changes: tuple[Change, ...]
    safe: bool = True

    def unsafe(self) -> Proposal:
        """The same, to be done only where a person asks for it."""
        return replace(self, safe=False)


def proposal(title: str, *changes: Change | None, safe: bool = True) -> Proposal | None:
    """The proposal of these changes; None where one of them can't be made."""
    made = tuple(change for change in changes if change is not None)
    return Proposal(title, made, safe) if made and len(made) == len(changes) else None
