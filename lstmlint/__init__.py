"""lstmlint: a static analyser for the shapes that reach recurrent networks."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"


def load_ipython_extension(shell: object) -> None:
    """`%load_ext lstmlint`."""
    _ipython().load_extension(shell)


def unload_ipython_extension(shell: object) -> None:
    """`%unload_ext lstmlint`."""
    _ipython().unload_extension(shell)


def _ipython() -> Any:
    # By its name, as IPython would: what is imported with everything must not import the plugins.
    return import_module("lstmlint.plugins.ipython")
