"""Layers that only rearrange, repeat or pad what they get; and those that compare two tensors."""
from __future__ import annotations

from lstmlint.library.numpy.arguments import UNSURE, axes_of
from lstmlint.library.torch.convolution import over_spatial
from lstmlint.library.torch.shaping import flattened, unflattened
from lstmlint.library.torch.specs import Outcome, Use, general, layer, no_tensor, numbers, width, wrong_features
from lstmlint.library.torch.tensors import operand, tensor
from lstmlint.shapes.broadcast import broadcast
from lstmlint.shapes.dims import Dim, at_least, differ, divide
from lstmlint.shapes.reduce import reduce
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Meaning, Result, Shape, Violation, shapes_differ, unknown_dim
from lstmlint.values.base import NONE, Const, Value, constant_int, dim_of
from lstmlint.values.data import Array, items_of
from lstmlint.values.network import Layer, plain


@layer("Flatten", "start_dim=1 end_dim=-1", None)
def flatten(layer: Layer, x: Shape) -> Result:
    """pytorch.org/docs: some axes merged into one; by default all but the first."""
    start, end = (constant_int(layer.given(name) or Const(default)) for name, default in (("start_dim", 1), ("end_dim", -1)))
    return (UNKNOWN_SHAPE, None) if start is None or end is None else flattened(x, start, end)


@layer("Unflatten", "dim unflattened_size", None)
def unflatten(layer: Layer, x: Shape) -> Result:
    """pytorch.org/docs: an axis split into several."""
    dim, value = constant_int(layer.given("dim") or NONE), layer.given("unflattened_size")
    items = None if value is None else items_of(value)
    dims = [dim_of(plain(part)) for part in items.known] if items is not None and items.known is not None else [None]
    known = [part for part in dims if part is not None]
    return (UNKNOWN_SHAPE, None) if dim is None or len(known) != len(dims) else unflattened(x, dim, known)


def _factor(layer: Layer, name: str) -> int | None:
    return constant_int(layer.given(name) or NONE)


def _few(x: Shape) -> Violation | None:
    few = x.rank is not None and x.rank < 3
    return Violation("rank", f"expects rank 3 or more, got rank {x.rank}", x, 3) if few else None


@layer("PixelShuffle", "upscale_factor", None, "pixel_shuffle")
def pixel_shuffle(layer: Layer, x: Shape) -> Result:
    """pytorch.org/docs: channels become rows and columns."""
    factor, violation = _factor(layer, "upscale_factor"), _few(x)
    if violation is not None or factor is None or len(x.axes) < 3:
        return Shape((), True), violation
    *rest, channels, height, width_ = x.axes
    fewer = divide(channels.dim, factor * factor)
    if isinstance(channels.dim, int) and fewer is None:
        violation = Violation("size", f"{channels.dim} channels can't be divided by {factor * factor}", channels.dim, factor)
    made = channels.of_length(unknown_dim(lower=1) if fewer is None else fewer)
    return Shape((*rest, made, Axis(height.dim * factor), Axis(width_.dim * factor)), x.open), violation


@layer("PixelUnshuffle", "downscale_factor", None, "pixel_unshuffle")
def pixel_unshuffle(layer: Layer, x: Shape) -> Result:
    """pytorch.org/docs: rows and columns become channels."""
    factor, violation = _factor(layer, "downscale_factor"), _few(x)
    if violation is not None or factor is None or len(x.axes) < 3:
        return Shape((), True), violation
    *rest, channels, height, width_ = x.axes
    parts = [divide(axis.dim, factor) for axis in (height, width_)]
    for axis, part in zip((height, width_), parts):
        if isinstance(axis.dim, int) and part is None:
            violation = Violation("size", f"an axis of length {axis.dim} can't be divided by {factor}", axis.dim, factor)
    made = (Axis(unknown_dim(lower=1) if part is None else part) for part in parts)
    return Shape((*rest, channels.of_length(channels.dim * factor * factor), *made), x.open), violation


_RANKS_OF_MODES = {"linear": (3,), "bilinear": (4,), "bicubic": (4,), "trilinear": (5,)}
_RESIZED = "size=None scale_factor=None mode='nearest' align_corners=None recompute_scale_factor=None"


