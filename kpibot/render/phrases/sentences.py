"""What a report says, in plain sentences: the same for Slack, the terminal and alternative texts.

Nothing here is escaped; all data is shortened.
"""

from kpibot.core.kpis.kpi import Format
from kpibot.core.kpis.readings import Missing
from kpibot.core.kpis.report import Report
from kpibot.core.kpis.thresholds import Better, Verdict
from kpibot.core.reports.answers import Answer
from kpibot.render.phrases.cleaning import clean
from kpibot.render.phrases.numbers import NO_DATA, amount, digits, finite
from kpibot.render.phrases.signs import SIGNS, Sign
from kpibot.render.phrases.times import ago, day_month, moment

NAME, SENTENCE = 80, 300
NOTES = 4
UNITS = {Format.PERCENT: "%", Format.HOURS: " h", Format.NUMBER: ""}
LARGEST_EXACT = 1_000_000.0
WHY_MISSING = {
    Missing.NO_ROWS: "no matching records were found",
    Missing.NO_DENOMINATOR: "there is nothing to divide by",
    Missing.SOURCE_DOWN: "the database did not answer",
    Missing.MISFIT: "its setup does not match the database",
}
WHAT_TO_DO = {
    Missing.NO_ROWS: "If that cannot be right, check the KPI's filters and the campus codes",
    Missing.NO_DENOMINATOR: "If that cannot be right, check the second number of the KPI's ratio",
    Missing.SOURCE_DOWN: "The next measurement will try again",
    Missing.MISFIT: "Run bot.py check to see what to change",
}


def value(report: Report) -> float | None:
    """The reading's value if it is a finite number."""
    return finite(report.reading.value)


def verdict(report: Report) -> Verdict:
    """The report's verdict; no data if there is no number, whatever the report says."""
    return Verdict.NO_DATA if value(report) is None else report.verdict


def sign(report: Report) -> Sign:
    """The sign of the report's verdict."""
    return SIGNS[verdict(report)]


def kpi_name(report: Report) -> str:
    """The KPI's name, shortened."""
    return clean(report.card.name, NAME)


def campus_name(report: Report) -> str:
    """The campus's name, shortened."""
    return clean(report.campus_name, NAME)


def title(report: Report) -> str:
    """`Outstanding tickets — Campus West High School`; of some of the rows, `Outstanding tickets, type Laptop — …`."""
    only = "".join(f", {clean(name, 40)} {clean(label, 40)}" for name, label in report.card.only)
    return f"{kpi_name(report)}{only} — {campus_name(report)}"


def quantity(report: Report, *, short: bool = False) -> str:
    """The value with its unit or what it counts: `104 tickets`, `4.2 h`, `86.4%`; `no data` without one."""
    text = _unlike_thresholds(report, amount(value(report), report.card, short=short))
    if report.card.format is not Format.NUMBER or report.reading.denominator is not None or text == NO_DATA:
        return text
    return f"{text} {noun(report, text)}".rstrip() if report.card.rows != "rows" else text


def _unlike_thresholds(report: Report, text: str) -> str:
    """The amount, with more digits where it would read like a threshold: 84.98% is not the target of 85%."""
    number, unit = value(report), UNITS.get(report.card.format)
    near = {level for level in report.chart_thresholds.defined if text == amount(level, report.card)}
    if number is None or unit is None or not near or number in near or abs(number) >= LARGEST_EXACT:
        return text
    exact = (f"{number:.{places}f}" for places in range(2, 6))
    return next((f"{each}{unit}" for each in exact if float(each) not in near), text)


def said(report: Report, *, short: bool = False) -> str:
    """Value and verdict: `104 tickets (Critical)`; without a value the reason."""
    return missing(report) if value(report) is None else f"{quantity(report, short=short)} ({sign(report).word})"


def noun(report: Report, count: str = "") -> str:
    """What the KPI counts or is based on: `tickets`, but `1 ticket`."""
    words = clean(report.card.rows, 40)
    if count != "1" or not words.endswith("s") or words.endswith("ss"):
        return words
    return words[:-3] + "y" if words.endswith("ies") else words[:-1]


def goal(report: Report) -> str:
    """Target and thresholds: `target ≤ 20 · warning from 40 · critical from 80`; or `critical at 70% or below`."""
    limits = report.thresholds
    relation = {Better.LOWER: "≤ ", Better.HIGHER: "≥ ", Better.NEUTRAL: ""}[limits.better]
    parts = [f"target {relation}{threshold(report, limits.target)}"] if limits.target is not None else []
    if limits.better is not Better.NEUTRAL:
        named = (("warning", limits.warning), ("critical", limits.critical))
        parts += [from_threshold(report, word, at) for word, at in named if at is not None]
    of_pace = " of the budget's pace" if parts and report.reading.pace is not None else ""
    return " · ".join(parts) + of_pace


def from_threshold(report: Report, word: str, at: float) -> str:
    """Where a threshold begins: `critical from 80`, `critical at 70% or below`."""
    limit = threshold(report, at)
    return f"{word} at {limit} or below" if report.thresholds.better is Better.HIGHER else f"{word} from {limit}"


