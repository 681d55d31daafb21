"""Whether each KPI's alert makes sense: there is something to warn of, a way back, and somebody who hears of it."""

import itertools

from kpibot.catalog.checks.references import References
from kpibot.catalog.problems import Path
from kpibot.catalog.schema.alerts import SIGNALS, AlertSchema, SignalSchema
from kpibot.catalog.schema.config import KpiSchema
from kpibot.core.campuses.campus_tree import DISTRICT
from kpibot.core.text import alternatives

Limit = tuple[str, float]  # the name of a threshold, and its value
FOR_EXAMPLE = "write for example `{worsens_by: 30 percent, within: 7 days}`"


def check_alert(
    kpi: KpiSchema,
    path: Path,
    references: References,
    thresholds: dict[str, dict[str, float]],
    thresholds_are_valid: bool,
) -> None:
    """Reports everything that is wrong with the alert of a KPI.

    `levels` are those of the district and of each campus and type with some of its own, mildest first.
    """
    if kpi.alert is not None:
        _Check(kpi, kpi.alert, path, references, thresholds).run(thresholds_are_valid)


class _Check:
    def __init__(
        self,
        kpi: KpiSchema,
        alert: AlertSchema,
        path: Path,
        references: References,
        thresholds: dict[str, dict[str, float]],
    ) -> None:
        self._kpi = kpi
        self._alert = alert
        self._path = path
        self._references = references
        self._thresholds = thresholds

    def run(self, thresholds_are_valid: bool) -> None:
        self._check_threshold()
        if self._alert.recovers_at is not None and thresholds_are_valid:
            self._check_recovery(self._alert.recovers_at)
        for index, signal in enumerate(self._alert.warns_if):
            if self._references.sections.is_sound_below((*self._path, "alert", "warns_if", index)):
                self._check_signal(signal, ("warns_if", index))
        self._check_escalation()
        self._check_places()
        self._check_route()

    def _report(self, place: Path, message: str, hint: str) -> None:
        self._references.sections.report((*self._path, "alert", *place), message, hint)

    def _check_threshold(self) -> None:
        if any(map(_mildest, self._thresholds.values())) or self._alert.warns_if:
            return
        if self._is_sound("warning", "critical", "campuses", "campus_types", "alert"):
            hint = "add `warning`, `critical` or `alert: {warns_if: [{unusual: true}]}`, or leave `alert` out"
            self._report((), "there is no threshold to cross", hint)

    def _check_recovery(self, recovers_at: float) -> None:
        """It is meant for the KPI's own threshold, and only without one for those of its campuses."""
        own = self._thresholds.get(DISTRICT, {})
        meant_for = {DISTRICT: own} if _mildest(own) else self._thresholds
        for campus, limit in ((campus, _mildest(thresholds)) for campus, thresholds in meant_for.items()):
            if limit is None or self._is_worse(limit[1], recovers_at):
                continue
            of = "" if campus == DISTRICT else f" of `{campus}`"
            side = "below" if self._kpi.better == "lower" else "above"
            said = f"{recovers_at:g} is not {side} the {limit[0]} {limit[1]:g}{of}"
            self._report(("recovers_at",), said, "a breach is over on the good side of the threshold")
            return

    def _is_worse(self, value: float, than: float) -> bool:
        if self._kpi.better not in ("lower", "higher"):
            return True
        return value > than if self._kpi.better == "lower" else value < than

    def _check_signal(self, signal: SignalSchema, place: Path) -> None:
        kinds = [kind for kind in SIGNALS if getattr(signal, kind) is not None]
        if len(kinds) != 1:
            said = (
                f"{alternatives(kinds)} at once".replace(" or ", " and ")
                if kinds
                else f"names none of {alternatives(SIGNALS)}"
            )
            self._report(place, said, "begin each with a `- ` of its own" if kinds else FOR_EXAMPLE)
        elif (signal.worsens_by is None) != (signal.within is None):
            said = "`within` belongs to `worsens_by`" if signal.worsens_by is None else "`within` is missing"
            self._report(place, said, FOR_EXAMPLE)
        elif self._kpi.better not in ("lower", "higher") and self._is_sound("better"):
            self._report(place, "nobody knows which way is worse", "add `better: lower` or `better: higher` to the KPI")
        elif signal.critical_within is not None and not self._can_be_critical():
            self._report(place, "nothing is ever critical", "add `critical` to the KPI, or leave this out")

    def _check_escalation(self) -> None:
        steps = self._alert.escalate
        for index, (one, other) in enumerate(itertools.pairwise(steps), 1):
            if other.after <= one.after:
                hint = "each is called later than the one before, counted from when the breach was told"
                said = f"`{other.to}` is not called after `{one.to}`"
                self._report(("escalate", index, "after"), said, hint)
        if steps and not self._can_be_critical():
            self._report(("escalate",), "nothing is ever critical", "add `critical` to the KPI, or leave this out")

    def _can_be_critical(self) -> bool:
        is_sound = self._is_sound("critical", "campuses", "campus_types")
        return not is_sound or any("critical" in thresholds for thresholds in self._thresholds.values())

    def _check_places(self) -> None:
        if "campuses" not in self._alert.at:
            self._report(("at",), "campuses are always watched", "write `at: [campuses, district]`")
        elif self._alert.inhibits is not None and "district" not in self._alert.at:
            said = "the district is not watched, so that nothing ever inhibits its campuses"
            self._report(("inhibits",), said, "add `at: [campuses, district]`")

    def _check_route(self) -> None:
        routes, kpi = self._references.config.alerts, str(self._path[-1])
        written = self._references.sections.data.get("alerts")
        all_are_valid = len(written) == len(routes) if isinstance(written, list) else not written
        matches = (
            kpi in (route.kpis or [kpi]) and (not route.categories or self._kpi.category in route.categories)
            for route in routes
        )
        if (
            all_are_valid
            and self._is_sound("category")
            and self._references.sections.is_sound_below(("alerts",))
            and not any(matches)
        ):
            hint = "add a rule to `alerts`, for example `- {channel: tech-leads}`"
            self._report((), "no rule of `alerts` says where its breaches go", hint)

    def _is_sound(self, *keys: str) -> bool:
        return all(self._references.sections.is_sound_below((*self._path, key)) for key in keys)


def _mildest(thresholds: dict[str, float]) -> Limit | None:
    """The threshold that is crossed first."""
    return next(((name, thresholds[name]) for name in ("warning", "critical") if name in thresholds), None)
