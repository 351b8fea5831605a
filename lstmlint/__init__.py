"""lstmlint: a static analyser for the shapes that reach recurrent networks."""
# Nothing is imported here: with `python -m lstmlint`, modules of the current folder would still come first.

__version__ = "0.1.0"


def load_ipython_extension(shell: object) -> None:
    """`%load_ext lstmlint`."""
    from importlib import import_module

    # By its name, as IPython would: what is imported with everything must not import the plugins.
    import_module("lstmlint.plugins.ipython").load_extension(shell)


def unload_ipython_extension(shell: object) -> None:
    """`%unload_ext lstmlint`."""
    from importlib import import_module

    import_module("lstmlint.plugins.ipython").unload_extension(shell)
