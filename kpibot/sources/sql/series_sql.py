"""Series as SQL: what a measure needs for every day of a window, in one statement for all campuses.

A series has the columns campus, day (1970-01-01 is 0; LEVEL marks the level of a stock at the window's end) and
amount: what began on that day, without what ended. Then weight: how many rows carry an amount where a mean is taken,
or for an average stock the amounts times the seconds, since the window's beginning, at which they changed. The
series of distinct keys has campus, day, again, shared and amount.
"""

from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from kpibot.core.kpis.measures import Amount, Counted, Flow, Stock
from kpibot.core.kpis.series import Window
from kpibot.core.time.periods import Period
from kpibot.sources.engines.base import Engine, Expression
from kpibot.sources.sql.dataset_rows import CAMPUS, Rows, from_clause
from kpibot.sources.sql.row_filters import happened_in, in_order, open_at_end
from kpibot.sources.sql.statements import Statement
from kpibot.sources.sql.timestamps import TimeColumn

BEGAN, ENDED = 1, -1
LEVEL = -1
EPOCH_DAY = 719_163  # 1970-01-01, as date.toordinal() counts


class DayOf:
    """The day of a timestamp on the district's wall clock, as SQL."""

    def __init__(self, zone: Any, period: Period) -> None:
        self._zone = zone
        self._period = period

    def __call__(self, column: TimeColumn) -> Expression:
        return column.local_day(self._zone, self._period)


def stock_series(stock: Stock, since: str, rows: Rows, period: Period, days: DayOf) -> Statement:
    """The level at the end of the period, and what opened and closed on each of its days."""
    lived = [*rows.conditions(stock.where), *in_order(stock, since, rows, period)]
    arms = [_per_day(rows, BEGAN, stock, None, arm, None) for arm in open_at_end(stock, rows, period)]
    moves = [(BEGAN, since)] if stock.until is None else [(BEGAN, since), (ENDED, stock.until)]
    for sign, name in moves:
        time = rows.time(name)
        moment = time.utc_seconds(period) - int(period.start.timestamp()) if stock.average else None
        arms.append(_per_day(rows, sign, stock, days(time), [time.within(period), *lived], moment))
    return _net(arms, rows.engine)


def _net(arms: list[sa.Select[Any]], engine: Engine) -> Statement:
    """What began on each day without what ended. Each arm has been summed up: this puts few rows together."""
    moves = sa.union_all(*arms).subquery("moves")
    sums = (sa.func.sum(engine.summable(moves.c[name])).label(name) for name in ("amount", "weight"))
    return sa.select(moves.c.campus, moves.c.day, *sums).group_by(moves.c.campus, moves.c.day)


def flow_series(flow: Flow, rows: Rows, period: Period, days: DayOf) -> Statement:
    """What happens on each day of the period; not for distinct keys, whose days do not add up."""
    return _per_day(rows, BEGAN, flow, days(rows.time(flow.at)), happened_in(flow, rows, period), None)


def aged_series(stock: Stock, since: str, rows: Rows, window: Window, is_last: bool) -> Statement:
    """On each day but the first what came of age, and what closed that was of age before; of the window that `is_last`
    of several, the level at its end as well.

    A row that closes before it is old enough is in none of them.
    """
    time, conditions = rows.time(since), rows.conditions(stock.where)
    period = Period(window.starts[-1], window.ends[-1], "")
    level = [
        _per_day(rows, BEGAN, stock, None, [*arm, time.before(window.cutoffs[-1])], None)
        for arm in open_at_end(stock, rows, period)
    ]
    if not is_last:
        level = []
    if len(window.days) == 1:
        return _net(level, rows.engine)
    until = None if stock.until is None else rows.time(stock.until)
    steps = _steps(time, until or time, window)
    came = sa.and_(time.expression >= steps.c.younger, time.expression < steps.c.older)
    stays = [] if until is None else [sa.or_(until.expression.is_(None), until.expression >= steps.c.ends)]
    arms = [*level, _stepped(rows, BEGAN, stock, steps, came, [*conditions, *stays])]
    if until is not None:
        closed = sa.and_(until.expression >= steps.c.begins, until.expression < steps.c.ends)
        arms.append(_stepped(rows, ENDED, stock, steps, closed, [*conditions, time.expression < steps.c.younger]))
    return _net(arms, rows.engine)