def threshold(report: Report, at: float) -> str:
    """A target or threshold: in the KPI's unit, or for a budget in percent of its pace."""
    if report.reading.pace is None or finite(at) is None:
        return amount(at, report.card)
    return f"{digits(at)}%"


def basis(report: Report) -> str:
    """What the number is based on: rows, or both parts of a ratio, and what waits; empty if the number says it."""
    reading = report.reading
    rows = f"{reading.rows:,} {noun(report, str(reading.rows))}"
    if report.card.format in (Format.HOURS, Format.DAYS):
        waiting = f"; {reading.waiting:,} still waiting, counted with the wait so far" if reading.waiting else ""
        return f"based on {rows}{waiting}"
    if reading.numerator is not None and reading.denominator is not None:
        return _ratio_parts(report, rows)
    if report.card.format is not Format.NUMBER:
        return f"based on {rows}"
    is_said = value(report) == reading.rows and report.card.rows != "rows"
    return "" if is_said else f"based on {reading.rows:,} {'row' if reading.rows == 1 else 'rows'}"


def missing_coverage(report: Report) -> tuple[str, ...]:
    """What is missing from the coverage: `31 tickets have no campus`, `12 of 312 assets carry no amount`."""
    reading, parts = report.reading, list[str]()
    if reading.unplaced > 0:
        parts.append(f"{reading.unplaced:,} {noun(report, str(reading.unplaced))} {_have(reading.unplaced)} no campus")
    if (without_amount := reading.rows - reading.valued) > 0:
        parts.append(f"{without_amount:,} of {reading.rows:,} {noun(report)} {_have(without_amount)} no usable amount")
    if report.linked is not None and (percent := finite(report.linked.percent)) is not None:
        column = clean(report.linked.column.replace("_", " "), 40)
        parts.append(f"{column} is filled in for {digits(percent)}%")
    return tuple(parts)


def time_of_reading(report: Report, zone: str) -> str:
    """`as of Sun, Nov 22, 2026, 2:02 PM CST`."""
    return f"as of {moment(report.reading.as_of, zone, year=True)}"


def newest_row(report: Report, zone: str) -> str:
    """When the newest of the rows was written, and how long before the reading that was; empty if unknown."""
    at, now = report.reading.newest, report.reading.as_of
    return f"newest record {moment(at, zone, year=at.year != now.year)} ({ago(at, now)})" if at is not None else ""


def stale(report: Report) -> str:
    """The warning that the data is out of date; empty if it is not."""
    if not report.stale:
        return ""
    at = report.reading.newest
    age = f": the newest record is from {ago(at, report.reading.as_of)}" if at is not None else ""
    behind = " The number may be out of date." if value(report) is not None else ""
    return f"The data is out of date{age}.{behind}"


def missing(report: Report) -> str:
    """`No data: the database did not answer (could not connect)`."""
    reason = WHY_MISSING.get(_reason(report), _reason(report).value)
    if report.reading.value is not None and value(report) is None:
        reason = "the result is not a number"
    detail = f" ({clean(report.reading.detail, SENTENCE)})" if report.reading.detail else ""
    return f"No data: {reason}{detail}"


def what_to_do(report: Report) -> str:
    """What to do about missing data, and who to ask."""
    advice = WHAT_TO_DO.get(_reason(report), "The next measurement will try again")
    owner = clean(report.card.owner, NAME)
    return f"{advice}. Questions go to {owner}." if owner else f"{advice}."


def purpose(report: Report) -> str:
    """Objective and owner: `No classroom waits for technology · owner @helpdesk-leads`."""
    owner = clean(report.card.owner, NAME)
    parts = (clean(report.card.objective, SENTENCE), f"owner {owner}" if owner else "")
    return " · ".join(filter(None, parts))


def has_history(report: Report) -> bool:
    """Whether the series has a value to draw."""
    return report.series is not None and any(finite(each) is not None for each in report.series.values)


def no_history(report: Report) -> str:
    """Why there is nothing to draw; empty if there is something."""
    if has_history(report):
        return ""
    return "no history available" if report.series is None else "no history yet"


def _reason(report: Report) -> Missing:
    return report.reading.missing or Missing.NO_ROWS


def _ratio_parts(report: Report, rows: str) -> str:
    reading, card = report.reading, report.card
    denominator, numerator = finite(reading.denominator), finite(reading.numerator)
    if numerator is None or denominator is None:
        return f"based on {rows}"
    whole = rows if denominator == reading.rows else digits(denominator)
    if card.format is Format.PERCENT:
        return f"{digits(numerator)} of {whole}"
    return f"{amount(numerator, card)} across {whole}"


def notes(answer: Answer) -> str:
    """`noted: Chromebook refresh week (Nov 9)`; only the latest ones if there are many."""
    latest = sorted(answer.notes, key=lambda each: each.day)[-NOTES:]
    texts = [f"{clean(each.says, NAME)} ({day_month(each.day)})" for each in latest]
    return f"noted: {'; '.join(texts)}" if texts else ""


def _have(count: int) -> str:
    return "has" if count == 1 else "have"
