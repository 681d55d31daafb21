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
    """The breaches that a rule takes, whatever is above it."""

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


def check_routes(references: References) -> None:
    """Reports everything that is wrong with the rules that say where breaches go."""
    above: list[tuple[int, _Reach]] = []
    for index, route in enumerate(references.config.alerts):
        _check_route(route, ("alerts", index), references)
        reach = _reach(route, references)
        if references.sections.is_sound_below(("alerts", index)) and _is_known(route, references):
            _check_reached(reach, above, ("alerts", index), references)
            above.append((index, reach))


def _is_known(route: RouteSchema, references: References) -> bool:
    """Whether it is known which KPIs it is about: the category of one with a mistake may be missing."""
    return not route.categories or references.sections.is_sound_below(("kpis",))


def _check_route(route: RouteSchema, path: Path, references: References) -> None:
    references.check("channels", route.channel, (*path, "channel"))
    references.check_all("campuses", route.campuses, (*path, "campuses"))
    for n, kpi in enumerate(route.kpis or ()):
        _check_routed(kpi, (*path, "kpis", n), references)


def _check_routed(kpi: str, path: Path, references: References) -> None:
    if references.check("kpis", kpi, path) and "alert" not in references.sections.names("kpis", kpi):
        hint = f"add `alert: {{after: 2 measurements}}` to `kpis.{kpi}`"
        references.sections.report(path, f"`{kpi}` has no `alert`, so nothing is ever sent", hint)


def _check_reached(reach: _Reach, above: list[tuple[int, _Reach]], path: Path, references: References) -> None:
    if not reach.kpis:
        said = "takes nothing: no KPI that it names is of a category that it names"
        references.sections.report((*path, "categories"), said, "look at the `category` of the KPIs")
        return
    for index, other in above:
        if other.holds(reach):
            said = f"is never reached: rule {index + 1} takes all of its breaches"
            references.sections.report(path, said, "move it above that one, or leave it out")
            return


def _reach(route: RouteSchema, references: References) -> _Reach:
    return _Reach(
        frozenset(_kpis(route, references)),
        frozenset(_campuses(route.campuses, references)),
        frozenset([route.severity] if route.severity else ["warning", "critical"]),
        frozenset([route.when] if route.when else ["working hours", "other hours"]),
    )


def _kpis(route: RouteSchema, references: References) -> Collection[str]:
    """The KPIs it is about. Without a category a rule also takes those that are not written down yet."""
    if not route.categories:
        return route.kpis or [*references.config.kpis, EVERYWHERE]
    named = route.kpis or list(references.config.kpis)
    categories = {name: references.config.kpis[name].category for name in named if name in references.config.kpis}
    return [name for name, category in categories.items() if category in route.categories]


def _campuses(named: list[str] | None, references: References) -> Collection[str]:
    if named is None:
        return [EVERYWHERE, DISTRICT, *references.campuses, *_all_named(references)]
    return [each for name in named for each in _covered(name, references)]


def _covered(name: str, references: References) -> list[str]:
    if name == DISTRICT:
        return [EVERYWHERE, DISTRICT, *references.campuses, *_all_named(references)]
    return [name, *(str(path[-1]) for path, _ in references.campus_tree if name in path[:-1])]


def _all_named(references: References) -> list[str]:
    """The campuses that some rule names: where a list of the district's own knows them, no others are known here."""
    return [name for route in references.config.alerts for name in route.campuses or ()]


def check_silences(references: References) -> None:
    """Reports everything that is wrong with the silences."""
    names: dict[str, int] = {}
    for index, silence in enumerate(references.config.silences):
        path: Path = ("silences", index)
        _check_silence(silence, path, references)
        if names.setdefault(silence.name.casefold(), index) != index:
            said = f"`{silence.name}` is there already, as silence {names[silence.name.casefold()] + 1}"
            references.sections.report((*path, "name"), said, "people tell them apart by name: choose another")


def _check_silence(silence: SilenceSchema, path: Path, references: References) -> None:
    references.check_all("campuses", silence.campuses, (*path, "campuses"))
    for n, kpi in enumerate(silence.kpis or ()):
        _check_routed(kpi, (*path, "kpis", n), references)
    district, kind = references.config.district, silence.when.when
    if kind not in (Recurrence.HOLIDAYS, Recurrence.BREAKS) or district is None:
        return
    has_days = district.breaks if kind is Recurrence.BREAKS else district.holidays or district.holidays_from
    if not has_days and references.sections.is_sound_below(("district",)):
        said = f"the district's calendar has no {kind}, so that it never holds"
        references.sections.report((*path, "when"), said, f"add `{kind}` to `district`, or leave this out")
