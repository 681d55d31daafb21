"""Every kind of measure on every kind of database, against the same numbers counted by hand from the rows."""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from kpibot.catalog.model import Column, Database, Dataset, FileTable
from kpibot.core.kpis.conditions import ValueCondition
from kpibot.core.kpis.dimensions import GroupBy
from kpibot.core.kpis.measures import ROWS, Amount, Counted, Duration, Flow, Query, Statistic, Stock
from kpibot.core.kpis.readings import Aggregate, Floats, merge_aggregates
from kpibot.core.kpis.series import DailyTotals, DistinctCounts, Intervals, SeriesData, Window, statistic_over
from kpibot.core.time.periods import Period, PeriodRule
from kpibot.sources.base import Request, SourceDownError, SourceError, SourceMisfitError
from kpibot.sources.engines.registry import engine_named
from kpibot.sources.sql.execution import run_in_time
from kpibot.sources.sql.source import SqlSource
from tests.integration.tickets import (
    CALENDAR,
    CHICAGO,
    DATASET,
    Place,
    Ticket,
    fill,
    measured,
    open_source,
    series_of,
    texts,
    ugly_tickets,
)

OPEN = Stock(dataset="tickets", since="opened", until="resolved")
NOT_MERGED = (ValueCondition("kind", ("merged",), negated=True),)
WINDOW_DAYS = 40
KINDS = ("sqlite", "duckdb", "postgresql", "mariadb", "elsewhere")


def instant(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=CHICAGO).astimezone(UTC)


def stands(ticket: Ticket, at: datetime) -> bool:
    opened, resolved = instant(ticket.opened), instant(ticket.resolved)
    return opened is not None and opened < at and (resolved is None or resolved >= at)


def happens(ticket: Ticket, period: Period) -> bool:
    opened = instant(ticket.opened)
    return opened is not None and period.start <= opened < period.end


def counted(tickets: Iterable[Ticket]) -> dict[object, float]:
    return dict(Counter(ticket.site for ticket in tickets))


def numerators(parts: dict[object, Aggregate]) -> dict[object, float]:
    return {campus: part.amount for campus, part in parts.items()}


def levels(series: SeriesData) -> Floats:
    """What a track without a denominator says of each day."""
    assert isinstance(series, DailyTotals | DistinctCounts)
    return series.counts() if isinstance(series, DistinctCounts) else series.numerator


def thirty_days(as_of: datetime) -> Period:
    return PeriodRule.parse("30 days").ending(as_of, CALENDAR)


def window(as_of: datetime, days: int = WINDOW_DAYS, words: str = "30 days") -> Window:
    rule = PeriodRule.parse(words)
    last = as_of.astimezone(CHICAGO).date()
    first = last - timedelta(days=days - 1)
    ends = CALENDAR.day_ends(first, last, as_of)
    starts = tuple(rule.ending(end, CALENDAR).start for end in ends)
    return Window(tuple(first + timedelta(days=n) for n in range(days)), starts, tuple(ends))


def test_a_stock_counts_what_is_open_at_the_instant(place: Place, now: datetime) -> None:
    taken = measured(place.source, OPEN, thirty_days(now))
    assert numerators(dict(taken)) == counted(ticket for ticket in place.tickets if stands(ticket, now))


def test_a_stock_knows_its_newest_row(place: Place, now: datetime) -> None:
    taken = measured(place.source, OPEN, thirty_days(now))
    newest: dict[object, datetime] = {}
    for ticket in place.tickets:
        opened = instant(ticket.opened)
        if opened is not None and stands(ticket, now):
            newest[ticket.site] = max(opened, newest.get(ticket.site, opened))
    assert {campus: part.newest for campus, part in taken.items()} == newest


def test_what_happens_at_an_instant_belongs_to_what_follows_it(place: Place) -> None:
    """At the very second of an opening the ticket is not open yet, at the next one it is."""
    ticket = next(each for each in place.tickets if each.opened and not each.resolved and each.opened.second)
    at = instant(ticket.opened)
    assert at is not None
    for moment in (at, at + timedelta(seconds=1)):
        taken = measured(place.source, OPEN, Period(moment, moment, ""))
        assert numerators(dict(taken)) == counted(each for each in place.tickets if stands(each, moment))


