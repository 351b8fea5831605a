"""LST905: a contract that can't be read."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding
from lstmlint.rules.base import Rule
from lstmlint.trace import ContractUnread, Event, Trace


class UnreadContract(Rule):
    """
    # unread-contract

    ## What
    A comment begins with `lstmlint: shape`, but what follows is no shape, or it stands where nothing is bound.

    ## Why it hurts
    It has no effect, and its author believes that it has.

    ## Example
    ```python
    X, y = load()  # lstmlint: shape (n, 60, 5)
    ```

    ## Fixed
    ```python
    X, y = load()  # lstmlint: shape (n, 60, 5), (n, 1)
    ```

    ## When to ignore
    It is an info and does not change the exit status.
    """

    code = "LST905"
    name = "unread-contract"
    severity = "info"
    listens = (ContractUnread,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if isinstance(event, ContractUnread):
            yield self.finding(event, event.site, f"this contract has no effect: {event.reason}", effect="silent")

    valid = (
        """
from keras.layers import LSTM
from readers import load

X, y = load()  # lstmlint: shape (n, 60, 5), _
# shape: (n, 60, 5)
""",
    )
    invalid = (
        """
from keras.layers import LSTM
from readers import load

X, y = load()  # lstmlint: shape (n, 60, 5)  # LST905
Z = load()  # lstmlint: shape rank 3  # LST905
# lstmlint: shape (n, 3)  # LST905
A = load()  # lstmlint: shape (3)  # LST905
""",
    )
