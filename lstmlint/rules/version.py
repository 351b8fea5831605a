"""What holds with one version of Keras only: whether it is to be reported, and how."""
from __future__ import annotations

from lstmlint.findings import Severity
from lstmlint.trace import Keras

ASSUMED = "with Keras 3 (nothing says which version this is for)"
"""How a message names what is only assumed."""


def only_with_keras_3(keras: Keras) -> tuple[Severity, str] | None:
    """How to report what Keras 3 alone refuses: the severity and the words for the version; None where it is another."""
    if keras.version != 3:
        return None
    return ("error", "with Keras 3") if keras.evidence else ("warning", ASSUMED)
