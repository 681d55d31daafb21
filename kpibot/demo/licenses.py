"""Software licences: nearly all in order, a few overdrawn or expired."""

from datetime import date, timedelta

import numpy as np

from kpibot.demo.campuses import CAMPUSES
from kpibot.demo.clock import DAY, date_of
from kpibot.demo.draws import LICENSES as PURPOSE
from kpibot.demo.draws import stream
from kpibot.demo.seasons import school_year_of

LICENSES = """
    title TEXT NOT NULL, location TEXT, seats_owned INTEGER NOT NULL, seats_used INTEGER NOT NULL,
    expires_at TEXT NOT NULL
"""
_DISTRICT = (
    "Learning platform", "Office suite", "Student information system", "Web filter", "Endpoint protection", "Help desk",
    "Device management", "Single sign-on", "Video meetings", "Backup service", "Library catalogue",
    "Identity verification",
)  # fmt: skip
_CAMPUS = (
    "Reading practice", "Maths practice", "Formative quizzes", "Classroom screens", "Video lessons", "Typing tutor",
    "Testing browser",
    "Whiteboard", "Plagiarism check", "Coding lessons", "Music notation", "Image editor",
)  # fmt: skip


def license_columns(seed: int, until: int) -> list[list[object]]:
    """All licences as they stand at `until`; seats change with the school year, renewals fall on June 30."""
    rows: list[tuple[object, ...]] = []
    today = date_of(until // DAY)
    u = stream(seed, PURPOSE, school_year_of(until // DAY)).random((len(CAMPUSES) + 1, len(_CAMPUS), 4))
    for place, campus in enumerate((None, *CAMPUSES)):
        pupils = 19_800 if campus is None else campus.enrolment
        for title, draw in zip(_DISTRICT if campus is None else _CAMPUS, u[place].tolist(), strict=True):
            owned, used = _seats(pupils, draw)
            rows.append((title, campus.location if campus else None, owned, used, _expiry(today, draw[3]).isoformat()))
    return [list(column) for column in zip(*rows, strict=True)]


def _seats(pupils: int, draw: list[float]) -> tuple[int, int]:
    size = int(np.ceil(pupils * (0.25 + 0.85 * draw[0]) / 10)) * 10
    used = int(size * (0.62 + 0.37 * draw[1]))
    if draw[2] < 0.12:
        return -1, used
    return size, int(size * 1.07) if draw[2] > 0.992 else used


def _expiry(today: date, u: float) -> date:
    if u > 0.994:
        return today - timedelta(days=10 + int((u - 0.994) * 10_000))
    renewal = date(today.year + (today.month >= 7), 6, 30)
    return date(renewal.year + int(u * 3), 6, 30)
