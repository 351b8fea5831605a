"""An output of a model against its target: whether a loss raises, broadcasts silently, or compares like with like.

The truth is keras.src.losses of Keras 3 with TensorFlow. Three-valued as all else: None where nothing is proven.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from lstmlint.library.keras.losses import AUTOMATIC
from lstmlint.shapes.dims import Dim, at_least, differ, same, single, substitute, symbol
from lstmlint.values.base import Const, constant_int, is_none
from lstmlint.values.network import Loss

Verdict = Literal["right", "raises", "silent", "wrong"]
"""`silent`: the loss broadcasts without a word; `wrong`: one of `raises` and `silent`, by the size of the batch."""


class _Unsure(Exception):
    """A length is not known well enough to tell what Keras does."""

    def __init__(self, dim: Dim) -> None:
        super().__init__()
        self.dim = dim


Dims = tuple[Dim, ...]


def _ends_with_one(dims: Dims) -> bool:
    """Whether Keras sees that the last axis has the length one (of the batch axis it does not see the length)."""
    if len(dims) == 1 or differ(dims[-1], 1):
        return False
    if same(dims[-1], 1):
        return True
    raise _Unsure(dims[-1])


def compare(loss: Loss, output: Dims, target: Dims) -> Verdict | None:
    """What Keras does with an output and a target with axes of these lengths; both have the batch axis first."""
    if not output or not target:
        return None
    try:
        return _compare(loss, output, target)
    except _Unsure as unsure:
        return _either_way(loss, output, target, unsure.dim)


def _compare(loss: Loss, output: Dims, target: Dims) -> Verdict | None:
    name = _automatic(output, target) if loss.name == AUTOMATIC else loss.name
    target, output = _same_rank(target, output)
    return _COMPARISONS.get(name, _elementwise)(loss, output, target)


def _either_way(loss: Loss, output: Dims, target: Dims, dim: Dim) -> Verdict | None:
    """The verdict where it depends on whether `dim` is one."""
    unknown = single(dim)
    # No axis of a model's output has the length 0.
    if unknown is None or not (dim in output or at_least(dim, 1)):
        return None
    verdicts: set[Verdict | None] = set()
    for value in (1, symbol(unknown.name, lower=2)):
        lengths = {unknown: value}
        known = [tuple(substitute(one, lengths.get) for one in dims) for dims in (output, target)]
        verdicts.add(compare(loss, known[0], known[1]))
    if None in verdicts or len(verdicts) == 1:
        return None if None in verdicts else verdicts.pop()
    return None if "right" in verdicts else "wrong"


def brought_together(output: Dims, target: Dims) -> tuple[Dims, Dims] | None:
    """The lengths of an output and a target as a loss that broadcasts compares them; None where that is not known."""
    try:
        target, output = _same_rank(target, output)
    except _Unsure:
        return None
    return output, target


def _automatic(output: Dims, target: Dims) -> str:
    if _ends_with_one(output):
        return "binary_crossentropy"
    sparse = len(target) < len(output) or _ends_with_one(target)
    return "sparse_categorical_crossentropy" if sparse else "categorical_crossentropy"


def _same_rank(a: Dims, b: Dims) -> tuple[Dims, Dims]:
    """squeeze_or_expand_to_same_rank of Keras."""
    if len(a) == len(b) + 1 and _ends_with_one(a):
        return (a, (*b, 1)) if len(b) == 1 else (a[:-1], b)
    if len(b) == len(a) + 1 and _ends_with_one(b):
        return ((*a, 1), b) if len(a) == 1 else (a, b[:-1])
    return a, b


def _elementwise(loss: Loss, output: Dims, target: Dims) -> Verdict | None:
    """Losses that leave it to broadcasting."""
    verdicts = [_axis(a, b) for a, b in zip(reversed(output), reversed(target))]
    if len(output) == len(target):
        return _together(verdicts)
    if "raises" in verdicts:
        return "raises"
    return "wrong" if None in verdicts or "wrong" in verdicts else "silent"


_Axis = Literal["right", "raises", "silent", "wrong", "passes"]
"""As a verdict; `passes`: one of `right` and `silent`."""


def _axis(a: Dim, b: Dim) -> _Axis | None:
    if same(a, b):
        return "right"
    if same(a, 1) or same(b, 1):
        return "silent" if differ(a, b) else "passes"
    if not differ(a, b):
        return None
    return "raises" if at_least(a, 2) and at_least(b, 2) else "wrong"


def _together(verdicts: Sequence[_Axis | None]) -> Verdict | None:
    """The verdict on two shapes of one rank from those on their axes."""
    if "raises" in verdicts:
        return "raises"
    if "wrong" in verdicts:
        return "wrong"
    if "silent" in verdicts:
        return "wrong" if None in verdicts else "silent"
    return None if None in verdicts or "passes" in verdicts else "right"


def _alike(loss: Loss, output: Dims, target: Dims) -> Verdict | None:
    """Losses that ask for the same shape."""
    return _same_shape(output, target)


def _same_shape(a: Dims, b: Dims) -> Verdict | None:
    """Whether two shapes are one."""
    if len(a) != len(b) or any(differ(x, y) for x, y in zip(a, b)):
        return "raises"
    return "right" if all(same(x, y) for x, y in zip(a, b)) else None


def _sparse(loss: Loss, output: Dims, target: Dims) -> Verdict | None:
    """Class numbers: one axis fewer than the output."""
    if len(target) == len(output) and _ends_with_one(target):
        target = target[:-1]
    verdict = _same_shape(output[:-1], target)
    ignores = not is_none(loss.config.get("ignore_class", Const(None)))
    return None if ignores and verdict == "raises" else verdict


def _ctc(loss: Loss, output: Dims, target: Dims) -> Verdict | None:
    if len(target) != 2 or len(output) != 3:
        return "raises"
    return _same_shape(output[:1], target[:1])


def _numbered(loss: Loss, output: Dims, target: Dims) -> Verdict | None:
    """Class numbers that the loss makes one-hot and then multiplies with the output."""
    return _elementwise(loss, output, (*target, output[-1]))


def _circle(loss: Loss, output: Dims, target: Dims) -> Verdict | None:
    """Embeddings (batch, n) and one label for each."""
    if len(output) != 2 or len(target) > 2:
        return None
    return "right" if len(target) == 1 or _ends_with_one(target) else None


_Comparison = Callable[[Loss, Dims, Dims], "Verdict | None"]


def _over_last_axis(check: _Comparison) -> _Comparison:
    """As `check`, for losses whose classes may lie on another axis: then nothing is said."""

    def checked(loss: Loss, output: Dims, target: Dims) -> Verdict | None:
        axis = loss.config.get("axis")
        return check(loss, output, target) if axis is None or constant_int(axis) == -1 else None

    return checked


_COMPARISONS: dict[str, _Comparison] = {
    "binary_crossentropy": _alike,
    "binary_focal_crossentropy": _alike,
    "categorical_crossentropy": _over_last_axis(_alike),
    "categorical_focal_crossentropy": _over_last_axis(_elementwise),
    "cosine_similarity": _elementwise,
    "sparse_categorical_crossentropy": _over_last_axis(_sparse),
    "ctc": _ctc,
    "circle": _circle,
    "categorical_generalized_cross_entropy": _numbered,
}
