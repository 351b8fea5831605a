"""torch.nn.Module: what every layer, and every model that a program defines, inherits."""
from __future__ import annotations

from lstmlint.library.binding import Ignored
from lstmlint.library.registry import attributes, models
from lstmlint.library.torch.specs import MODULE, SPECS
from lstmlint.library.torch.tensors import tensor
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Shape, unknown_dim
from lstmlint.values.base import MISSING, NONE, Const, Value, is_none, unknown
from lstmlint.values.code import Caller, Instance
from lstmlint.values.data import Array, Items, ListObject, Tuple
from lstmlint.values.network import Layer

_SAME = "to cuda cpu double float half bfloat16 train eval requires_grad_ type to_empty share_memory xpu apply"


@models(*(f"{MODULE}.{name}" for name in _SAME.split()))
def itself(self: Value, *others: Ignored, **keywords: Ignored) -> Value:
    """pytorch.org/docs: the module itself, on another device, of another type, in another mode."""
    return self


@models(f"{MODULE}.__init__", f"{MODULE}.zero_grad", f"{MODULE}.flatten_parameters", f"{MODULE}.load_state_dict",
        f"{MODULE}.reset_parameters", f"{MODULE}.register_forward_hook", f"{MODULE}.compile")  # fmt: skip
def nothing(self: Value, *others: Ignored, **keywords: Ignored) -> None:
    """pytorch.org/docs: nothing that a shape depends on."""


def set_member(owner: Value, name: Value, value: Value) -> None:
    """`owner.name = value`."""
    if isinstance(owner, (Instance, Layer)) and isinstance(name, Const) and isinstance(name.value, str):
        owner.fields.set(name.value, value)


@models(f"{MODULE}.register_buffer", f"{MODULE}.register_parameter")
def register(self: Value, name: Value, value: Value = NONE, *others: Ignored, **keywords: Value) -> None:
    """pytorch.org/docs: an attribute of the module."""
    given = next((keywords[key] for key in ("tensor", "param") if key in keywords), value)
    set_member(self, name, given)


@models(f"{MODULE}.__getattr__")
def attribute(self: Layer, name: str) -> Value:
    """pytorch.org/docs: layers keep their arguments as attributes, and their weights."""
    value = self.config.get(name, MISSING)
    if value is not MISSING:
        return value
    spec = SPECS.get(self.path)
    default = spec.parameters.get(name, MISSING) if spec is not None else MISSING
    if name not in ("bias", "weight") and default is not MISSING:
        return default
    if name == "weight":
        return _weight(self)
    return unknown(name=name)


_WEIGHTS = {"Linear": ("out_features", "in_features"), "Embedding": ("num_embeddings", "embedding_dim")}


def _weight(layer: Layer) -> Value:
    names = _WEIGHTS.get(layer.kind)
    return unknown(name="weight") if names is None else tensor(Shape.of(*map(layer.length, names)), "float")


@attributes(f"{MODULE}.training")
def training(self: Value) -> Value:
    """pytorch.org/docs: whether the module is in training mode."""
    return unknown("bool")


@models(*(f"torch.nn.init.{name}_" for name in (
    "uniform", "normal", "constant", "ones", "zeros", "eye", "dirac", "xavier_uniform", "xavier_normal", "kaiming_uniform",
    "kaiming_normal", "trunc_normal", "orthogonal", "sparse")))  # fmt: skip
def initialised(tensor: Value, *others: Ignored, **keywords: Ignored) -> Value:
    """pytorch.org/docs: the tensor with other numbers in it."""
    return tensor if isinstance(tensor, Array) else unknown()


@models("torch.jit.script", "torch.jit.trace", "torch.compile", "torch.nn.utils.weight_norm", "torch.nn.utils.spectral_norm",
        "torch.nn.utils.parametrizations.weight_norm", "torch.nn.utils.parametrizations.spectral_norm",
        "torch.nn.utils.parametrizations.orthogonal")  # fmt: skip
def wrapped(model: Value = NONE, *others: Ignored, **keywords: Ignored) -> Value:
    """pytorch.org/docs: the same module, compiled or with other weights."""
    return model


@models("torch.func.functional_call", "torch.nn.utils.stateless.functional_call")
def functional_call(
    caller: Caller, module: Value, parameter_and_buffer_dicts: Ignored, args: Value = NONE, kwargs: Value = NONE, *others: Ignored,
    **keywords: Ignored,
) -> Value:  # fmt: skip
    """pytorch.org/docs: a call of the module with other weights; `args` is a tuple of arguments, or the only one."""
    given = (args,) if not isinstance(args, Tuple) else args.items.known
    return unknown() if given is None or not is_none(kwargs) else caller.call(module, [*given])


@models(f"{MODULE}.parameters")
def parameters(self: Value, *others: Ignored, **keywords: Ignored) -> Value:
    """pytorch.org/docs: an iterator over tensors of all shapes."""
    return ListObject(Items.many(tensor(UNKNOWN_SHAPE, "float"), unknown_dim("parameters", lower=1)), "iterator")
