"""Timestamps as databases keep them, against Python's own idea of the same instants."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import assume, given
from hypothesis import strategies as st

from kpibot.core.time.periods import Period
from kpibot.sources.engines.registry import engine_named
from kpibot.sources.sql.timestamps import TimeColumn, TimeKind, time_kind, to_utc

ZONES = [ZoneInfo(name) for name in ("America/Chicago", "UTC", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe")]
ENGINE = sa.create_engine("sqlite://")
FIRST = datetime(2025, 1, 1, tzinfo=UTC)
instants = st.integers(0, 2 * 365 * 86_400).map(lambda seconds: FIRST + timedelta(seconds=seconds))


def evaluate(expression: sa.ColumnElement[Any]) -> Any:
    with ENGINE.connect() as connection:
        return connection.execute(sa.select(expression)).scalar()


def column(value: str, kind: TimeKind, zone: ZoneInfo) -> TimeColumn:
    return TimeColumn(sa.literal(value), kind, zone, engine_named("sqlite"))


def written(instant: datetime, zone: ZoneInfo) -> str:
    """The instant as naive text of the zone; not in the hour that occurs twice, which no naive text can tell apart."""
    local = instant.astimezone(zone)
    assume(local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset())
    return local.strftime("%Y-%m-%d %H:%M:%S")


@given(instants, st.sampled_from(ZONES), st.integers(0, 400), st.integers(1, 400))
def test_naive_text_becomes_the_instant_that_it_means(
    instant: datetime, zone: ZoneInfo, before: int, after: int
) -> None:
    period = Period(instant - timedelta(days=before), instant + timedelta(days=after), "")
    shown = column(written(instant, zone), TimeKind.TEXT, zone)
    assert evaluate(shown.utc_seconds(period)) == int(instant.timestamp())


@given(instants, st.sampled_from(ZONES), st.sampled_from(ZONES), st.integers(0, 400))
def test_a_day_is_the_district_s_whatever_zone_the_helpdesk_writes_in(
    instant: datetime, helpdesk: ZoneInfo, district: ZoneInfo, before: int
) -> None:
    period = Period(instant - timedelta(days=before), instant + timedelta(days=30), "")
    day = evaluate(column(written(instant, helpdesk), TimeKind.TEXT, helpdesk).local_day(district, period))
    assert date(1970, 1, 1) + timedelta(days=day) == instant.astimezone(district).date()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (TimeKind.TEXT, "%Y-%m-%d %H:%M:%S"),
        (TimeKind.TEXT_T, "%Y-%m-%dT%H:%M:%S"),
        (TimeKind.TEXT_UTC, "%Y-%m-%dT%H:%M:%SZ"),
    ],
)
@given(instants, st.integers(-2, 2), st.sampled_from(ZONES))
def test_comparing_text_compares_instants(
    kind: TimeKind, text: str, instant: datetime, apart: int, zone: ZoneInfo
) -> None:
    if kind is not TimeKind.TEXT_UTC:
        written(instant, zone)
        written(instant + timedelta(seconds=apart), zone)
    clock = UTC if kind is TimeKind.TEXT_UTC else zone
    shown = column(instant.astimezone(clock).strftime(text), kind, zone)
    other = instant + timedelta(seconds=apart)
    assert bool(evaluate(shown.before(other))) == (instant < other)
    assert bool(evaluate(shown.not_before(other))) == (instant >= other)


@given(st.dates(date(2025, 1, 2), date(2026, 12, 1)), instants)
def test_a_date_begins_at_local_midnight(day: date, instant: datetime) -> None:
    zone = ZONES[0]
    begins = datetime(day.year, day.month, day.day, tzinfo=zone)
    assert bool(evaluate(column(day.isoformat(), TimeKind.TEXT_DATE, zone).before(instant))) == (begins < instant)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (datetime(2026, 1, 1), TimeKind.NAIVE),
        (datetime(2026, 1, 1, tzinfo=UTC), TimeKind.AWARE),
        (date(2026, 1, 1), TimeKind.DATE),
        ("2026-01-01 10:00:00", TimeKind.TEXT),
        ("2026-01-01T10:00:00", TimeKind.TEXT_T),
        ("2026-01-01T10:00:00Z", TimeKind.TEXT_UTC),
        ("2026-01-01 10:00:00.5", TimeKind.TEXT),
        ("2026-01-01T10:00:00.123456", TimeKind.TEXT_T),
        ("2026-01-01T10:00:00.123Z", TimeKind.TEXT_UTC),
        ("2026-01-01", TimeKind.TEXT_DATE),
        (1_767_261_600, TimeKind.SECONDS),
    ],
)
def test_one_value_tells_how_a_column_keeps_time(value: object, kind: TimeKind) -> None:
    assert time_kind(value) is kind
    assert to_utc(value, ZONES[1]) is not None


@pytest.mark.parametrize(
    "value",
    [
        "29/2/2016 01:16",
        "soon",
        "",
        True,
        b"2026",
        "2026-01-01T10:00:00-06:00",
        "2026-01-01T10:00:00+00:00",
        "2026-01-01 10:00:00Z",
        "2026-01-01 10:00",
        "2026-01-01T10:00",
        "2026-01-01 9:00:00",
        "2026-01-01  10:00:00",
        "2026-01-01 10:00:00,5",
        "20260101",
        "20260101T100000",
        "2026-W01-1",
        "2026-02-31",
        "2026-01-01\n",
        "２０２６-01-01",
    ],
)
def test_what_is_no_timestamp_or_no_text_in_the_order_of_time_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"no timestamp .*\{sql: …\}"):
        time_kind(value)


@pytest.mark.parametrize("value", [1_767_261_600_000, 1_767_261_600_000.0])
def test_milliseconds_are_not_taken_for_seconds(value: float) -> None:
    with pytest.raises(ValueError, match=r"milliseconds; write \{sql: x / 1000\}"):
        time_kind(value)


@pytest.mark.parametrize("value", ["2026-01-01 9:00:00", "20260101", ""])
def test_text_in_another_shape_is_no_instant(value: str) -> None:
    with pytest.raises(ValueError, match="no timestamp"):
        to_utc(value, ZONES[0])


BEIRUT, HAVANA = ZoneInfo("Asia/Beirut"), ZoneInfo("America/Havana")


@pytest.mark.parametrize(
    ("text", "zone", "means"),
    [
        ("2026-11-01 01:30:00", ZONES[0], datetime(2026, 11, 1, 6, 30, tzinfo=UTC)),  # it comes again an hour later
        ("2026-03-08 02:30:00", ZONES[0], datetime(2026, 3, 8, 8, tzinfo=UTC)),  # skipped
        ("2026-03-29 00:00:00", BEIRUT, datetime(2026, 3, 28, 22, tzinfo=UTC)),  # midnight itself is skipped
        ("2026-11-01 00:15:00", HAVANA, datetime(2026, 11, 1, 4, 15, tzinfo=UTC)),  # midnight comes twice
    ],
)
def test_a_time_that_is_skipped_or_comes_twice_means_one_instant_everywhere(
    text: str, zone: ZoneInfo, means: datetime
) -> None:
    shown = column(text, TimeKind.TEXT, zone)
    assert to_utc(text, zone) == means
    assert evaluate(shown.utc_seconds(Period(means, means + timedelta(days=1), ""))) == int(means.timestamp())
    for seconds in (-7_200, -3_600, -1, 0, 1, 3_600, 7_200):
        other = means + timedelta(seconds=seconds)
        assert bool(evaluate(shown.before(other))) == (means < other)
        assert bool(evaluate(shown.not_before(other.astimezone(zone)))) == (means >= other)


@pytest.mark.parametrize(("day", "zone"), [(date(2026, 3, 29), BEIRUT), (date(2026, 11, 1), HAVANA)])
def test_a_date_whose_midnight_is_skipped_or_comes_twice_begins_with_its_day(day: date, zone: ZoneInfo) -> None:
    begins = datetime(day.year, day.month, day.day, tzinfo=zone)
    shown = column(day.isoformat(), TimeKind.TEXT_DATE, zone)
    assert evaluate(shown.not_before(begins)) == 1
    assert evaluate(shown.before(begins.astimezone(UTC) + timedelta(seconds=1))) == 1
    assert to_utc(day, zone) == begins.astimezone(UTC)


def test_columns_that_keep_time_differently_are_compared_by_their_instants() -> None:
    noon = Period(datetime(2026, 11, 12, 18, tzinfo=UTC), datetime(2026, 11, 12, 19, tzinfo=UTC), "")
    wall = column("2026-11-12 12:00:00", TimeKind.TEXT, ZONES[0])
    for second, is_later in ((-1, 0), (0, 1), (1, 1)):
        epoch = sa.literal(int(noon.start.timestamp()) + second)
        other = TimeColumn(epoch, TimeKind.SECONDS, ZONES[0], engine_named("sqlite"))
        assert evaluate(other.not_before_that_of(wall, noon)) == is_later
