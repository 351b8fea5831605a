"""Layers that stacks seldom reach, compared with the installed Keras: merging, attention, states, data formats."""
from __future__ import annotations

import os
import random
import warnings
from typing import Any

import pytest

from lstmlint.library.keras.specs import SPECS
from lstmlint.values.data import Items, ListObject
from tests.library.differential import FakeCaller
from tests.library.keras_stacks import Spec, apply, faults, real_shapes, shapes, symbolic

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
keras = pytest.importorskip("keras")


def disagreement(spec: Spec, inputs: list[tuple[int | None, ...]], as_list: bool = True, **keywords: Any) -> str | None:
    """What differs between Keras and the model of a layer on inputs without their batch axis; None if nothing does."""
    caller = FakeCaller()
    ours = [symbolic((None, *shape)) for shape in inputs]
    value = ListObject(Items.of(ours)) if as_list else ours[0]
    answer = apply(spec.model(caller), value, caller, **keywords)
    told = [event.violation for event in faults(caller)]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            real = [keras.Input(shape) for shape in inputs]
            expected = real_shapes(spec.real(keras.layers)(real if as_list else real[0], **keywords))
    except Exception as error:  # noqa: BLE001 - whatever Keras raises
        return None if told else f"{spec} on {inputs}: Keras {error}, model {shapes(answer)}"
    if told:
        return f"{spec} on {inputs}: Keras {expected}, model {told}"
    return None if _fits(shapes(answer), expected) else f"{spec} on {inputs}: Keras {expected}, model {shapes(answer)}"


def _fits(ours: Any, theirs: Any) -> bool:
    """Equal; the model may know a length that Keras leaves open."""
    if isinstance(theirs, list):
        return isinstance(ours, list) and len(ours) == len(theirs) and all(map(_fits, ours, theirs))
    return len(ours) == len(theirs) and all(have == want or want is None for have, want in zip(ours, theirs))


@pytest.mark.parametrize("seed", range(4))
def test_merging(seed: int) -> None:
    draw = random.Random(seed)
    wrong = []
    for _ in range(60):
        kind = draw.choice(["Add", "Multiply", "Average", "Maximum", "Minimum", "Subtract", "Concatenate", "Concatenate"])
        first = [draw.choice([1, 2, 3, None]) for _ in range(draw.randint(1, 3))]
        inputs = [tuple(first)]
        for _ in range(1 if kind == "Subtract" else draw.randint(1, 2)):
            other = [dim if draw.random() < 0.8 else draw.choice([1, 2, 4, None]) for dim in first]
            inputs.append(tuple(other if draw.random() < 0.85 else other[1:] or [*other, 2]))
        axes = {"axis": draw.choice([-1, -1, 1, 2])} if kind == "Concatenate" and draw.random() < 0.6 else {}
        if axes.get("axis") == 2 and len(first) < 2:
            axes = {}
        difference = disagreement(Spec(kind, axes), inputs)
        if difference:
            wrong.append(difference)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("seed", range(2))
def test_dot(seed: int) -> None:
    draw = random.Random(seed)
    wrong = []
    for _ in range(40):
        inputs = [tuple(draw.choice([2, 3]) for _ in range(draw.randint(1, 2))) for _ in range(2)]
        options = [-1, 1] if min(map(len, inputs)) == 1 else [-1, 1, 2, (1, 2), (2, 2), (2, 1)]
        difference = disagreement(Spec("Dot", {"axes": draw.choice(options)}), inputs)
        if difference:
            wrong.append(difference)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("spec", "inputs"),
    [
        (Spec("Attention"), [(5, 4), (7, 4)]),
        (Spec("Attention"), [(5, 4), (7, 4), (7, 4)]),
        (Spec("AdditiveAttention"), [(5, 4), (None, 4)]),
        (Spec("AdditiveAttention"), [(5, 4), (7, 1)]),
    ],
)
def test_attention(spec: Spec, inputs: list[tuple[int | None, ...]]) -> None:
    assert disagreement(spec, inputs) is None
    assert disagreement(spec, inputs, return_attention_scores=True) is None


def test_attention_of_one_vector_for_each_sample() -> None:
    """Keras lets it pass: each sample attends to its batch, and the symbolic shape is not that of the data."""
    caller = FakeCaller()
    layer = Spec("Attention").model(caller)
    output = apply(layer, ListObject(Items.of([symbolic((None, 4)), symbolic((None, 7, 4))])), caller)
    assert faults(caller) == []
    assert shapes(output) == "?"


