"""What people ask beside one number: parts of it, the campuses, its rows and its meaning; over real SQLite tables."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent

import pytest
import sqlalchemy as sa

from kpibot.app.container import Services, build_services
from kpibot.catalog import load
from kpibot.core.kpis.thresholds import Verdict
from kpibot.core.reports.answers import About, Answer, Breakdown, RowList
from kpibot.core.text import QueryError

NOW = datetime(2026, 11, 18, 18, tzinfo=UTC)
CONFIG = """
district:
  name: Maple Valley
  zone: UTC
  fiscal_year_starts: 07-01
  school_year_starts: 08-15
  working_hours: {mon-fri: 08:00-16:00}
  holidays: [2026-11-11]

databases:
  helpdesk: {url: "sqlite:///HELPDESK"}
  inventory: {url: "sqlite:///INVENTORY"}

campuses:
  west: {name: Campus West, aliases: [W, CW], students: 200}
  oak: {name: Oak Street, aliases: [O], students: 100}
  birch: {name: Birch, aliases: [B], students: 400}

datasets:
  tickets:
    database: helpdesk
    table: tickets
    columns: {id: id, campus: site, opened: opened, replied: replied, resolved: resolved, priority: prio, asset: asset}
    rows: tickets
    fresh_within: 1 working day
    link: https://help.example.org/{id}
    dimensions:
      priority: {column: priority, labels: {1: Urgent, 2: Normal}}
      age: {age_of: opened, bands: [2, 5, 10], in: working days}
  devices:
    database: inventory
    table: devices
    columns: {campus: place, type: type, received: received, cost: cost}
    rows: devices
    dimensions: {type: type}
  loans:
    database: inventory
    table: loans
    columns: {campus: place, type: type, out: out, back: back}
    dimensions: {type: type}

not_available: {pd-completion: nobody keeps training records}

kpis:
  tickets:
    name: Outstanding tickets
    objective: Nobody waits
    owner: "@helpdesk"
    about: What waits for us.
    measure: {stock: tickets, from: opened, until: resolved}
    better: lower
    target: 1
    warning: 3
    detail: [id, opened, priority]
  old:
    name: Old tickets
    objective: Nobody waits for long
    owner: "@helpdesk"
    measure:
      ratio:
        of: {stock: tickets, from: opened, until: resolved, where: {opened: {older_than: 2 working days}}}
        over: {stock: tickets, from: opened, until: resolved}
    as: percent
    better: lower
    warning: 50
  response-time:
    name: Response time
    objective: Everybody hears from us
    owner: "@helpdesk"
    measure:
      duration: tickets
      from: opened
      to: replied
      clock: working
      limit: {by: priority, values: {1: 1h}, otherwise: 8h}
      also: [p90, within]
    period: 30 days
    better: lower
    target: 4
  utilization:
    name: Utilization
    objective: In use
    owner: "@assets"
    measure:
      ratio:
        of: {stock: loans, from: out, until: back}
        over: {stock: devices, from: received}
    as: percent
    better: higher
    target: 80
  cost:
    name: Cost of a device
    objective: Known
    owner: "@assets"
    measure: {stock: devices, from: received, mean: cost}
    as: currency
