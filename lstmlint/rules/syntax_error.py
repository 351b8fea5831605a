"""LST901: what can't be parsed can't be checked."""
from __future__ import annotations

from lstmlint.rules.base import Rule


class SyntaxErrorRule(Rule):
    """
    # syntax-error

    ## What
    The file is not Python that lstmlint can parse, so nothing else in it was checked. In a notebook it is one cell that was
    skipped, and only an info: the other cells were checked, but what that cell defines is unknown to them.

    Syntax newer than the Python that runs lstmlint is fine. A source that nests more than 200 brackets, or chains more
    than 1,000 operators, calls or `elif`s, is "too deeply nested": no parser is asked.

    ## Why it hurts
    A file that was silently skipped looks like a file without mistakes.

    ## Example
    ```python
    print "epoch", epoch
    ```

    ## Fixed
    ```python
    print("epoch", epoch)
    ```

    ## When to ignore
    For old files that are kept as they are: add them to `extend-exclude`, or ignore LST901.
    """

    code = "LST901"
    name = "syntax-error"
    severity = "error"
    valid = (
        """
print("epoch", 1)
""",
    )
    invalid = (
        """
print "epoch", 1  # LST901
""",
    )
