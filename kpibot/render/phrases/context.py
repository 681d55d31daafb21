"""The context of a number: other statistics of the same rows, a budget's pace, other times, other campuses."""

from dataclasses import replace

from kpibot.core.kpis.kpi import KpiInfo, format_of
from kpibot.core.kpis.measures import Statistic
from kpibot.core.kpis.report import Report
from kpibot.core.kpis.thresholds import Better
from kpibot.core.reports.answers import Answer, Comparison, Rank
from kpibot.render.phrases.changes import change
from kpibot.render.phrases.cleaning import clean
from kpibot.render.phrases.numbers import amount, digits, finite

STATISTICS = {
    Statistic.MEAN: "average {}",
    Statistic.MEDIAN: "median {}",
    Statistic.P90: "9 of 10 within {}",
    Statistic.WITHIN: "{} within the limit",
}


def lines(answer: Answer) -> tuple[str, ...]:
    """All lines of context: `9 of 10 within 9.2 h`, `94% of the budget's pace`, comparisons, ranks."""
    report = answer.report
    compared = (comparison(report, each) for each in answer.comparisons)
    context = (other_statistics(report), budget_pace(report), *compared, ranking(answer))
    return tuple(filter(None, context))


def other_statistics(report: Report) -> str:
    """Other statistics of the same durations: `9 of 10 within 9.2 h · 81% within the limit`."""
    values = [(each, value) for each, value in report.reading.also if finite(value) is not None]
    return " · ".join(STATISTICS[each].format(amount(value, _card_of(report.card, each))) for each, value in values)


def budget_pace(report: Report) -> str:
    """Spending against the year's budget so far: `94% of the pace: $412,000 of $438,000 expected by now …`."""
    pace = report.reading.pace
    if pace is None:
        return ""
    expected, whole = amount(pace.expected, report.card), amount(pace.budget, report.card)
    elapsed = f"{digits(100 * pace.elapsed, 0)}% of the year's working time has passed"
    if finite(pace.percent) is None or pace.percent is None:
        return f"budget {whole}; {elapsed}"
    return f"{digits(pace.percent)}% of the budget's pace: {expected} of {whole} expected by now, as {elapsed}"


def comparison(report: Report, other: Comparison) -> str:
    """`▲ 12 more than the same week last school year (92), worse`."""
    return change(replace(report, before=other.value, compared_with=other.against))


def ranking(answer: Answer) -> str:
    """`3rd of 24 campuses, best first · per 100 students 7th of 21 (5.6)`; `highest first` if neither is better."""
    first = "highest" if answer.report.thresholds.better is Better.NEUTRAL else "best"
    return " · ".join(_rank(each, first) for each in answer.ranks)


def _rank(rank: Rank, first: str) -> str:
    place = f"{ordinal(rank.place)} of {rank.of:,}"
    if not rank.per:
        return f"{place} campuses, {first} first"
    value = finite(100 * rank.value)
    return f"per 100 {clean(rank.per, 20)}s {place}" + (f" ({digits(value)})" if value is not None else "")


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `3rd`, `11th`, `21st`."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def _card_of(card: KpiInfo, statistic: Statistic) -> KpiInfo:
    return replace(card, format=format_of(statistic, card.format))
