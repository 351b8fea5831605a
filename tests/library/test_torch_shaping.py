"""Tensors under other axes, combined, split and subscripted: the models against torch."""
from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lstmlint.shapes.dims import symbol
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Meaning, Shape
from lstmlint.trace import Operation
from lstmlint.values.base import NONE, Const, integer, unknown
from lstmlint.values.data import Array, Slice, tuple_of
from tests.library.arrays import axes, shapes
from tests.library.differential import agree, run
from tests.library.tensors import DRAWN, tensor, tensors, torch_subscripts

T = "torch.Tensor"


@DRAWN
@given(tensors(), st.data())
def test_reshape(x: Any, data: st.DataObject) -> None:
    target = data.draw(st.one_of(st.permutations(x.shape), st.lists(st.sampled_from([1, 2, 3, 4, 6]), max_size=3)))
    target = list(target)
    if target and data.draw(st.booleans()):
        target[data.draw(st.integers(0, len(target) - 1))] = -1
    outcome = agree(f"{T}.view", x, tuple(target))
    (event,) = outcome.caller.events
    assert isinstance(event, Operation) and event.name == "torch.Tensor.view" and event.result is outcome.value
    agree("torch.reshape", x, tuple(target))
    agree(f"{T}.reshape", x, target)
    agree(f"{T}.view_as", x, tensor(tuple(map(abs, target))))
    agree(f"{T}.reshape_as", x, tensor(tuple(map(abs, target))))
    if target:
        agree(f"{T}.view", x, *target)
        agree(f"{T}.reshape", x, *target)


@DRAWN
@given(tensors(), axes, axes)
def test_axes_moved(x: Any, i: int, j: int) -> None:
    for name in ("transpose", "swapaxes", "swapdims", "movedim", "moveaxis"):
        agree(f"torch.{name}", x, i, j)
        agree(f"{T}.{name}", x, i, j)
    agree("torch.t", x)
    agree(f"{T}.t", x)
    agree(f"{T}.mT", x)
    agree(f"{T}.T", x) if x.ndim <= 2 else None


@DRAWN
@given(tensors(0, 3), st.data())
def test_permute(x: Any, data: st.DataObject) -> None:
    order = data.draw(st.one_of(st.permutations(range(x.ndim)), st.lists(st.integers(-3, 3), min_size=0, max_size=3)))
    agree("torch.permute", x, tuple(order))
    agree(f"{T}.permute", x, *order) if order else None
    agree(f"{T}.permute", x, order)
    ends = data.draw(st.permutations(range(x.ndim)))
    agree("torch.movedim", x, tuple(order), tuple(ends))


@DRAWN
@given(tensors(), axes, axes)
def test_axes_added_dropped_and_merged(x: Any, i: int, j: int) -> None:
    agree("torch.unsqueeze", x, i)
    agree(f"{T}.unsqueeze", x, dim=i)
    agree(f"{T}.squeeze", x)
    agree("torch.squeeze", x, i)
    agree(f"{T}.squeeze", x, (i, j)) if i != j else None
    agree("torch.flatten", x, i, j)
    agree(f"{T}.flatten", x, start_dim=i)
    agree(f"{T}.flatten", x)
    agree("torch.ravel", x)
    for name in ("atleast_1d", "atleast_2d", "atleast_3d"):
        agree(f"torch.{name}", x)


@DRAWN
@given(tensors(1, 3, 1), axes, st.lists(st.sampled_from([1, 2, 3, -1]), min_size=1, max_size=3))
def test_unflatten(x: Any, dim: int, sizes: list[int]) -> None:
    agree("torch.unflatten", x, dim, tuple(sizes))
    agree(f"{T}.unflatten", x, dim, sizes)


@DRAWN
@given(tensors(), shapes(0, 4), st.data())
def test_stretched(x: Any, target: tuple[int, ...], data: st.DataObject) -> None:
    if data.draw(st.booleans()):
        # Mostly what fits.
        target = (*target[:1], *(n if n != 1 else data.draw(st.sampled_from([1, 3, -1])) for n in x.shape))
    agree(f"{T}.expand", x, tuple(target))
    agree(f"{T}.expand", x, *target) if target else None
    if -1 not in target:
        agree("torch.broadcast_to", x, tuple(target))
        agree(f"{T}.expand_as", x, tensor(target))


