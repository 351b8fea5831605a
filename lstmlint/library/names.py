"""One name for each thing: the many paths by which a library's object can be imported, reduced to the present public one."""
from __future__ import annotations

import re
from functools import lru_cache

_KERAS_ROOT = re.compile(
    r"^(?:tensorflow(?:_core)?(?:\.compat\.v[12])?(?:\.python|\.contrib|_api\.v[12])?\.keras(?:\.api(?:\._v[12])?(?:\.keras)?)?"
    r"|tf_keras(?:\.src|\.api)?|keras_core|keras\.(?:api|src)|tf\.keras)(?=\.|$)"
)

_KERAS_MOVED = {
    "keras.layers.Input": "keras.Input",
    "keras.preprocessing.sequence.pad_sequences": "keras.utils.pad_sequences",
    "keras.preprocessing.sequence.TimeseriesGenerator": "keras.utils.TimeseriesGenerator",
    "keras.preprocessing.timeseries_dataset_from_array": "keras.utils.timeseries_dataset_from_array",
    "keras.preprocessing.text.Tokenizer": "keras.utils.Tokenizer",
    "keras.wrappers.scikit_learn.KerasClassifier": "scikeras.wrappers.KerasClassifier",
    "keras.wrappers.scikit_learn.KerasRegressor": "scikeras.wrappers.KerasRegressor",
}
_KERAS_TOP = {"Sequential", "Model", "Input"}

_MOVED_ROOTS = {
    "sklearn.cross_validation": "sklearn.model_selection",
    "sklearn.preprocessing._data": "sklearn.preprocessing",
    "sklearn.preprocessing.data": "sklearn.preprocessing",
    "sklearn.preprocessing.label": "sklearn.preprocessing",
    "sklearn.model_selection._split": "sklearn.model_selection",
    "kerastuner.tuners": "keras_tuner",
    "kerastuner": "keras_tuner",
    "keras_tuner.tuners": "keras_tuner",
    "numpy.core.numeric": "numpy",
    "numpy.core": "numpy",
    "absl.flags": "tensorflow.app.flags",
}


_TORCH = (
    (re.compile(r"^torch\.nn\.modules(?:\.[a-z_0-9]+)*\.(?=[A-Z])"), "torch.nn."),
    (
        re.compile(r"^torch\.utils\.data\.(?:dataloader|dataset|sampler|distributed|_utils\.collate)\.(?=[A-Za-z])"),
        "torch.utils.data.",
    ),
    (re.compile(r"^torch\.autograd\.variable\."), "torch.autograd."),
    (re.compile(r"^torch\.cuda\.(?=\w+Tensor$)"), "torch."),
    (
        re.compile(r"^(?:pytorch_lightning|lightning\.pytorch|lightning)(?:\.core(?:\.\w+)?)?\.(?=Lightning|Trainer(?:\.|$))"),
        "lightning.",
    ),
)
"""Where PyTorch keeps what it offers under a shorter path, and the names of PyTorch Lightning."""


_TENSORFLOW = (
    (re.compile(r"^tensorflow_core(?=\.|$)"), "tensorflow"),
    (re.compile(r"^tensorflow\.(?:compat\.v[12]|_api\.v[12])(?=\.|$)"), "tensorflow"),
    (re.compile(r"^tensorflow\.(?:flags|python\.platform\.(?:app\.)?flags)(?=\.|$)"), "tensorflow.app.flags"),
    (
        re.compile(
            r"^tensorflow\.(?:contrib\.rnn(?:\.python\.ops(?:\.\w+)?)?|contrib\.cudnn_rnn|models\.rnn\.rnn_cell"
            r"|python\.ops\.(?:nn\.)?rnn_cell(?:_impl)?|nn\.python\.ops\.rnn_cell)\.(?=[A-Z])"
        ),
        "tensorflow.nn.rnn_cell.",
    ),
    (
        re.compile(r"^tensorflow\.(?:contrib\.rnn(?:\.python\.ops(?:\.\w+)?)?|models\.rnn\.rnn|python\.ops\.rnn)\.(?=[a-z])"),
        "tensorflow.nn.",
    ),
    (re.compile(r"^tensorflow\.python\.ops\.nn(?:_ops)?\."), "tensorflow.nn."),
    (re.compile(r"^tensorflow\.python\.ops\.\w+_ops\."), "tensorflow."),
    (
        re.compile(
            r"^tensorflow\.(?:nn\.seq2seq|contrib\.legacy_seq2seq(?:\.python\.ops\.seq2seq)?|python\.ops\.seq2seq"
            r"|models\.rnn\.seq2seq)(?=\.|$)"
        ),
        "tensorflow.contrib.legacy_seq2seq",
    ),
    (re.compile(r"^tensorflow\.contrib\.seq2seq\.python\.ops\.\w+\."), "tensorflow.contrib.seq2seq."),
    (re.compile(r"^tensorflow\.python\.layers\.\w+\."), "tensorflow.layers."),
)
"""Where TensorFlow 1 kept what it offered under another path, too."""


@lru_cache(maxsize=4096)
def canonical(path: str) -> str:
    """The present public path of what `path` names: "tensorflow.keras.layers.recurrent.LSTM" is "keras.layers.LSTM"."""
    keras = _KERAS_ROOT.sub("keras", path)
    if keras == "keras" or keras.startswith("keras."):
        return _keras(keras)
    for pattern, short in _TENSORFLOW if path.startswith("tensorflow") else ():
        path = pattern.sub(short, path)
    for pattern, short in _TORCH if path.startswith(("torch.", "pytorch_lightning.", "lightning.")) else ():
        path = pattern.sub(short, path)
    for old, new in _MOVED_ROOTS.items():
        if path == old or path.startswith(old + "."):
            return new + path[len(old) :]
    return path


def _keras(path: str) -> str:
    parts = path.split(".")
    last = parts[-1]
    if len(parts) > 2:
        area = parts[1]
        if last in _KERAS_TOP:
            return f"keras.{last}"
        if area == "layers" or (area in ("engine", "legacy") and last[:1].isupper()):
            path = f"keras.layers.{last}"
        elif area == "utils":
            path = f"keras.utils.{last}"
    return _KERAS_MOVED.get(path, path)
