"""Results that several people want at once are worked out once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from kpibot.services.recent import Recent


def test_people_who_ask_together_wait_for_one_answer() -> None:
    recent: Recent[int] = Recent()
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
    recent: Recent[int] = Recent()

    def fail() -> int:
        raise LookupError("no")

    with pytest.raises(LookupError):
        recent.get("key", fail)
    assert recent.get("key", lambda: 1) == 1


def test_only_the_latest_are_remembered() -> None:
    recent: Recent[int] = Recent(most=2)
    for key in "abc":
        recent.get(key, lambda: 1)
    assert recent.get("a", lambda: 2) == 2
    assert recent.get("c", lambda: 2) == 1
