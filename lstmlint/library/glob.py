"""Models of glob."""
from __future__ import annotations

from lstmlint.library.registry import models
from lstmlint.shapes.shape import unknown_dim
from lstmlint.values.base import Value, unknown
from lstmlint.values.data import Items, ListObject


@models("glob.glob", "glob.iglob")
def glob(pathname: Value) -> Value:
    """docs.python.org: the names of some files."""
    return ListObject(Items.many(unknown("str"), unknown_dim("files", "files that match")))
