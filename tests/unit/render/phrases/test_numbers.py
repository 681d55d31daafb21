"""Numbers as a person reads them."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibot.core.kpis.kpi import Format, KpiInfo
from kpibot.render.phrases.numbers import amount, compact, digits, points, sparkline


def card(form: Format, currency: str = "USD") -> KpiInfo:
    return KpiInfo(id="x", name="X", objective="", owner="", format=form, currency=currency)


@pytest.mark.parametrize(
    ("form", "value", "long", "short"),
    [
        (Format.NUMBER, 1_204.0, "1,204", "1,204"),
        (Format.NUMBER, 123_456.0, "123,456", "123K"),
        (Format.NUMBER, 0.3456, "0.35", "0.35"),
        (Format.NUMBER, 1.3456, "1.35", "1.35"),
        (Format.NUMBER, -0.0, "0", "0"),
        (Format.NUMBER, 1e300, "1e+300", "1e+300"),
        (Format.PERCENT, 86.4, "86.4%", "86.4%"),
        (Format.PERCENT, 86.0, "86%", "86%"),
        (Format.PERCENT, 99.97, "99.9%", "99.9%"),
        (Format.PERCENT, 100.0, "100%", "100%"),
        (Format.CURRENCY, 1_240_300.0, "$1,240,300", "$1.24M"),
        (Format.CURRENCY, -5_000.0, "-$5,000", "-$5K"),
        (Format.CURRENCY, 12.5, "$12.50", "$12.50"),
        (Format.CURRENCY, -0.001, "$0.00", "$0.00"),
        (Format.CURRENCY, 999_999.0, "$999,999", "$1M"),
        (Format.HOURS, 4.23, "4.2 h", "4.2 h"),
        (Format.HOURS, 0.3, "18 min", "18 min"),
        (Format.HOURS, 0.0, "0 h", "0 h"),
        (Format.DAYS, 1.0, "1 day", "1 day"),
        (Format.DAYS, 3.54, "3.5 days", "3.5 days"),
    ],
)
def test_a_value_carries_its_unit_and_few_digits(form, value, long, short):
    assert amount(value, card(form)) == long
    assert amount(value, card(form), short=True) == short


def test_a_currency_without_a_symbol_is_named():
    assert amount(1_240.0, card(Format.CURRENCY, "CAD")) == "CAD 1,240"


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_never_shown_as_one(value):
    assert amount(value, card(Format.PERCENT)) == "no data"


def test_a_change_of_a_percentage_is_in_points():
    assert points(-3.1, card(Format.PERCENT)) == "3.1 points"
    assert points(1.0, card(Format.PERCENT)) == "1 point"
    assert points(-12.0, card(Format.NUMBER)) == "12"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_is_short_and_never_minus_zero(value):
    for text in (digits(value), digits(value, 2), compact(value)):
        assert len(text) <= 22
        assert text not in ("-0", "")


def test_a_sparkline_runs_from_its_lowest_to_its_highest_value():
    assert sparkline([1, 2, 3, 4, 5, 6, 7, 8]) == "▁▂▃▄▅▆▇█"


def test_a_sparkline_shows_a_gap_as_a_gap():
    assert sparkline([1, None, 8, math.nan]) == "▁·█·"


def test_a_flat_sparkline_is_level_and_an_empty_one_absent():
    assert len(set(sparkline([5, 5, 5]))) == 1
    assert sparkline([None, None]) == sparkline([]) == ""


def test_a_long_sparkline_is_thinned_but_ends_with_the_last_value():
    line = sparkline([*range(1_000), -1], most=24)
    assert len(line) == 24
    assert line[-1] == "▁"


def test_a_sparkline_bears_the_largest_numbers():
    assert sparkline([-1.7e308, 1.7e308]) == "▁█"


def test_short_forms_belong_to_large_numbers_only():
    assert amount(9_999.0, replace(card(Format.NUMBER)), short=True) == "9,999"
    assert amount(10_400.0, card(Format.NUMBER), short=True) == "10.4K"
