"""Tensors made, computed with and reduced: the models against torch."""
from __future__ import annotations

from typing import Any

import numpy
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lstmlint.trace import Softmax
from lstmlint.values.data import Array
from tests.library.arrays import arrays, axes, shapes
from tests.library.differential import agree
from tests.library.tensors import DRAWN, tensor, tensors, torch

T, F = "torch.Tensor", "torch.nn.functional"
FLOATS = ("float",)
DTYPES = st.sampled_from([torch.float32, torch.int64, torch.long, torch.bool, torch.double, torch.uint8])


@DRAWN
@given(shapes(0, 3), DTYPES)
def test_new_tensors_of_a_size(size: tuple[int, ...], dtype: Any) -> None:
    for name in ("zeros", "ones", "empty", "rand", "randn"):
        agree(f"torch.{name}", size)
        agree(f"torch.{name}", *size) if size else None
        agree(f"torch.{name}", list(size), device="cpu")
    agree("torch.zeros", size, dtype=dtype)
    agree("torch.ones", size=size, dtype=dtype)
    agree("torch.full", size, 1)
    agree("torch.full", size, 0.5, dtype=dtype)
    agree("torch.randint", 5, size)
    agree("torch.randint", 0, 5, size, dtype=torch.int64)
    agree("torch.randint", low=0, high=2, size=size)
    agree("torch.normal", 0.0, 1.0, size)
    agree("torch.normal", mean=0.0, std=1.0, size=size)
    for name in ("FloatTensor", "LongTensor", "Tensor", "DoubleTensor", "IntTensor", "ByteTensor"):
        agree(f"torch.{name}", *size) if size else None


@DRAWN
@given(tensors(0, 3, dtypes=("float", "int")), shapes(0, 3), DTYPES)
def test_new_tensors_like_others(x: Any, size: tuple[int, ...], dtype: Any) -> None:
    for name in ("zeros_like", "ones_like", "empty_like"):
        agree(f"torch.{name}", x)
        agree(f"torch.{name}", x, dtype=dtype)
    agree("torch.full_like", x, 2)
    agree("torch.randint_like", x, 5)
    agree("torch.rand_like", x.float())
    agree("torch.randn_like", x.float())
    for name in ("new_zeros", "new_ones", "new_empty"):
        agree(f"{T}.{name}", x, size)
        agree(f"{T}.{name}", x, *size) if size else None
    agree(f"{T}.new_full", x, size, 1)
    agree(f"{T}.new_tensor", x, [[1, 2]])


@DRAWN
@given(st.integers(-5, 8), st.integers(-5, 8), st.integers(-3, 3), st.integers(0, 5))
def test_numbers_in_a_row(start: int, stop: int, step: int, count: int) -> None:
    # A row that runs the wrong way raises.
    assume((stop - start) * step > 0)
    agree("torch.arange", start, stop, step)
    agree("torch.arange", start, stop, step / 2)
    agree("torch.arange", abs(stop))
    agree("torch.arange", end=abs(stop))
    agree("torch.arange", 0, abs(stop), dtype=torch.float)
    agree("torch.range", start, stop, step)
    agree("torch.linspace", start, stop, count)
    agree("torch.linspace", 0, 1, steps=count)
    agree("torch.eye", count)
    agree("torch.eye", count, count + 1)
    agree("torch.randperm", count)


@DRAWN
@given(arrays(0, 3))
def test_from_numpy_and_back(a: Any) -> None:
    for name in ("tensor", "as_tensor", "from_numpy", "asarray"):
        agree(f"torch.{name}", a)
    agree("torch.tensor", a.tolist()) if a.size else None
    agree("torch.tensor", a, dtype=torch.long)
    agree("torch.Tensor", a.astype(numpy.float32))
    agree("torch.FloatTensor", a.tolist()) if a.ndim and a.size else None
    agree("torch.LongTensor", a.astype(numpy.int64)) if a.ndim else None
    agree("torch.autograd.Variable", torch.from_numpy(a))
    x = torch.from_numpy(a)
    agree(f"{T}.numpy", x)
    agree(f"{T}.tolist", x)
    agree(f"{T}.new_tensor", torch.zeros(2), a)
    agree(f"{T}.type", x, torch.FloatTensor)
    agree(f"{T}.to", x, torch.int64)
    agree(f"{T}.to", x, "cpu", dtype=torch.float32)
    for function in ("sum", "mean", "exp", "squeeze", "array", "asarray", "transpose", "mean"):
        agree(f"numpy.{function}", x, real=lambda t, name=function: getattr(numpy, name)(t.numpy())) if a.dtype != bool else None
    agree(f"{T}.item", x) if a.size == 1 else None