def resized(layer: Layer, x: Shape, mode: str | None = None) -> Result:
    """The spatial axes of (batch, channels, …) brought to a size, or multiplied."""
    mode = mode or layer.text("mode", "nearest")
    ranks = _RANKS_OF_MODES.get(mode or "", (3, 4, 5))
    if x.open:
        return Shape((), True), None
    if len(x.axes) not in ranks:
        words = f"expects rank {' or '.join(map(str, ranks))}, got rank {len(x.axes)}"
        return x, Violation("rank", words, x, ranks[-1])
    count = len(x.axes) - 2
    size, factor = layer.given("size"), layer.given("scale_factor")
    lengths: list[Dim] = [unknown_dim(lower=1)] * count
    given = items_of(size) if size is not None else items_of(factor) if factor is not None else None
    if given is not None and given.known is not None and len(given.known) != count:
        return x, Violation("rank", f"expects one number for each of {count} axes", x, len(given.known) + 2)
    if size is not None:
        lengths = list(numbers(layer, "size", count))
    elif factor is not None:
        factors = given.known if given is not None and given.known is not None else (factor,) * count
        lengths = [_scaled(axis.dim, plain(value)) for axis, value in zip(x.axes[2:], factors)]
    axes = (axis.of_length(dim) for dim, axis in zip(lengths, x.axes[2:]))
    return Shape((*x.axes[:2], *axes)), None


def _scaled(dim: Dim, factor: Value) -> Dim:
    number = factor.value if isinstance(factor, Const) else None
    if isinstance(number, (int, float)):
        if float(number).is_integer():
            return dim * int(number)
        if isinstance(dim, int):
            return int(dim * number)
    return unknown_dim(lower=1)


layer("Upsample", _RESIZED, None)(resized)


def _upsampling(name: str, mode: str) -> None:
    @layer(name, "size=None scale_factor=None", None)
    def upsample(layer: Layer, x: Shape) -> Result:
        """pytorch.org/docs: rows and columns of (batch, channels, rows, columns)."""
        shape, violation = resized(layer, x, mode)
        if violation is None and x.rank not in (None, 4):
            violation = Violation("rank", f"expects rank 4, got rank {x.rank}", x, 4)
        return shape, violation


_upsampling("UpsamplingBilinear2d", "bilinear")


@layer("UpsamplingNearest2d", "size=None scale_factor=None", None)
def nearest(layer: Layer, x: Shape) -> Result:
    """pytorch.org/docs: rows and columns of (batch, channels, rows, columns)."""
    return resized(layer, x, "nearest")


def _padding(rank: int) -> None:
    def padded(layer: Layer, x: Shape) -> Result:
        """pytorch.org/docs: the last axes made longer, the last one first."""
        value = layer.given("padding")
        widths = numbers(layer, "padding", 2 * rank)
        given = None if value is None else items_of(value)
        if given is not None and given.known is not None and len(given.known) != 2 * rank:
            return (UNKNOWN_SHAPE if x.rank is None else Shape.of_rank(x.rank)), None
        kind = layer.kind

        def length(dim: Dim, at: int) -> tuple[Dim, Violation | None]:
            back = rank - 1 - at
            before, after = widths[2 * back : 2 * back + 2]
            most = {"ReflectionPad": dim - 1, "CircularPad": dim}.get(kind[:-2])
            fault = None
            if most is not None and (at_least(before, most + 1) or at_least(after, most + 1)):
                fault = Violation("size", f"a padding of {before} and {after} does not fit an axis of length {dim}", dim, before)
            elif at_least(-1 if kind[:-2] in ("ConstantPad", "ZeroPad") else 0, dim + before + after):
                fault = Violation("size", f"nothing is left of an axis of length {dim}", dim, before)
            return dim + before + after, fault

        if kind[:-2] in ("ConstantPad", "ZeroPad") and x.rank is not None:
            if x.rank < rank:
                return x, Violation("rank", f"expects rank {rank} or more, got rank {x.rank}", x, rank)
            axes = list(x.axes)
            for at in range(rank):
                dim, fault = length(axes[at - rank].dim, at)
                if fault is not None:
                    return Shape.of_rank(x.rank), fault
                axes[at - rank] = axes[at - rank].of_length(dim)
            return Shape(tuple(axes)), None
        return over_spatial(x, rank, None, length)

    names = [f"{kind}Pad{rank}d" for kind in ("Constant", "Zero", "Reflection", "Replication", "Circular")]
    layer(" ".join(names), "padding value=0", None)(padded)


for _rank in (1, 2, 3):
    _padding(_rank)


