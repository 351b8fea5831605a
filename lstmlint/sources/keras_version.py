"""Which major version of Keras a script is for: what its project asks for or, failing that, what the script itself shows."""
from __future__ import annotations

import os
import re
from collections.abc import Iterator
from fnmatch import translate

from lstmlint.sources.project import MARKERS
from lstmlint.sources.source import Source

Evidence = tuple[int, str]
"""A major version, and in words what says so."""

_FILES = (
    *("requirements*.txt", "constraints*.txt", "pyproject.toml", "environment*.yml", "environment*.yaml", "setup.py", "setup.cfg"),
    *("Pipfile", "Pipfile.lock", "poetry.lock", "uv.lock", "pdm.lock"),
)
_FILE = re.compile("|".join(map(translate, _FILES)))
_LEVELS = 4
"""How many folders are looked into, from the script's own upwards."""

_LONGEST = 2_000_000
_NAME = r"(keras|tensorflow(?:[-_](?:cpu|gpu|macos|intel))?|tf[-_]keras)"
_ASKED = re.compile(
    rf"(?<![\w.\-/@]){_NAME}(?:\[[^\]\n]*\])?[\"']?[ \t]*"
    r"((?:[=<>!~]=?=?[ \t]*[\"']?[\^~]?=?[ \t]*\d[\d.]*[\d.*\w]*[ \t]*,?[ \t]*)+)",
    re.IGNORECASE,
)
_LOCKED = re.compile(rf'name = "{_NAME}"\s*version = "(\d[\d.]*)|"{_NAME}": {{[^{{}}]*?"version": "==(\d[\d.]*)', re.IGNORECASE)
_CLAUSE = re.compile(r"([=<>!~]=?=?)\s*[\"']?([\^~]?)=?\s*(\d+(?:\.\d+)*)(\.\*)?")
_COMMENT = re.compile(r"(?m)(?:^|\s)#.*$")
_FIRST_OF_3 = {"keras": (3,), "tensorflow": (2, 16)}
"""The first releases that are, or bring, Keras 3."""

_AGE = "the script, which uses what Keras 3 has no more"
_LEGACY = re.compile(r"TF_USE_LEGACY_KERAS[\"']?\s*\]?\s*[=,]\s*[\"']?(?:1|True)|(?m:^\s*(?:import|from)\s+tf_keras\b)")
_NEW = re.compile(
    r"\bkeras\.ops\b|from keras import (?:[\w, ]*\b)?(?:ops|tree|distribution)\b|\bkeras_core\b|\bPyDataset\b|\bkeras\.tree\b"
    r"|\bkeras\.distribution\b|KERAS_BACKEND[\"']?\s*\]?\s*[=,]\s*[\"'](?:jax|torch)"
)
_NO_GRAPHS = re.compile(
    r"KERAS_BACKEND[\"']?\s*\]?\s*[=,]\s*[\"'](?!tensorflow)|\bset_backend\(|\brun_eagerly\b|\brun_functions_eagerly\b"
)
_DEAD = re.compile(
    r"(?m)^\s*(?:import|from)\s+keras\.(?:layers\.(?:recurrent|core|wrappers|embeddings|normalization|convolutional|pooling|noise|merge"
    r"|advanced_activations)|wrappers|engine|legacy|objectives|utils\.np_utils)\b"
)
"""Imports that fail with Keras 3, whatever the project asks for."""
_OLD = re.compile(
    r"\bkeras\.layers\.(?:recurrent|core|wrappers|embeddings|normalization|convolutional|advanced_activations|pooling|noise|merge)"
    r"(?: import|\.)|\bkeras\.(?:wrappers|engine|legacy|objectives|layers\.cudnn_recurrent|preprocessing\.text)\b|\bnp_utils\b"
    r"|\bkeras\.(?:utils\.(?:generic_utils|vis_utils|training_utils|data_utils)|backend\.tensorflow_backend|models\.model_from_yaml)\b"
    r"|\b(?:nb_epoch|samples_per_epoch|nb_val_samples|nb_filter|filter_length|border_mode|subsample_length|consume_less|inner_init"
    r"|inner_activation|dropout_W|dropout_U|W_regularizer|U_regularizer|b_regularizer)\s*="
    r"|\binit\s*=\s*[\"'](?:uniform|normal|glorot|lecun|he_|orthogonal|zero|one)"
    r"|\b(?:Dense|LSTM|GRU|SimpleRNN|TimeDistributedDense|Convolution[123]D|AveragePooling1D)\((?:[^()]|\([^()]*\)){0,300}\boutput_dim\s*="
    r"|\bCuDNN(?:LSTM|GRU)\b|\b(?:Convolution[123]D|TimeDistributedDense|TimeDistributedMerge|MaxoutDense|Highway|Merge|merge)\("
    r"|\.(?:predict_classes|predict_proba|fit_generator|evaluate_generator|predict_generator)\("
    r"|\b(?:tf|tensorflow)\.contrib\b|\btf\.(?:Session|ConfigProto|GPUOptions|get_default_graph|placeholder)\("
    r"|\b(?:K|backend)\.(?:set_session|get_session|tensorflow_backend|set_learning_phase|image_dim_ordering)\b|\bset_session\b"
    r"|\b(?:SGD|Adam|RMSprop|RMSProp|Adagrad|Adadelta|Adamax|Nadam|adam|rmsprop|sgd)\((?:[^()]*,)?\s*(?:lr|decay)\s*="
    r"|\bModel\(\s*input\s*=|\bsklearn\.cross_validation\b|(?m:^\s*print\s+[\"'\w])|\bK\.tf\b|\bsklearn\.externals\b"
    r"|\.as_matrix\(|\.ix\[|\bnp\.(?:int|float|bool|object)\b|\bfrom pandas import [^\n]*\bdatetime\b|\bsqueeze=True, date_parser\b"
    r"|\bxrange\(|\benable_eager_execution\(|\braw_input\("
)
"""What no Keras 3 has, or what had gone from Python, numpy, pandas and scikit-learn before there was one."""


