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
PLACES, LEVEL_SETS = 15, 3  # more than that nobody reads
LEAST_MONTHLY = 3  # alerts, before their months are told apart
MOST_MONTHS = 24
ALWAYS, NAMED = 0.5, 3  # a share of days, and how many names are told
NAME_COLUMNS, BAR_COLUMNS = 30, 50
DAILY = "Each day counts with its last value; what came and went within it is not seen."
REMEMBERED = "Only kpibot's own readings know this KPI's past."
NO_RULE = "The KPI has no `alert` yet; this is what `alert: {}` would have given."
WITHOUT_SIGNALS = "These are about the warning alone; what `warns_if` gives comes on top."
CALM = (
    "`suggested` is the first at which a campus has at most one alert a month, and is in alert on at most one day in "
    "ten: few enough that each is read. But the data only knows what was usual, not what is right. Ask first at which "
    "value somebody should get up and do something, and keep that one if it is calm enough."
)
NOT_CALM = (
    "No level is `suggested`: there is none at which a campus has at most one alert a month and is in alert on at most "
    "one day in ten, or too few days are known."
)
BEYOND_CRITICAL = "Where it lies beyond `critical`, that one has to move as well."
WAITED = {
    SuppressionReason.OUTSIDE_HOURS: "on a day off",
    SuppressionReason.HOLIDAY: "on a holiday",
    SuppressionReason.SILENCED: "in a silence of the configuration",
}


def backtest_text(found: Backtest) -> str:
    """What the past would have given, by campus and month, and what other levels would; ends without a line break."""
    parts = [list(_head(found)), list(_places(found)), list(_months(found))]
    parts += [list(_tuning(each, found)) for each in found.tunings[:LEVEL_SETS]]
    parts.append(list(_advice(found)))
    lines = [line for part in parts if part for line in ["", *part]]
    return page(lines[1:])


def backtest_record(found: Backtest) -> dict[str, Any]:
    """The same for programs."""
    return {
        "kpi": found.card.id,
        "unit": unit_of(found.card),
        "first": found.first.isoformat(),
        "last": found.last.isoformat(),
        "has_alert": found.has_rule,
        "is_remembered": found.from_own_readings,
        "alerts": len(found.alerts),
        "critical": sum(alarm.became_critical for alarm in found.alerts),
        "held_back": {str(why): count for why, count in found.suppressed.items()},
        "by_month": {f"{first:%Y-%m}": count for first, count in found.by_month},
        "places": [_place_record(past) for past in found.replays],
        "trials": [_tuning_record(tuning) for tuning in found.tunings],
    }


def _head(found: Backtest) -> Iterator[str]:
    yield f"{clean(found.card.name, NAME)} — {clean(found.place, NAME)}, backtest"
    yield f"{plural(found.days, 'day')}, {day_month(found.first, year=True)} to {day_month(found.last, year=True)}"
    yield DAILY
    if found.from_own_readings:
        yield REMEMBERED
    yield _rule(found) if found.has_rule else NO_RULE
    yield ""
    yield from _sums(found)


def _rule(found: Backtest) -> str:
    rule = found.rule
    of_each = (past.report.thresholds.recovers_at for past in found.replays)
    levels = sorted({each for each in of_each if each is not None})
    ends = dict.fromkeys((*levels[:1], *levels[-1:]))  # one for all, or from the least to the most
    reached = " to ".join(amount(each, found.card) for each in ends)
    over = f"it reaches {reached}" if reached else "the warning is"
    after = "the first measurement" if rule.after == 1 else f"{plural(rule.after, 'measurement')} in a row"
    signals = "; its signals (`warns_if`) count as well" if rule.signals else ""
    return f"The rule: told at {after}, over when {over}{signals}"


def _sums(found: Backtest) -> Iterator[str]:
    alarms = found.alerts
    if not alarms:
        yield f"No alert at all, at {_places_of(len(found.replays), found)}"
        return
    hit = sum(bool(past.alerts) for past in found.replays)
    at = "" if len(found.replays) == 1 else f" at {hit:,} of {_places_of(len(found.replays), found)}"
    critical = sum(alarm.became_critical for alarm in alarms)
    yield f"{plural(len(alarms), 'alert')}{at}; {critical:,} became critical"
    yield _lengths(found)
    if standing := sum(alarm.start == instant_of_day(found.first) for alarm in alarms):
        yield f"{standing:,} stood on the first day already and may be older"
    yield from _held(found)
    yield from _states(found)


def _lengths(found: Backtest) -> str:
    lengths = [(alarm.duration(found.until), past) for past in found.replays for alarm in past.alerts]
    longest, where = max(lengths, key=lambda each: each[0])
    typical = median_low(length for length, _ in lengths)
    name = "" if len(found.replays) == 1 else f" ({clean(where.report.campus_name, NAME)})"
    if len(lengths) == 1:
        return f"it lasted {_days(longest)}{name}"
    return f"half of them lasted {_days(typical)} or less; the longest {_days(longest)}{name}"


def _states(found: Backtest) -> Iterator[str]:
    """What is on most of the time is no alarm: either nobody can help it, or nobody does."""
    always = [
        clean(past.report.campus_name, NAME) for past in found.replays if past.duration / DAY > past.days * ALWAYS
    ]
    if always:
        named = ", ".join(always[:NAMED]) + (f" and {len(always) - NAMED:,} more" if len(always) > NAMED else "")
        yield f"In alert on most days, so that it tells nobody anything: {named}"


