"""Devices, check-outs, events, licences and audits."""

from collections.abc import Callable
from typing import Any

from kpibot.demo.common.campuses import CAMPUSES

Ask = Callable[..., list[tuple[Any, ...]]]


def test_there_are_about_40_000_devices_of_six_types(assets: Ask) -> None:
    assert 38_500 < assets("SELECT count(*) FROM assets")[0][0] < 41_500
    types = {kind for (kind,) in assets("SELECT DISTINCT type FROM assets")}
    assert types == {"chromebook", "laptop", "desktop", "printer", "projector", "network"}


def test_every_status_occurs(assets: Ask) -> None:
    found = {status for (status,) in assets("SELECT DISTINCT status FROM assets")}
    assert found == {"in_stock", "in_use", "repair", "lost", "stolen", "retired"}


def test_check_outs_and_events_name_devices_that_exist(assets: Ask) -> None:
    assert assets("PRAGMA foreign_key_check") == []


def test_nothing_happens_after_until(assets: Ask) -> None:
    latest = assets(
        "SELECT max(purchased_at), max(received_at), max(first_deployed_at), max(retired_at), max(last_seen_at),"
        " max(last_audited_at) FROM assets"
        " UNION ALL SELECT max(checked_out_at), max(checked_in_at), '', '', '', '' FROM checkouts"
        " UNION ALL SELECT max(at), '', '', '', '', '' FROM asset_events"
    )
    assert all(at <= "2026-11-24 10:00:00" for row in latest for at in row)


def test_a_device_in_use_is_checked_out_exactly_once(assets: Ask) -> None:
    rows = assets(
        "SELECT status, count(*), count(DISTINCT c.asset_tag) FROM assets JOIN checkouts c USING (asset_tag)"
        " WHERE checked_in_at IS NULL GROUP BY status"
    )
    assert {status for status, _, _ in rows} == {"in_use", "repair"}
    assert all(loans == devices for _, loans, devices in rows)
    assert assets("SELECT count(*) FROM assets WHERE status = 'in_use'") == [(rows[0][1],)]


def test_check_outs_of_a_device_do_not_overlap(assets: Ask) -> None:
    ((overlaps,),) = assets(
        "SELECT count(*) FROM (SELECT checked_in_at, lead(checked_out_at) OVER"
        " (PARTITION BY asset_tag ORDER BY checked_out_at) AS next FROM checkouts)"
        " WHERE next IS NOT NULL AND (checked_in_at IS NULL OR checked_in_at > next)"
    )
    assert overlaps == 0


def test_most_campuses_use_most_of_their_devices_and_one_keeps_carts_in_a_closet(assets: Ask) -> None:
    rows = dict(
        assets(
            "SELECT location, avg(status = 'in_use') FROM assets"
            " WHERE status IN ('in_use', 'in_stock', 'repair') GROUP BY location"
        )
    )
    shares = {campus.slug: rows[campus.location] for campus in CAMPUSES}
    assert 0.45 < shares.pop("riverbend-middle") < 0.60
    assert all(0.60 < share < 0.96 for share in shares.values())


def test_about_6_percent_have_no_known_cost(assets: Ask) -> None:
    ((share,),) = assets("SELECT avg(cost IS NULL) FROM assets")
    assert 0.05 < share < 0.07


def test_losses_are_around_2_percent_a_year_and_one_campus_loses_far_more(assets: Ask) -> None:
    lost = dict(
        assets(
            "SELECT location, count(*) FROM asset_events"
            " WHERE lower(type) IN ('lost', 'stolen') AND at > '2025-11-22' GROUP BY 1"
        )
    )
    owned = dict(
        assets("SELECT location, count(*) FROM assets WHERE status IN ('in_use', 'in_stock', 'repair') GROUP BY 1")
    )
    assert 0.01 < sum(lost.values()) / sum(owned.values()) < 0.03
    assert lost["Campus South HS"] / owned["Campus South HS"] > 0.04


def test_a_lost_device_has_the_event_that_says_so(assets: Ask) -> None:
    assert assets(
        "SELECT count(*) FROM assets WHERE status IN ('lost', 'stolen') AND NOT EXISTS"
        " (SELECT 1 FROM asset_events e WHERE e.asset_tag = assets.asset_tag AND lower(e.type) = status)"
    ) == [(0,)]


def test_some_loans_are_overdue_and_most_come_back_within_weeks(assets: Ask) -> None:
    ((overdue,),) = assets("SELECT count(*) FROM checkouts WHERE checked_in_at IS NULL AND due_at < '2026-11-22'")
    ((late,),) = assets(
        "SELECT avg(julianday(date(checked_in_at)) - julianday(due_at)) FROM checkouts WHERE due_at > '2026-01-01'"
    )
    assert overdue > 20 and 3 < late < 20


def test_last_audit_is_the_last_audit_event(assets: Ask) -> None:
    assert assets(
        "SELECT count(*) FROM assets JOIN (SELECT asset_tag, max(at) AS latest FROM asset_events WHERE type = 'audit'"
        " GROUP BY asset_tag) USING (asset_tag) WHERE last_audited_at <> latest"
    ) == [(0,)]


def test_an_audit_takes_two_autumns_and_this_one_is_nearly_done(assets: Ask) -> None:
    share_by = "SELECT avg(coalesce(verified_at, '9') < ?) FROM audit_items WHERE cycle = '2025-2027'"
    ((first,),) = assets(f"{share_by} AND listed_at < '2025-09-01'", "2026-03-01")
    ((second,),) = assets(f"{share_by} AND closed_at IS NULL", "2026-11-22")
    assert 0.4 < first < 0.6 and 0.95 < second < 0.99


def test_an_audit_s_items_are_verified_while_they_are_on_its_list(assets: Ask) -> None:
    assert assets(
        "SELECT count(*) FROM audit_items WHERE verified_at < listed_at OR verified_at >= coalesce(closed_at, '9')"
        " OR closed_at < listed_at"
    ) == [(0,)]
    assert {cycle for (cycle,) in assets("SELECT DISTINCT cycle FROM audit_items")} >= {"2023-2025", "2025-2027"}


def test_a_missing_device_left_service_when_it_went_missing(assets: Ask) -> None:
    assert assets(
        "SELECT count(*) FROM assets WHERE (status IN ('lost', 'stolen')) <> (missing_since IS NOT NULL)"
        " OR missing_since > retired_at"
    ) == [(0,)]


def test_nearly_all_licences_are_in_order(assets: Ask) -> None:
    ((share, unlimited),) = assets(
        "SELECT avg((seats_owned = -1 OR seats_used <= seats_owned) AND expires_at >= '2026-11-22'),"
        " sum(seats_owned = -1) FROM licenses WHERE renewed_at IS NULL"
    )
    assert 0.95 < share < 1 and unlimited > 0


def test_about_1_percent_stand_nowhere(assets: Ask) -> None:
    ((share,),) = assets("SELECT avg(location IS NULL) FROM assets")
    assert 0.005 < share < 0.015
