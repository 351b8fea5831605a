"""keras.ops and keras.backend: they are modelled with TensorFlow's functions of the same names."""

from __future__ import annotations

import lstmlint.library.tensorflow.operations  # noqa: F401
