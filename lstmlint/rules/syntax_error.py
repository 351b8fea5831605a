"""LST901: what can't be parsed can't be checked."""
from __future__ import annotations

from lstmlint.rules.base import Rule


class SyntaxErrorRule(Rule):
    """
    # syntax-error

    ## What
    Python rejects a statement of this file. The statement is left out of the analysis and the rest is checked; whatever it names is
    unknown from there on. One finding for a file stands at the first such place, and says how many more there are. In a notebook it
    is one for a cell, and only an info.

    Statements that only Python 2 takes (`print x`, `except E, e`, backticks, `0777` …) are read as Python 2 reads them, and so is
    the rest of the file: division floors, `map` gives a list. What a notebook takes besides Python (magics, shell lines, help,
    prompts) is no syntax error, neither in notebooks nor in scripts that are marked as one (`# %%`, Databricks, Colab).

    Syntax newer than the Python that runs lstmlint is fine. A source that nests more than 200 brackets, or chains more
    than 1,000 operators, calls or `elif`s, is "too deeply nested": no parser is asked.

    ## Why it hurts
    What was silently skipped looks like what has no mistakes.

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
