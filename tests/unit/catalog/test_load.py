"""What good files become, and that every mistake is told at once."""

from datetime import date, time, timedelta
from pathlib import Path
from textwrap import dedent, indent
from zoneinfo import ZoneInfo

import pytest

from kpibot.catalog import Catalog, CatalogError, load
from kpibot.catalog.model import CampusList, Channel, Column, Database, Dataset, Digest, FileTable, NoteRule
from kpibot.core.alerts.routing import Route
from kpibot.core.alerts.silences import Recurrence, RecurringSilence
from kpibot.core.campuses.campus_tree import Campus, CampusTree
from kpibot.core.campuses.locations import CampusRule
from kpibot.core.kpis.alert_rule import AlertRule, AnomalyRule, ChangeRule, ForecastRule
from kpibot.core.kpis.conditions import DaysAgo, ValueCondition
from kpibot.core.kpis.cross_check import CrossCheck
from kpibot.core.kpis.kpi import Format, Kpi
from kpibot.core.kpis.measures import Amount, Counted, Duration, Flow, Measure, Query, Ratio, Statistic, Stock
from kpibot.core.kpis.thresholds import Better, Thresholds
from kpibot.core.reports.answers import Note
from kpibot.core.time.calendar import SeasonHours, YearStart
from kpibot.core.time.days import AnnualRange, Cycle, DateRange, NamedDays
from kpibot.core.time.periods import PeriodRule, Unit
from kpibot.demo.common.campuses import CAMPUSES

REPOSITORY = Path(__file__).parents[3]


def kpis(configured, text: str) -> Catalog:
    """The sound configuration with other KPIs, which nobody is alerted of."""
    entries = "kpis:\n" + indent(text, "  ")
    channels = 'channels:\n  tech-leads: {slack: "#tech-leads"}\n'
    return load(configured(kpis=entries, channels=channels), {})


def kpi(configured, text: str) -> Kpi:
    """One KPI, given by what differs between KPIs."""
    head = "x:\n  name: X Factor\n  objective: To see\n  owner: '@us'\n"
    return kpis(configured, head + indent(text.strip(), "  ")).kpis["x"]


def measure(configured, words: str, more: str = "") -> Measure:
    return kpi(configured, f"measure: {words}\n{more}").measure


def test_the_shipped_configuration_is_sound() -> None:
    catalog = load(REPOSITORY / "config", {})
    assert len(catalog.kpis) == 15
    assert isinstance(catalog.campuses, tuple)
    tree = CampusTree(catalog.campuses, catalog.district.name)
    assert len(tree.leaves("district")) == 24
    assert tree.resolve("101") == tree.resolve("ORG-101") == tree.resolve("campus west hs") == "campus-west"
    for each in CAMPUSES:
        assert {tree.resolve(code, system) for system, code in each.aliases.items()} == {each.slug}
        assert (tree.type_of(each.slug), tree.size_of(each.slug, "students")) == (each.kind, each.enrolment)
    assert tree.size_of("district", "students") == sum(each.enrolment for each in CAMPUSES)


def test_the_district(configured) -> None:
    district = """\
    district:
      name: Test ISD
      zone: America/Denver
      fiscal_year_starts: 09-01
      school_year_starts: 08-20
      working_hours: {mon-thu: 07:30-16:30, fri: 8:00-12:00}
      holidays: [2026-11-26, 2026-12-31..2027-01-02]
      measure_every: 1 hour
      administrators: tech-leads
    """
    made = load(configured(district=dedent(district)), {}).district
    assert (made.name, made.measure_every, made.administrators) == ("Test ISD", timedelta(hours=1), "tech-leads")
    calendar = made.calendar
    assert calendar.zone == ZoneInfo("America/Denver")
    assert (calendar.fiscal_year, calendar.school_year) == (YearStart(9, 1), YearStart(8, 20))
    whole, half = (time(7, 30), time(16, 30)), (time(8), time(12))
    assert calendar.working_hours == (whole, whole, whole, whole, half, None, None)
    off = {date(2026, 11, 26), date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2)}
    assert calendar.holidays == off


