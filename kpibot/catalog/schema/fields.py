"""The kinds of value that a configuration holds: how each is read, and how an editor is told of it."""

import re
from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, WithJsonSchema

from kpibot.catalog.model import Column
from kpibot.catalog.parse import scalars, time_values
from kpibot.catalog.parse.conditions import MOMENTS, RELATIONS, parse_conditions
from kpibot.catalog.problems import WordError
from kpibot.core.kpis import kpi, measures, thresholds
from kpibot.core.kpis.conditions import RelativeTime, Where
from kpibot.core.text import quoted
from kpibot.core.time.calendar import YearStart
from kpibot.core.time.days import AnnualRange, DateRange
from kpibot.core.time.periods import PeriodRule

SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"
ID = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
NAME = r"[a-z][a-z0-9]*([_-][a-z0-9]+)*"
WORD = r"[A-Za-z_][A-Za-z0-9_]*"
DURATION = r"^\d+ ?(s|m|min|h|d|w|seconds?|minutes?|hours?|days?|weeks?)$"
MOST_CONNECTIONS = 64
CATEGORIES = ("operational", "financial", "compliance", "lifecycle", "security", "people")
BETTER = tuple(map(str, thresholds.Better))
FORMATS = tuple(map(str, kpi.Format))
STATISTICS = tuple(map(str, measures.Statistic))
CLOCKS = tuple(map(str, measures.Clock))
JsonDict = dict[str, Any]
FISCAL_YEAR = r"FY[0-9]{4}[a-z]?"
DATES = r"^\d{4}-\d\d-\d\d(\.\.\d{4}-\d\d-\d\d)?$"
RANGE = r"^\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d$"
SEASON = r"^(\d{4}-)?\d{1,2}-\d{1,2}(\.\.(\d{4}-)?\d{1,2}-\d{1,2})?$"
PERIOD = r"^(\d+ days?|(week|month|quarter|fiscal year|school year|[a-z0-9-]+ cycle) to date)$"
Range = TypeVar("Range", DateRange, DateRange | AnnualRange)