def test_not_among_includes_rows_that_say_nothing(place: Place, now: datetime) -> None:
    taken = measured(
        place.source, Stock(dataset="tickets", since="opened", until="resolved", where=NOT_MERGED), thirty_days(now)
    )
    kept = (each for each in place.tickets if stands(each, now) and each.kind != "merged")
    assert numerators(dict(taken)) == counted(kept)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (ValueCondition("kind", ("ticket",)), lambda kind: kind == "ticket"),
        (ValueCondition("kind", ("ticket", "merged")), lambda kind: kind in ("ticket", "merged")),
        (ValueCondition("kind", (None,)), lambda kind: kind is None),
        (ValueCondition("kind", (None, "ticket")), lambda kind: kind in (None, "ticket")),
        (ValueCondition("kind", (None,), negated=True), lambda kind: kind is not None),
        (ValueCondition("kind", (None, "ticket"), negated=True), lambda kind: kind not in (None, "ticket")),
        (ValueCondition("kind", ("x' OR '1'='1",)), lambda _: False),
    ],
)
def test_a_condition_means_what_it_says(
    place: Place, now: datetime, condition: ValueCondition, holds: Callable[[str | None], bool]
) -> None:
    taken = measured(place.source, Flow("tickets", "opened", (condition,)), thirty_days(now))
    kept = (each for each in place.tickets if happens(each, thirty_days(now)) and holds(each.kind))
    assert numerators(dict(taken)) == counted(kept)


def test_a_flow_adds_up_an_amount_and_says_how_many_rows_lack_one(place: Place, now: datetime) -> None:
    taken = measured(place.source, Flow("tickets", "opened", amount=Amount(Counted.SUM, ("amount",))), thirty_days(now))
    sums: dict[object, float] = defaultdict(float)
    rows, valued = Counter[object](), Counter[object]()
    for ticket in place.tickets:
        if happens(ticket, thirty_days(now)):
            sums[ticket.site] += ticket.amount or 0.0
            rows[ticket.site] += 1
            valued[ticket.site] += ticket.amount is not None
    assert numerators(dict(taken)) == pytest.approx(dict(sums))
    assert {campus: part.rows for campus, part in taken.items()} == rows
    assert {campus: part.valued for campus, part in taken.items()} == dict(valued)


def test_a_flow_counts_a_key_once_however_many_rows_bear_it(place: Place, now: datetime) -> None:
    taken = measured(
        place.source, Flow("tickets", "opened", amount=Amount(Counted.DISTINCT, ("number", "kind"))), thirty_days(now)
    )
    keys = defaultdict(set)
    for ticket in place.tickets:
        if happens(ticket, thirty_days(now)) and ticket.number is not None and ticket.kind is not None:
            keys[ticket.site].add((ticket.number, ticket.kind))
    assert numerators(dict(taken)) == {campus: len(found) for campus, found in keys.items()}


def durations(tickets: Iterable[Ticket], period: Period) -> dict[object, list[float]]:
    found = defaultdict(list)
    for ticket in tickets:
        opened, resolved = instant(ticket.opened), instant(ticket.resolved)
        if opened is None or not happens(ticket, period) or (resolved is not None and resolved < opened):
            continue
        ended = period.end if resolved is None or resolved >= period.end else resolved
        found[ticket.site].append((ended - opened).total_seconds())
    return found


def test_a_mean_duration_counts_what_waits_with_its_wait_so_far(place: Place, now: datetime) -> None:
    taken = measured(
        place.source,
        Duration(dataset="tickets", since="opened", until="resolved", statistic=Statistic.MEAN),
        thirty_days(now),
    )
    expected = durations(place.tickets, thirty_days(now))
    assert numerators(dict(taken)) == pytest.approx({campus: sum(each) for campus, each in expected.items()})
    assert {campus: part.denominator for campus, part in taken.items()} == {
        campus: len(each) for campus, each in expected.items()
    }


@pytest.mark.parametrize("statistic", [Statistic.MEDIAN, Statistic.P90])
def test_a_percentile_brings_the_durations_themselves(place: Place, now: datetime, statistic: Statistic) -> None:
    taken = measured(
        place.source,
        Duration(dataset="tickets", since="opened", until="resolved", statistic=statistic),
        thirty_days(now),
    )
    expected = durations(place.tickets, thirty_days(now))
    assert {campus: sorted(part.sample) for campus, part in taken.items() if part.sample is not None} == {
        campus: sorted(each) for campus, each in expected.items()
    }


