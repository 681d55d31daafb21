"""Made-up districts, as ugly as real ones: their campuses, calendars, rows, and the measures that are asked of them."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from kpibot.core.campuses.campus_tree import Campus, CampusTree
from kpibot.core.kpis.conditions import (
    Ago,
    Condition,
    DaysAgo,
    Now,
    NumberCondition,
    Relation,
    RelativeTime,
    StartOf,
    TimeCondition,
    ValueCondition,
)
from kpibot.core.kpis.dimensions import Dimension
from kpibot.core.kpis.kpi import Format, Kpi, KpiInfo
from kpibot.core.kpis.measures import (
    Amount,
    Clock,
    Counted,
    Duration,
    Flow,
    Limit,
    Measure,
    Ratio,
    Simple,
    Statistic,
    Stock,
)
from kpibot.core.time.calendar import Calendar, SeasonHours, YearStart
from kpibot.core.time.days import Cycle, DateRange, NamedDays
from kpibot.core.time.periods import PeriodRule
from tests.oracle.databases import Kept, kinds_of
from tests.oracle.reference import Table, instant

CHICAGO, BEIRUT, HAVANA = ZoneInfo("America/Chicago"), ZoneInfo("Asia/Beirut"), ZoneInfo("America/Havana")
LORD_HOWE, KOLKATA, UTC_ZONE = ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Kolkata"), ZoneInfo("UTC")
ZONES = (CHICAGO, BEIRUT, HAVANA, LORD_HOWE, KOLKATA, UTC_ZONE)
WEEK = ((time(7, 30), time(16, 30)),) * 5 + (None, None)
HALF_DAYS = (
    (time(8), time(12)),
    None,
    (time(0), time(23, 59)),
    (time(1, 30), time(2, 30)),
    None,
    (time(9), time(9)),
    None,
)
SUMMER = SeasonHours(DateRange(date(2026, 6, 15), date(2026, 8, 15)), ((time(9), time(13)),) * 4 + (None,) * 3)
AUDIT = (Cycle("audit", date(2025, 9, 1), 24), Cycle("refresh", date(2026, 3, 1), 1))
SHORT_YEARS = (
    NamedDays(date(2025, 7, 1), date(2026, 5, 1), "FY2026"),
    NamedDays(date(2026, 5, 1), date(2026, 10, 1), "FY27S"),
)
THANKSGIVING = frozenset({date(2026, 11, 2), date(2026, 3, 9), date(2026, 11, 26)})
CALENDARS = (
    Calendar(
        zone=CHICAGO,
        fiscal_year=YearStart(7, 1),
        school_year=YearStart(8, 15),
        working_hours=WEEK,
        holidays=THANKSGIVING,
        season_hours=(SUMMER,),
        cycles=AUDIT,
    ),
    Calendar(
        zone=BEIRUT,
        fiscal_year=YearStart(10, 1),
        school_year=YearStart(9, 1),
        working_hours=WEEK,
        irregular_fiscal_years=SHORT_YEARS,
        cycles=AUDIT,
    ),
    Calendar(
        zone=HAVANA, fiscal_year=YearStart(9, 1), school_year=YearStart(9, 1), working_hours=HALF_DAYS, cycles=AUDIT
    ),
    Calendar(
        zone=LORD_HOWE,
        fiscal_year=YearStart(7, 1),
        school_year=YearStart(2, 1),
        working_hours=HALF_DAYS,
        holidays=THANKSGIVING,
        cycles=AUDIT,
    ),
    Calendar(
        zone=UTC_ZONE, fiscal_year=YearStart(1, 1), school_year=YearStart(8, 15), working_hours=WEEK, cycles=AUDIT
    ),
)
# Days on which a clock changes, a year begins, or nothing happens.
DAYS = tuple(
    date.fromisoformat(day)
    for day in ("2026-03-08", "2026-03-29", "2026-04-05", "2026-07-01", "2026-10-04", "2026-10-25", "2026-11-01")
)
PERIODS = tuple(
    PeriodRule.parse(words)
    for words in (
        "1 day",
        "2 days",
        "7 days",
        "30 days",
        "week to date",
        "month to date",
        "quarter to date",
        "fiscal year to date",
        "school year to date",
        "refresh cycle to date",
        "audit cycle to date",
    )
)
TIMES = ("opened", "resolved", "seen")
ODD_SECONDS = (0, 0, 1, -1, 60, 1_800, 3_600, -3_600, 5_400, 9_000, 43_200, 86_399, 86_400, 7 * 86_400)
KINDS = ("ticket", "Ticket", "merged", "", None)
AMOUNTS = (None, 0, 1, -2.5, 12.25, 12.25, 1_000, 4_000_000_000_000)
PRIORITIES = (None, 1, 2, 3, 9)
LIMITS = (("1", 3_600.0), ("2", 14_400.0), ("3", 172_800.0))


@dataclass(frozen=True, kw_only=True)
class World:
    """A district with its rows, and what is asked of it."""

    calendar: Calendar
    as_of: datetime
    tree: CampusTree
    parents: Mapping[str, str | None]
    tables: Mapping[str, Table]
    kept: Mapping[str, Kept]
    kpis: Sequence[Kpi]


def world(draw: random.Random, databases: Sequence[str], ids: Sequence[str]) -> World:
    """A district whose datasets `ids` are kept in databases of these kinds."""
    calendar = draw.choice(CALENDARS)
    as_of = _as_of(draw, calendar.zone)
    campuses, parents = _campuses(draw)
    spellings = _spellings(campuses)
    has_campus = draw.random() < 0.9
    kept = {each: _kept(draw, each, kind, has_campus) for each, kind in zip(ids, databases, strict=True)}
    tables = {name: _table(draw, each, spellings, as_of, calendar) for name, each in kept.items()}
    kpis = [_kpi(draw, kept, has_campus, n) for n in range(draw.randint(1, 4))]
    return World(
        calendar=calendar, as_of=as_of, tree=CampusTree(campuses), parents=parents, tables=tables, kept=kept, kpis=kpis
    )


def _as_of(draw: random.Random, zone: ZoneInfo) -> datetime:
    day = draw.choice(DAYS) + timedelta(days=draw.choice([0, 0, 1, 2, 9]))
    at = datetime.combine(
        day, draw.choice([time(), time(0, 30), time(1, 30), time(3, 10), time(15), time(23, 59, 59)]), zone
    )
    return at.replace(fold=draw.choice([0, 0, 1])).astimezone(UTC)


def _campuses(draw: random.Random) -> tuple[list[Campus], dict[str, str | None]]:
    """A tree up to four deep; any node, group or campus, may own rows."""
    parents: dict[str, str | None] = {"district": None, "no-campus": "district"}
    campuses = []
    for n in range(draw.randint(1, 6)):
        nodes = [each for each in parents if each != "no-campus"]
        parent = draw.choice(nodes[-3:])
        campuses.append(
            Campus(
                slug=f"campus-{n}",
                name=f"Campus {n} School",
                parent=None if parent == "district" else parent,
                aliases=(f"{101 + n}",),
            )
        )
        parents[f"campus-{n}"] = parent
    return campuses, parents


def _spellings(campuses: Sequence[Campus]) -> dict[object, str]:
    """What databases call a campus, and which one is meant."""
    spellings: dict[object, str] = {
        None: "no-campus",
        "": "no-campus",
        "elsewhere": "no-campus",
        "0101": "no-campus",
        -1: "no-campus",
    }
    for campus in campuses:
        number = campus.aliases[0]
        ways = (
            campus.slug,
            campus.name,
            campus.name.upper(),
            f" {number} ",
            number,
            int(number),
            f"CAMPUS {campus.slug[7:]}",
        )
        spellings |= dict.fromkeys(ways, campus.slug)
    return spellings


def _kept(draw: random.Random, name: str, database: str, has_campus: bool) -> Kept:
    kinds = kinds_of(database)
    alike = draw.choice(kinds)
    columns = {each: f"{each}_{alike if draw.random() < 0.5 else draw.choice(kinds)}" for each in TIMES}
    columns |= {"kind": "kind", "number": "number", "dept": "dept", "size": "size"}
    columns |= {"priority": draw.choice(["priority_whole", "priority_text"])}
    columns |= {"amount": draw.choice(["amount_float", "amount_decimal", "amount_whole"])}
    if has_campus:
        columns["campus"] = draw.choice(["site", "site", "site_number"])
    return Kept(name, database, draw.random() < 0.5, draw.choice(ZONES), columns)


def _table(
    draw: random.Random, kept: Kept, spellings: Mapping[object, str], as_of: datetime, calendar: Calendar
) -> Table:
    count = draw.choice([0, 1, 3, 8, 14, 14])
    wanted = (int, type(None)) if kept.columns.get("campus") == "site_number" else (str, type(None))
    ways = [each for each in spellings if isinstance(each, wanted)]
    anchors = _anchors(draw, as_of, calendar)
    rows = [_row(draw, kept, ways, anchors, number) for number in range(count)]
    return Table(rows, kept.zone, spellings, kept.database == "mariadb", "campus" in kept.columns)


def _anchors(draw: random.Random, as_of: datetime, calendar: Calendar) -> list[datetime]:
    """Instants at which something is likely to go wrong."""
    edges = [draw.choice(PERIODS).ending(as_of, calendar).start for _ in range(2)]
    changes = [datetime.combine(day, time(draw.choice([0, 1, 2])), draw.choice(ZONES)) for day in draw.sample(DAYS, 2)]
    return [as_of, as_of, *edges, *changes]


def _row(
    draw: random.Random, kept: Kept, ways: Sequence[object], anchors: Sequence[datetime], number: int
) -> dict[str, object]:
    opened = _written(draw, kept, "opened", _near(draw, draw.choice(anchors)))
    began = instant(opened, kept.zone)
    begins = draw.choice(anchors) if began is None or draw.random() < 0.2 else began
    amount = draw.choice(AMOUNTS)
    priority = draw.choice(PRIORITIES)
    row = {
        "id": number,
        "opened": None if draw.random() < 0.05 else opened,
        "resolved": None if draw.random() < 0.3 else _written(draw, kept, "resolved", _near(draw, begins)),
        "seen": None if draw.random() < 0.2 else _written(draw, kept, "seen", _near(draw, draw.choice(anchors))),
        "kind": draw.choice(KINDS),
        "number": draw.choice([None, "a", "A", "b", "c"]),
        "dept": draw.choice([None, 1, 2]),
        "size": draw.choice([None, 0.0, 1.0, 12.25, -3.0]),
        "priority": priority if kept.columns["priority"] == "priority_whole" or priority is None else str(priority),
        "amount": amount if amount is None else _AMOUNTS[kept.columns["amount"]](amount),
    }
    return row | ({"campus": draw.choice(ways)} if "campus" in kept.columns else {})


_AMOUNTS = {"amount_float": float, "amount_whole": int, "amount_decimal": lambda amount: Decimal(str(amount))}


def _near(draw: random.Random, anchor: datetime) -> datetime:
    seconds = draw.choice([*ODD_SECONDS, draw.randrange(-20 * 86_400, 20 * 86_400)])
    return anchor.astimezone(UTC) + timedelta(seconds=draw.choice([1, -1]) * seconds)


def _written(draw: random.Random, kept: Kept, word: str, at: datetime) -> object:
    """An instant as a column keeps it; a wall clock may then be in an hour that it skips or repeats."""
    kind = kept.columns[word].removeprefix(f"{word}_")
    if kind == "seconds":
        return int(at.timestamp())
    if kind == "aware":
        return at
    if kind == "text_utc":
        return at.strftime("%Y-%m-%dT%H:%M:%SZ")
    local = at.astimezone(kept.zone).replace(tzinfo=None) + timedelta(seconds=draw.choice([0, 0, 0, 1_800, -1_800]))
    written = {"naive": local, "date": local.date(), "text_date": local.date().isoformat()}
    return written.get(kind, local.isoformat("T" if kind == "text_t" else " "))


def _kpi(draw: random.Random, kept: Mapping[str, Kept], has_campus: bool, number: int) -> Kpi:
    names = list(kept)
    if draw.random() < 0.2:
        measure: Measure = Ratio(_countable(draw, kept[names[0]]), _countable(draw, kept[draw.choice(names)]))
    elif draw.random() < 0.4:
        measure = _duration(draw, kept[names[0]])
    else:
        measure = _countable(draw, kept[names[0]])
    dimensions = {dimension.name: (dimension, dimension) for dimension in _dimensions(draw)}
    width = 2 if isinstance(measure, Ratio) else 1
    return Kpi(
        card=KpiInfo(id=f"kpi-{number}", name="A KPI", objective="", owner="", format=_format(measure)),
        measure=measure,
        period=draw.choice(PERIODS),
        by_campus=has_campus,
        dimensions={name: pair[:width] for name, pair in dimensions.items()},
    )


def _format(measure: Measure) -> Format:
    if isinstance(measure, Duration):
        return Format.PERCENT if measure.statistic is Statistic.WITHIN else Format.HOURS
    return Format.PERCENT if isinstance(measure, Ratio) else Format.NUMBER


def _countable(draw: random.Random, kept: Kept) -> Simple:
    where = _where(draw, kept)
    if draw.random() < 0.4:
        return Flow(kept.name, draw.choice(TIMES), where, _amount(draw, Counted))
    if draw.random() < 0.15:
        return Stock(dataset=kept.name, since=None, until=None, where=where, amount=_amount(draw, Counted))
    until = None if draw.random() < 0.15 else "resolved"
    if draw.random() < 0.4:
        return Stock(
            dataset=kept.name,
            since="opened",
            until=until,
            where=where,
            amount=_amount(draw, (Counted.ROWS, Counted.SUM)),
            average=True,
        )
    if draw.random() < 0.3:
        where = (TimeCondition("opened", until=DaysAgo(draw.choice([0, 1, 5]), draw.random() < 0.5)), *where[:1])
    return Stock(dataset=kept.name, since="opened", until=until, where=where, amount=_amount(draw, Counted))


def _amount(draw: random.Random, counted: Sequence[Counted] | type[Counted]) -> Amount:
    match draw.choice([Counted.ROWS, *counted]):
        case Counted.ROWS:
            return Amount()
        case Counted.DISTINCT:
            return Amount(Counted.DISTINCT, draw.choice([("number",), ("number", "dept"), ("dept",)]))
        case one:
            return Amount(one, ("amount",))


def _duration(draw: random.Random, kept: Kept) -> Duration:
    statistics = list(Statistic)
    also = tuple(draw.sample(statistics, draw.choice([0, 0, 2])))
    statistic = draw.choice(statistics)
    limit = None
    if Statistic.WITHIN in (statistic, *also) or draw.random() < 0.2:
        usual = draw.choice([None, 7_200.0, 86_400.0])
        limit = Limit(usual, "priority", LIMITS) if usual is None or draw.random() < 0.5 else Limit(usual)
    since, until = draw.choice([("opened", "resolved"), ("opened", "resolved"), ("resolved", "seen")])
    return Duration(
        dataset=kept.name,
        since=since,
        until=until,
        statistic=statistic,
        where=_where(draw, kept),
        clock=draw.choice(list(Clock)),
        limit=limit,
        also=also,
    )


def _where(draw: random.Random, kept: Kept) -> tuple[Condition, ...]:
    return tuple(_condition(draw, kept) for _ in range(draw.choice([0, 0, 0, 1, 1, 2])))


def _condition(draw: random.Random, kept: Kept) -> Condition:
    match draw.randrange(5):
        case 0:
            values = tuple(draw.sample(KINDS, draw.randint(1, 3)))
            return ValueCondition("kind", values, draw.random() < 0.5)
        case 1:
            values = (2, None) if kept.columns["priority"] == "priority_whole" else ("2", None)
            return ValueCondition("priority", values[: draw.randint(1, 2)], draw.random() < 0.5)
        case 2:
            relation, or_empty = draw.choice(list(Relation)), draw.random() < 0.3
            if draw.random() < 0.5:
                return NumberCondition("amount", relation, other="size", or_empty=or_empty)
            return NumberCondition("amount", relation, than=draw.choice([0.0, 12.25]), or_empty=or_empty)
    since, until = draw.choice([None, _moment(draw)]), _moment(draw)
    if draw.random() < 0.5:
        since, until = until, since
    return TimeCondition(draw.choice(TIMES), since, until, draw.random() < 0.3)


def _moment(draw: random.Random) -> RelativeTime:
    ago = Ago(timedelta(hours=draw.choice([0, 1, 30])))
    days = DaysAgo(draw.choice([0, 1, 10]), draw.random() < 0.5)
    return draw.choice([Now(), ago, days, StartOf(draw.choice(PERIODS))])


def _dimensions(draw: random.Random) -> list[Dimension]:
    return [
        Dimension("priority", "priority", {"1": "urgent", "2": "normal", "3": "normal"}),
        Dimension("dept", "dept"),
        Dimension("kind", "kind"),
        Dimension("age", draw.choice(TIMES), bands=(0, 2, 5), working=draw.random() < 0.5),
    ]
