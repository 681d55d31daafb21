"""Readings as they are kept: one row holds a KPI at an instant for all campuses.

A district is measured as a whole, and its series are read as a whole. So a measurement is one row of JSON arrays
(`value`, `rows`, …) over a roster of campuses, which many rows share. Every measurement is kept in `readings`, the
last one of each local day in `daily_readings` as well: a long series needs those only.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from pydantic_core import to_json

from kpibot.core.kpis.readings import Missing, Reading
from kpibot.store.database.engine import upserting, writing
from kpibot.store.database.schema import daily_readings, readings, rosters

ByCampus = Mapping[str, Reading]
Roster = tuple[str, ...]
Values = list[float | None]
NOT_MEASURED: tuple[Roster, Values] = ((), [])
NUMBERS = ("value", "numerator", "denominator", "rows", "valued", "unplaced", "waiting")


@dataclass(frozen=True, slots=True)
class StoredMeasurement:
    """A KPI at an instant, at every campus that was measured; `row` is what is kept of it."""

    campuses: Roster
    by_campus: ByCampus
    row: Mapping[str, Any]


class ReadingTables:
    """The readings of a state database. Days are those of `zone`; what is as of midnight is of the day before."""

    def __init__(self, engine: sa.Engine, zone: tzinfo) -> None:
        self._engine = engine
        self._zone = zone
        self._rosters: dict[str, Roster] = {}  # those that are in the database for certain
        insert = upserting(engine.dialect.name)
        self._add_roster = insert(rosters).on_conflict_do_nothing()
        self._add = insert(readings).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
        self._add_daily = _unless_later(insert(daily_readings))

    def prepare(self, readings_to_save: Iterable[Reading]) -> list[StoredMeasurement]:
        """What to save. New rosters are kept at once: they mean nothing alone, and need no larger transaction."""
        merged: dict[tuple[str, datetime], dict[str, Reading]] = {}
        for reading in readings_to_save:
            merged.setdefault((reading.kpi, reading.as_of), {})[reading.campus] = reading
        measurements = [_stored_measurement(by_campus) for by_campus in merged.values()]
        new = {each.row["roster"]: each.campuses for each in measurements if each.row["roster"] not in self._rosters}
        if new:
            with writing(self._engine) as connection:
                self._keep_rosters(connection, new)
            self._rosters |= new
        return measurements

    def save(self, connection: sa.Connection, measurements: Iterable[StoredMeasurement]) -> None:
        """Keeps readings; one of the same KPI, campus and instant replaces the former."""
        kept = [self._added(connection, each).row for each in measurements]
        if kept:
            connection.execute(self._add_daily, [{**row, "day": self._day(row["as_of"])} for row in kept])

    def history(self, kpi: str, campus: str, since: datetime, until: datetime) -> list[tuple[datetime, float | None]]:
        """Every reading of a KPI at a campus in the half-open stretch, oldest first."""
        within = sa.and_(readings.c.kpi == kpi, readings.c.as_of >= since, readings.c.as_of < until)
        columns = sa.select(readings.c.as_of, readings.c.roster, readings.c.value).where(within)
        with self._engine.connect() as connection:
            rows = connection.execute(columns.order_by(readings.c.as_of)).all()
            places = self._places(connection, campus, {row.roster for row in rows})
        return [(row.as_of, row.value[places[row.roster]]) for row in rows if row.roster in places]

    def latest(self, kpi: str, after: datetime, until: datetime) -> dict[str, Reading]:
        """The last measurement of a KPI after one instant, up to and with another; empty where there is none."""
        with self._engine.connect() as connection:
            for table in (readings, daily_readings):
                if latest := self._latest(connection, table, kpi, after, until):
                    return latest
        return {}

    def daily(self, kpi: str, first: date, until: datetime) -> dict[str, Values]:
        """The last value up to `until` of each local day, from `first` to that of `until`, for each campus with any."""
        last = self._day(until)
        within = sa.and_(daily_readings.c.kpi == kpi, daily_readings.c.day.between(first, last))
        columns = sa.select(daily_readings.c.day, daily_readings.c.roster, daily_readings.c.value)
        with self._engine.connect() as connection:
            rows = connection.execute(columns.where(within, daily_readings.c.as_of <= until)).all()
            by_day = {row.day: (self._roster(connection, row.roster), row.value) for row in rows}
            if last not in by_day:  # the day's last measurement may be a later one
                midnight = datetime.combine(last, time(), self._zone)
                today = self._latest(connection, readings, kpi, midnight, until)
                by_day[last] = tuple(today), [each.value for each in today.values()]
        return _by_campus([by_day.get(first + timedelta(days=n), NOT_MEASURED) for n in range((last - first).days + 1)])

    def _added(self, connection: sa.Connection, new: StoredMeasurement) -> StoredMeasurement:
        """The measurement as it is kept: with what an earlier one of the same instant says of other campuses."""
        if connection.execute(self._add, new.row).rowcount:
            return new
        same = sa.and_(readings.c.kpi == new.row["kpi"], readings.c.as_of == new.row["as_of"])
        former = connection.execute(sa.select(readings).where(same).with_for_update()).one()
        whole = _stored_measurement({**_read(former, self._roster(connection, former.roster)), **new.by_campus})
        self._keep_rosters(connection, {whole.row["roster"]: whole.campuses})
        connection.execute(sa.update(readings).where(same), whole.row)
        return whole

    def _latest(
        self, connection: sa.Connection, table: sa.Table, kpi: str, after: datetime, until: datetime
    ) -> dict[str, Reading]:
        within = sa.and_(table.c.kpi == kpi, table.c.as_of > after, table.c.as_of <= until)
        row = connection.execute(sa.select(table).where(within).order_by(table.c.as_of.desc()).limit(1)).first()
        return {} if row is None else _read(row, self._roster(connection, row.roster))

    def _places(self, connection: sa.Connection, campus: str, wanted: Iterable[str]) -> dict[str, int]:
        """The position of a campus in those rosters that have it."""
        campuses = {each: self._roster(connection, each) for each in wanted}
        return {each: slugs.index(campus) for each, slugs in campuses.items() if campus in slugs}

    def _roster(self, connection: sa.Connection, wanted: str) -> Roster:
        if wanted not in self._rosters:
            campuses = connection.scalars(sa.select(rosters.c.campuses).where(rosters.c.id == wanted)).one()
            self._rosters[wanted] = tuple(campuses)
        return self._rosters[wanted]

    def _keep_rosters(self, connection: sa.Connection, new: Mapping[str, Roster]) -> None:
        connection.execute(self._add_roster, [{"id": key, "campuses": campuses} for key, campuses in new.items()])

    def _day(self, as_of: datetime) -> date:
        """The local day at whose end, or before whose end, an instant lies."""
        return (as_of - timedelta(microseconds=1)).astimezone(self._zone).date()


def _unless_later(insert: Any) -> sa.Insert:
    """An insert that replaces a day's measurement, unless that is a later one."""
    keys = daily_readings.primary_key
    new = {column.name: insert.excluded[column.name] for column in daily_readings.c if not column.primary_key}
    is_later = daily_readings.c.as_of <= insert.excluded.as_of
    replacing: sa.Insert = insert.on_conflict_do_update(index_elements=keys, set_=new, where=is_later)
    return replacing


