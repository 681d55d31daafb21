"""What must hold of a year, whatever happens in it. Each law raises AssertionError, and says where it is broken."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import attrgetter

from kpibot.catalog.model import Digest
from kpibot.core.alerts.groups import DeliveryKind
from kpibot.core.alerts.states import Reason
from kpibot.core.kpis.thresholds import Verdict
from tests.year import incidents
from tests.year.bot import RETENTION, Lived
from tests.year.slack import Sent

ENDS = frozenset({Reason.RECOVERED})
BEGINS = frozenset({Reason.FIRING, Reason.MORE})
RETURNS = "*Time to recover assets*"
NEWS = frozenset({DeliveryKind.POST, DeliveryKind.REPLY})
THAT_DAY = timedelta(hours=8)


def check(lived: Lived) -> None:
    """All laws."""
    every_digest_comes_once_on_its_slot(lived)
    nothing_but_what_is_critical_comes_outside_working_hours(lived)
    nothing_comes_on_a_holiday(lived)
    breach_and_recovery_alternate(lived)
    lines_come_after_their_message(lived)
    a_common_cause_is_one_message_a_channel(lived)
    a_bad_database_is_told_once_and_touches_no_alert(lived)
    nothing_is_left_behind(lived)
    readings_are_forgotten_in_time(lived)


def every_digest_comes_once_on_its_slot(lived: Lived) -> None:
    """Each channel gets each digest of the stretch exactly once, at its local time, or as soon as the bot is back."""
    came = Counter((each.about, each.channel, each.slot.astimezone(UTC)) for each in _digests(lived))
    due = Counter(
        (f"digest {digest.id}", channel, slot.astimezone(UTC))
        for digest in lived.catalog.digests.values()
        for slot in _slots(lived, digest)
        for channel in digest.channels
    )
    assert came == due, f"not as due: {[*(came - due), *(due - came)][:5]}"
    for each in _digests(lived):
        at = lived.instants[bisect_left(lived.instants, each.slot)]  # the bot may have been off
        assert each.at == at, f"{each.about} of {each.slot} came to {each.channel} at {each.at}"


def nothing_but_what_is_critical_comes_outside_working_hours(lived: Lived) -> None:
    calendar = lived.catalog.district.calendar
    for each in _told(lived):
        if not calendar.is_working_time(each.at):
            rises = {campus for campus, why in each.reasons.items() if why in BEGINS | {Reason.WORSE}}
            critical = {campus for campus in rises if each.severities[campus] is Verdict.CRITICAL}
            assert critical, f"{each.about} in {each.channel} at {calendar.local(each.at)}: {each.text[:80]}"


def nothing_comes_on_a_holiday(lived: Lived) -> None:
    calendar = lived.catalog.district.calendar
    for each in _told(lived):
        day = calendar.local(each.at).date()
        rule = lived.catalog.kpis[each.about].alert if each.is_alert else None
        may = rule is not None and rule.on_holidays
        assert day not in calendar.holidays or may, f"{each.about} in {each.channel} on {day}"


def breach_and_recovery_alternate(lived: Lived) -> None:
    """As told in a channel, a campus breaches, then recovers, then breaches: never twice the same."""
    stands: set[tuple[str, str, str]] = set()
    for each in lived.slack.sent:
        if not each.is_alert or each.how is DeliveryKind.UPDATE:
            continue
        for campus, why in each.reasons.items():
            key = each.about, each.channel, campus
            if why in BEGINS:
                assert key not in stands, f"{key} breaches again at {each.at} without having recovered"
                stands.add(key)
            elif why in ENDS | {Reason.MUTED, Reason.MOVED}:
                assert key in stands, f"{key} is over at {each.at} without having breached"
                stands.remove(key)


def lines_come_after_their_message(lived: Lived) -> None:
    """Edits and lines of a thread come after the message that they belong to, and no channel's time runs back."""
    posted: set[str] = set()
    for each in lived.slack.sent:
        if each.is_alert and each.how is DeliveryKind.POST:
            assert each.group not in posted, f"{each.group} is posted twice"
            posted.add(each.group)
        assert not each.is_alert or each.group in posted, f"a line of {each.group} comes before its message"
    for channel, told in _by_channel(lived).items():
        times = [each.at for each in told]
        assert times == sorted(times), f"{channel} reads its messages out of order"


