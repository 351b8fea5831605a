"""What is read of a tensor: its size, its type, its numbers; and what gives the tensor itself."""
from __future__ import annotations

from lstmlint.library.binding import Ignored
from lstmlint.library.numpy.results import array as numpy_array
from lstmlint.library.numpy.results import number
from lstmlint.library.numpy.shaping import tolist as numpy_tolist
from lstmlint.library.registry import attributes, models
from lstmlint.library.torch.creating import METHOD, torch_dtype
from lstmlint.shapes.permute import axis_violation
from lstmlint.trace import Operation
from lstmlint.values.base import NONE, Const, Unknown, Value, integer, is_none, unknown
from lstmlint.values.code import Caller, External
from lstmlint.values.data import Array, Items, Tuple, shape_tuple


@attributes(f"{METHOD}.shape")
def shape(self: Array) -> Value:
    """pytorch.org/docs: the lengths of the axes."""
    return shape_tuple(self.shape)


@models(f"{METHOD}.size")
def size(caller: Caller, self: Array, dim: int | None = None) -> Value:
    """pytorch.org/docs: the lengths of the axes, or of one."""
    if dim is None:
        return shape_tuple(self.shape)
    found = self.shape.axis(dim)
    violation = axis_violation(self.shape, dim)
    if violation is not None:
        caller.emit(Operation(caller.site, "torch.Tensor.size", (self,), NONE, violation))
    return unknown("int") if found is None else integer(found.dim)


@models(f"{METHOD}.dim", f"{METHOD}.ndimension")
def rank(self: Array) -> Value:
    """pytorch.org/docs: the number of axes."""
    return unknown("int") if self.shape.rank is None else integer(self.shape.rank)


@attributes(f"{METHOD}.ndim")
def ndim(self: Array) -> Value:
    """pytorch.org/docs: the number of axes."""
    return rank(self)


@models(f"{METHOD}.numel", f"{METHOD}.nelement", "torch.numel")
def numel(self: Array) -> Value:
    """pytorch.org/docs: the number of elements."""
    total = self.shape.elements()
    return unknown("int") if total is None else integer(total)


@models(f"{METHOD}.__len__")
def length(self: Array) -> Value:
    """pytorch.org/docs: the length of the first axis."""
    first = self.shape.axis(0)
    return unknown("int") if first is None else integer(first.dim)


_SAME = (
    "cuda cpu contiguous clone detach detach_ requires_grad_ retain_grad pin_memory float double half share_memory_ "
    "bfloat16 long int short char bool byte to_dense zero_ fill_ uniform_ normal_ random_ positive conj resolve_conj "
    "clamp_ exp_ log_ sqrt_ neg_ abs_ relu_ sigmoid_ tanh_ masked_fill_ index_fill_ scatter_ scatter_add_ "
    "index_copy_ index_add_ floor_ ceil_ round_ eq_ ne_ exponential_ addcmul_ addcdiv_ lerp_ rename refine_names"
)
_DTYPES: dict[str, str | None] = {
    **dict.fromkeys(("float", "double", "half", "bfloat16"), "float"),
    **dict.fromkeys(("long", "int", "short", "char"), "int"),
    "bool": "bool",
    "byte": None,
}


def _identity(name: str) -> None:
    @models(f"{METHOD}.{name}")
    def same(self: Array, *others: Ignored) -> Value:
        """pytorch.org/docs: the same elements in the same places: another device, dtype or copy, or changed in place."""
        return Array(self.shape, "torch", _DTYPES.get(name, self.dtype), self.producer, self.source, self.known, self.behind)


for _name in _SAME.split():
    _identity(_name)


_DEVICE = "torch.device"


@models(_DEVICE)
def device(*args: Ignored, **keywords: Ignored) -> Value:
    """pytorch.org/docs: where tensors are kept."""
    return unknown(_DEVICE)