def test_a_duration_through_a_change_of_clocks_has_its_true_length(
    new_url: Callable[[str], str], now: datetime
) -> None:
    """From noon to noon around the end of daylight saving time there are 25 hours."""
    for kind in KINDS:
        url = new_url(kind)
        fill(url, [Ticket(1, "T1", "101", None, datetime(2026, 10, 31, 12), datetime(2026, 11, 1, 12), 1.0)])
        source = open_source(url)
        for statistic in (Statistic.MEAN, Statistic.MEDIAN):
            taken = measured(
                source,
                Duration(dataset="tickets", since="opened", until="resolved", statistic=statistic),
                thirty_days(now),
            )
            assert taken["101"].numerator == 25 * 3_600
        source.close()


def test_the_series_of_a_stock_is_what_measuring_at_the_end_of_each_day_gives(place: Place, now: datetime) -> None:
    days = window(now)
    tracks = series_of(place.source, Stock(dataset="tickets", since="opened", until="resolved", where=NOT_MERGED), days)
    for n, end in enumerate(days.ends):
        expected = counted(each for each in place.tickets if stands(each, end) and each.kind != "merged")
        walked = {campus: series.numerator[n] for campus, series in tracks.items() if isinstance(series, DailyTotals)}
        assert {campus: level for campus, level in walked.items() if level} == expected


@pytest.mark.parametrize("words", ["30 days", "2 days", "month to date"])
@pytest.mark.parametrize(
    "amount",
    [
        Amount(),
        Amount(Counted.SUM, ("amount",)),
        Amount(Counted.DISTINCT, ("number",)),
        Amount(Counted.DISTINCT, ("kind", "number")),
    ],
)
def test_the_series_of_a_flow_is_what_measuring_at_the_end_of_each_day_gives(
    place: Place, now: datetime, amount: Amount, words: str
) -> None:
    days, flow = window(now, words=words), Flow("tickets", "opened", amount=amount)
    tracks = series_of(place.source, flow, days)
    for n, (start, end) in enumerate(zip(days.starts, days.ends, strict=True)):
        taken = numerators(measured(place.source, flow, Period(start, end, "")))
        summed = {campus: levels(series)[n] for campus, series in tracks.items()}
        assert summed == pytest.approx({campus: taken.get(campus, 0.0) for campus in summed})
        assert {campus for campus, number in taken.items() if number} <= summed.keys()


def test_keys_that_the_database_takes_for_one_are_one_in_the_series_too(
    new_url: Callable[[str], str], now: datetime
) -> None:
    """A column may compare without regard to case; the series must not count what the reading does not."""
    url = new_url("sqlite")
    rows = [Ticket(n, key, "101", None, datetime(2026, 11, 9 + n), None, 1.0) for n, key in enumerate(("t1", "T1"))]
    fill(url, rows)
    columns = {**DATASET.columns, "number": Column(sql="number COLLATE NOCASE")}
    source = open_source(url, tickets=replace(DATASET, columns=columns))
    flow = Flow("tickets", "opened", amount=Amount(Counted.DISTINCT, ("number",)))
    assert measured(source, flow, thirty_days(now))["101"].numerator == 1
    assert levels(series_of(source, flow, window(now))["101"])[-1] == 1
    source.close()


@pytest.mark.parametrize(
    "measure",
    [
        Stock(dataset="tickets", since="opened", until="resolved", amount=Amount(Counted.DISTINCT, ("number",))),
        Stock(dataset="tickets"),
        Query("helpdesk", "SELECT 1 AS campus, 1 AS value"),
    ],
)
def test_what_cannot_be_walked_back_has_no_series(place: Place, now: datetime, measure: Stock | Query) -> None:
    """A key that closes in one row may stay open in another, so that openings and closings do not add up."""
    with pytest.raises(SourceMisfitError, match="distinct stock has no series"):
        series_of(place.source, measure, window(now))