def test_the_calendar_of_a_district_that_changes(configured) -> None:
    district = """\
    district:
      name: Test ISD
      zone: America/Chicago
      fiscal_year_starts: 09-01
      irregular_fiscal_years: {FY2027: 2026-07-01..2027-08-31}
      school_days: sun-thu
      working_hours: {mon-fri: 08:00-16:00}
      summer_hours:
        06-01..07-31: {mon-thu: 07:00-17:00}
        2026-07-27..2026-07-31: {mon: 09:00-12:00}
      holidays:
        - 2026-11-25..2026-11-26: Thanksgiving
        - 2026-12-31
      holidays_from: closed.ics
      breaks: [2027-03-15..2027-03-19: Spring break, 05-25..08-11]
      cycles: {audit: {starts: 2025-07-01, every: 2 years}}
    """
    folder = configured(district=dedent(district))
    event = "BEGIN:VEVENT\nDTSTART:2026{day}\nSUMMARY:{name}\nEND:VEVENT\n"
    events = event.format(day="1126", name="Day off") + event.format(day="1231", name="New Year's Eve")
    (folder / "closed.ics").write_text(f"BEGIN:VCALENDAR\n{events}END:VCALENDAR\n", encoding="utf-8")
    calendar = load(folder, {}).district.calendar
    assert calendar.irregular_fiscal_years == (NamedDays(date(2026, 7, 1), date(2027, 9, 1), "FY2027"),)
    assert calendar.school_days == (0, 1, 2, 3, 6)
    summer = (time(7), time(17))
    assert calendar.season_hours == (
        SeasonHours(DateRange(date(2026, 7, 27), date(2026, 7, 31)), ((time(9), time(12)), *[None] * 6)),
        SeasonHours(AnnualRange((6, 1), (7, 31)), (*[summer] * 4, None, None, None)),
    )
    assert calendar.breaks == (DateRange(date(2027, 3, 15), date(2027, 3, 19)), AnnualRange((5, 25), (8, 11)))
    assert calendar.cycles == (Cycle("audit", date(2025, 7, 1), 24),)
    assert calendar.holidays == set(calendar.holiday_names)
    assert calendar.holiday_names == {
        date(2026, 11, 25): "Thanksgiving",
        date(2026, 11, 26): "Thanksgiving",
        date(2026, 12, 31): "New Year's Eve",
    }


def test_what_is_left_out_of_the_district_is_usual(configured) -> None:
    made = load(configured(), {}).district
    assert made.measure_every == timedelta(minutes=15)
    assert made.administrators is None
    assert made.calendar.fiscal_year == YearStart(7, 1)
    assert made.calendar.working_hours[4] == (time(8), time(16, 30))
    assert made.calendar.working_hours[5] is None


def test_databases_take_their_urls_and_paths_from_the_environment(configured) -> None:
    databases = """\
    databases:
      helpdesk: {url: "postgresql://bot:${PASSWORD}@db/${NAME:-helpdesk}", timeout: 5 seconds}
      incidents:
        files:
          incident_log: {path: "${FOLDER:-data}/log.csv", options: {nullstr: "?", header: true}}
    """
    made = load(configured(databases=dedent(databases)), {"PASSWORD": "hunter2", "FOLDER": ""}).databases
    assert made["helpdesk"] == Database("helpdesk", timedelta(seconds=5), "postgresql://bot:hunter2@db/helpdesk")
    assert made["incidents"].url is None
    assert made["incidents"].files == {"incident_log": FileTable("data/log.csv", {"nullstr": "?", "header": True})}
    assert made["incidents"].timeout == timedelta(seconds=30)


def test_campuses_in_their_groups(configured) -> None:
    campuses = load(configured(), {}).campuses
    assert campuses == (
        Campus(slug="feeder-west", name="West feeder"),
        Campus(slug="campus-west", name="Campus West High School", parent="feeder-west", aliases=("101", "ORG-101")),
        Campus(slug="oakridge", name="Oakridge Middle School", parent="feeder-west", aliases=("111",)),
    )


def test_a_code_keeps_its_zeros_and_needs_no_quotes(configured) -> None:
    campuses = load(configured(campuses="campuses: {west: {name: West, aliases: [0101, 17, 1e3]}}\n"), {}).campuses
    assert isinstance(campuses, tuple)
    assert campuses[0].aliases == ("0101", "17", "1e3")


def test_campuses_from_a_database_may_be_referred_to_unseen(configured) -> None:
    text = 'campuses: {database: helpdesk, select: "SELECT site AS code FROM sites;", slug: "site-{code}"}\n'
    channels = "channels: {west: {slack: C0123ABCD, campus: site-101}}\nalerts: [{channel: west}]\n"
    catalog = load(configured(campuses=text, channels=channels), {})
    assert catalog.campuses == CampusList(
        system="helpdesk", database="helpdesk", select="SELECT site AS code FROM sites", slug="site-{code}"
    )
    assert catalog.channels["west"] == Channel("west", "C0123ABCD", "site-101")


