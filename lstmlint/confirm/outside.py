"""What a replay asks for that calls on data do not lead to."""

from __future__ import annotations

from typing import Any, Protocol

from lstmlint.confirm.texts import Ref
from lstmlint.values.data import Array


class Outside(Protocol):
    """What makes values that no calls on data lead to, and can take back what it has made."""

    def make(self, value: Array) -> Ref | None:
        """The variable that holds it; None for what calls on data do lead to."""

    def state(self) -> object:
        """Where it stands."""

    def restore(self, state: Any) -> None:
        """Forget what was made since then."""
