"""Symbols in place of numbers: what the models of torch then claim must hold for the numbers that the symbols stand for."""
from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.library.arrays import axes, shapes
from tests.library.tensors import DRAWN, tensor, torch_subscripts
from tests.library.test_numpy_symbolic import sound

T, F = "torch.Tensor", "torch.nn.functional"


@DRAWN
@given(shapes(1, 3, 1), st.data())
def test_reshape(shape: tuple[int, ...], data: st.DataObject) -> None:
    x = tensor(shape)
    target = list(data.draw(st.one_of(st.permutations(shape), st.lists(st.sampled_from([1, 2, 3, 4, 6]), min_size=1, max_size=3))))
    if data.draw(st.booleans()):
        target[data.draw(st.integers(0, len(target) - 1))] = -1
    sound(data, f"{T}.view", x, *target)
    sound(data, "torch.reshape", x, tuple(target))
    sound(data, f"{T}.view_as", x, tensor(tuple(map(abs, target))))
    sound(data, f"{T}.expand", x, *target)
    sound(data, f"{T}.expand_as", x, tensor(tuple(map(abs, target))))
    sound(data, f"{T}.repeat", x, *map(abs, target))
    sound(data, "torch.tile", x, tuple(map(abs, target)))
    sound(data, f"{T}.unflatten", x, 0, target, plain=(1,))


@DRAWN
@given(shapes(1, 4, 1), axes, axes, st.data())
def test_axes(shape: tuple[int, ...], i: int, j: int, data: st.DataObject) -> None:
    x = tensor(shape)
    for name in ("transpose", "movedim", "flatten"):
        sound(data, f"{T}.{name}", x, i, j, plain=(1, 2))
    for name in ("unsqueeze", "squeeze", "unbind", "flip", "sum", "max", "size", "cumsum", "sort"):
        sound(data, f"{T}.{name}", x, i, plain=(1,))
    for name in ("squeeze", "t", "T", "mT", "shape", "numel", "__len__", "flatten", "diagonal", "max", "tolist"):
        sound(data, f"{T}.{name}", x)
    sound(data, f"{T}.squeeze", x, (i, j), plain=(1,))
    sound(data, f"{T}.sum", x, (i, j), True, plain=(1, 2))
    sound(data, f"{T}.permute", x, *data.draw(st.permutations(range(len(shape)))), plain=tuple(range(1, 5)))
    sound(data, f"{T}.diagonal", x, i, j, plain=(1, 2))


@DRAWN
@given(shapes(1, 3, 1), st.data())
def test_subscripts(shape: tuple[int, ...], data: st.DataObject) -> None:
    x = tensor(shape)
    key = data.draw(torch_subscripts(shape))
    try:
        part = x[key]
    except (IndexError, ValueError):
        return
    if part.numel():
        sound(data, f"{T}.__getitem__", x, key, plain=(1,))


@DRAWN
@given(shapes(0, 3, 1), st.data())
def test_pairs(shape: tuple[int, ...], data: st.DataObject) -> None:
    x = tensor(shape)
    last = shape[-1] if shape else 2
    y = tensor(data.draw(st.sampled_from([shape, shape[::-1], (last, 3), (*shape[:-2], last, 2), (last,), (2, 2), ()])))
    for name in ("add", "matmul", "mm", "bmm", "mv", "dot", "outer", "kron", "inner"):
        sound(data, f"torch.{name}", x, y)
    sound(data, "torch.where", x > 1, x, y)
    sound(data, f"{T}.masked_fill", x, y > 1, 0, plain=(2,))
    sound(data, "torch.masked_select", x, y > 1)
    sound(data, "torch.cosine_similarity", x, y)
    sound(data, "torch.tensordot", x, y, 1, plain=(2,))
    sound(data, "torch.addmm", tensor((1, 2)), x, y)
    sound(data, "torch.cdist", x, y)
    sound(data, f"{T}.add_", x.clone(), y)


@DRAWN
@given(shapes(1, 3, 1), st.integers(0, 2), st.integers(1, 3), st.integers(0, 2), st.data())
def test_combining(shape: tuple[int, ...], axis: int, count: int, extra: int, data: st.DataObject) -> None:
    longer = list(shape)
    longer[min(axis, len(shape) - 1)] += extra
    x, parts = tensor(shape), [tensor(shape)] * (count - 1) + [tensor(tuple(longer))]
    sound(data, "torch.cat", parts, axis, plain=(1,))
    sound(data, "torch.stack", parts, axis, plain=(1,))
    for name in ("vstack", "hstack", "dstack", "column_stack"):
        sound(data, f"torch.{name}", parts)
    sound(data, f"{T}.split", x, count, axis, plain=(2,))
    sound(data, f"{T}.split", x, [count, extra], axis, plain=(2,))
    sound(data, f"{T}.chunk", x, count, axis, plain=(1, 2))
    sound(data, f"{T}.tensor_split", x, count, axis, plain=(1, 2))
    sound(data, f"{T}.repeat_interleave", x, count, axis, plain=(2,))
    sound(data, f"{T}.narrow", x, axis, 0, count, plain=(1,))
    sound(data, f"{T}.narrow", x, axis, extra, count, plain=(1,))
    sound(data, f"{T}.unfold", x, axis, count, extra + 1, plain=(1,))
    sound(data, f"{T}.topk", x, count, axis, plain=(2,))
    sound(data, f"{F}.pad", x, (count, extra), plain=())
    sound(data, f"{F}.one_hot", tensor(shape, "int"), 4)


@DRAWN
@given(shapes(1, 3, 1), st.data())
def test_chosen(shape: tuple[int, ...], data: st.DataObject) -> None:
    x, axis = tensor(shape), data.draw(axes)
    places = tensor(data.draw(shapes(1, 2, 1)), "int") * 0
    like = tensor(tuple(data.draw(st.integers(1, n)) for n in shape), "int") * 0
    sound(data, f"{T}.index_select", x, axis, places, plain=(1,))
    sound(data, "torch.take", x, places)
    for index in (like, places):
        sound(data, "torch.gather", x, axis, index, plain=(1,))
        sound(data, "torch.scatter", x, axis, index, 1, plain=(1, 3))
    sound(data, f"{T}.select", x, axis, 0, plain=(1,))


@DRAWN
@given(shapes(1, 3, 1), st.data())
def test_creating(shape: tuple[int, ...], data: st.DataObject) -> None:
    sound(data, "torch.zeros", *shape)
    sound(data, "torch.ones", shape)
    sound(data, "torch.FloatTensor", *shape)
    sound(data, "torch.arange", shape[0])
    sound(data, "torch.arange", 1, shape[0] + 1)
    sound(data, "torch.eye", shape[0])
    sound(data, "torch.linspace", 0, 1, shape[0], plain=(0, 1))
    sound(data, f"{T}.new_zeros", tensor(shape), *shape)
    sound(data, f"{T}.resize_", tensor(shape), *shape)
    equation: Any = {1: "i,i->i", 2: "ij,kj->ik", 3: "bij,bkj->bik"}[len(shape)]
    sound(data, "torch.einsum", equation, tensor(shape), tensor(shape))