@pytest.mark.parametrize(
    "measure", [OPEN, Flow("tickets", "opened", NOT_MERGED), Duration(dataset="tickets", since="opened", until="x")]
)
def test_a_dataset_is_as_fresh_as_its_newest_row_whatever_the_filter(
    place: Place, now: datetime, measure: Stock | Flow | Duration
) -> None:
    for before in (now, now - timedelta(days=10)):
        expected = max(at for each in place.tickets if (at := instant(each.opened)) and at < before)
        found = place.source.newest(measure, before)
        assert found == expected
        assert found.tzinfo is UTC
    assert place.source.newest(measure, datetime(2026, 1, 1, tzinfo=UTC)) is None


def test_what_names_no_beginning_has_no_newest_row(place: Place, now: datetime) -> None:
    assert place.source.newest(Stock(dataset="tickets"), now) is None
    assert place.source.newest(Query("helpdesk", "SELECT 1 AS campus, 1 AS value"), now) is None


def test_the_series_of_a_duration_is_what_measuring_at_the_end_of_each_day_gives(place: Place, now: datetime) -> None:
    days, duration = (
        window(now),
        Duration(dataset="tickets", since="opened", until="resolved", statistic=Statistic.MEDIAN),
    )
    windows = [(start.timestamp(), end.timestamp()) for start, end in zip(days.starts, days.ends, strict=True)]
    tracks = series_of(place.source, duration, days)
    for campus in ("101", "102", None):
        spans = tracks[campus]
        assert isinstance(spans, Intervals)
        series = statistic_over(spans, windows, Statistic.MEDIAN)
        for n, (start, end) in enumerate(zip(days.starts, days.ends, strict=True)):
            sample = measured(place.source, duration, Period(start, end, "")).get(campus, Aggregate()).sample
            assert series[n] == pytest.approx(np.nan if sample is None else np.median(sample), nan_ok=True)


def test_days_are_local_even_when_they_have_25_hours(place: Place) -> None:
    """The days around the change of clocks hold exactly what local midnights cut."""
    as_of = datetime(2026, 11, 3, 6, tzinfo=UTC)
    days = window(as_of, 5)
    whole = Window(days.days, tuple(CALENDAR.midnight(day) for day in days.days), days.ends)
    tracks = series_of(place.source, Flow("tickets", "opened"), whole)
    for n, (start, end) in enumerate(pairwise([*whole.starts, as_of])):
        happened = counted(each for each in place.tickets if happens(each, Period(start, end, "")))
        shown = {campus: series.numerator[n] for campus, series in tracks.items() if isinstance(series, DailyTotals)}
        assert {campus: count for campus, count in shown.items() if count} == happened
    assert date(2026, 11, 1) in whole.days


@pytest.mark.parametrize("kind", ["postgresql", "duckdb"])
def test_aware_times_and_dates_are_read_as_what_they_are(
    new_url: Callable[[str], str], now: datetime, kind: str
) -> None:
    """A column with an offset means its instant, whatever zone the dataset names; a date begins at local midnight."""
    url = new_url(kind)
    fill(url, ugly_tickets(seed=3))
    columns = {
        "campus": Column("site_code"),
        "aware": Column(sql="created_at AT TIME ZONE 'America/Chicago'"),
        "day": Column(sql="created_at::date"),
    }
    dataset = replace(DATASET, columns=columns)
    source = open_source(url, tickets=dataset)
    period = thirty_days(now)
    aware = measured(source, Flow("tickets", "aware"), period)
    assert numerators(dict(aware)) == counted(each for each in ugly_tickets(seed=3) if happens(each, period))
    opened = [at for each in ugly_tickets(seed=3) if (at := instant(each.opened)) and at < now]
    assert max(part.newest for part in aware.values() if part.newest) == max(opened)
    assert source.newest(Flow("tickets", "aware"), now) == max(opened)
    dated = measured(source, Flow("tickets", "day"), period)
    begins = (
        each
        for each in ugly_tickets(seed=3)
        if each.opened and period.start <= CALENDAR.midnight(each.opened.date()) < period.end
    )
    assert numerators(dict(dated)) == counted(begins)
    source.close()


def over_csv(tmp_path: Path, *lines: str) -> SqlSource:
    """A source over a CSV file of campuses and times."""
    file = tmp_path / "tickets.csv"
    file.write_text("\n".join(("site_code,created_at", *lines)) + "\n")
    database = Database("helpdesk", timedelta(seconds=20), files={"hd_tickets": FileTable(str(file))})
    return SqlSource(database, {"tickets": DATASET}, CHICAGO)


