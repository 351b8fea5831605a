"""LST904: a contract that the program contradicts."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding, Related
from lstmlint.rules.base import Rule
from lstmlint.rules.cause import data_shape
from lstmlint.trace import ContractBroken, Event, Trace


class ContradictedContract(Rule):
    """
    # contradicted-contract

    ## What
    A contract (`# lstmlint: shape (n, 60, 5)`, or a jaxtyping annotation) says a shape that the value can't have, whatever
    the unknown lengths are.

    ## Why it hurts
    Either the comment is wrong, and misleads everybody who reads it, or the program doesn't do what its author means.

    ## Example
    ```python
    X = table[:, :4].reshape(-1, 60, 4)  # lstmlint: shape (n, 60, 5)
    ```

    ## Fixed
    ```python
    X = table[:, :5].reshape(-1, 60, 5)  # lstmlint: shape (n, 60, 5)
    ```

    ## When to ignore
    Never: correct the contract or the program.
    """

    code = "LST904"
    name = "contradicted-contract"
    severity = "error"
    listens = (ContractBroken,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, ContractBroken):
            return
        derived = data_shape(event.derived)
        elsewhere = event.contract.node is not event.site.node
        yield self.finding(
            event,
            event.site,
            f"{event.subject} is {derived}, but its contract says {event.said}",
            label=f"{event.subject} is {derived}" if not event.subject.endswith("()") else derived,
            help="correct the contract, or what makes the value",
            related=(Related(event.contract, f"says {event.said}"),) if elsewhere else (),
            effect="silent",
            key=(event.contract.node, event.site.node, event.subject),
        )

    valid = (
        """
import numpy as np
from keras.layers import LSTM
from readers import load

X, y = load()  # lstmlint: shape (n, 60, 5), (n, 1)
Z = np.zeros((30, 60, 5))  # lstmlint: shape (rows, _, 5)

def windows(table):  # lstmlint: shape table (rows, k) -> (m, 6, k)
    return np.array([table[i:i + 6] for i in range(len(table) - 6)])

a = windows(np.zeros((40, 2)))
b = windows(np.zeros((50, 3)))
""",
        """
import numpy as np
from keras.layers import LSTM

for width in (3, 4):
    X = np.zeros((20, 8, width))  # lstmlint: shape (n, t, k)
""",
        """
import numpy as np
from jaxtyping import Float
from keras.layers import LSTM

def last(x: Float[np.ndarray, "b t f"]) -> Float[np.ndarray, "b f"]:
    return x[:, -1]

last(np.zeros((3, 4, 5)))
""",
    )
    invalid = (
        """
import numpy as np
from keras.layers import LSTM

X = np.zeros((30, 60, 4))  # lstmlint: shape (n, 60, 5)  # LST904
y = np.zeros((31, 1))  # lstmlint: shape (n, 1)  # LST904
""",
        """
import numpy as np
from jaxtyping import Float
from keras.layers import LSTM

def last(x: Float[np.ndarray, "b t f"]):
    return x[:, -1]

last(np.zeros((3, 4)))  # LST904
""",
        """
import numpy as np
from keras.layers import LSTM

def train(
    X,  # lstmlint: shape (n, t, 5)
    y,  # lstmlint: shape (n, 1)
):
    pass

train(np.zeros((30, 8, 5)), np.zeros((30,)))  # LST904
""",
    )
