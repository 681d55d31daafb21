"""A backtest, in words, for programs, and as a picture."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from kpibot.core.alerts.backtest import Backtest
from kpibot.render.charts.backtest_chart import backtest_alt, backtest_chart
from kpibot.render.charts.canvas import LINE
from kpibot.render.charts.plot import LABELS
from kpibot.render.terminal.backtest import backtest_record, backtest_text
from kpibot.render.terminal.text import display_width
from tests.unit.samples.backtests import CEDAR_HILL, OF_DISTRICT, OF_UTILIZATION, OF_WEST, WEST, backtest, past, wave

BARS = [LABELS["critical"], LABELS["warning"]]
BELOW = slice(738, 800)  # the rows of the large picture in which the bars are


def pixels(drawn: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(drawn)).convert("RGB"))


def share_of(colour: str, picture: np.ndarray) -> float:
    wanted = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    return float(np.all(picture == wanted, axis=2).mean())


def test_a_program_gets_every_alert_with_its_days() -> None:
    record = backtest_record(OF_WEST)
    assert (record["kpi"], record["first"], record["last"]) == ("tickets", "2025-11-25", "2026-11-24")
    assert (record["alerts"], record["critical"], record["held_back"]) == (1, 1, {"outside working hours": 1})
    (place,) = record["places"]
    assert place["days_in_alert"] == 325
    assert place["alerts"] == [
        {
            "first_day": "2026-01-04",
            "recovered_on": None,
            "became_critical": True,
            "held_back": "outside working hours",
        }
    ]
    (tuning,) = record["trials"]
    assert tuning["warning_now"] == 60
    assert tuning["suggested"] is None
    assert [each["alerts"] for each in tuning["levels"]] == [1, 1, 6]


def test_of_two_alerts_the_shorter_is_the_half_that_lasted_so_long() -> None:
    text = backtest_text(backtest(past("oakridge", [0.0] * 300 + [50.0] * 3 + [0.0] * 22 + [50.0] * 40)))
    assert "half of them lasted 3 days or less; the longest 40 days" in text


def test_what_does_not_fit_is_counted() -> None:
    hit = past("oakridge", [0.0] * 300 + [50.0] * 65)
    many = [replace(hit, report=replace(hit.report, campus=f"campus-{n}")) for n in range(20)]
    text = backtest_text(backtest(*many))
    assert "20 alerts at 20 of 20 campuses" in text
    assert "… and 5 campuses more; --json has all" in text


def test_where_the_recovery_threshold_differs_both_ends_are_told() -> None:
    lower = replace(WEST.report.thresholds, recovers_at=52.5)
    other = replace(WEST, report=replace(WEST.report, thresholds=lower))
    assert "recovers at 35 to 52.5" in backtest_text(backtest(other, CEDAR_HILL))


def test_of_many_years_the_last_months_are_shown() -> None:
    text = backtest_text(backtest(past("oakridge", wave(1_825, 10, 55, 30, 3))))
    assert "Alerts that began in each of the last 24 months\nDec 2024" in text
    assert "Nov 2024" not in text


def test_where_the_district_itself_is_watched_there_are_places() -> None:
    whole = replace(WEST, report=replace(WEST.report, campus="district", campus_name="Prairie View ISD"))
    assert "2 places" in backtest_text(backtest(whole, CEDAR_HILL))


def test_a_name_in_any_script_keeps_the_columns() -> None:
    named = replace(WEST, report=replace(WEST.report, campus_name="第一中学校 " * 20))
    text = backtest_text(backtest(named, CEDAR_HILL, where="学区 " * 60))
    assert max(map(display_width, text.splitlines())) <= 80


@pytest.mark.parametrize("found", [OF_WEST, OF_DISTRICT, OF_UTILIZATION], ids=["one", "several", "higher"])
def test_the_picture_shows_the_line_and_the_alerts(found: Backtest) -> None:
    picture = pixels(backtest_chart(found))
    assert picture.shape[1] == 1600
    assert share_of(LINE, picture) > 0.002
    assert sum(share_of(colour, picture) for colour in BARS) > 0.001


def test_the_bars_are_as_long_as_the_alerts() -> None:
    red, brown = (share_of(colour, pixels(backtest_chart(OF_WEST))[BELOW]) for colour in BARS)
    assert brown == 0
    width = 1600 - 170 - 330
    assert red == pytest.approx(325 / 365 * width * 34 / (1600 * 62), rel=0.02)


def test_without_alerts_there_are_no_bars() -> None:
    picture = pixels(backtest_chart(backtest(CEDAR_HILL)))[BELOW]
    assert [share_of(colour, picture) for colour in BARS] == [0, 0]


def test_of_many_places_six_are_drawn() -> None:
    seven = backtest(*[WEST] * 7)
    assert pixels(backtest_chart(seven)).shape == pixels(backtest_chart(backtest(*[WEST] * 6))).shape


def test_the_alternative_text_says_what_the_bars_say() -> None:
    said = backtest_alt(OF_DISTRICT)
    assert said.startswith("Line chart of Outstanding tickets, Nov 25, 2025 to Nov 24, 2026, with bars")
    assert "Campus West High School: 1 alert (1 critical), 325 days in alert; Oakridge" in said
    assert "Cedar Hill Middle School: no alerts" in said
    assert len(backtest_alt(backtest(*[WEST] * 30))) <= 2000
