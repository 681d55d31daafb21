"""Alert groups: the open ones, and those closed within a year."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kpibot.core.alerts.groups import AlertGroup
from kpibot.core.kpis.thresholds import Verdict
from kpibot.store.database.engine import upserting
from kpibot.store.database.schema import alert_groups

AlertGroupKey = tuple[str, str]  # KPI, channel
NAMES = tuple(field.name for field in fields(AlertGroup))
IS_OPEN = alert_groups.c.closed_at.is_(None)


def open_groups(connection: sa.Connection) -> dict[AlertGroupKey, AlertGroup]:
    """Every open group."""
    rows = connection.execute(sa.select(alert_groups).where(IS_OPEN))
    return {(row.kpi, row.channel): _group(row) for row in rows}


def find_group(connection: sa.Connection, key: str, locks: bool = False) -> AlertGroup | None:
    """The open group with this key. With `locks`, no other process changes it until the transaction ends."""
    query = sa.select(alert_groups).where(alert_groups.c.key == key, IS_OPEN)
    row = connection.execute(query.with_for_update() if locks else query).first()
    return None if row is None else _group(row)


def save_groups(
    connection: sa.Connection, groups: Mapping[AlertGroupKey, AlertGroup | None], now: datetime
) -> set[AlertGroupKey]:
    """Saves groups (None closes one), except those that were changed since they were read, which are returned."""
    return {key for key, group in sorted(groups.items()) if not _save(connection, key, group, now)}


def _save(connection: sa.Connection, key: AlertGroupKey, group: AlertGroup | None, now: datetime) -> bool:
    if group is None:
        of_key = sa.and_(alert_groups.c.kpi == key[0], alert_groups.c.channel == key[1], IS_OPEN)
        connection.execute(sa.update(alert_groups).where(of_key).values(closed_at=now))
        return True
    if group.revision == 0:
        new = upserting(connection.dialect.name)(alert_groups).on_conflict_do_nothing().values(_columns(group))
        return connection.execute(new.execution_options(preserve_rowcount=True)).rowcount == 1
    return update_group(connection, group)


def update_group(connection: sa.Connection, group: AlertGroup) -> bool:
    """Saves the next state of a group; False where it is closed, or was changed since it was read."""
    same = sa.and_(alert_groups.c.key == group.key, alert_groups.c.revision == group.revision, IS_OPEN)
    return connection.execute(sa.update(alert_groups).where(same).values(_columns(group))).rowcount == 1


def request_reposts(connection: sa.Connection, keys: Iterable[str]) -> None:
    """Marks groups whose message is not in the channel: their next notification is a new message."""
    named = sa.select(alert_groups.c.kpi, alert_groups.c.channel, alert_groups.c.key)
    rows = connection.execute(named.where(alert_groups.c.key.in_(set(keys)), IS_OPEN)).all()
    marked = {"repost": True, "revision": alert_groups.c.revision + 1}
    for _, _, key in sorted(map(tuple, rows)):  # in the order of `save_groups`, to avoid a deadlock with it
        connection.execute(sa.update(alert_groups).where(alert_groups.c.key == key, IS_OPEN).values(marked))


def _columns(group: AlertGroup) -> dict[str, Any]:
    values = {name: getattr(group, name) for name in NAMES}
    return values | {"key": group.key, "severities": dict(group.severities), "revision": group.revision + 1}


def _group(row: Any) -> AlertGroup:
    severities = {campus: Verdict(severity) for campus, severity in row.severities.items()}
    return AlertGroup(**{name: getattr(row, name) for name in NAMES} | {"severities": severities})
