"""What all tests have in common."""
from __future__ import annotations

import pytest


@pytest.fixture(autouse=True, scope="session")
def _results_are_kept_apart(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The user's own cache is not for tests."""
    patch = pytest.MonkeyPatch()
    patch.setenv("LSTMLINT_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
