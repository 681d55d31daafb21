"""Measures as SQL: one statement for all campuses, giving additive parts.

Every statement of parts has the columns campus, slice (where rows are broken down by more than their campus), rows,
waiting and newest, then for each amount numerator_n, valued_n and, where it is divided, denominator_n. `distinct` has
shared beside the campus: the number of a key that other campuses have too, or NULL. Spans have campus, slice, began,
ended and perhaps allowed. The columns of series are described in `series_sql`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kpibot.core.kpis.measures import (
    ROWS,
    Amount,
    Clock,
    Counted,
    Duration,
    Flow,
    Limit,
    OverRows,
    Simple,
    Statistic,
    Stock,
)
from kpibot.core.time.periods import Period
from kpibot.sources.engines.base import Engine, Expression
from kpibot.sources.sql.dataset_rows import CAMPUS, SLICE, Rows
from kpibot.sources.sql.row_filters import begun_in, happened_in, in_order, open_at_end

Statement = sa.Select[Any] | sa.CompoundSelect[Any]
Columns = dict[str, Expression]
NOTHING: Expression = sa.null()
ZERO, ONE = sa.literal_column("0", sa.Integer()), sa.literal_column("1", sa.Integer())


def for_measure(measure: OverRows, rows: Rows, period: Period, amounts: Sequence[Amount] = (ROWS,)) -> Statement:
    """The statement that takes a measure; of stocks and flows in each of several amounts, unless keys are distinct."""
    match measure:
        case Duration():
            return spans(measure, rows, period) if wants_spans(measure) else mean_parts(measure, rows, period)
        case Stock() | Flow() if measure.amount.counted is Counted.DISTINCT:
            return distinct(measure, rows, period)
        case Stock():
            return stock_parts(measure, rows, period, amounts)
    return flow_parts(measure, rows, period, amounts)


def stock_parts(stock: Stock, rows: Rows, period: Period, amounts: Sequence[Amount]) -> Statement:
    """What is open at the end of the period, in each of several amounts."""
    newest = rows.column(stock.since) if stock.since else None
    if stock.average and stock.since is not None:
        return _averages(stock, stock.since, rows, period)
    arms = open_at_end(stock, rows, period)
    if len(arms) == 1:
        return _grouped(rows, arms[0], _amounts(rows, amounts), newest)
    # An index on the end serves each arm on its own, but not both at once: rows still open, and those that end later.
    per_arm = sa.union_all(*(_grouped(rows, arm, _amounts(rows, amounts), newest) for arm in arms)).subquery("arms")
    owners = [per_arm.c[owner.name] for owner in rows.group_columns()]
    totals = (column for column in per_arm.c if column.name not in (CAMPUS, SLICE))
    merged = (_merged(column, rows.engine).label(column.name) for column in totals)
    return sa.select(*owners, *merged).group_by(*owners)


def _merged(column: Expression, engine: Engine) -> Expression:
    return sa.func.max(column) if column.name == "newest" else sa.func.sum(engine.summable(column))


def flow_parts(flow: Flow, rows: Rows, period: Period, amounts: Sequence[Amount]) -> Statement:
    """What happens in the period, in each of several amounts."""
    return _grouped(rows, happened_in(flow, rows, period), _amounts(rows, amounts), rows.column(flow.at))


def distinct(measure: Stock | Flow, rows: Rows, period: Period) -> Statement:
    """Distinct keys, which may span several columns; a row without a key is not counted, but reported."""
    at = begins(measure)
    if isinstance(measure, Flow):
        where = happened_in(measure, rows, period)
    else:
        (where,) = open_at_end(measure, rows, period, whole=True)
    keys = [rows.column(name).label(f"key_{n}") for n, name in enumerate(measure.amount.columns)]
    newest = (NOTHING if at is None else sa.func.max(rows.column(at))).label("at")
    per_key = (
        rows.select(*rows.group_columns(), *keys, sa.func.count().label("n"), newest, where=where)
        .group_by(*rows.group_by_columns(measure.amount.columns))
        .subquery("keys")
    )
    own = [per_key.c[key.name] for key in rows.group_columns()]
    has_key = sa.and_(*(per_key.c[key.name].is_not(None) for key in keys))
    is_known = sa.case((has_key, 1), else_=0).label("known")
    shared = _shared(rows, per_key, measure.amount.columns, has_key)
    by_key = sa.select(*own, per_key.c.n, per_key.c.at, is_known, shared.label("shared")).subquery("named")
    own = [by_key.c[key.name] for key in rows.group_columns()]
    return sa.select(
        *own,
        by_key.c.shared,
        sa.func.sum(by_key.c.n).label("rows"),
        sa.func.sum(by_key.c.known).label("numerator"),
        sa.func.sum(by_key.c.known * by_key.c.n).label("valued"),
        sa.func.max(by_key.c.at).label("newest"),
    ).group_by(*own, by_key.c.shared)


def mean_parts(duration: Duration, rows: Rows, period: Period) -> Statement:
    """The sum of the durations that began in the period, in seconds; open ones count as far as they have come.

    For the statistic `within`, instead how many were within their limit, of those that can be judged.
    """
    since, until = rows.time(duration.since), rows.time(duration.until)
    ended = until.before(period.end)
    columns: Columns = {"waiting": sa.func.sum(sa.case((ended, ZERO), else_=ONE))}
    if duration.statistic is Statistic.WITHIN and duration.limit is not None:
        lasted, allowed = since.seconds_until(until, period), _allowed(duration.limit, rows)
        met, missed = sa.and_(lasted <= allowed, ended), lasted > allowed
        columns |= {
            "numerator_0": sa.func.sum(sa.case((met, 1), else_=0)),
            "denominator_0": sa.func.sum(sa.case((sa.or_(met, missed), 1), else_=0)),
            "valued_0": sa.func.sum(sa.case((allowed.is_(None), 0), else_=1)),
        }
    else:
        columns |= {
            "numerator_0": since.total_until(until, period),
            "denominator_0": sa.func.count(),
            "valued_0": sa.func.count(),
        }
    return _grouped(rows, begun_in(duration, rows, period), columns, rows.column(duration.since))


def spans(duration: Duration, rows: Rows, period: Period) -> Statement:
    """The rows that began in the period, each with the UTC seconds of its beginning and end, and perhaps its limit."""
    allowed = [] if duration.limit is None else [_allowed(duration.limit, rows).label("allowed")]
    return rows.select(
        *rows.group_columns(),
        rows.time(duration.since).utc_seconds(period).label("began"),
        rows.time(duration.until).utc_seconds(period).label("ended"),
        *allowed,
        where=begun_in(duration, rows, period),
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
    return rows.select(sa.func.max(rows.column(name)).label("newest"), where=[rows.time(name).before(before)])


def values(rows: Rows, name: str, most: int) -> Statement:
    """The different values of a column, `most` of them."""
    return rows.select(rows.column(name).label("value"), where=[]).distinct().limit(most)


def listed(measure: OverRows, rows: Rows, period: Period, columns: Sequence[str], most: int) -> Statement:
    """The first rows that a measure counts, the oldest first."""
    match measure:
        case Stock():
            (where,) = open_at_end(measure, rows, period, whole=True)
        case Flow():
            where = happened_in(measure, rows, period)
        case Duration():
            where = begun_in(measure, rows, period)
    first = begins(measure)
    order = [] if first is None else [rows.column(first)]
    return rows.select(*(rows.column(name).label(name) for name in columns), where=where).order_by(*order).limit(most)


def wants_spans(duration: Duration) -> bool:
    """Whether the durations themselves are needed: a percentile of a group is no sum of its campuses' percentiles, and
    no database knows the working hours."""
    in_sql = (Statistic.MEAN, Statistic.WITHIN)
    return duration.clock is Clock.WORKING or bool(duration.also) or duration.statistic not in in_sql


def _averages(stock: Stock, since: str, rows: Rows, period: Period) -> Statement:
    """The mean level over the period: how long each row stood in it, of the period's own length."""
    start, end = int(period.start.timestamp()), int(period.end.timestamp())
    began = rows.time(since)
    overlap = sa.case((began.before(period.start), sa.literal_column(str(start))), else_=began.utc_seconds(period))
    ended: Expression = sa.literal_column(str(end))
    where = [*rows.conditions(stock.where), began.before(period.end)]
    if stock.until is not None:
        until = rows.time(stock.until)
        ended = sa.case((until.before(period.end), until.utc_seconds(period)), else_=ended)
        where += [
            sa.or_(until.expression.is_(None), until.not_before(period.start)),
            *in_order(stock, since, rows, period),
        ]
    stood = ended - overlap
    if stock.amount.counted is Counted.SUM:
        amount = rows.engine.multiplied(rows.column(stock.amount.columns[0]), stood)
    else:
        amount = rows.engine.summable(stood)
    columns: Columns = {
        "numerator_0": sa.func.sum(amount) / float(max(end - start, 1)),
        "valued_0": _valued(rows, stock.amount),
    }
    return _grouped(rows, where, columns, rows.column(since))