def distinct_series(flow: Flow, rows: Rows, period: Period, days: DayOf) -> Statement:
    """How many distinct keys each day names that are named again on another day, or (None) on no later one.

    A key that other campuses have too comes alone, with its number as shared. The database tells the keys apart, as it
    does for the parts: it may take "a" and "A" for the same.
    """
    keys = [rows.column(name) for name in flow.amount.columns]
    named = (
        rows.select(
            rows.column(CAMPUS).label(CAMPUS),
            days(rows.time(flow.at)).label("day"),
            *(key.label(f"key_{n}") for n, key in enumerate(keys)),
            where=[*happened_in(flow, rows, period), *(key.is_not(None) for key in keys)],
        )
        .distinct()
        .subquery("named")
    )
    key = [named.c[f"key_{n}"] for n in range(len(keys))]
    again = sa.func.lead(named.c.day, type_=sa.BigInteger()).over(
        partition_by=[named.c.campus, *key], order_by=named.c.day
    )
    place = sa.func.dense_rank().over(partition_by=key, order_by=named.c.campus)
    number = sa.func.dense_rank().over(order_by=key)
    columns = (again.label("again"), place.label("place"), number.label("number"))
    placed = sa.select(named.c.campus, named.c.day, *columns).subquery("placed")
    campuses = sa.func.max(placed.c.place).over(partition_by=placed.c.number)
    shared = sa.case((campuses > 1, placed.c.number)).label("shared")
    each_day = sa.select(placed.c.campus, placed.c.day, placed.c.again, shared).subquery("each_day")
    own = (each_day.c.campus, each_day.c.day, each_day.c.again, each_day.c.shared)
    return sa.select(*own, sa.func.count().label("amount")).group_by(*own)


def _steps(since: TimeColumn, until: TimeColumn, window: Window) -> sa.Subquery:
    """The days of the window but the first: what is old enough at the end of each and was not at that of the one
    before, and when the day begins and ends."""
    rows = []
    days = zip(window.days[1:], pairwise(window.cutoffs), pairwise(window.ends), strict=True)
    for day, (younger, older), (begins, ends) in days:
        bounds = {"younger": since.bound(younger), "older": since.bound(older)}
        bounds |= {"begins": until.bound(begins), "ends": until.bound(ends)}
        number = sa.literal_column(str(day.toordinal() - EPOCH_DAY), sa.BigInteger()).label("day")
        rows.append(sa.select(number, *(bound.label(name) for name, bound in bounds.items())))
    return sa.union_all(*rows).subquery("steps")


def _stepped(
    rows: Rows, sign: int, stock: Stock, steps: sa.Subquery, on: Expression, where: list[Expression]
) -> sa.Select[Any]:
    """What falls into each step."""
    columns = (rows.column(CAMPUS).label(CAMPUS), steps.c.day, _carried(rows, stock.amount))
    joined = sa.join(from_clause(rows.dataset), steps, on)
    per_row = sa.select(*columns).select_from(joined).where(*where).subquery("days")
    return _summed(rows, sign, stock.amount, per_row, None)


def _per_day(
    rows: Rows,
    sign: int,
    measure: Stock | Flow,
    day: Expression | None,
    where: list[Expression],
    moment: Expression | None,
) -> sa.Select[Any]:
    # A subquery gives the day a name to group by: PostgreSQL takes two bound expressions for different ones.
    per_row = rows.select(
        rows.column(CAMPUS).label(CAMPUS),
        (sa.literal_column(str(LEVEL), sa.BigInteger()) if day is None else day).label("day"),
        _carried(rows, measure.amount),
        *([] if moment is None else [moment.label("moment")]),
        where=where,
    ).subquery("days")
    return _summed(rows, sign, measure.amount, per_row, None if moment is None else per_row.c.moment)


def _carried(rows: Rows, amount: Amount) -> sa.Label[Any]:
    """What one row adds: 1, or its amount."""
    counts = amount.counted is Counted.ROWS
    return (sa.literal_column("1") if counts else rows.column(amount.columns[0])).label("amount")


def _summed(rows: Rows, sign: int, amount: Amount, per_row: sa.Subquery, moment: Expression | None) -> sa.Select[Any]:
    counts = amount.counted is Counted.ROWS
    total: Expression = sa.func.count() if counts else sa.func.coalesce(sa.func.sum(per_row.c.amount), 0)
    weight: Expression = sa.func.count() if counts else sa.func.count(per_row.c.amount)
    if moment is not None:
        weight = sa.func.coalesce(sa.func.sum(rows.engine.multiplied(per_row.c.amount, moment)), 0)
    net = (number if sign == BEGAN else -number for number in (total, weight))
    named = (number.label(name) for number, name in zip(net, ("amount", "weight"), strict=True))
    summed = sa.select(per_row.c.campus, per_row.c.day, *named)
    return summed.group_by(rows.group_key(per_row.c.campus), per_row.c.day)
