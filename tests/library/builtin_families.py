"""How the arguments of Python's own functions and methods are drawn: texts, numbers, lists, sets and dictionaries."""

from __future__ import annotations

import builtins
import importlib
from typing import Any

from hypothesis import strategies as st

from lstmlint.values.base import Const, Integer, Unknown, Value
from lstmlint.values.data import DictObject, Items, ListObject, Tuple
from tests.library.differential import run
from tests.library.families import Call, family

small = st.integers(-9, 9)
positive = st.integers(0, 9)
words = st.text("ab c1", max_size=6)
ints = st.lists(small, max_size=6)
keys = st.dictionaries(st.sampled_from("abc"), small, max_size=3)


def contradicts(value: Value, real: Any) -> str | None:
    """What `value` says that is not true of `real`; nothing of what it leaves open."""
    if isinstance(value, Const):
        same = value.value == real or (real != real and value.value != value.value)
        return None if same and type(value.value) is type(real) else f"{value.value!r} is no {real!r}"
    if isinstance(value, (Unknown, Integer)):
        kind = value.type_path
        return None if kind in (None, "scalar", type(real).__name__) else f"{kind} is no {type(real).__name__}"
    if isinstance(value, Tuple) or (isinstance(value, ListObject) and isinstance(value.cell.raw, Items)):
        items = value.items
        if not hasattr(real, "__len__"):
            real = list(real)
        if isinstance(items.length, int) and items.length != len(real):
            return f"{items.length} items, really {len(real)}"
        if items.known is not None and not isinstance(real, (set, frozenset)):
            return next((wrong for part, true in zip(items.known, real) if (wrong := contradicts(part, true))), None)
        return next((wrong for true in real if (wrong := contradicts(items.element, true))), None)
    if isinstance(value, DictObject):
        entries = value.entries
        if not isinstance(real, dict):
            return "a dictionary"
        known = {key.value: part for key, part in entries.known if isinstance(key, Const)}
        if not entries.open and len(entries.known) != len(real):
            return f"{len(entries.known)} entries, really {len(real)}"
        wrong = (contradicts(part, real[key]) if key in real else f"no key {key!r}" for key, part in known.items())
        return next((text for text in wrong if text), None)
    return None


def _real(path: str) -> Any:
    owner, _, name = path.rpartition(".")
    if hasattr(builtins, owner):
        return getattr(getattr(builtins, owner), name)
    return getattr(importlib.import_module(owner), name)


RAISED = (ArithmeticError, TypeError, ValueError, IndexError, KeyError, AttributeError, StopIteration, OverflowError)


def truly(path: str, call: Call) -> None:
    """Nothing is said of the answer that is not true; nothing is said of what raises; the first argument is changed as really."""
    from tests.library.differential import abstract

    given = [abstract(arg) for arg in call.args]
    value = run(path, *given, **call.keywords).value
    args = [arg.copy() if isinstance(arg, (list, dict, set)) else arg for arg in call.args]
    try:
        real = _real(path)(*args, **call.keywords)
    except RAISED:
        return
    wrong = contradicts(value, real if not hasattr(real, "__next__") else list(real))
    assert wrong is None, (path, call.args, call.keywords, wrong)
    if args and isinstance(args[0], (list, dict, set)):
        wrong = contradicts(given[0], args[0])
        assert wrong is None, (path, call.args, "afterwards", args[0], wrong)


def exactly_known(path: str, call: Call) -> None:
    """Of constants the very value."""
    truly(path, call)
    try:
        real = _real(path)(*call.args, **call.keywords)
    except RAISED:
        return
    value = run(path, *call.args, **call.keywords).value
    assert not isinstance(value, Unknown), (path, call.args, real)


