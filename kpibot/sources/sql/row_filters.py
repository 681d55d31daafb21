"""Which rows of a dataset a measure counts, as conditions of a statement."""

from dataclasses import replace

import sqlalchemy as sa

from kpibot.core.kpis.measures import Duration, Flow, Stock
from kpibot.core.time.periods import Period
from kpibot.sources.engines.base import Expression
from kpibot.sources.sql.dataset_rows import Rows
from kpibot.sources.sql.timestamps import TimeColumn


def happened_in(flow: Flow, rows: Rows, period: Period) -> list[Expression]:
    """The rows of a flow that lie in the period."""
    return [rows.time(flow.at).within(period), *rows.conditions(flow.where)]


def open_at_end(stock: Stock, rows: Rows, period: Period, whole: bool = False) -> list[list[Expression]]:
    """The rows open just before the period's end: what happens at an instant belongs to what follows it.

    They come in one or two arms that have no row in common; in one where `whole` asks for it.
    """
    before = _began_before(stock, rows, period)
    if stock.until is None:
        return [before]
    is_open, ends_later = rows.column(stock.until).is_(None), rows.time(stock.until).not_before(period.end)
    if stock.until not in rows.indexed or whole:
        return [[*before, sa.or_(is_open, ends_later)]]
    # Few rows end later, but nearly all began before: the index on the end is the one to take.
    return [[*before, is_open], [*_began_before(stock, replace(rows, uses_time_index=False), period), ends_later]]


def _began_before(stock: Stock, rows: Rows, period: Period) -> list[Expression]:
    began = [] if stock.since is None else [rows.time(stock.since).before(period.end)]
    return [*rows.conditions(stock.where), *began]


def begun_in(duration: Duration, rows: Rows, period: Period) -> list[Expression]:
    """The rows of a duration that began in the period, without those that end before they begin."""
    began = rows.time(duration.since)
    in_order = _in_order(began, rows.time(duration.until), period)
    return [began.within(period), in_order, *rows.conditions(duration.where)]


def in_order(stock: Stock, since: str, rows: Rows, period: Period) -> list[Expression]:
    """Rows that end before they begin never stand, so that a walk must not count either."""
    return [] if stock.until is None else [_in_order(rows.time(since), rows.time(stock.until), period)]


def _in_order(began: TimeColumn, ended: TimeColumn, period: Period) -> Expression:
    return sa.or_(ended.expression.is_(None), ended.not_before_that_of(began, period))
