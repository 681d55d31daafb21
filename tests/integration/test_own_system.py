"""A ticket system that nobody has seen, mapped by configuration alone: every value is counted again in plain Python.

Its tables have a prefix; "not yet" is 1970-01-01 and "never" 9999-12-31; two states mean closed, and only one of them
has a time of its own; the first response is one of a ticket's events; the campus is a custom field, spelt in many ways;
merged tickets point at another one; times are written in UTC.
"""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from kpibot.app.container import Services, build_services
from kpibot.catalog import load
from kpibot.core.campuses.campus_tree import DISTRICT, NO_CAMPUS
from tests.integration.plain import ZONE, median_of_waits, midnight, working_days_since, working_hours

NOW = datetime(2026, 11, 16, 16, 0, tzinfo=UTC)  # a Monday, 10:00 in the district
TODAY, MONTH = date(2026, 11, 16), midnight(date(2026, 10, 18))
NOT_YET, NEVER = datetime(1970, 1, 1), datetime(9999, 12, 31)
CONFIG = """\
district: {{name: Prairie View ISD, zone: America/Chicago, fiscal_year_starts: 07-01}}
databases: {{desk: {{url: "{url}"}}}}
campuses:
  west: {{name: West High School, aliases: [W01, West HS]}}
  north: {{name: North Middle School, aliases: [N02, North MS]}}
datasets:
  tickets:
    database: desk
    select: |
      SELECT i.issue_no, i.urgency, i.raised, c.value AS school,
             CASE WHEN i.state IN ('DONE', 'WITHDRAWN') THEN
               CASE WHEN i.finished > '1971-01-01' AND i.finished < '9999-01-01' THEN i.finished ELSE i.touched END
             END AS ended,
             (SELECT min(e.happened) FROM zz9_happening e
              WHERE e.issue_no = i.issue_no AND e.what = 'NOTE' AND e.visible = 'Y' AND e.role = 'AGENT'
                AND e.who <> 'autoresponder') AS answered
      FROM zz9_issue i
      LEFT JOIN zz9_extra c ON c.issue_no = i.issue_no AND c.field = 'campus'
      WHERE i.folded_into = 0
    columns:
      id: issue_no
      campus: school
      opened: raised
      first_response: answered
      resolved: ended
      priority: urgency
    zone: UTC
kpis:
  tickets:
    name: Outstanding tickets
    objective: No classroom waits for technology
    owner: "@helpdesk"
    measure: {{stock: tickets, from: opened, until: resolved}}
  ticket-age:
    name: Old tickets
    objective: Nobody is forgotten
    owner: "@helpdesk"
    measure:
      ratio:
        of: {{stock: tickets, from: opened, until: resolved, where: {{opened: {{older_than: 10 working days}}}}}}
        over: {{stock: tickets, from: opened, until: resolved}}
    as: percent
  response-time:
    name: Response time
    objective: Every request hears from a person on the same day
    owner: "@helpdesk"
    measure: {{duration: tickets, from: opened, to: first_response, clock: working}}
    period: 30 days
  in-time:
    name: Answered in time
    objective: What is urgent comes first
    owner: "@helpdesk"
    measure:
      duration: tickets
      from: opened
      to: first_response
      clock: working
      statistic: within
      limit: {{by: priority, values: {{1: 1h, 2: 4h}}, otherwise: 16h}}
    period: 30 days
  resolution-time:
    name: Resolution time
    objective: A repair takes days, not weeks
    owner: "@helpdesk"
    measure: {{duration: tickets, from: opened, to: resolved, clock: working}}
    period: 30 days
  opened:
    name: Opened tickets
    objective: Know how much there is to do
    owner: "@helpdesk"
    measure: {{flow: tickets, at: opened}}
    period: 30 days
"""
TABLES = {
    "zz9_issue": "issue_no {n}, state {w}, urgency {n}, raised {t}, finished {t}, touched {t}, folded_into {n}",
    "zz9_extra": "issue_no {n}, field {w}, value {w}",
    "zz9_happening": "issue_no {n}, happened {t}, what {w}, visible {w}, role {w}, who {w}",
}
TYPES = {"n": "INTEGER", "w": "VARCHAR(60)", "t": "TIMESTAMP"}
SPELT = {"W01": "west", " w01": "west", "West HS": "west", "north ms": "north", "N02": "north", "": "", "Annex": ""}
Row = dict[str, Any]


def _rows() -> dict[str, list[Row]]:
    draw = random.Random(23)
    naive = NOW.replace(tzinfo=None)
    issues, happenings = [], []
    for number in range(1, 401):
        raised = naive - timedelta(seconds=draw.randrange(-86_400, 60 * 86_400))
        later = sorted(raised + timedelta(seconds=draw.randrange(8 * 86_400)) for _ in range(2))
        state = draw.choice(["NEW", "ASSIGNED", "ON HOLD", "DONE", "DONE", "WITHDRAWN"])
        issues.append(
            {
                "issue_no": number,
                "state": state,
                "urgency": draw.choice([1, 2, 3, 4]),
                "raised": raised,
                "finished": later[0] if state == "DONE" and draw.random() < 0.9 else draw.choice([NOT_YET, NEVER]),
                "touched": later[1],
                "folded_into": draw.choice([0] * 12 + [draw.randrange(1, 401)]),
            }
        )
        happenings += [_happening(draw, number, raised) for _ in range(draw.randrange(5))]
    fields = [{"issue_no": n, "field": "campus", "value": draw.choice(list(SPELT))} for n in range(1, 401) if n % 9]
    fields += [{"issue_no": n, "field": "room", "value": "N02"} for n in range(1, 401, 3)]
    return {"zz9_issue": issues, "zz9_extra": fields, "zz9_happening": happenings}