@DRAWN
@given(tensors(0, 3), st.lists(st.integers(0, 3), min_size=1, max_size=4), st.integers(0, 3), axes)
def test_repetition(x: Any, reps: list[int], times: int, axis: int) -> None:
    agree(f"{T}.repeat", x, *reps)
    agree(f"{T}.repeat", x, tuple(reps))
    agree("torch.tile", x, tuple(reps))
    agree(f"{T}.tile", x, *reps)
    agree("torch.repeat_interleave", x, times)
    if x.ndim:
        agree("torch.repeat_interleave", x, times, dim=axis)
        agree(f"{T}.repeat_interleave", x, times, axis)


@DRAWN
@given(tensors(1, 3), axes, st.integers(0, 2))
def test_same_axes(x: Any, axis: int, k: int) -> None:
    agree("torch.flip", x, [axis])
    agree(f"{T}.flip", x, axis)
    agree(f"{T}.roll", x, k, axis)
    agree("torch.roll", x, k)
    if x.ndim >= 2:
        agree("torch.triu", x)
        agree("torch.tril", x, k)
    for name in ("contiguous", "clone", "detach", "cpu", "float", "long", "double", "int", "bool"):
        agree(f"{T}.{name}", x)
    for name in ("tolist", "numel", "dim", "size"):
        agree(f"{T}.{name}", x)
    agree(f"{T}.size", x, axis)
    agree(f"{T}.numpy", x)
    agree(f"{T}.shape", x)
    agree(f"{T}.__len__", x)
    agree(f"{T}.ndim", x)


@DRAWN
@given(tensors(1, 3), axes, st.integers(-2, 4), st.integers(0, 4))
def test_parts_of_an_axis(x: Any, axis: int, start: int, length: int) -> None:
    agree("torch.narrow", x, axis, start, length)
    agree(f"{T}.narrow", x, axis, start, length)
    agree("torch.select", x, axis, start)
    agree(f"{T}.select", x, axis, start)
    agree(f"{T}.unfold", x, axis, length, max(start, 1))


@DRAWN
@given(tensors(1, 4), axes, axes, st.integers(-2, 2))
def test_diagonals(x: Any, i: int, j: int, k: int) -> None:
    agree("torch.diagonal", x)
    agree(f"{T}.diagonal", x, k, i, j)
    agree("torch.diag", x, k)
    agree(f"{T}.diag", x)
    agree("torch.diag_embed", x)
    agree("torch.trace", x.float())


@DRAWN
@given(tensors(0, 4, 1, ("float",)), st.lists(st.integers(0, 2), max_size=6))
def test_pad(x: Any, widths: list[int]) -> None:
    agree("torch.nn.functional.pad", x, tuple(widths))
    agree("torch.nn.functional.pad", x, widths, "constant", 0)


@st.composite
def similar(draw: st.DrawFn, least: int = 1) -> list[Any]:
    """Tensors of which most fit each other along some axis."""
    base = list(draw(shapes(least, 3)))
    found = []
    for _ in range(draw(st.integers(0, 3))):
        shape = list(base)
        if shape and draw(st.booleans()):
            shape[draw(st.integers(0, len(shape) - 1))] = draw(st.integers(0, 3))
        if draw(st.integers(0, 5)) == 0:
            shape.append(2)
        found.append(tensor(tuple(shape), draw(st.sampled_from(["float", "int"]))))
    return found


@DRAWN
@given(similar(0), axes)
def test_joined(parts: list[Any], axis: int) -> None:
    agree("torch.cat", parts, axis)
    agree("torch.cat", tuple(parts), dim=axis)
    agree("torch.concat", parts)
    agree("torch.stack", parts, axis)
    agree("torch.stack", parts)
    for name in ("vstack", "hstack", "dstack", "column_stack"):
        agree(f"torch.{name}", parts)


