"""Results that several people want at once are worked out once."""

import threading
from collections.abc import Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from kpibot.services.measurement.coalescing_cache import CoalescingCache


def test_people_who_ask_together_wait_for_one_answer() -> None:
    recent: CoalescingCache[int] = CoalescingCache()
    begun, go_on, worked = threading.Event(), threading.Event(), []

    def work() -> int:
        begun.set()
        go_on.wait(5)
        worked.append(1)
        return 7

    with ThreadPoolExecutor(5) as pool:
        asked = [pool.submit(recent.get, "key", work) for _ in range(5)]
        begun.wait(5)
        go_on.set()
        assert [each.result(5) for each in asked] == [7] * 5
    assert worked == [1]


def test_an_error_is_passed_on_and_forgotten() -> None:
    recent: CoalescingCache[int] = CoalescingCache()

    def fail() -> int:
        raise LookupError("no")

    with pytest.raises(LookupError):
        recent.get("key", fail)
    assert recent.get("key", lambda: 1) == 1


def test_only_the_latest_are_remembered() -> None:
    recent: CoalescingCache[int] = CoalescingCache(most=2)
    for key in "abc":
        recent.get(key, lambda: 1)
    assert recent.get("a", lambda: 2) == 2
    assert recent.get("c", lambda: 2) == 1


def test_of_several_only_those_are_worked_out_that_nobody_has_asked_for() -> None:
    recent: CoalescingCache[str] = CoalescingCache()
    recent.get("b", lambda: "known")
    asked: list[list[object]] = []

    def work(keys: Sequence[Hashable]) -> list[str]:
        asked.append(list(keys))
        return [f"new {key}" for key in keys]

    assert recent.get_all(["a", "b", "a", "c"], work) == ["new a", "known", "new a", "new c"]
    assert recent.get_all(["c", "a"], work) == ["new c", "new a"]
    assert asked == [["a", "c"]]


def test_more_than_are_remembered_are_still_all_answered() -> None:
    recent: CoalescingCache[int] = CoalescingCache(most=2)
    assert recent.get_all([1, 2, 3, 4], lambda keys: [int(str(key)) for key in keys]) == [1, 2, 3, 4]


def test_an_error_over_several_leaves_none_of_them_behind() -> None:
    recent: CoalescingCache[int] = CoalescingCache()

    def fail(_: Sequence[Hashable]) -> list[int]:
        raise LookupError("no")

    with pytest.raises(LookupError):
        recent.get_all(["a", "b"], fail)
    assert recent.get_all(["a", "b"], lambda keys: [1 for _ in keys]) == [1, 1]
