"""The words of alert rules, routes and silences. Each function says what to write instead."""

import re
from datetime import time, timedelta

from kpibot.catalog.parse import scalars, time_values
from kpibot.catalog.problems import WordError
from kpibot.core.alerts.silences import Recurrence, RecurringSilence
from kpibot.core.text import quoted
from kpibot.core.time.days import AnnualRange

USUAL_DEVIATIONS = 4.0
DAY = timedelta(days=1)
MIDNIGHT = "24:00"


def percent_change(text: str) -> float:
    """`30 percent`, `30%`.

    Raises:
        WordError: anything else, and 0.
    """
    match = re.fullmatch(r"(\d{1,4}(?:\.\d+)?) ?(?:percent|%)", " ".join(text.casefold().split()))
    if not match or float(match[1]) == 0:
        raise WordError(f"`{quoted(text)}` is no share", "write for example `30 percent`")
    return float(match[1])


def whole_days(text: str) -> int:
    """`7 days`, `2 weeks`.

    Raises:
        WordError: anything else, and what is no whole number of days.
    """
    length = time_values.duration(text)
    if length % DAY:
        raise WordError(f"`{quoted(text)}` is not in whole days", "write for example `7 days`")
    return length // DAY


def school_days(text: str) -> int:
    """`10 school days`.

    Raises:
        WordError: anything else, and 0.
    """
    match = re.fullmatch(r"([1-9]\d?) school days?", " ".join(text.casefold().split()))
    if not match:
        raise WordError(f"`{quoted(text)}` is no number of school days", "write for example `10 school days`")
    return int(match[1])


def deviations(raw: object) -> float:
    """`true`, or `4 deviations`.

    Raises:
        WordError: anything else, and 0.
    """
    if raw is True:
        return USUAL_DEVIATIONS
    text = str(raw).casefold() if isinstance(raw, bool) else scalars.parse_text(raw)
    match = re.fullmatch(r"(\d{1,2}(?:\.\d+)?) deviations?", " ".join(text.split()))
    if not match or float(match[1]) == 0:
        hint = f"write `true`, which is {USUAL_DEVIATIONS:g}, or for example `3 deviations`"
        raise WordError(f"`{quoted(text)}` is no number of deviations", hint)
    return float(match[1])


def somebody(text: str) -> str:
    """`@director`: a person or a group of Slack.

    Raises:
        WordError: anything else.
    """
    if re.fullmatch(r"@[^\s@#]{1,80}", text):
        return text
    near = re.sub(r"[^a-z0-9._]+", "-", text.casefold()).strip("-")
    raise WordError(
        f"`{quoted(text)}` is no person or group of Slack", f'write it with its @: `"@{near or "director"}"`'
    )


def recurring(text: str) -> RecurringSilence:
    """`holidays`, `breaks`, `wednesday 18:00-22:00`, `sat-sun`, `06-10..08-05` of every year; yet without a name.

    Raises:
        WordError: anything else.
    """
    normalized = " ".join(text.casefold().split())
    if normalized in (Recurrence.HOLIDAYS, Recurrence.BREAKS):
        return RecurringSilence(name="", when=Recurrence(normalized))
    if re.match(r"\d{4}-", normalized):
        hint = "a silence recurs: write for example `06-10..08-05`; for once, type `/kpi mute` in Slack"
        raise WordError(f"`{quoted(text)}` comes only once", hint)
    return _of_a_year(normalized) if re.match(r"\d", normalized) else _of_a_week(normalized)


def _of_a_year(text: str) -> RecurringSilence:
    season = time_values.season(text)
    assert isinstance(season, AnnualRange)
    return RecurringSilence(name="", when=Recurrence.YEARLY, first=season.first, last=season.last)


def _of_a_week(text: str) -> RecurringSilence:
    days, _, window = text.rpartition(" ") if ":" in text else (text, "", "")
    try:
        weekdays = time_values.weekdays(days)
    except WordError:
        hint = "write `holidays`, `breaks`, `wednesday 18:00-22:00`, `sat-sun`, or `06-10..08-05` of every year"
        raise WordError(f"`{quoted(text)}` is no time that recurs", hint) from None
    return RecurringSilence(
        name="", when=Recurrence.WEEKLY, weekdays=weekdays, hours=_window(window) if window else (time(), time())
    )


def _window(text: str) -> tuple[time, time]:
    """Where it ends before it begins, it ends on the next day."""
    opens, dash, closes = text.replace("–", "-").partition("-")
    example = "write for example `18:00-22:00`, or `22:00-02:00` to the next day"
    if not dash:
        raise WordError(f"`{quoted(text)}` is no stretch of a day", example)
    begins, ends = time_values.clock(opens), time() if closes.strip() == MIDNIGHT else time_values.clock(closes)
    if opens.strip() == closes.strip():
        raise WordError(f"`{quoted(text)}` ends when it begins", f"{example}; without hours it is the whole day")
    return begins, ends
