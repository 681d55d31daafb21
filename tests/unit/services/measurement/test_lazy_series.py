"""Series that are made when somebody asks for them."""

from datetime import date

import pytest

from kpibot.core.kpis.series import Series
from kpibot.services.measurement.lazy_series import LazySeries


def test_a_series_is_made_once_and_only_where_somebody_asks_for_it() -> None:
    made: list[str] = []

    def make(node: str) -> Series:
        made.append(node)
        return Series((date(2026, 11, 16),), (float(len(made)),))

    courses = LazySeries(["oak", "birch", "elm"], make)
    assert (made, len(courses), sorted(courses)) == ([], 3, ["birch", "elm", "oak"])
    assert courses["oak"] is courses["oak"]
    assert courses.get("nowhere") is None
    with pytest.raises(KeyError):
        courses["nowhere"]
    assert made == ["oak"]


def test_a_series_that_could_not_be_made_is_made_the_next_time() -> None:
    def make(node: str) -> Series:
        if not failed:
            failed.append(node)
            raise ArithmeticError
        return Series((), ())

    failed: list[str] = []
    courses = LazySeries(["oak"], make)
    with pytest.raises(ArithmeticError):
        courses["oak"]
    assert courses["oak"] == Series((), ())
