"""Models of TensorFlow: functions of tensors, symbolic ones of Keras among them. keras.ops and keras.backend are the same."""

import importlib
import pkgutil

import lstmlint.library.keras  # noqa: F401 - a tensor's attributes are modelled there

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
