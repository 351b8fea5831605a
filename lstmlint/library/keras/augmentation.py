"""Layers that vary or mend pictures: none of them changes a shape."""

from __future__ import annotations

from lstmlint.library.keras.core import unchanged
from lstmlint.library.keras.specs import layer

_PARAMETERS = {
    "AugMix": "value_range num_chains chain_depth factor alpha all_ops interpolation seed data_format",
    "AutoContrast": "value_range",
    "ContrastLimitedAdaptiveHistogramEqualization": "value_range clip_limit tile_grid_size data_format",
    "CutMix": "factor seed data_format",
    "Equalization": "value_range bins data_format",
    "MixUp": "alpha data_format seed",
    "RandAugment": "value_range num_ops factor interpolation seed data_format",
    "RandomBrightness RandomContrast": "factor value_range seed",
    "RandomColorDegeneration RandomHue RandomPosterization RandomSaturation RandomSharpness": "factor value_range data_format seed",
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
