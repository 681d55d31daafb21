"""The arithmetic of charts: axes, ticks, bands and the positions of labels. No drawing, no matplotlib."""

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
HEADROOM = 0.08  # of the span of the values, above and below


@dataclass(frozen=True, slots=True)
class Band:
    """The visible part of the warning or critical range; `level` is the threshold itself."""

    word: str
    bottom: float
    top: float
    level: float


def drawable(values: Sequence[float | None]) -> list[float]:
    """The values of a line: NaN for a gap, and for a number too large for an axis."""
    numbers = (finite(value) for value in values)
    return [math.nan if value is None or abs(value) > LARGEST else value for value in numbers]


def value_range(values: Sequence[float], limits: Thresholds, form: Format) -> Range:
    """The lowest and highest value of the axis: all values, zero for amounts, and nearby thresholds.

    Args:
        values: at least one that is not NaN.
        limits: target and thresholds, in the same unit.
        form: amounts start at zero, or small changes would look large; percentages do not.
    """
    numbers = [value for value in values if not math.isnan(value)]
    low, high = min(numbers), max(numbers)
    if form is not Format.PERCENT:
        low, high = min(low, 0.0), max(high, 0.0)
    low, high = _with_near_thresholds(low, high, limits)
    span = high - low
    if span <= max(1e-9 * max(abs(low), abs(high)), 1e-12):
        span = max(abs(high), 1.0)
        high += span
    bottom = 0.0 if low == 0 else low - span * HEADROOM
    full = form is Format.PERCENT and max(numbers) <= 100 < high + span * HEADROOM
    return bottom, (100 + span * 0.02 if full else high + span * HEADROOM)


def ticks(shown: Range, most: int = 5, *, whole: bool = False) -> list[float]:
    """Round numbers in the range, about `most` of them; whole numbers if `whole`."""
    low, high = shown
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(each for each in (power, 2 * power, 2.5 * power, 5 * power, 10 * power) if each >= rough * 0.999)
    step = max(math.ceil(step), 1) if whole else step
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def day_ticks(first: date, last: date, most: int = 6) -> list[tuple[date, str]]:
    """The days to mark on the axis, with labels: weekdays, Mondays, months or years, by the window's length."""
    days = (last - first).days
    if days <= 9:
        every = -(-(days + 1) // most)
        shown = (last - timedelta(days=back) for back in range(0, days + 1, every))
        return [(day, f"{WEEKDAYS[day.weekday()]} {day.day}") for day in reversed(list(shown))]
    if days <= 70:
        return _mondays(first, last, most)
    months = next(step for step in (1, 2, 3, 6, 12, 24, 60, 1_200) if days / 30.4 / step <= most)
    return [(day, _month_label(day, months)) for day in _month_starts(first, last, months)]


def bands(limits: Thresholds, shown: Range) -> list[Band]:
    """The warning and critical bands, as far as they are in the range."""
    if limits.better is Better.NEUTRAL:
        return []
    low, high = shown
    visible = []
    for word, level, end in _thresholds_with_ends(limits):
        bottom, top = (level, end) if limits.better is Better.LOWER else (end, level)
        if max(bottom, low) < min(top, high):
            visible.append(Band(word, max(bottom, low), min(top, high), level))
    return visible


def spread(places: Sequence[float], heights: Sequence[float], limits: Range) -> list[float]:
    """The middles of labels, moved apart as little as needed so that none overlaps another.

    Args:
        places: the preferred middle of each label, in pixels.
        heights: of each label, in pixels.
        limits: the range in which all of them stay, if there is room.
    """
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = list(places)
    for _ in range(40):  # labels are few, and settle in far fewer rounds
        for lower, upper in itertools.pairwise(order):
            overlap = (heights[lower] + heights[upper]) / 2 - (moved[upper] - moved[lower])
            moved[lower] -= max(overlap, 0) / 2
            moved[upper] += max(overlap, 0) / 2
        moved = [
            min(max(place, limits[0] + height / 2), limits[1] - height / 2)
            for place, height in zip(moved, heights, strict=True)
        ]
    return moved


def _with_near_thresholds(low: float, high: float, limits: Thresholds) -> Range:
    """The range, with the thresholds that are near enough not to flatten the line."""
    thresholds = _threshold_values(limits)
    reach = max(high - low, 0.35 * max(abs(low), abs(high)))
    if not reach:  # all zeros: the nearest threshold gives the scale
        reach = min(map(abs, thresholds), default=0.0)
    near = [each for each in thresholds if low - reach <= each <= high + reach]
    return min([low, *near]), max([high, *near])


def _threshold_values(limits: Thresholds) -> list[float]:
    thresholds = (limits.target, limits.warning, limits.critical)
    return [value for each in thresholds if (value := finite(each)) is not None]


def _thresholds_with_ends(limits: Thresholds) -> list[tuple[str, float, float]]:
    """Each threshold with its name and the end of its band: the critical threshold, or none."""
    endless = math.inf if limits.better is Better.LOWER else -math.inf
    critical, warning = finite(limits.critical), finite(limits.warning)
    below = [] if warning is None else [("warning", warning, endless if critical is None else critical)]
    return below if critical is None else [*below, ("critical", critical, endless)]


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


def _month_label(day: date, step: int) -> str:
    return str(day.year) if step >= 12 or day.month == 1 else MONTHS[day.month - 1]
