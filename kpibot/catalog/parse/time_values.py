"""The words of the configuration: durations, times, days, ranges. Each function says what to write instead."""

import re
from collections.abc import Iterable
from datetime import date, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from kpibot.catalog.problems import WordError, nearest
from kpibot.core.kpis.conditions import Ago, DaysAgo
from kpibot.core.text import alternatives, plural, quoted
from kpibot.core.time.calendar import YearStart
from kpibot.core.time.days import AnnualRange, DateRange
from kpibot.core.time.periods import PeriodError, PeriodRule

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EVERY = {"daily": range(7), "weekdays": range(5)}
SECONDS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
SHORT = {"s": "second", "m": "minute", "min": "minute", "h": "hour", "d": "day", "w": "week"}
LONGEST_BREAK = 366  # days
LONGEST = timedelta(days=3_660)


def duration(text: str) -> timedelta:
    """`30 seconds`, `15 minutes`, `4h`, `1 day`, `2 weeks`.

    Raises:
        WordError: anything else.
    """
    match = re.fullmatch(r"(\d{1,6}) ?([a-z]+)", " ".join(text.casefold().split()))
    unit = SHORT.get(match[2], match[2].removesuffix("s")) if match else ""
    if not match or unit not in SECONDS or int(match[1]) == 0:
        raise WordError(f"`{quoted(text)}` is no length of time", "write for example `30 seconds`, `4h` or `1 day`")
    length = timedelta(seconds=int(match[1]) * SECONDS[unit])
    if length > LONGEST:
        raise WordError(f"`{quoted(text)}` is longer than ten years", "write for example `4h` or `1 day`")
    return length


def percent(text: str) -> float:
    """`5 percent`, `5%`, `0.5 %`: as a share, 0 to 1.

    Raises:
        WordError: anything else, and what is not between 0 and 100.
    """
    match = re.fullmatch(r"(\d{1,3}(?:\.\d+)?) ?(?:%|percent)", " ".join(text.casefold().split()))
    if not match or float(match[1]) > 100:
        raise WordError(f"`{quoted(text)}` is no percentage", "write for example `5 percent`")
    return float(match[1]) / 100


def age(text: str) -> Ago | DaysAgo:
    """`10 working days`, `3 days`, `4h`: days are counted by the calendar, shorter lengths by the clock.

    Raises:
        WordError: anything else.
    """
    normalized = " ".join(text.casefold().split())
    if match := re.fullmatch(r"(\d{1,4}) ?(?:(working) days?|days?|d)", normalized):
        return DaysAgo(int(match[1]), working=match[2] is not None)
    try:
        return Ago(duration(text))
    except WordError:
        said = f"`{quoted(text)}` is no age"
        raise WordError(said, "write for example `10 working days`, `3 days` or `4h`") from None


def period(text: str) -> PeriodRule:
    """`30 days`, `fiscal year to date`, `audit cycle to date`.

    Raises:
        WordError: anything else.
    """
    try:
        return PeriodRule.parse(text)
    except PeriodError:
        hint = (
            "write `30 days`, or `week`, `month`, `quarter`, `fiscal year`, `school year` or a cycle's name like "
            "`audit cycle`, and `to date`"
        )
        raise WordError(f"`{quoted(text)}` is no period", hint) from None


def hours_or_minutes(text: str) -> timedelta:
    """`45 minutes`, `8h`.

    Raises:
        WordError: anything else: a day of work is shorter than a day.
    """
    length = duration(text)
    if re.search(r"\d ?(d|w|s)", text.casefold()):
        raise WordError(f"`{quoted(text)}` is not in hours", "write hours or minutes, for example `8h` or `45 minutes`")
    return length


def measurements(text: str | int) -> int:
    """`2 measurements`, or just the number.

    Raises:
        WordError: anything else, and 0.
    """
    match = re.fullmatch(r"([1-9]\d{0,3})( measurements?)?", " ".join(str(text).split()))
    if not match:
        raise WordError(f"`{quoted(str(text))}` is no number of measurements", "write for example `2 measurements`")
    return int(match[1])


def clock(text: str) -> time:
    """`07:30`, `16:00`.

    Raises:
        WordError: anything else.
    """
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text.strip())
    if not match:
        raise WordError(f"`{quoted(text)}` is no time of day", "write for example `07:30` or `16:00`")
    return time(int(match[1]), int(match[2]))


def hours(text: str) -> tuple[time, time]:
    """`07:30-16:30`.

    Raises:
        WordError: anything else, and an end that does not come after the beginning.
    """
    opens, dash, closes = text.replace("–", "-").partition("-")
    if not dash:
        raise WordError(f"`{quoted(text)}` is no stretch of a day", "write for example `07:30-16:30`")
    begins, ends = clock(opens), clock(closes)
    if ends <= begins:
        raise WordError(f"`{quoted(text)}` ends before it begins", "write for example `07:30-16:30`")
    return begins, ends


