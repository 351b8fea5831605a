"""Silent mistakes shown by numbers: a script that has one and its fixed twin are both checked and both really run."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from lstmlint.config import Settings
from lstmlint.engine import check_source
from lstmlint.sources.source import script
from tests.marks import found, marked

Names = Mapping[str, Any]
"""What the names of a script stand for after its run."""


def run(text: str) -> Names:
    """Run a script, with numpy's random numbers always the same, and whatever is only warned of passed over."""
    made: dict[str, Any] = {"__name__": "__main__"}
    np.random.seed(7)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(text, "script", "exec"), made)  # noqa: S102
    return MappingProxyType(made)


def silent(wrong: str, right: str) -> tuple[Names, Names]:
    """What the names of two scripts stand for after their runs.

    In `wrong`, what its marks say is found, and only as silent; in `right`, nothing is. Neither raises.
    """
    assert marked(wrong) and found(script(wrong)) == marked(wrong)
    assert {d.effect for d in check_source(script(wrong), Settings()).diagnostics} == {"silent"}
    assert not found(script(right)), found(script(right))
    return run(wrong), run(right)
