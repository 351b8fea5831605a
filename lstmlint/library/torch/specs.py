"""What a layer of torch.nn is: its parameters in order, and what it makes of what it is called with. `@layer` describes one."""
from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from lstmlint.library.binding import Ignored
from lstmlint.library.builtins.determined import condition_of, determined
from lstmlint.library.registry import inherits, models
from lstmlint.library.torch.packed import PackedSequence
from lstmlint.library.torch.tensors import checked, operand, tensor
from lstmlint.shapes.dims import Dim, Poly, derived
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Result, Shape, Violation, unknown_dim
from lstmlint.trace import LayerApplied, LayerMade, Softmax
from lstmlint.values.base import MISSING, NONE, Choice, Const, Integer, Scalar, Undecided, Unknown, Value, dim_of, is_none, unknown
from lstmlint.values.code import Caller, Instance
from lstmlint.values.data import Array, DictObject, Frame, Items, ListObject, Tuple, items_of
from lstmlint.values.memory import memory
from lstmlint.values.network import Layer, plain

MODULE = "torch.nn.Module"

Outcome = tuple[tuple[Array, ...], Value, Violation | None]
"""The tensors that a layer took, what it gives, and what of its preconditions they provably break."""


@dataclass(frozen=True, slots=True)
class Use:
    """A layer called with these arguments."""

    caller: Caller
    layer: Layer
    args: tuple[Value, ...]
    keywords: Mapping[str, Value]

    def argument(self, at: int, name: str) -> Value:
        """An argument by its place or name; None (a Const) where it is not given."""
        return plain(self.args[at] if at < len(self.args) else self.keywords.get(name, NONE))


Compute = Callable[[Use], Outcome]


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """The description of a layer class: its parameters with their defaults (MISSING: none), and what it computes."""

    path: str
    parameters: Mapping[str, Value]
    compute: Compute
    told: bool
    """Whether an application leaves a LayerApplied event (a loss leaves one of its own)."""


SPECS: dict[str, LayerSpec] = {}
"""The layer classes by path."""

_SHAPELESS = frozenset(
    """
    dropout p inplace device dtype eps momentum affine track_running_stats elementwise_affine max_norm norm_type
    scale_grad_by_freq sparse activation norm_first negative_slope alpha beta lower upper init lambd threshold value
    layer_norm_eps enable_nested_tensor mask_check need_weights bias nonlinearity padding_mode padding_idx weight
    pos_weight first second third fourth
    """.split()  # noqa: SIM905
)
"""Arguments on which no shape depends: alternatives of theirs do not make two layers of one."""


def general(names: str, parameters: str = "", told: bool = True) -> Callable[[Compute], Compute]:
    """The decorated function says what the layer classes `names` of torch.nn make of a call with any arguments."""

    def register(compute: Compute) -> Compute:
        for name in names.split():
            spec = LayerSpec(f"torch.nn.{name}", dict(map(_parameter, parameters.split())), compute, told)
            SPECS[spec.path] = spec
            construct, initialise = _constructors(spec)
            models(spec.path)(construct)
            models(f"{spec.path}.__init__")(initialise)
            inherits(spec.path, MODULE)
        return compute

    return register


def _parameter(text: str) -> tuple[str, Value]:
    name, equals, default = text.partition("=")
    value: Scalar = ast.literal_eval(default) if equals else None
    return name, Const(value) if equals else MISSING


Single = Callable[[Layer, Shape], Result]


def layer(names: str, parameters: str = "", dtype: str | None = "float", twin: str = "") -> Callable[[Single], Single]:
    """As `general`, for layers of one tensor: the function gets its shape. `dtype` of None: that of the input.

    `twin` names the function of torch.nn.functional that takes the tensor and then the parameters.
    """

    def register(single: Single) -> Single:
        def compute(use: Use) -> Outcome:
            value = use.argument(0, "input")
            x = operand(value)
            if x is None:
                return no_tensor(value)
            shape, violation = single(use.layer, x.shape)
            return (x,), tensor(shape, dtype or x.dtype, x), violation

        general(names, parameters)(compute)
        if twin:
            functional(twin, f"torch.nn.{names.split()[0]}", parameters, single, dtype)
        return single

    return register


def functional(name: str, path: str, parameters: str, single: Single, dtype: str | None = "float") -> None:
    """The function `name` of torch.nn.functional computes what the layer class at `path` does with these parameters."""
    order = [_parameter(text)[0] for text in parameters.split()]

    @models(f"torch.nn.functional.{name}", *([f"torch.{name}"] if name in _ALSO_IN_TORCH else []))
    def twin(caller: Caller, input: Value, *args: Value, **keywords: Value) -> Value:
        """pytorch.org/docs: as the layer."""
        x = operand(input)
        if x is None or len(args) > len(order):
            return unknown()
        shape, violation = single(Layer(path, {**dict(zip(order, args)), **keywords}, caller.site), x.shape)
        return checked(caller, f"nn.functional.{name}", [x], tensor(shape, dtype or x.dtype, x), violation)


_ALSO_IN_TORCH = ("max_pool1d", "max_pool2d", "max_pool3d", "avg_pool1d", "adaptive_avg_pool1d", "pixel_shuffle", "pixel_unshuffle")


def no_tensor(value: Value) -> Outcome:
    """What comes of something that is no tensor, or not known to be one."""
    violation = None
    if isinstance(value, (Tuple, ListObject, DictObject, Const, Integer, Frame, PackedSequence)):
        violation = Violation("type", f"expects a tensor, got {_named(value)}")
    return (Array(UNKNOWN_SHAPE, "torch", behind=_producer(value)),), tensor(UNKNOWN_SHAPE, None), violation


