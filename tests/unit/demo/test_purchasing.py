"""Purchase orders, their lines and the budgets."""

from collections.abc import Callable
from typing import Any

from kpibot.demo.common.campuses import CAMPUSES

Ask = Callable[..., list[tuple[Any, ...]]]


def test_there_are_about_6_000_orders_with_1_to_12_lines(purchasing: Ask) -> None:
    ((orders,),) = purchasing("SELECT count(*) FROM po_headers")
    ((fewest, most),) = purchasing(
        "SELECT min(n), max(n) FROM (SELECT count(*) AS n FROM po_lines GROUP BY po_number, org)"
    )
    assert 5_400 < orders < 6_800
    assert (fewest, most) == (1, 12)


def test_every_line_has_its_order_and_every_order_its_lines(purchasing: Ask) -> None:
    assert purchasing("PRAGMA foreign_key_check") == []
    ((without,),) = purchasing(
        "SELECT count(*) FROM po_headers LEFT JOIN po_lines USING (po_number, org) WHERE item IS NULL"
    )
    assert without == 0


def test_a_number_may_stand_for_orders_of_two_campuses(purchasing: Ask) -> None:
    shared = purchasing("SELECT count(*) FROM po_headers GROUP BY po_number HAVING count(*) > 1")
    assert 80 < len(shared) < 200
    assert set(shared) == {(2,)}


def test_cancelled_lines_carry_real_money(purchasing: Ask) -> None:
    ((lines, money),) = purchasing("SELECT avg(cancelled), sum(amount * cancelled) / sum(amount) FROM po_lines")
    assert 0.06 < lines < 0.11 and 0.05 < money < 0.13


def test_an_amount_is_quantity_times_price(purchasing: Ask) -> None:
    assert purchasing("SELECT count(*) FROM po_lines WHERE abs(amount - quantity * unit_price) > 0.005") == [(0,)]


def test_nothing_is_approved_after_until(purchasing: Ask) -> None:
    ((last,),) = purchasing("SELECT max(approved_at) FROM po_headers")
    assert "2026-11-15" < last <= "2026-11-24"


def test_the_fiscal_year_starts_on_july_1(purchasing: Ask) -> None:
    for year, first, last in purchasing(
        "SELECT fiscal_year, min(approved_at), max(approved_at) FROM po_headers GROUP BY fiscal_year"
    ):
        assert f"{year - 1}-07-01" <= first and last <= f"{year}-06-30"


def test_every_campus_has_a_technology_budget_it_spends_at_about_its_pace(purchasing: Ask) -> None:
    budgets = purchasing("SELECT org, amount FROM budgets WHERE fiscal_year = 2027")
    assert {org for org, _ in budgets} == {campus.org for campus in CAMPUSES}
    ((spent,),) = purchasing(
        "SELECT sum(amount) FROM po_lines JOIN po_headers USING (po_number, org)"
        " WHERE fiscal_year = 2027 AND NOT cancelled AND is_technology"
    )
    assert 0.25 < spent / sum(amount for _, amount in budgets) < 0.55


def test_a_few_orders_belong_to_no_campus(purchasing: Ask) -> None:
    ((share,),) = purchasing("SELECT avg(org = 'ORG-999') FROM po_headers")
    assert 0.003 < share < 0.02