def _held(found: Backtest) -> Iterator[str]:
    for why, count in sorted(found.suppressed.items(), key=lambda each: -each[1]):
        yield f"{count:,} began {WAITED[why]} and would have waited"


def _places(found: Backtest) -> Iterator[str]:
    hit = sorted((past for past in found.replays if past.alerts), key=lambda past: -past.duration)
    if len(found.replays) == 1 or not hit:
        return
    yield f"{padded('Where', NAME_COLUMNS)} {'Alerts':>6} {'Critical':>9} {'Days in alert':>15} {'Longest':>9}"
    for past in hit[:PLACES]:
        yield _place(past, found.until)
    if len(hit) > PLACES:
        yield f"… and {_places_of(len(hit) - PLACES, found)} more; --json has all"
    if quiet := len(found.replays) - len(hit):
        yield f"{_places_of(quiet, found)} had none"


def _place(past: CampusReplay, until: datetime) -> str:
    critical = sum(alarm.became_critical for alarm in past.alerts)
    longest = max(alarm.duration(until) for alarm in past.alerts)
    share = f"{past.duration / DAY:,.0f} ({_share(past.duration, past.days)})"
    name = padded(clean(past.report.campus_name, NAME), NAME_COLUMNS)
    return f"{name} {len(past.alerts):>6,} {critical:>9,} {share:>15} {_days(longest):>9}"


def _months(found: Backtest) -> Iterator[str]:
    counts = found.by_month[-MOST_MONTHS:]
    most = max(count for _, count in counts)
    if sum(count for _, count in counts) < LEAST_MONTHLY:
        return
    yield f"Alerts that began in each {'month' if len(counts) < MOST_MONTHS else f'of the last {MOST_MONTHS} months'}"
    for first, count in counts:
        bar = "█" * max(round(BAR_COLUMNS * count / max(most, BAR_COLUMNS)), 1) if count else ""
        yield f"{_month(first)} {count:>6,} {bar}".rstrip()


def _tuning(tuning: Tuning, found: Backtest) -> Iterator[str]:
    if not tuning.options:
        return
    now = tuning.thresholds.mildest
    level = "there is no warning" if now is None else f"it is {_reached(now, found.card, tuning.thresholds)}"
    yield f"Other warnings where {level} now ({_places_of(tuning.campuses, found)})"
    yield f"{'Warning':>14} {'Alerts':>8} {'A year, each':>13} {'In alert':>9}"
    for trial in tuning.options:
        words = [word for word, each in (("now", tuning.current), ("suggested", tuning.suggested)) if each == trial]
        yield f"{_trial(trial, tuning, found.card)}  {'← ' if words else ''}{' and '.join(words)}".rstrip()


def _trial(trial: ThresholdOption, tuning: Tuning, card: KpiInfo) -> str:
    level, each = _reached(trial.warning, card, tuning.thresholds), _rate(trial.alerts, tuning.days)
    return f"{level:>14} {trial.alerts:>8,} {each:>13} {_share(trial.duration, tuning.days):>9}"


def _advice(found: Backtest) -> Iterator[str]:
    shown, more = found.tunings[:LEVEL_SETS], len(found.tunings) - LEVEL_SETS
    if more > 0:
        yield f"{plural(more, 'more set', 'more sets')} of levels are not shown: name a campus to see its own"
    if found.rule.signals:
        yield WITHOUT_SIGNALS
    yield CALM if any(tuning.suggested for tuning in shown) else NOT_CALM
    if any(map(_is_beyond_critical, shown)):
        yield BEYOND_CRITICAL


def _is_beyond_critical(tuning: Tuning) -> bool:
    critical, found = tuning.thresholds.critical, tuning.suggested
    return (
        critical is not None and found is not None and tuning.thresholds.verdict_of(found.warning) is Verdict.CRITICAL
    )


def _reached(level: float, card: KpiInfo, levels: Thresholds) -> str:
    return f"{'≤' if levels.better is Better.HIGHER else '≥'} {amount(level, card, short=True)}"


def _rate(count: int, days: int) -> str:
    """How many a year at each campus, of whose days so many are known."""
    a_year = count / (days / YEAR) if days else 0.0
    return "under 0.1" if 0 < a_year < 0.05 else f"{a_year:,.1f}" if count else "0"


def _places_of(count: int, found: Backtest) -> str:
    has_district = any(past.report.campus == DISTRICT for past in found.replays)
    return plural(count, "place") if has_district else plural(count, "campus", "campuses")


def _share(lasted: timedelta, days: int) -> str:
    share = 100 * (lasted / DAY) / days if days else 0.0
    return "under 1%" if 0 < share < 1 else f"{share:.0f}%"


def _days(length: timedelta) -> str:
    return plural(length // DAY, "day")


def _month(first: date) -> str:
    return f"{MONTHS[first.month - 1]} {first.year}"


def _place_record(past: CampusReplay) -> dict[str, Any]:
    levels = past.report.thresholds
    return {
        "campus": past.report.campus,
        "warning": levels.warning,
        "critical": levels.critical,
        "days": past.days,
        "days_in_alert": past.duration / DAY,
        "alerts": [
            {
                "first_day": alarm.start.date().isoformat(),
                "recovered_on": None if alarm.end is None else alarm.end.date().isoformat(),
                "became_critical": alarm.became_critical,
                "held_back": None if held is None else str(held),
            }
            for alarm, held in zip(past.alerts, past.suppressions, strict=True)
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
                "warning": each.warning,
                "alerts": each.alerts,
                "days_in_alert": each.duration / DAY,
                "places": each.campuses,
            }
            for each in tuning.options
        ],
    }