OPERATORS = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lt", "le", "gt", "ge", "eq", "ne"]
FUNCTIONS = [
    "add", "sub", "mul", "div", "remainder", "maximum", "minimum", "eq", "lt", "ge", "logical_and", "atan2", "fmod",
    "true_divide", "floor_divide",
]  # fmt: skip


@DRAWN
@given(tensors(0, 3, dtypes=("float", "int")), st.data())
def test_pairs_of_elements(x: Any, data: st.DataObject) -> None:
    shape = tuple(x.shape)
    other = tensor(
        data.draw(st.sampled_from([shape, shape[1:], shape[:-1], (1, *shape), (2,), (*shape[:-1], 1), ()])),
        data.draw(st.sampled_from(["float", "int"])),
    )
    for name in OPERATORS:
        agree(f"{T}.__{name}__", x, other)
        agree(f"{T}.__{name}__", x, 2)
        agree(f"{T}.__{name}__", x, 0.5) if name != "pow" else None
    for name in ("radd", "rsub", "rmul", "rtruediv"):
        agree(f"{T}.__{name}__", x, 2)
    for name in FUNCTIONS:
        agree(f"torch.{name}", x, other)
        agree(f"{T}.{name}", x, other)
    agree("torch.where", x > 1, x, other)
    agree(f"{T}.where", x, x > 1, other)
    agree(f"{T}.__and__", x > 1, other > 1)
    agree("torch.lerp", x.float(), other.float(), 0.5)
    agree("torch.addcmul", x.float(), other.float(), x.float())
    agree("torch.max", x, other)
    agree(f"{T}.min", x, other)
    for name in ("add_", "mul_", "copy_", "sub_"):
        agree(f"{T}.{name}", x.float().clone(), other.float())
    agree("torch.pow", x.float(), 2)
    agree("torch.dist", x.float(), other.float())
    agree("torch.mul", x, 3)


UNARY = [
    "exp", "log", "sqrt", "sin", "tanh", "sigmoid", "abs", "neg", "square", "relu", "round", "floor", "isnan",
    "logical_not", "clamp_min", "sign", "reciprocal",
]  # fmt: skip
ACTIVATIONS = [
    "relu", "tanh", "sigmoid", "elu", "gelu", "leaky_relu", "softplus", "hardtanh", "logsigmoid", "silu", "dropout",
    "softsign", "selu", "relu6", "mish",
]  # fmt: skip


@DRAWN
@given(tensors(0, 3, dtypes=FLOATS), axes)
def test_each_element(x: Any, axis: int) -> None:
    for name in UNARY:
        if name != "clamp_min":
            agree(f"torch.{name}", x)
            agree(f"{T}.{name}", x)
    for name in ACTIVATIONS:
        agree(f"{F}.{name}", x)
    agree("torch.clamp", x, 0, 1)
    agree(f"{T}.clamp", x, min=0)
    agree(f"{T}.cumsum", x, axis)
    agree("torch.cumprod", x, dim=axis)
    agree("torch.logcumsumexp", x, axis)
    agree(f"{F}.normalize", x, dim=axis)
    agree(f"{F}.glu", x, axis)
    for name in ("zero_", "sigmoid_", "tanh_", "exp_", "neg_"):
        agree(f"{T}.{name}", x.clone())
    agree(f"{T}.fill_", x.clone(), 1)
    agree(f"{T}.clamp_", x.clone(), 0, 1)
    agree(f"{T}.__neg__", x)
    agree("torch.bernoulli", x * 0)


