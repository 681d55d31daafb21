"""The preset for Snipe-IT on a real MariaDB: every KPI's number against plain Python over the same ugly rows."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa

from kpibot.app.container import build_services
from kpibot.catalog import load
from kpibot.core.campuses.campus_tree import DISTRICT, NO_CAMPUS
from kpibot.core.kpis.readings import Reading
from tests.integration.glpi import Row, create, insert
from tests.integration.plain import ZONE, mean_level, median_of_waits, midnight
from tests.integration.snipe_it import ASSET, LABELS, LOCATIONS, TABLES, ugly_snipe_it

NOW = datetime(2026, 11, 16, 16, 0, tzinfo=UTC)  # a Monday, 10:00 in the district
TODAY = date(2026, 11, 16)
YEAR, SCHOOL_YEAR = midnight(date(2025, 11, 17)), midnight(date(2026, 8, 12))
DISTRICT_YAML = """\
district: {name: Prairie View ISD, zone: America/Chicago, fiscal_year_starts: 07-01, school_year_starts: 08-12}
"""
ROWS = ugly_snipe_it(seed=5, now=NOW.astimezone(ZONE).replace(tzinfo=None))
GONE = ("lost", "stolen", "retired")


@pytest.fixture(scope="module", params=["", "snipe_"], ids=["as usual", "a prefix and a table renamed"])
def measured(
    request: pytest.FixtureRequest, new_url: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, dict[str, Reading]]]:
    """Every KPI, at every campus."""
    url, prefix = new_url("mariadb"), request.param
    _fill(url, prefix)
    use = "{use: snipe-it, options: {prefix: snipe_, maintenances: maintenances}}" if prefix else "snipe-it"
    config = tmp_path_factory.mktemp("config")
    text = DISTRICT_YAML + f'databases: {{assets: {{url: "{url}", preset: {use}}}}}\n'
    (config / "all.yaml").write_text(text, encoding="utf-8")
    services = build_services(load(config, {}), "sqlite://")
    yield {name: services.measurement.measure([kpi], NOW)[0] for name, kpi in services.catalog.kpis.items()}
    services.close()


def _fill(url: str, prefix: str) -> None:
    """Writes as Snipe-IT does: its own clock's times, into a session on the server's zone, which is another one."""
    names = {name: prefix + (name.removeprefix("asset_") if prefix else name) for name in TABLES}
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        create(connection, {names[name]: columns for name, columns in TABLES.items()})
        insert(connection, {names[name]: rows for name, rows in ROWS.items()}, clock="@@global.time_zone")
    engine.dispose()


def school(asset: Row) -> str:
    """Whose an asset is: where it is, else where it belongs."""
    place = asset["location_id"] or asset["rtd_location_id"]
    while LOCATIONS.get(place):
        place = LOCATIONS[place]
    return {1: "west", 2: "north"}.get(place, NO_CAMPUS)


def status(asset: Row) -> str:
    name, _ = LABELS[asset["status_id"]]
    known = {"Lost/Stolen": "lost", "STOLEN": "stolen", "Archived": "retired", "Out for Repair": "repair"}
    return known.get(name) or ("in_use" if asset["assigned_to"] else "stock")


def assets() -> list[Row]:
    return [each for each in ROWS["assets"] if not each["deleted_at"]]


def active() -> list[Row]:
    return [each for each in assets() if status(each) not in GONE]


def instant(log: Row) -> datetime:
    naive: datetime = log["action_date"] or log["created_at"]
    return naive.replace(tzinfo=ZONE).astimezone(UTC)


def lendings(asset: Row) -> list[Row]:
    """The check-outs and check-ins of an asset, in order."""
    own = [
        each
        for each in ROWS["action_logs"]
        if each["item_type"] == ASSET
        and each["item_id"] == asset["id"]
        and each["action_type"] in ("checkout", "checkin from")
    ]
    return sorted(own, key=lambda each: (instant(each), each["id"]))


def percent(part: float, whole: float) -> Any:
    return pytest.approx(100 * part / whole)


def test_utilization_counts_what_is_checked_out(measured) -> None:
    used = [each for each in active() if status(each) == "in_use"]
    assert measured["utilization"][DISTRICT].value == percent(len(used), len(active()))


@pytest.mark.parametrize("campus", ["west", "north", NO_CAMPUS])
def test_an_asset_is_where_it_is_else_where_it_belongs(measured, campus: str) -> None:
    own = [each for each in active() if school(each) == campus]
    assert measured["utilization"][campus].denominator == len(own) > 0


def test_deployed_is_the_first_check_out_in_the_log(measured) -> None:
    pairs = []
    for each in active():
        out = [instant(log).astimezone(ZONE).date() for log in lendings(each) if log["action_type"] == "checkout"]
        last = each["last_checkout"].date() if each["last_checkout"] else None
        deployed = min(out) if out else last
        if each["purchase_date"]:
            pairs.append((midnight(each["purchase_date"]), midnight(deployed) if deployed else None))
    expected = median_of_waits(pairs, YEAR, NOW, working=False) / 24
    assert measured["deploy-time"][DISTRICT].value == pytest.approx(expected)
    assert measured["deploy-time"][DISTRICT].waiting > 0


def test_what_comes_back_in_time_took_no_time_and_what_is_out_waits(measured) -> None:
    pairs = []
    for asset in assets():
        logs = [*lendings(asset), None]
        for out, back in pairwise(logs):
            due = _due(out) or (None if back else asset["expected_checkin"])
            if out["action_type"] == "checkout" and due:
                late = midnight(due + timedelta(days=1))
                pairs.append((late, max(late, instant(back)) if back else None))
    expected = median_of_waits(pairs, SCHOOL_YEAR, NOW, working=False) / 24
    assert measured["recovery-time"][DISTRICT].value == pytest.approx(expected)
    assert measured["recovery-time"][DISTRICT].waiting > 0


def _due(log: Row) -> date | None:
    noted = json.loads(log["log_meta"] or "{}").get("expected_checkin")
    return log["expected_checkin"] or (date.fromisoformat(noted["new"]) if noted else None)


def test_maintenances_add_to_a_known_price(measured) -> None:
    paid = [each for each in ROWS["asset_maintenances"] if not each["deleted_at"]]
    costs = [
        each["purchase_cost"] + sum(one["cost"] or 0 for one in paid if one["asset_id"] == each["id"])
        for each in active()
        if each["purchase_cost"]
    ]
    reading = measured["cost-per-asset"][DISTRICT]
    assert reading.value == pytest.approx(sum(costs) / len(costs))
    assert (reading.valued, reading.rows) == (len(costs), len(active()))


def test_licenses_by_their_seats_in_use(measured) -> None:
    used = [
        each["license_id"]
        for each in ROWS["license_seats"]
        if not each["deleted_at"] and (each["assigned_to"] or each["asset_id"])
    ]
    titles = [each for each in ROWS["licenses"] if not each["deleted_at"]]
    fine = [
        each
        for each in titles
        if all(end is None or end >= TODAY for end in (each["expiration_date"], each["termination_date"]))
        and used.count(each["id"]) <= each["seats"]
    ]
    assert measured["license-compliance"][DISTRICT].value == percent(len(fine), len(titles))


def test_what_was_bought_in_the_cycle_was_seen_by_that(measured) -> None:
    def is_verified(asset: Row) -> bool:
        days = [
            each
            for each in (asset["last_audit_date"] and asset["last_audit_date"].date(), asset["purchase_date"])
            if each
        ]
        return bool(days) and date(2025, 7, 1) <= max(days) <= TODAY

    verified = list(filter(is_verified, active()))
    assert measured["audit-completion"][DISTRICT].value == percent(len(verified), len(active()))


def test_newly_lost_devices_come_from_the_log(measured) -> None:
    lost = set()
    for log in ROWS["action_logs"]:
        change = _change(log)
        is_new = change is not None and int(change["new"]) in (5, 6) and int(change["old"]) not in (5, 6)
        if is_new and SCHOOL_YEAR <= instant(log) < NOW:
            lost.add(log["item_id"])
    fleet = mean_level(
        ((midnight(each["purchase_date"] or each["created_at"].date()), None) for each in active()), SCHOOL_YEAR, NOW
    )
    exist = {each["id"] for each in assets()}
    assert measured["lost-stolen"][DISTRICT].value == percent(len(lost & exist), fleet)


def _change(log: Row) -> dict[str, Any] | None:
    """What a log says of the status label, where it does."""
    try:
        meta = json.loads(log["log_meta"] or "")
    except ValueError:
        return None
    change = meta.get("status_id") if isinstance(meta, dict) and log["item_type"] == ASSET else None
    return change if change and change["new"] is not None else None


def ordered() -> list[Row]:
    return [
        each
        for each in assets()
        if each["order_number"] and each["purchase_date"] and date(2026, 7, 1) <= each["purchase_date"] <= TODAY
    ]


def test_orders_are_what_assets_say_of_them(measured) -> None:
    known = {(each["order_number"], each["supplier_id"]) for each in ordered()}  # a supplier or none
    assert measured["po-count"][DISTRICT].value == len(known)


def test_the_value_of_what_was_ordered(measured) -> None:
    assert measured["po-value"][DISTRICT].value == pytest.approx(sum(each["purchase_cost"] or 0 for each in ordered()))


def test_every_kpi_has_a_value(measured) -> None:
    assert all(readings[DISTRICT].value is not None for readings in measured.values())
