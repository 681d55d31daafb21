"""A backtest: text for a terminal, at most 80 columns wide, and a record for programs."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from statistics import median_low
from typing import Any

from kpibot.core.alerts.backtest import DAY, YEAR, Backtest, CampusReplay, ThresholdOption, Tuning, instant_of_day
from kpibot.core.alerts.quiet_hours import SuppressionReason
from kpibot.core.campuses.campus_tree import DISTRICT
from kpibot.core.kpis.kpi import KpiInfo
from kpibot.core.kpis.thresholds import Better, Thresholds, Verdict
from kpibot.core.text import plural
from kpibot.render.phrases.cleaning import clean
from kpibot.render.phrases.numbers import amount
from kpibot.render.phrases.times import MONTHS, day_month
from kpibot.render.records import unit_of
from kpibot.render.terminal.text import padded, page

NAME = 80
PLACES, THRESHOLD_SETS = 15, 3  # nobody reads more
LEAST_MONTHLY = 3  # alerts, for a table by month
MOST_MONTHS = 24
ALWAYS, NAMED = 0.5, 3  # a share of days, and how many names are shown
NAME_COLUMNS, BAR_COLUMNS = 30, 50
DAILY = "Uses the last value of each day; what came and went within a day is not counted."
REMEMBERED = "The history comes from kpibot's own readings."
NO_RULE = "The KPI has no `alert` yet; this is what `alert: {}` would have done."
WITHOUT_SIGNALS = "These numbers are for the warning alone; alerts from `warns_if` come on top."
CALM = (
    "`suggested` is the mildest warning with at most one alert a month at each campus, and an alert on at most one day "
    "in ten: few enough that people read them. But the data only shows what was usual, not what is right. First ask "
    "at which value somebody should act, and use that if it is quiet enough."
)
NOT_CALM = (
    "No threshold is `suggested`: none has at most one alert a month at each campus and an alert on at most one day in "
    "ten, or too few days have data."
)
BEYOND_CRITICAL = "If it is beyond `critical`, change `critical` too."
SUPPRESSED = {
    SuppressionReason.OUTSIDE_HOURS: "on a day off",
    SuppressionReason.HOLIDAY: "on a holiday",
    SuppressionReason.SILENCED: "during a configured silence",
}


def backtest_text(backtest: Backtest) -> str:
    """The alerts that there would have been, by campus, month and threshold; ends without a line break."""
    parts = [list(_head(backtest)), list(_places(backtest)), list(_months(backtest))]
    parts += [list(_tuning(each, backtest)) for each in backtest.tunings[:THRESHOLD_SETS]]
    parts.append(list(_advice(backtest)))
    lines = [line for part in parts if part for line in ["", *part]]
    return page(lines[1:])


def backtest_record(backtest: Backtest) -> dict[str, Any]:
    """The same for programs."""
    return {
        "kpi": backtest.card.id,
        "unit": unit_of(backtest.card),
        "first": backtest.first.isoformat(),
        "last": backtest.last.isoformat(),
        "has_alert": backtest.has_rule,
        "is_remembered": backtest.from_own_readings,
        "alerts": len(backtest.alerts),
        "critical": sum(alarm.became_critical for alarm in backtest.alerts),
        "held_back": {str(why): count for why, count in backtest.suppressed.items()},
        "by_month": {f"{first:%Y-%m}": count for first, count in backtest.by_month},
        "places": [_place_record(past) for past in backtest.replays],
        "trials": [_tuning_record(tuning) for tuning in backtest.tunings],
    }


def _head(backtest: Backtest) -> Iterator[str]:
    yield f"{clean(backtest.card.name, NAME)} — {clean(backtest.place, NAME)}, backtest"
    first, last = day_month(backtest.first, year=True), day_month(backtest.last, year=True)
    yield f"{plural(backtest.days, 'day')}, {first} to {last}"
    yield DAILY
    if backtest.from_own_readings:
        yield REMEMBERED
    yield _rule(backtest) if backtest.has_rule else NO_RULE
    yield ""
    yield from _totals(backtest)


def _rule(backtest: Backtest) -> str:
    rule = backtest.rule
    by_campus = (past.report.thresholds.recovers_at for past in backtest.replays)
    values = sorted({value for value in by_campus if value is not None})
    ends = dict.fromkeys((*values[:1], *values[-1:]))  # one for all, or the lowest and the highest
    recovers_at = " to ".join(amount(value, backtest.card) for value in ends)
    recovery = f"recovers at {recovers_at}" if recovers_at else "recovers when the warning ends"
    after = "the first measurement" if rule.after == 1 else f"{plural(rule.after, 'measurement')} in a row"
    signals = "; `warns_if` counts as well" if rule.signals else ""
    return f"The rule: alerts after {after}, {recovery}{signals}"


def _totals(backtest: Backtest) -> Iterator[str]:
    alarms = backtest.alerts
    if not alarms:
        yield f"No alerts at {_places_of(len(backtest.replays), backtest)}"
        return
    hit = sum(bool(past.alerts) for past in backtest.replays)
    at = "" if len(backtest.replays) == 1 else f" at {hit:,} of {_places_of(len(backtest.replays), backtest)}"
    critical = sum(alarm.became_critical for alarm in alarms)
    yield f"{plural(len(alarms), 'alert')}{at}; {critical:,} became critical"
    yield _lengths(backtest)
    if older := sum(alarm.start == instant_of_day(backtest.first) for alarm in alarms):
        yield f"{older:,} were active on the first day and may be older"
    yield from _suppressed(backtest)
    yield from _states(backtest)


def _lengths(backtest: Backtest) -> str:
    lengths = [(alarm.duration(backtest.end), past) for past in backtest.replays for alarm in past.alerts]
    longest, where = max(lengths, key=lambda length: length[0])
    typical = median_low(length for length, _ in lengths)
    name = "" if len(backtest.replays) == 1 else f" ({clean(where.report.campus_name, NAME)})"
    if len(lengths) == 1:
        return f"it lasted {_days(longest)}{name}"
    return f"half of them lasted {_days(typical)} or less; the longest {_days(longest)}{name}"


def _states(backtest: Backtest) -> Iterator[str]:
    """An alert that is active most of the time is no alert: nobody can fix its cause, or nobody does."""
    always = [
        clean(past.report.campus_name, NAME) for past in backtest.replays if past.duration / DAY > past.days * ALWAYS
    ]
    if always:
        named = ", ".join(always[:NAMED]) + (f" and {len(always) - NAMED:,} more" if len(always) > NAMED else "")
        yield f"In alert on most days, so people would stop noticing: {named}"


def _suppressed(backtest: Backtest) -> Iterator[str]:
    for why, count in sorted(backtest.suppressed.items(), key=lambda item: -item[1]):
        yield f"{count:,} began {SUPPRESSED[why]} and would have waited"


def _places(backtest: Backtest) -> Iterator[str]:
    hit = sorted((past for past in backtest.replays if past.alerts), key=lambda past: -past.duration)
    if len(backtest.replays) == 1 or not hit:
        return
    yield f"{padded('Where', NAME_COLUMNS)} {'Alerts':>6} {'Critical':>9} {'Days in alert':>15} {'Longest':>9}"
    for past in hit[:PLACES]:
        yield _place(past, backtest.end)
    if len(hit) > PLACES:
        yield f"… and {_places_of(len(hit) - PLACES, backtest)} more; --json has all"
    if quiet := len(backtest.replays) - len(hit):
        yield f"{_places_of(quiet, backtest)} had none"


def _place(past: CampusReplay, until: datetime) -> str:
    critical = sum(alarm.became_critical for alarm in past.alerts)
    longest = max(alarm.duration(until) for alarm in past.alerts)
    share = f"{past.duration / DAY:,.0f} ({_share(past.duration, past.days)})"
    name = padded(clean(past.report.campus_name, NAME), NAME_COLUMNS)
    return f"{name} {len(past.alerts):>6,} {critical:>9,} {share:>15} {_days(longest):>9}"


def _months(backtest: Backtest) -> Iterator[str]:
    counts = backtest.by_month[-MOST_MONTHS:]
    most = max(count for _, count in counts)
    if sum(count for _, count in counts) < LEAST_MONTHLY:
        return
    yield f"Alerts that began in each {'month' if len(counts) < MOST_MONTHS else f'of the last {MOST_MONTHS} months'}"
    for first, count in counts:
        bar = "█" * max(round(BAR_COLUMNS * count / max(most, BAR_COLUMNS)), 1) if count else ""
        yield f"{_month(first)} {count:>6,} {bar}".rstrip()


def _tuning(tuning: Tuning, backtest: Backtest) -> Iterator[str]:
    if not tuning.options:
        return
    now = tuning.thresholds.mildest
    warning = "there is no warning" if now is None else f"it is {_reached(now, backtest.card, tuning.thresholds)}"
    yield f"Other warning thresholds where {warning} now ({_places_of(tuning.campuses, backtest)})"
    yield f"{'Warning':>14} {'Alerts':>8} {'A year, each':>13} {'In alert':>9}"
    for trial in tuning.options:
        words = [word for word, named in (("now", tuning.current), ("suggested", tuning.suggested)) if named == trial]
        yield f"{_trial(trial, tuning, backtest.card)}  {'← ' if words else ''}{' and '.join(words)}".rstrip()


def _trial(trial: ThresholdOption, tuning: Tuning, card: KpiInfo) -> str:
    warning, rate = _reached(trial.warning, card, tuning.thresholds), _rate(trial.alerts, tuning.days)
    return f"{warning:>14} {trial.alerts:>8,} {rate:>13} {_share(trial.duration, tuning.days):>9}"


def _advice(backtest: Backtest) -> Iterator[str]:
    shown, more = backtest.tunings[:THRESHOLD_SETS], len(backtest.tunings) - THRESHOLD_SETS
    if more > 0:
        yield f"{plural(more, 'more set', 'more sets')} of thresholds are not shown: name a campus to see its own"
    if backtest.rule.signals:
        yield WITHOUT_SIGNALS
    yield CALM if any(tuning.suggested for tuning in shown) else NOT_CALM
    if any(map(_suggests_critical, shown)):
        yield BEYOND_CRITICAL


def _suggests_critical(tuning: Tuning) -> bool:
    critical, suggested = tuning.thresholds.critical, tuning.suggested
    return (
        critical is not None
        and suggested is not None
        and tuning.thresholds.verdict_of(suggested.warning) is Verdict.CRITICAL
    )


def _reached(level: float, card: KpiInfo, levels: Thresholds) -> str:
    return f"{'≤' if levels.better is Better.HIGHER else '≥'} {amount(level, card, short=True)}"


def _rate(count: int, days: int) -> str:
    """How many alerts a year at each campus, given the number of days with data."""
    a_year = count / (days / YEAR) if days else 0.0
    return "under 0.1" if 0 < a_year < 0.05 else f"{a_year:,.1f}" if count else "0"


def _places_of(count: int, backtest: Backtest) -> str:
    has_district = any(past.report.campus == DISTRICT for past in backtest.replays)
    return plural(count, "place") if has_district else plural(count, "campus", "campuses")


def _share(lasted: timedelta, days: int) -> str:
    share = 100 * (lasted / DAY) / days if days else 0.0
    return "under 1%" if 0 < share < 1 else f"{share:.0f}%"


def _days(length: timedelta) -> str:
    return plural(length // DAY, "day")


def _month(first: date) -> str:
    return f"{MONTHS[first.month - 1]} {first.year}"


def _place_record(past: CampusReplay) -> dict[str, Any]:
    limits = past.report.thresholds
    return {
        "campus": past.report.campus,
        "warning": limits.warning,
        "critical": limits.critical,
        "days": past.days,
        "days_in_alert": past.duration / DAY,
        "alerts": [
            {
                "first_day": alarm.start.date().isoformat(),
                "recovered_on": None if alarm.end is None else alarm.end.date().isoformat(),
                "became_critical": alarm.became_critical,
                "held_back": None if why is None else str(why),
            }
            for alarm, why in zip(past.alerts, past.suppressions, strict=True)
        ],
    }


def _tuning_record(tuning: Tuning) -> dict[str, Any]:
    return {
        "warning_now": tuning.thresholds.warning,
        "critical_now": tuning.thresholds.critical,
        "places": tuning.campuses,
        "days": tuning.days,
        "suggested": None if tuning.suggested is None else tuning.suggested.warning,
        "levels": [
            {
                "warning": trial.warning,
                "alerts": trial.alerts,
                "days_in_alert": trial.duration / DAY,
                "places": trial.campuses,
            }
            for trial in tuning.options
        ],
    }