def test_datasets(configured) -> None:
    datasets = """\
    datasets:
      tickets:
        database: helpdesk
        table: dbo.hd_tickets
        columns: {campus: site_code, opened: created_at, resolved: {sql: "coalesce(resolved_at, closed_at)"}}
        rows: tickets and work orders
        zone: UTC
        fresh_within: 2 days
        link: https://help.example.org/{opened}
      order_lines:
        database: helpdesk
        select: |
          -- lines of approved orders
          WITH l AS (SELECT 1) SELECT * FROM l;
        columns: {opened: created_at}
    """
    made = load(configured(datasets=dedent(datasets)), {}).datasets
    columns = {
        "campus": Column("site_code"),
        "opened": Column("created_at"),
        "resolved": Column(sql="coalesce(resolved_at, closed_at)"),
    }
    assert made["tickets"] == Dataset(
        id="tickets",
        database="helpdesk",
        table="dbo.hd_tickets",
        select=None,
        columns=columns,
        rows="tickets and work orders",
        zone=ZoneInfo("UTC"),
        fresh_within=DaysAgo(2),
        link="https://help.example.org/{opened}",
    )
    lines = made["order_lines"]
    assert lines.select == "-- lines of approved orders\nWITH l AS (SELECT 1) SELECT * FROM l"
    assert (lines.rows, lines.zone) == ("order lines", ZoneInfo("America/Chicago"))
    assert (lines.table, lines.fresh_within, lines.link) == (None, None, None)


def test_a_stock(configured) -> None:
    words = "{stock: tickets, from: opened, until: resolved, where: {status: {not: [merged, deleted]}}}"
    where = (ValueCondition("status", ("merged", "deleted"), negated=True),)
    assert measure(configured, words) == Stock(dataset="tickets", since="opened", until="resolved", where=where)


def test_a_snapshot_has_no_beginning(configured) -> None:
    assert measure(configured, "{stock: tickets, where: {status: open}}") == Stock(
        dataset="tickets", where=(ValueCondition("status", ("open",)),)
    )


def test_a_flow_of_distinct_keys(configured) -> None:
    words = "{flow: tickets, at: opened, distinct: [id, campus]}"
    amount = Amount(Counted.DISTINCT, ("id", "campus"))
    assert measure(configured, words, "period: week to date") == Flow("tickets", "opened", (), amount)


def test_a_flow_of_an_amount(configured) -> None:
    made = kpi(configured, "measure: {flow: tickets, at: opened, sum: id}\nperiod: fiscal year to date\nas: currency")
    assert made.measure == Flow("tickets", "opened", (), Amount(Counted.SUM, ("id",)))
    assert made.period == PeriodRule(Unit.FISCAL_YEAR)
    assert (made.card.format, made.card.currency) == (Format.CURRENCY, "USD")
    assert made.card.period == "fiscal year to date"


def test_a_duration_is_shown_in_hours_and_is_a_median(configured) -> None:
    made = kpi(configured, "measure: {duration: tickets, from: opened, to: resolved}\nperiod: 30 days")
    assert made.measure == Duration(dataset="tickets", since="opened", until="resolved", statistic=Statistic.MEDIAN)
    assert made.card.format is Format.HOURS


def test_a_ratio_rests_on_what_it_divides_by(configured) -> None:
    words = "{ratio: {of: {stock: tickets, where: {status: open}}, over: {stock: tickets}}}"
    made = kpi(configured, f"measure: {words}\nas: percent")
    assert made.measure == Ratio(
        Stock(dataset="tickets", where=(ValueCondition("status", ("open",)),)), Stock(dataset="tickets")
    )
    assert (made.card.format, made.card.rows) == (Format.PERCENT, "tickets")


def test_a_query(configured) -> None:
    made = kpi(configured, 'measure: {query: helpdesk, sql: "SELECT site, count(*) FROM t GROUP BY 1"}\nas: percent')
    assert made.measure == Query("helpdesk", "SELECT site, count(*) FROM t GROUP BY 1")
    assert made.card.rows == "rows"


