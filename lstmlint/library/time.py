"""Models of time."""
from __future__ import annotations

from lstmlint.library.registry import models
from lstmlint.values.base import Value, unknown


@models("time.time", "time.perf_counter", "time.process_time", "time.monotonic", "timeit.default_timer")
def now() -> Value:
    """docs.python.org: seconds."""
    return unknown("float")
