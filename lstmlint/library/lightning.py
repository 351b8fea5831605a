"""PyTorch Lightning: its modules are PyTorch's."""
from __future__ import annotations

import lstmlint.library.torch  # noqa: F401 - what a LightningModule inherits
from lstmlint.library.registry import inherits, models
from lstmlint.values.base import Value, unknown

inherits("lightning.LightningModule", "torch.nn.Module")


@models("lightning.LightningModule")
def lightning_module() -> Value:
    """lightning.ai: an object of the base class itself."""
    return unknown()