@pytest.mark.parametrize(
    ("written", "values", "negated"),
    [
        ("open", ("open",), False),
        ("[open, new]", ("open", "new"), False),
        ("null", (None,), False),
        ("[open, null]", ("open", None), False),
        ("{not: null}", (None,), True),
        ("{not: merged}", ("merged",), True),
        ("0", (0,), False),
        ("1.5", (1.5,), False),
        ("true", (True,), False),
        ("no", ("no",), False),
        ("0101", ("0101",), False),
        ("2026-11-22", ("2026-11-22",), False),
    ],
)
def test_conditions(configured, written: str, values: tuple[object, ...], negated: bool) -> None:
    made = measure(configured, f"{{stock: tickets, where: {{status: {written}}}}}")
    assert isinstance(made, Stock)
    assert made.where == (ValueCondition("status", values, negated),)  # type: ignore[arg-type]
    assert [type(value) for value in made.where[0].values] == [type(value) for value in values]


def test_thresholds_alert_and_overrides(configured) -> None:
    catalog = load(configured(), {})
    tickets = catalog.kpis["tickets"]
    assert tickets.thresholds == Thresholds(Better.LOWER, 20, 40, 80, recovers_at=35)
    assert tickets.alert == AlertRule(after=2, remind=timedelta(hours=4))
    assert (tickets.card.owner, tickets.card.rows, tickets.card.period) == ("@helpdesk-leads", "tickets", "")


def test_an_override_says_only_what_is_written(configured) -> None:
    levels = "{campus-west: {warning: 60, critical: 100}, district: {target: 0}}"
    text = f"measure: {{stock: tickets}}\nbetter: lower\ntarget: 20\nwarning: 40\ncampuses: {levels}"
    made = kpi(configured, text)
    west, district = Thresholds(Better.LOWER, None, 60, 100), Thresholds(Better.LOWER, 0)
    assert made.overrides == {"campus-west": west, "district": district}


def test_a_campus_type_has_levels_of_its_own(configured) -> None:
    campuses = "campuses: {west: {name: West, type: High}, east: {name: East, type: Early College}}\n"
    text = "measure: {stock: tickets}\nbetter: lower\nwarning: 40\ncampus_types: {high: {warning: 60}}"
    head = "kpis:\n  x:\n    name: X Factor\n    objective: To see\n    owner: '@us'\n" + indent(text, "    ")
    catalog = load(configured(kpis=head, campuses=campuses, channels='channels: {a: {slack: "#a"}}\n'), {})
    made = catalog.kpis["x"]
    assert made.type_overrides == {"high": Thresholds(Better.LOWER, None, 60)}
    tree = CampusTree(catalog.campuses)
    assert [made.thresholds_of(each, tree).warning for each in ("west", "east", "district")] == [60, 40, 100]


def test_a_recovery_threshold_goes_with_each_warning_and_adds_up(configured) -> None:
    campuses = "campuses: {west: {name: West}, east: {name: East}}\n"
    head = "kpis:\n  x:\n    name: X Factor\n    objective: To see\n    owner: '@us'\n    measure: {stock: tickets}\n"
    text = "better: lower\nwarning: 40\ncampuses: {west: {warning: 60}}\nalert: {recovers_at: 35}"
    channels = 'channels: {a: {slack: "#a"}}\nalerts: [{channel: a}]\n'
    catalog = load(configured(kpis=head + indent(text, "    "), campuses=campuses, channels=channels), {})
    made, tree = catalog.kpis["x"], CampusTree(catalog.campuses)
    assert [made.thresholds_of(each, tree).recovers_at for each in ("east", "west", "district")] == [35, 52.5, 87.5]


def test_what_is_known_of_a_campus(configured) -> None:
    text = """\
    campuses:
      west: {name: West, type: High, students: 2140, devices: 2300.5, aliases: {helpdesk: 17, any: [CWHS, 0101]}}
      east: {name: East, students: 0, aliases: {helpdesk: [18, "19"], maximo: E-1}}
    """
    datasets = (
        "datasets: {tickets: {database: helpdesk, system: maximo, table: t, "
        "columns: {opened: a, resolved: b, status: c}}}\n"
    )
    catalog = load(configured(campuses=dedent(text), datasets=datasets), {})
    assert catalog.campuses == (
        Campus(
            slug="west",
            name="West",
            parent=None,
            aliases=("CWHS", "0101"),
            codes={"helpdesk": ("17",)},
            rooms={},
            type="High",
            students=2140,
            devices=2300.5,
        ),
        Campus(slug="east", name="East", codes={"helpdesk": ("18", "19"), "maximo": ("E-1",)}, students=0),
    )
    assert catalog.datasets["tickets"].system == "maximo"