def test_times_with_an_offset_in_a_csv_file_are_instants(tmp_path: Path, now: datetime) -> None:
    source = over_csv(tmp_path, "101,2026-11-12T10:00:00Z", "101,2026-11-12T21:00:00Z")
    taken = measured(source, Flow("tickets", "opened"), thirty_days(now))
    assert numerators(dict(taken)) == {101: 1}
    assert [part.newest for part in taken.values()] == [datetime(2026, 11, 12, 10, tzinfo=UTC)]
    source.close()


@pytest.mark.parametrize("kind", ["postgresql", "duckdb", "files"])
def test_a_session_is_in_utc_whatever_zone_the_machine_is_in(
    new_url: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Otherwise the district's own SQL would cast an instant to another date on another machine."""
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    source = over_csv(tmp_path, "101,2026-11-12T10:00:00Z") if kind == "files" else None
    if source is None:
        url = new_url(kind)
        fill(url, [])
        source = open_source(url)
    assert source.select("SELECT current_setting('TimeZone') AS zone") == [{"zone": "UTC"}]
    source.close()
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("text", "as_of"),
    [
        ("2026-11-11 9:00:00", datetime(2026, 11, 12, 20, tzinfo=UTC)),
        ("", datetime(2026, 11, 12, 20, tzinfo=UTC)),
        ("20261112", datetime(2027, 1, 5, tzinfo=UTC)),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_text_that_is_no_timestamp_is_a_misfit_wherever_it_stands(
    new_url: Callable[[str], str], text: str, as_of: datetime, first: bool
) -> None:
    """The first row tells the shape; a later one may break it, and must not pass for another time or end the bot."""
    url = new_url("sqlite")
    texts(url, *([] if first else ["2025-01-01 10:00:00"]), text)
    each_row_a_campus = {**DATASET.columns, "campus": Column("created_at")}  # so that each is the newest of its own
    source = open_source(url, tickets=replace(DATASET, columns=each_row_a_campus))
    stock, duration = (
        Stock(dataset="tickets", since="opened"),
        Duration(dataset="tickets", since="opened", until="resolved"),
    )
    period = Period(datetime(2025, 6, 1, tzinfo=UTC), as_of, "")
    with pytest.raises(SourceMisfitError, match=r"dataset `tickets`.*\{sql: …\}"):
        measured(source, stock, period)
    if text or first:  # an empty text after others sorts before every period
        for measure in (Flow("tickets", "opened"), duration, replace(duration, statistic=Statistic.MEAN)):
            with pytest.raises(SourceMisfitError, match=r"\{sql: …\}"):
                measured(source, measure, period)
        for measure in (stock, Flow("tickets", "opened"), duration):
            with pytest.raises(SourceMisfitError, match=r"\{sql: …\}"):
                series_of(source, measure, window(as_of, 60))
    source.close()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"])
def test_times_kept_as_text_are_times_on_every_database(
    new_url: Callable[[str], str], now: datetime, kind: str, shape: str
) -> None:
    url = new_url(kind)
    opened, ended = (datetime(2026, 11, 9, 23, 59, 59), datetime(2026, 11, 10)), datetime(2026, 11, 11).strftime(shape)
    fill(url, [Ticket(n, at.strftime(shape), "101", ended, None, None, 1.0) for n, at in enumerate(opened)])
    columns = {"campus": Column("site_code"), "opened": Column("number"), "resolved": Column("kind")}
    source = open_source(url, tickets=replace(DATASET, columns=columns))
    zone = UTC if shape.endswith("Z") else CHICAGO
    instants = [datetime.strptime(at.strftime(shape), shape).replace(tzinfo=zone) for at in opened]
    end = datetime.strptime(ended, shape).replace(tzinfo=zone)
    flow = Flow("tickets", "opened")
    assert source.newest(flow, now) == max(instants)
    assert measured(source, flow, thirty_days(now))["101"].numerator == 2
    series = series_of(source, flow, window(now, words="1 days"))["101"]
    assert isinstance(series, DailyTotals)
    days = [instant.astimezone(CHICAGO).date() for instant in instants]
    assert list(series.numerator) == [days.count(day) for day in window(now).days]
    mean = measured(
        source,
        Duration(dataset="tickets", since="opened", until="resolved", statistic=Statistic.MEAN),
        thirty_days(now),
    )["101"]
    assert mean.numerator == sum((end - instant).total_seconds() for instant in instants)
    source.close()


def test_columns_may_be_named_as_words_of_sql_are(new_url: Callable[[str], str], now: datetime) -> None:
    for kind in KINDS:
        url = new_url(kind)
        reserved = sa.Table("order", sa.MetaData(), sa.Column("group", sa.String(9)), sa.Column("select", sa.DateTime))
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with engine.begin() as connection:
            reserved.create(connection)
            connection.execute(reserved.insert().values(group="101", select=datetime(2026, 11, 10)))
        engine.dispose()
        columns = {"campus": Column("group"), "opened": Column("select")}
        source = open_source(url, tickets=replace(DATASET, table="order", columns=columns))
        assert measured(source, Flow("tickets", "opened"), thirty_days(now))["101"].rows == 1
        source.close()


def test_a_percent_sign_is_a_percent_sign(place: Place, now: datetime) -> None:
    is_whole = Column(sql="CASE WHEN kind LIKE 'tick%' AND mod(7, 5) = 7 % 5 THEN 'yes' ELSE '100 %' END")
    dataset = replace(DATASET, columns={**DATASET.columns, "is_whole": is_whole})
    source = SqlSource(place.source.database.config, {"tickets": dataset}, CHICAGO)
    flow = Flow("tickets", "opened", (ValueCondition("is_whole", ("100 %",), negated=True),))
    kept = (each for each in place.tickets if each.kind == "ticket" and happens(each, thirty_days(now)))
    assert numerators(dict(measured(source, flow, thirty_days(now)))) == counted(kept)
    source.close()


def test_a_colon_that_begins_no_parameter_is_explained(place: Place, now: datetime) -> None:
    query = Query("helpdesk", "SELECT '101' AS campus, 1 AS value WHERE '5 :mi' <> ''")
    with pytest.raises(SourceMisfitError, match=r"'mi'; write \\:"):
        measured(place.source, query, thirty_days(now))


def test_a_shape_guessed_from_an_empty_table_is_not_remembered(new_url: Callable[[str], str], now: datetime) -> None:
    """At night the table is emptied and filled anew; that the guess was wrong must not outlast it."""
    url = new_url("sqlite")
    texts(url)
    source = open_source(url)
    morning = Period(datetime(2026, 11, 12, 6, tzinfo=UTC), datetime(2026, 11, 12, 18, tzinfo=UTC), "")
    assert dict(measured(source, Flow("tickets", "opened"), morning)) == {}
    texts(url, "2026-11-12T00:00:00", "2026-11-12T11:59:59", "2026-11-12T12:00:00", "2026-11-12T23:00:00")
    assert measured(source, Flow("tickets", "opened"), morning)["101"].numerator == 2
    source.close()


def test_the_districts_own_select_gives_values_or_quotients(place: Place, now: datetime) -> None:
    sql = "SELECT site_code AS campus, count(*) AS numerator, 2 AS denominator FROM hd_tickets GROUP BY site_code"
    taken = measured(place.source, Query("helpdesk", sql), thirty_days(now))
    assert numerators(dict(taken)) == counted(place.tickets)
    assert {part.denominator for part in taken.values()} == {2.0}


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT '101' AS campus, 3 AS value UNION ALL SELECT '102', NULL",
        "SELECT '101' AS campus, 3 AS numerator, 4 AS denominator UNION ALL SELECT '102', 1, NULL",
        "SELECT '101' AS campus, 3 AS numerator, 4 AS denominator UNION ALL SELECT '102', NULL, 1",
    ],
)
def test_a_campus_without_a_number_leaves_the_others_theirs(place: Place, now: datetime, sql: str) -> None:
    assert numerators(dict(measured(place.source, Query("helpdesk", sql), thirty_days(now)))) == {"101": 3}


