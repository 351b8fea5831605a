"""Models of numpy, by area: making arrays, changing their axes, computing with them. Importing the package registers them all."""
import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