def _producer(value: Value) -> object:
    """What made a packed sequence, or the first tensor of a tuple."""
    if isinstance(value, PackedSequence):
        return value.padded.producer
    if isinstance(value, Tuple) and value.items.known:
        return _producer(value.items.known[0])
    return value.producer if isinstance(value, Array) else None


def _named(value: Value) -> str:
    name = (value.type_path or "").rpartition(".")[2]
    return "None" if name == "NoneType" else f"an {name}" if name == "int" else f"a {name}"


def _constructors(spec: LayerSpec) -> tuple[Callable[..., Value], Callable[..., None]]:
    def construct(caller: Caller, *args: Ignored, **keywords: Ignored) -> Value:
        made = make(caller, spec, args, keywords)  # type: ignore[arg-type]
        return unknown() if made is None else made

    def initialise(caller: Caller, self: Value, *args: Ignored, **keywords: Ignored) -> None:
        made = make(caller, spec, args, keywords)  # type: ignore[arg-type]
        if isinstance(self, Instance) and made is not None:
            self.fields.set(BASE, made)

    construct.__doc__ = initialise.__doc__ = f"pytorch.org/docs: {spec.path}."
    return construct, initialise


BASE = "(torch.nn)"
"""Where an instance of a program's own subclass of a layer keeps that layer; no name of a program."""


def make(caller: Caller, spec: LayerSpec, args: Sequence[Value], keywords: Mapping[str, Value]) -> Layer | None:
    """A layer with these arguments; None where there are too many."""
    if len(args) > len(spec.parameters):
        return None
    config: dict[str, Value] = {}
    for name, value in (*zip(spec.parameters, args), *keywords.items()):
        if name in _SHAPELESS:
            config[name] = unknown(name=name) if isinstance(value, Choice) else value
        else:
            config[name] = plain(value)
    made = Layer(spec.path, config, caller.site)
    if spec.told:
        caller.emit(LayerMade(caller.site, spec.path, made, tuple(args), dict(keywords)))
    return made


def apply(caller: Caller, layer: Layer, args: tuple[Value, ...], keywords: Mapping[str, Value]) -> Value:
    """What `layer` makes of a call, and the event of it."""
    spec = SPECS.get(layer.path)
    if spec is None:
        return unknown()
    inputs, output, violation = spec.compute(Use(caller, layer, args, keywords))
    if not spec.told:
        return output
    event = LayerApplied(caller.site, layer, inputs, output, violation, arguments=(*args, *keywords.values()))
    event.output = made_by(event, output)
    caller.emit(event)
    return event.output


def made_by(event: LayerApplied, value: Value) -> Value:
    """`value` with the event as the producer of its tensors."""
    if isinstance(value, Array):
        # A softmax has told of itself already.
        return value if isinstance(value.producer, Softmax) else replace(value, producer=event)
    if isinstance(value, PackedSequence):
        return value.with_padded(replace(value.padded, producer=event))
    if isinstance(value, Tuple) and value.items.known is not None:
        return Tuple(Items.of(made_by(event, item) for item in value.items.known))
    return value


def decided(value: Value | None) -> bool:
    """A boolean argument; where it is not known, both are gone into."""
    if value is None:
        return False
    if isinstance(value, Const):
        return bool(value.value)
    condition, negated = condition_of(value)
    known = memory.path.get(condition)
    if known is None:
        raise Undecided(condition)
    return known != negated


def width(layer: Layer, name: str, default: Dim | None = None) -> Dim:
    """The argument `name` that torch takes only if it is at least one, so that this is known of a symbol from here on."""
    dim = layer.length(name, default)
    if isinstance(dim, Poly) and len(dim.terms) == 1:
        ((monomial, coefficient),) = dim.terms.items()
        for symbol in monomial if coefficient > 0 else ():
            if symbol.lower is None or symbol.lower == 0:
                symbol.lower = 1
    return dim


def numbers(layer: Layer, name: str, count: int, default: Dim = 0) -> tuple[Dim, ...]:
    """The argument `name` that is one integer or `count` of them, zero and negative ones among them."""
    value = layer.given(name)
    if value is None:
        return (default,) * count
    items = items_of(value)
    parts = (value,) * count if items is None else items.known
    if parts is None or len(parts) != count:
        parts = (unknown("tuple"),) * count
    dims = [None if items is not None and is_none(part) else dim_of(plain(part)) for part in parts]
    return tuple(derived((layer, name, at), name, lower=None) if dim is None else dim for at, dim in enumerate(dims))


def unfit_rank(x: Shape, *ranks: int) -> Violation | None:
    """The violation of a rank that is none of these."""
    if (x.rank is not None and x.rank not in ranks) or len(x.axes) > max(ranks):
        wanted = " or ".join(map(str, ranks))
        return Violation("rank", f"expects rank {wanted}, got rank {len(x.axes)}{' or more' if x.open else ''}", x, max(ranks))
    return None


def axis_of_unknown(value: Value, at: int) -> Dim:
    """The length of axis `at` of something unknown: what `value.shape[at]` is."""
    if not isinstance(value, Unknown):
        return unknown_dim(lower=1)
    length = determined("of", determined("of", value, Const("shape"), name="shape"), Const(at))
    return dim_of(length) or unknown_dim(lower=1)


def wrong_features(came: Dim, needed: Dim, what: str = "features") -> Violation:
    """The violation of weights that are made for another number of features."""
    return Violation("feature", f"has weights for {needed} {what}, got {came}", came, needed)
