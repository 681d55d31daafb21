"""A database that does not answer is asked now and then only."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibot.catalog.model import Database
from kpibot.sources.base import SourceDownError, SourceMisfitError
from kpibot.sources.circuit_breaker import BreakerRule, BreakerState, CircuitBreaker, breaker_of

RULE = BreakerRule(failures=3, pause=30)
DOWN = "database `helpdesk` cannot be reached: connection refused"


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class District:
    """A database that counts who comes through to it."""

    def __init__(self, clock: Clock, most: int = 50) -> None:
        self.breaker = CircuitBreaker("helpdesk", RULE, clock, most, patience=60)
        self.asked = 0
        self.fails: Exception | None = None

    def ask(self) -> None:
        with self.breaker.call():
            self.asked += 1
            if self.fails is not None:
                raise self.fails

    def fail(self, times: int = 1) -> None:
        self.fails = SourceDownError(DOWN)
        for _ in range(times):
            with pytest.raises(SourceDownError):
                self.ask()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def district(clock: Clock) -> District:
    return District(clock)


def test_failures_in_a_row_spare_the_database(district: District) -> None:
    district.fail(times=10)
    assert district.asked == 3


def test_an_answer_in_between_begins_the_row_anew(district: District) -> None:
    district.fail(times=2)
    district.fails = None
    district.ask()
    district.fail(times=2)
    assert district.asked == 5


def test_those_who_are_refused_are_told_why_since_when_and_until_when(district: District, clock: Clock) -> None:
    district.fail()
    clock.now += 200
    district.fail(times=2)
    clock.now += 12
    with pytest.raises(SourceDownError) as caught:
        district.ask()
    assert str(caught.value) == f"{DOWN}; down for 3 minutes, asked again in 18 seconds"


def test_after_the_pause_one_call_goes_through_and_its_failure_is_another_pause(
    district: District, clock: Clock
) -> None:
    district.fail(times=3)
    clock.now += 30
    district.fail(times=5)
    assert district.asked == 4
    clock.now += 29
    district.fail()
    assert district.asked == 4
    clock.now += 1
    district.fail()
    assert district.asked == 5


def test_while_one_call_tries_the_others_fail_at_once(district: District, clock: Clock) -> None:
    district.fail(times=3)
    clock.now += 30
    with district.breaker.call(), pytest.raises(SourceDownError, match="asked again in 30 seconds"):
        district.ask()
    district.fails = None
    district.ask()
    assert district.asked == 4


def test_success_after_the_pause_lets_everybody_through(district: District, clock: Clock) -> None:
    district.fail(times=3)
    clock.now += 30
    district.fails = None
    for _ in range(5):
        district.ask()
    assert district.asked == 8


def test_a_statement_that_does_not_fit_is_an_answer(district: District) -> None:
    district.fail(times=2)
    district.fails = SourceMisfitError("no column `opend`")
    for _ in range(5):
        with pytest.raises(SourceMisfitError):
            district.ask()
    district.fail(times=2)
    assert district.asked == 9


def test_a_fault_of_our_own_says_nothing_of_the_database(district: District) -> None:
    district.fail(times=2)
    district.fails = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        district.ask()
    district.fail()
    district.fail()
    assert district.asked == 4


def test_fifty_who_ask_at_once_cost_one_time_out(clock: Clock) -> None:
    """All of them come before anybody knows; those who wait for a connection share what those who had one met."""
    everybody_waits = threading.Event()
    times_looked = itertools.count(1)

    def now() -> float:
        if next(times_looked) == 50 + 4:  # each looks when it comes, and those who are let through once more
            everybody_waits.set()
        return clock()

    breaker = CircuitBreaker("helpdesk", RULE, now, most=4, patience=60)
    asked: list[int] = []

    def ask(number: int) -> str:
        try:
            with breaker.call():
                asked.append(number)
                everybody_waits.wait()
                raise SourceDownError(DOWN)
        except SourceDownError as error:
            return str(error)

    with ThreadPoolExecutor(50) as pool:
        told = list(pool.map(ask, range(50)))
    assert len(asked) == 4
    assert all(each.startswith(DOWN) for each in told)


def test_who_waits_too_long_for_a_connection_is_told_that_the_database_is_busy(clock: Clock) -> None:
    breaker = CircuitBreaker("helpdesk", RULE, clock, most=1, patience=0)
    with breaker.call():
        for _ in range(RULE.failures):
            with pytest.raises(SourceDownError, match="`helpdesk` is busy"), breaker.call():
                pytest.fail("nobody goes through")
    with breaker.call():
        pass  # to be busy is not to be down


def test_the_pause_is_no_shorter_than_a_statement_may_take(clock: Clock) -> None:
    slow = Database("helpdesk", timedelta(minutes=2), "sqlite://")
    district = District(clock)
    district.breaker = breaker_of(slow, clock)
    district.fail(times=3)
    with pytest.raises(SourceDownError, match="asked again in 2 minutes"):
        district.ask()


@given(st.lists(st.tuples(st.floats(0, 100), st.sampled_from(["answers", "fails", "hangs"])), max_size=40))
def test_whatever_happens_somebody_is_let_through_within_a_pause(events: list[tuple[float, str]]) -> None:
    """And while the row of failures is too short nobody is held back."""
    state, now = BreakerState(), 0.0
    for passed, what in events:
        now += passed
        assert state.allows(now + RULE.pause)
        assert state.allows(now) or state.failures >= RULE.failures
        if not state.allows(now):
            assert state.refusal(now).count("down for") == 1
            continue
        state = state.asked(RULE, now)
        if what == "answers":
            state = BreakerState()
        elif what == "fails":
            state = state.failed(RULE, now, DOWN)
        assert 0 <= state.since <= now
