"""PyTorch that tells of its steps of training, uses no other device and no other processes."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

from lstmlint.execution.child.recorder import Recorder

_LOSSES = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
"""Those that broadcast without a word, or with no more than a warning."""


def cut_torch(torch: ModuleType, recorder: Recorder) -> None:
    """Change PyTorch."""

    def stepped(*args: Any) -> None:
        recorder.steps += 1

    def applied(*args: Any) -> None:
        recorder.applied += 1

    import_module("torch.optim.optimizer").register_optimizer_step_post_hook(stepped)
    torch.nn.modules.module.register_module_forward_hook(applied)
    loader = torch.utils.data.DataLoader
    loader.__init__ = _alone(loader.__init__)
    torch.__dict__["compile"] = lambda model=None, **keywords: model if model is not None else (lambda one: one)
    torch.nn.Module.compile = lambda self, *args, **keywords: None
    if not torch.cuda.is_available():
        _without_cuda(torch)
    _watch_losses(torch, recorder)


def _watch_losses(torch: ModuleType, recorder: Recorder) -> None:
    """Tell what losses get. The functions stay as they are: `torch.jit.script` compiles them from their source."""
    losses = {getattr(torch.nn.functional, name): name for name in _LOSSES}

    class Watching(import_module("torch.overrides").TorchFunctionMode):  # type: ignore[misc]
        def __torch_function__(self, function: Any, types: Any, args: Any = (), keywords: Any = None) -> Any:
            name = losses.get(function)
            if name is not None and len(args) > 1:
                recorder.compared(name, *args[:2])
            return function(*args, **(keywords or {}))

    Watching().__enter__()


def _alone(init: Callable[..., None]) -> Callable[..., None]:
    signature = inspect.signature(init)

    @functools.wraps(init)
    def without_workers(*args: Any, **keywords: Any) -> None:
        try:
            given = dict(signature.bind(*args, **keywords).arguments)
        except TypeError:
            return init(*args, **keywords)
        for name in ("num_workers", "multiprocessing_context", "prefetch_factor", "persistent_workers", "pin_memory", "timeout"):
            given.pop(name, None)
        return init(given.pop("self"), **given)

    return without_workers


def _without_cuda(torch: ModuleType) -> None:
    """A device that is not there is the processor, for all that is made there or moved there."""
    cuda = torch.Tensor.cuda

    def here(value: Any) -> Any:
        return "cpu" if isinstance(value, (str, torch.device)) and str(value).startswith("cuda") else value

    class OnProcessor(import_module("torch.overrides").TorchFunctionMode):  # type: ignore[misc]
        def __torch_function__(self, function: Any, types: Any, args: Any = (), keywords: Any = None) -> Any:
            if function is cuda:
                return args[0]
            # An argument that is a text is the name of a device, or means something else.
            moved = function is torch.Tensor.to
            args = (args[0], *map(here, args[1:])) if moved else args
            keywords = {**(keywords or {})}
            if "device" in keywords:
                keywords["device"] = here(keywords["device"])
            return function(*args, **keywords)

    OnProcessor().__enter__()
    torch.cuda.synchronize = torch.cuda.empty_cache
