"""Reading files of other programs."""
from __future__ import annotations

from lstmlint.library.registry import models
from lstmlint.shapes.shape import UNKNOWN_SHAPE
from lstmlint.values.base import Value, unknown
from lstmlint.values.data import Array, DictObject, Entries, tuple_of


@models("scipy.io.loadmat")
def loadmat(file_name: Value) -> Value:
    """docs.scipy.org: the variables of a MATLAB file by name, each an array."""
    return DictObject(Entries((), True, Array(UNKNOWN_SHAPE)))


@models("scipy.io.wavfile.read")
def read_wave(filename: Value) -> Value:
    """docs.scipy.org: the sample rate, and samples of rank 1, or 2 with several channels."""
    return tuple_of(unknown("int", "rate"), Array(UNKNOWN_SHAPE))
