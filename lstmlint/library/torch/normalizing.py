"""Normalization, and dropout of whole channels: the same shape, if it is one that they take."""
from __future__ import annotations

from lstmlint.library.torch.specs import layer, numbers, unfit_rank, width, wrong_features
from lstmlint.shapes.dims import Dim, differ
from lstmlint.shapes.shape import Result, Shape, Violation, product
from lstmlint.values.base import dim_of
from lstmlint.values.data import items_of
from lstmlint.values.network import Layer, plain

_BATCH = "eps=1e-05 momentum=0.1 affine=True track_running_stats=True device=None dtype=None"
_INSTANCE = "eps=1e-05 momentum=0.1 affine=False track_running_stats=False device=None dtype=None"


def _batch_norm(rank: int) -> None:
    ranks = {1: (2, 3), 2: (4,), 3: (5,)}[rank]

    @layer(f"BatchNorm{rank}d", f"num_features {_BATCH}")
    def batch_norm(layer: Layer, x: Shape) -> Result:
        """pytorch.org/docs: the channels stand on axis 1."""
        axis, needed = x.axis(1), width(layer, "num_features")
        fault = wrong_features(axis.dim, needed, "channels") if axis is not None and differ(axis.dim, needed) else None
        return x, unfit_rank(x, *ranks) or _has_weights(layer, fault, True)

    @layer(f"LazyBatchNorm{rank}d", _BATCH)
    def lazy_batch_norm(layer: Layer, x: Shape) -> Result:
        """pytorch.org/docs: the channels stand on axis 1, however many."""
        return x, unfit_rank(x, *ranks)

    @layer(f"InstanceNorm{rank}d", f"num_features {_INSTANCE}")
    def instance_norm(layer: Layer, x: Shape) -> Result:
        """pytorch.org/docs: the channels stand before the spatial axes."""
        axis, needed = x.axis(-rank - 1), width(layer, "num_features")
        fault = wrong_features(axis.dim, needed, "channels") if axis is not None and differ(axis.dim, needed) else None
        single = not x.open and product(axis.dim for axis in x.axes[-rank:]) == 1
        if single and layer.flag("track_running_stats") is False:
            fault = fault or Violation("size", f"needs more than one element for each channel of {x}", x)
        elif fault is not None:
            fault = _has_weights(layer, fault, False)
        return x, unfit_rank(x, rank + 1, rank + 2) or fault


def _has_weights(layer: Layer, fault: Violation | None, default: bool) -> Violation | None:
    """The fault, if the layer has weights or running statistics that it is about."""
    kept = layer.flag("affine", default) or layer.flag("track_running_stats", default)
    return fault if kept else None


@layer("LayerNorm", "normalized_shape eps=1e-05 elementwise_affine=True bias=True device=None dtype=None")
@layer("RMSNorm", "normalized_shape eps=None elementwise_affine=True device=None dtype=None")
def layer_norm(layer: Layer, x: Shape) -> Result:
    """pytorch.org/docs: the last axes must have the given lengths."""
    value = layer.given("normalized_shape")
    items = None if value is None else items_of(value)
    parts = items.known if items is not None else None if value is None else (value,)
    dims: list[Dim | None] = [dim_of(plain(part)) for part in parts or ()]
    if x.rank is not None and x.rank < len(dims):
        return x, Violation("rank", f"expects rank {len(dims)} or more, got rank {x.rank}", x, len(dims))
    for axis, dim in zip(reversed(x.axes), reversed(dims)):
        if dim is not None and differ(axis.dim, dim):
            return x, wrong_features(axis.dim, dim)
    return x, None


@layer("GroupNorm", "num_groups num_channels eps=1e-05 affine=True device=None dtype=None")
def group_norm(layer: Layer, x: Shape) -> Result:
    """pytorch.org/docs: the channels stand on axis 1."""
    if x.rank in (0, 1):
        return x, Violation("rank", f"expects rank 2 or more, got rank {x.rank}", x, 2)
    axis, needed = x.axis(1), width(layer, "num_channels")
    fault = wrong_features(axis.dim, needed, "channels") if axis is not None and differ(axis.dim, needed) else None
    if fault is not None and not layer.flag("affine", True):
        fault = None
    groups = numbers(layer, "num_groups", 1)[0]
    if axis is not None and isinstance(axis.dim, int) and isinstance(groups, int) and groups and fault is None:
        if axis.dim % groups:
            fault = Violation("size", f"{axis.dim} channels can't be divided into {groups} groups", axis.dim, groups)
        elif product(axis.dim for axis in x.axes) == groups:
            fault = Violation("size", f"needs more than one element for each group of {x}", x)
    return x, fault


@layer("Dropout1d", "p=0.5 inplace=False")
def dropout1d(layer: Layer, x: Shape) -> Result:
    """pytorch.org/docs: whole channels of (batch, channels, length)."""
    return x, unfit_rank(x, 2, 3)


@layer("Dropout2d Dropout3d", "p=0.5 inplace=False")
def dropout2d(layer: Layer, x: Shape) -> Result:
    """pytorch.org/docs: whole channels; other ranks than (batch, channels, …) get a warning."""
    return x, None


@layer("LocalResponseNorm", "size alpha=0.0001 beta=0.75 k=1.0", "float")
def local_response_norm(layer: Layer, x: Shape) -> Result:
    """pytorch.org/docs: over neighbouring channels."""
    if x.rank is not None and x.rank < 3:
        return x, Violation("rank", f"expects rank 3 or more, got rank {x.rank}", x, 3)
    return x, None


for _rank in (1, 2, 3):
    _batch_norm(_rank)