@pytest.mark.parametrize(
    ("sql", "complaint"),
    [
        ("SELECT 1 AS a, 2 AS b", "it must give campus and value"),
        ("SELECT '101' AS campus, 1 AS value UNION ALL SELECT '101', 2", "twice; group it by campus"),
        ("SELECT '101' AS campus, NULL AS value UNION ALL SELECT '101', 2", "twice; group it by campus"),
        ("SELECT '101' AS campus, 'many' AS value", "must be a number"),
        ("SELECT '101' AS campus, NULL AS numerator, 'many' AS denominator", "must be a number"),
    ],
)
def test_a_select_of_another_shape_is_refused(place: Place, now: datetime, sql: str, complaint: str) -> None:
    with pytest.raises(SourceMisfitError, match=complaint):
        measured(place.source, Query("helpdesk", sql), thirty_days(now))


@pytest.mark.parametrize("end", [";", " -- without (merged ones"])
def test_a_dataset_may_be_a_select_of_the_districts_own(place: Place, now: datetime, end: str) -> None:
    select = f"SELECT site_code, created_at, ':colon' AS note FROM hd_tickets WHERE kind = 'ticket'{end}"  # noqa: S608
    columns = {"campus": Column("site_code"), "opened": Column("created_at")}
    dataset = Dataset(
        id="tickets", database="helpdesk", table=None, select=select, columns=columns, rows="tickets", zone=CHICAGO
    )
    source = SqlSource(place.source.database.config, {"tickets": dataset}, CHICAGO)
    taken = measured(source, Flow("tickets", "opened"), thirty_days(now))
    kept = (each for each in place.tickets if each.kind == "ticket" and happens(each, thirty_days(now)))
    assert numerators(dict(taken)) == counted(kept)
    source.close()


