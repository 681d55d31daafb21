"""The tables of the state database. Instants are stored in UTC."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from pydantic_core import from_json, to_json
from sqlalchemy.types import TypeDecorator

metadata = sa.MetaData()


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored as naive UTC, so that every database orders it the same way."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Json(TypeDecorator[Any]):
    """A JSON document, stored as text. A number that is not finite becomes null."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> str:
        return to_json(value, inf_nan_mode="null").decode()

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return from_json(value)


def _measured() -> tuple[sa.Column[Any], ...]:
    """One measurement of a KPI: each column is an array with one element per campus, in the order of the roster.

    Only `missing` is an object: the reason by campus, for campuses without a value.
    """
    return (
        sa.Column("roster", sa.ForeignKey("rosters.id"), nullable=False),
        sa.Column("value", Json, nullable=False),
        sa.Column("missing", Json, nullable=False),
        sa.Column("numerator", Json, nullable=False),
        sa.Column("denominator", Json, nullable=False),
        sa.Column("rows", Json, nullable=False),
        sa.Column("valued", Json, nullable=False),
        sa.Column("unplaced", Json, nullable=False),
        sa.Column("waiting", Json, nullable=False),
        sa.Column("newest", Json, nullable=False),
    )


rosters = sa.Table(  # the id is a hash of the campuses: a row never changes
    "rosters",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("campuses", Json, nullable=False),
)

readings = sa.Table(
    "readings",
    metadata,
    sa.Column("kpi", sa.String(80), primary_key=True),
    sa.Column("as_of", Instant, primary_key=True),
    *_measured(),
)

daily_readings = sa.Table(  # the last measurement of each local day
    "daily_readings",
    metadata,
    sa.Column("kpi", sa.String(80), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("as_of", Instant, nullable=False),
    *_measured(),
)

alert_states = sa.Table(
    "alert_states",
    metadata,
    sa.Column("kpi", sa.String(80), primary_key=True),
    sa.Column("campus", sa.String(80), primary_key=True),
    sa.Column("phase", sa.String(20), nullable=False),
    sa.Column("severity", sa.String(20)),
    sa.Column("since", Instant),
    sa.Column("streak", sa.Integer, nullable=False),
    sa.Column("notified_at", Instant),
)

alert_groups = sa.Table(  # `closed_at` is empty while the group is open; `severities` is an object, by campus
    "alert_groups",
    metadata,
    sa.Column("key", sa.String(300), primary_key=True),
    sa.Column("kpi", sa.String(80), nullable=False),
    sa.Column("channel", sa.String(80), nullable=False),
    sa.Column("opened", Instant, nullable=False),
    sa.Column("severities", Json, nullable=False),
    sa.Column("mentioned_at", Instant),
    sa.Column("critical_since", Instant),
    sa.Column("escalation_step", sa.Integer, nullable=False),
    sa.Column("acknowledged_by", sa.String(80), nullable=False),
    sa.Column("acknowledged_at", Instant),
    sa.Column("acknowledged_until", Instant),
    sa.Column("snoozed_until", Instant),
    sa.Column("assigned_to", sa.String(80), nullable=False),
    sa.Column("repost", sa.Boolean, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("closed_at", Instant),
)
sa.Index(
    "alert_groups_open",
    alert_groups.c.kpi,
    alert_groups.c.channel,
    unique=True,
    sqlite_where=alert_groups.c.closed_at.is_(None),
    postgresql_where=alert_groups.c.closed_at.is_(None),
)

silences = sa.Table(  # `end` is moved to where one was ended early
    "silences",
    metadata,
    sa.Column("id", sa.String(80), primary_key=True),
    sa.Column("start", Instant, nullable=False),
    sa.Column("end", Instant, nullable=False),
    sa.Column("kpi", sa.String(80)),
    sa.Column("campus", sa.String(80)),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("by", sa.String(80), nullable=False),
    sa.Index("silences_by_end", "end"),
)

audit_log = sa.Table(
    "audit_log",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("by", sa.String(80), nullable=False),
    sa.Column("action", sa.String(80), nullable=False),
    sa.Column("subject", sa.String(300), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Index("audit_log_by_time", "at"),
)

leases = sa.Table(  # without `done_at` the slot is in progress, or was abandoned by a process that died
    "leases",
    metadata,
    sa.Column("work", sa.String(120), primary_key=True),
    sa.Column("slot", Instant, primary_key=True),
    sa.Column("acquired_at", Instant, nullable=False),
    sa.Column("owner", sa.String(120)),
    sa.Column("lease_until", Instant),
    sa.Column("done_at", Instant),
)

outbox = sa.Table(  # without `due_at` a row is due at once, whatever the clock
    "outbox",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.String(300), nullable=False, unique=True),
    sa.Column("channel", sa.String(80), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False, server_default="post"),
    sa.Column("group_key", sa.String(300), nullable=False, server_default=""),
    sa.Column("in_channel", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("due_at", Instant),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("attempted_at", Instant),
    sa.Column("lease_owner", sa.String(120)),
    sa.Column("lease_from", Instant),
    sa.Column("lease_until", Instant),
    sa.Column("ts", sa.String(40)),
    sa.Column("error", sa.Text),
    sa.Index("outbox_by_state", "state", "channel", "id"),
    sa.Index("outbox_by_group", "group_key"),
)
