"""What every measure means, said as plainly and as slowly as can be: one row after the other, without SQL or numpy.

Of kpibot it takes the words that a measure is said in, and what the calendar says of a day and a period; nothing that
measures.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kpibot.core.kpis.conditions import (
    Ago,
    Condition,
    DaysAgo,
    Now,
    NumberCondition,
    StartOf,
    TimeCondition,
    ValueCondition,
)
from kpibot.core.kpis.dimensions import Dimension
from kpibot.core.kpis.measures import (
    Amount,
    Clock,
    Counted,
    Duration,
    Flow,
    Measure,
    Query,
    Ratio,
    Simple,
    Statistic,
    Stock,
)
from kpibot.core.time.calendar import Calendar
from kpibot.core.time.periods import Period

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
Row = Mapping[str, object]


@dataclass(frozen=True)
class Table:
    """Rows as they are written in a database, and what its words mean: whose a raw campus is, which texts are equal."""

    rows: Sequence[Row]
    zone: ZoneInfo
    slugs: Mapping[object, str]
    ignores_case: bool
    has_campus: bool

    def slug(self, row: Row) -> str:
        return self.slugs[row["campus"]] if self.has_campus else "district"

    def folded(self, value: object) -> object:
        """Two values are the same for the database if these are equal."""
        return value.casefold().rstrip() if isinstance(value, str) and self.ignores_case else value

    def instant(self, row: Row, column: str) -> datetime | None:
        return instant(row[column], self.zone)


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What a measure must give at one campus or group, in its own unit."""

    value: float | None
    numerator: float
    denominator: float | None
    rows: int
    valued: int
    waiting: int
    newest: datetime | None
    also: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class Asked:
    """At which instant something is measured, over which period, by whose calendar."""

    as_of: datetime
    period: Period
    calendar: Calendar


def instant(raw: object, zone: ZoneInfo) -> datetime | None:
    """What a value means that a database keeps as a time: naive times are on the wall clock of `zone`."""
    if raw is None:
        return None
    if isinstance(raw, int):
        return datetime.fromtimestamp(raw, UTC)
    if isinstance(raw, str):
        raw = datetime.fromisoformat(raw)
    elif not isinstance(raw, datetime):
        assert isinstance(raw, date)
        raw = datetime.combine(raw, time())
    return raw.astimezone(UTC) if raw.tzinfo else meant(raw, zone)


