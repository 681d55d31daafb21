"""The preset for GLPI on a real MariaDB: every KPI's number against plain Python over the same ugly rows."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kpibot.app.container import Services, build_services
from kpibot.catalog import load
from kpibot.core.campuses.campus_tree import DISTRICT, NO_CAMPUS
from kpibot.core.kpis.readings import Reading
from tests.integration.glpi import ASSET_TABLES, LOCATIONS, STATES, TABLES, Row, create, insert, ugly_glpi
from tests.integration.plain import ZONE, mean_level, median_of_waits, midnight, working_days_since

NOW = datetime(2026, 11, 16, 16, 0, tzinfo=UTC)  # a Monday, 10:00 in the district
TODAY = date(2026, 11, 16)
MONTH, YEAR, SCHOOL_YEAR = (midnight(day) for day in (date(2026, 10, 18), date(2025, 11, 17), date(2026, 8, 12)))
DISTRICT_YAML = """\
district: {name: Prairie View ISD, zone: America/Chicago, fiscal_year_starts: 07-01, school_year_starts: 08-12}
"""
ROWS = ugly_glpi(seed=11, now=NOW)
GONE = ("lost", "stolen", "retired")


@pytest.fixture(scope="module")
def url(new_url: Callable[[str], str]) -> str:
    """A GLPI with its plugin "order"."""
    made = new_url("mariadb")
    engine = sa.create_engine(made)
    with engine.connect() as connection:
        create(connection, TABLES)
        insert(connection, ROWS)
    engine.dispose()
    return made


@pytest.fixture(scope="module")
def furnished(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Services]]:
    """Makes a house over it, with a preset as the configuration writes it and other sections."""
    houses = []

    def make(preset: str = "glpi", more: str = "") -> Services:
        config = tmp_path_factory.mktemp("config")
        databases = f'databases: {{helpdesk: {{url: "{url}", preset: {preset}}}}}\n'
        (config / "all.yaml").write_text(DISTRICT_YAML + databases + more, encoding="utf-8")
        houses.append(build_services(load(Path(config), {}), "sqlite://"))
        return houses[-1]

    yield make
    for services in houses:
        services.close()


@pytest.fixture(scope="module")
def measured(furnished: Callable[..., Services]) -> dict[str, dict[str, Reading]]:
    """Every KPI, at every campus."""
    services = furnished()
    return {name: services.measurement.measure([kpi], NOW)[0] for name, kpi in services.catalog.kpis.items()}


def school(location: int) -> str:
    """Whose a location is."""
    while location not in (2, 3):
        if location not in LOCATIONS or not LOCATIONS[location]:
            return DISTRICT if location == 1 else NO_CAMPUS
        location = LOCATIONS[location]
    return {2: "west", 3: "north"}[location]


def tickets() -> list[Row]:
    return [each for each in ROWS["glpi_tickets"] if not each["is_deleted"]]


def resolved(ticket: Row) -> datetime | None:
    ended: datetime | None = ticket["solvedate"] or ticket["closedate"] or ticket["date_mod"]
    return ended if ticket["status"] in (5, 6) else None


def outstanding() -> list[Row]:
    return [each for each in tickets() if each["date"] < NOW and ((ended := resolved(each)) is None or ended >= NOW)]


def assets() -> list[Row]:
    """Each asset with its purchase and its status."""
    purchases = {(each["itemtype"], each["items_id"]): each for each in ROWS["glpi_infocoms"]}
    none: Row = dict.fromkeys(ROWS["glpi_infocoms"][0])
    found = []
    for kind, table in ASSET_TABLES.items():
        for each in ROWS[f"glpi_{table}s"]:
            if not each["is_deleted"] and not each["is_template"]:
                bought = {**none, **purchases.get((kind, each["id"]), {}), "itemtype": kind}
                found.append({**bought, **each, "status": _status(each)})
    return found


def _status(asset: Row) -> str:
    known = {"In use": "in_use", "En stock": "stock", "LOST": "lost", "Volé": "stolen", "Retired": "retired"}
    known["Repair"] = "repair"
    name = STATES.get(asset["states_id"], "")
    return known.get(name) or ("in_use" if asset["users_id"] or asset["groups_id"] else "stock")


def active() -> list[Row]:
    return [each for each in assets() if each["status"] not in GONE]


def average_fleet(start: datetime) -> float:
    def stay(asset: Row) -> tuple[datetime, datetime | None]:
        added = asset["delivery_date"] or asset["buy_date"] or asset["order_date"] or asset["date_creation"].date()
        left = asset["decommission_date"]
        return midnight(added), midnight(left.date()) if left else None

    return mean_level(map(stay, active()), start, NOW)


def percent(part: float, whole: float) -> Any:
    return pytest.approx(100 * part / whole)


def test_outstanding_tickets_with_reopened_ones_and_without_deleted_ones(measured) -> None:
    assert measured["tickets"][DISTRICT].value == len(outstanding())


@pytest.mark.parametrize("campus", ["west", "north", NO_CAMPUS])
def test_a_room_rolls_up_to_its_school(measured, campus: str) -> None:
    own = [each for each in outstanding() if school(each["locations_id"]) == campus]
    assert measured["tickets"][campus].value == len(own) > 0


def test_old_tickets_in_working_days(measured) -> None:
    old = [each for each in outstanding() if working_days_since(each["date"].astimezone(ZONE).date(), TODAY) > 10]
    assert measured["ticket-age"][DISTRICT].value == percent(len(old), len(outstanding()))


def test_an_unanswered_ticket_waits_and_is_not_answered_after_0_seconds(measured) -> None:
    pairs = [(each["date"], each["takeintoaccountdate"] or resolved(each)) for each in tickets()]
    expected = median_of_waits(pairs, MONTH, NOW, working=True)
    assert measured["response-time"][DISTRICT].value == pytest.approx(expected)
    assert measured["response-time"][DISTRICT].waiting > 0


def test_resolution_in_working_hours(measured) -> None:
    expected = median_of_waits([(each["date"], resolved(each)) for each in tickets()], MONTH, NOW, working=True)
    assert measured["resolution-time"][DISTRICT].value == pytest.approx(expected)


def ordered() -> list[Row]:
    return [
        each
        for each in assets()
        if each["order_number"]
        and (day := each["order_date"] or each["buy_date"]) is not None
        and date(2026, 7, 1) <= day <= TODAY
    ]


def test_orders_are_told_apart_by_number_and_supplier(measured) -> None:
    expected = {(each["order_number"], each["suppliers_id"]) for each in ordered()}
    assert measured["po-count"][DISTRICT].value == len(expected)


def test_the_value_of_what_was_ordered(measured) -> None:
    assert measured["po-value"][DISTRICT].value == pytest.approx(float(sum(each["value"] for each in ordered())))


def test_utilization_by_the_names_of_states_in_two_languages(measured) -> None:
    used = [each for each in active() if each["status"] == "in_use"]
    assert measured["utilization"][DISTRICT].value == percent(len(used), len(active()))


def test_utilization_of_a_school(measured) -> None:
    own = [each for each in active() if school(each["locations_id"]) == "north"]
    assert measured["utilization"]["north"].value == percent(sum(each["status"] == "in_use" for each in own), len(own))


def test_stock_that_was_never_deployed_waits(measured) -> None:
    pairs = []
    for each in active():
        came = each["delivery_date"] or each["buy_date"]
        if came is not None and not (each["use_date"] is None and each["status"] == "in_use"):
            pairs.append((midnight(came), midnight(each["use_date"]) if each["use_date"] else None))
    expected = median_of_waits(pairs, YEAR, NOW, working=False) / 24
    assert measured["deploy-time"][DISTRICT].value == pytest.approx(expected)
    assert measured["deploy-time"][DISTRICT].waiting > 0


def test_a_price_of_0_is_one_that_nobody_noted(measured) -> None:
    costs = [float(each["value"]) + float(each["ticket_tco"] or 0) for each in active() if each["value"]]
    reading = measured["cost-per-asset"][DISTRICT]
    assert reading.value == pytest.approx(sum(costs) / len(costs))
    assert (reading.valued, reading.rows) == (len(costs), len(active()))


def test_licenses_that_are_unlimited_used_up_or_end_today(measured) -> None:
    seats = [each["softwarelicenses_id"] for each in ROWS["glpi_items_softwarelicenses"] if not each["is_deleted"]]
    titles = [each for each in ROWS["glpi_softwarelicenses"] if not each["is_deleted"] and not each["is_template"]]
    fine = [
        each
        for each in titles
        if (each["expire"] is None or each["expire"] >= TODAY)
        and (each["number"] == -1 or seats.count(each["id"]) <= each["number"])
    ]
    assert measured["license-compliance"][DISTRICT].value == percent(len(fine), len(titles))


def test_what_was_received_in_the_cycle_was_seen_by_that(measured) -> None:
    def is_verified(asset: Row) -> bool:
        days = [day for day in (asset["inventory_date"], asset["delivery_date"]) if day]
        return bool(days) and date(2025, 7, 1) <= max(days) <= TODAY

    verified = list(filter(is_verified, active()))
    assert measured["audit-completion"][DISTRICT].value == percent(len(verified), len(active()))


def test_newly_lost_devices_come_from_the_history_of_states(measured) -> None:
    def is_lost(value: str) -> bool:
        return value.endswith(("(3)", "(4)"))

    exist = {
        (kind, each["id"]) for kind, t in ASSET_TABLES.items() for each in ROWS[f"glpi_{t}s"] if not each["is_deleted"]
    }
    lost = {
        key
        for each in ROWS["glpi_logs"]
        if (key := (each["itemtype"], each["items_id"])) in exist
        and each["id_search_option"] == 31
        and SCHOOL_YEAR <= each["date_mod"] < NOW
        and is_lost(each["new_value"])
        and not is_lost(each["old_value"])
    }
    assert measured["lost-stolen"][DISTRICT].value == percent(len(lost), average_fleet(SCHOOL_YEAR))


def incidents() -> list[Row]:
    return [each for each in tickets() if each["type"] == 1 and YEAR <= each["date"] < NOW]


def linked() -> list[Row]:
    kinds = {each["tickets_id"] for each in ROWS["glpi_items_tickets"] if each["itemtype"] in ASSET_TABLES}
    return [each for each in incidents() if each["id"] in kinds]


def test_incidents_per_asset_of_the_average_fleet(measured) -> None:
    assert measured["incidents-per-asset"][DISTRICT].value == pytest.approx(len(linked()) / average_fleet(YEAR))


def test_how_many_incidents_are_linked_at_all(measured) -> None:
    assert measured["asset-links"][DISTRICT].value == percent(len(linked()), len(incidents()))


def test_every_kpi_has_a_value_or_a_reason(measured, furnished: Callable[..., Services]) -> None:
    assert all(readings[DISTRICT].value is not None for readings in measured.values())
    assert set(furnished().catalog.not_available) == {"pd-completion", "recovery-time"}


def test_check_tells_what_is_not_available_as_information(furnished: Callable[..., Services]) -> None:
    found = furnished().inspect(NOW).findings
    assert ("kpis.pd-completion", "not available: GLPI keeps no training records", False) in {
        (each.what, each.text, each.is_problem) for each in found
    }


def test_only_some_entities(furnished: Callable[..., Services]) -> None:
    services = furnished("{use: glpi, options: {entities: [3]}}")
    readings = services.measurement.measure([services.catalog.kpis["tickets"]], NOW)[0]
    assert readings[DISTRICT].value == sum(each["entities_id"] == 3 for each in outstanding())


def test_only_some_types_of_asset(furnished: Callable[..., Services]) -> None:
    services = furnished("{use: glpi, options: {asset_types: [Computer, Phone]}}")
    own = [each for each in active() if each["itemtype"] in ("Computer", "Phone")]
    reading = services.measurement.measure([services.catalog.kpis["cost-per-asset"]], NOW)[0][DISTRICT]
    assert reading.rows == len(own)


def test_names_of_states_of_the_districts_own(furnished: Callable[..., Services]) -> None:
    services = furnished("{use: glpi, options: {in_use: [on TRIAL], retired: [In use]}}")
    reading = services.measurement.measure([services.catalog.kpis["utilization"]], NOW)[0][DISTRICT]
    states = [STATES.get(each["states_id"]) for each in assets()]
    gone = [state in ("LOST", "Volé", "In use") for state in states]
    assert reading.denominator == len(states) - sum(gone)


def test_the_plugin_order_knows_orders_that_were_validated(furnished: Callable[..., Services]) -> None:
    services = furnished("[glpi, glpi-order]")
    orders = {
        each["id"]: each
        for each in ROWS["glpi_plugin_order_orders"]
        if not each["is_deleted"]
        and not each["is_template"]
        and each["plugin_order_orderstates_id"] in (3, 4, 5, 7)
        and each["order_date"]
        and date(2026, 7, 1) <= each["order_date"] <= TODAY
    }
    count, value = (
        services.measurement.measure([services.catalog.kpis[name]], NOW)[0][DISTRICT]
        for name in ("po-count", "po-value")
    )
    assert count.value == len(
        {(each["num_order"], each["suppliers_id"]) for each in orders.values() if each["num_order"]}
    )
    lines = [each for each in ROWS["glpi_plugin_order_orders_items"] if each["plugin_order_orders_id"] in orders]
    assert value.value == pytest.approx(sum(each["price_discounted"] for each in lines))


def test_another_level_of_the_tree_makes_other_campuses(furnished: Callable[..., Services]) -> None:
    services = furnished(more="campuses: {campuses_are: {level: 3}}\n")
    assert {"lab-1", "library"} <= {each.slug for each in services.district.tree}


def test_measured_again_a_month_before(furnished: Callable[..., Services]) -> None:
    services = furnished()
    then = NOW - timedelta(days=30)
    open_then = [e for e in tickets() if e["date"] < then and ((ended := resolved(e)) is None or ended >= then)]
    assert services.measurement.measure([services.catalog.kpis["tickets"]], then)[0][DISTRICT].value == len(open_then)