def _stored_measurement(by_campus: ByCampus) -> StoredMeasurement:
    of_all, campuses = list(by_campus.values()), tuple(by_campus)
    row: dict[str, Any] = {name: list(map(attrgetter(name), of_all)) for name in NUMBERS}
    row |= {
        "kpi": of_all[0].kpi,
        "as_of": of_all[0].as_of,
        "roster": hashlib.sha256(to_json(campuses)).hexdigest()[:32],
        "missing": {reading.campus: reading.missing for reading in of_all if reading.missing},
        "newest": [reading.newest and reading.newest.astimezone(UTC) for reading in of_all],
    }
    return StoredMeasurement(campuses, by_campus, row)


def _read(row: sa.Row[Any], campuses: Roster) -> dict[str, Reading]:
    """The readings of a row, as they were saved, but for the `detail` of those that failed."""
    numbers = zip(*(getattr(row, name) for name in NUMBERS), strict=True)
    return {
        campus: Reading(
            kpi=row.kpi,
            campus=campus,
            as_of=row.as_of,
            missing=_missing(row.missing.get(campus), values[0]),
            newest=newest and datetime.fromisoformat(newest),
            **dict(zip(NUMBERS, values, strict=True)),
        )
        for campus, values, newest in zip(campuses, numbers, row.newest, strict=True)
    }


def _missing(reason: str | None, value: float | None) -> Missing | None:
    """Why there is no value. A value that was not finite is kept as none, and nobody gave a reason for it."""
    if reason is not None:
        return Missing(reason)
    return Missing.NOT_A_NUMBER if value is None else None


def _by_campus(days: Sequence[tuple[Roster, Values]]) -> dict[str, Values]:
    """The values of each campus, one a day; None for a day on which it was not measured."""
    values: dict[str, Values] = {}
    for roster in {campuses for campuses, _ in days}:
        no_values: Values = [None] * len(roster)
        columns = zip(*(of_day if campuses == roster else no_values for campuses, of_day in days), strict=True)
        for campus, column in zip(roster, columns, strict=True):
            values[campus] = _filled(values[campus], column) if campus in values else list(column)
    return values


def _filled(values: Values, others: Iterable[float | None]) -> Values:
    """What two rosters know of the same campus; each day has one of them."""
    return [other if value is None else value for value, other in zip(values, others, strict=True)]
