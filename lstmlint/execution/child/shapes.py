"""What a value of the user's program is, in JSON: asked of known libraries' types only, so that no code of the program runs."""

from __future__ import annotations

from typing import Any

_LIBRARIES = frozenset(["numpy", "torch", "tensorflow", "keras", "tf_keras", "pandas", "jax", "jaxlib"])
_PARTS = 8

Told = dict[str, Any]
"""`kind` ("array", "tensor", "torch", "frame", "series"), `shape` (None: an open length) and `dtype`; or "several" with `parts`."""


def described(value: object, depth: int = 1) -> Told | None:
    """What there is to tell of a value; None if it has no shape."""
    kind = type(value)
    if kind is tuple or kind is list:
        return _several(value, depth)  # type: ignore[arg-type]
    library = (kind.__module__ or "").partition(".")[0]
    if library not in _LIBRARIES:
        return None
    try:
        shape = getattr(value, "shape", None)
        if shape is None or callable(shape):
            return None
        lengths = [None if length is None else int(length) for length in shape]
        dtype = str(getattr(value, "dtype", "") or "")[:40] if library != "pandas" else ""
    except (TypeError, ValueError, AttributeError, RuntimeError):
        return None
    return {"kind": _kind(library, kind.__name__), "shape": lengths, "dtype": dtype}


def _kind(library: str, name: str) -> str:
    if library == "pandas":
        return "frame" if name == "DataFrame" else "series"
    return {"numpy": "array", "torch": "torch"}.get(library, "tensor")


def _several(value: tuple[object, ...] | list[object], depth: int) -> Told | None:
    if not depth or not value or len(value) > _PARTS:
        return None
    parts = [described(part, depth - 1) for part in value]
    return {"kind": "several", "parts": parts} if any(parts) else None