def _allowed(limit: Limit, rows: Rows) -> Expression:
    """How many seconds a row may take; NULL where it has no limit."""
    usual = NOTHING if limit.seconds is None else sa.literal_column(f"{limit.seconds:.0f}", sa.BigInteger())
    if limit.column is None:
        return usual
    value = sa.cast(rows.column(limit.column), sa.String(80))
    return sa.case(*((value == name, sa.literal(int(seconds))) for name, seconds in limit.by_value), else_=usual)


def _shared(rows: Rows, per_key: sa.Subquery, names: Sequence[str], has_key: Expression) -> Expression:
    """The number of a key that more than one campus has, or more than one of what rows are broken down by: several of
    these may have one label. No campus shares a key that names the campus itself."""
    campus = rows.dataset.columns.get(CAMPUS)
    is_own = campus is None or any(rows.dataset.columns[name] == campus for name in names)
    if is_own and rows.by is None:
        return sa.cast(NOTHING, sa.BigInteger)
    own = [per_key.c[f"key_{n}"] for n in range(len(names))]
    owners = sa.func.count().over(partition_by=own)
    return sa.case((sa.and_(has_key, owners > 1), sa.func.dense_rank().over(order_by=own)))


def _amounts(rows: Rows, amounts: Sequence[Amount]) -> Columns:
    columns: Columns = {}
    for n, amount in enumerate(amounts):
        columns |= {f"numerator_{n}": total(rows, amount), f"valued_{n}": _valued(rows, amount)}
        if amount.counted is Counted.MEAN:
            columns[f"denominator_{n}"] = _valued(rows, amount)
    return columns


def total(rows: Rows, amount: Amount) -> Expression:
    """The amount of a group of rows."""
    if amount.counted is Counted.ROWS:
        return sa.func.count()
    return sa.func.coalesce(sa.func.sum(rows.column(amount.columns[0])), 0)


def _valued(rows: Rows, amount: Amount) -> Expression:
    return sa.func.count() if amount.counted is Counted.ROWS else sa.func.count(rows.column(amount.columns[0]))


def _grouped(rows: Rows, where: list[Expression], columns: Columns, newest: Expression | None) -> sa.Select[Any]:
    own: Columns = {
        "rows": sa.func.count(),
        "waiting": sa.literal_column("0"),
        "newest": NOTHING if newest is None else sa.func.max(newest),
        **columns,
    }
    named = (column.label(name) for name, column in own.items())
    return rows.select(*rows.group_columns(), *named, where=where).group_by(*rows.group_by_columns())
