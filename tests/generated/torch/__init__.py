"""Families of PyTorch scripts."""

from tests.generated.torch import series, steps, text, text_tags, windows

__all__ = ["series", "steps", "text", "text_tags", "windows"]
