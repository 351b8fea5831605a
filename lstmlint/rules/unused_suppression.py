"""LST902: a comment that asks for silence where there is nothing to silence."""
from __future__ import annotations

from lstmlint.rules.base import Rule


class UnusedSuppression(Rule):
    """
    # unused-suppression

    ## What
    A comment asks for silence about a rule of lstmlint (`# noqa: LST102`, `# lstmlint: ignore[missing-return-sequences]`), and
    without it nothing more would be reported. A `# noqa` without codes, or the codes of other tools, are never called unused.

    It is not said where it can't be known: in a file of which statements were left out or whose analysis ended early; of rules that
    the settings don't select; in a module whose importers are too many to be checked (more than 8, or a project of more than 400
    scripts); for standard input.

    ## Why it hurts
    The mistake that comes back one day will not be reported.

    ## Example
    ```python
    model.add(LSTM(50, return_sequences=True))
    model.add(LSTM(50))  # noqa: LST102
    ```

    ## Fixed
    ```python
    model.add(LSTM(50, return_sequences=True))
    model.add(LSTM(50))
    ```

    ## When to ignore
    It is an info and does not change the exit status. `# noqa: LST102, LST902` keeps a comment for later.
    """

    code = "LST902"
    name = "unused-suppression"
    severity = "info"
    safe_fix = "remove it"
    valid = (
        """
from keras.layers import LSTM

layer = LSTM(50)  # noqa
other = LSTM(50)  # noqa: E501
""",
    )
    invalid = ()