@general("CosineSimilarity", "dim=1 eps=1e-08")
@general("PairwiseDistance", "p=2.0 eps=1e-06 keepdim=False")
def compare(use: Use) -> Outcome:
    """pytorch.org/docs: one number for each pair of vectors."""
    values = use.argument(0, "x1"), use.argument(1, "x2")
    parts = [operand(value) for value in values]
    known = tuple(part for part in parts if part is not None)
    if len(known) != 2:
        return no_tensor(next(value for value, part in zip(values, parts) if part is None))
    shape, violation = broadcast(known[0].shape, known[1].shape)
    if violation is not None:
        return known, tensor(UNKNOWN_SHAPE, "float"), Violation("shape", violation.message, violation.left, violation.right)
    dim, keep = -1, False
    if use.layer.kind == "CosineSimilarity":
        dim = constant_int(use.layer.given("dim") or Const(1)) or 0
        if axes_of(use.layer.given("dim") or Const(1)) is UNSURE:
            return known, tensor(UNKNOWN_SHAPE, "float"), None
    else:
        keep = bool(use.layer.flag("keepdim"))
        if shape.rank == 0:
            return known, tensor(shape, "float"), None
    shape, violation = reduce(shape, (dim,), keep)
    return known, tensor(shape, "float"), violation


@general("Bilinear", "in1_features in2_features out_features bias=True device=None dtype=None")
def bilinear(use: Use) -> Outcome:
    """pytorch.org/docs: (…, in1) and (…, in2) to (…, out)."""
    values = use.argument(0, "input1"), use.argument(1, "input2")
    parts = [operand(value) for value in values]
    known = tuple(part for part in parts if part is not None)
    if len(known) != 2:
        return no_tensor(next(value for value, part in zip(values, parts) if part is None))
    violation: Violation | None = None
    for part, name in zip(known, ("in1_features", "in2_features")):
        last, needed = part.shape.axis(-1), width(use.layer, name)
        if last is not None and differ(last.dim, needed):
            violation = violation or wrong_features(last.dim, needed)
    one, two = (Shape(part.shape.axes[:-1], part.shape.open) for part in known)
    if shapes_differ(one, two) or any(part.shape.rank == 0 for part in known):
        words = f"{known[0].shape} and {known[1].shape} differ in more than their last axis"
        violation = violation or Violation("shape", words, known[0].shape, known[1].shape)
    made = Axis(width(use.layer, "out_features"), Meaning.FEATURE)
    return known, tensor(Shape((*one.axes, made), one.open), "float", *known), violation


@layer("LazyLinear", "out_features bias=True device=None dtype=None")
def lazy_linear(layer: Layer, x: Shape) -> Result:
    """pytorch.org/docs: (…, anything) to (…, out_features)."""
    made = Axis(width(layer, "out_features"), Meaning.FEATURE)
    if x.rank == 0:
        return Shape((made,)), Violation("rank", "expects rank 1 or more, got rank 0", x, 1)
    return Shape((*x.axes[:-1], made), x.open), None


@general("EmbeddingBag", "num_embeddings embedding_dim max_norm=None norm_type=2.0 scale_grad_by_freq=False mode='mean' "
         "sparse=False _weight=None include_last_offset=False padding_idx=None device=None dtype=None")  # fmt: skip
def embedding_bag(use: Use) -> Outcome:
    """pytorch.org/docs: the mean of the rows that each bag of numbers names."""
    value, offsets = use.argument(0, "input"), use.argument(1, "offsets")
    x = operand(value)
    if x is None:
        return no_tensor(value)
    made = Axis(width(use.layer, "embedding_dim"), Meaning.FEATURE)
    last = use.layer.flag("include_last_offset")
    bags = operand(offsets) if isinstance(offsets, Array) else None
    violation = None
    if x.shape.rank not in (None, 1, 2):
        violation = Violation("rank", f"expects rank 1 or 2, got rank {x.shape.rank}", x.shape, 2)
    elif x.shape.rank == 2 and bags is not None:
        violation = Violation("argument", "takes no offsets with an input of rank 2", x.shape)
    elif x.shape.rank == 1 and offsets == NONE:
        violation = Violation("argument", "needs offsets with an input of rank 1", x.shape)
    elif x.shape.rank == 1 and bags is not None and bags.shape.rank not in (None, 1):
        violation = Violation("rank", f"expects offsets of rank 1, got rank {bags.shape.rank}", bags.shape, 1)
    first: Axis | None = None
    if x.shape.rank == 2:
        first = x.shape.axes[0]
    elif bags is not None and bags.shape.rank == 1 and last is not None:
        first = Axis(bags.shape.axes[0].dim - (1 if last else 0))
    return (x,), tensor(Shape((first or Axis(unknown_dim(lower=1)), made)), "float", x), violation
