"""Which public functions of the installed libraries have no model, the most used first; see the README."""
from __future__ import annotations

import argparse
import importlib
import inspect
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from lstmlint.library import registry
from lstmlint.library.names import canonical
from lstmlint.sources.read import read
from lstmlint.sources.source import SourceError

MODULES = {
    "numpy": ["numpy", "numpy.linalg", "numpy.random", "numpy.fft", "numpy.lib.stride_tricks"],
    "pandas": ["pandas"],
    "sklearn": ["sklearn.preprocessing", "sklearn.model_selection", "sklearn.metrics", "sklearn.impute", "sklearn.decomposition"],
    "keras": ["keras.layers", "keras.utils", "keras.ops", "keras.datasets", "keras.activations"],
    "torch": ["torch", "torch.nn", "torch.nn.functional", "torch.nn.utils.rnn", "torch.utils.data"],
    "tensorflow": ["tensorflow", "tensorflow.math", "tensorflow.nn", "tensorflow.data", "tensorflow.strings", "tensorflow.random"],
}
CLASSES = {
    "numpy": ["numpy.ndarray", "numpy.random.Generator", "numpy.random.RandomState"],
    "pandas": ["pandas.DataFrame", "pandas.Series", "pandas.Index"],
    "sklearn": [f"sklearn.preprocessing.{name}" for name in ("MinMaxScaler", "StandardScaler", "OneHotEncoder")],
    "keras": ["keras.Model", "keras.Sequential", "keras.layers.Layer"],
    "tensorflow": ["tensorflow.data.Dataset"],
    "torch": ["torch.Tensor", "torch.nn.Module"],
}
_PATH = re.compile(r"\b([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)\s*\(")
_NAME = re.compile(r"(?<![.\w])([A-Za-z_]\w*)\s*\(")
_METHOD = re.compile(r"\.([A-Za-z_]\w*)\s*\(")
_IMPORT = re.compile(r"^\s*import\s+([\w.]+)(?:\s+as\s+(\w+))?", re.MULTILINE)
_FROM = re.compile(r"^\s*from\s+([\w.]+)\s+import\s+\(?([^()\n]+)", re.MULTILINE)


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, help="scripts, notebooks and folders whose calls are counted")
    parser.add_argument("--library", choices=sorted(MODULES), action="append", help="only these libraries")
    parser.add_argument("--most", type=int, default=60, help="how many to print of each library (default: 60)")
    options = parser.parse_args()
    paths, methods = _frequencies(options.paths)
    for library in options.library or sorted(MODULES):
        try:
            importlib.import_module(library)
        except ImportError:
            print(f"{library}: not installed\n")
            continue
        _print(library, paths, methods, options.most)


def _print(library: str, paths: Counter[str], methods: Counter[str], most: int) -> None:
    functions = sorted(set(_functions(library)))
    members = sorted(set(_methods(library)))
    lacking = [(paths[canonical(path)], path) for path in functions if registry.find(canonical(path)) is None]
    lacking += [
        (methods[name], f"{owner}.{name}")
        for owner, name in members
        if registry.find_method(_type_of(owner), name) is None and registry.find_property(_type_of(owner), name) is None
    ]
    total = len(functions) + len(members)
    print(f"{library}: {total} public functions and methods, {total - len(lacking)} with a model, {len(lacking)} without; in use:")
    used = sorted((item for item in lacking if item[0]), key=lambda item: (-item[0], item[1]))
    for count, path in used[:most]:
        print(f"{count:>7}  {path}")
    print()


def _type_of(owner: str) -> str:
    """The path under which the methods of a class are modelled."""
    return {"keras.layers.Layer": "keras.Layer"}.get(owner, owner)


def _functions(library: str) -> Iterator[str]:
    for name in MODULES[library]:
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        for member in dir(module):
            value = getattr(module, member, None)
            if not member.startswith("_") and callable(value) and not _is_exception(value):
                yield f"{name}.{member}"


def _is_exception(value: object) -> bool:
    return inspect.isclass(value) and issubclass(value, BaseException)


def _methods(library: str) -> Iterator[tuple[str, str]]:
    for path in CLASSES[library]:
        module, _, name = path.rpartition(".")
        try:
            owner = getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError):
            continue
        for member in dir(owner):
            if not member.startswith("_") and callable(getattr(owner, member, None)):
                yield path, member


def _frequencies(given: list[Path]) -> tuple[Counter[str], Counter[str]]:
    """How many files call each path of a library, and each method by its name alone."""
    paths: Counter[str] = Counter()
    methods: Counter[str] = Counter()
    for path in given:
        files = [path] if path.is_file() else [file for file in path.rglob("*") if file.suffix in (".py", ".ipynb")]
        for file in filter(Path.is_file, files):
            try:
                text = "\n".join(cell.text for cell in read(str(file)).cells)
            except SourceError:
                continue
            paths.update(set(_called(text)))
            methods.update(set(_METHOD.findall(text)))
    return paths, methods


def _called(text: str) -> Iterator[str]:
    """The canonical paths that a text calls, as far as its imports tell."""
    names: dict[str, str] = {}
    for module, alias in _IMPORT.findall(text):
        root = module.partition(".")[0]
        names[alias or root] = module if alias else root
    for module, imported in _FROM.findall(text):
        for part in imported.split(","):
            words = part.split()
            if words and words[0].isidentifier():
                names[words[-1]] = f"{module}.{words[0]}"
    for found in (*_PATH.findall(text), *_NAME.findall(text)):
        root, dot, rest = found.partition(".")
        if root in names:
            yield canonical(f"{names[root]}{dot}{rest}")


if __name__ == "__main__":
    main()
