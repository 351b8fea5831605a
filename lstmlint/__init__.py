"""lstmlint: a static analyser for the shapes that reach recurrent networks."""

from __future__ import annotations

__version__ = "0.1.0"


def load_ipython_extension(shell: object) -> None:
    """`%load_ext lstmlint`."""
    from lstmlint.plugins.ipython import load_extension

    load_extension(shell)


def unload_ipython_extension(shell: object) -> None:
    """`%unload_ext lstmlint`."""
    from lstmlint.plugins.ipython import unload_extension

    unload_extension(shell)