"""
TICKETS = [  # id, site, opened, replied, resolved, priority
    (1, "W", "2026-11-18 09:00:00", "2026-11-18 09:30:00", None, 1),
    (2, "CW", "2026-11-16 10:00:00", None, None, 2),
    (3, "W", "2026-11-10 15:00:00", "2026-11-12 09:00:00", None, 2),
    (4, "O", "2026-11-09 08:00:00", "2026-11-09 08:10:00", None, 1),
    (5, "O", "2026-11-17 08:00:00", "2026-11-17 12:00:00", "2026-11-18 09:00:00", 2),
    (6, "nowhere", "2026-11-17 08:00:00", None, None, None),
]
DEVICES = [("W", "Chromebook", 300), ("W", "Chromebook", None), ("W", "iPad", 500), ("O", "chromebook", 200)]
LOANS = [("W", "Chromebook", None), ("O", "chromebook", None), ("W", "iPad", "2026-11-01 08:00:00")]


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    helpdesk, inventory, config = tmp_path / "helpdesk.db", tmp_path / "inventory.db", tmp_path / "config"
    made = sa.create_engine(f"sqlite:///{helpdesk}", poolclass=sa.NullPool)
    with made.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE tickets (id, site, opened, replied, resolved, prio, asset)")
        connection.exec_driver_sql("INSERT INTO tickets VALUES (?, ?, ?, ?, ?, ?, NULL)", TICKETS)
    made = sa.create_engine(f"sqlite:///{inventory}", poolclass=sa.NullPool)
    with made.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE devices (place, type, received, cost)")
        connection.exec_driver_sql("INSERT INTO devices VALUES (?, ?, '2026-01-05 08:00:00', ?)", DEVICES)
        connection.exec_driver_sql("CREATE TABLE loans (place, type, out, back)")
        connection.exec_driver_sql("INSERT INTO loans VALUES (?, ?, '2026-08-20 08:00:00', ?)", LOANS)
    config.mkdir()
    text = dedent(CONFIG).replace("HELPDESK", str(helpdesk)).replace("INVENTORY", str(inventory))
    (config / "config.yaml").write_text(text, encoding="utf-8")
    with closing(build_services(load(config, {}), f"sqlite:///{tmp_path / 'state.db'}")) as built:
        yield built


def ask(services: Services, text: str) -> object:
    return services.dispatcher.answer(text, NOW)


def parts(reply: object) -> dict[str, float | None]:
    assert isinstance(reply, Breakdown)
    return {label: report.reading.value for label, report in reply.parts}


def test_a_breakdown_names_values_as_people_do_and_adds_up_to_the_whole(services: Services) -> None:
    assert parts(ask(services, "tickets by priority")) == {"Urgent": 2, "Normal": 2, "none given": 1}
    assert parts(ask(services, "tickets west by priority")) == {"Urgent": 1, "Normal": 2}


def test_ages_are_counted_in_working_days_from_the_youngest_on(services: Services) -> None:
    """November 11 is a holiday: from the 10th to the 18th there are five working days, from the 9th six."""
    reply = ask(services, "tickets by age")
    assert list(parts(reply).items()) == [
        ("0–2 working days", 3),
        ("3–5 working days", 1),
        ("6–10 working days", 1),
    ]


def test_campuses_stand_beside_each_other_with_their_verdicts(services: Services) -> None:
    reply = ask(services, "tickets by campus")
    assert isinstance(reply, Breakdown)
    assert [(label, report.reading.value, report.verdict) for label, report in reply.parts] == [
        ("Campus West", 3, Verdict.WARNING),
        ("Oak Street", 1, Verdict.ON_TARGET),
        ("Birch", 0, Verdict.ON_TARGET),
    ]
    assert reply.whole.reading.unplaced == 1


def test_a_ratio_is_narrowed_in_both_halves_whatever_the_spelling(services: Services) -> None:
    reply = ask(services, "utilization type:Chromebook")
    assert isinstance(reply, Answer)
    assert (reply.report.reading.numerator, reply.report.reading.denominator) == (2, 3)
    assert reply.report.card.only == (("type", "chromebook"),)
    assert reply.report.verdict is Verdict.OFF_TARGET
    assert parts(ask(services, "utilization west by type")) == {"Chromebook": 50.0, "iPad": 0.0}


def test_levels_of_a_count_are_for_all_of_its_rows(services: Services) -> None:
    reply = ask(services, "tickets west priority:normal")
    assert isinstance(reply, Answer)
    assert (reply.report.reading.value, reply.report.verdict) == (2, Verdict.NOT_EVALUATED)
    assert reply.report.series is not None
    assert reply.report.series.values[-1] == 2


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ("tickets priority:urgnt", "no priority `urgnt`; did you mean `Urgent`?"),
        ("tickets priority:xyz", "there is `Urgent`"),
        ("tickets type:ipad", "cannot be broken down by `type`; type `tickets by priority`, `tickets by age` or"),
        ("tickets age:old", "cannot be used as a filter; type `tickets by age`"),
        ("tickets by priorty", "did you mean `priority`?"),
        ("rows utilization", "has no list of rows"),
        ("pd-completion west", "`pd-completion` is not available: nobody keeps training records"),
        ("by priority", "which KPI?"),
        ("about", "which KPI?"),
        ("tickets by", "by what?"),
        ("tickets by age by priority", "by one thing at a time"),
    ],
)
def test_what_cannot_be_told_apart_is_answered_with_what_can(services: Services, asked: str, complaint: str) -> None:
    with pytest.raises(QueryError) as caught:
        ask(services, asked)
    assert complaint in str(caught.value)


def test_the_rows_behind_a_number_are_those_it_counts_the_oldest_first(services: Services) -> None:
    reply = ask(services, "rows tickets west")
    assert isinstance(reply, RowList)
    assert [row[0] for row in reply.rows] == ["3", "2", "1"]
    assert reply.links[0] == "https://help.example.org/3"
    assert reply.columns == ("id", "opened", "priority")
    everywhere = ask(services, "tickets rows")
    assert isinstance(everywhere, RowList)
    assert len(everywhere.rows) == everywhere.report.reading.value == 5


def test_about_says_exactly_what_counts_and_how_fresh_its_rows_are(services: Services) -> None:
    reply = ask(services, "about old")
    assert isinstance(reply, About)
    assert any("“opened” more than 2 working days ago" in sentence for sentence in reply.definition)
    (origin,) = reply.origins
    assert (origin.dataset, origin.database, origin.stale) == ("tickets", "helpdesk", False)
    assert origin.newest == datetime(2026, 11, 18, 9, tzinfo=UTC)


def test_working_hours_a_limit_by_priority_and_what_waits(services: Services) -> None:
    """Answered within 0.5 h, 10 h (a limit of 8) and 10 min; 4 h; two wait, 16 h (late) and 16 h (late)."""
    reply = ask(services, "response-time")
    assert isinstance(reply, Answer)
    reading = reply.report.reading
    assert (reading.rows, reading.waiting) == (6, 2)
    hours = sorted([0.5, 2 * 8.0 + 6, 2.0, 10 / 60, 4.0, 16.0])
    assert reading.value == pytest.approx((hours[2] + hours[3]) / 2)
    also = dict(reading.also)
    assert also["within"] == pytest.approx(100 * 4 / 6)


def test_an_old_ticket_comes_of_age_on_its_day_in_the_series_too(services: Services) -> None:
    reply = ask(services, "old 14d")
    assert isinstance(reply, Answer)
    assert reply.report.series is not None
    for day, value in zip(reply.report.series.days, reply.report.series.values, strict=True):
        end = min(datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1), NOW)
        assert value == services.measurement.measure([services.catalog.kpis["old"]], end)[0]["district"].value
    assert reply.report.series.values[-1] == 40.0


def test_a_mean_leaves_out_what_is_unknown_and_says_so(services: Services) -> None:
    reply = ask(services, "cost")
    assert isinstance(reply, Answer)
    reading = reply.report.reading
    assert (reading.value, reading.rows, reading.valued) == (pytest.approx(1_000 / 3), 4, 3)


def test_an_answer_is_held_against_last_school_year_and_the_other_campuses(services: Services) -> None:
    reply = ask(services, "tickets west")
    assert isinstance(reply, Answer)
    assert [(each.against, each.value) for each in reply.comparisons] == [("the same week last school year", 0)]
    everywhere, per_student = reply.ranks
    assert (everywhere.place, everywhere.of, everywhere.per) == (3, 3, "")
    assert (per_student.place, per_student.value, per_student.per) == (3, 3 / 200, "student")