def keras_version(source: Source, setting: str = "auto") -> Evidence:
    """The major version of Keras, and what says so: the setting, the project, or the script; 3 and "" where nothing does."""
    if setting != "auto":
        return int(setting), f"keras-version = {setting}"
    text = "\n".join(cell.text for cell in source.cells)
    if _LEGACY.search(text):
        return 2, "the script, which uses tf_keras"
    if _DEAD.search(text):
        return 2, _AGE
    told = None if source.path is None else _of_project(os.path.dirname(os.path.abspath(source.path)), text)
    if told is not None:
        return told
    if _NEW.search(text):
        return 3, "the script, which uses what only Keras 3 has"
    if _OLD.search(text):
        return 2, _AGE
    return 3, ""


def is_compiled(source: Source) -> bool:
    """Whether Keras makes graphs of TensorFlow of a script's models, for all that the script says."""
    return not any(_NO_GRAPHS.search(cell.text) for cell in source.cells)


def _of_project(folder: str, text: str) -> Evidence | None:
    # Without a keras of its own, tf.keras is what TensorFlow brings.
    first = "keras" if re.search(r"(?m)^\s*(?:import|from)\s+keras\b", text) else "tensorflow"
    for path, content in requirements(folder):
        asked = dict(asked_for(content))
        for package in (first, "keras", "tensorflow", "tf-keras"):
            if package in asked:
                return asked[package], os.path.basename(path)
    return None


def requirements(folder: str) -> Iterator[tuple[str, str]]:
    """The files of a project that say what it needs, nearest to `folder` first: their paths and contents."""
    for current in _upwards(folder):
        try:
            names = sorted(os.listdir(current))
        except OSError:
            return
        for name in names:
            if _FILE.match(name):
                path = os.path.join(current, name)
                yield path, _read(path)
        if not MARKERS.isdisjoint(names):
            return


def _upwards(folder: str) -> Iterator[str]:
    for _ in range(_LEVELS):
        yield folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return
        folder = parent


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read(_LONGEST)
    except OSError:
        return ""


def asked_for(text: str) -> Iterator[tuple[str, int]]:
    """The packages that decide about Keras in a list of requirements or a lock file, with the major version of Keras each means."""
    text = _COMMENT.sub("", text)
    for found in _LOCKED.finditer(text):
        package, version = (found[1], found[2]) if found[1] else (found[3], found[4])
        major = _meant(_package(package), [("==", "", version, "")])
        if major is not None:
            yield _package(package), major
    for found in _ASKED.finditer(text):
        major = _meant(_package(found[1]), _CLAUSE.findall(found[2]))
        if major is not None:
            yield _package(found[1]), major


def _package(name: str) -> str:
    name = name.lower().replace("_", "-")
    return "tensorflow" if name.startswith("tensorflow") else name


def _meant(package: str, clauses: list[tuple[str, str, str, str]]) -> int | None:
    """The major version of Keras that version clauses leave; None where they leave both."""
    if package == "tf-keras":
        return 2
    first = _FIRST_OF_3[package]
    for operator, mark, text, star in clauses:
        version = tuple(map(int, text.split(".")))
        loose = bool(mark or star) or operator == "~=" or (operator == "=" and len(version) < 2)
        if operator in ("<", "<="):
            if version < first or (version[: len(first)] == first and not any(version[len(first) :]) and operator == "<"):
                return 2
        elif operator in (">", ">="):
            if version >= first:
                return 3
        elif operator in ("=", "==", "===", "~="):
            if version >= first:
                return 3
            if not loose or len(version) > 2 or version[0] < first[0]:
                return 2
    return None
