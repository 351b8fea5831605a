"""Modules that hold modules: Sequential, ModuleList, ModuleDict, and the wrappers for several devices."""
from __future__ import annotations

from collections.abc import Sequence

from lstmlint.library.builtins.dicts import make_dict
from lstmlint.library.builtins.iteration import items_over
from lstmlint.library.builtins.lists import get_item
from lstmlint.library.registry import inherits, models
from lstmlint.library.torch.modules import set_member
from lstmlint.library.torch.specs import BASE, MODULE, apply
from lstmlint.shapes.shape import unknown_dim
from lstmlint.values.base import NONE, Value, integer, is_none, unknown
from lstmlint.values.code import Caller, Instance
from lstmlint.values.data import DictObject, Items, ListObject, Slice, items_of
from lstmlint.values.network import Layer

SEQUENTIAL = "torch.nn.Sequential"
WRAPPERS = ("torch.nn.DataParallel", "torch.nn.parallel.DistributedDataParallel", "torch.nn.parallel.DataParallel")
inherits(SEQUENTIAL, MODULE)


def _held(layers: Sequence[Value]) -> ListObject:
    return ListObject(Items.of(layers))


def _sequential(caller: Caller, args: Sequence[Value]) -> Layer:
    made = Layer(SEQUENTIAL, {"layers": ListObject(Items.many(unknown(), unknown_dim("layers")))}, caller.site)
    only = args[0] if len(args) == 1 else None
    if isinstance(only, DictObject):
        entries = only.entries
        if not entries.open:
            made.config["layers"] = _held([value for _, value in entries.known])
            for name, value in entries.known:
                set_member(made, name, value)
    else:
        made.config["layers"] = _held(args)
        for at, value in enumerate(args):
            made.fields.set(str(at), value)
    return made


@models(SEQUENTIAL)
def sequential(caller: Caller, *args: Value) -> Value:
    """pytorch.org/docs: modules one after the other, given one by one or by name in an OrderedDict."""
    return _sequential(caller, args)


@models(f"{SEQUENTIAL}.__init__")
def initialise(caller: Caller, self: Value, *args: Value) -> None:
    """pytorch.org/docs: for a subclass of the program."""
    if isinstance(self, Instance):
        self.fields.set(BASE, _sequential(caller, args))


def layers_of(layer: Layer) -> ListObject | None:
    """The modules of a Sequential in order."""
    held = layer.config.get("layers") if layer.path == SEQUENTIAL else None
    return held if isinstance(held, ListObject) else None


@models(f"{MODULE}.__call__", f"{MODULE}.forward")
def call(caller: Caller, self: Value, *args: Value, **keywords: Value) -> Value:
    """pytorch.org/docs: what `forward` of the module makes of the arguments."""
    inherited = isinstance(self, Instance)
    layer = self.fields.get(BASE) if isinstance(self, Instance) else self
    if not isinstance(layer, Layer):
        return unknown()
    if layer.path in WRAPPERS:
        return caller.call(layer.fields.get("module"), args, keywords)
    held = layers_of(layer)
    return apply(caller, layer, args, keywords) if held is None else _one_after_the_other(caller, held, args, inherited)


def _one_after_the_other(caller: Caller, held: ListObject, args: Sequence[Value], inherited: bool) -> Value:
    known = held.items.known
    if known is None or len(args) != 1 or (inherited and not known):
        # A subclass of the program may also get its modules by assignment.
        return unknown()
    value = args[0]
    for module in known:
        value = caller.call(module, [value])
    return value


@models(f"{SEQUENTIAL}.append", f"{MODULE}.append")
def append(self: Value, module: Value) -> Value:
    """pytorch.org/docs: one more module at the end."""
    add(self, module)
    return self


def add(owner: Value, module: Value) -> None:
    """Put `module` at the end of a Sequential; of anything else nothing is known."""
    container = owner.fields.get(BASE) if isinstance(owner, Instance) else owner
    held = layers_of(container) if isinstance(container, Layer) else None
    if held is not None:
        items = held.items
        held.items = Items.of((*items.known, module)) if items.known is not None else items


@models(f"{MODULE}.add_module", f"{MODULE}.register_module")
def add_module(self: Value, name: Value, module: Value = NONE) -> None:
    """pytorch.org/docs: a child with a name; of a Sequential, the next one."""
    set_member(self, name, module)
    add(self, module)


@models(f"{MODULE}.__getitem__")
def item(self: Layer, key: Value) -> Value:
    """pytorch.org/docs: a module of a Sequential, or some of them as another Sequential."""
    held = layers_of(self)
    if held is None:
        return unknown()
    part = get_item(held, key)
    if not isinstance(key, Slice):
        return part
    return Layer(SEQUENTIAL, {"layers": part}, self.site)


@models(f"{MODULE}.__len__")
def length(self: Layer) -> Value:
    """pytorch.org/docs: how many modules a Sequential has."""
    held = layers_of(self)
    return unknown("int") if held is None else integer(held.items.length)


@models("torch.nn.ModuleList", "torch.nn.ParameterList")
def module_list(caller: Caller, modules: Value = NONE) -> Value:
    """pytorch.org/docs: a list."""
    if is_none(modules):
        return ListObject(Items.of(()))
    known = items_of(modules) is not None
    return ListObject(items_over(caller, modules) if known else Items.many(unknown(), unknown_dim("modules")))


@models("torch.nn.ModuleDict", "torch.nn.ParameterDict")
def module_dict(caller: Caller, modules: Value = NONE) -> Value:
    """pytorch.org/docs: a dictionary."""
    return make_dict(caller) if is_none(modules) else make_dict(caller, modules)


def _wrapper(path: str) -> None:
    inherits(path, MODULE)

    @models(path)
    def wrap(caller: Caller, module: Value, *others: Value, **keywords: Value) -> Value:
        """pytorch.org/docs: the module on several devices, each of which gets a part of the batch."""
        made = Layer(path, {"module": module}, caller.site)
        made.fields.set("module", module)
        return made


for _path in WRAPPERS:
    _wrapper(_path)