@models(f"{METHOD}.to", f"{METHOD}.type", f"{METHOD}.type_as")
def converted(self: Array, *others: Ignored, dtype: Value = NONE, **keywords: Ignored) -> Value:
    """pytorch.org/docs: the same elements on another device or of another type. Which device does not matter."""
    given = next((other for other in others if isinstance(other, (External, Array))), NONE) if is_none(dtype) else dtype
    if isinstance(given, Array):
        known: str | None = given.dtype
    elif isinstance(given, External) and given.path.endswith("Tensor"):
        known = _TENSORS.get(given.path.rpartition(".")[2])
    elif isinstance(given, External):
        known = torch_dtype(given, None)
    else:
        places = all(isinstance(other, Const) or (isinstance(other, Unknown) and other.type == _DEVICE) for other in others)
        known = self.dtype if is_none(dtype) and places else None
    return Array(self.shape, "torch", known, self.producer, self.source, self.known, self.behind)


_TENSORS = {
    **dict.fromkeys(("FloatTensor", "DoubleTensor", "HalfTensor"), "float"),
    **dict.fromkeys(("LongTensor", "IntTensor", "ShortTensor"), "int"),
    "BoolTensor": "bool",
}


@attributes(f"{METHOD}.data", f"{METHOD}.real")
def itself(self: Array) -> Value:
    """pytorch.org/docs: the tensor itself, without its history."""
    return self


@attributes(f"{METHOD}.grad")
def gradient(self: Array) -> Value:
    """pytorch.org/docs: a tensor of the same shape, or None."""
    return unknown()


@attributes(f"{METHOD}.device", f"{METHOD}.dtype", f"{METHOD}.is_cuda", f"{METHOD}.requires_grad", f"{METHOD}.layout",
            f"{METHOD}.grad_fn", f"{METHOD}.is_leaf", f"{METHOD}.names")  # fmt: skip
def other(self: Array) -> Value:
    """pytorch.org/docs: nothing that a shape depends on."""
    return unknown()


@models(f"{METHOD}.numpy")
def as_numpy(self: Array, *others: Ignored) -> Value:
    """pytorch.org/docs: the same data as a numpy array."""
    return numpy_array(self.shape, self.dtype, self)


@models(f"{METHOD}.__array__")
def as_array(self: Array, *others: Ignored) -> Value:
    """pytorch.org/docs: the same data as a numpy array."""
    return numpy_array(self.shape, self.dtype, self)


@models(f"{METHOD}.item")
def item(self: Array) -> Value:
    """pytorch.org/docs: the only element as a Python number."""
    return number(self.dtype if self.dtype in ("int", "float", "bool") else None)


@models(f"{METHOD}.tolist")
def tolist(self: Array) -> Value:
    """pytorch.org/docs: nested lists of Python numbers."""
    return numpy_tolist(self)


@models(f"{METHOD}.__float__", f"{METHOD}.__int__", f"{METHOD}.__bool__", f"{METHOD}.backward", f"{METHOD}.stride",
        f"{METHOD}.is_contiguous", f"{METHOD}.register_hook", f"{METHOD}.element_size", f"{METHOD}.data_ptr",
        f"{METHOD}.get_device", f"{METHOD}.is_floating_point", f"{METHOD}.is_shared")  # fmt: skip
def answer(self: Array, *others: Ignored) -> Value:
    """pytorch.org/docs: nothing that a shape depends on."""
    return unknown()


@models(f"{METHOD}.__contains__", "torch.equal", f"{METHOD}.equal", "torch.allclose", f"{METHOD}.allclose", "torch.is_tensor")
def answers_bool(*others: Ignored) -> Value:
    """pytorch.org/docs: a single truth value."""
    return unknown("bool")


def _part(name: str, at: int) -> None:
    @attributes(f"tuple.{name}")
    def part(self: Tuple) -> Value:
        """pytorch.org/docs: the parts of what max, min, sort, topk … return by name."""
        items: Items = self.items
        known = items.known is not None and len(items.known) == 2 and all(isinstance(i, Array) for i in items.known)
        found = items.at(at) if known else None
        return unknown() if found is None else found


_part("values", 0)
_part("indices", 1)


@models("torch.Size")
def torch_size(sizes: Value = NONE) -> Value:
    """pytorch.org/docs: a tuple of lengths."""
    return unknown() if is_none(sizes) else sizes
