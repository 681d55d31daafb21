"""The tables of the state database. Instants are kept in UTC."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

metadata = sa.MetaData()


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as naive UTC, so that every database orders it alike."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


readings = sa.Table(
    "readings",
    metadata,
    sa.Column("kpi", sa.String(80), primary_key=True),
    sa.Column("campus", sa.String(80), primary_key=True),
    sa.Column("as_of", Instant, primary_key=True),
    sa.Column("value", sa.Float),
    sa.Column("missing", sa.String(40)),
    sa.Column("numerator", sa.Float),
    sa.Column("denominator", sa.Float),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("valued", sa.BigInteger, nullable=False),
    sa.Column("waiting", sa.BigInteger, nullable=False),
    sa.Column("newest", Instant),
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
    sa.Column("told", Instant),
)

claims = sa.Table(
    "claims",
    metadata,
    sa.Column("work", sa.String(120), primary_key=True),
    sa.Column("slot", Instant, primary_key=True),
    sa.Column("claimed_at", Instant, nullable=False),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.String(200), nullable=False, unique=True),
    sa.Column("channel", sa.String(80), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("attempted_at", Instant),
    sa.Column("lease_owner", sa.String(80)),
    sa.Column("lease_until", Instant),
    sa.Column("ts", sa.String(40)),
    sa.Column("error", sa.Text),
    sa.Index("outbox_by_state", "state", "due_at"),
)
