"""Whether every rule of `alerts` is reached, and every silence is about something."""

from collections.abc import Collection
from dataclasses import dataclass

from kpibot.catalog.checks.references import References
from kpibot.catalog.problems import Path
from kpibot.catalog.schema.alerts import RouteSchema, SilenceSchema
from kpibot.core.alerts.silences import Recurrence
from kpibot.core.campuses.campus_tree import DISTRICT

EVERYWHERE = ""  # in place of a campus: those that no rule names


@dataclass(frozen=True, slots=True)
class _Reach:
    """The breaches that a rule takes, whatever stands above it."""

    kpis: frozenset[str]
    campuses: frozenset[str]
    severities: frozenset[str]
    hours: frozenset[str]

    def holds(self, other: "_Reach") -> bool:
        return (
            self.kpis >= other.kpis
            and self.campuses >= other.campuses
            and self.severities >= other.severities
            and self.hours >= other.hours
        )


def check_routes(known: References) -> None:
    """Reports everything that is wrong with the rules that say where breaches go."""
    above: list[tuple[int, _Reach]] = []
    for index, route in enumerate(known.config.alerts):
        _check_route(route, ("alerts", index), known)
        reach = _reach(route, known)
        if known.sections.is_sound_below(("alerts", index)) and _is_known(route, known):
            _check_reached(reach, above, ("alerts", index), known)
            above.append((index, reach))


def _is_known(route: RouteSchema, known: References) -> bool:
    """Whether it can be told which KPIs it is about: the category of one with a mistake may be missing."""
    return not route.categories or known.sections.is_sound_below(("kpis",))


def _check_route(route: RouteSchema, path: Path, known: References) -> None:
    known.check("channels", route.channel, (*path, "channel"))
    known.check_all("campuses", route.campuses, (*path, "campuses"))
    for n, kpi in enumerate(route.kpis or ()):
        _check_routed(kpi, (*path, "kpis", n), known)


def _check_routed(kpi: str, path: Path, known: References) -> None:
    if known.check("kpis", kpi, path) and "alert" not in known.sections.names("kpis", kpi):
        hint = f"add `alert: {{after: 2 measurements}}` to `kpis.{kpi}`"
        known.sections.report(path, f"`{kpi}` has no `alert`, so nothing is ever sent", hint)


def _check_reached(reach: _Reach, above: list[tuple[int, _Reach]], path: Path, known: References) -> None:
    if not reach.kpis:
        said = "takes nothing: no KPI that it names is of a category that it names"
        known.sections.report((*path, "categories"), said, "look at the `category` of the KPIs")
        return
    for index, other in above:
        if other.holds(reach):
            said = f"is never reached: rule {index + 1} takes all of its breaches"
            known.sections.report(path, said, "move it above that one, or leave it out")
            return


def _reach(route: RouteSchema, known: References) -> _Reach:
    return _Reach(
        frozenset(_kpis(route, known)),
        frozenset(_campuses(route.campuses, known)),
        frozenset([route.severity] if route.severity else ["warning", "critical"]),
        frozenset([route.when] if route.when else ["working hours", "other hours"]),
    )


def _kpis(route: RouteSchema, known: References) -> Collection[str]:
    """The KPIs it is about. Without a category a rule also takes those that are not written down yet."""
    if not route.categories:
        return route.kpis or [*known.config.kpis, EVERYWHERE]
    named = route.kpis or list(known.config.kpis)
    categories = {name: known.config.kpis[name].category for name in named if name in known.config.kpis}
    return [name for name, category in categories.items() if category in route.categories]


def _campuses(named: list[str] | None, known: References) -> Collection[str]:
    if named is None:
        return [EVERYWHERE, DISTRICT, *known.campuses, *_all_named(known)]
    return [each for name in named for each in _covered(name, known)]


def _covered(name: str, known: References) -> list[str]:
    if name == DISTRICT:
        return [EVERYWHERE, DISTRICT, *known.campuses, *_all_named(known)]
    return [name, *(str(path[-1]) for path, _ in known.campus_tree if name in path[:-1])]


def _all_named(known: References) -> list[str]:
    """The campuses that some rule names: where a list of the district's own knows them, no others are known here."""
    return [name for route in known.config.alerts for name in route.campuses or ()]


def check_silences(known: References) -> None:
    """Reports everything that is wrong with the silences."""
    names: dict[str, int] = {}
    for index, silence in enumerate(known.config.silences):
        path: Path = ("silences", index)
        _check_silence(silence, path, known)
        if names.setdefault(silence.name.casefold(), index) != index:
            said = f"`{silence.name}` is there already, as silence {names[silence.name.casefold()] + 1}"
            known.sections.report((*path, "name"), said, "people tell them apart by name: choose another")


def _check_silence(silence: SilenceSchema, path: Path, known: References) -> None:
    known.check_all("campuses", silence.campuses, (*path, "campuses"))
    for n, kpi in enumerate(silence.kpis or ()):
        _check_routed(kpi, (*path, "kpis", n), known)
    district, kind = known.config.district, silence.when.when
    if kind not in (Recurrence.HOLIDAYS, Recurrence.BREAKS) or district is None:
        return
    has_days = district.breaks if kind is Recurrence.BREAKS else district.holidays or district.holidays_from
    if not has_days and known.sections.is_sound_below(("district",)):
        said = f"the district's calendar has no {kind}, so that it never holds"
        known.sections.report((*path, "when"), said, f"add `{kind}` to `district`, or leave this out")
