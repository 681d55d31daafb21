"""Measures as SQL: one statement for all campuses, giving additive parts.

Every statement of parts has the columns campus, numerator, denominator, rows, valued, waiting, newest; every track has
what, campus, day (1970-01-01 is 0; None for the level of a stock) and numerator, that of distinct keys campus, day,
again and numerator; spans have campus, began, ended.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kpibot.core.measures import Amount, Counted, Duration, Flow, Simple, Statistic, Stock
from kpibot.core.periods import Period
from kpibot.sources.dialects import Expression, group_key, summable
from kpibot.sources.rows import CAMPUS, Rows
from kpibot.sources.times import TimeColumn

LEVEL, OPENED, CLOSED = "level", "opened", "closed"
Statement = sa.Select[Any] | sa.CompoundSelect[Any]


def stock_parts(stock: Stock, rows: Rows, period: Period) -> Statement:
    """What stands at the end of the period."""
    newest = rows.column(stock.since) if stock.since else None
    return _amounts(rows, stock.amount, _standing(stock, rows, period), newest)


def flow_parts(flow: Flow, rows: Rows, period: Period) -> Statement:
    """What happens in the period."""
    return _amounts(rows, flow.amount, _happening(flow, rows, period), rows.column(flow.at))


def mean_parts(duration: Duration, rows: Rows, period: Period) -> Statement:
    """The sum of the durations that began in the period, in seconds; open ones count as far as they have come."""
    until = rows.time(duration.until)
    ended = until.before(period.end)  # NULL for a row without an end, so that CASE goes on to ELSE
    began, end = rows.time(duration.since).utc_seconds(period), until.utc_seconds(period)
    lasted = sa.case((ended, end - began), else_=int(period.end.timestamp()) - began)
    return _grouped(
        rows,
        _begun(duration, rows, period),
        numerator=sa.func.sum(summable(lasted, rows.dialect)),
        denominator=sa.func.count(),
        valued=sa.func.count(),
        waiting=sa.func.sum(sa.case((ended, 0), else_=1)),
        newest=sa.func.max(rows.column(duration.since)),
    )


def spans(duration: Duration, rows: Rows, period: Period) -> Statement:
    """The rows that began in the period, each with the UTC seconds of its beginning and end."""
    return rows.select(
        rows.column(CAMPUS).label("campus"),
        rows.time(duration.since).utc_seconds(period).label("began"),
        rows.time(duration.until).utc_seconds(period).label("ended"),
        where=_begun(duration, rows, period),
    )


def stock_track(stock: Stock, since: str, rows: Rows, period: Period, days: "DayOf") -> Statement:
    """The level at the end of the period, and what opened and closed on each of its days."""
    level = _per_day(rows, LEVEL, stock.amount, None, _standing(stock, rows, period))
    lived = [*rows.conditions(stock.where), *_in_order(stock, since, rows)]
    opened = _per_day(rows, OPENED, stock.amount, days(rows.time(since)), [rows.time(since).within(period), *lived])
    if stock.until is None:
        return sa.union_all(level, opened)
    until = rows.time(stock.until)
    closed = _per_day(rows, CLOSED, stock.amount, days(until), [until.within(period), *lived])
    return sa.union_all(level, opened, closed)


def flow_track(flow: Flow, rows: Rows, period: Period, days: "DayOf") -> Statement:
    """What happens on each day of the period; not for distinct keys, whose days do not add up."""
    return _per_day(rows, OPENED, flow.amount, days(rows.time(flow.at)), _happening(flow, rows, period))


def distinct_track(flow: Flow, rows: Rows, period: Period, days: "DayOf") -> Statement:
    """How many distinct keys each day names that are named again on another day, or (None) on no later one.

    The database tells the keys apart, as it does for `flow_parts`: it may take "a" and "A" for the same.
    """
    keys = [rows.column(name) for name in flow.amount.columns]
    named = (
        rows.select(
            rows.column(CAMPUS).label("campus"),
            days(rows.time(flow.at)).label("day"),
            *(key.label(f"key_{n}") for n, key in enumerate(keys)),
            where=[*_happening(flow, rows, period), *(key.is_not(None) for key in keys)],
        )
        .distinct()
        .subquery("named")
    )
    key = [named.c.campus, *(named.c[f"key_{n}"] for n in range(len(keys)))]
    again = sa.func.lead(named.c.day, type_=sa.BigInteger()).over(partition_by=key, order_by=named.c.day)
    each = sa.select(named.c.campus, named.c.day, again.label("again")).subquery("each_day")
    return sa.select(each.c.campus, each.c.day, each.c.again, sa.func.count().label("numerator")).group_by(
        each.c.campus, each.c.day, each.c.again
    )


def begins(measure: Simple) -> str | None:
    """The column that says when a row of the measure came to be; None where none does."""
    match measure:
        case Stock() | Duration():
            return measure.since
        case Flow():
            return measure.at
    return None


def newest(rows: Rows, name: str, before: datetime) -> Statement:
    """The latest time in the column that lies before an instant."""
    return rows.select(sa.func.max(rows.column(name)), where=[rows.time(name).before(before)])


class DayOf:
    """The day of a timestamp on the district's wall clock, as SQL."""

    def __init__(self, zone: Any, period: Period) -> None:
        self._zone = zone
        self._period = period

    def __call__(self, column: TimeColumn) -> Expression:
        return column.local_day(self._zone, self._period)