def a_common_cause_is_one_message_a_channel(lived: Lived) -> None:
    """The morning without sign-on: no channel gets a second message, and each is told that most of the district has
    it."""
    shock = incidents.SIGN_ON
    if not lived.first <= shock.begins < lived.last:
        return
    struck = [e for e in lived.slack.sent if e.about == "tickets" and shock.begins <= e.at < shock.begins + THAT_DAY]
    posts = Counter(each.channel for each in struck if each.how is DeliveryKind.POST)
    assert posts and max(posts.values()) == 1, f"told more than once: {posts.most_common(3)}"
    feeders = {route.channel for route in lived.catalog.routes if route.kpis == {"tickets"}}
    told = {each.channel for each in struck if each.is_common and "Most of the district at once" in each.text}
    assert told == feeders, f"not said to be common in {sorted(feeders - told)}"


def a_bad_database_is_told_once_and_touches_no_alert(lived: Lived) -> None:
    """The administrators hear of a database that is down, or of stale data, once, and once more when it is over.
    Meanwhile no alert that rests on it fires or recovers."""
    resting = {"tickets", "response-time"}
    for bad in incidents.BAD:
        if not lived.first <= bad.begins < lived.last - timedelta(days=3):
            continue
        told = [e for e in lived.slack.sent if bad.begins <= e.at < bad.ends + timedelta(days=1)]
        assert [e.about for e in told if e.about in ("trouble", "mended")] == ["trouble", "mended"], f"of {bad}"
        trouble = next(each for each in told if each.about == "trouble")
        assert trouble.channel == lived.catalog.district.administrators
        during = [e for e in told if trouble.at <= e.at < bad.ends and e.about in resting]
        assert not during, f"told of data that nobody has: {during[0].at} {during[0].text[:80]}"
    odd = [each for each in lived.slack.sent if each.about == "trouble" and not _is_summer(lived, each)]
    assert len(odd) == sum(lived.first <= bad.begins < lived.last for bad in incidents.BAD), f"{[e.text for e in odd]}"


def _is_summer(lived: Lived, trouble: Sent) -> bool:
    """In summer no device is due for weeks, and the shipped `fresh_within` takes that for trouble."""
    day = lived.catalog.district.calendar.local(trouble.at).date()
    return (5, 25) <= (day.month, day.day) <= (8, 11) and trouble.text.count("*") == 2 and RETURNS in trouble.text


def nothing_is_left_behind(lived: Lived) -> None:
    """All that was owed was sent; an edit may have been overtaken by a later one."""
    odd = {state: n for state, n in lived.outbox.items() if state not in ("sent", "superseded")}
    assert not odd, f"in the outbox: {odd}"


def readings_are_forgotten_in_time(lived: Lived) -> None:
    """After a pruning no reading is older than 90 days; until then all are there."""
    for now, oldest in lived.oldest:
        assert oldest <= RETENTION, f"at {now} the oldest reading is {oldest} old"
        lasted = now - lived.first
        assert oldest >= min(RETENTION, lasted) - timedelta(days=3), f"at {now} only {oldest} of readings are left"


def _digests(lived: Lived) -> list[Sent]:
    return [each for each in lived.slack.sent if each.slot is not None]


def _told(lived: Lived) -> Iterator[Sent]:
    """What calls for somebody's attention: alerts and troubles, but no edit, and no answer to what somebody did."""
    for each in lived.slack.sent:
        if (each.is_alert and each.how in NEWS) or each.about in ("trouble", "mended"):
            yield each


def _slots(lived: Lived, digest: Digest) -> Iterator[datetime]:
    """By the wall clock alone, and none of the bot's own reckoning. What a new bot sends first is the last digest that
    is still of use."""
    zone = lived.catalog.district.calendar.zone
    days = (lived.first.astimezone(zone).date() + timedelta(days=n) for n in range(-7, (lived.last - lived.first).days))
    slots = [
        datetime(day.year, day.month, day.day, digest.at.hour, digest.at.minute, tzinfo=zone)
        for day in days
        if day.weekday() in digest.weekdays
    ]
    began = lived.instants[0]
    (*_, last) = [each for each in slots if each <= began]
    yield from ([last] if last + digest.useful_for > began else [])
    yield from (each for each in slots if began < each < lived.last)


def _by_channel(lived: Lived) -> dict[str, list[Sent]]:
    ordered = sorted(lived.slack.sent, key=attrgetter("channel"))
    return {channel: list(told) for channel, told in groupby(ordered, key=attrgetter("channel"))}