def test_the_district_is_never_written_to(place: Place, now: datetime) -> None:
    write = "DELETE FROM hd_tickets RETURNING site_code AS campus, 1 AS value"
    with pytest.raises(SourceMisfitError):
        measured(place.source, Query("helpdesk", write), thirty_days(now))
    assert not place.source.is_empty(OPEN)


def test_an_empty_table_is_known_from_a_quiet_one(new_url: Callable[[str], str], now: datetime) -> None:
    for kind in KINDS:
        url = new_url(kind)
        fill(url, [])
        source = open_source(url)
        assert dict(measured(source, OPEN, thirty_days(now))) == {}
        assert source.is_empty(OPEN)
        assert source.newest(OPEN, now) is None
        source.close()


@pytest.mark.parametrize("table", ["hd_tickets", "no_such_table"])
def test_a_missing_table_or_column_is_named(place: Place, now: datetime, table: str) -> None:
    columns = {"campus": Column("site_code"), "opened": Column("no_such_column" if table == "hd_tickets" else "a")}
    dataset = Dataset(
        id="tickets", database="helpdesk", table=table, select=None, columns=columns, rows="tickets", zone=CHICAGO
    )
    source = SqlSource(place.source.database.config, {"tickets": dataset}, CHICAGO)
    with pytest.raises(SourceMisfitError, match="no_such_"):
        measured(source, Flow("tickets", "opened"), thirty_days(now))
    source.close()


def test_a_column_without_times_is_refused_with_what_it_holds(place: Place, now: datetime) -> None:
    with pytest.raises(SourceMisfitError, match="no timestamp"):
        measured(place.source, Flow("tickets", "number"), thirty_days(now))


@pytest.mark.parametrize("url", ["postgresql://u:s3c/r3t:word@h:p0rt/db", "postgresql://u:x@s3cret:w0rd/db", "s3cret"])
@pytest.mark.parametrize("tail", ["", "@host:5432/db"])
def test_a_url_that_cannot_be_read_is_not_quoted(url: str, tail: str, now: datetime) -> None:
    """A password with @ or / in it makes a part of itself the host or the port, which every driver names."""
    with pytest.raises(SourceMisfitError, match=r"%40 for @") as caught:
        measured(open_source(url + tail), OPEN, thirty_days(now))
    assert not any(part in str(caught.value) for part in ("s3c", "r3t", "w0rd", "p0rt"))
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def with_columns(place: Place, dataset: Dataset = DATASET, **columns: Column) -> SqlSource:
    """A source over the same table, of which a KPI knows other columns."""
    return SqlSource(
        place.source.database.config, {"tickets": replace(dataset, columns={**dataset.columns, **columns})}, CHICAGO
    )


def test_ages_are_told_apart_and_an_empty_time_has_none(place: Place, now: datetime) -> None:
    cutoffs = (now - timedelta(days=5), now - timedelta(days=20))
    (taken,) = place.source.take([Request(Stock(dataset="tickets"), thirty_days(now), GroupBy("opened", cutoffs))])
    assert not isinstance(taken, SourceError)
    found: Counter[object] = Counter()
    for cell, parts in taken.items():
        found[cell.slice] += parts.rows
    instants = [instant(each.opened) for each in place.tickets]
    assert found == Counter(None if at is None else sum(at < cutoff for cutoff in cutoffs) for at in instants)


