"""torchvision: its data sets of pictures, and the transforms whose result is certain."""
from __future__ import annotations

from dataclasses import dataclass

import lstmlint.library.torch  # noqa: F401 - its data sets go into torch's loaders
from lstmlint.library.binding import Ignored
from lstmlint.library.coerce import to_shape
from lstmlint.library.registry import inherits, models
from lstmlint.library.torch.datasets import DATASET
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Shape
from lstmlint.values.base import MISSING, NONE, TRUE, Const, Value, constant_int, integer, is_none, unknown
from lstmlint.values.code import Caller, External, LibraryObject
from lstmlint.values.data import Array, ListObject, items_of, tuple_of
from lstmlint.values.network import plain

TRANSFORMS = "torchvision.transforms"


@dataclass(frozen=True, slots=True)
class Picture(Value):
    """A picture that is no tensor yet."""

    channels: int
    height: int
    width: int

    @property
    def type_path(self) -> str | None:
        return "PIL.Image.Image"


_PICTURES = {
    "MNIST": (Picture(1, 28, 28), 60000, 10000),
    "FashionMNIST": (Picture(1, 28, 28), 60000, 10000),
    "KMNIST": (Picture(1, 28, 28), 60000, 10000),
    "CIFAR10": (Picture(3, 32, 32), 50000, 10000),
    "CIFAR100": (Picture(3, 32, 32), 50000, 10000),
}


def _dataset(name: str) -> None:
    picture, train_samples, test_samples = _PICTURES[name]
    path = f"torchvision.datasets.{name}"
    inherits(path, DATASET)

    @models(path)
    def dataset(
        caller: Caller,
        root: Value = NONE,
        train: Value = TRUE,
        transform: Value = NONE,
        target_transform: Value = NONE,
        **others: Ignored,
    ) -> Value:
        """pytorch.org/vision: pairs of a picture and the number of its class."""
        made = LibraryObject(path)
        label = unknown("int", "label") if is_none(target_transform) else caller.call(target_transform, [unknown("int", "label")])
        made.fields.set("sample", tuple_of(transformed(caller, picture, transform), plain(label)))
        if isinstance(train, Const):
            count = train_samples if train.value else test_samples
            made.fields.set("length", integer(count))
            _set_arrays(made, picture, count)
        return made


def _set_arrays(made: LibraryObject, picture: Picture, count: int) -> None:
    """All pictures and their classes, as the data set keeps them."""
    if picture.channels == 1:
        made.fields.set("data", Array(Shape.of(count, picture.height, picture.width), "torch"))
        made.fields.set("targets", Array(Shape.of(count), "torch", "int"))
    else:
        made.fields.set("data", Array(Shape.of(count, picture.height, picture.width, picture.channels), "numpy"))


for _name in _PICTURES:
    _dataset(_name)


def _transform(name: str, *paths: str) -> None:
    @models(*(f"{TRANSFORMS}.{path}" for path in (name, *paths, f"v2.{name}", f"transforms.{name}")))
    def transform(*args: Value, **keywords: Value) -> Value:
        """pytorch.org/vision: something that changes pictures."""
        made = LibraryObject(f"{TRANSFORMS}.{name}")
        made.fields.set("arguments", tuple_of(*args))
        for key, value in keywords.items():
            made.fields.set(key, value)
        return made


_SAME = (
    "Normalize", "RandomHorizontalFlip", "RandomVerticalFlip", "ColorJitter", "GaussianBlur", "RandomErasing", "RandomInvert",
    "RandomAutocontrast", "RandomAdjustSharpness", "RandomEqualize", "RandomPosterize", "RandomSolarize",
)  # fmt: skip
_SIZED = ("Resize", "CenterCrop", "RandomCrop", "RandomResizedCrop")
for _name in ("ToTensor", "PILToTensor", "Compose", "Lambda", "Grayscale", *_SAME, *_SIZED):
    _transform(_name)


def transformed(caller: Caller, picture: Value, transform: Value) -> Value:
    """What a transform makes of a picture or tensor."""
    picture, transform = plain(picture), plain(transform)
    if is_none(transform):
        return picture
    if not isinstance(transform, LibraryObject) or not transform.path.startswith(TRANSFORMS):
        return unknown() if isinstance(transform, External) else caller.call(transform, [picture])
    name = transform.path.rpartition(".")[2]
    if name == "Compose":
        return _composed(caller, picture, _argument(transform, 0, "transforms"))
    if name in ("ToTensor", "PILToTensor"):
        return _as_tensor(picture)
    if name == "Lambda":
        return plain(caller.call(_argument(transform, 0, "lambd"), [picture]))
    if name in _SAME:
        return picture
    if isinstance(picture, Picture) and name == "Grayscale":
        channels = constant_int(_argument(transform, 0, "num_output_channels", Const(1)))
        return unknown() if channels is None else Picture(channels, picture.height, picture.width)
    return _resized(picture, _argument(transform, 0, "size"), name) if name in _SIZED else unknown()


def _argument(transform: LibraryObject, at: int, name: str, default: Value | None = None) -> Value:
    given = items_of(transform.fields.get("arguments"))
    if given is not None and given.known is not None and at < len(given.known):
        return plain(given.known[at])
    value = transform.fields.get(name)
    return plain(value) if value is not MISSING else unknown() if default is None else default


def _composed(caller: Caller, picture: Value, steps: Value) -> Value:
    items = items_of(steps) if isinstance(steps, ListObject) else None
    if items is None or items.known is None:
        return unknown()
    for step in items.known:
        picture = transformed(caller, picture, step)
    return picture


def _as_tensor(picture: Value) -> Value:
    if isinstance(picture, Picture):
        return Array(Shape.of(picture.channels, picture.height, picture.width), "torch", "float")
    if isinstance(picture, Array) and picture.kind == "numpy" and picture.shape.rank == 3:
        height, width, channels = picture.shape.axes
        return Array(Shape((channels, height, width)), "torch", None, None, picture.source)
    return Array(UNKNOWN_SHAPE, "torch")


def _resized(picture: Value, size: Value, name: str) -> Value:
    if not isinstance(picture, Picture):
        return unknown()
    wanted = to_shape(size)
    if wanted is None or not all(isinstance(dim, int) for dim in wanted.dims):
        return unknown()
    lengths = [dim for dim in wanted.dims if isinstance(dim, int)]
    if len(lengths) == 1:
        # A single number is the shorter side; the pictures that are known are squares.
        lengths = lengths * 2
    return Picture(picture.channels, *lengths) if len(lengths) == 2 else unknown()