def meant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first instant at which a clock shows a time or, where it skips that, a later one."""
    both = [wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    shown = [each for each in both if each.astimezone(zone).replace(tzinfo=None) == wall]
    if shown:
        return min(shown)
    here = min(both).replace(second=0) - timedelta(hours=3)
    while here.astimezone(zone).replace(tzinfo=None) < wall:
        here += MINUTE
    return here


def worked(began: datetime, ended: datetime, calendar: Calendar) -> float:
    """The seconds of working time between two instants, one day after the other."""
    total = 0.0
    day = began.astimezone(calendar.zone).date() - DAY
    while day <= ended.astimezone(calendar.zone).date() + DAY:
        hours = calendar.hours_on(day)
        if hours is not None:
            opens, closes = (meant(datetime.combine(day, at), calendar.zone) for at in hours)
            total += max((min(closes, ended) - max(opens, began)).total_seconds(), 0.0)
        day += DAY
    return total


def age(day: date, today: date, working: bool, calendar: Calendar) -> int:
    """How many days, or working days, came after `day` up to and with `today`."""
    count = 0
    while day < today:
        day += DAY
        count += not working or calendar.hours_on(day) is not None
    return count


def today(asked: Asked) -> date:
    """The day that an instant is in, or ends."""
    return (asked.as_of - timedelta(microseconds=1)).astimezone(asked.calendar.zone).date()


def moment(end: object, asked: Asked) -> datetime | None:
    match end:
        case Now():
            return asked.as_of
        case Ago(length):
            return asked.as_of - length
        case DaysAgo(days, working):
            day = today(asked)
            while age(day - DAY, today(asked), working, asked.calendar) <= days:
                day -= DAY
            return meant(datetime.combine(day, time()), asked.calendar.zone)
        case StartOf(rule):
            return rule.ending(asked.as_of, asked.calendar).start
    assert end is None
    return None


def holds(condition: Condition, row: Row, table: Table, asked: Asked) -> bool:
    value = row[condition.column]
    match condition:
        case ValueCondition():
            among = any(table.folded(value) == table.folded(each) for each in condition.values)
            return among is not condition.negated
        case NumberCondition():
            return condition.or_empty if value is None else _compares(value, condition, row)
        case TimeCondition():
            at = table.instant(row, condition.column)
            if at is None:
                return condition.or_empty
            since, until = moment(condition.since, asked), moment(condition.until, asked)
            return (since is None or at >= since) and (until is None or at < until)


def _compares(value: object, condition: NumberCondition, row: Row) -> bool:
    than = condition.than if condition.other is None else row[condition.other]
    if than is None:
        return False
    return {
        "above": value > than,
        "at_least": value >= than,
        "at_most": value <= than,
        "below": value < than,
    }[condition.relation]


def in_order(row: Row, since: str, until: str, table: Table) -> bool:
    """Whether a row does not end before it begins: by the clock that both are written by, else as instants."""
    began, ended = table.instant(row, since), table.instant(row, until)
    return began is not None and (ended is None or ended >= began)


def rows_of(half: Simple, table: Table, asked: Asked) -> list[Row]:
    """The rows that a measure counts."""
    return [
        row
        for row in table.rows
        if all(holds(each, row, table, asked) for each in half.where) and _is_of(half, row, table, asked)
    ]


def _is_of(half: Simple, row: Row, table: Table, asked: Asked) -> bool:
    start, end = asked.period.start, asked.as_of
    match half:
        case Stock(since=None):
            return True
        case Stock():
            began = table.instant(row, half.since)
            ended = table.instant(row, half.until) if half.until else None
            if began is None or began >= end:
                return False
            if half.average:
                return (ended is None or ended >= start) and (
                    not half.until or in_order(row, half.since, half.until, table)
                )
            return ended is None or ended >= end
        case Flow():
            at = table.instant(row, half.at)
            return at is not None and start <= at < end
        case Duration():
            began = table.instant(row, half.since)
            return began is not None and start <= began < end and in_order(row, half.since, half.until, table)
    raise TypeError(half)


def measured(half: Simple, rows: list[Row], table: Table, asked: Asked) -> Expected:
    """A measure over some of the rows that it counts."""
    begins = half.at if isinstance(half, Flow) else half.since
    newest = max((table.instant(row, begins) for row in rows), default=None) if begins else None
    if isinstance(half, Duration):
        return _durations(half, rows, table, asked, newest)
    if isinstance(half, Stock) and half.average:
        return _average(half, rows, table, asked, newest)
    value, numerator, denominator, valued = _amount(half.amount, rows, table)
    return Expected(
        value=value,
        numerator=numerator,
        denominator=denominator,
        rows=len(rows),
        valued=valued,
        waiting=0,
        newest=newest,
    )


def _amount(amount: Amount, rows: list[Row], table: Table) -> tuple[float | None, float, float | None, int]:
    if amount.counted is Counted.ROWS:
        return len(rows), len(rows), None, len(rows)
    if amount.counted is Counted.DISTINCT:
        keys = [tuple(table.folded(row[name]) for name in amount.columns) for row in rows]
        known = [key for key in keys if None not in key]
        return len(set(known)), len(set(known)), None, len(known)
    numbers = [float(row[amount.columns[0]]) for row in rows if row[amount.columns[0]] is not None]
    if amount.counted is Counted.SUM:
        return sum(numbers), sum(numbers), None, len(numbers)
    return sum(numbers) / len(numbers) if numbers else None, sum(numbers), len(numbers), len(numbers)


def _average(half: Stock, rows: list[Row], table: Table, asked: Asked, newest: datetime | None) -> Expected:
    start, end = asked.period.start, asked.as_of
    total, valued = 0.0, 0
    for row in rows:
        weight = 1.0 if half.amount.counted is Counted.ROWS else row[half.amount.columns[0]]
        if weight is None:
            continue
        valued += 1
        ended = table.instant(row, half.until) if half.until else None
        stood = (end if ended is None else min(ended, end)) - max(table.instant(row, half.since), start)
        total += float(weight) * stood.total_seconds()
    mean = total / (end - start).total_seconds()
    return Expected(
        value=mean, numerator=mean, denominator=None, rows=len(rows), valued=valued, waiting=0, newest=newest
    )


@dataclass
class _Lasted:
    seconds: list[float] = field(default_factory=list)
    waiting: int = 0
    limited: int = 0
    met: int = 0
    judged: int = 0


def _durations(half: Duration, rows: list[Row], table: Table, asked: Asked, newest: datetime | None) -> Expected:
    lasted = _Lasted()
    for row in rows:
        began, ended = table.instant(row, half.since), table.instant(row, half.until)
        waits = ended is None or ended >= asked.as_of
        until = asked.as_of if waits else ended
        took = worked(began, until, asked.calendar) if half.clock is Clock.WORKING else (until - began).total_seconds()
        allowed = _allowed(half, row, table)
        lasted.seconds.append(took)
        lasted.waiting += waits
        if allowed is not None:
            lasted.limited += 1
            lasted.met += took <= allowed and not waits
            lasted.judged += took > allowed or not waits
    is_share = half.statistic is Statistic.WITHIN
    return Expected(
        value=_statistic(half.statistic, lasted),
        numerator=lasted.met if is_share else sum(lasted.seconds),
        denominator=lasted.judged if is_share else len(rows),
        rows=len(rows),
        valued=lasted.limited if is_share else len(rows),
        waiting=lasted.waiting,
        newest=newest,
        also=tuple(_statistic(each, lasted) for each in half.also),
    )


def _allowed(half: Duration, row: Row, table: Table) -> float | None:
    if half.limit is None:
        return None
    if half.limit.column is not None and row[half.limit.column] is not None:
        written = table.folded(str(row[half.limit.column]))
        for name, seconds in half.limit.by_value:
            if table.folded(name) == written:
                return seconds
    return half.limit.seconds


def _statistic(statistic: Statistic, lasted: _Lasted) -> float | None:
    if statistic is Statistic.WITHIN:
        return lasted.met / lasted.judged if lasted.judged else None
    if not lasted.seconds:
        return None
    if statistic is Statistic.MEAN:
        return sum(lasted.seconds) / len(lasted.seconds)
    ordered = sorted(lasted.seconds)
    rank = (len(ordered) - 1) * {Statistic.MEDIAN: 0.5, Statistic.P90: 0.9}[statistic]
    low, part = int(rank), rank - int(rank)
    return ordered[low] if not part else ordered[low] * (1 - part) + ordered[low + 1] * part


def divided(of: Expected, over: Expected, one_dataset: bool) -> Expected:
    """A ratio, which rests on the rows that it divides by; a half without a value leaves nothing to divide.

    It is as fresh as its older half, but two halves of the same dataset are as fresh as that dataset.
    """
    freshest = max if one_dataset else min
    is_whole = of.value is not None and over.value is not None
    return Expected(
        value=of.value / over.value if is_whole and over.value else None,
        numerator=of.value if is_whole else 0.0,
        denominator=over.value if is_whole else 0.0,
        rows=over.rows,
        valued=over.valued,
        waiting=of.waiting,
        newest=freshest((each.newest for each in (of, over) if each.newest), default=None),
    )


def components(measure: Measure) -> tuple[Simple, ...]:
    return (measure.of, measure.over) if isinstance(measure, Ratio) else (measure,)


def reading(
    measure: Measure, tables: Mapping[str, Table], asked: Asked, belongs: Callable[[Table, Row, int], bool]
) -> Expected:
    """A measure over the rows that belong to somebody, told for each half of the measure."""
    found = []
    for place, half in enumerate(components(measure)):
        assert not isinstance(half, Query)
        table = tables[half.dataset]
        rows = [row for row in rows_of(half, table, asked) if belongs(table, row, place)]
        found.append(measured(half, rows, table, asked))
    if not isinstance(measure, Ratio):
        return found[0]
    return divided(*found, one_dataset=len({half.dataset for half in components(measure)}) == 1)


def label(dimension: Dimension, row: Row, table: Table, asked: Asked) -> str:
    """How people see what a breakdown tells a row apart by."""
    raw = row[dimension.column]
    if raw is None or not str(raw).strip():
        return "none given"
    if not dimension.bands:
        return dimension.labels.get(str(raw), str(raw))
    at = table.instant(row, dimension.column)
    days = age(at.astimezone(asked.calendar.zone).date(), today(asked), dimension.working, asked.calendar)
    words = "working days" if dimension.working else "days"
    for first, last in zip((0, *(band + 1 for band in dimension.bands)), dimension.bands, strict=False):
        if days <= last:
            return f"{last} {words}" if first == last else f"{first}–{last} {words}"
    return f"more than {dimension.bands[-1]} {words}"


def covered(node: str, parents: Mapping[str, str | None]) -> set[str]:
    """A campus or group and everything below it."""

    def ancestry(slug: str | None) -> Iterable[str]:
        while slug is not None:
            yield slug
            slug = parents[slug]

    return {slug for slug in parents if node in ancestry(slug)}
