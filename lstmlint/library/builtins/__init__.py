"""Models of Python's own functions and types: numbers, text, sequences, dictionaries."""
import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
