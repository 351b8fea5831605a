"""Models of pandas: tables whose width, and as far as possible whose labels, are known."""
import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
