"""Batches of PyTorch's loaders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lstmlint.confirm.layers import NotRebuilt
from lstmlint.confirm.texts import NotPlain, Text, length
from lstmlint.values.base import Undecided, Value
from lstmlint.values.data import Array
from lstmlint.values.origins import Call

if TYPE_CHECKING:
    from lstmlint.confirm.replay import Replay


def batch_of(replay: Replay, call: Call, wanted: Value | None) -> str:
    """One batch of a loader, of as many samples as its first axis says."""
    if call.sample is None or not isinstance(wanted, Array) or wanted.shape.rank in (None, 0):
        raise NotRebuilt("what the loader gives isn't known")
    size = wanted.shape.dims[0]
    key = (id(call), size)
    if key not in replay.names:
        replay.positive.append(size)
        replay.imports.add("torch.utils.data")
        made = replay.origins.of(call.args[0])
        try:
            with replay.attempt():
                if made is None:
                    raise NotRebuilt("the loader can't be replayed")
                dataset = replay.value(made[0].args[0] if made[0].args else made[0].keywords["dataset"], made[0])
                text: Text = ("next(iter(torch.utils.data.DataLoader(", *dataset, ", batch_size=", *length(size), ")))")
        except (NotRebuilt, NotPlain, Undecided, KeyError):
            samples = replay.value(call.sample, call)
            text = ("torch.utils.data.default_collate([", *samples, "] * ", *length(size), ")")
        replay.kept.append(call)
        replay.names[key] = replay.bind(text)
    return replay.names[key]
