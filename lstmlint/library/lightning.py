"""PyTorch Lightning: its modules are PyTorch's, and its Trainer gives them the batches of a loader."""
from __future__ import annotations

import lstmlint.library.torch  # noqa: F401 - what a LightningModule inherits
from lstmlint.library.binding import Ignored
from lstmlint.library.builtins.iteration import special
from lstmlint.library.registry import inherits, models
from lstmlint.shapes.dims import symbol
from lstmlint.values.base import MISSING, NONE, Const, Value, integer, is_none, unknown
from lstmlint.values.code import Caller, Instance, LibraryObject
from lstmlint.values.network import plain

MODULE = "lightning.LightningModule"
DATA = "lightning.LightningDataModule"
TRAINER = "lightning.Trainer"

inherits(MODULE, "torch.nn.Module")

_UNTOUCHED = ("log", "log_dict", "print", "manual_backward", "save_hyperparameters", "toggle_optimizer", "untoggle_optimizer")


@models(MODULE, DATA)
def base() -> Value:
    """lightning.ai: an object of the base class itself."""
    return unknown()


@models(f"{DATA}.__init__", f"{DATA}.save_hyperparameters", *(f"{MODULE}.{name}" for name in _UNTOUCHED))
def untouched(self: Value, *others: Ignored, **more: Ignored) -> None:
    """lightning.ai: changes no layer and no data."""


@models(TRAINER)
def trainer(**others: Ignored) -> Value:
    """lightning.ai: what runs the loops."""
    return LibraryObject(TRAINER)


@models(f"{TRAINER}.fit")
def fit(
    caller: Caller,
    self: LibraryObject,
    model: Value,
    train_dataloaders: Value = NONE,
    val_dataloaders: Value = NONE,
    datamodule: Value = NONE,
    **others: Ignored,
) -> None:
    """lightning.ai: `training_step` of each batch, and `validation_step` of those of the other loader."""
    self.fields.set("model", model)
    source = _source(train_dataloaders, datamodule)
    _prepare(caller, source, model, "fit")
    _step(caller, model, "training_step", _loader(caller, source, model, "train_dataloader", train_dataloaders))
    _step(caller, model, "validation_step", _loader(caller, source, model, "val_dataloader", val_dataloaders))


def _evaluating(method: str, step: str, loader: str) -> None:
    @models(f"{TRAINER}.{method}")
    def evaluate(
        caller: Caller,
        self: LibraryObject,
        model: Value = NONE,
        dataloaders: Value = NONE,
        verbose: Ignored = NONE,  # type: ignore[assignment]
        datamodule: Value = NONE,
        **others: Ignored,
    ) -> Value:
        """lightning.ai: the step of that name, of each batch."""
        fitted = self.fields.get("model")
        module = fitted if is_none(model) and fitted is not MISSING else model
        source = _source(dataloaders, datamodule)
        _prepare(caller, source, module, method)
        _step(caller, module, step, _loader(caller, source, module, loader, dataloaders))
        return unknown()


_evaluating("validate", "validation_step", "val_dataloader")
_evaluating("test", "test_step", "test_dataloader")
_evaluating("predict", "predict_step", "predict_dataloader")


def _source(loaders: Value, datamodule: Value) -> Instance | None:
    """The data module, which may stand in the place of the loaders."""
    for value in (plain(datamodule), plain(loaders)):
        if isinstance(value, Instance) and value.cls.external_base((DATA,)) is not None:
            return value
    return None


def _prepare(caller: Caller, source: Instance | None, model: Value, stage: str) -> None:
    """What is called before the loaders are made."""
    for owner in (source, plain(model)):
        if isinstance(owner, Instance):
            special(caller, owner, "prepare_data")
            special(caller, owner, "setup", Const(stage))


def _loader(caller: Caller, source: Instance | None, model: Value, name: str, given: Value) -> Value | None:
    """The loader that a data module, the call or the module itself gives."""
    if source is not None:
        return special(caller, source, name)
    return special(caller, plain(model), name) if is_none(plain(given)) else given


def _step(caller: Caller, model: Value, name: str, loader: Value | None) -> None:
    """One step of the module, of any batch; of loaders that are nested in lists or dicts, nothing is known."""
    loader = None if loader is None else plain(loader)
    if loader is None or not isinstance(model := plain(model), Instance):
        return
    known = isinstance(loader, (LibraryObject, Instance))
    batch = caller.iterate(loader) if known else unknown(name="batch")
    number = integer(symbol("batch_idx", "the number of a batch"))
    special(caller, model, name, batch, number)
