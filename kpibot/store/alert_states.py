"""Where the alert of each KPI at each campus stands."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from kpibot.core.alerts.states import AlertState, Phase
from kpibot.core.kpis.thresholds import Verdict
from kpibot.store.database.schema import alert_states

AlertKey = tuple[str, str]  # KPI, campus


def load_states(connection: sa.Connection) -> dict[AlertKey, AlertState]:
    """What is remembered of every alert that is not at rest."""
    return {(row.kpi, row.campus): _state(row) for row in connection.execute(sa.select(alert_states))}


def save_states(connection: sa.Connection, states: Mapping[AlertKey, AlertState]) -> None:
    """The new states replace the former ones; one at rest is only forgotten."""
    if not states:
        return
    former = sa.and_(alert_states.c.kpi == sa.bindparam("of_kpi"), alert_states.c.campus == sa.bindparam("at"))
    connection.execute(sa.delete(alert_states).where(former), [{"of_kpi": kpi, "at": at} for kpi, at in states])
    active = [{"kpi": kpi, "campus": at, **_columns(state)} for (kpi, at), state in states.items() if _is_active(state)]
    if active:
        connection.execute(sa.insert(alert_states), active)


def _is_active(state: AlertState) -> bool:
    return state.phase is not Phase.OK


def _columns(state: AlertState) -> dict[str, Any]:
    return {name: getattr(state, name) for name in ("phase", "severity", "since", "streak", "told")}


def _state(row: Any) -> AlertState:
    severity = None if row.severity is None else Verdict(row.severity)
    return AlertState(Phase(row.phase), severity, row.since, row.streak, row.told)
