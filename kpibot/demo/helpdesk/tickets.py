"""helpdesk.db: tickets and work orders, made week by week."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kpibot.demo.common.campuses import CAMPUSES, UNKNOWN_SITE, position
from kpibot.demo.common.database import DemoTable, Report, write
from kpibot.demo.common.draws import TICKETS, Bools, Floats, Ints, between, lognormal, lognormal_mean, pick, stream
from kpibot.demo.common.seasons import SHIFT, WorkCalendar
from kpibot.demo.common.timeline import DAY, HOUR, NEVER, time_texts
from kpibot.demo.helpdesk import ticket_texts
from kpibot.demo.helpdesk.workload import SHORT_STAFFED, Workload
from kpibot.demo.inventory.fleet import Fleet

WEEK = 7 * DAY
YEARS_OF_TICKETS = 5
IDS_PER_WEEK = 10_000

DEFINITION = """
    ticket_id INTEGER PRIMARY KEY, site_code TEXT, room TEXT, kind TEXT NOT NULL, category TEXT NOT NULL,
    priority INTEGER NOT NULL, subject TEXT NOT NULL, created_at TEXT NOT NULL, replied_at TEXT, resolved_at TEXT,
    closed_at TEXT, status TEXT NOT NULL, asset_tag TEXT, asset_type TEXT, asset_model TEXT
