"""Finds where a breach would go, and whether people would be notified of it. Its functions block."""

from datetime import datetime

from kpibot.catalog.model import Catalog
from kpibot.core.alerts.quiet_hours import Breach, QuietHours
from kpibot.core.alerts.routing import TAKES_IT, RouteExplanation, evaluate_routes
from kpibot.core.campuses.campus_tree import DISTRICT, CampusTree
from kpibot.core.kpis.alert_rule import AlertRule
from kpibot.core.kpis.kpi import Kpi
from kpibot.core.text import QueryError, alternatives
from kpibot.store.store import Store

OFFERED = 8  # campuses of a group


def explain_route(
    catalog: Catalog, tree: CampusTree, store: Store, kpi: Kpi, campus: str | None, severity: str, now: datetime
) -> RouteExplanation:
    """Where a breach of the KPI at the campus would go now, `severity` being `warning` or `critical`.

    Raises:
        QueryError: the KPI has no alert, or nobody watches it there.
    """
    rule, watched = _rule(kpi), _watched(kpi, campus, tree)
    calendar = catalog.district.calendar
    rules = evaluate_routes(
        catalog.routes,
        kpi=kpi.id,
        category=kpi.card.category,
        campus=watched,
        severity=severity,
        in_working_hours=calendar.is_working_time(now),
        tree=tree,
    )
    taking = next((route for route, says in rules if says == TAKES_IT), None)
    quiet = QuietHours((*store.silences(now), *catalog.silences), tree, calendar)
    notice = Breach(kpi.id, watched, severity, rule)
    return RouteExplanation(
        card=kpi.card,
        campus=watched,
        campus_name=tree[watched].name,
        severity=severity,
        at=now,
        zone=str(calendar.zone),
        channel=None if taking is None else catalog.channels[taking.channel].slack,
        mention="" if taking is None else taking.mention or kpi.card.owner,
        rules=tuple((route, catalog.channels[route.channel].slack, says) for route, says in rules),
        suppression=quiet.suppression(notice, now),
        next_notify_at=quiet.next_notify_at(notice, now),
        escalation=rule.escalation if severity == "critical" else (),
        inhibited_by_district=rule.inhibits and watched != DISTRICT,
    )


def _rule(kpi: Kpi) -> AlertRule:
    if kpi.alert is None:
        hint = f"add `alert: {{remind: 1 day}}` to `kpis.{kpi.id}`"
        raise QueryError(f"`{kpi.id}` has no `alert`, so nothing is ever sent; {hint}")
    return kpi.alert


def _watched(kpi: Kpi, campus: str | None, tree: CampusTree) -> str:
    """The campus, or the district where that is what is watched."""
    if not kpi.by_campus:
        return DISTRICT
    leaves = tree.leaves(DISTRICT)
    if campus in leaves:
        return campus
    watches_district = kpi.alert is not None and kpi.alert.at_district
    if campus in (None, DISTRICT) and watches_district:
        return DISTRICT
    if campus is None or campus not in tree:
        raise QueryError(f"which campus? Type one too, for example `{kpi.id} {leaves[0]}`")
    below = tree.leaves(campus)[:OFFERED]
    more = " (or write `at: [campuses, district]` into its `alert`)" if campus == DISTRICT else ""
    raise QueryError(
        f"alerts are for campuses, and `{campus}` is not one; type one of its campuses: {alternatives(below)}{more}"
    )
