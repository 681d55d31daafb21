"""Where a breach goes: the rules of the district are asked in order, and the first that takes it wins."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from kpibot.core.alerts.quiet_hours import Suppression
from kpibot.core.campuses.campus_tree import CampusTree
from kpibot.core.kpis.kpi import KpiInfo
from kpibot.core.text import alternatives

TAKES_IT = "matches"
TOO_LATE = "would match, but an earlier rule does"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where breaches go: `channel` is an id. What a rule does not name it takes all of; a group covers its campuses.

    `severities` are of `warning` and `critical`; `in_working_hours` is True for those hours only, False for all others.
    `mention` is whom to call instead of the KPI's owner: a person or user group of Slack.
    """

    channel: str
    kpis: frozenset[str] | None = None
    campuses: frozenset[str] | None = None
    categories: frozenset[str] | None = None
    severities: frozenset[str] | None = None
    in_working_hours: bool | None = None
    mention: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteExplanation:
    """Where a breach would go at an instant, and whether people would be notified then; frozen, for a message.

    `channel` is its name in Slack, None if no rule takes the breach; `mention` is who is called in it. `rules` are all
    of them, in order, with their channel and what they say. `suppression` is why it waits, and `next_notify_at` until
    when, None if that is out of sight. `escalation` is who is called if nobody acknowledges it, and after how long.
    """

    card: KpiInfo
    campus: str
    campus_name: str
    severity: str
    at: datetime
    zone: str
    channel: str | None
    mention: str
    rules: tuple[tuple[Route, str, str], ...]
    suppression: Suppression | None
    next_notify_at: datetime | None
    escalation: tuple[tuple[timedelta, str], ...]
    inhibited_by_district: bool


@dataclass(frozen=True, slots=True)
class _Breach:
    kpi: str
    category: str
    campus: str
    severity: str
    in_working_hours: bool


def find_route(
    routes: Iterable[Route],
    *,
    kpi: str,
    category: str,
    campus: str,
    severity: str,
    in_working_hours: bool,
    tree: CampusTree,
) -> Route | None:
    """The rule that takes a breach of a KPI at a campus; None where nobody would be notified.

    `severity` is `warning` or `critical`; `category` is the KPI's, empty if it has none.
    """
    breach = _Breach(kpi, category, campus, severity, in_working_hours)
    return next((each for each in routes if not any(_refusals(each, breach, tree))), None)


def evaluate_routes(
    routes: Iterable[Route],
    *,
    kpi: str,
    category: str,
    campus: str,
    severity: str,
    in_working_hours: bool,
    tree: CampusTree,
) -> list[tuple[Route, str]]:
    """Every rule, and what it says to a breach: `TAKES_IT`, `TOO_LATE`, or why it does not take it."""
    breach = _Breach(kpi, category, campus, severity, in_working_hours)
    answers, takes_it = list[tuple[Route, str]](), TAKES_IT
    for route in routes:
        refused = "; ".join(_refusals(route, breach, tree))
        answers.append((route, refused or takes_it))
        if not refused:
            takes_it = TOO_LATE
    return answers


def _refusals(route: Route, breach: _Breach, tree: CampusTree) -> Iterator[str]:
    if route.kpis is not None and breach.kpi not in route.kpis:
        yield f"is about {_named(route.kpis)} only"
    if route.categories is not None and breach.category not in route.categories:
        yield f"is about {_named(route.categories)} KPIs only, and this one is {breach.category or 'in no category'}"
    if route.campuses is not None and not _covers(route.campuses, breach.campus, tree):
        yield f"is about {_named(route.campuses)} only"
    if route.severities is not None and breach.severity not in route.severities:
        yield f"is for {_named(route.severities)} alerts only"
    if route.in_working_hours not in (None, breach.in_working_hours):
        yield f"is for {'working' if route.in_working_hours else 'other'} hours only"


def _named(ids: Iterable[str]) -> str:
    return alternatives(sorted(ids))


def _covers(campuses: Iterable[str], campus: str, tree: CampusTree) -> bool:
    """A group that is gone from the tree covers nothing any more."""
    return any(each in tree and campus in tree.covered(each) for each in campuses)