def test_a_list_of_campuses_with_what_is_written_of_them(configured) -> None:
    text = """\
    campuses:
      database: helpdesk
      select: SELECT id, completename AS path FROM glpi_locations
      separator: "/"
      campuses_are: {types: [High, middle]}
      system: any
      campuses:
        feeder-west: {name: West feeder, campuses: {campus-west: {students: 2140}}}
    """
    assert load(configured(campuses=dedent(text)), {}).campuses == CampusList(
        system="any",
        database="helpdesk",
        select="SELECT id, completename AS path FROM glpi_locations",
        separator="/",
        rule=CampusRule(types=frozenset({"high", "middle"})),
        written=(
            Campus(slug="feeder-west", name="West feeder"),
            Campus(slug="campus-west", name="", parent="feeder-west", students=2140),
        ),
    )


def test_a_list_of_oneroster_is_a_file_and_its_codes_are_everybodys(configured) -> None:
    text = 'campuses: {orgs: "${ONEROSTER}/orgs.csv", campuses_are: {codes: [1, "0101"]}}\n'
    catalog = load(configured(campuses=text), {"ONEROSTER": "sis"})
    assert catalog.campuses == CampusList(
        system="any", orgs="sis/orgs.csv", rule=CampusRule(codes=frozenset({"1", "0101"}))
    )


def test_higher_may_be_better(configured) -> None:
    made = kpi(configured, "measure: {stock: tickets}\nbetter: higher\ntarget: 85\nwarning: 75\ncritical: 65")
    assert made.thresholds == Thresholds(Better.HIGHER, 85, 75, 65)


def test_without_a_direction_nothing_is_judged_and_without_alert_nothing_is_sent(configured) -> None:
    made = kpi(configured, "measure: {stock: tickets}")
    assert made.thresholds == Thresholds()
    assert made.alert is None


def test_digests_and_routes(configured) -> None:
    channels = """\
    channels:
      tech-leads: {slack: "#tech-leads"}
      west-tech: {slack: C0123ABCD, campus: feeder-west}
    digests:
      weekly: {title: Weekly, when: monday 07:00, channels: [tech-leads, west-tech], useful_for: 6 days}
      daily: {title: Daily, when: mon-fri 16:30, channels: [tech-leads], kpis: [tickets]}
    alerts:
      - {kpis: [tickets], campuses: [feeder-west], channel: west-tech}
      - {channel: tech-leads}
    """
    catalog = load(configured(channels=dedent(channels)), {})
    both, leads = ("tech-leads", "west-tech"), ("tech-leads",)
    assert catalog.digests == {
        "weekly": Digest(
            id="weekly",
            title="Weekly",
            weekdays=(0,),
            at=time(7),
            channels=both,
            kpis=("tickets",),
            useful_for=timedelta(days=6),
        ),
        "daily": Digest(
            id="daily",
            title="Daily",
            weekdays=(0, 1, 2, 3, 4),
            at=time(16, 30),
            channels=leads,
            kpis=("tickets",),
            useful_for=timedelta(days=1),
        ),
    }
    assert catalog.routes == (
        Route(channel="west-tech", kpis=frozenset({"tickets"}), campuses=frozenset({"feeder-west"})),
        Route(channel="tech-leads"),
    )
    assert catalog.channels["tech-leads"].campus == "district"


def test_an_alert_with_all_its_words(configured) -> None:
    alert = """\
    alert:
      after: 2 measurements
      recovers_at: 35
      remind: 4h
      acknowledged_for: 1 day
      escalate: [{after: 1h, to: "@director"}, {after: 2h, to: "@superintendent"}]
      warns_if:
        - {worsens_by: 30 percent, within: 1 week}
        - {unusual: true}
        - {unusual: 3 deviations}
        - {critical_within: 10 school days}
      any_time: true
      on_holidays: true
      at: [campuses, district]
      inhibits: campuses
    """
    head = "kpis:\n  x:\n    name: X Factor\n    objective: To see\n    owner: '@us'\n    measure: {stock: tickets}\n"
    levels = "    better: lower\n    warning: 40\n    critical: 80\n"
    kpis_ = head + levels + indent(dedent(alert), "    ")
    channels = 'channels: {a: {slack: "#a"}}\nalerts: [{channel: a}]\n'
    assert load(configured(kpis=kpis_, channels=channels), {}).kpis["x"].alert == AlertRule(
        after=2,
        remind=timedelta(hours=4),
        acknowledged_for=timedelta(days=1),
        escalation=((timedelta(hours=1), "@director"), (timedelta(hours=2), "@superintendent")),
        signals=(ChangeRule(30, 7), AnomalyRule(), AnomalyRule(3), ForecastRule(10)),
        any_time=True,
        on_holidays=True,
        at_district=True,
        inhibits=True,
    )


