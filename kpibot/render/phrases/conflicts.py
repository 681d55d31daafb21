"""What is said when two systems disagree about a KPI."""

from kpibot.core.kpis.cross_check import Conflict
from kpibot.core.kpis.kpi import KpiInfo
from kpibot.core.kpis.report import Report
from kpibot.render.phrases.cleaning import clean
from kpibot.render.phrases.numbers import amount
from kpibot.render.phrases.sentences import NAME


def conflict(report: Report) -> str:
    """The warning that two systems disagree: `helpdesk says 104, portal 131.`; empty where they do not."""
    return "" if report.conflict is None else f"{disagreement(report.conflict, report.card)}."


def disagreement(cross_check: Conflict, card: KpiInfo) -> str:
    """`helpdesk says 104, portal 131`."""
    own = f"{clean(cross_check.own, NAME)} says {amount(cross_check.value, card)}"
    return f"{own}, {clean(cross_check.other, NAME)} {amount(cross_check.other_value, card)}"
