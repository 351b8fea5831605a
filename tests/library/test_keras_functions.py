"""The functions of Keras that have no model, by introspection: a new one is noticed, and so is one that has got its model."""
from __future__ import annotations

import importlib
import os

import pytest

from lstmlint.library import registry

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
pytest.importorskip("keras")

WITHOUT_A_MODEL = {
    "keras.ops": """
        adaptive_average_pool adaptive_max_pool allclose argpartition associative_scan bincount bitwise_invert cdist
        cholesky_inverse conv_transpose correlate cross ctc_decode ctc_loss custom_gradient depth_to_space depthwise_conv
        diagflat dsplit dtype eig eigh fold fori_loop get_item histogram in_top_k irfft istft jvp kron logdet lstsq
        lu_factor polar psnr rearrange scan select separable_conv slogdet solve solve_triangular space_to_depth stft
        switch trapezoid unfold unique unravel_index vectorize view view_as_complex view_as_real while_loop""",
    "keras.utils": """
        array_to_img audio_dataset_from_directory custom_object_scope deserialize_keras_object enable_interactive_logging
        get_custom_objects get_registered_name get_registered_object get_source_inputs image_dataset_from_directory
        is_interactive_logging_enabled model_to_dot register_keras_serializable save_img serialize_keras_object
        split_dataset standardize_dtype text_dataset_from_directory""",
    "keras.random": "",
    "keras.activations": "deserialize get serialize",
}
"""By module; what they answer is unknown."""


@pytest.mark.parametrize("module", WITHOUT_A_MODEL)
def test_functions_without_a_model(module: str) -> None:
    for root in ("keras", "tensorflow"):
        registry.load(root)
    public = importlib.import_module(module)
    functions = [name for name in dir(public) if name[0].islower() and callable(getattr(public, name))]
    missing = {name for name in functions if registry.find(f"{module}.{name}") is None}
    assert sorted(missing) == WITHOUT_A_MODEL[module].split()
