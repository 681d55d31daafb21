"""From the shapes of alert rules, routes and silences to the values that the core works with."""

from collections.abc import Iterable
from dataclasses import replace

from kpibot.catalog.schema.alerts import AlertSchema, RouteSchema, SignalSchema, SilenceSchema
from kpibot.core.alerts.routing import Route
from kpibot.core.alerts.silences import RecurringSilence
from kpibot.core.kpis.alert_rule import AlertRule, AnomalyRule, ChangeRule, ForecastRule, SignalRule

A_SHIFT = AlertRule().acknowledged_for


def build_alert(schema: AlertSchema) -> AlertRule:
    """The alert rule of a KPI. An acknowledgement calls nobody sooner than no acknowledgement would."""
    return AlertRule(
        after=schema.after,
        remind=schema.remind,
        acknowledged_for=schema.acknowledged_for or max(A_SHIFT, schema.remind or A_SHIFT),
        escalation=tuple((each.after, each.to) for each in schema.escalate),
        signals=tuple(map(_signal, schema.warns_if)),
        any_time=schema.any_time,
        on_holidays=schema.on_holidays,
        at_district="district" in schema.at,
        inhibits=schema.inhibits is not None,
    )


def _signal(schema: SignalSchema) -> SignalRule:
    if schema.worsens_by is not None and schema.within is not None:
        return ChangeRule(schema.worsens_by, schema.within)
    if schema.unusual is not None:
        return AnomalyRule(schema.unusual)
    assert schema.critical_within is not None
    return ForecastRule(schema.critical_within)


def build_route(schema: RouteSchema) -> Route:
    """A rule that says where breaches go."""
    return Route(
        channel=schema.channel,
        kpis=some(schema.kpis),
        campuses=some(schema.campuses),
        categories=some(schema.categories),
        severities=None if schema.severity is None else frozenset({schema.severity}),
        in_working_hours=None if schema.when is None else schema.when == "working hours",
        mention=schema.mention or "",
    )


def build_silence(schema: SilenceSchema) -> RecurringSilence:
    """A silence that recurs."""
    return replace(schema.when, name=schema.name, kpis=some(schema.kpis), campuses=some(schema.campuses))


def some(names: Iterable[str] | None) -> frozenset[str] | None:
    """Those names; None means all."""
    return None if names is None else frozenset(names)
