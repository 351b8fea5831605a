"""What keeps a script waiting, or waits for a person: sleeps, plots, what only a notebook has."""

from __future__ import annotations

import builtins
import functools
import os
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

from lstmlint.execution.child.after_import import after_import
from lstmlint.execution.child.keras_cuts import cut_keras
from lstmlint.execution.child.recorder import Recorder
from lstmlint.execution.child.torch_cuts import cut_torch

_NAP = 0.001
"""Seconds: libraries sleep between looks at a queue, which needs to be filled."""


def prepare(recorder: Recorder, notebook: bool) -> None:
    """Change what a script would wait for, and libraries once they are imported."""
    os.environ.update(MPLBACKEND="Agg", WANDB_MODE="disabled", TQDM_DISABLE="1", PYGAME_HIDE_SUPPORT_PROMPT="1")
    # Without a network, pip would try again and again.
    os.environ.update(PIP_RETRIES="0", PIP_NO_INPUT="1", PIP_DISABLE_PIP_VERSION_CHECK="1")
    # Its processes would get functions of the script, but not the recorder.
    os.environ["JOBLIB_MULTIPROCESSING"] = "0"
    sleep = time.sleep

    @functools.wraps(sleep)
    def nap(seconds: float, /) -> None:
        sleep(min(seconds, _NAP))

    time.__dict__["sleep"] = nap
    after_import(
        {
            "keras": lambda module: cut_keras(module, recorder),
            "tf_keras": lambda module: cut_keras(module, recorder),
            "torch": lambda module: cut_torch(module, recorder),
            "matplotlib": _without_windows,
            "matplotlib.axes": lambda module: _forgiving(module, recorder),
            "tensorflow": lambda module: _count_sessions(module, recorder),
        }
    )
    if notebook:
        shell = _Shell()
        builtins.__dict__.update(get_ipython=lambda: shell, display=lambda *shown, **how: None)


class _Shell:
    """In place of IPython's: it does nothing, whatever it is told."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *args, **keywords: None


def _without_windows(matplotlib: ModuleType) -> None:
    """No other backend can be asked for: those that open windows are not to be had here."""
    matplotlib.__dict__["use"] = lambda *args, **keywords: None


def _forgiving(axes: ModuleType, recorder: Recorder) -> None:
    """Once training has been cut, lists are shorter than their plots expect."""
    for name in ("plot", "scatter", "bar", "fill_between"):
        setattr(axes.Axes, name, _empty_if_cut(getattr(axes.Axes, name), recorder))


def _empty_if_cut(draw: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    @functools.wraps(draw)
    def drawn(self: Any, *args: Any, **keywords: Any) -> Any:
        try:
            return draw(self, *args, **keywords)
        except ValueError:
            if not recorder.cuts and not recorder.trained:
                raise
            return draw(self, [], [])

    return drawn


def _count_sessions(tensorflow: ModuleType, recorder: Recorder) -> None:
    """In TensorFlow 1, a run that feeds data and fetches an operation without a value is a step of training."""
    session = tensorflow.compat.v1.Session
    run = session.run

    def is_training(fetches: Any) -> bool:
        parts = fetches.values() if isinstance(fetches, dict) else fetches if isinstance(fetches, (list, tuple)) else [fetches]
        return any(isinstance(part, tensorflow.Operation) for part in parts)

    @functools.wraps(run)
    def counted(self: Any, fetches: Any, feed_dict: Any = None, *args: Any, **keywords: Any) -> Any:
        found = run(self, fetches, feed_dict, *args, **keywords)
        recorder.applied += 1
        recorder.steps += bool(feed_dict) and is_training(fetches)
        return found

    session.run = counted
