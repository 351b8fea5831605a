"""LST906: what only the run of a script has shown."""
from __future__ import annotations

from lstmlint.rules.base import Rule


class SeenInRun(Rule):
    """
    # seen-in-run

    ## What
    The script itself was run (`lstmlint confirm --execute`), and there was a fault of shapes that no finding tells of: an exception
    about shapes, or a loss that stretches an axis of length 1 without a word. `check` never reports this.

    Nothing is reported of what may only come of a loop that was ended after a step, of data that was made up, or of a fault that
    is known already.

    ## Why it hurts
    As with any other fault of shapes; the analysis just did not know enough of the data.

    ## Example
    ```python
    X = np.load("windows.npy")  # of rank 2, which the source does not say
    model.fit(X, y)
    ```

    ## Fixed
    ```python
    X = np.load("windows.npy")[..., np.newaxis]
    model.fit(X, y)
    ```

    ## When to ignore
    Where the run failed for a reason that has nothing to do with your data: other arguments, a smaller file. `--remember` keeps
    what was seen, so that `check` can warn of it the next time.
    """

    code = "LST906"
    name = "seen-in-run"
    severity = "error"
