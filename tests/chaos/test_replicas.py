"""Three bots share the work, and one is killed every few seconds: each message stands once, and in its order."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from kpibot.store.store import Store, open_engine
from tests.chaos.conftest import DELIVERIES, SEED
from tests.chaos.ledger import Ledger
from tests.chaos.reading import ALL_IS_WELL, judge, places, read
from tests.chaos.replicas import Replicas
from tests.chaos.tally import Tally
from tests.scenario.scene import Helpdesk

DEATHS = 4  # at least


@pytest.fixture
def url(new_url: Callable[[str], str]) -> str:
    """A PostgreSQL that does not wait for the disk: nobody cuts the power here."""
    made = new_url("postgresql")
    with closing(sa.create_engine(made, isolation_level="AUTOCOMMIT").connect()) as connection:
        connection.exec_driver_sql(f"ALTER DATABASE {sa.make_url(made).database} SET synchronous_commit TO off")
    connection.engine.dispose()
    return made


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    made = Store(open_engine(url), owner="the author")
    yield made
    made.close()


async def test_replicas_of_which_one_is_always_dying_deliver_each_message_once_and_in_order(
    url: str, store: Store, tmp_path: Path, tally: Tally
) -> None:
    ledger = Ledger(url)
    replicas = Replicas(SEED, url, Helpdesk(tmp_path / "helpdesk.db").url, tmp_path)
    await replicas.deliver(DELIVERIES, DEATHS, store, ledger)
    judgment = judge(read(replicas.slack.ws), replicas.author.owed)
    tally.add_replicas(replicas.killed, ledger.counts(), judgment)
    assert judgment == ALL_IS_WELL
    assert set(ledger.counts()) <= {"sent", "superseded"}
    assert ledger.counts()["sent"] >= DELIVERIES
    assert places(replicas.slack.ws) == ledger.places()
    assert replicas.killed >= DEATHS
