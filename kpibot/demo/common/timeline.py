"""Instants as whole seconds of local time (America/Chicago, naive) since Monday 2001-01-01, and their texts."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from kpibot.demo.common.draws import Ints

EPOCH = date(2001, 1, 1)
ZONE = ZoneInfo("America/Chicago")
DAY = 86_400
HOUR = 3_600
NEVER = 1 << 40
_EPOCH64 = np.datetime64("2001-01-01T00:00:00", "s")


def seconds_of(instant: datetime) -> int:
    """Local seconds of an aware instant; ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError("the demo district needs an aware instant: add a time zone to `until`")
    local = instant.astimezone(ZONE)
    return day_of(local.date()) * DAY + local.hour * HOUR + local.minute * 60 + local.second


def day_of(day: date) -> int:
    """Days since the epoch."""
    return (day - EPOCH).days


def date_of(day: int) -> date:
    """The date that many days after the epoch."""
    return date.fromordinal(EPOCH.toordinal() + day)


def month_of(day: date) -> int:
    """Months since year 0, so that months can be counted with."""
    return day.year * 12 + day.month - 1


def first_of_month(month: int) -> date:
    """The first day of a month given as months since year 0."""
    return date(month // 12, month % 12 + 1, 1)


def months_of(seconds: Ints) -> Ints:
    """The same for many instants."""
    months = (_EPOCH64.astype("datetime64[D]") + (seconds // DAY).astype("timedelta64[D]")).astype("datetime64[M]")
    numbers: Ints = months.astype(np.int64)
    return numbers + 1970 * 12


def daytime(seconds: Ints) -> Ints:
    """The instants moved into working hours (7:30 to 16:30) of the same day, or of Monday or Tuesday for a weekend."""
    day = seconds // DAY
    day = day + np.where(day % 7 >= 5, 2, 0)
    return day * DAY + 27_000 + (seconds % DAY) * 3 // 8


def time_texts(seconds: Ints, until: int) -> list[str | None]:
    """`YYYY-MM-DD HH:MM:SS` in local time; None where the instant lies after `until`."""
    moments = _EPOCH64 + np.minimum(seconds, until).astype("timedelta64[s]")
    texts: NDArray[Any] = np.datetime_as_string(moments, unit="s").astype("U19")
    if texts.size:
        texts.view("U1").reshape(-1, 19)[:, 10] = " "
    return _blank(texts, seconds, until)


def date_texts(seconds: Ints, until: int) -> list[str | None]:
    """`YYYY-MM-DD` in local time; None where the instant lies after `until`."""
    moments = _EPOCH64 + np.minimum(seconds, until).astype("timedelta64[s]")
    return _blank(np.datetime_as_string(moments, unit="D").astype("U10"), seconds, until)


def _blank(texts: NDArray[Any], seconds: Ints, until: int) -> list[str | None]:
    column = texts.astype(object)
    column[seconds > until] = None
    texts_or_none: list[str | None] = column.tolist()
    return texts_or_none
