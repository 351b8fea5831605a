"""LST903: the analysis of a file ended before its end."""
from __future__ import annotations

from lstmlint.rules.base import Rule


class AnalysisIncomplete(Rule):
    """
    # analysis-incomplete

    ## What
    The analysis of this file took more steps than it is allowed, and ended early. What was found until then is reported and
    holds; what comes later in the file was not checked.

    ## Why it hurts
    No finding then means less than usual.

    ## Example
    A script that builds and trains many models in nested loops with many different branches.

    ## Fixed
    Smaller scripts, or the building of the model in a module of its own, which can be checked alone.

    ## When to ignore
    Whenever you like: it is an info and does not change the exit status.
    """

    code = "LST903"
    name = "analysis-incomplete"
    severity = "info"