_LSTM = {"units": 3}
_SINGLE: list[tuple[Spec, tuple[int | None, ...]]] = [
    (Spec("LSTM", {**_LSTM, "return_state": True}), (5, 2)),
    (Spec("GRU", {**_LSTM, "return_state": True, "return_sequences": True}), (5, 2)),
    (Spec("SimpleRNN", {**_LSTM, "return_state": True}), (None, 2)),
    (Spec("RNN", {"cell": Spec("LSTMCell", _LSTM), "return_state": True}), (5, 2)),
    (Spec("RNN", {"cell": Spec("GRUCell", _LSTM), "return_state": True}), (5, 2)),
    (Spec("RNN", {"cell": [Spec("LSTMCell", _LSTM), Spec("GRUCell", {"units": 4})], "return_state": True}), (5, 2)),
    (Spec("RNN", {"cell": Spec("StackedRNNCells", {"cells": [Spec("LSTMCell", _LSTM)]})}), (5, 2)),
    (Spec("Bidirectional", {"layer": Spec("LSTM", {**_LSTM, "return_state": True})}), (5, 2)),
    (Spec("Bidirectional", {"layer": Spec("LSTM", {**_LSTM, "return_state": True}), "merge_mode": None}), (5, 2)),
    (Spec("Bidirectional", {"layer": Spec("GRU", {**_LSTM, "return_sequences": True}), "merge_mode": None}), (5, 2)),
    (Spec("Bidirectional", {"layer": Spec("GRU", _LSTM)}), (2,)),
    (Spec("LSTM", {**_LSTM, "stateful": True}), (4, 2)),
    (Spec("ConvLSTM2D", {"filters": 2, "kernel_size": 2, "return_state": True}), (3, 6, 6, 1)),
    (Spec("ConvLSTM2D", {"filters": 2, "kernel_size": 2}), (3, None, 6, 1)),
    (Spec("ConvLSTM1D", {"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same"}), (3, 7, 1)),
    (Spec("Conv1D", {"filters": 2, "kernel_size": 3, "padding": "causal", "dilation_rate": 2}), (7, 1)),
    (Spec("Conv1D", {"filters": 2, "kernel_size": 9}), (7, 1)),
    (Spec("Conv2D", {"filters": 2, "kernel_size": 3, "data_format": "channels_first"}), (3, 7, 6)),
    (Spec("Conv2D", {"filters": 4, "kernel_size": 3, "groups": 2}), (7, 7, 3)),
    (Spec("MaxPooling2D", {"data_format": "channels_first"}), (3, 7, 6)),
    (Spec("MaxPooling1D", {"pool_size": 8}), (7, 3)),
    (Spec("GlobalAveragePooling1D", {"data_format": "channels_first"}), (7, 3)),
    (Spec("AdaptiveAveragePooling1D", {"output_size": 2}), (7, 3)),
    (Spec("ZeroPadding1D", {"padding": (1, 2)}), (7, 3)),
    (Spec("ZeroPadding2D", {"padding": (1, 2), "data_format": "channels_first"}), (7, 3, 3)),
    (Spec("Cropping1D", {"cropping": (3, 4)}), (7, 3)),
    (Spec("Cropping2D"), (7, 3, 3)),
    (Spec("UpSampling3D"), (2, 3, 4, 1)),
    (Spec("SpatialDropout1D", {"rate": 0.5}), (7,)),
    (Spec("SpatialDropout2D", {"rate": 0.5}), (7, 2, 2)),
    (Spec("GroupNormalization", {"groups": 2}), (7, 4)),
    (Spec("GroupNormalization", {"groups": 2}), (7, 3)),
    (Spec("BatchNormalization"), (7, None)),
    (Spec("Dense", {"units": 3}), (7, None)),
    (Spec("Dense", {"units": 3}), ()),
    (Spec("Flatten"), ()),
    (Spec("Flatten"), (None, 3)),
    (Spec("Reshape", {"target_shape": (-1, 2)}), (None, 4)),
    (Spec("Reshape", {"target_shape": (5, -1)}), (3, 4)),
    (Spec("Permute", {"dims": (2, 1)}), (3, 4, 5)),
    (Spec("RepeatVector", {"n": 3}), (3, 4)),
    (Spec("TimeDistributed", {"layer": Spec("Dense", _LSTM)}), (3,)),
    (Spec("TimeDistributed", {"layer": Spec("LSTM", _LSTM)}), (3, 4)),
    (Spec("TimeDistributed", {"layer": Spec("TimeDistributed", {"layer": Spec("Dense", _LSTM)})}), (3, 4, 5)),
    (Spec("Embedding", {"input_dim": 4, "output_dim": 5}), (3, 4)),
    (Spec("Resizing", {"height": 4, "width": 5}), (3, 4, 1)),
    (Spec("Rescaling", {"scale": 0.5}), (3, 4, 1)),
    (Spec("PReLU"), (3, 4)),
    (Spec("GaussianNoise", {"stddev": 0.5}), (3, 4)),
    (Spec("RMSNormalization"), (3, 4)),
    (Spec("UnitNormalization"), (3, 4)),
    (Spec("EinsumDense", {"equation": "abc,cd->abd", "output_shape": (None, 6)}), (3, 4)),
    (Spec("STFTSpectrogram", {"frame_length": 4, "fft_length": 4, "data_format": "channels_first"}), (3, 24)),
    (Spec("MelSpectrogram", {"fft_length": 64, "sequence_stride": 16, "num_mel_bins": 5}), (160,)),
    (Spec("Discretization", {"bin_boundaries": [0.0, 1.0], "output_mode": "one_hot"}), (3, 1)),
    (Spec("CategoryEncoding", {"num_tokens": 5, "output_mode": "one_hot"}), (3, 1)),
    (Spec("CategoryEncoding", {"num_tokens": 5}), (3, 3)),
    (Spec("CategoryEncoding", {"num_tokens": 5}), (3,)),
    (Spec("CategoryEncoding", {"num_tokens": 5, "output_mode": "count"}), (None, 3, 3)),
    (Spec("Discretization", {"bin_boundaries": [0.0, 1.0], "output_mode": "multi_hot"}), (3, 2)),
    (Spec("Discretization", {"bin_boundaries": [0.0, 1.0], "output_mode": "count"}), ()),
    (Spec("IntegerLookup", {"vocabulary": [3, 4, 5], "output_mode": "multi_hot"}), (7,)),
    (Spec("IntegerLookup", {"vocabulary": [3, 4, 5], "output_mode": "one_hot", "num_oov_indices": 2}), (7, 1)),
    (Spec("Hashing", {"num_bins": 4, "output_mode": "multi_hot"}), (7,)),
    (Spec("ReversibleEmbedding", {"input_dim": 4, "output_dim": 5}), (3,)),
    (Spec("Pipeline", {"layers": [Spec("Rescaling", {"scale": 2.0}), Spec("CenterCrop", {"height": 2, "width": 3})]}), (8, 8, 3)),
    (Spec("PReLU"), (None, 4)),
    (Spec("BatchNormalization", {"axis": 3}), (3, 4)),
    (Spec("SpectralNormalization", {"layer": Spec("Dense", _LSTM)}), (4,)),
]


