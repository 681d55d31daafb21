"""What a report says, in plain sentences: the same ones for Slack, for the terminal and for alternative texts.

Nothing here is escaped; every piece of data is shortened.
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
    Missing.NO_ROWS: "nothing of this kind was found",
    Missing.NO_DENOMINATOR: "there is nothing to divide by",
    Missing.SOURCE_DOWN: "its database did not answer",
    Missing.MISFIT: "its set-up does not fit the database",
}
WHAT_TO_DO = {
    Missing.NO_ROWS: "If that cannot be, the filters of the KPI or the campus's codes need a look",
    Missing.NO_DENOMINATOR: "If that cannot be, the second half of the KPI's ratio needs a look",
    Missing.SOURCE_DOWN: "It is asked again at the next measurement",
    Missing.MISFIT: "bot.py check says what to change",
}


def value(report: Report) -> float | None:
    """The reading's value where it is a number."""
    return finite(report.reading.value)


def verdict(report: Report) -> Verdict:
    """The report's verdict; no data where there is no number, whatever it claims."""
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
    """The value with what it counts: `104 tickets`, `4.2 h`, `86.4%`; `no data` without one."""
    text = _beside_its_levels(report, amount(value(report), report.card, short=short))
    if report.card.format is not Format.NUMBER or report.reading.denominator is not None or text == NO_DATA:
        return text
    return f"{text} {noun(report, text)}".rstrip() if report.card.rows != "rows" else text


def _beside_its_levels(report: Report, text: str) -> str:
    """The amount, more exactly where it would read like a level that it is not: 84.98% is not the target of 85%."""
    known, unit = value(report), UNITS.get(report.card.format)
    near = {level for level in report.chart_thresholds.defined if text == amount(level, report.card)}
    if known is None or unit is None or not near or known in near or abs(known) >= LARGEST_EXACT:
        return text
    exact = (f"{known:.{places}f}" for places in range(2, 6))
    return next((f"{each}{unit}" for each in exact if float(each) not in near), text)


def said(report: Report, *, short: bool = False) -> str:
    """Value and verdict: `104 tickets (Critical)`; without a value why there is none."""
    return missing(report) if value(report) is None else f"{quantity(report, short=short)} ({sign(report).word})"


def noun(report: Report, count: str = "") -> str:
    """What the KPI counts or rests on: `tickets`, but `1 ticket`."""
    words = clean(report.card.rows, 40)
    if count != "1" or not words.endswith("s") or words.endswith("ss"):
        return words
    return words[:-3] + "y" if words.endswith("ies") else words[:-1]


def goal(report: Report) -> str:
    """Target and thresholds: `target ≤ 20 · warning from 40 · critical from 80`; of higher-is-better, `… down`."""
    limits = report.thresholds
    relation = {Better.LOWER: "≤ ", Better.HIGHER: "≥ ", Better.NEUTRAL: ""}[limits.better]
    parts = [f"target {relation}{level(report, limits.target)}"] if limits.target is not None else []
    if limits.better is not Better.NEUTRAL:
        levels = (("warning", limits.warning), ("critical", limits.critical))
        parts += [from_level(report, word, at) for word, at in levels if at is not None]
    of_pace = " of the budget's pace" if parts and report.reading.pace is not None else ""
    return " · ".join(parts) + of_pace


def from_level(report: Report, word: str, at: float) -> str:
    """Where a threshold begins: `critical from 80`, `critical from 70% down`."""
    down = " down" if report.thresholds.better is Better.HIGHER else ""
    return f"{word} from {level(report, at)}{down}"


def level(report: Report, at: float) -> str:
    """A target or threshold: in the KPI's unit, or of a budget in percent of its pace."""
    if report.reading.pace is None or finite(at) is None:
        return amount(at, report.card)
    return f"{digits(at)}%"


def basis(report: Report) -> str:
    """What the number rests on: rows, or both halves of a ratio, and what is still waiting."""
    reading = report.reading
    rows = f"{reading.rows:,} {noun(report, str(reading.rows))}"
    if report.card.format in (Format.HOURS, Format.DAYS):
        waiting = f", {reading.waiting:,} still waiting, counted with their wait so far" if reading.waiting else ""
        return f"rests on {rows}{waiting}"
    if reading.numerator is not None and reading.denominator is not None:
        return _halves(report, rows)
    counted = value(report) == reading.rows or report.card.format is not Format.NUMBER
    return f"rests on {rows}" if counted else f"rests on {reading.rows:,} {'row' if reading.rows == 1 else 'rows'}"