def test_a_key_under_two_values_of_one_label_is_shared_between_them(place: Place, now: datetime) -> None:
    """Two priorities may have one name, and a group of both counts a key of both once."""
    flow = Flow("tickets", "opened", amount=Amount(Counted.DISTINCT, ("number",)))
    (taken,) = place.source.take([Request(flow, thirty_days(now), GroupBy("kind"))])
    assert not isinstance(taken, SourceError)
    happened = [each for each in place.tickets if happens(each, thirty_days(now)) and each.number]
    assert merge_aggregates(taken.values()).amount == len({each.number for each in happened})


def test_an_empty_table_of_the_whole_district_has_no_parts(new_url: Callable[[str], str], now: datetime) -> None:
    url = new_url("sqlite")
    fill(url, [])
    source = open_source(url, tickets=replace(DATASET, columns={"opened": Column("created_at")}))
    for measure in (Stock(dataset="tickets", since="opened"), Flow("tickets", "opened")):
        assert measured(source, measure, thirty_days(now)) == {}
    source.close()


@pytest.mark.parametrize("kind", KINDS)
def test_a_column_in_which_nothing_stands_yet_may_be_of_any_type(
    new_url: Callable[[str], str], now: datetime, kind: str
) -> None:
    """Nobody has resolved anything, and the column for it is text: PostgreSQL would compare it with no instant."""
    url = new_url(kind)
    fill(url, [Ticket(1, None, "101", None, datetime(2026, 11, 10, 9), None, 1.0)])
    source = open_source(url, tickets=replace(DATASET, columns={**DATASET.columns, "resolved": Column("kind")}))
    assert measured(source, OPEN, thirty_days(now))["101"].rows == 1
    waiting = measured(
        source,
        Duration(dataset="tickets", since="opened", until="resolved", statistic=Statistic.MEAN),
        thirty_days(now),
    )["101"]
    assert (waiting.rows, waiting.waiting) == (1, 1)
    source.close()


def test_large_amounts_over_a_long_time_are_averaged(place: Place, now: datetime) -> None:
    """Twelve digits times the seconds of a year are more than a whole number holds."""
    source = with_columns(place, amount=Column(sql="ticket_id * 0 + 999999999999"))
    year = Period(now - timedelta(days=365), now, "")
    stock = Stock(
        dataset="tickets", since="opened", until="resolved", amount=Amount(Counted.SUM, ("amount",)), average=True
    )
    levels = measured(source, replace(stock, amount=ROWS), year)
    assert {
        campus: round(parts.numerator / 999_999_999_999, 9) for campus, parts in measured(source, stock, year).items()
    } == {campus: round(parts.numerator, 9) for campus, parts in levels.items()}
    assert series_of(source, stock, window(now)).keys() == levels.keys()
    source.close()


def test_a_series_of_old_rows_counts_those_that_are_old_enough_each_day(place: Place, now: datetime) -> None:
    days = window(now)
    days = replace(days, cutoffs=tuple(end - timedelta(days=5) for end in days.ends))
    found = series_of(place.source, OPEN, days)
    for end, cutoff, *levels_at_end in zip(days.ends, days.cutoffs, *map(levels, found.values()), strict=True):
        old = (each for each in place.tickets if stands(each, end) and stands(each, cutoff))
        assert {campus: level for campus, level in zip(found, levels_at_end, strict=True) if level} == counted(old)


def test_a_connection_that_nobody_waits_for_any_more_is_closed(new_url: Callable[[str], str]) -> None:
    """Its source may be gone by the time that its statement ends."""
    url, closed = new_url("postgresql"), threading.Event()
    engine = sa.create_engine(url)
    sa.event.listen(engine, "close", lambda *_: closed.set())
    with pytest.raises(SourceDownError, match="did not answer within"):
        run_in_time(
            engine,
            engine_named("elsewhere"),
            Database("helpdesk", timedelta(seconds=0.1), url),
            lambda connection: connection.exec_driver_sql("SELECT pg_sleep(1)").fetchall(),
        )
    engine.dispose()
    assert closed.wait(30)
