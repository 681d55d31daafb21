"""What is asked: every KPI in every way that there is, and what nobody can answer."""

from collections.abc import Iterator

from kpibot.app.container import Services
from kpibot.core.campuses.campus_tree import DISTRICT, NO_CAMPUS
from kpibot.core.questions.parser import CAMPUS
from kpibot.core.reports.answers import Breakdown

ALONE = ("", "help", "list", "hi", "district", "no-campus", "alerts", "mutes")
WINDOWS = ("1d", "30d", "12 weeks", "1y")
MISTAKES = (
    "xyzzy", "tikets", "tickets tickets", "tickets response-time", "tickets campus", "tickets 0d", "tickets 9999d",
    "90d", "by campus", "tickets by", "tickets by xyzzy", "tickets by campus by campus", "tickets type:",
    "tickets type:xyzzy", "tickets xyzzy:1", "rows", "about", "rows about tickets", "about campus-west",
    "tickets alerts", "tickets <!channel>", "`tickets`", "Tickets, please!", "how many tickets", "ack", "unmute",
    "mute tickets", "x" * 1001,
)  # fmt: skip


def questions(services: Services) -> Iterator[str]:
    """Each question of this district once."""
    yield from dict.fromkeys((*ALONE, *_of_campuses(services), *_of_kpis(services), *MISTAKES))


def places(services: Services) -> list[str]:
    """The first group of the tree, if there is one, and its first campus."""
    found, at = [], DISTRICT
    tree = services.district.tree
    while children := [each.slug for each in tree.children(at) if each.slug != NO_CAMPUS]:
        at = children[0]
        found.append(at)
    return found


def _of_campuses(services: Services) -> Iterator[str]:
    tree = services.district.tree
    for campus in [*places(services), *(each.slug for each in tree.children(DISTRICT))]:
        yield campus
        yield tree[campus].name


def _of_kpis(services: Services) -> Iterator[str]:
    for kpi in services.catalog.kpis.values():
        yield from (kpi.id, kpi.card.name, f"about {kpi.id}", f"rows {kpi.id}", f"{kpi.id} no-campus")
        yield from (f"{kpi.id} {window}" for window in WINDOWS)
        for place in places(services):
            yield from (f"{kpi.id} {place}", f"{place} {kpi.id} 30d", f"rows {kpi.id} {place}")
        for dimension in (CAMPUS, *kpi.dimensions):
            yield from (f"{kpi.id} by {dimension}", *(f"{kpi.id} {place} by {dimension}" for place in places(services)))


def narrowed(breakdown: Breakdown) -> Iterator[str]:
    """The breakdown's KPI, narrowed to its largest part."""
    kpi, campus = breakdown.whole.card.id, breakdown.whole.campus
    if campus == DISTRICT and breakdown.by != CAMPUS:
        for label, _ in breakdown.parts[:1]:
            yield f"{kpi} {breakdown.by}:{label.replace(' ', '-')}"