@pytest.mark.parametrize(
    ("rule", "lasts"), [("remind: 4h", "8h"), ("after: 1 measurement", "8h"), ("remind: 4 weeks", "4w")]
)
def test_whoever_acknowledges_is_called_no_sooner_than_who_does_not(configured, rule: str, lasts: str) -> None:
    head = "kpis:\n  x:\n    name: X Factor\n    objective: To see\n    owner: '@us'\n    measure: {stock: tickets}\n"
    levels = f"    better: lower\n    warning: 40\n    alert: {{{rule}}}\n"
    channels = 'channels: {a: {slack: "#a"}}\nalerts: [{channel: a}]\n'
    found = load(configured(kpis=head + levels, channels=channels), {}).kpis["x"].alert
    assert found.acknowledged_for == {"8h": timedelta(hours=8), "4w": timedelta(weeks=4)}[lasts]


def test_what_warns_if_it_is_unusual_needs_no_threshold(configured) -> None:
    head = "kpis:\n  x:\n    name: X Factor\n    objective: To see\n    owner: '@us'\n    measure: {stock: tickets}\n"
    channels = 'channels: {a: {slack: "#a"}}\nalerts: [{channel: a}]\n'
    text = head + "    better: lower\n    alert: {warns_if: [{unusual: true}]}\n"
    assert load(configured(kpis=text, channels=channels), {}).kpis["x"].alert == AlertRule(signals=(AnomalyRule(),))


def test_routes_by_category_severity_and_hours(configured) -> None:
    text = """\
    kpis:
      tickets:
        name: Outstanding tickets
        objective: No classroom waits
        owner: "@helpdesk-leads"
        category: operational
        measure: {stock: tickets}
        better: lower
        warning: 40
        critical: 80
        alert: {}
    """
    channels = """\
    channels: {a: {slack: "#a"}, b: {slack: "#b"}}
    alerts:
      - {severity: critical, when: other hours, channel: a, mention: "@oncall"}
      - {severity: critical, when: working hours, campuses: [oakridge], channel: a}
      - {severity: critical, when: working hours, campuses: [feeder-west], channel: b}
      - {categories: [operational], channel: b}
      - {channel: a}
    """
    catalog = load(configured(kpis=dedent(text), channels=dedent(channels)), {})
    critical = frozenset({"critical"})
    assert catalog.routes == (
        Route(channel="a", severities=critical, in_working_hours=False, mention="@oncall"),
        Route(channel="a", campuses=frozenset({"oakridge"}), severities=critical, in_working_hours=True),
        Route(channel="b", campuses=frozenset({"feeder-west"}), severities=critical, in_working_hours=True),
        Route(channel="b", categories=frozenset({"operational"})),
        Route(channel="a"),
    )


def test_silences_that_recur(configured) -> None:
    channels = """\
    channels: {a: {slack: "#a"}}
    alerts: [{channel: a}]
    silences:
      - {name: Summer break, when: 06-10..08-05}
      - {name: Patch night, when: wednesday 22:00-02:00, kpis: [tickets], campuses: [feeder-west]}
      - {name: Weekend, when: sat-sun}
      - {name: Breaks, when: breaks}
    """
    district = "district: {name: Test ISD, zone: America/Chicago, breaks: [05-25..08-11]}\n"
    catalog = load(configured(channels=dedent(channels), district=district), {})
    tickets, west = frozenset({"tickets"}), frozenset({"feeder-west"})
    assert catalog.silences == (
        RecurringSilence(name="Summer break", when=Recurrence.YEARLY, first=(6, 10), last=(8, 5)),
        RecurringSilence(
            name="Patch night",
            when=Recurrence.WEEKLY,
            weekdays=(2,),
            hours=(time(22), time(2)),
            kpis=tickets,
            campuses=west,
        ),
        RecurringSilence(name="Weekend", when=Recurrence.WEEKLY, weekdays=(5, 6)),
        RecurringSilence(name="Breaks", when=Recurrence.BREAKS),
    )