"""
INDEXES = (
    "CREATE INDEX hd_tickets_created ON hd_tickets (created_at, site_code)",
    "CREATE INDEX hd_tickets_resolved ON hd_tickets (resolved_at, site_code)",
    "CREATE INDEX hd_tickets_replied ON hd_tickets (replied_at, site_code)",
    "CREATE INDEX hd_tickets_site ON hd_tickets (site_code, created_at, resolved_at)",
    "CREATE INDEX hd_tickets_asset ON hd_tickets (asset_tag, created_at) WHERE asset_tag IS NOT NULL",
    "CREATE INDEX hd_tickets_outstanding ON hd_tickets (site_code, created_at, status) WHERE resolved_at IS NULL",
)

(
    ROOM, NO_SITE, WORK_ORDER, CATEGORY, PRIORITY, SUBJECT, STAY, REPLY, FATE, FATE_AFTER, CLOSE, CLOSE_AFTER,
    WAITING, LINKED, WHICH_ASSET, UNUSUAL,
) = range(16)  # fmt: skip
COLUMNS = 16

_HOURS = (0.04, 0.15, 0.13, 0.12, 0.10, 0.07, 0.10, 0.12, 0.10, 0.07)  # from 7:00 to 17:00
_PRIORITIES = (0.06, 0.22, 0.52, 0.20)
_REPLY_HOURS = np.array([0.35, 0.8, 1.6, 2.6])
_STAY_BY_PRIORITY = np.array([0.35, 0.7, 1.05, 1.4])
_STAY_SPREAD = 0.95
_STEADY_SPREAD = 0.7  # at short-staffed campuses, where tickets wait in a queue rather than for a part
_REPLY_SPREAD = 0.85
# in the order of CAMPUSES, a feeder a line: first replies against the usual (more is slower)
_PROMPTNESS = (
    1.65, 1.0, 1.1, 0.9, 0.7, 0.8,
    1.2, 0.9, 0.8, 1.0, 0.6, 0.9,
    1.1, 1.3, 0.8, 0.7, 1.2, 0.6,
    1.4, 1.0, 0.9, 0.8, 0.7, 0.6,
)  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """Tickets as they came, before anybody worked on them: instants in local seconds since the epoch."""

    ids: Ints
    campus: Ints
    created: Ints
    u: Floats


def write_helpdesk(
    path: Path, seed: int, until: int, *, calendar: WorkCalendar, load: Workload, fleet: Fleet, progress: Report
) -> None:
    """Makes helpdesk.db as of `until`."""
    weeks = range((until - YEARS_OF_TICKETS * 365 * DAY) // WEEK, until // WEEK + 1)
    drafts = [_week(seed, week, load) for week in weeks]
    draft = Draft(*(np.concatenate([getattr(d, name) for d in drafts]) for name in ("ids", "campus", "created", "u")))
    come = draft.created <= until
    draft = Draft(draft.ids[come], draft.campus[come], draft.created[come], draft.u[come])
    progress(0.3)
    columns = _columns(draft, until, calendar, load, fleet)
    progress(0.5)
    write(path, [DemoTable("hd_tickets", DEFINITION, columns)], INDEXES)


def _week(seed: int, week: int, load: Workload) -> Draft:
    draws = stream(seed, TICKETS, week)
    days = slice(week * 7, week * 7 + 7)
    luck = lognormal(draws.random((len(CAMPUSES), 1)), 0.07)
    counts = np.floor(load.arrivals[:, days] * luck + draws.random((len(CAMPUSES), 7))).astype(np.int64)
    cells = np.repeat(np.arange(counts.size), counts.ravel())
    campus, day = cells // 7, week * 7 + cells % 7
    created = day * DAY + _time_of_day(draws.random((2, len(day))), day % 7 < 5)
    u = draws.random((len(day), COLUMNS))
    order = np.argsort(created, kind="stable")
    ids = week * IDS_PER_WEEK + 1 + np.arange(len(day))
    return Draft(ids, campus[order], created[order], u[order])


def _time_of_day(u: Floats, weekday: Bools) -> Ints:
    in_school = (7 + pick(u[0], _HOURS)) * HOUR + np.floor(u[1] * HOUR).astype(np.int64)
    at_home = np.floor(between(u[0], 8 * HOUR, 21 * HOUR)).astype(np.int64)
    return np.where(weekday, in_school, at_home)


def _columns(draft: Draft, until: int, calendar: WorkCalendar, load: Workload, fleet: Fleet) -> list[list[object]]:
    u, created = draft.u, draft.created
    outage = u[:, UNUSUAL] < load.unusual[draft.campus, created // DAY]
    priority = np.where(outage, 2, 1 + pick(u[:, PRIORITY], _PRIORITIES))
    work_order = (u[:, WORK_ORDER] < 0.12) & ~outage
    resolved = _resolved(draft, priority, work_order, calendar, load)
    replied = np.minimum(_replied(draft, priority, calendar, load), resolved)
    closed = resolved + np.where(u[:, CLOSE] < 0.86, 5 * DAY, np.floor(u[:, CLOSE_AFTER] * 4 * DAY).astype(np.int64))
    fate = pick(u[:, FATE], (0.98, 0.014, 0.006))
    ended = created + np.floor(u[:, FATE_AFTER] * 30 * HOUR).astype(np.int64) + 60
    dropped = (fate > 0) & (ended <= until)
    replied, resolved = (np.where(fate > 0, NEVER, times) for times in (replied, resolved))
    closed = np.where(fate > 0, np.where(fate == 1, ended, NEVER), closed)
    status = _status(u, until, replied=replied, resolved=resolved, closed=closed, dropped=np.where(dropped, fate, 0))
    rooms = _rooms(u[:, ROOM])
    categories, subjects = _texts(u, work_order, outage, rooms)
    device = fleet.named_by(draft.campus, created, u[:, LINKED], u[:, WHICH_ASSET])
    return [
        draft.ids.tolist(), _sites(draft.campus, u[:, NO_SITE]), rooms, np.where(work_order, "work_order",
        "ticket").tolist(),
        categories, priority.tolist(), subjects, time_texts(created, until), time_texts(replied, until),
        time_texts(resolved, until), time_texts(closed, until), status,
        *(_of_device(names, device) for names in (fleet.tags(), fleet.types(), fleet.models())),
    ]  # fmt: skip


def _of_device(names: Sequence[object], device: Ints) -> list[object]:
    """What the helpdesk copies from the inventory when a ticket names a device."""
    copied: list[object] = np.array([*names, None], dtype=object)[device].tolist()
    return copied


def _resolved(draft: Draft, priority: Ints, work_order: Bools, calendar: WorkCalendar, load: Workload) -> Ints:
    usual = sum(share * stay for share, stay in zip(_PRIORITIES, _STAY_BY_PRIORITY.tolist(), strict=True))
    steady = np.isin(draft.campus, [position(slug) for slug in SHORT_STAFFED])
    luck = np.where(steady, _luck(draft.u[:, STAY], _STEADY_SPREAD), _luck(draft.u[:, STAY], _STAY_SPREAD))
    factor = luck * _STAY_BY_PRIORITY[priority - 1] / usual * np.where(work_order, 1.5, 0.93)
    stay = load.stay[draft.campus, draft.created // DAY] * factor
    rested = calendar.lessons_only()
    covered, uncovered = (days.instant(days.working_time(draft.created) + stay) for days in (calendar, rested))
    return np.maximum(np.where(steady, uncovered, covered), draft.created + 240)


def _luck(u: Floats, spread: float) -> Floats:
    return lognormal(u, spread) / lognormal_mean(spread)


def _replied(draft: Draft, priority: Ints, calendar: WorkCalendar, load: Workload) -> Ints:
    pressure = np.clip(load.load[draft.campus, draft.created // DAY], 0.7, 4.0)
    hours = _REPLY_HOURS[priority - 1] * np.array(_PROMPTNESS)[draft.campus] * pressure
    wait = hours * lognormal(draft.u[:, REPLY], _REPLY_SPREAD) * HOUR / SHIFT
    return np.maximum(calendar.instant(calendar.working_time(draft.created) + wait), draft.created + 120)


def _status(u: Floats, until: int, *, replied: Ints, resolved: Ints, closed: Ints, dropped: Ints) -> list[str]:
    status = np.where(u[:, WAITING] < 0.22, "waiting", "open").astype("U8")
    status[replied > until] = "new"
    status[resolved <= until] = "solved"
    status[closed <= until] = "closed"
    status[dropped == 1] = "merged"
    status[dropped == 2] = "deleted"
    texts: list[str] = status.tolist()
    return texts


def _sites(campus: Ints, u: Floats) -> list[str | None]:
    codes = np.array([c.site_code for c in CAMPUSES], dtype=object)[campus]
    codes[u < 0.010] = UNKNOWN_SITE
    codes[u < 0.006] = None
    sites: list[str | None] = codes.tolist()
    return sites


def _rooms(u: Floats) -> list[str]:
    number = np.floor(u * 120).astype(np.int64)
    return [str(room) for room in ((1 + number // 40) * 100 + 1 + number % 40).tolist()]


def _texts(u: Floats, work_order: Bools, outage: Bools, rooms: list[str]) -> tuple[list[str], list[str]]:
    names = list(ticket_texts.CATEGORIES)
    category = pick(u[:, CATEGORY], [share for share, _ in ticket_texts.CATEGORIES.values()])
    category = np.where(outage, names.index("network"), category)
    choices = [
        *(subjects for _, subjects in ticket_texts.CATEGORIES.values()),
        ticket_texts.WORK_ORDERS,
        ticket_texts.OUTAGE,
    ]
    kind = np.where(outage, len(names) + 1, np.where(work_order, len(names), category))
    sizes = np.array([len(choice) for choice in choices])
    which = np.floor(u[:, SUBJECT] * sizes[kind]).astype(np.int64)
    subjects = [choices[k][w].format(room) for k, w, room in zip(kind.tolist(), which.tolist(), rooms, strict=True)]
    return [names[c] for c in category.tolist()], subjects
