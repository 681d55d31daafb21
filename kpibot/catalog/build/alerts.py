"""From the shapes of alert rules, routes and silences to the values that the core works with."""

from collections.abc import Iterable
from dataclasses import replace

from kpibot.catalog.schema.alerts import AlertSchema, RouteSchema, SignalSchema, SilenceSchema
from kpibot.core.alerts.routing import Route
from kpibot.core.alerts.silences import RecurringSilence
from kpibot.core.kpis.alert_rule import AlertRule, AnomalyRule, ChangeRule, ForecastRule, SignalRule

A_SHIFT = AlertRule().acknowledged_for


def build_alert(shape: AlertSchema) -> AlertRule:
    """The rule by which a KPI's breaches are told. Whoever acknowledges one is called no sooner than who does not."""
    return AlertRule(
        after=shape.after,
        remind=shape.remind,
        acknowledged_for=shape.acknowledged_for or max(A_SHIFT, shape.remind or A_SHIFT),
        escalation=tuple((each.after, each.to) for each in shape.escalate),
        signals=tuple(map(_signal, shape.warns_if)),
        any_time=shape.any_time,
        on_holidays=shape.on_holidays,
        at_district="district" in shape.at,
        inhibits=shape.inhibits is not None,
    )


def _signal(shape: SignalSchema) -> SignalRule:
    if shape.worsens_by is not None and shape.within is not None:
        return ChangeRule(shape.worsens_by, shape.within)
    if shape.unusual is not None:
        return AnomalyRule(shape.unusual)
    assert shape.critical_within is not None
    return ForecastRule(shape.critical_within)


def build_route(shape: RouteSchema) -> Route:
    """A rule that says where breaches go."""
    return Route(
        channel=shape.channel,
        kpis=some(shape.kpis),
        campuses=some(shape.campuses),
        categories=some(shape.categories),
        severities=None if shape.severity is None else frozenset({shape.severity}),
        in_working_hours=None if shape.when is None else shape.when == "working hours",
        mention=shape.mention or "",
    )


def build_silence(shape: SilenceSchema) -> RecurringSilence:
    """A silence that recurs."""
    return replace(shape.when, name=shape.name, kpis=some(shape.kpis), campuses=some(shape.campuses))


def some(names: Iterable[str] | None) -> frozenset[str] | None:
    """Those names; None stands for all."""
    return None if names is None else frozenset(names)
