"""What `check` prints: a table that fits a terminal, and every finding with what to do."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from kpibot.core.kpis.conditions import Ago, DaysAgo
from kpibot.core.kpis.readings import Missing
from kpibot.core.reports.inspection import CheckedKpi, Finding, Inspection
from kpibot.render.terminal.inspection import inspection_record, inspection_text
from kpibot.render.terminal.text import display_width
from tests.unit.samples.reports import NOW, ZONE, Samples

STATEMENT = "CREATE INDEX CONCURRENTLY kpi_hd_tickets_site_code_created_at_open ON hd_tickets (site_code, created_at);"
ADVICE = Finding("kpis.tickets", "reads all 1,204,332 rows of `hd_tickets`", False, statement=STATEMENT)
PROBLEM = Finding("datasets.tickets.table", "no such table; " + "words " * 40, True, "config/datasets.yaml:12")


def line(samples: Samples, kpi: str = "tickets", value: float | None = 104.0, **changed: object) -> CheckedKpi:
    report = samples.report(kpi, value, rows=1_200, valued=1_199, unplaced=31)
    made = CheckedKpi(
        card=report.card,
        reading=report.reading,
        milliseconds=12.4,
        newest=NOW - timedelta(hours=3),
        allowed=DaysAgo(1, working=True),
    )
    return replace(made, **changed)  # type: ignore[arg-type]


def test_a_line_says_value_rows_time_freshness_and_coverage(samples: Samples) -> None:
    text = inspection_text(Inspection(NOW, (line(samples), line(samples, "utilization", 79.2, allowed=None)), ()))
    assert text.splitlines() == [
        "KPI         district     rows ms newest row           campus amount",
        "tickets     104 tickets 1,200 12 3 h of 1 working day    97%    99%",
        "utilization 79.2%       1,200 12 3 h                     97%    99%",
        "",
        "no problems found",
    ]


def test_stale_and_missing_data_are_seen_in_the_table(samples: Samples) -> None:
    stale = line(samples, newest=NOW - timedelta(days=5), allowed=Ago(timedelta(hours=4)), stale=True)
    down = line(samples, "po-value", None, milliseconds=0.0, newest=None)
    down = replace(down, reading=replace(down.reading, missing=Missing.SOURCE_DOWN))
    rows = inspection_text(Inspection(NOW, (stale, down, line(samples, by_campus=False)), ())).splitlines()
    assert "5 days > 4 h" in rows[1]
    assert rows[2].split() == ["po-value", "source", "down", "–", "–", "–", "–", "–"]
    assert rows[3].split()[-2:] == ["–", "99%"]


def test_problems_come_first_and_a_statement_stays_on_its_line(samples: Samples) -> None:
    text = inspection_text(Inspection(NOW, (line(samples),), (ADVICE, PROBLEM)))
    lines = text.splitlines()
    assert lines[3] == "✗ datasets.tickets.table (config/datasets.yaml:12)"
    assert f"    {STATEMENT}" in lines
    assert max(display_width(each) for each in lines if STATEMENT not in each) <= 100
    assert lines[-1] == "1 problem to fix, marked ✗"


def test_the_longest_names_and_numbers_still_fit(samples: Samples) -> None:
    long = line(samples, milliseconds=123_456.0, newest=NOW - timedelta(days=1_234), stale=True)
    long = replace(long, card=replace(long.card, id="k" * 60, rows="work orders of all kinds"))
    long = replace(long, reading=replace(long.reading, value=123_456_789.0, rows=123_456_789))
    assert max(map(display_width, inspection_text(Inspection(NOW, (long,), ())).splitlines())) <= 100


def test_programs_get_the_same(samples: Samples) -> None:
    record = inspection_record(Inspection(NOW, (line(samples),), (PROBLEM,)), ZoneInfo(ZONE))
    (kpi,) = record["kpis"]
    assert (kpi["kpi"], kpi["value"], kpi["milliseconds"], kpi["fresh_within"]) == (
        "tickets",
        104.0,
        12.4,
        "1 working day",
    )
    assert kpi["newest_row"] == "2026-11-22T11:02:00-06:00"
    assert record["problems"] == 1
    assert record["findings"][0]["place"] == "config/datasets.yaml:12"