def test_all_sections_may_stand_in_one_file(configured, tmp_path: Path) -> None:
    parts = [file.read_text(encoding="utf-8") for file in sorted(configured().glob("*.yaml"))]
    folder = tmp_path / "one"
    folder.mkdir()
    (folder / "everything.yml").write_text("\n".join(parts), encoding="utf-8")
    assert load(folder, {}) == load(Path("config"), {})


def test_what_is_slacks_is_not_read(configured) -> None:
    folder = configured()
    (folder / "slack-manifest.yaml").write_text("display_information: {name: kpibot}\n", encoding="utf-8")
    (folder / "examples").mkdir()
    (folder / "examples" / "other.yaml").write_text("nonsense: {}\n", encoding="utf-8")
    assert load(folder, {}).kpis


@pytest.mark.parametrize("exists", [True, False])
def test_an_empty_folder(tmp_path: Path, exists: bool) -> None:
    folder = tmp_path / "config"
    if exists:
        folder.mkdir()
    with pytest.raises(CatalogError, match="holds no configuration; write at least `district:` and `kpis:`"):
        load(folder, {})


def test_nothing_can_be_added_to_a_catalogue(configured) -> None:
    catalog = load(configured(), {})
    with pytest.raises(TypeError):
        catalog.kpis["more"] = catalog.kpis["tickets"]  # type: ignore[index]


def test_problems_are_in_order_of_file_and_line_and_none_is_told_twice(configured) -> None:
    folder = Path(__file__).parent / "bad" / "many-at-once"
    with pytest.raises(CatalogError) as caught:
        load(configured(folder), {})
    places = [(problem.file, problem.line) for problem in caught.value.problems]
    assert places == sorted(places)
    assert len(set(caught.value.problems)) == len(caught.value.problems) == 8


def test_a_file_that_is_not_yaml_hides_no_mistake_of_shape_elsewhere(configured) -> None:
    folder = configured(kpis="kpis: {", district="district: {name: X, zone: Mars/Phobos}\n")
    with pytest.raises(CatalogError) as caught:
        load(folder, {})
    assert [(Path(each.file).name, each.where) for each in caught.value.problems] == [
        ("district.yaml", "district.zone"),
        ("kpis.yaml", ""),
    ]


def test_an_entry_with_a_mistake_is_still_known_to_those_who_refer_to_it(configured) -> None:
    folder = configured(datasets="datasets: {tickets: {database: helpdesk, table: t, columns: {opened: [], x: y}}}\n")
    with pytest.raises(CatalogError) as caught:
        load(folder, {})
    assert {each.where for each in caught.value.problems} == {
        "datasets.tickets.columns.opened",
        "kpis.tickets.measure.until",
    }


def test_notes_say_what_happened_and_whom_it_concerns(configured) -> None:
    notes = "notes:\n- {on: 2026-11-09, says: Refresh week, kpis: [tickets]}\n- {on: 2026-11-02, says: New helpdesk}\n"
    assert load(configured(notes=notes), {}).notes == (
        NoteRule(Note(date(2026, 11, 9), "Refresh week"), frozenset({"tickets"})),
        NoteRule(Note(date(2026, 11, 2), "New helpdesk")),
    )


def test_a_catalogue_knows_where_everything_was_written(configured) -> None:
    catalog = load(configured(), {})
    file, line = catalog.location("datasets", "tickets", "columns", "opened").rsplit(":", 1)
    assert "opened:" in Path(file).read_text(encoding="utf-8").splitlines()[int(line) - 1]
    assert catalog.location("datasets", "tickets", "fresh_within") == catalog.location("datasets", "tickets")
    assert catalog.location("nothing") == ""


def test_a_kpi_may_be_checked_against_another_system(configured) -> None:
    made = kpi(
        configured,
        """
measure: {stock: tickets, from: opened}
cross_check: {measure: {query: helpdesk, sql: SELECT 1 AS campus}, within: 5%}
""",
    )
    other = Query("helpdesk", "SELECT 1 AS campus")
    assert made.cross_check == CrossCheck(other, 0.05, "tickets", "helpdesk")
    assert made.counterpart is not None
    assert made.counterpart.measure == other
    assert made.narrowed([()], ()).cross_check is None
