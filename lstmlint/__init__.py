"""lstmlint: a static analyser for the shapes that reach recurrent networks."""

__version__ = "0.1.0"
