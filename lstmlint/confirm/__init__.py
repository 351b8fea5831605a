"""Findings before the real framework: each is rebuilt as a small program of our own, run apart, and judged by what happened.

    finding ──▶ plan ──▶ program ──▶ sandbox (worker) ──▶ verdict ──▶ report
    (with its     what to    as text,     one subprocess        confirmed,
    trace event)  rebuild    in numbers   for all of them       refuted …
"""

from lstmlint.confirm.run import run

__all__ = ["run"]
