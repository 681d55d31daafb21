"""How many messages people got in a week, by channel and kind, and how many alerts the known incidents explain."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from kpibot.core.alerts.groups import DeliveryKind
from kpibot.core.alerts.states import Reason
from tests.year.bot import Lived
from tests.year.incidents import INCIDENTS
from tests.year.laws import BEGINS
from tests.year.slack import Sent

DIGEST, FIRST, WORSE, REMINDER, ESCALATION, OVER, TROUBLE = KINDS = (
    "digests",
    "first alerts",
    "campuses that joined, or worse",
    "reminders",
    "escalations",
    "eased or recovered",
    "troubles of the data",
)
OF_REASON = {
    Reason.FIRING: WORSE,
    Reason.MORE: WORSE,
    Reason.WORSE: WORSE,
    Reason.STILL_FIRING: REMINDER,
    Reason.LAPSED: REMINDER,
    Reason.ESCALATED: ESCALATION,
}
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Spread:
    """Messages a week: in the middle one, in the worst, and which one that was; `total` of all weeks."""

    median: float
    most: int
    worst: date
    total: int


def kind_of(sent: Sent) -> str | None:
    """What sort of message it is; None for an edit, which rings for nobody, and for what people did themselves."""
    if sent.how is DeliveryKind.UPDATE or sent.about == "deed":
        return None
    if sent.slot is not None:
        return DIGEST
    if sent.reason is None:
        return TROUBLE
    return FIRST if sent.how is DeliveryKind.POST else OF_REASON.get(sent.reason, OVER)


def weeks(lived: Lived) -> list[date]:
    """The Mondays of the weeks that were lived wholly."""
    monday = lived.first.date() + timedelta(days=-lived.first.weekday() % 7)
    found = []
    while monday + WEEK <= lived.last.date():
        found.append(monday)
        monday += WEEK
    return found


def by_week(lived: Lived, sent: Iterable[Sent]) -> dict[date, int]:
    """How many of these messages came in each week."""
    counts = Counter(_monday(lived, each) for each in sent)
    return {week: counts[week] for week in weeks(lived)}


def spread(counts: Mapping[date, int]) -> Spread:
    """The middle and the worst week."""
    worst = max(counts, key=lambda week: counts[week])
    return Spread(median(counts.values()), counts[worst], worst, sum(counts.values()))


def in_channel(lived: Lived, channels: Sequence[str], digests: bool = False) -> list[Sent]:
    """The messages that stand in these channels for all to see; lines in threads are left out."""
    return [
        each
        for each in lived.slack.sent
        if each.channel in channels and each.in_channel and kind_of(each) is not None
        if digests or each.slot is None
    ]


def in_threads(lived: Lived, channels: Sequence[str]) -> list[Sent]:
    """The lines in threads that are not shown in the channel."""
    return [
        each
        for each in lived.slack.sent
        if each.channel in channels and not each.in_channel and kind_of(each) is not None
    ]


@dataclass(frozen=True)
class Alert:
    """A campus that breached, as it was told: of which KPI, where, and which incident explains it, if any."""

    kpi: str
    campus: str
    week: date
    incident: str | None


def alerts(lived: Lived) -> list[Alert]:
    """Every breach that was told, once for each time that a campus began to breach."""
    return [
        Alert(each.about, campus, _monday(lived, each), _incident(each, campus))
        for each in lived.slack.sent
        if each.is_alert and each.how is not DeliveryKind.UPDATE
        for campus, why in each.reasons.items()
        if why in BEGINS
    ]


def _incident(sent: Sent, campus: str) -> str | None:
    return next((each.name for each in INCIDENTS if each.explains(sent.about, campus, sent.at)), None)


def _monday(lived: Lived, sent: Sent) -> date:
    day = lived.catalog.district.calendar.local(sent.at).date()
    return day - timedelta(days=day.weekday())
