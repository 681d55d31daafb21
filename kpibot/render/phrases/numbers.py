"""Numbers as people read them: few digits, always with a unit, and None never as 0."""

import math
from collections.abc import Sequence

from kpibot.core.kpis.kpi import Format, KpiInfo
from kpibot.render.phrases.cleaning import clean

NO_DATA = "no data"
SPARKS = "▁▂▃▄▅▆▇█"
GAP = "·"
LARGEST = 1e15  # larger numbers are shown in scientific notation
SMALLEST = 1e-4
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}
SUFFIXES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K"))
SHORTENED = 10_000  # from here on `short` writes 12.3K; smaller numbers are short already


def finite(value: float | None) -> float | None:
    """The value, or None if it is NaN or infinite."""
    return value if value is not None and math.isfinite(value) else None


def amount(value: float | None, card: KpiInfo, *, short: bool = False) -> str:
    """The value in the KPI's format: `4.2 h`, `86.4%`, `$1,240,300` (short: `$1.24M`), `1,204`."""
    if (value := finite(value)) is None:
        return NO_DATA
    match card.format:
        case Format.PERCENT:
            return f"{_share(value)}%"
        case Format.CURRENCY:
            return _money(value, card.currency, short)
        case Format.HOURS:
            return _hours(value)
        case Format.DAYS:
            return _counted(digits(value), "day")
        case Format.NUMBER:
            return compact(value) if short else digits(value, 2)


def points(value: float, card: KpiInfo) -> str:
    """The size of a change, unsigned: as an amount, or in points if the KPI is a percentage."""
    if card.format is Format.PERCENT:
        return _counted(digits(round(abs(value), 1)), "point")
    return amount(abs(value), card)


def digits(value: float, places: int = 1) -> str:
    """Three significant digits or so, at most `places` after the point; `1,204` in full, and never `-0`."""
    size = abs(value)
    if size >= LARGEST or 0 < size < SMALLEST:
        return f"{value:.3g}"
    text = f"{value:,.{_places(size, places)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def compact(value: float, least: float = SHORTENED) -> str:
    """`12.3K`, `1.24M`: three significant digits; below `least` as in `digits`."""
    rounded = float(f"{value:.3g}")
    if abs(value) < least or abs(rounded) >= LARGEST:
        return digits(value, 2)
    unit, suffix = next(each for each in SUFFIXES if abs(rounded) >= each[0])
    return digits(rounded / unit, 2) + suffix


def smallest_step(value: float, card: KpiInfo) -> float:
    """The smallest difference that the amount shows: 1 for `$1,240`, 0.1 for `4.2 h`, a minute for `18 min`."""
    size = abs(value)
    if size >= LARGEST or 0 < size < SMALLEST:
        return 0.0
    match card.format:
        case Format.CURRENCY:
            return 0.01 if size < 100 else 1.0
        case Format.HOURS if 0 < size < 1:
            return 1 / 60
        case Format.NUMBER:
            return _step(size, 2)
    return _step(size, 1)


def sparkline(values: Sequence[float | None], most: int = 24) -> str:
    """A series as block characters, from its lowest value to its highest; a gap is `·`.

    Args:
        values: one per day, the last one current.
        most: characters; a longer series is sampled evenly and keeps its last value.
    """
    numbers = [value for value in map(finite, values) if value is not None]
    if not numbers:
        return ""
    low, high = min(numbers), max(numbers)
    return "".join(_spark(values[index], low, high) for index in _sampled(len(values), most))


def _spark(value: float | None, low: float, high: float) -> str:
    if (value := finite(value)) is None:
        return GAP
    # Halved first: the span between two huge numbers of opposite sign would overflow.
    span = high / 2 - low / 2
    return SPARKS[round((value / 2 - low / 2) / span * (len(SPARKS) - 1)) if span > 0 else len(SPARKS) // 2]


def _sampled(count: int, most: int) -> list[int]:
    if count <= most:
        return list(range(count))
    return [round((index + 1) * count / most) - 1 for index in range(most)]


def _share(value: float) -> str:
    # 99.96% of the audits is not all of them: only 100 is shown as 100.
    if 99.9 < value < 100:
        return "99.9"
    return digits(value)


def _money(value: float, currency: str, short: bool) -> str:
    sign = "-" if value < 0 else ""
    size = abs(value)
    if size >= LARGEST or (short and size >= 1_000):
        text = compact(size, 1_000)
    else:
        text = f"{size:,.2f}" if size < 100 and size != int(size) else f"{size:,.0f}"
    sign = "" if not any(each in "123456789" for each in text) else sign
    return f"{sign}{SYMBOLS[currency]}{text}" if currency in SYMBOLS else f"{sign}{clean(currency, 8)} {text}"


def _hours(value: float) -> str:
    return f"{digits(value)} h" if value == 0 or abs(value) >= 1 else f"{digits(value * 60, 0)} min"


def _counted(text: str, unit: str) -> str:
    return f"{text} {unit}" if text == "1" else f"{text} {unit}s"


def _places(size: float, most: int) -> int:
    """How many places after the point are shown: at most `most`, and of three significant digits."""
    return _places_of_fraction(size) if size < 1 else min(most, max(0, 2 - int(math.log10(size))))


def _step(size: float, most: int) -> float:
    return 10.0 ** -_places(size, most)


def _places_of_fraction(size: float) -> int:
    """How many places show two significant digits of a number below 1."""
    return 1 - math.floor(math.log10(size)) if size else 0
