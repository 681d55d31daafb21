"""Several reports together: the worst first, and how many have which verdict."""

from kpibot.core.kpis.report import Report
from kpibot.render.phrases import sentences
from kpibot.render.phrases.signs import WORST_FIRST


def by_verdict(reports: tuple[Report, ...]) -> tuple[Report, ...]:
    """The reports, the worst first; equally bad ones keep the order of the configuration."""
    return tuple(sorted(reports, key=lambda each: WORST_FIRST.index(sentences.verdict(each))))


def tally(reports: tuple[Report, ...]) -> str:
    """`2 critical, 1 off target, 2 on target`, the worst first."""
    words = [sentences.sign(each).word.lower() for each in by_verdict(reports)]
    return ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words)) or "no KPIs"
