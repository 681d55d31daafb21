"""The messages of the outbox, and their pictures."""

from dataclasses import dataclass
from datetime import datetime

from kpibot.core.alerts.actions import ActionNotice
from kpibot.core.alerts.notices import AlertNotice
from kpibot.core.reports.digests import DigestEdition


@dataclass(frozen=True, slots=True)
class AdminNotice:
    """A notice to the administrators: what does not work, with what to do about it, and what works again."""

    as_of: datetime
    zone: str
    problems: tuple[tuple[str, str], ...] = ()
    resolved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG with its alternative text."""

    name: str
    png: bytes
    alt_text: str


Message = DigestEdition | AlertNotice | ActionNotice | AdminNotice
