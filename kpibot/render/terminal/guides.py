"""What can be asked, for a terminal and for programs."""

from collections.abc import Iterable

from kpibot.core.campuses.campus_tree import Campus
from kpibot.core.kpis.kpi import KpiInfo
from kpibot.core.reports.guides import Help, Listing


def help_text(reply: Help) -> str:
    """An example to type, and every KPI."""
    return "\n".join([f'ask "{reply.kpis[0].id} {reply.campus.slug} 90d"', "", *map(_kpi, reply.kpis)])


def listing_text(reply: Listing) -> str:
    """Every KPI, and the campus tree."""
    missing = [f"{kpi:<24} not available: {why}" for kpi, why in reply.not_available.items()]
    campuses = ("  " * depth + f"{campus.slug:<24} {campus.name}" for depth, campus in reply.campuses)
    return "\n".join([*map(_kpi, reply.kpis), *missing, "", *campuses])


def help_record(reply: Help) -> dict[str, object]:
    """The KPIs, and the campus of the example."""
    return _record(reply.kpis, [reply.campus])


def listing_record(reply: Listing) -> dict[str, object]:
    """The KPIs and campuses, by what is typed for them."""
    return _record(reply.kpis, [campus for _, campus in reply.campuses])


def _kpi(kpi: KpiInfo) -> str:
    return f"{kpi.id:<24} {kpi.name}"


def _record(kpis: Iterable[KpiInfo], campuses: Iterable[Campus]) -> dict[str, object]:
    return {"kpis": {kpi.id: kpi.name for kpi in kpis}, "campuses": {campus.slug: campus.name for campus in campuses}}
