"""Layers that vary or mend pictures: none of them changes a shape."""

from __future__ import annotations

from lstmlint.library.keras.convolution import channel_axis
from lstmlint.library.keras.core import unchanged
from lstmlint.library.keras.specs import layer
from lstmlint.shapes.dims import differ
from lstmlint.shapes.shape import Result, Shape, Violation
from lstmlint.values.network import Layer

_OF_COLORS = "factor value_range data_format seed"

_PARAMETERS = {
    "AugMix": "value_range num_chains chain_depth factor alpha all_ops interpolation seed data_format",
    "AutoContrast": "value_range",
    "ContrastLimitedAdaptiveHistogramEqualization": "value_range clip_limit tile_grid_size data_format",
    "CutMix": "factor seed data_format",
    "Equalization": "value_range bins data_format",
    "MixUp": "alpha data_format seed",
    "RandAugment": "value_range num_ops factor interpolation seed data_format",
    "RandomBrightness RandomContrast": "factor value_range seed",
    "RandomHue RandomPosterization RandomSaturation RandomSharpness": _OF_COLORS,
    "RandomColorJitter": "value_range brightness_factor contrast_factor saturation_factor hue_factor seed data_format",
    "RandomElasticTransform": "factor scale interpolation fill_mode fill_value value_range seed data_format",
    "RandomErasing": "factor scale fill_value value_range seed data_format",
    "RandomFlip": "mode seed data_format",
    "RandomGaussianBlur": "factor kernel_size sigma value_range data_format seed",
    "RandomGrayscale": "factor data_format seed",
    "RandomInvert": "factor value_range seed data_format",
    "RandomPerspective": "factor scale interpolation fill_value seed data_format",
    "RandomRotation": "factor fill_mode interpolation seed fill_value data_format",
    "RandomShear": "x_factor y_factor interpolation fill_mode fill_value data_format seed",
    "RandomTranslation RandomZoom": "height_factor width_factor fill_mode interpolation seed fill_value data_format",
    "Solarization": "addition_factor threshold_factor value_range seed",
    "MaxNumBoundingBoxes": "max_number fill_value",
}

for _names, _parameters in _PARAMETERS.items():
    for _name in _names.split():
        layer(_name, _parameters)(unchanged)


@layer("RandomColorDegeneration", _OF_COLORS)
def degenerated(layer: Layer, x: Shape) -> Result:
    """keras.io: the output has the input's shape; of these layers the only one that looks at it before there are data."""
    if x.rank is not None and x.rank not in (3, 4):
        return x, Violation("rank", f"expects rank 4 (or 3: one picture), got rank {x.rank}", x, 4)
    last = channel_axis(layer)
    at = None if last is None or x.rank is None else -1 if last == -1 else x.rank - 3
    channels = None if at is None else x.axis(at)
    if channels is not None and differ(channels.dim, 3):
        return x, Violation("size", f"expects pictures of 3 channels, got {x}", x)
    return x, None
