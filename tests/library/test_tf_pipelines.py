"""tf.data: random pipelines, whose real elements and number are compared with what is inferred of them."""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from typing import Any

import tensorflow
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmlint.library.tensorflow.data import element_of, is_dataset
from tests.interpreter.programs import bindings
from tests.library.families import DRAWS
from tests.library.test_tf_data import HEAD, agrees, known

small = st.integers(1, 4)
flags = st.sampled_from(["", ", drop_remainder=True", ", drop_remainder=False"])

Ranks = int | tuple[int, ...] | dict[str, int]
"""The structure of an element: the rank of its tensor, or of each."""


@st.composite
def sources(draw: st.DrawFn) -> tuple[str, Ranks]:
    """An expression for a data set and what its elements are."""
    rows, width, steps = draw(st.integers(1, 12)), draw(small), draw(small)
    kind = draw(st.sampled_from(["one", "two", "dict", "range", "flat", "deep", "list", "tensors"]))
    wide, deep, flat = f"np.zeros(({rows}, {width}))", f"np.zeros(({rows}, {steps}, {width}))", f"np.arange({rows})"
    made: dict[str, tuple[str, Ranks]] = {
        "one": (f"Dataset.from_tensor_slices({wide})", 1),
        "two": (f"Dataset.from_tensor_slices(({deep}, {flat}))", (2, 0)),
        "dict": (f"Dataset.from_tensor_slices({{'a': {wide}, 'b': {flat}}})", {"a": 1, "b": 0}),
        "range": (f"Dataset.range({rows})", 0),
        "flat": (f"Dataset.from_tensor_slices({flat})", 0),
        "deep": (f"Dataset.from_tensor_slices({deep})", 2),
        "list": (f"Dataset.from_tensor_slices({list(range(rows))})", 0),
        "tensors": (f"Dataset.from_tensors(({wide}, {flat}))", (2, 1)),
    }
    return made[kind]


def _more(ranks: Ranks, by: int) -> Ranks:
    if isinstance(ranks, tuple):
        return tuple(rank + by for rank in ranks)
    return {name: rank + by for name, rank in ranks.items()} if isinstance(ranks, dict) else ranks + by


def _all(ranks: Ranks) -> list[int]:
    return list(ranks) if isinstance(ranks, tuple) else list(ranks.values()) if isinstance(ranks, dict) else [ranks]


@st.composite
def steps_after(draw: st.DrawFn, ranks: Ranks) -> tuple[str, Ranks]:
    """A method call, and what the elements are then."""
    n, m = draw(small), draw(small)
    keeping = [
        f".repeat({n})", f".take({n})", f".skip({n})", ".shuffle(5)", ".prefetch(1)", ".cache()", ".take(-1)",
        ".prefetch(tf.data.AUTOTUNE)", ".filter(lambda *x: True)", f".shard({n}, 0)", ".apply(lambda d: d.take(3))",
        ".concatenate(d)", ".map(lambda *x: x[0] if len(x) == 1 else x)" if not isinstance(ranks, dict) else ".cache()",
    ]  # fmt: skip
    kind = draw(
        st.sampled_from(["keep", "keep", "batch", "batch", "padded", "unbatch", "enumerate", "window", "map", "interleave", "zip"])
    )
    if kind == "batch":
        return f".batch({n}{draw(flags)})", _more(ranks, 1)
    if kind == "padded":
        return f".padded_batch({n}{draw(flags)})", _more(ranks, 1)
    if kind == "unbatch" and min(_all(ranks)) >= 1:
        return ".unbatch()", _more(ranks, -1)
    if kind == "enumerate" and isinstance(ranks, int):
        return ".enumerate()", (0, ranks)
    if kind == "zip" and isinstance(ranks, int):
        return draw(st.sampled_from([".apply(lambda d: Dataset.zip((d, d)))", ".apply(lambda d: Dataset.zip(d, d.take(2)))"])), (
            ranks,
            ranks,
        )
    if kind == "map" and isinstance(ranks, int):
        function = draw(st.sampled_from(["(x, tf.expand_dims(x, -1))", "(x, tf.stack([x, x], axis=0))", "(x, x * 2)"]))
        return f".map(lambda x: {function})", (ranks, ranks if "*" in function else ranks + 1)
    if kind == "interleave" and isinstance(ranks, int):
        inner = draw(st.sampled_from(["from_tensors(x)", f"from_tensors(x).repeat({n})", f"from_tensors([x]).batch({n})"]))
        more = 2 if "[x]" in inner else 0
        return f".{draw(st.sampled_from(['interleave', 'flat_map']))}(lambda x: Dataset.{inner})", ranks + more
    if kind == "window":
        rest = draw(st.sampled_from(["", f", shift={m}", f", {m}, drop_remainder=True", ", 1, 2, True", ", drop_remainder=True"]))
        if isinstance(ranks, int):
            return f".window({n}{rest}).flat_map(lambda w: w.batch({n}{draw(flags)}))", ranks + 1
        if isinstance(ranks, tuple) and len(ranks) == 2:
            zipped = f"Dataset.zip((x.batch({n}), y.batch({n})))"
            return f".window({n}{rest}).flat_map(lambda x, y: {zipped})", _more(ranks, 1)
    return draw(st.sampled_from(keeping)), ranks


@st.composite
def pipelines(draw: st.DrawFn) -> str:
    """A program that binds `d` again and again."""
    expression, ranks = draw(sources())
    lines = [f"d = {expression}"]
    for _ in range(draw(st.integers(0, 5))):
        step, ranks = draw(steps_after(ranks))
        lines.append(f"d = d{step}")
    return "\n".join(lines) + "\n"


@settings(max_examples=4 * DRAWS, deadline=None, database=None, derandomize=True)
@given(pipelines())
def test_random_pipelines(program: str) -> None:
    names: dict[str, Any] = {}
    try:
        exec(HEAD + program, names)
        elements = list(names["d"].take(40))
        size = int(names["d"].cardinality())
        size = size if size >= 0 else len(list(names["d"]))
    except (ValueError, TypeError, tensorflow.errors.InvalidArgumentError):
        return
    found = bindings(f"{HEAD}{program}n = len(d)\n")
    assert is_dataset(found["d"])
    inferred = known(element_of(found["d"]))
    assert agrees(inferred, elements), (inferred, [getattr(e, "shape", e) for e in elements[:3]])
    stated = getattr(found["n"], "value", None)
    assert stated is None or stated == size, (stated, size)
