"""Two systems that disagree about a KPI, in words."""

from kpibot.core.kpis.cross_check import Conflict
from kpibot.core.kpis.kpi import KpiInfo
from kpibot.core.kpis.report import Report
from kpibot.render.phrases.cleaning import clean
from kpibot.render.phrases.numbers import amount
from kpibot.render.phrases.sentences import NAME


def conflict(report: Report) -> str:
    """The warning that two systems disagree: `helpdesk says 104, portal 131.`; empty where they do not."""
    return "" if report.conflict is None else f"{disagreement(report.conflict, report.card)}."


def disagreement(found: Conflict, card: KpiInfo) -> str:
    """`helpdesk says 104, portal 131`."""
    said = f"{clean(found.own, NAME)} says {amount(found.value, card)}"
    return f"{said}, {clean(found.other, NAME)} {amount(found.other_value, card)}"
