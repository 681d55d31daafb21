"""Results that several people want at once are computed once."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from kpibot.services.measurement.coalescing_cache import CoalescingCache


def test_people_who_ask_together_wait_for_one_answer() -> None:
    cache: CoalescingCache[int] = CoalescingCache()
    begun, go_on, worked = threading.Event(), threading.Event(), []

    def work() -> int:
        begun.set()
        go_on.wait(5)
        worked.append(1)
        return 7

    with ThreadPoolExecutor(5) as pool:
        asked = [pool.submit(cache.get, "key", work) for _ in range(5)]
        begun.wait(5)
        go_on.set()
        assert [each.result(5) for each in asked] == [7] * 5
    assert worked == [1]


def test_an_error_is_passed_on_and_forgotten() -> None:
    cache: CoalescingCache[int] = CoalescingCache()

    def fail() -> int:
        raise LookupError("no")

    with pytest.raises(LookupError):
        cache.get("key", fail)
    assert cache.get("key", lambda: 1) == 1


def test_only_the_latest_are_remembered() -> None:
    cache: CoalescingCache[int] = CoalescingCache(most=2)
    for key in "abc":
        cache.get(key, lambda: 1)
    assert cache.get("a", lambda: 2) == 2
    assert cache.get("c", lambda: 2) == 1


def test_of_several_only_the_missing_ones_are_computed() -> None:
    cache: CoalescingCache[str] = CoalescingCache()
    cache.get("b", lambda: "remembered")
    asked: list[list[str]] = []

    def compute(items: Sequence[str]) -> list[str]:
        asked.append(list(items))
        return [f"new {item}" for item in items]

    assert cache.get_all({"a": "A", "b": "B", "c": "C"}, compute) == ["new A", "remembered", "new C"]
    assert cache.get_all({"c": "C", "a": "A"}, compute) == ["new C", "new A"]
    assert asked == [["A", "C"]]


def test_more_than_are_remembered_are_still_all_answered() -> None:
    cache: CoalescingCache[int] = CoalescingCache(most=2)
    assert cache.get_all(dict(zip("abcd", [1, 2, 3, 4], strict=True)), lambda items: [*items]) == [1, 2, 3, 4]


def test_an_error_over_several_leaves_none_of_them_behind() -> None:
    cache: CoalescingCache[int] = CoalescingCache()

    def fail(_: Sequence[int]) -> list[int]:
        raise LookupError("no")

    with pytest.raises(LookupError):
        cache.get_all({"a": 1, "b": 2}, fail)
    assert cache.get_all({"a": 1, "b": 2}, lambda items: [*items]) == [1, 2]
