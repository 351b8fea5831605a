"""Models of Keras: layers, models and what reaches them. Every module of the package registers what it models."""

import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