REDUCTIONS = [
    "sum", "prod", "mean", "std", "var", "norm", "logsumexp", "amax", "amin", "argmax", "argmin", "all", "any", "max",
    "min", "median", "nansum",
]  # fmt: skip


@DRAWN
@given(tensors(0, 3, 1, FLOATS), axes, st.booleans(), st.lists(axes, min_size=1, max_size=2))
def test_reductions(x: Any, axis: int, keep: bool, several: list[int]) -> None:
    for name in REDUCTIONS:
        # The norm of a number along an axis, and others of that kind, are rare.
        if name not in ("logsumexp", "amax", "amin"):
            agree(f"torch.{name}", x)
            agree(f"{T}.{name}", x)
        if name == "norm":
            agree("torch.norm", x, dim=axis, keepdim=keep)
            agree(f"{T}.norm", x, 2, axis)
            continue
        agree(f"torch.{name}", x, axis)
        agree(f"{T}.{name}", x, axis, keepdim=keep)
        agree(f"{T}.{name}", x, dim=axis)
        if name in ("sum", "mean", "std", "var", "logsumexp", "amax"):
            agree(f"torch.{name}", x, dim=tuple(several), keepdim=keep)
    agree("torch.count_nonzero", x, axis)
    agree(f"{T}.sum", x, axis=axis)
    agree("torch.var_mean", x, axis)
    agree("torch.std", x, axis, False)
    agree("torch.nn.functional.cosine_similarity", x, x, axis)
    agree("torch.cosine_similarity", x, x, dim=axis)


@DRAWN
@given(tensors(0, 3, 1, ("float", "int")), axes, st.integers(0, 4))
def test_order(x: Any, axis: int, k: int) -> None:
    agree("torch.sort", x, axis)
    agree(f"{T}.sort", x, dim=axis, descending=True)
    agree(f"{T}.sort", x)
    agree("torch.argsort", x, axis)
    agree("torch.topk", x, k)
    agree(f"{T}.topk", x, k, dim=axis)
    agree("torch.topk", x, k, axis, sorted=True)
    agree("torch.unique", x, data_dependent=True)
    agree("torch.unique", x, return_inverse=True, data_dependent=True)
    agree("torch.unique", x, return_inverse=True, return_counts=True, data_dependent=True)
    agree("torch.unique_consecutive", x, data_dependent=True)
    agree("torch.cummax", x, axis)
    agree("torch.kthvalue", x, 1, axis)
    agree("torch.mode", x, axis)
    agree("torch.diff", x, dim=axis)
    agree("torch.bincount", x.long(), data_dependent=True) if x.ndim == 1 else None


@DRAWN
@given(tensors(0, 4, dtypes=FLOATS), axes)
def test_softmax(x: Any, axis: int) -> None:
    for path in (f"{F}.softmax", "torch.softmax", f"{T}.softmax", "torch.log_softmax", f"{F}.log_softmax"):
        outcome = agree(path, x, axis)
        (event,) = [event for event in outcome.caller.events if isinstance(event, Softmax)]
        assert event.axis == axis and event.log is ("log" in path)
        assert isinstance(outcome.value, Array) and outcome.value.producer is event
        agree(path, x, dim=axis)
    agree(f"{F}.gumbel_softmax", x, dim=axis)
    agree(f"{F}.softmin", x, dim=axis)


@DRAWN
@given(tensors(0, 3, 1, FLOATS), st.data())
def test_products(x: Any, data: st.DataObject) -> None:
    shape = tuple(x.shape)
    last = shape[-1] if shape else 2
    y = tensor(data.draw(st.sampled_from([shape, shape[::-1], (last, 3), (*shape[:-2], last, 2), (last,), (2, 2), ()])))
    for name in ("matmul", "mm", "bmm", "mv", "dot", "outer"):
        agree(f"torch.{name}", x, y)
        agree(f"{T}.{name}", x, y)
    agree(f"{T}.__matmul__", x, y)
    agree("torch.kron", x, y)
    agree(f"{F}.linear", x, y) if y.ndim in (1, 2) and x.ndim else None
    agree("torch.inner", x, y)
    agree("torch.tensordot", x, y, 1)
    agree("torch.tensordot", x, y, dims=([-1], [0])) if x.ndim and y.ndim else None
    z = tensor(data.draw(shapes(0, 3)))
    agree("torch.addmm", z, x, y)
    agree("torch.baddbmm", z, x, y)
    agree(f"{T}.addmv", z, x, y)