@DRAWN
@given(tensors(0, 3), axes, st.integers(0, 5), st.lists(st.integers(-1, 4), min_size=1, max_size=3))
def test_split(x: Any, axis: int, size: int, sections: list[int]) -> None:
    agree("torch.split", x, size, axis)
    agree(f"{T}.split", x, size)
    agree(f"{T}.split", x, sections, dim=axis)
    agree("torch.chunk", x, size, axis)
    agree(f"{T}.chunk", x, size)
    agree("torch.unbind", x, axis)
    agree(f"{T}.unbind", x)
    agree("torch.tensor_split", x, size, axis)
    agree(f"{T}.tensor_split", x, tuple(sorted(map(abs, sections))), axis)


@DRAWN
@given(tensors(1, 3), st.data())
def test_sections_that_add_up(x: Any, data: st.DataObject) -> None:
    axis = data.draw(st.integers(0, x.ndim - 1))
    first = data.draw(st.integers(0, x.shape[axis]))
    agree("torch.split", x, [first, x.shape[axis] - first], axis)
    agree(f"{T}.split", x, (first, x.shape[axis] - first), axis)


@DRAWN
@given(tensors(0, 3), st.data())
def test_subscripts(x: Any, data: st.DataObject) -> None:
    key = data.draw(torch_subscripts(tuple(x.shape)))
    masks = [item for item in (key if isinstance(key, tuple) else (key,)) if str(getattr(item, "dtype", None)) == "torch.bool"]
    masked = bool(masks)
    # numpy takes an empty mask anywhere, torch here and there.
    assume(all(mask.numel() for mask in masks))
    agree(f"{T}.__getitem__", x, key, data_dependent=masked)


@DRAWN
@given(tensors(0, 3), shapes(0, 3), st.data())
def test_assignment(x: Any, value: tuple[int, ...], data: st.DataObject) -> None:
    key = data.draw(torch_subscripts(tuple(x.shape)))
    assume(not any(hasattr(item, "dtype") or isinstance(item, list) for item in (key if isinstance(key, tuple) else (key,))))
    agree(f"{T}.__setitem__", x.clone(), key, tensor(value), real=_assign)
    with contextlib.suppress(IndexError, ValueError):
        agree(f"{T}.__setitem__", x.clone(), key, tensor(tuple(x[key].shape)[-2:]), real=_assign)


def _assign(x: Any, key: Any, value: Any) -> None:
    x[key] = value


PAIR = tensor((2,), "int") * 0
ROW = PAIR.reshape(2, 1)


@pytest.mark.parametrize(
    "key",
    [
        (PAIR, PAIR),
        (PAIR, slice(None), PAIR),
        (slice(None), PAIR, slice(None), 0),
        (0, slice(None), PAIR),
        (slice(None), PAIR, 0),
        (slice(None), 0, PAIR),
        (slice(None), PAIR, ..., 0),
        (slice(None), PAIR, slice(None), slice(None), ...),
        (slice(None), PAIR, None, PAIR),
        (slice(None), ROW, PAIR),
        ([0, 1], None, ..., 1),
        (slice(None), slice(None), PAIR, ..., PAIR),
        (0, 0, 0, 0, 0),
        (slice(None), 3),
        (slice(None), -4),
        (slice(9, 12), slice(-9, None)),
        ROW,
        tensor((2, 3), "bool"),
        tensor((2, 2), "bool"),
        (slice(None), tensor((3,), "bool")),
        slice(None, None, -1),
        slice(None, None, 2),
    ],
)
def test_where_the_axes_of_index_tensors_go(key: Any) -> None:
    masked = any(str(getattr(item, "dtype", None)) == "torch.bool" for item in (key if isinstance(key, tuple) else (key,)))
    agree(f"{T}.__getitem__", tensor((2, 3, 4, 5)), key, data_dependent=masked)


@DRAWN
@given(tensors(0, 3), st.data())
def test_chosen_by_tensors(x: Any, data: st.DataObject) -> None:
    axis = data.draw(axes)
    places = tensor(data.draw(shapes(0, 2)), "int") * 0
    assume(x.numel() > 0)
    agree("torch.index_select", x, axis, places)
    agree(f"{T}.index_select", x, axis, places)
    agree("torch.take", x, places)
    like = tensor(tuple(data.draw(st.integers(0, n)) for n in x.shape), "int") * 0
    for index in (like, places):
        agree("torch.gather", x, axis, index)
        agree(f"{T}.gather", x, axis, index)
    source = tensor(tuple(like.shape))
    agree("torch.scatter", x, axis, like, source) if x.dtype == source.dtype else None
    agree(f"{T}.scatter", x, axis, like, 1)


