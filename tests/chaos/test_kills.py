"""A bot that is killed at any moment tells everything once, in order, and to the letter."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chaos.conftest import KILLS, SEED
from tests.chaos.reading import ALL_IS_WELL, in_order, judge, places, read
from tests.chaos.season import Season
from tests.chaos.steps import MOMENTS, NEEDS, moments_of
from tests.chaos.tally import Tally
from tests.chaos.twin import as_it_should_read

OF_A_SEASON = min(50, max(KILLS // 2, 1))
SEASONS = [(n, ("sqlite", "postgresql")[n % 2]) for n in range(-(-KILLS // OF_A_SEASON))]
ENOUGH_FOR_EACH_NEED, ENOUGH_FOR_EACH_MOMENT = 50, 1_000
MAY_BE_MISSED = 2  # needs, where the deaths are few: what is left to do when depends on how fast the machine is


@pytest.mark.parametrize(("number", "kind"), SEASONS)
async def test_a_bot_that_is_killed_again_and_again_tells_everything_once(
    number: int, kind: str, new_url: Callable[[str], str], tmp_path: Path, tally: Tally
) -> None:
    seed = f"{SEED}-{number}"
    season = Season(seed, new_url(kind), tmp_path)
    await season.play(OF_A_SEASON)
    (tmp_path / "twin").mkdir()
    owed = await as_it_should_read(seed, season.ledger.measured(), tmp_path / "twin")
    judgment = judge(read(season.slack.ws), in_order(owed, season.ledger.places()))
    tally.add(season.killed, season.slack.faults, owed, season.ledger.counts(), judgment)
    assert judgment == ALL_IS_WELL
    assert set(season.ledger.counts()) <= {"sent", "superseded"}
    assert places(season.slack.ws) == season.ledger.places()


def test_death_came_at_every_step(tally: Tally) -> None:
    deaths = tally.killed.total()
    if deaths < ENOUGH_FOR_EACH_NEED:
        pytest.skip(f"{deaths} deaths are too few to come at every step")
    missed = {need for need in NEEDS if not any(tally.killed[each] for each in moments_of(need))}
    assert len(missed) <= MAY_BE_MISSED, missed
    if deaths >= ENOUGH_FOR_EACH_MOMENT:
        assert [moment for moment in MOMENTS if not tally.killed[moment]] == []