def missing_coverage(report: Report) -> tuple[str, ...]:
    """What the coverage lacks: `31 tickets have no campus`, `12 of 312 assets carry no amount`."""
    reading, found = report.reading, []
    if reading.unplaced > 0:
        found.append(f"{reading.unplaced:,} {noun(report, str(reading.unplaced))} {_have(reading.unplaced)} no campus")
    if (lacking := reading.rows - reading.valued) > 0:
        found.append(f"{lacking:,} of {reading.rows:,} {noun(report)} {_have(lacking)} no usable amount")
    if report.linked is not None and (percent := finite(report.linked.percent)) is not None:
        found.append(f"{digits(percent)}% of what is counted names its {clean(report.linked.column, 40)}")
    return tuple(found)


def time_of_reading(report: Report, zone: str) -> str:
    """`as of Sun 22 Nov 2026, 14:02 CST`."""
    return f"as of {moment(report.reading.as_of, zone, year=True)}"


def newest_row(report: Report, zone: str) -> str:
    """When the newest of the rows was written, and how long before the reading that was; empty if unknown."""
    at, now = report.reading.newest, report.reading.as_of
    return f"newest row {moment(at, zone, year=at.year != now.year)} ({ago(at, now)})" if at is not None else ""


def stale(report: Report) -> str:
    """The warning that a source is behind; empty where it is not."""
    if not report.stale:
        return ""
    at = report.reading.newest
    age = f": the newest row came {ago(at, report.reading.as_of)}" if at is not None else ""
    behind = " The number may be behind." if value(report) is not None else ""
    return f"The data is older than it should be{age}.{behind}"


def missing(report: Report) -> str:
    """`No data: its database did not answer (could not connect)`."""
    reason = WHY_MISSING.get(_reason(report), _reason(report).value)
    if report.reading.value is not None and value(report) is None:
        reason = "what came out is no number"
    detail = f" ({clean(report.reading.detail, SENTENCE)})" if report.reading.detail else ""
    return f"No data: {reason}{detail}"


def what_to_do(report: Report) -> str:
    """What may be done about missing data, and whom to ask."""
    todo = WHAT_TO_DO.get(_reason(report), "It is asked again at the next measurement")
    owner = clean(report.card.owner, NAME)
    return f"{todo}; its owner is {owner}." if owner else f"{todo}."


def purpose(report: Report) -> str:
    """Objective and owner: `No classroom waits for technology · owner @helpdesk-leads`."""
    owner = clean(report.card.owner, NAME)
    parts = (clean(report.card.objective, SENTENCE), f"owner {owner}" if owner else "")
    return " · ".join(filter(None, parts))


def has_history(report: Report) -> bool:
    """Whether the series has anything to draw."""
    return report.series is not None and any(finite(each) is not None for each in report.series.values)


def no_history(report: Report) -> str:
    """Why there is nothing to draw; empty where there is."""
    if has_history(report):
        return ""
    return "no history at hand" if report.series is None else "no history yet"


def _reason(report: Report) -> Missing:
    return report.reading.missing or Missing.NO_ROWS


def _halves(report: Report, rows: str) -> str:
    reading, card = report.reading, report.card
    over, of = finite(reading.denominator), finite(reading.numerator)
    if of is None or over is None:
        return f"rests on {rows}"
    whole = rows if over == reading.rows else digits(over)
    if card.format is Format.PERCENT:
        return f"{digits(of)} of {whole}"
    return f"{amount(of, card)} over {whole}"


def notes(answer: Answer) -> str:
    """`noted: Chromebook refresh week (Nov 9)`; empty without notes. The latest ones, where there are many."""
    latest = sorted(answer.notes, key=lambda each: each.day)[-NOTES:]
    said = [f"{clean(each.says, NAME)} ({day_month(each.day)})" for each in latest]
    return f"noted: {'; '.join(said)}" if said else ""


def _have(count: int) -> str:
    return "has" if count == 1 else "have"
