"""Every model of a library that can be called here agrees with the library on arguments drawn for its family."""

from __future__ import annotations

import importlib

import pytest
from hypothesis import given, settings

from lstmlint.library import registry
from tests.library.families import DRAWS, TABLE, Call, exists, is_elsewhere

for _library in ("builtin", "numpy", "pandas", "sklearn", "tensorflow", "keras_utils", "keras_ops"):
    importlib.import_module(f"tests.library.{_library}_families")
PATHS = sorted(path for path in TABLE if exists(path))
ROOTS = (
    "str", "bytes", "int", "float", "bool", "list", "tuple", "set", "dict", "builtins", "math", "itertools", "collections", "numpy",
    "pandas", "sklearn", "tensorflow",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_model_agrees_with_the_library(path: str) -> None:
    family = TABLE[path]

    @settings(max_examples=DRAWS, deadline=None, database=None, derandomize=True)
    @given(family.draws)
    def compared(call: Call) -> None:
        family.compare(path, call)

    compared()


def test_every_model_is_compared() -> None:
    """What is modelled is drawn for here, or is named among what is compared elsewhere or can't be."""
    for root in ROOTS:
        registry.load(root)
    modelled = {path for path in registry.registered() if path.partition(".")[0] in ROOTS and exists(path)}
    assert sorted(path for path in modelled if path not in TABLE and not is_elsewhere(path)) == []
