"""The arithmetic of a chart: what its axes show, and where its labels go. No drawing, no matplotlib."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kpibot.core.kpis.kpi import Format
from kpibot.core.kpis.thresholds import Better, Thresholds
from kpibot.render.phrases.numbers import LARGEST, finite
from kpibot.render.phrases.times import MONTHS, WEEKDAYS, day_month

Range = tuple[float, float]
HEADROOM = 0.08  # of the values' span, above and below


@dataclass(frozen=True, slots=True)
class Band:
    """Where values are a warning or critical, as far as it is visible; `level` is the threshold itself."""

    word: str
    bottom: float
    top: float
    level: float


def drawable(values: Sequence[float | None]) -> list[float]:
    """The values as a line can take them: NaN for a gap, and for a number too large for any axis."""
    known = (finite(value) for value in values)
    return [math.nan if value is None or abs(value) > LARGEST else value for value in known]


def value_range(values: Sequence[float], limits: Thresholds, form: Format) -> Range:
    """The lowest and highest value of the axis: all values, zero for amounts, and the thresholds that are near.

    Args:
        values: at least one that is not NaN.
        limits: target and thresholds, in the same unit.
        form: percentages need no zero; amounts do, or small changes would look large.
    """
    known = [value for value in values if not math.isnan(value)]
    low, high = min(known), max(known)
    if form is not Format.PERCENT:
        low, high = min(low, 0.0), max(high, 0.0)
    low, high = _with_near_levels(low, high, limits)
    span = high - low
    if span <= max(1e-9 * max(abs(low), abs(high)), 1e-12):
        span = max(abs(high), 1.0)
        high += span
    bottom = 0.0 if low == 0 else low - span * HEADROOM
    full = form is Format.PERCENT and max(known) <= 100 < high + span * HEADROOM
    return bottom, (100 + span * 0.02 if full else high + span * HEADROOM)


def ticks(shown: Range, most: int = 5, *, whole: bool = False) -> list[float]:
    """Round numbers in the range, at most `most` or so; of counts no fractions."""
    low, high = shown
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(each for each in (power, 2 * power, 2.5 * power, 5 * power, 10 * power) if each >= rough * 0.999)
    step = max(math.ceil(step), 1) if whole else step
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def day_ticks(first: date, last: date, most: int = 6) -> list[tuple[date, str]]:
    """Days to mark on the axis, with what to write: weekdays, Mondays, months or years, as the window's length asks."""
    days = (last - first).days
    if days <= 9:
        every = -(-(days + 1) // most)
        shown = (last - timedelta(days=back) for back in range(0, days + 1, every))
        return [(day, f"{WEEKDAYS[day.weekday()]} {day.day}") for day in reversed(list(shown))]
    if days <= 70:
        return _mondays(first, last, most)
    months = next(step for step in (1, 2, 3, 6, 12, 24, 60, 1_200) if days / 30.4 / step <= most)
    return [(day, _month_word(day, months)) for day in _month_starts(first, last, months)]


def bands(limits: Thresholds, shown: Range) -> list[Band]:
    """The warning and the critical band, as far as they lie in the range."""
    if limits.better is Better.NEUTRAL:
        return []
    low, high = shown
    found = []
    for word, level, beyond in _levels_with_ends(limits):
        bottom, top = (level, beyond) if limits.better is Better.LOWER else (beyond, level)
        if max(bottom, low) < min(top, high):
            found.append(Band(word, max(bottom, low), min(top, high), level))
    return found


def spread(places: Sequence[float], heights: Sequence[float], limits: Range) -> list[float]:
    """The middles of labels moved apart as little as needed, so that none covers another.

    Args:
        places: where each label would like its middle, in pixels.
        heights: of each label, in pixels.
        limits: within which all of them stay, if there is room.
    """
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = list(places)
    for _ in range(40):  # labels are few: a stack of them has settled long before
        for lower, upper in itertools.pairwise(order):
            overlap = (heights[lower] + heights[upper]) / 2 - (moved[upper] - moved[lower])
            moved[lower] -= max(overlap, 0) / 2
            moved[upper] += max(overlap, 0) / 2
        moved = [
            min(max(place, limits[0] + height / 2), limits[1] - height / 2)
            for place, height in zip(moved, heights, strict=True)
        ]
    return moved


def _with_near_levels(low: float, high: float, limits: Thresholds) -> Range:
    """The range widened to the thresholds that do not flatten the line: none farther off than the values' own span."""
    levels = _levels(limits)
    reach = max(high - low, 0.35 * max(abs(low), abs(high)))
    if not reach:  # nothing but zeros: the nearest level tells what that means
        reach = min(map(abs, levels), default=0.0)
    near = [each for each in levels if low - reach <= each <= high + reach]
    return min([low, *near]), max([high, *near])


def _levels(limits: Thresholds) -> list[float]:
    levels = (limits.target, limits.warning, limits.critical)
    return [level for each in levels if (level := finite(each)) is not None]


def _levels_with_ends(limits: Thresholds) -> list[tuple[str, float, float]]:
    """Each threshold with its word, and where its band ends: at the critical one, or never."""
    endless = math.inf if limits.better is Better.LOWER else -math.inf
    critical, warning = finite(limits.critical), finite(limits.warning)
    found = [] if warning is None else [("warning", warning, endless if critical is None else critical)]
    return found if critical is None else [*found, ("critical", critical, endless)]


def _mondays(first: date, last: date, most: int) -> list[tuple[date, str]]:
    weeks = -(-((last - first).days + 1) // (7 * most))
    monday = last - timedelta(days=last.weekday())
    count = (monday - first).days // (7 * weeks)
    days = (monday - timedelta(days=7 * weeks * back) for back in range(count, -1, -1))
    return [(day, day_month(day)) for day in days]


def _month_starts(first: date, last: date, step: int) -> list[date]:
    """The first of every month whose number since year 0 is a multiple of `step`."""
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    starts = (date(number // 12, number % 12 + 1, 1) for number in numbers if number % step == 0)
    return [day for day in starts if first <= day <= last]


def _month_word(day: date, step: int) -> str:
    return str(day.year) if step >= 12 or day.month == 1 else MONTHS[day.month - 1]