@DRAWN
@given(tensors(0, 3), st.data())
def test_chosen_by_masks(x: Any, data: st.DataObject) -> None:
    shape = tuple(x.shape)
    mask = tensor(data.draw(st.sampled_from([shape, shape[1:], shape[:-1], (2,), ()])), "bool")
    agree("torch.masked_select", x, mask, data_dependent=True)
    agree(f"{T}.masked_fill", x, mask, 1)
    agree("torch.where", mask, x, x)
    agree("torch.where", mask, x, 1)
    agree("torch.where", mask, data_dependent=True)
    agree("torch.nonzero", x, data_dependent=True)
    agree(f"{T}.nonzero", x, data_dependent=True)


def test_what_iterating_over_a_tensor_gives() -> None:
    for shape in ((2, 3), (4,), (3, 1, 5)):
        agree(f"{T}.__iter__", tensor(shape), real=lambda x: next(iter(x)))


n = symbol("n", lower=1)
batch = symbol("batch", lower=1)
SEQUENCES = Shape((Axis(batch, Meaning.BATCH), Axis(20, Meaning.TIME), Axis(8, Meaning.FEATURE)))


def meanings(path: str, *args: Any, shape: Shape = SEQUENCES) -> list[Meaning | None]:
    """The meanings of the axes of what a method makes of a batch of sequences."""
    value = run(path, Array(shape, "torch", "float"), *args).value
    assert isinstance(value, Array) and not value.shape.open
    return [axis.meaning for axis in value.shape]


def test_meanings_travel_with_the_axes() -> None:
    b, t, f = Meaning.BATCH, Meaning.TIME, Meaning.FEATURE
    everything = Slice(NONE, NONE, NONE)
    assert meanings(f"{T}.permute", 1, 0, 2) == [t, b, f]
    assert meanings(f"{T}.transpose", 1, 2) == [b, f, t]
    assert meanings(f"{T}.unsqueeze", 1) == [b, None, t, f]
    assert meanings(f"{T}.__getitem__", tuple_of(everything, Const(-1))) == [b, f]
    assert meanings(f"{T}.__getitem__", tuple_of(everything, everything, Const(0))) == [b, t]
    assert meanings(f"{T}.sum", 1) == [b, f]
    assert meanings(f"{T}.flip", 1) == [b, t, f]
    assert meanings(f"{T}.view", integer(batch), -1, 8) == [b, t, f]
    assert meanings(f"{T}.view", integer(batch), 20, 2, 4)[:2] == [b, t]
    assert meanings(f"{T}.view", 20, integer(batch), 8) == [None, None, f]
    assert meanings(f"{T}.contiguous") == [b, t, f]
    assert meanings(f"{T}.flatten", 1) == [b, None]
    assert meanings(f"{T}.mean", tuple_of(Const(1)), True)[0] is b


def test_impossible_views_of_symbolic_sizes() -> None:
    x = Array(SEQUENCES, "torch", "float")
    assert run(f"{T}.view", x, integer(batch), -1, 7).raises
    assert run(f"{T}.view", x, integer(batch), 20, 9).raises
    assert run(f"{T}.reshape", x, integer(batch), 21, -1).raises
    assert not run(f"{T}.view", x, -1, 7).raises
    assert not run(f"{T}.view", x, integer(batch), -1, 16).raises
    assert not run(f"{T}.view", x, integer(batch), unknown("int"), 7).raises
    assert not run(f"{T}.view", Array(UNKNOWN_SHAPE, "torch"), integer(batch), -1, 7).raises


def test_unknown_subscripts_prove_nothing() -> None:
    x = Array(Shape.of(n, 60), "torch")
    several = (unknown(), unknown(), unknown())
    for key in (unknown(), unknown("int"), several, Array(UNKNOWN_SHAPE, "torch"), Array(Shape.of(3, 3), "torch")):
        assert not run(f"{T}.__getitem__", x, key).raises


