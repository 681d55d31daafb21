"""training.db: the professional development that staff must do each school year, and what they attended."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from kpibot.demo.common.campuses import CAMPUSES, UNKNOWN_SITE
from kpibot.demo.common.database import DemoTable, Report, write
from kpibot.demo.common.draws import TRAINING, Floats, Ints, lognormal, pick, stream
from kpibot.demo.common.timeline import DAY, HOUR, date_of, day_of, daytime, time_texts

REQUIRED = """
    person_id TEXT NOT NULL, site_code TEXT, school_year TEXT NOT NULL, hours_required REAL NOT NULL,
    PRIMARY KEY (person_id, school_year)
"""
ATTENDED = """
    person_id TEXT NOT NULL, site_code TEXT, school_year TEXT NOT NULL, session TEXT NOT NULL, hours REAL NOT NULL,
    completed_at TEXT NOT NULL, PRIMARY KEY (person_id, school_year, session)
"""
INDEXES = (
    "CREATE INDEX pd_required_year ON pd_required (school_year, site_code)",
    "CREATE INDEX pd_attendance_year ON pd_attendance (school_year, site_code, person_id)",
    "CREATE INDEX pd_attendance_person ON pd_attendance (person_id, school_year, completed_at, hours)",
    "CREATE INDEX pd_attendance_completed ON pd_attendance (completed_at, site_code)",
)
PUPILS_PER_PERSON = 13
YEARS = 3
BEGINS = (8, 1)

# session, hours, earliest day after August 1, days over which it is offered
_SESSIONS = (
    ("Cybersecurity basics", 2.0, 2, 12), ("New learning platform", 1.5, 3, 14), ("Devices in the classroom", 1.5,
    20, 30),
    ("Student data privacy", 2.0, 40, 40), ("Accessible materials", 1.5, 75, 30), ("Assessment online", 2.0, 90, 40),
    ("Digital citizenship", 2.0, 160, 40), ("Media in lessons", 2.0, 180, 50),
)  # fmt: skip
_HOURS_REQUIRED = (6.0, 3.0, 7.0)
# in the order of CAMPUSES, a feeder a line: share of the staff that completes its hours
_COMPLETE = (
    0.93, 0.97, 0.95, 0.99, 0.98, 0.97,
    0.96, 0.91, 0.97, 0.98, 1.0, 0.96,
    0.94, 0.97, 0.72, 0.98, 0.97, 1.0,
    0.88, 0.96, 0.97, 0.99, 0.98, 0.95,
)  # fmt: skip


@dataclass(frozen=True)
class Staff:
    """The people of one school year: campus as position in CAMPUSES, required training in hours."""

    people: list[str]
    sites: list[str | None]
    campus: Ints
    required: Floats
    u: Floats


def write_training(path: Path, seed: int, until: int, progress: Report) -> None:
    """Makes training.db as of `until`; a school year's requirements exist from August 1."""
    today = date_of(until // DAY)
    last = today.year if (today.month, today.day) >= BEGINS else today.year - 1
    years = [_year(seed, year, until) for year in range(last - YEARS + 1, last + 1)]
    progress(0.5)
    required, attended = ([_joined(parts) for parts in zip(*half, strict=True)] for half in zip(*years, strict=True))
    write(path, [DemoTable("pd_required", REQUIRED, required), DemoTable("pd_attendance", ATTENDED, attended)], INDEXES)


def _joined(parts: tuple[list[object], ...]) -> list[object]:
    return [value for part in parts for value in part]


def _year(seed: int, year: int, until: int) -> tuple[list[list[object]], list[list[object]]]:
    sizes = [campus.enrolment // PUPILS_PER_PERSON for campus in CAMPUSES]
    campus = np.repeat(np.arange(len(CAMPUSES)), sizes)
    u = stream(seed, TRAINING, year).random((len(campus), 4 + 2 * len(_SESSIONS)))
    people = [f"E{20_000 + n}" for n in range(len(campus))]
    hours = np.array(_HOURS_REQUIRED)[pick(u[:, 1], (0.85, 0.10, 0.05))]
    staff = Staff(people, _sites(campus, u[:, 0]), campus, hours, u)
    label = f"{year}-{(year + 1) % 100:02d}"
    required: list[list[object]] = [list(people), list(staff.sites), [label] * len(people), hours.tolist()]
    return required, _attended(year, label, until, staff)


def _sites(campus: Ints, u: Floats) -> list[str | None]:
    codes = np.array([c.site_code for c in CAMPUSES], dtype=object)[campus]
    codes[u < 0.01] = UNKNOWN_SITE
    codes[u < 0.006] = None
    sites: list[str | None] = codes.tolist()
    return sites


def _attended(year: int, label: str, until: int, staff: Staff) -> list[list[object]]:
    count, required, u = len(_SESSIONS), staff.required[:, None], staff.u
    hours = np.array([session[1] for session in _SESSIONS])
    after = np.cumsum(hours)
    diligent = (u[:, 2] < np.array(_COMPLETE)[staff.campus])[:, None]
    goes = np.where(diligent, after - hours < required, after < required)
    at = _when(year, u[:, 4 : 4 + count], u[:, 4 + count :], u[:, 3])
    person, session = np.nonzero(goes & (at <= until))
    return [
        [staff.people[p] for p in person.tolist()],
        [staff.sites[p] for p in person.tolist()],
        [label] * len(person),
        [_SESSIONS[s][0] for s in session.tolist()],
        hours[session].tolist(),
        list(time_texts(at[person, session], until)),
    ]


def _when(year: int, day: Floats, hour: Floats, late: Floats) -> Ints:
    opens = np.array([session[2] for session in _SESSIONS])
    span = np.array([session[3] for session in _SESSIONS])
    delay = np.where(late < 0.88, 0.0, 40 * lognormal(np.maximum(late - 0.88, 0) / 0.12, 0.7))[:, None]
    days = np.floor(opens + span * day + delay).astype(np.int64)
    return daytime((day_of(date(year, *BEGINS)) + days) * DAY + np.floor(hour * 24 * HOUR).astype(np.int64))
