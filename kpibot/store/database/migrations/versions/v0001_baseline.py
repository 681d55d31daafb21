"""The tables of kpibot 0.1.0, which knew no versions."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "rosters",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("campuses", sa.Text, nullable=False),
    )
    op.create_table(
        "readings",
        sa.Column("kpi", sa.String(80), primary_key=True),
        sa.Column("as_of", sa.DateTime, primary_key=True),
        *_measured(),
    )
    op.create_table(
        "daily_readings",
        sa.Column("kpi", sa.String(80), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("as_of", sa.DateTime, nullable=False),
        *_measured(),
    )
    op.create_table(
        "alert_states",
        sa.Column("kpi", sa.String(80), primary_key=True),
        sa.Column("campus", sa.String(80), primary_key=True),
        sa.Column("phase", sa.String(20), nullable=False),
        sa.Column("severity", sa.String(20)),
        sa.Column("since", sa.DateTime),
        sa.Column("streak", sa.Integer, nullable=False),
        sa.Column("told", sa.DateTime),
    )
    op.create_table(
        "claims",
        sa.Column("work", sa.String(120), primary_key=True),
        sa.Column("slot", sa.DateTime, primary_key=True),
        sa.Column("claimed_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(200), nullable=False, unique=True),
        sa.Column("channel", sa.String(80), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("due_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("attempted_at", sa.DateTime),
        sa.Column("lease_owner", sa.String(80)),
        sa.Column("lease_until", sa.DateTime),
        sa.Column("ts", sa.String(40)),
        sa.Column("error", sa.Text),
    )
    op.create_index("outbox_by_state", "outbox", ["state", "due_at"])


def _measured() -> tuple[sa.Column[Any], ...]:
    arrays = ("value", "missing", "numerator", "denominator", "rows", "valued", "unplaced", "waiting", "newest")
    roster: sa.Column[Any] = sa.Column("roster", sa.String(32), sa.ForeignKey("rosters.id"), nullable=False)
    return (roster, *(sa.Column(name, sa.Text, nullable=False) for name in arrays))
