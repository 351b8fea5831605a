"""Pieces of program text in which lengths are still symbols, and what may be written into them.

Nothing of a script's own text gets in: numbers, None and booleans as they are; words from a fixed list; any other text (the label
of a column, say) as a label of our own; names only of what lstmlint has a model of.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lstmlint.confirm.sizes import Sizes
from lstmlint.library import registry
from lstmlint.shapes.dims import Dim, Poly

Text = tuple["str | Poly | Columns | Ref", ...]
"""Program text; a Poly in it becomes a number, a Ref the name of a variable."""

SHAPELESS_FILES = ("read_", "load", "save", "open", "to_csv", "to_excel", "to_json", "to_pickle", "to_hdf", "to_sql", "to_parquet")
"""What the names of functions begin with that reach for files or the network."""
FILES = frozenset(
    """
    fromfile tofile loadtxt genfromtxt memmap savetxt fetch download get_file exec eval compile run system popen write
    create_dataset hub import_module dump pickle fromregex DataSource urlopen
    """.split()  # noqa: SIM905
)
ROOTS = frozenset(["numpy", "pandas", "sklearn", "torch", "keras", "tensorflow", "scipy"])
"""The libraries whose functions may be called."""
KEYWORDS = frozenset(
    """
    axis dim keepdims keepdim dtype shape size columns index axes start end stop step num fill_value padding truncating maxlen value
    num_classes test_size train_size random_state shuffle stratify feature_range batch_first lengths enforce_sorted padding_value
    total_length inplace drop n_splits ascending by rows how on left_on right_on periods window min_periods dims repeats
    newshape order copy reduction sections indices_or_sections split_size_or_sections sequence_length sequence_stride
    sampling_rate targets batch_size drop_last dataset sparse sparse_output handle_unknown categories n_components subset
    thresh ignore_index data low high loc scale initial_state return_sequences return_state training mask key query
    attn_mask key_padding_mask need_weights hx input target other mat2 vec2 tensor tensors arrays sequences requires_grad bias x y
    """.split()  # noqa: SIM905
)
"""The keywords that may be written although the model of a function takes any."""
WORDS = frozenset(
    """
    float32 float64 float16 int32 int64 int8 uint8 bool int float object str same valid causal constant mean sum none post pre edge
    reflect symmetric wrap full outer inner left right first last all any columns index ignore error raise ffill bfill pad linear
    C F A K minmax l1 l2 max min onehot ordinal uniform quantile kmeans records list dict series split values rows both
    relu tanh batch ij xy nearest bilinear pandas default yeo-johnson box-cox fit concat ave mul channels_first channels_last
    """.split()  # noqa: SIM905
)
"""The words that libraries know as arguments; any other text becomes a label."""
DTYPES = frozenset(
    """
    float32 float64 float16 bfloat16 float double half int8 int16 int32 int64 uint8 int long short bool float_ int_ bool_ newaxis
    """.split()  # noqa: SIM905
)


NO_NAMES: Mapping[int, str] = {}


class NotPlain(ValueError):
    """Something that must not become part of a program."""


@dataclass(frozen=True, slots=True)
class Ref:
    """The variable that step `number` sets."""

    number: int


class Columns:
    """The labels of a made-up table of `width` columns: those that the program asks for, and others; known when all is written."""

    def __init__(self, width: Dim, known: Sequence[str] | None, asked: dict[object, str]) -> None:
        self.width = width
        self._known = known
        self._asked = asked

    def text(self, sizes: Sizes) -> str:
        """The list of them."""
        if self._known is not None:
            return repr(list(self._known))
        width = sizes[self.width]
        return repr([*self._asked.values(), *(f"other{at}" for at in range(width))][:width])


def number(value: float) -> str:
    """A number as an expression."""
    if isinstance(value, float) and not math.isfinite(value):
        return "float('nan')" if math.isnan(value) else "float('inf')" if value > 0 else "float('-inf')"
    if type(value) not in (int, float, complex):
        raise NotPlain(f"no plain number: {value!r}")
    return repr(value)


def joined(texts: Iterable[Text], between: str = ", ") -> Text:
    """Texts with commas between them."""
    parts: list[str | Poly | Columns | Ref] = []
    for at, text in enumerate(texts):
        parts += [between, *text] if at else list(text)
    return tuple(parts)


def length(dim: Dim) -> Text:
    """A length."""
    return (dim,) if isinstance(dim, Poly) else (number(dim),)


def lengths(dims: Iterable[Dim]) -> Text:
    """A tuple of lengths."""
    known = [length(dim) for dim in dims]
    return ("(", *joined(known), ",)" if len(known) == 1 else ")")


def written(text: Text, sizes: Sizes, names: Mapping[int, str] = NO_NAMES) -> str:
    """The text with numbers in place of symbols, and names of variables in place of references."""
    return "".join(_part(part, sizes, names) for part in text)


def _part(part: str | Poly | Columns | Ref, sizes: Sizes, names: Mapping[int, str]) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Ref):
        return names[part.number]
    if isinstance(part, Columns):
        return part.text(sizes)
    value = sizes[part]
    return repr(value) if value >= 0 else f"({value})"


def callable_path(path: str) -> str:
    """`path`, which must be that of a function or class that may be called."""
    root, _, _ = path.partition(".")
    name = path.rpartition(".")[2]
    known = registry.find(path) is not None or registry.find_attribute(path) is not None
    if root not in ROOTS or not known or reaches_out(name) or not all(part.isidentifier() for part in path.split(".")):
        raise NotPlain(f"{name} can't be replayed")
    return path


def equation(text: str) -> str:
    """The subscripts of an einsum, with letters of our own."""
    letters: dict[str, str] = {}
    told = "".join(text.split())
    if not re.fullmatch(r"[A-Za-z.]+(,[A-Za-z.]+)*(->[A-Za-z.]*)?", told):
        raise NotPlain("the subscripts of an einsum can't be replayed")
    return "".join(letters.setdefault(one, _LETTERS[len(letters) % 26]) if one.isalpha() else one for one in told)


_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def reaches_out(name: str) -> bool:
    """Whether the name of a function says that it reaches for files or the network."""
    return name in FILES or name.startswith(SHAPELESS_FILES)


def keyword(name: str, parameters: Iterable[str]) -> str:
    """The name of an argument, which a model must know."""
    if name not in KEYWORDS and name not in parameters:
        raise NotPlain(f"the argument {name[:20]} can't be replayed" if name.isidentifier() else "an argument can't be replayed")
    return name
