"""Tables, columns and JSON keys get the field's standard names: leases, audit log, dead letter, kind, severities."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

BATCH = 500  # outbox rows in memory at a time: a body may hold long series
COLUMNS = {
    "alert_states": {"told": "notified_at"},
    "alert_groups": {"called": "mentioned_at", "shown": "severities", "escalated": "escalation_step"},
    "audit_log": {"did": "action", "about": "subject"},
    "leases": {"claimed_at": "acquired_at"},
    "outbox": {"how": "kind"},
}
REASONS = {"told elsewhere": "moved", "told for the whole district": "inhibited"}

_outbox = sa.table("outbox", sa.column("id", sa.Integer), sa.column("state", sa.String), sa.column("body", sa.Text))


def upgrade() -> None:
    """Renames in place: no table is copied."""
    op.rename_table("claims", "leases")
    op.drop_index("audit_trail_by_time", "audit_trail")
    op.rename_table("audit_trail", "audit_log")
    op.create_index("audit_log_by_time", "audit_log", ["at"])
    for table, columns in COLUMNS.items():
        for old, new in columns.items():
            op.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
    connection = op.get_bind()
    parked = sa.update(_outbox).where(_outbox.c.state == "parked")
    connection.execute(parked.values(state="dead_letter"))
    for rows in _batches(connection):
        changed = [{"row": row.id, "new": new} for row in rows if (new := _renamed(row.body)) != row.body]
        if changed:
            by_id = sa.update(_outbox).where(_outbox.c.id == sa.bindparam("row"))
            connection.execute(by_id.values(body=sa.bindparam("new")), changed)


def _batches(connection: sa.Connection) -> Iterator[list[Any]]:
    last = 0
    query = sa.select(_outbox.c.id, _outbox.c.body).order_by(_outbox.c.id).limit(BATCH)
    while rows := list(connection.execute(query.where(_outbox.c.id > last))):
        yield rows
        last = rows[-1].id


def _renamed(text: str) -> str:
    """A message with its keys renamed. One that cannot be read stays as it is: delivery reports it."""
    try:
        body = json.loads(text)
    except ValueError:
        return text
    if not isinstance(body, dict):
        return text
    return json.dumps(_message(body), ensure_ascii=False, separators=(",", ":"))


def _message(body: dict[str, Any]) -> dict[str, Any]:
    if "deed" in body:
        return {**_keys(body, {"deed": "action"}), "action": _keys(body["deed"], {"act": "kind", "about": "scope"})}
    if "changes" in body:
        alert = _reason(_keys(body, {"how": "kind"}))
        return {**alert, "changes": [_reason(_keys(change, {"says": "details"})) for change in body["changes"]]}
    return _keys(body, {"troubles": "problems", "mended": "resolved"})


def _keys(value: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(key, key): entry for key, entry in value.items()}


def _reason(value: dict[str, Any]) -> dict[str, Any]:
    return value | {"reason": REASONS.get(value["reason"], value["reason"])} if "reason" in value else value