def wants_spans(duration: Duration) -> bool:
    """Whether the durations themselves are needed: a percentile of a group is no sum of its campuses' percentiles."""
    return duration.statistic is not Statistic.MEAN


def _happening(flow: Flow, rows: Rows, period: Period) -> list[Expression]:
    return [rows.time(flow.at).within(period), *rows.conditions(flow.where)]


def _standing(stock: Stock, rows: Rows, period: Period) -> list[Expression]:
    """Open just before the period's end: what happens at an instant belongs to what follows it."""
    conditions = rows.conditions(stock.where)
    if stock.since is not None:
        conditions.append(rows.time(stock.since).before(period.end))
    if stock.until is not None:
        conditions.append(sa.or_(rows.column(stock.until).is_(None), rows.time(stock.until).not_before(period.end)))
    return conditions


def _in_order(stock: Stock, since: str, rows: Rows) -> list[Expression]:
    """Rows that end before they begin never stand, so that a walk must not count either."""
    if stock.until is None:
        return []
    until = rows.column(stock.until)
    return [sa.or_(until.is_(None), until >= rows.column(since))]


def _begun(duration: Duration, rows: Rows, period: Period) -> list[Expression]:
    since, until = rows.column(duration.since), rows.column(duration.until)
    in_order = sa.or_(until.is_(None), until >= since)
    return [rows.time(duration.since).within(period), in_order, *rows.conditions(duration.where)]


def _amounts(rows: Rows, amount: Amount, where: list[Expression], newest: Expression | None) -> Statement:
    if amount.counted is Counted.DISTINCT:
        return _distinct(rows, amount, where, newest)
    numerator, valued = _amount(rows, amount), sa.func.count()
    if amount.counted is Counted.SUM:
        valued = sa.func.count(rows.column(amount.columns[0]))
    return _grouped(rows, where, numerator=numerator, valued=valued, newest=_newest(newest))


def _amount(rows: Rows, amount: Amount) -> Expression:
    if amount.counted is Counted.SUM:
        return sa.func.coalesce(sa.func.sum(rows.column(amount.columns[0])), 0)
    return sa.func.count()


def _distinct(rows: Rows, amount: Amount, where: list[Expression], newest: Expression | None) -> Statement:
    """Distinct keys, which may span several columns; a row without a key is not counted, but reported."""
    keys = [rows.column(name).label(f"key_{n}") for n, name in enumerate(amount.columns)]
    per_key = (
        rows.select(
            rows.column(CAMPUS).label("campus"),
            *keys,
            sa.func.count().label("n"),
            _newest(newest).label("at"),
            where=where,
        )
        .group_by(*_by_campus(rows), *(rows.column(name) for name in amount.columns))
        .subquery("keys")
    )
    known = sa.and_(*(per_key.c[key.name].is_not(None) for key in keys))
    return sa.select(
        per_key.c.campus,
        sa.func.sum(sa.case((known, 1), else_=0)).label("numerator"),
        sa.null().label("denominator"),
        sa.func.sum(per_key.c.n).label("rows"),
        sa.func.sum(sa.case((known, per_key.c.n), else_=0)).label("valued"),
        sa.literal(0).label("waiting"),
        sa.func.max(per_key.c.at).label("newest"),
    ).group_by(per_key.c.campus)


def _newest(column: Expression | None) -> Expression:
    return sa.null() if column is None else sa.func.max(column)


def _grouped(
    rows: Rows,
    where: list[Expression],
    *,
    numerator: Expression,
    valued: Expression,
    newest: Expression,
    denominator: Expression | None = None,
    waiting: Expression | None = None,
) -> Statement:
    return rows.select(
        rows.column(CAMPUS).label("campus"),
        numerator.label("numerator"),
        (sa.null() if denominator is None else denominator).label("denominator"),
        sa.func.count().label("rows"),
        valued.label("valued"),
        (sa.literal(0) if waiting is None else waiting).label("waiting"),
        newest.label("newest"),
        where=where,
    ).group_by(*_by_campus(rows))


def _per_day(rows: Rows, what: str, amount: Amount, day: Expression | None, where: list[Expression]) -> sa.Select[Any]:
    # A subquery gives the day a name to group by: PostgreSQL takes two bound expressions for different ones.
    summed = amount.counted is Counted.SUM
    per_row = rows.select(
        rows.column(CAMPUS).label("campus"),
        (sa.cast(sa.null(), sa.BigInteger) if day is None else day).label("day"),
        (rows.column(amount.columns[0]) if summed else sa.literal_column("1")).label("amount"),
        where=where,
    ).subquery("days")
    total = sa.func.coalesce(sa.func.sum(per_row.c.amount), 0) if summed else sa.func.count()
    return sa.select(
        sa.literal(what).label("what"), per_row.c.campus, per_row.c.day, total.label("numerator")
    ).group_by(group_key(per_row.c.campus, rows.dialect), per_row.c.day)


def _by_campus(rows: Rows) -> list[Expression]:
    """What to group by; nothing where the dataset is the whole district's: a constant is no group."""
    return [group_key(rows.column(CAMPUS), rows.dialect)] if CAMPUS in rows.dataset.columns else []
