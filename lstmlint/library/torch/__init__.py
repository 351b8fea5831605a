"""Models of PyTorch: tensors and their functions, modules, losses, packed sequences, data loaders."""

import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
