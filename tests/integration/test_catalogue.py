"""The shipped KPIs over the demo district: every number again in plain Python, and the story that they tell."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from statistics import fmean, median

import pytest

from kpibot.app.container import Services, build_services
from kpibot.app.demo import DATABASES
from kpibot.catalog import load
from kpibot.core.kpis.kpi import Format
from kpibot.core.kpis.measures import Amount, Counted, Statistic
from kpibot.core.kpis.readings import Missing, Reading
from kpibot.core.kpis.thresholds import Verdict
from kpibot.demo.common.campuses import CAMPUSES
from tests.demo import UNTIL as NOW
from tests.integration.counted import COUNTS, SHARES, WAITS, Raw, nodes

CONFIG = Path(__file__).parents[2] / "config"
THE_FIFTEEN = (
    "tickets", "ticket-age", "response-time", "resolution-time", "po-count", "po-value", "pd-completion", "utilization",
    "deploy-time", "cost-per-asset", "license-compliance", "recovery-time", "audit-completion", "lost-stolen",
    "incidents-per-asset",
)  # fmt: skip
CAMPUS = ("campus-west", "riverbend-middle", "campus-south", "clover-elementary")
SOME = ("district", "feeder-west", "feeder-south", *CAMPUS, "no-campus")
Readings = dict[str, dict[str, Reading]]


@pytest.fixture(scope="module")
def services(demo_district: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    environment = {name: f"sqlite:///{demo_district / file}" for name, file in DATABASES.items()}
    state = tmp_path_factory.mktemp("catalogue") / "state.db"
    with closing(build_services(load(CONFIG, environment), f"sqlite:///{state}")) as services:
        yield services


@pytest.fixture(scope="module")
def readings(services: Services) -> Readings:
    kpis = services.catalog.kpis
    return dict(zip(kpis, services.measurement.measure(list(kpis.values()), NOW), strict=True))


@pytest.fixture(scope="module")
def raw(demo_district: Path) -> Raw:
    return Raw(demo_district, NOW.replace(tzinfo=None))


def test_exactly_the_fifteen_are_shipped(services: Services) -> None:
    assert set(services.catalog.kpis) == set(THE_FIFTEEN)
    assert {*COUNTS, *SHARES, *WAITS} == set(THE_FIFTEEN)


@pytest.mark.parametrize("kpi", COUNTS)
def test_a_count_is_what_its_rows_add_up_to(kpi: str, readings: Readings, raw: Raw) -> None:
    expected: Counter[str] = Counter()
    for place, amount, _ in COUNTS[kpi](raw):
        expected.update(dict.fromkeys(nodes(place), amount))
    for node in SOME:
        assert readings[kpi][node].value == pytest.approx(expected[node])


@pytest.mark.parametrize("kpi", SHARES)
def test_a_ratio_is_the_ratio_of_sums_at_every_level(
    kpi: str, services: Services, readings: Readings, raw: Raw
) -> None:
    of, over = defaultdict(float), defaultdict(float)
    for place, numerator, denominator in SHARES[kpi](raw):
        for node in nodes(place):
            of[node] += numerator
            over[node] += denominator
    scale = 100 if services.catalog.kpis[kpi].card.format is Format.PERCENT else 1
    for node in SOME:
        expected = scale * of[node] / over[node] if over[node] else None
        assert readings[kpi][node].value == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize("kpi", WAITS)
def test_a_duration_counts_what_still_waits_as_far_as_it_has_come(
    kpi: str, services: Services, readings: Readings, raw: Raw
) -> None:
    waits, within = defaultdict(list), defaultdict(list)
    for place, seconds, met in WAITS[kpi](raw):
        for node in nodes(place):
            waits[node].append(seconds)
            within[node] += [] if met is None else [met]
    hours = {Format.HOURS: 1, Format.DAYS: 24}[services.catalog.kpis[kpi].card.format]
    for node in SOME:
        reading, sample = readings[kpi][node], sorted(waits[node])
        found = {
            Statistic.MEDIAN: median(sample) / 3600 / hours,
            Statistic.MEAN: fmean(sample) / 3600 / hours,
            Statistic.P90: _ninth_tenth(sample) / 3600 / hours,
            Statistic.WITHIN: 100 * fmean(within[node]) if within[node] else None,
        }
        stated = ((services.catalog.kpis[kpi].measure.statistic, reading.value), *reading.also)
        assert dict(stated) == pytest.approx({statistic: found[statistic] for statistic, _ in stated})
        assert reading.rows == len(sample)


def _ninth_tenth(ordered: list[float]) -> float:
    place = (len(ordered) - 1) * 0.9
    low, high = ordered[int(place)], ordered[min(int(place) + 1, len(ordered) - 1)]
    return low + (high - low) * (place - int(place))


@pytest.mark.parametrize("kpi", THE_FIFTEEN)
def test_every_chart_is_made_of_the_numbers_that_were_measured_then(kpi: str, services: Services) -> None:
    shipped, measurement = services.catalog.kpis[kpi], services.measurement
    assert shipped.has_past
    series = measurement.series(shipped, SOME, NOW, 40)
    window = measurement.window(shipped, NOW, 40)
    for place in (0, 17, 38, 39):
        then = measurement.measure([shipped], window.ends[place])[0]
        for node in SOME:
            assert series[node].values[place] == pytest.approx(then[node].value)


def test_no_data_is_only_where_there_can_be_none(readings: Readings) -> None:
    missing = {
        (kpi, node, each.missing) for kpi, those in readings.items() for node, each in those.items() if each.missing
    }
    assert missing == {("license-compliance", "no-campus", Missing.NO_ROWS)}


def test_check_finds_nothing_wrong(services: Services) -> None:
    assert [each for each in services.inspect(NOW).findings if each.is_problem] == []


def test_nothing_goes_missing_when_a_number_is_broken_down(services: Services, readings: Readings) -> None:
    for kpi in services.catalog.kpis.values():
        for dimension in kpi.dimensions:
            parts = services.measurement.breakdown(kpi, dimension, "district", NOW).values()
            whole = readings[kpi.id]["district"]
            assert sum(each.numerator for each in parts) == pytest.approx(whole.numerator)
            assert sum(each.rows for each in parts) == whole.rows


def test_the_model_that_keeps_breaking_stands_out(services: Services) -> None:
    by_model = services.measurement.breakdown(services.catalog.kpis["incidents-per-asset"], "model", "district", NOW)
    chromebooks = {model: each.value for model, each in by_model.items() if model.startswith("Nimbus")}
    assert max(chromebooks, key=chromebooks.__getitem__) == "Nimbus 11 G3"


def test_how_many_incidents_name_their_device_is_told(services: Services, raw: Raw) -> None:
    since = f"{raw.midnight(364)}"
    incidents = [row for row in raw.tickets if row["kind"] == "ticket" and row["created_at"] >= since]
    (report,) = services.reporting.reports(services.catalog.kpis["incidents-per-asset"], ["district"], NOW)
    linked = sum(row["asset_tag"] is not None for row in incidents)
    assert report.linked is not None
    assert report.linked.percent == pytest.approx(100 * linked / len(incidents))


def test_a_ratio_is_as_fresh_as_its_dataset_however_old_the_rows_that_it_picks(readings: Readings) -> None:
    for kpi in ("ticket-age", "pd-completion", "audit-completion"):
        assert readings[kpi]["district"].newest > NOW - timedelta(days=3), kpi


def test_lines_in_another_currency_are_shown_as_lacking(readings: Readings) -> None:
    district = readings["po-value"]["district"]
    assert 0 < district.rows - district.valued < 20


def test_a_federally_funded_device_is_told_apart(services: Services) -> None:
    by_funding = services.measurement.breakdown(services.catalog.kpis["audit-completion"], "funding", "district", NOW)
    assert set(by_funding) == {"Federal funds", "Local funds"}


def test_the_budgets_are_those_of_purchasing(services: Services, raw: Raw) -> None:
    budget = services.catalog.kpis["po-value"].budget
    kept = {(row["org"], f"FY{row['fiscal_year']}"): row["amount"] for row in raw.budgets}
    tree = services.district.tree
    for year in ("FY2026", "FY2027"):
        for campus in CAMPUSES:
            assert budget.amount(campus.slug, year, tree) == kept[campus.org, year]
        assert budget.amount("district", year, tree) == sum(kept[campus.org, year] for campus in CAMPUSES)


def test_spending_is_judged_by_the_pace_of_the_year_s_working_time(services: Services, readings: Readings) -> None:
    holidays = services.catalog.district.calendar.holidays

    def hours(day: date) -> float:
        if (6, 8) <= (day.month, day.day) <= (7, 24):
            return 10 if day.weekday() < 4 and day not in holidays else 0
        return 9 if day.weekday() < 5 and day not in holidays else 0

    year = [date(2026, 7, 1) + timedelta(days=n) for n in range(365)]
    passed = sum(hours(day) for day in year if day < NOW.date()) + 2.5
    expected = passed / sum(map(hours, year))
    west = readings["po-value"]["campus-west"]
    assert west.pace.elapsed == pytest.approx(expected)
    assert west.threshold_value == pytest.approx(100 * west.value / (west.pace.budget * expected))


def test_a_district_s_spending_is_judged_by_its_own_pace(services: Services) -> None:
    judged = {report.campus: report for report in services.reporting.evaluate(services.catalog.kpis["po-value"], NOW)}
    assert (judged["district"].thresholds.target, judged["feeder-west"].thresholds.critical) == (100, 150)
    assert judged["no-campus"].verdict is Verdict.NOT_EVALUATED
    next_year = services.reporting.evaluate(services.catalog.kpis["po-value"], NOW + timedelta(days=365))
    assert {report.verdict for report in next_year} == {Verdict.NOT_EVALUATED}


def test_every_judged_kpi_has_campuses_on_both_sides_and_few_critical_ones(services: Services) -> None:
    for kpi in services.catalog.kpis.values():
        if kpi.thresholds.target is None:
            continue
        verdicts = Counter(
            report.verdict
            for report in services.reporting.evaluate(kpi, NOW)
            if report.campus in {campus.slug for campus in CAMPUSES}
        )
        assert 2 <= verdicts[Verdict.ON_TARGET] < len(CAMPUSES), kpi.id
        assert verdicts[Verdict.WARNING] + verdicts[Verdict.CRITICAL] <= 5, kpi.id


def test_every_kpi_says_what_it_is_for_and_whose_it_is(services: Services) -> None:
    for kpi in services.catalog.kpis.values():
        card = kpi.card
        assert card.objective and card.category and card.owner.startswith("@") and len(card.about) > 150
        assert kpi.detail
        counted = getattr(kpi.measure, "amount", Amount()).counted
        assert kpi.dimensions or counted is Counted.DISTINCT
