"""Models of re: texts, and lists of texts."""
from __future__ import annotations

from lstmlint.library.registry import models
from lstmlint.shapes.shape import unknown_dim
from lstmlint.values.base import Value, unknown
from lstmlint.values.data import Items, ListObject


@models("re.sub", "re.escape")
def text(*args: Value, **keywords: Value) -> Value:
    """docs.python.org: some text."""
    return unknown("str")


@models("re.split")
def parts(*args: Value, **keywords: Value) -> Value:
    """docs.python.org: the texts between what matches."""
    return ListObject(Items.many(unknown("str"), unknown_dim("parts", "parts of a text", 1)))


@models("re.findall")
def found(*args: Value, **keywords: Value) -> Value:
    """docs.python.org: what matches; texts, or tuples of texts where the pattern has groups."""
    return ListObject(Items.many(unknown(), unknown_dim("found", "what matches in a text")))
