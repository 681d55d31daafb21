"""The servers that tests share."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.servers import Servers, ask


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    made = Servers(tmp_path)
    yield made
    made.stop()


def test_a_server_is_started_once_and_its_death_is_told(servers: Servers, tmp_path: Path) -> None:
    url = ask(servers.address, "url", "postgresql")
    assert ask(servers.address, "url", "postgresql") == url
    assert ask(servers.address, "deaths") == ""
    process = psutil.Process(int((tmp_path / "postgresql" / "postmaster.pid").read_text().split()[0]))
    process.kill()
    process.wait()
    assert ask(servers.address, "deaths").startswith("the PostgreSQL server of this run died; its log ends with\n")


def test_a_request_that_fails_is_told_to_whoever_asked(servers: Servers) -> None:
    with pytest.raises(RuntimeError, match="oracle"):
        ask(servers.address, "url", "oracle")