@DRAWN
@given(st.data(), st.sampled_from(["ij,jk->ik", "bij,bjk->bik", "bij,bkj->bik", "i,j->ij", "ij->ji", "ii", "bth,h->bt", "ij,ij",
                                   "...ij,jk->...ik", "bt...,bt->b..."]))  # fmt: skip
def test_einsum(data: st.DataObject, equation: str) -> None:
    sizes = {letter: data.draw(st.integers(1, 3)) for letter in sorted(set(equation) & set("abcdefghijklmnopqrstuvwxyz"))}
    operands = []
    for letters in equation.partition("->")[0].split(","):
        shape = [sizes[letter] for letter in letters.replace(".", "")]
        if "..." in letters:
            shape = [4, *shape] if letters.startswith(".") else [*shape, 4]
        if shape and data.draw(st.integers(0, 4)) == 0:
            shape[-1] += 1
        operands.append(tensor(tuple(shape)))
    agree("torch.einsum", equation, *operands)
    agree("torch.einsum", equation, operands)


@DRAWN
@given(shapes(0, 3), st.integers(4, 6))
def test_one_hot_and_embedding(shape: tuple[int, ...], classes: int) -> None:
    numbers = tensor(shape, "int")
    agree(f"{F}.one_hot", numbers, classes)
    agree(f"{F}.one_hot", numbers, num_classes=classes)
    agree(f"{F}.one_hot", numbers, data_dependent=True) if numbers.numel() else None
    agree(f"{F}.embedding", numbers, torch.zeros(classes, 7))


@DRAWN
@given(st.integers(3, 5), shapes(1, 2, 2), st.sampled_from([1, 2, 3, 0.5]), st.integers(1, 6))
def test_interpolate(rank: int, ends: tuple[int, ...], factor: float, size: int) -> None:
    x = tensor((2, 3, *((4,) * (rank - 2))))
    agree(f"{F}.interpolate", x, scale_factor=factor)
    agree(f"{F}.interpolate", x, size=size)
    agree(f"{F}.interpolate", x, (size,) * (rank - 2))
    agree(f"{F}.interpolate", x, size=(size, size))


@DRAWN
@given(shapes(2, 3, 1), shapes(2, 3, 1), st.integers(1, 3))
def test_other_functions(a: tuple[int, ...], b: tuple[int, ...], k: int) -> None:
    x, y = tensor(a), tensor(b)
    agree("torch.cdist", x, y)
    agree("torch.meshgrid", tensor((k,)), tensor((k + 1,)), indexing="ij")
    agree("torch.meshgrid", [tensor((k,)), tensor((2,))])
    agree("torch.cartesian_prod", tensor((k,)), tensor((2,)))
    agree("torch.multinomial", torch.ones(4, 5), k)
    agree("torch.broadcast_tensors", x, y)
    agree("torch.numel", x)
    agree("torch.is_tensor", x)


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 4)])
def test_parts_of_what_max_and_sort_return_by_name(shape: tuple[int, ...]) -> None:
    from tests.library.differential import disagreement, run

    x = tensor(shape)
    for path in ("torch.max", "torch.sort", "torch.topk", "torch.median"):
        arguments = (x, 1) if path != "torch.topk" else (x, 2)
        pair, real = run(path, *arguments).value, getattr(torch, path[6:])(*arguments)
        assert disagreement(real.values, run("tuple.values", pair).value) is None
        assert disagreement(real.indices, run("tuple.indices", pair).value) is None