def _positive(raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or raw < 1:
        raise WordError("a number of days belongs here", "write a whole number from 1 on, without quotes or units")
    return raw


def _period_key(raw: object) -> str:
    key = scalars.parse_text(raw)
    if re.fullmatch(r"(FY|SY)\d{4}", key):
        return key
    raise WordError(f"`{quoted(key)}` is no year", "write for example `FY2027`, the fiscal year that ends in 2027")


def _code(raw: object) -> str:
    return str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else scalars.parse_text(raw)


def _codes(raw: object) -> object:
    return raw if isinstance(raw, list) else [raw]


def _size(raw: object) -> float:
    number = scalars.parse_number(raw)
    if number < 0:
        raise WordError(f"{number:g} is less than nothing", "write 0 or more, or leave the key out")
    return number


def _separator(raw: object) -> str:
    scalars.parse_text(raw)
    return str(raw)


def _level(raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or raw < 1:
        raise WordError("a level is a whole number from 1, the top", "write for example `level: 2`")
    return raw


def _tuple(raw: object) -> tuple[str, ...]:
    return (
        tuple(scalars.parse_text(item) for item in raw) if isinstance(raw, list) and raw else (scalars.parse_text(raw),)
    )


def _measurements(raw: object) -> int:
    return time_values.measurements(
        raw if isinstance(raw, int) and not isinstance(raw, bool) else scalars.parse_text(raw)
    )


def _column(raw: object) -> Column:
    if not isinstance(raw, dict):
        return Column(name=scalars.parse_text(raw))
    for key in raw:
        if key != "sql":
            hint = 'write a column\'s name, or `{sql: "…"}` for an expression'
            raise WordError(f"unknown key `{quoted(key)}`", hint)
    return Column(sql=scalars.parse_text(raw.get("sql", "")))


def _connections(raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 1 <= raw <= MOST_CONNECTIONS:
        said = f"`{quoted(str(raw))}` is no number of connections"
        raise WordError(said, f"write a whole number from 1 to {MOST_CONNECTIONS}, for example `4`")
    return raw


def _option(raw: object) -> str | int | float | bool:
    if isinstance(raw, str | int | float):
        return raw
    raise WordError("an option is a word, a number, `true` or `false`", 'write for example `nullstr: "?"`')


def _statement(raw: object) -> str:
    sql = scalars.parse_text(raw).rstrip("; \n")
    bare = re.sub(r"--[^\n]*\n?|/\*.*?\*/", " ", sql, flags=re.DOTALL).split()
    if not bare or bare[0].casefold().strip("(") not in ("select", "with"):
        raise WordError("kpibot only reads: this is no SELECT", "begin with `SELECT` or `WITH`")
    return sql


def _slack(raw: object) -> str:
    place = scalars.parse_text(raw)
    if re.fullmatch(r"[CG][A-Z0-9]{8,}", place) or re.fullmatch(r"#[^\sA-Z#,.]{1,80}", place):
        return place
    hint = (
        f'write `"#{place}"`' if re.fullmatch(r"[^\sA-Z#,.]{1,80}", place) else 'write `"#tech-leads"` or `C0123ABCD`'
    )
    raise WordError(f"`{quoted(place)}` is no channel of Slack: neither `#name` nor an id", hint)


def _named_days(reader: Callable[[str], Range], example: str) -> Callable[[object], tuple[tuple[Range, str], ...]]:
    """A reader of days, or of `days: their name`."""

    def read(raw: object) -> tuple[tuple[Range, str], ...]:
        if isinstance(raw, dict):
            return tuple((reader(days), scalars.parse_text(name)) for days, name in raw.items())
        if not isinstance(raw, str):
            raise WordError(
                "days belong here", f"write for example `{example}`, and `: ` and their name if they have one"
            )
        return ((reader(raw), ""),)

    return read


def _fiscal_year(text: str) -> str:
    if re.fullmatch(FISCAL_YEAR, text):
        return text
    raise WordError(
        f"`{quoted(text)}` names no fiscal year", "write `FY` and the year it ends in, for example `FY2027`"
    )


def _currency(raw: object) -> str:
    code = scalars.parse_text(raw)
    if re.fullmatch(r"[A-Z]{3}", code):
        return code
    raise WordError(f"`{quoted(code)}` is no currency", "write its three letters, for example `USD`")


def _link(raw: object) -> str:
    if re.match(r"https?://\S+$", scalars.parse_text(raw)):
        return scalars.parse_text(raw)
    raise WordError("is no link", "write for example `https://help.example.org/tickets/{id}`")


def _table(raw: object) -> str:
    table = scalars.parse_text(raw)
    if re.search(r"[\s;]", table):
        raise WordError(f"`{quoted(table)}` is no table", "write its name, or put a SELECT under `select`")
    return table


def _named(pattern: str, hint: str) -> Callable[[object], str]:
    """A reader of ids of that pattern, which proposes one that would do."""

    def read(raw: object) -> str:
        text = scalars.parse_text(raw)
        if re.fullmatch(pattern, text):
            return text
        better = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
        fits = re.fullmatch(pattern, better) and "://" not in text
        raise WordError(f"`{quoted(text)}` cannot be an id", f"write `{better}`: {hint}" if fits else hint)

    return read


def worded(reader: Callable[[str], Any]) -> BeforeValidator:
    """Reads a text, or a number as text."""
    return BeforeValidator(lambda raw: reader(scalars.parse_text(str(raw) if isinstance(raw, int | float) else raw)))


def choice_of(*words: str) -> BeforeValidator:
    """Reads one of these words."""
    return worded(lambda text: time_values.one_of(text, words))


def string_schema(**more: Any) -> WithJsonSchema:
    """A string, for editors."""
    return WithJsonSchema({"type": "string", **more})


def _named_in_schema(pattern: str) -> WithJsonSchema:
    days = {"type": "string", "pattern": pattern}
    names: JsonDict = {"type": "string", "minLength": 1}
    named = {"type": "object", "patternProperties": {pattern: names}, "additionalProperties": False}
    return WithJsonSchema({"anyOf": [days, named]})


_VALUE: list[JsonDict] = [
    {"type": ["string", "number", "boolean", "null"]},
    {"type": "array", "minItems": 1, "items": {"type": ["string", "number", "boolean", "null"]}},
]
_THAN: JsonDict = {"anyOf": [{"type": "number"}, {"type": "object", "required": ["column"]}]}
_CONDITIONS: JsonDict = {
    "type": "object",
    "minProperties": 1,
    "properties": {
        "not": {"anyOf": list(_VALUE)},
        **{key: _THAN for key in RELATIONS},
        **{key: {"type": "string"} for key in MOMENTS},
        "or_empty": {"type": "boolean"},
    },
    "additionalProperties": False,
}
_SQL: JsonDict = {"type": "object", "properties": {"sql": {"type": "string"}}, "required": ["sql"]}
_WORD: JsonDict = {"type": ["string", "integer"]}
_WORD_OR_WORDS: JsonDict = {"anyOf": [_WORD, {"type": "array", "items": _WORD}]}
_CLOSED: JsonDict = {"additionalProperties": False}
_SLUGS = "ids are lower-case words and numbers joined by hyphens"
_LETTER = "begin with a letter; lower-case words and numbers joined by hyphens"

Text = Annotated[str, BeforeValidator(scalars.parse_text), string_schema(minLength=1)]
Number = Annotated[float, BeforeValidator(scalars.parse_number), WithJsonSchema({"type": "number"})]
Connections = Annotated[
    int,
    BeforeValidator(_connections),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MOST_CONNECTIONS, "examples": [4]}),
]
Code = Annotated[str, BeforeValidator(_code), WithJsonSchema(_WORD)]
Codes = Annotated[list[Code], BeforeValidator(_codes), WithJsonSchema(_WORD_OR_WORDS)]
Size = Annotated[float, BeforeValidator(_size), WithJsonSchema({"type": "number", "minimum": 0})]
Separator = Annotated[str, BeforeValidator(_separator), string_schema(minLength=1)]
Level = Annotated[int, BeforeValidator(_level), WithJsonSchema({"type": "integer", "minimum": 1})]
Length = Annotated[timedelta, worded(time_values.duration), string_schema(pattern=DURATION)]
Percent = Annotated[float, worded(time_values.percent), string_schema(pattern=r"^\d{1,3}(\.\d+)? ?(%|percent)$")]
Measurements = Annotated[
    int,
    BeforeValidator(_measurements),
    WithJsonSchema({"type": ["string", "integer"], "pattern": r"^\d+( measurements?)?$"}),
]
MonthDay = Annotated[YearStart, worded(time_values.month_day), string_schema(pattern=r"^\d{1,2}-\d{1,2}$")]
Hours = Annotated[
    tuple[time, time], worded(time_values.hours), string_schema(pattern=r"^\d{1,2}:\d\d ?[-–] ?\d{1,2}:\d\d$")
]
FiscalYear = Annotated[DateRange, worded(lambda text: time_values.dates(text, years=2)), string_schema(pattern=RANGE)]
FiscalYearName = Annotated[str, worded(_fiscal_year), string_schema(pattern=f"^{FISCAL_YEAR}$")]
Season = Annotated[
    str,
    BeforeValidator(lambda raw: time_values.season(scalars.parse_text(raw)) and scalars.parse_text(raw)),
    string_schema(pattern=SEASON),
]
Holidays = Annotated[
    tuple[tuple[DateRange, str], ...],
    BeforeValidator(_named_days(time_values.dates, "2026-11-26")),
    _named_in_schema(DATES),
]
Breaks = Annotated[
    tuple[tuple[DateRange | AnnualRange, str], ...],
    BeforeValidator(_named_days(time_values.season, "2027-03-15..2027-03-19")),
    _named_in_schema(SEASON),
]
Months = Annotated[int, worded(time_values.months), string_schema(pattern=r"^[1-9]\d? (months?|years?)$")]
Day = Annotated[date, worded(time_values.iso_date), string_schema(pattern=r"^\d{4}-\d\d-\d\d$")]
When = Annotated[
    tuple[tuple[int, ...], time], worded(time_values.days_and_time), string_schema(pattern=r"^.+ \d{1,2}:\d\d$")
]
Zone = Annotated[ZoneInfo, worded(time_values.zone), string_schema()]
Period = Annotated[PeriodRule, worded(time_values.period), string_schema(pattern=PERIOD)]
ColumnConditions = Annotated[
    Where, BeforeValidator(parse_conditions), WithJsonSchema({"anyOf": [*_VALUE, _CONDITIONS]})
]
Age = Annotated[RelativeTime, worded(time_values.age), string_schema(pattern=r"^\d+ ?(working )?[a-z]+$")]
ColumnOf = Annotated[Column, BeforeValidator(_column), WithJsonSchema({"anyOf": [{"type": "string"}, _SQL | _CLOSED]})]
OneOrMany = Annotated[
    tuple[str, ...],
    BeforeValidator(_tuple),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "minItems": 1, "items": {"type": "string"}}]}),
]
Option = Annotated[
    str | int | float | bool, BeforeValidator(_option), WithJsonSchema({"type": ["string", "number", "boolean"]})
]
PresetOption = Annotated[Any, WithJsonSchema(_WORD_OR_WORDS)]  # the presets look at it
Statement = Annotated[str, BeforeValidator(_statement), string_schema(minLength=1)]
SlackChannel = Annotated[
    str, BeforeValidator(_slack), string_schema(pattern=r"^(#[^\sA-Z#,.]{1,80}|[CG][A-Z0-9]{8,})$")
]
Currency = Annotated[str, BeforeValidator(_currency), string_schema(pattern="^[A-Z]{3}$")]
Link = Annotated[str, BeforeValidator(_link), string_schema(pattern=r"^https?://\S+$")]
Table = Annotated[str, BeforeValidator(_table), string_schema(pattern=r"^[^\s;]+$")]
Slug = Annotated[str, BeforeValidator(_named(SLUG, _SLUGS)), string_schema(pattern=f"^{SLUG}$")]
Id = Annotated[str, BeforeValidator(_named(ID, _LETTER)), string_schema(pattern=f"^{ID}$")]
Name = Annotated[
    str,
    BeforeValidator(_named(NAME, "begin with a letter; lower-case words joined by hyphens or underscores")),
    string_schema(pattern=f"^{NAME}$"),
]
ColumnName = Annotated[
    str,
    BeforeValidator(_named(WORD, "begin with a letter; letters, numbers and underscores")),
    string_schema(pattern=f"^{WORD}$"),
]
TableName = ColumnName
Days = Annotated[
    str,
    BeforeValidator(lambda raw: time_values.weekdays(scalars.parse_text(raw)) and scalars.parse_text(raw)),
    string_schema(),
]
Category = Annotated[str, choice_of(*CATEGORIES), string_schema(enum=[*CATEGORIES])]
Better = Annotated[str, choice_of(*BETTER), string_schema(enum=[*BETTER])]
Format = Annotated[str, choice_of(*FORMATS), string_schema(enum=[*FORMATS])]
Statistic = Annotated[str, choice_of(*STATISTICS), string_schema(enum=[*STATISTICS])]
Clock = Annotated[str, choice_of(*CLOCKS), string_schema(enum=[*CLOCKS])]
OverPeriod = Annotated[str, choice_of("period"), string_schema(enum=["period"])]
DayKind = Annotated[str, choice_of("days", "working days"), string_schema(enum=["days", "working days"])]
Limit = Annotated[
    timedelta, worded(time_values.hours_or_minutes), string_schema(pattern=r"^\d+ ?(m|min|h|minutes?|hours?)$")
]
Positive = Annotated[int, BeforeValidator(_positive), WithJsonSchema({"type": "integer", "minimum": 1})]
PeriodKey = Annotated[str, BeforeValidator(_period_key), string_schema(pattern=r"^(FY|SY)\d{4}$")]