def _happening(draw: random.Random, number: int, raised: datetime) -> Row:
    return {
        "issue_no": number,
        "happened": raised + timedelta(seconds=draw.randrange(4 * 86_400)),
        "what": draw.choice(["NOTE", "NOTE", "STATE"]),
        "visible": draw.choice(["Y", "Y", "N"]),
        "role": draw.choice(["AGENT", "AGENT", "USER"]),
        "who": draw.choice(["sam", "kim", "autoresponder"]),
    }


ROWS = _rows()


@pytest.fixture(scope="module", params=["mariadb", "postgresql"])
def services(
    request: pytest.FixtureRequest, new_url: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Services]:
    url = new_url(request.param)
    engine = sa.create_engine(url)
    types = TYPES | ({"t": "DATETIME"} if request.param == "mariadb" else {})
    with engine.begin() as connection:
        for name, columns in TABLES.items():
            connection.execute(sa.text(f"CREATE TABLE {name} ({columns.format(**types)})"))
            written = sa.table(name, *(sa.column(column) for column in ROWS[name][0]))
            connection.execute(sa.insert(written), ROWS[name])
    engine.dispose()
    config = tmp_path_factory.mktemp("config")
    (config / "all.yaml").write_text(CONFIG.format(url=url), encoding="utf-8")
    services = build_services(load(config, {}), "sqlite://")
    yield services
    services.close()


def value(services: Services, kpi: str, campus: str = DISTRICT) -> float | None:
    return services.measurement.measure([services.catalog.kpis[kpi]], NOW)[0][campus].value


def utc(naive: datetime) -> datetime:
    return naive.replace(tzinfo=UTC)


def issues(campus: str = DISTRICT) -> list[Row]:
    """What was not folded into another one, at a campus."""
    own = {
        each["issue_no"]: SPELT[each["value"]] or NO_CAMPUS for each in ROWS["zz9_extra"] if each["field"] == "campus"
    }
    whole = [each for each in ROWS["zz9_issue"] if not each["folded_into"]]
    return [each for each in whole if campus in (DISTRICT, own.get(each["issue_no"], NO_CAMPUS))]


def ended(issue: Row) -> datetime | None:
    if issue["state"] not in ("DONE", "WITHDRAWN"):
        return None
    return utc(issue["touched"] if issue["finished"] in (NOT_YET, NEVER) else issue["finished"])


def answered(issue: Row) -> datetime | None:
    replies = [
        utc(each["happened"])
        for each in ROWS["zz9_happening"]
        if each["issue_no"] == issue["issue_no"]
        and (each["what"], each["visible"], each["role"]) == ("NOTE", "Y", "AGENT")
        and each["who"] != "autoresponder"
    ]
    return min(replies, default=None)


def outstanding(campus: str = DISTRICT) -> list[Row]:
    return [
        each for each in issues(campus) if utc(each["raised"]) < NOW and ((end := ended(each)) is None or end >= NOW)
    ]


CAMPUSES = pytest.mark.parametrize("campus", ["west", "north", NO_CAMPUS, DISTRICT])


@CAMPUSES
def test_outstanding_tickets_of_a_campus_in_a_custom_field(services: Services, campus: str) -> None:
    assert value(services, "tickets", campus) == len(outstanding(campus)) > 0


def test_old_tickets(services: Services) -> None:
    old = [e for e in outstanding() if working_days_since(utc(e["raised"]).astimezone(ZONE).date(), TODAY) > 10]
    assert value(services, "ticket-age") == pytest.approx(100 * len(old) / len(outstanding()))


@CAMPUSES
def test_a_first_response_that_is_an_event(services: Services, campus: str) -> None:
    pairs = [(utc(each["raised"]), answered(each)) for each in issues(campus)]
    assert value(services, "response-time", campus) == pytest.approx(median_of_waits(pairs, MONTH, NOW, working=True))


def test_answered_in_time_by_urgency(services: Services) -> None:
    met = missed = 0
    for each in issues():
        began, reply, limit = utc(each["raised"]), answered(each), {1: 1, 2: 4}.get(each["urgency"], 16)
        if MONTH <= began < NOW:
            is_answered = reply is not None and reply < NOW
            is_late = working_hours(began, reply if is_answered and reply else NOW) > limit
            met, missed = met + (is_answered and not is_late), missed + is_late
    assert value(services, "in-time") == pytest.approx(100 * met / (met + missed))


@CAMPUSES
def test_both_states_that_mean_closed_have_a_time(services: Services, campus: str) -> None:
    pairs = [(utc(each["raised"]), ended(each)) for each in issues(campus)]
    assert value(services, "resolution-time", campus) == pytest.approx(median_of_waits(pairs, MONTH, NOW, working=True))


@CAMPUSES
def test_what_was_folded_into_another_one_never_was(services: Services, campus: str) -> None:
    assert value(services, "opened", campus) == sum(MONTH <= utc(each["raised"]) < NOW for each in issues(campus))


def test_the_series_ends_at_the_number_beside_it(services: Services) -> None:
    kpi = services.catalog.kpis["tickets"]
    series = services.measurement.series(kpi, [DISTRICT], NOW, 30)[DISTRICT]
    assert series.values[-1] == len(outstanding())


def test_check_names_the_codes_that_nobody_knows(services: Services) -> None:
    findings = services.inspect(NOW).findings
    assert not any(each.is_problem for each in findings)
    assert "`Annex`" in next(each.text for each in findings if "kpis.tickets" in each.what)
