"""The days on which a recurring event begins. Rules come from outside: they are checked and bounded, then expanded.

dateutil expands them. It takes an INTERVAL of 0 for ever, fails on a negative one, and looks for a day that never
comes until the year 9999.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import takewhile
from typing import Any

from kpibot.core.text import quoted

Rule = Mapping[str, Sequence[Any]]

LAST_DAY = date(2099, 12, 31)  # how far ahead a rule without an end is followed
FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")
NUMBERS = ("INTERVAL", "COUNT")
DAYS = ("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYDAY", "BYSETPOS", "WKST")
LONGEST = 500  # characters
MOST = 1_000_000  # of INTERVAL and COUNT
# The calendar repeats itself every 400 years, weekdays included. Expanded in the last of those that dateutil knows, a
# rule that never comes true ends after 300 years instead of 8,000.
LATER = timedelta(days=19 * 146_097)


class RuleError(ValueError):
    """Why a rule cannot be followed."""


def occurrences(rule: Rule, first: date, until: date | None) -> list[date]:
    """The days of a rule from `first` to `until`, at most to the end of the century; `rule` is icalendar's.

    Its own UNTIL is not looked at, since whose clock it is on only the event knows.

    Raises:
        RuleError: the rule is not one of whole days, or says what no rule may say.
    """
    from dateutil.rrule import rrulestr  # noqa: PLC0415 - few feeds repeat anything

    text = _checked(rule)
    last = datetime.combine(min(until or LAST_DAY, LAST_DAY) + LATER, time())
    try:
        expanded = rrulestr(text, dtstart=datetime.combine(first + LATER, time()))
        return [day.date() - LATER for day in takewhile(lambda day: day <= last, expanded)]
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError) as error:
        raise RuleError(f"kpibot cannot follow its rule `{quoted(text)}`") from error


def _checked(rule: Rule) -> str:
    """The rule as text, without its UNTIL; of what it says of the number of days, everything is sound."""
    parts = {name.upper(): [_text(value) for value in values] for name, values in rule.items()}
    parts.pop("UNTIL", None)
    text = ";".join(f"{name}={','.join(values)}" for name, values in parts.items())
    frequency = parts.pop("FREQ", [])
    if len(frequency) != 1 or frequency[0].upper() not in FREQUENCIES:
        raise RuleError(f"its rule `{quoted(text)}` does not repeat by day, week, month or year")
    for name in NUMBERS:
        _check_number(name, parts.pop(name, ["1"]))
    if unknown := [name for name in parts if name not in DAYS]:
        raise RuleError(f"its rule holds {unknown[0]}, which kpibot does not know")
    if len(text) > LONGEST:
        raise RuleError("its rule is too long")
    return text


def _text(value: Any) -> str:
    """A part of a rule as it was written."""
    return str(value).upper()


def _check_number(name: str, values: list[str]) -> None:
    written = ",".join(values)
    if not (written.isascii() and written.isdigit() and 1 <= int(written[:9]) <= MOST):
        raise RuleError(f"its rule says {name}={quoted(written)}, which must be from 1 to {MOST:,}")
