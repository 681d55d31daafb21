"""The alert state of each KPI at each campus."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from kpibot.core.alerts.states import AlertState, Phase
from kpibot.core.kpis.thresholds import Verdict
from kpibot.store.database.schema import alert_states

AlertKey = tuple[str, str]  # KPI, campus


def load_states(connection: sa.Connection) -> dict[AlertKey, AlertState]:
    """Every alert state that is not OK."""
    return {(row.kpi, row.campus): _state(row) for row in connection.execute(sa.select(alert_states))}


def save_states(connection: sa.Connection, states: Mapping[AlertKey, AlertState]) -> None:
    """Replaces alert states. A state that is OK is deleted."""
    if not states:
        return
    former = sa.and_(alert_states.c.kpi == sa.bindparam("of_kpi"), alert_states.c.campus == sa.bindparam("at"))
    connection.execute(sa.delete(alert_states).where(former), [{"of_kpi": kpi, "at": at} for kpi, at in states])
    active = [
        {"kpi": kpi, "campus": campus, **_columns(state)}
        for (kpi, campus), state in states.items()
        if state.phase is not Phase.OK
    ]
    if active:
        connection.execute(sa.insert(alert_states), active)


def _columns(state: AlertState) -> dict[str, Any]:
    return {name: getattr(state, name) for name in ("phase", "severity", "since", "streak", "notified_at")}


def _state(row: Any) -> AlertState:
    severity = None if row.severity is None else Verdict(row.severity)
    return AlertState(Phase(row.phase), severity, row.since, row.streak, row.notified_at)