def weekdays(text: str) -> tuple[int, ...]:
    """`monday`, `mon-fri`, `mon, thu`, `weekdays`, `daily`: 0 (Monday) to 6, in order.

    Raises:
        WordError: a word that is no day.
    """
    days: set[int] = set()
    for part in text.casefold().replace("–", "-").replace(" and ", ",").split(","):
        days |= _days(part.strip(), text)
    return tuple(sorted(days))


def _days(part: str, text: str) -> set[int]:
    if part in EVERY:
        return set(EVERY[part])
    first, dash, last = part.partition("-")
    begins, ends = _day(first, text), _day(last, text) if dash else _day(first, text)
    return {day % 7 for day in range(begins, (ends if ends >= begins else ends + 7) + 1)}


def _day(word: str, text: str) -> int:
    matches = [n for n, day in enumerate(DAYS) if len(word.strip()) >= 3 and day.startswith(word.strip())]
    if not matches:
        raise WordError(f"`{quoted(text)}` names no days", "write for example `monday`, `mon-fri` or `daily`")
    return matches[0]


def days_and_time(text: str) -> tuple[tuple[int, ...], time]:
    """`monday 07:00`, `mon-fri 16:30`, `daily 06:00`.

    Raises:
        WordError: anything else.
    """
    days, _, at = text.strip().rpartition(" ")
    if not days or ":" not in at:
        raise WordError(f"`{quoted(text)}` is no day and time", "write for example `monday 07:00` or `mon-fri 16:30`")
    return weekdays(days), clock(at)


def month_day(text: str) -> YearStart:
    """`07-01`: July 1.

    Raises:
        WordError: anything else, and February 29, which most years lack.
    """
    match = re.fullmatch(r"(\d{1,2})-(\d{1,2})", text.strip())
    try:
        day = date(2001, int(match[1]), int(match[2])) if match else None
    except ValueError:
        day = None
    if day is None:
        raise WordError(f"`{quoted(text)}` is no day of every year", "write month-day, for example `07-01` for July 1")
    return YearStart(day.month, day.day)


def dates(text: str, years: int = 1) -> DateRange:
    """`2026-11-26`, or `2026-12-21..2027-01-01`, both ends included; it takes no longer than so many years.

    Raises:
        WordError: anything else.
    """
    first, dots, last = text.partition("..")
    begins = iso_date(first)
    ends = iso_date(last) if dots else begins
    length = (ends - begins).days
    if not 0 <= length < years * LONGEST_BREAK:
        wrong = "ends before it begins" if length < 0 else f"is longer than {plural(years, 'year')}"
        raise WordError(f"`{quoted(text)}` {wrong}", "write for example `2026-12-21..2027-01-01`")
    return DateRange(begins, ends)


def season(text: str) -> DateRange | AnnualRange:
    """`06-01..07-31` of every year, or dates.

    Raises:
        WordError: anything else.
    """
    if re.match(r"\s*\d{4}-", text):
        return dates(text)
    if not re.match(r"\s*\d{1,2}-", text):
        raise WordError(f"`{quoted(text)}` is no part of a year", "write for example `06-01..07-31`, or dates")
    first, dots, last = text.partition("..")
    begins = month_day(first)
    ends = month_day(last) if dots else begins
    return AnnualRange((begins.month, begins.day), (ends.month, ends.day))


def months(text: str) -> int:
    """`2 years`, `6 months`: how many months.

    Raises:
        WordError: anything else.
    """
    match = re.fullmatch(r"([1-9]\d?) (month|year)s?", " ".join(text.casefold().split()))
    if not match:
        raise WordError(f"`{quoted(text)}` is no number of months or years", "write for example `2 years`")
    return int(match[1]) * (12 if match[2] == "year" else 1)


def iso_date(text: str) -> date:
    """`2026-11-26`.

    Raises:
        WordError: anything else.
    """
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text.strip()):
            return date.fromisoformat(text.strip())
    except ValueError:
        pass
    raise WordError(f"`{quoted(text)}` is no date", "write for example `2026-11-26` or `2026-12-21..2027-01-01`")


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zone(text: str) -> ZoneInfo:
    """`America/Chicago`.

    Raises:
        WordError: a zone that the time zone database lacks.
    """
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = nearest(text, _zones()) if "/" in text else ""
        raise WordError(f"no time zone `{quoted(text)}`", near or "write for example `America/Chicago`") from None


def one_of(word: str, allowed: Iterable[str]) -> str:
    """The word, if it is one of those.

    Raises:
        WordError: it is not.
    """
    names = list(allowed)
    if word in names:
        return word
    if len(names) == 1:
        raise WordError(f"`{quoted(word)}` does not belong here", f"write `{names[0]}`, or leave the key out")
    raise WordError(f"`{quoted(word)}` is none of {alternatives(names)}", nearest(word, names))