@pytest.mark.parametrize(("spec", "shape"), _SINGLE, ids=[f"{spec.kind}-{at}" for at, (spec, _) in enumerate(_SINGLE)])
def test_single_layers(spec: Spec, shape: tuple[int | None, ...]) -> None:
    assert disagreement(spec, [shape], as_list=False) is None


def test_multi_head_attention() -> None:
    caller = FakeCaller()
    layer = Spec("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}).model(caller)
    value = apply(layer, symbolic((None, 5, 4)), caller, value=symbolic((None, 7, 6)))
    real = keras.layers.MultiHeadAttention(2, 3)(keras.Input((5, 4)), keras.Input((7, 6)))
    assert shapes(value) == tuple(real.shape)


_NO_LAYERS = {"InputSpec", "Layer"}
"""Classes of keras.layers that are no layers of their own."""


def test_every_layer_has_a_model() -> None:
    from lstmlint.library import registry

    classes = [name for name in dir(keras.layers) if isinstance(getattr(keras.layers, name), type)]
    assert {name for name in classes if registry.find(f"keras.layers.{name}") is None} == _NO_LAYERS


def test_every_loss_is_known() -> None:
    from lstmlint.library import registry

    names = [name for name in dir(keras.losses) if not name.startswith("_") and callable(getattr(keras.losses, name))]
    classes = {name for name in names if isinstance(getattr(keras.losses, name), type)}
    assert {name for name in classes if registry.find(f"keras.losses.{name}") is None} == {"Loss"}


def test_parameters_stand_in_the_present_order() -> None:
    import inspect

    wrong = []
    for path, spec in SPECS.items():
        real = getattr(keras.layers, path.rpartition(".")[2], None)
        if real is None:
            continue
        names = [name for name in inspect.signature(real.__init__).parameters if name not in ("self", "kwargs")]
        if list(spec.parameters) != names[: len(spec.parameters)]:
            wrong.append(f"{path}: {spec.parameters} against {names}")
    assert not wrong, "\n".join(wrong)
