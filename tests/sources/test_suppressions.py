"""`# noqa` comments."""
from __future__ import annotations

import pytest

from lstmlint.sources.suppressions import suppressed


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa", "#noqa", "# NOQA", "# NoQA", "# noqa: LST102", "# noqa:LST102", "# noqa : LST102", "# noqa: lst102",
        "# noqa: E501, LST102", "# noqa: E501,LST102", "# noqa: E501 LST102", "# noqa: LST1",
        "# type: ignore # noqa", "# noqa: the window is right",
        "# noqa - why",
    ],
)  # fmt: skip
def test_silence(comment: str) -> None:
    assert suppressed(f"model.add(LSTM(3))  {comment}", "LST102")


@pytest.mark.parametrize("comment", ["", "# noqa: E501", "# noqa: LST201", "# noqa: LST1020", "# no qa", "# LST102", "noqa"])
def test_no_silence(comment: str) -> None:
    assert not suppressed(f"model.add(LSTM(3))  {comment}", "LST102")
