"""Whether each KPI makes sense: its measure, its unit, its thresholds, its alert, and the word that people type."""

import itertools

from kpibot.catalog.checks.alerts import check_alert
from kpibot.catalog.checks.measures import (
    columns,
    component_schemas,
    contradictions,
    dataset_of,
    formats,
    measure_keyword,
    needs_period,
)
from kpibot.catalog.checks.references import References
from kpibot.catalog.problems import Path
from kpibot.catalog.schema.config import KpiSchema, ThresholdsSchema
from kpibot.catalog.schema.measures import AnySimple, FlowSchema, QuerySchema, StockSchema
from kpibot.core.campuses.campus_tree import DISTRICT
from kpibot.core.questions.parser import COMMANDS
from kpibot.core.text import alternatives, quoted, slug
from kpibot.core.time.periods import Unit

CAMPUS = "campus"
YEARS = {Unit.FISCAL_YEAR: "FY", Unit.SCHOOL_YEAR: "SY"}
THRESHOLDS = ("target", "warning", "critical")


def check_kpis(references: References) -> None:
    """Reports everything that is wrong with the KPIs."""
    for name, kpi in references.config.kpis.items():
        _Check(kpi, ("kpis", name), references).run()
    _check_words(references)


class _Check:
    def __init__(self, kpi: KpiSchema, path: Path, references: References) -> None:
        self._kpi = kpi
        self._path = path
        self._references = references

    def run(self) -> None:
        for path, component in component_schemas(self._kpi.measure):
            self._check_simple(component, (*self._path, "measure", *path))
        if not self._references.sections.has_guesses((*self._path, "measure")):
            self._check_format()
            self._check_period()
            self._check_budget()
            self._check_components()
            self._check_cross_check()
        self._check_detail()
        self._check_better()
        are_valid = self._thresholds_are_valid()
        check_alert(self._kpi, self._path, self._references, self._thresholds_by_place(), are_valid)

    def _report(self, key: str, message: str, hint: str) -> None:
        self._references.sections.report((*self._path, *key.split(".")), message, hint)

    def _check_simple(self, measure: AnySimple, path: Path) -> None:
        if isinstance(measure, QuerySchema):
            self._references.check("databases", measure.query, (*path, "query"))
            return
        dataset = getattr(measure, measure_keyword(measure))
        if self._references.check("datasets", dataset, (*path, measure_keyword(measure))):
            for place, column in columns(measure):
                self._references.check_column(dataset, column, (*path, *place))
        for key, message, hint in contradictions(measure):
            self._references.sections.report((*path, key), message, hint)

    def _check_format(self) -> None:
        kind, fits, shown_as = measure_keyword(self._kpi.measure), formats(self._kpi.measure), self._kpi.as_
        if shown_as is not None and shown_as not in fits:
            shown = "a share within the limit" if fits == ("percent",) else f"a {kind}"
            self._report("as", f"{shown} cannot be shown as `{shown_as}`", f"write {alternatives(fits)}")
        if self._kpi.currency is not None and shown_as != "currency":
            self._report("currency", "the value is not shown as a currency", "add `as: currency`, or leave this out")

    def _check_period(self) -> None:
        over_time = [component for _, component in component_schemas(self._kpi.measure) if needs_period(component)]
        stocks = [
            component
            for _, component in component_schemas(self._kpi.measure)
            if isinstance(component, StockSchema) and not component.average
        ]
        at_instant = len(stocks) == len(component_schemas(self._kpi.measure))
        if over_time and self._kpi.period is None:
            hint = "write for example `period: 30 days` or `period: fiscal year to date`"
            what = "an average" if isinstance(over_time[0], StockSchema) else f"a {measure_keyword(over_time[0])}"
            self._report("period", f"is missing: {what} is measured over a period", hint)
        if (
            at_instant
            and self._references.sections.is_sound_below((*self._path, "measure"))
            and self._kpi.period is not None
        ):
            self._report("period", "a stock is measured at an instant, not over a period", "leave `period` out")

    def _check_cross_check(self) -> None:
        """The other system must say the same kind of number, over the same period."""
        if self._kpi.cross_check is None:
            return
        other, here = self._kpi.cross_check.measure, ("cross_check", "measure")
        for path, component in component_schemas(other):
            self._check_simple(component, (*self._path, *here, *path))
        kind, shown_as = measure_keyword(other), self._kpi.as_ or formats(self._kpi.measure)[0]
        if other == self._kpi.measure:
            self._report(".".join(here), "is the KPI's own measure", "name what another system says of it")
        elif shown_as not in formats(other):
            self._report(".".join(here), f"a {kind} cannot be shown as `{shown_as}`, as the KPI is", "choose another")
        elif self._kpi.period is None and any(needs_period(component) for _, component in component_schemas(other)):
            self._report(".".join(here), f"a {kind} is measured over a period, and the KPI has none", "choose another")

    def _check_budget(self) -> None:
        budgets: list[tuple[Path, dict[str, float]]] = [(("budget",), self._kpi.budget)]
        budgets += [(("campuses", campus, "budget"), each.budget) for campus, each in self._kpi.campuses.items()]
        written = [(key, years) for key, years in budgets if years]
        if not written:
            return
        key, unit = written[0][0], None if self._kpi.period is None else self._kpi.period.unit
        adds_up = isinstance(self._kpi.measure, FlowSchema) and not self._kpi.measure.mean
        if unit not in YEARS or not adds_up:
            hint = "write `period: fiscal year to date`, or leave the budget out" if adds_up else "leave the budget out"
            self._report(".".join(map(str, key)), "only what is added up over a year has a budget", hint)
            return
        for path, years in written:
            for year in years:
                if not year.startswith(YEARS[unit]):
                    said = f"`{year}` is no {unit}"
                    self._references.sections.report(
                        (*self._path, *path, year), said, f"write for example `{YEARS[unit]}2027`"
                    )

    def _check_components(self) -> None:
        """A ratio at a campus needs both halves there."""
        pairs = [
            (path, component)
            for path, component in component_schemas(self._kpi.measure)
            if not isinstance(component, QuerySchema)
        ]
        has = [
            CAMPUS in self._references.sections.names("datasets", dataset_of(component), "columns")
            for _, component in pairs
        ]
        if len(pairs) < 2 or len(set(has)) == 1:
            return
        path, component = pairs[has.index(False)]
        if self._references.sections.names("datasets", dataset_of(component), "columns"):
            said = f"dataset `{dataset_of(component)}` has no column `campus`, so the two halves have nothing in common"
            hint = f"add `campus` to `datasets.{dataset_of(component)}.columns`"
            self._references.sections.report((*self._path, "measure", *path, measure_keyword(component)), said, hint)

    def _check_detail(self) -> None:
        """The columns that are listed, and the one that links a row, are those of what is counted."""
        _, component = component_schemas(self._kpi.measure)[0]
        named: list[tuple[tuple[str | int, ...], str]] = [
            (("detail", index), column) for index, column in enumerate(self._kpi.detail)
        ]
        named += [(("linked",), self._kpi.linked)] if self._kpi.linked else []
        for path, column in named:
            if isinstance(component, QuerySchema):
                self._report(str(path[0]), "a query has no rows to list", "leave it out")
                return
            self._references.check_column(dataset_of(component), column, (*self._path, *path))

    def _check_better(self) -> None:
        special = (*self._kpi.campus_types.values(), *self._kpi.campuses.values())
        has_thresholds = _thresholds(self._kpi) or any(map(_thresholds, special))
        if not has_thresholds or self._kpi.better in ("lower", "higher"):
            return
        wrong = "`neutral` has no target and thresholds" if self._kpi.better else "is missing: there are thresholds"
        self._report("better", wrong, "write `better: lower` or `better: higher`, or leave the levels out")

    def _thresholds_are_valid(self) -> bool:
        """Whether the KPI's own levels are in order; those of its campuses and types are looked at as well."""
        own = _thresholds(self._kpi)
        is_valid = self._check_order(own, own, ())
        are_valid: dict[str | None, bool] = {None: is_valid}
        for type_, thresholds in self._kpi.campus_types.items():
            self._references.check("types", type_, (*self._path, "campus_types", type_))
            are_valid[type_] = self._check_special(thresholds, is_valid, ("campus_types", type_))
        for campus, thresholds in self._kpi.campuses.items():
            self._references.check("campuses", campus, (*self._path, "campuses", campus))
            self._check_special(thresholds, are_valid.get(self._type_of(campus), is_valid), ("campuses", campus))
        return is_valid

    def _check_special(self, thresholds: ThresholdsSchema, base_is_valid: bool, path: Path) -> bool:
        """Whether the levels of a campus or type are in order; not looked at where what they come over is not."""
        if base_is_valid or set(_thresholds(thresholds)) == set(THRESHOLDS):
            return self._check_order(_thresholds(thresholds), self._in_force(*path), path)
        return False

    def _in_force(self, section: str | int, name: str | int) -> dict[str, float]:
        """The levels that hold for a campus or type, mildest first: its own over its type's over the KPI's."""
        type_ = str(name) if section == "campus_types" else self._type_of(str(name))
        sources: list[KpiSchema | ThresholdsSchema | None] = [self._kpi, self._kpi.campus_types.get(type_ or "")]
        sources += [self._kpi.campuses.get(str(name))] if section == "campuses" else []
        merged: dict[str, float] = {}
        for source in sources:
            merged |= {} if source is None else _thresholds(source)
        return {key: merged[key] for key in THRESHOLDS if key in merged}

    def _type_of(self, campus: str) -> str | None:
        return self._references.types.get(campus)

    def _check_order(self, written: dict[str, float], thresholds: dict[str, float], path: Path) -> bool:
        """Whether the levels are in order; the first pair that is not is reported at what was written of it."""
        for (one, low), (other, high) in itertools.pairwise(thresholds.items()):
            if self._is_worse(high, low):
                continue
            at = [threshold for threshold in (other, one) if threshold in written][:1]
            side = "above" if self._kpi.better == "lower" else "below"
            said = f"the {other} {high:g} is not {side} the {one} {low:g}"
            sign = "<" if self._kpi.better == "lower" else ">"
            hint = f"`{self._kpi.better}` is better, so target {sign} warning {sign} critical"
            self._references.sections.report((*self._path, *path, *at), said, hint)
            return False
        return True

    def _is_worse(self, value: float, than: float) -> bool:
        if self._kpi.better not in ("lower", "higher"):
            return True
        return value > than if self._kpi.better == "lower" else value < than

    def _thresholds_by_place(self) -> dict[str, dict[str, float]]:
        """The levels in force in the district and wherever there are levels of its own."""
        places = [(section, name) for section in ("campus_types", "campuses") for name in getattr(self._kpi, section)]
        return {DISTRICT: _thresholds(self._kpi)} | {name: self._in_force(section, name) for section, name in places}


def _thresholds(schema: KpiSchema | ThresholdsSchema) -> dict[str, float]:
    """The levels that are given, mildest first."""
    return {name: threshold for name in THRESHOLDS if (threshold := getattr(schema, name)) is not None}


def _check_words(references: References) -> None:
    """A word that a person types must mean one thing: a command, a KPI or a campus."""
    owners: dict[str, str] = {}
    for name, kpi in references.config.kpis.items():
        for path, word in ((("kpis", name), name), (("kpis", name, "name"), kpi.name)):
            if references.sections.is_guessed(path):
                continue
            owner = owners.setdefault(slug(word), name)
            if slug(word) in COMMANDS:
                references.sections.report(path, f"`{quoted(word)}` is a command", "choose another word")
            elif slug(word) in references.campus_by_name:
                said = f"`{quoted(word)}` already stands for the campus `{references.campus_by_name[slug(word)]}`"
                references.sections.report(path, said, "nobody could tell them apart: choose another word")
            elif owner != name:
                said = f"`{quoted(word)}` already stands for the KPI `{owner}`"
                references.sections.report(path, said, "nobody could tell them apart: choose another word")
