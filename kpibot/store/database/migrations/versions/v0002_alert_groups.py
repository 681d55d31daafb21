"""Alert groups, silences and the audit trail; slots with leases; edits and thread lines in the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Makes the new tables, and takes over the outbox and the work that is done."""
    _groups()
    _silences_and_trail()
    _leased_slots()
    _outbox()


def _groups() -> None:
    op.create_table(
        "alert_groups",
        sa.Column("key", sa.String(300), primary_key=True),
        sa.Column("kpi", sa.String(80), nullable=False),
        sa.Column("channel", sa.String(80), nullable=False),
        sa.Column("opened", sa.DateTime, nullable=False),
        sa.Column("shown", sa.Text, nullable=False),
        sa.Column("called", sa.DateTime),
        sa.Column("critical_since", sa.DateTime),
        sa.Column("escalated", sa.Integer, nullable=False),
        sa.Column("acknowledged_by", sa.String(80), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime),
        sa.Column("acknowledged_until", sa.DateTime),
        sa.Column("snoozed_until", sa.DateTime),
        sa.Column("assigned_to", sa.String(80), nullable=False),
        sa.Column("repost", sa.Boolean, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("closed_at", sa.DateTime),
    )
    is_open = sa.text("closed_at IS NULL")
    op.create_index(
        "alert_groups_open",
        "alert_groups",
        ["kpi", "channel"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def _silences_and_trail() -> None:
    op.create_table(
        "silences",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("start", sa.DateTime, nullable=False),
        sa.Column("end", sa.DateTime, nullable=False),
        sa.Column("kpi", sa.String(80)),
        sa.Column("campus", sa.String(80)),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
    )
    op.create_index("silences_by_end", "silences", ["end"])
    op.create_table(
        "audit_trail",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("did", sa.String(80), nullable=False),
        sa.Column("about", sa.String(300), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_index("audit_trail_by_time", "audit_trail", ["at"])


def _leased_slots() -> None:
    """What was claimed was done: there was no difference."""
    op.add_column("claims", sa.Column("owner", sa.String(120)))
    op.add_column("claims", sa.Column("lease_until", sa.DateTime))
    op.add_column("claims", sa.Column("done_at", sa.DateTime))
    op.execute("UPDATE claims SET done_at = claimed_at")


def _outbox() -> None:
    """Every row is a message of its own: there was nothing else."""
    op.drop_index("outbox_by_state", "outbox")
    with op.batch_alter_table("outbox") as table:
        table.alter_column("key", type_=sa.String(300), existing_nullable=False)
        table.alter_column("lease_owner", type_=sa.String(120))
        table.alter_column("due_at", existing_type=sa.DateTime(), nullable=True)
        table.add_column(sa.Column("how", sa.String(20), nullable=False, server_default="post"))
        table.add_column(sa.Column("group_key", sa.String(300), nullable=False, server_default=""))
        table.add_column(sa.Column("in_channel", sa.Boolean, nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("lease_from", sa.DateTime))
    op.create_index("outbox_by_state", "outbox", ["state", "channel", "id"])
    op.create_index("outbox_by_group", "outbox", ["group_key"])
