"""Models of csv: rows of a file, each of which may have another length."""
from __future__ import annotations

from lstmlint.library.registry import models
from lstmlint.shapes.shape import unknown_dim
from lstmlint.values.base import Value, unknown
from lstmlint.values.data import DictObject, Entries, Items, ListObject
from lstmlint.values.variation import varying


@models("csv.reader")
def reader(csvfile: Value, *args: Value, **keywords: Value) -> Value:
    """docs.python.org: a list of texts for each row."""
    row = ListObject(Items.many(unknown("str"), varying("fields", "fields of a row")))
    return ListObject(Items.many(row, unknown_dim("rows", "rows of a file")), "iterator")


@models("csv.DictReader")
def dict_reader(f: Value, *args: Value, **keywords: Value) -> Value:
    """docs.python.org: a dictionary for each row."""
    return ListObject(Items.many(DictObject(Entries((), True)), unknown_dim("rows", "rows of a file")), "iterator")
