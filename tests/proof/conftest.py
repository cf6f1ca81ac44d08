"""Fixtures of the proofs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.proof.eras import require
from tests.proof.lab import Lab


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """The lab; an era that cannot be built skips the test, or fails it in CI."""
    with Lab(require) as made:
        yield made
