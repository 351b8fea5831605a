"""The thread that analyses: one job at a time, of each program only the newest, and none for longer than it may take."""
from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from lstmlint.sources.deep import Interrupted, run_deep

Unwanted = Callable[[], bool]
"""Asked by a job from time to time: whether it may be given up."""

PATIENCE = 0.4
"""Seconds for which a program's jobs are given up for newer ones; after that, one is finished before the next begins."""
FAIR = 0.3
"""A job that takes more seconds than this makes way for another program's, and begins anew behind it."""
FIRST = ""
"""The key of the job that warms up."""
LIMIT = 8.0
"""Seconds that a job may take."""
PAUSE, AT_LATEST = 0.5, 60
"""Cyclic garbage is looked for after so many seconds without a job, and after so many jobs."""


@dataclass(slots=True)
class Job:
    """`work` is run in the thread; `too_long` instead, once it has taken more than its time. `ready`: not before this moment."""

    key: str
    work: Callable[[Unwanted], None]
    too_long: Callable[[], None]
    ready: float = 0.0
    in_background: bool = False
    started: float = 0.0
    unwanted: bool = False
    has_made_way: bool = field(default=False)


class Worker:
    """Runs jobs in a thread with a large stack."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[tuple[bool, str], Job] = {}
        self._current: Job | None = None
        self._given_up_since: dict[str, float] = {}
        self._stopped = False
        self._done = 0
        """Jobs since the last collection."""
        self._thread = threading.Thread(target=lambda: run_deep(self._run), daemon=True, name="analysis")

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self, patience: float = 0.0) -> bool:
        """Give up what is being done and end; whether that has happened within so many seconds."""
        with self._changed:
            self._stopped = True
            self._waiting.clear()
            if self._current is not None:
                self._current.unwanted = True
            self._changed.notify()
        if self._thread.ident is not None:
            self._thread.join(patience)
        return not self._thread.is_alive()

    def submit(self, job: Job) -> None:
        """To be done in place of what is waiting under the same key."""
        now = time.monotonic()
        with self._changed:
            self._waiting[job.in_background, job.key] = job
            current = self._current
            if current is not None and not job.in_background:
                if current.in_background:
                    self._make_way(current)
                elif current.key == job.key:
                    since = self._given_up_since.setdefault(job.key, now)
                    current.unwanted = current.unwanted or now - since < PATIENCE
                elif now - current.started > FAIR and not current.has_made_way:
                    self._make_way(current)
            self._changed.notify()

    def forget(self, key: str) -> None:
        """What waits under this key need not be done any more."""
        with self._changed:
            for in_background in (False, True):
                self._waiting.pop((in_background, key), None)
            if self._current is not None and self._current.key == key:
                self._current.unwanted = True

    def _make_way(self, job: Job) -> None:
        job.unwanted = True
        again = Job(job.key, job.work, job.too_long, 0.0, job.in_background, has_made_way=not job.in_background)
        self._waiting.setdefault((job.in_background, job.key), again)

    def _next(self) -> Job | None:
        """The next job, waited for; those in the background only when there is no other. None in a pause, and at the end."""
        with self._changed:
            while not self._stopped:
                now = time.monotonic()
                ready = [job for job in self._waiting.values() if job.ready <= now]
                if ready:
                    job = min(ready, key=lambda job: job.in_background)
                    del self._waiting[job.in_background, job.key]
                    job.started = now
                    self._current = job
                    return job
                moments = [job.ready - now for job in self._waiting.values()]
                if not self._changed.wait(min(moments, default=PAUSE if self._done else None)) and not moments:
                    return None
            return None

    def _run(self) -> None:
        # Not in the middle of a job, where it costs more than the job.
        gc.disable()
        while True:
            job = self._next()
            if self._stopped:
                return
            if job is None:
                self._collect()
                continue
            deadline = job.started + LIMIT
            try:
                job.work(lambda: job.unwanted or time.monotonic() > deadline)  # noqa: B023 - used before the next one
                if not job.unwanted:
                    self._given_up_since.pop(job.key, None)
            except Interrupted:
                if not job.unwanted:
                    job.too_long()
            with self._changed:
                self._current = None
            self._done += 1
            if job.key == FIRST:
                self._collect()
                # What is there by now stays: there is no need to look through it again.
                gc.freeze()
            elif self._done >= AT_LATEST:
                self._collect()

    def _collect(self) -> None:
        gc.collect()
        self._done = 0
