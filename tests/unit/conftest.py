"""What unit tests of several packages share."""

import pytest

from tests.unit.samples.reports import Samples


@pytest.fixture(scope="session")
def samples() -> Samples:
    return Samples()
