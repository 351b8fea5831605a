"""Families of Keras scripts."""

from tests.generated.keras import branches, classes, datasets, forecast, frames, state, tables, text

__all__ = ["branches", "classes", "datasets", "forecast", "frames", "state", "tables", "text"]
