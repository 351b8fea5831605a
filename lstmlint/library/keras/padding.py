"""Where the steps of padded sequences come from."""

from __future__ import annotations

from dataclasses import dataclass

from lstmlint.values.code import Site


@dataclass(frozen=True, slots=True)
class PaddedBehind:
    """The origin of an axis of time whose last steps are padding in all but the longest sequences: padded at `site`."""

    site: Site
