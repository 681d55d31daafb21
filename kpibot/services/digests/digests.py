"""Digests: published once per slot, however often and however late the bot starts."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from kpibot.catalog.model import Channel, Digest
from kpibot.core.kpis.district import District
from kpibot.core.kpis.measures import Simple
from kpibot.core.kpis.report import Report
from kpibot.core.kpis.thresholds import Better, Verdict
from kpibot.core.reports.digests import DigestEdition, Mover
from kpibot.core.time.calendar import Calendar
from kpibot.services.digests.deadline import Deadline, ReportRequest
from kpibot.services.measurement.reporting import Reporting
from kpibot.store.outbox import OutboxMessage
from kpibot.store.store import Store

SERIES_DAYS = 90
MOVERS = 3
WITHIN = timedelta(minutes=1)
WEEK = 7


def latest_slot(digest: Digest, now: datetime, calendar: Calendar) -> datetime:
    """The last instant, not after `now`, for which the digest was scheduled."""
    today = calendar.local(now).date()
    for days in range(WEEK + 1):
        day = today - timedelta(days=days)
        slot = datetime.combine(day, digest.at, calendar.zone)
        if day.weekday() in digest.weekdays and slot <= now:
            return slot
    raise ValueError(f"digest `{digest.id}` names no weekday")


class Digests:
    """Prepares digests and puts them into the outbox. Its methods block.

    `database_of` names the database of a measure. What a database does not answer `within` a time is left out.
    """

    def __init__(
        self,
        district: District,
        digests: Mapping[str, Digest],
        channels: Mapping[str, Channel],
        reporting: Reporting,
        store: Store,
        database_of: Callable[[Simple], str],
        within: timedelta = WITHIN,
    ) -> None:
        self._district = district
        self._digests = digests
        self._channels = channels
        self._reporting = reporting
        self._store = store
        self._deadline = Deadline(reporting, database_of, within)

    def publish_due(self, now: datetime) -> list[str]:
        """Puts every digest that is due and still useful into the outbox; returns the ids of those."""
        return [digest.id for digest in self._digests.values() if self._publish(digest, now)]

    def editions(self, digest: Digest, slot: datetime) -> list[tuple[Channel, DigestEdition]]:
        """The digest for each of its channels, as of the slot. Each KPI is measured once."""
        channels = [self._channels[each] for each in digest.channels]
        tree = self._district.tree
        campuses = dict.fromkeys(node for each in channels for node in (each.campus, *tree.leaves(each.campus)))
        with_series = frozenset(each.campus for each in channels)
        request = ReportRequest(
            [self._district.kpis[kpi] for kpi in digest.kpis], list(campuses), with_series, slot, SERIES_DAYS
        )
        reports = self._deadline.reports(request)
        return [(channel, self._edition(digest, channel.campus, slot, reports)) for channel in channels]

    def _publish(self, digest: Digest, now: datetime) -> bool:
        slot = latest_slot(digest, now, self._district.calendar)
        work, expires_at = f"digest:{digest.id}", slot + digest.useful_for
        if now >= expires_at:
            return False
        with self._store.leases.hold(work, slot, now) as is_mine:
            if is_mine:
                messages = [
                    OutboxMessage(
                        key=f"{work}:{slot.isoformat()}:{channel.id}",
                        channel=channel.id,
                        body=edition,
                        expires_at=expires_at,
                    )
                    for channel, edition in self.editions(digest, slot)
                ]
                self._store.complete(work, slot, now, messages)
        return is_mine

    def _edition(
        self, digest: Digest, campus: str, slot: datetime, reports: Mapping[tuple[str, str], Report]
    ) -> DigestEdition:
        tree = self._district.tree
        below = [reports[kpi, leaf] for kpi in digest.kpis for leaf in tree.leaves(campus) if leaf != campus]
        return DigestEdition(
            digest=digest.id,
            title=digest.title,
            campus=campus,
            campus_name=tree[campus].name,
            slot=slot,
            zone=self._district.zone,
            reports=tuple(reports[kpi, campus] for kpi in digest.kpis),
            movers=tuple(movers(below)),
            breaches=sum(each.verdict in (Verdict.WARNING, Verdict.CRITICAL) for each in below),
        )


def movers(reports: Iterable[Report]) -> list[Mover]:
    """The campuses whose values changed most, for better or worse; neutral KPIs are left out."""
    moved = [report for report in reports if report.change and _has_direction(report)]
    ranked = sorted(moved, key=_weight, reverse=True)[:MOVERS]
    return [
        Mover(
            card=report.card,
            campus_name=report.campus_name,
            before=report.before or 0.0,
            value=report.reading.value or 0.0,
            improved=((report.change or 0.0) < 0) == (report.thresholds.better is Better.LOWER),
        )
        for report in ranked
    ]


def _has_direction(report: Report) -> bool:
    """Whether a change is for better or worse; spending is compared with its pace, not with last year."""
    return report.thresholds.better is not Better.NEUTRAL and report.reading.pace is None


def _weight(report: Report) -> float:
    """The change in proportion to the warning threshold: three more tickets matter little where forty are many."""
    value, before = abs(report.reading.value or 0.0), abs(report.before or 0.0)
    scale = report.thresholds.warning or report.thresholds.target or max(value, before)
    return abs((report.change or 0.0) / scale)
