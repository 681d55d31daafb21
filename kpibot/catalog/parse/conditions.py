"""How the conditions of a `where` are read: `open`, `[new, open]`, `{not: merged}`, `{older_than: 10 working days}`."""

from collections.abc import Callable

from kpibot.catalog.parse import time_values
from kpibot.catalog.parse.scalars import parse_number, parse_text
from kpibot.catalog.problems import WordError, nearest
from kpibot.core.kpis.conditions import (
    Condition,
    Now,
    NumberCondition,
    Relation,
    RelativeTime,
    Scalar,
    StartOf,
    TimeCondition,
    ValueCondition,
    Where,
)
from kpibot.core.text import alternatives, quoted


def parse_conditions(raw: object) -> Where:
    """What a column must be, as conditions on a column that is named later."""
    if not isinstance(raw, dict):
        return (ValueCondition("", _scalars(raw)),)
    for key in raw:
        if key not in CONDITIONS:
            meant = f"write `{MEANT[key]}`" if key in MEANT else nearest(str(key), CONDITIONS)
            hint = meant or f"write one of {alternatives(CONDITIONS)}"
            raise WordError(f"unknown key `{quoted(str(key))}`", hint)
    or_empty = raw.get("or_empty", False)
    if not isinstance(or_empty, bool):
        raise WordError("`or_empty` is `true` or `false`", "leave it out for `false`")
    result = tuple(_condition(key, value, or_empty) for key, value in raw.items() if key != "or_empty")
    if not result:
        raise WordError(
            "says nothing", "write for example `{not: [merged, deleted]}` or `{older_than: 10 working days}`"
        )
    return result


def _condition(key: str, value: object, or_empty: bool) -> Condition:
    if key == "not":
        return ValueCondition("", _scalars(value), negated=True)
    if key in RELATIONS:
        if isinstance(value, dict) and list(value) == ["column"]:
            return NumberCondition("", Relation(key), other=parse_text(value["column"]), or_empty=or_empty)
        return NumberCondition("", Relation(key), than=parse_number(value), or_empty=or_empty)
    moment = MOMENTS[key](parse_text(value))
    if key in ("older_than", "before"):
        return TimeCondition("", until=moment, or_empty=or_empty)
    return TimeCondition("", since=moment, until=Now() if key == "within" else None, or_empty=or_empty)


def _now(phrase: str) -> RelativeTime:
    if phrase == "now":
        return Now()
    raise WordError(f"`{quoted(phrase)}` is no moment", "the only one here is `now`: the instant of measuring")


def _lately(phrase: str) -> RelativeTime:
    """`10 working days`, or the words of a period."""
    return time_values.age(phrase) if "working" in phrase else StartOf(time_values.period(phrase))


RELATIONS = tuple(map(str, Relation))
MOMENTS: dict[str, Callable[[str], RelativeTime]] = {
    "older_than": time_values.age,
    "within": _lately,
    "before": _now,
    "after": _now,
}
# What people write for a relation before they have looked it up.
MEANT = {
    "more_than": Relation.ABOVE,
    "over": Relation.ABOVE,
    "less_than": Relation.BELOW,
    "under": Relation.BELOW,
    "min": Relation.AT_LEAST,
    "max": Relation.AT_MOST,
}
CONDITIONS = ("not", *RELATIONS, *MOMENTS, "or_empty")


def _scalar(raw: object) -> Scalar:
    if raw is None or isinstance(raw, str | bool | int | float):
        return raw
    raise WordError("a value belongs here", "write a word, a number, a list of those, or `{not: …}`")


def _scalars(raw: object) -> tuple[Scalar, ...]:
    if isinstance(raw, list) and not raw:
        raise WordError("an empty list matches nothing", "name at least one value, or leave the condition out")
    return tuple(_scalar(item) for item in raw) if isinstance(raw, list) else (_scalar(raw),)
