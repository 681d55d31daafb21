"""Software licences, a term a school year: nearly all in order, a few overdrawn or lapsed."""

from datetime import date, timedelta

import numpy as np

from kpibot.demo.common.campuses import CAMPUSES
from kpibot.demo.common.draws import LICENSES as PURPOSE
from kpibot.demo.common.draws import stream
from kpibot.demo.common.seasons import school_year_of
from kpibot.demo.common.timeline import DAY

LICENSES = """
    title TEXT NOT NULL, location TEXT, seats_owned INTEGER NOT NULL, seats_used INTEGER NOT NULL,
    starts_at TEXT NOT NULL, expires_at TEXT NOT NULL, renewed_at TEXT
"""
YEARS_OF_LICENSES = 3
UNLIMITED = -1
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
    """All terms that began by `until`, each from July 1 to June 30; a title that lapses is renewed in the summer."""
    last = school_year_of(until // DAY)
    rows = [row for year in range(last - YEARS_OF_LICENSES + 1, last + 1) for row in _terms(seed, year, year == last)]
    return [list(column) for column in zip(*rows, strict=True)]


def _terms(seed: int, year: int, is_last: bool) -> list[tuple[object, ...]]:
    u = stream(seed, PURPOSE, year).random((len(CAMPUSES) + 1, len(_CAMPUS), 4))
    starts, renewed = date(year, 7, 1), None if is_last else date(year + 1, 7, 1).isoformat()
    rows: list[tuple[object, ...]] = []
    for place, campus in enumerate((None, *CAMPUSES)):
        pupils = 19_800 if campus is None else campus.enrolment
        for title, draw in zip(_DISTRICT if campus is None else _CAMPUS, u[place].tolist(), strict=True):
            seats, expires = _seats(pupils, draw), _expiry(year, draw[3]).isoformat()
            rows.append((title, campus.location if campus else None, *seats, starts.isoformat(), expires, renewed))
    return rows


def _seats(pupils: int, draw: list[float]) -> tuple[int, int]:
    size = int(np.ceil(pupils * (0.25 + 0.85 * draw[0]) / 10)) * 10
    used = int(size * (0.62 + 0.37 * draw[1]))
    if draw[2] < 0.12:
        return UNLIMITED, used
    return size, int(size * 1.07) if draw[2] > 0.994 else used


def _expiry(year: int, u: float) -> date:
    """The last valid day: June 30, or for the few that are forgotten a day in the autumn before."""
    if u > 0.997:
        return date(year, 9, 1) + timedelta(days=int((u - 0.997) * 20_000))
    return date(year + 1, 6, 30)
