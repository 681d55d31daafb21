"""What happens in the simulated year beside the usual: the known incidents, each with when and where."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.year.district import schools
from tests.year.source import Bad

ZONE = ZoneInfo("America/Chicago")


def at(text: str) -> datetime:
    """A local time of the district."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@dataclass(frozen=True)
class Incident:
    """Something with a cause that everybody would name: which alerts it explains, where, and from when until when."""

    name: str
    kpis: frozenset[str]
    campuses: frozenset[str]
    begins: datetime
    ends: datetime

    def explains(self, kpi: str, campus: str, since: datetime) -> bool:
        """Whether an alert that was first told at `since` is of it."""
        return kpi in self.kpis and campus in self.campuses and self.begins <= since < self.ends


def _one(name: str, kpis: str, campuses: object, begins: str, ends: str) -> Incident:
    return Incident(name, frozenset(kpis.split()), frozenset(campuses), at(begins), at(ends))


ALL = frozenset(each.slug for each in schools())
WAITING = "tickets response-time"
NETWORK = _one("a network outage at one campus", "tickets", {"cedar-1-middle"}, "2026-10-06T09:10", "2026-10-19")
SIGN_ON = _one("a morning without sign-on, district-wide", "tickets", ALL, "2027-02-03T08:40", "2027-02-06")
VACANCIES = (
    _one("a vacancy in autumn", WAITING, {"elm-high"}, "2026-09-28", "2026-12-05"),
    _one("a vacancy in winter", WAITING, {"linden-2-middle"}, "2027-01-11", "2027-03-20"),
    _one("a vacancy in spring", WAITING, {"oak-5-elementary"}, "2027-03-29", "2027-06-01"),
)
ROLLOUT = _one(
    "devices of a feeder that waited in boxes",
    "deploy-time",
    (each.slug for each in schools() if each.feeder == "feeder-redbud"),
    "2026-08-03",
    "2026-10-20",
)
THEFT = _one("a cart of laptops stolen", "lost-stolen", {"pecan-4-elementary"}, "2027-05-10T07:00", "2027-05-13")
LICENCES = _one(
    "licences that nobody renewed",
    "license-compliance",
    {"birch-high", "fir-2-middle", "spruce-3-elementary"},
    "2026-10-15",
    "2026-10-18",
)
SNOW = at("2027-01-26")  # nobody comes, and no calendar knew
TESTING = ((at("2026-12-07"), at("2026-12-18")), (at("2027-04-05"), at("2027-05-01")))

INCIDENTS = (NETWORK, SIGN_ON, *VACANCIES, ROLLOUT, THEFT, LICENCES)

DOWN = Bad("helpdesk", at("2026-12-03T12:20"), at("2026-12-03T15:10"))
STALE = Bad("helpdesk", at("2027-04-12T17:00"), at("2027-04-15T08:00"), stale=True)
BAD = (DOWN, STALE)

RESTART_EVERY = timedelta(days=11, hours=5)
OFF = ((at("2026-11-01T00:30"), at("2026-11-02T09:40")), (at("2027-05-06T18:00"), at("2027-05-07T08:20")))

FIRST, LAST = at("2026-08-03"), at("2027-08-02")