def one(draws: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return draws.map(lambda x: (x,))


family("str", "lower upper strip lstrip rstrip title capitalize casefold swapcase isdigit isalpha isalnum isspace isupper islower "
       "isnumeric isdecimal istitle isidentifier split splitlines rsplit __len__ expandtabs", one(words), exactly_known,
)  # fmt: skip
family(
    "str",
    "split rsplit strip lstrip rstrip startswith endswith removeprefix removesuffix",
    st.tuples(words, st.sampled_from(["a", " ", "ab"])),
    exactly_known,
)
family(
    "str",
    "count find rfind index rindex __contains__ __add__ partition rpartition",
    st.tuples(words, st.sampled_from(["a", "b", "ab"])),
    truly,
)
family("str", "replace", st.tuples(words, st.sampled_from(["a", "b"]), st.sampled_from(["", "xy"])), exactly_known)
family("str", "zfill center ljust rjust __mul__ __rmul__", st.tuples(words, positive), exactly_known)
family("str", "join", st.tuples(words, st.lists(words, max_size=3)), exactly_known)
family("str", "__getitem__", st.tuples(words, st.slices(6) | small), truly)
family("str", "encode __iter__", one(words), lambda path, call: None if path.endswith("__iter__") else truly(path, call))
family("str", "format", st.tuples(st.just("{}-{}"), small, words), truly)
family("str", "__mod__", st.tuples(st.just("%d"), small), truly)
family("str", "__lt__ __le__ __gt__ __ge__ __eq__ __ne__", st.tuples(words, words), truly)
family("bytes", "__len__ decode", one(words.map(lambda word: word.encode())), truly)
family("bytes", "join", st.just((b"", [b"a", b"b"])), truly)
_numbers = st.one_of(small, st.floats(-9, 9), st.booleans())
family("builtins", "abs int float bool str repr round hash", one(_numbers), truly)
family("builtins", "bin hex oct chr", one(positive), truly)
family("builtins", "ord", one(st.sampled_from("abz")), truly)
family("builtins", "divmod pow", st.tuples(_numbers, _numbers), truly)
family("builtins", "complex", st.tuples(_numbers, small), truly)
family("builtins", "min max sum len sorted any all list tuple set frozenset enumerate reversed", one(ints), truly)
family("builtins", "min max", st.tuples(small, small, small), truly)
family("builtins", "zip", st.lists(ints, min_size=1, max_size=3).map(tuple), truly)
family("builtins", "range", st.tuples(small, small, small.filter(bool)), truly)
family("builtins", "isinstance", st.just(()), lambda path, call: None)
for _kind in ("int", "float", "bool"):
    _drawn: st.SearchStrategy[Any] = {"int": small, "float": st.floats(-9, 9), "bool": st.booleans()}[_kind]
    family(_kind, "__add__ __sub__ __mul__ __truediv__ __floordiv__ __mod__ __lt__ __le__ __gt__ __ge__ __eq__ "
    "__ne__ __radd__ __rsub__ "
           "__rmul__ __rtruediv__ __rfloordiv__ __rmod__", st.tuples(_drawn, _drawn), truly)  # fmt: skip
    family(_kind, "__neg__ __pos__ __abs__ __bool__", one(_drawn), truly)
family("int", "__and__ __or__ __xor__ __lshift__ __rshift__ __rand__ __ror__ __rxor__ __pow__", st.tuples(small, positive), truly)
family("int", "__invert__ bit_length __index__ __hash__", one(small), truly)
family("int", "__int__ __float__ __round__", one(small), truly)
family("float", "__int__ __round__", one(st.floats(-9, 9)), truly)
family("float", "is_integer", one(st.floats(-9, 9)), truly)
family("float", "__pow__", st.tuples(st.floats(0, 9), small), truly)
_pairs = st.tuples(ints, ints)
family("list", "__add__ extend __eq__ __ne__ __lt__ __le__ __gt__ __ge__", _pairs, truly)
family("list", "__mul__ __rmul__ __imul__", st.tuples(ints, st.integers(0, 3)), truly)
family("list", "append remove count index __contains__", st.tuples(ints, small), truly)
family("list", "pop __delitem__ __getitem__", st.tuples(ints, st.integers(-6, 5)), truly)
family("list", "__getitem__ __delitem__", st.tuples(ints, st.slices(6) | st.integers(-6, 5)), truly)
family("list", "insert __setitem__", st.tuples(ints, st.integers(-6, 6), small), truly)
family("list", "clear sort reverse copy __len__ pop", one(ints), truly)
_tuples = ints.map(tuple)
family("tuple", "__add__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__", st.tuples(_tuples, _tuples), truly)
family("tuple", "__mul__ __rmul__", st.tuples(_tuples, st.integers(0, 3)), truly)
family("tuple", "count index __contains__", st.tuples(_tuples, small), truly)
family("tuple", "__getitem__", st.tuples(_tuples, st.slices(6) | st.integers(-6, 5)), truly)
family("tuple", "__len__", one(_tuples), truly)
_sets = ints.map(set)
family("set", "union intersection difference symmetric_difference __or__ __and__ __sub__ __xor__ update intersection_update "
       "difference_update issubset issuperset isdisjoint", st.tuples(_sets, _sets), truly)  # fmt: skip
family("set", "add remove discard __contains__", st.tuples(_sets, small), truly)
family("set", "__len__ copy clear pop", one(_sets), truly)
_keyed = st.tuples(keys, st.sampled_from("abcd"))
family("dict", "__getitem__ get __contains__ __delitem__ pop setdefault", _keyed, truly)
family("dict", "get pop setdefault __setitem__", st.tuples(keys, st.sampled_from("abcd"), small), truly)
family("dict", "__setitem__", st.tuples(keys, st.sampled_from("abcd"), small), truly)
family("dict", "keys values items __len__ copy clear popitem", one(keys), truly)
family("dict", "update __or__ __ior__", st.tuples(keys, keys), truly)
family("dict", "fromkeys", st.tuples(st.lists(st.sampled_from("abc"), max_size=3), small), lambda path, call: None)
_angle = st.floats(0.1, 0.9)
family("math", "sqrt exp log log2 log10 log1p expm1 sin cos tan asin acos atan sinh cosh tanh fabs radians "
"degrees gamma erf isnan isinf "
       "isfinite ceil floor trunc", one(_angle), truly)  # fmt: skip
family("math", "atan2 pow hypot fmod", st.tuples(_angle, _angle), truly)
family("math", "gcd comb", st.tuples(positive, positive), truly)
family("math", "factorial isqrt", one(positive), truly)
family("math", "prod fsum", one(ints), truly)
family("collections", "Counter OrderedDict", one(keys), truly)
family("collections", "deque", one(ints), lambda path, call: None)
family("itertools", "chain product zip_longest", st.lists(ints, min_size=1, max_size=2).map(tuple), truly)
family(
    "itertools",
    "permutations combinations combinations_with_replacement",
    st.tuples(st.lists(small, max_size=4), st.integers(0, 2)),
    truly,
)
family("itertools", "islice repeat", st.tuples(ints, st.integers(0, 4)), truly)
family("itertools", "accumulate", one(ints), truly)
family("itertools", "pairwise", one(ints), truly)
family(
    "os.path",
    "join basename splitext split dirname",
    st.lists(st.sampled_from(["a", "b.txt", "c/d"]), min_size=1, max_size=2).map(tuple),
    truly,
)
