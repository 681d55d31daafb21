"""The kinds of value that a configuration holds: how each is read, and how its JSON schema describes it."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, WithJsonSchema

from kpibot.catalog.model import Column
from kpibot.catalog.parse import scalars, time_values
from kpibot.catalog.parse.conditions import MOMENTS, RELATIONS, parse_conditions
from kpibot.catalog.parse.config_values import (
    FISCAL_YEAR,
    MOST_CONNECTIONS,
    as_list,
    id_parser,
    named_days_parser,
    parse_code,
    parse_column,
    parse_connections,
    parse_currency,
    parse_day_count,
    parse_fiscal_year,
    parse_level,
    parse_link,
    parse_measurements,
    parse_option,
    parse_separator,
    parse_size,
    parse_slack_channel,
    parse_statement,
    parse_table,
    parse_texts,
    parse_year_name,
)
from kpibot.core.kpis import kpi, measures, thresholds
from kpibot.core.kpis.conditions import RelativeTime, Where
from kpibot.core.time.calendar import YearStart
from kpibot.core.time.days import AnnualRange, DateRange
from kpibot.core.time.periods import PeriodRule

SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"
ID = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
NAME = r"[a-z][a-z0-9]*([_-][a-z0-9]+)*"
WORD = r"[A-Za-z_][A-Za-z0-9_]*"
DURATION = r"^\d+ ?(s|m|min|h|d|w|seconds?|minutes?|hours?|days?|weeks?)$"
CATEGORIES = ("operational", "financial", "compliance", "lifecycle", "security", "people")
BETTER = tuple(map(str, thresholds.Better))
FORMATS = tuple(map(str, kpi.Format))
STATISTICS = tuple(map(str, measures.Statistic))
CLOCKS = tuple(map(str, measures.Clock))
JsonDict = dict[str, Any]
DATES = r"^\d{4}-\d\d-\d\d(\.\.\d{4}-\d\d-\d\d)?$"
RANGE = r"^\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d$"
SEASON = r"^(\d{4}-)?\d{1,2}-\d{1,2}(\.\.(\d{4}-)?\d{1,2}-\d{1,2})?$"
PERIOD = r"^(\d+ days?|(week|month|quarter|fiscal year|school year|[a-z0-9-]+ cycle) to date)$"


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
    BeforeValidator(parse_connections),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MOST_CONNECTIONS, "examples": [4]}),
]
Code = Annotated[str, BeforeValidator(parse_code), WithJsonSchema(_WORD)]
Codes = Annotated[list[Code], BeforeValidator(as_list), WithJsonSchema(_WORD_OR_WORDS)]
Size = Annotated[float, BeforeValidator(parse_size), WithJsonSchema({"type": "number", "minimum": 0})]
Separator = Annotated[str, BeforeValidator(parse_separator), string_schema(minLength=1)]
Level = Annotated[int, BeforeValidator(parse_level), WithJsonSchema({"type": "integer", "minimum": 1})]
Length = Annotated[timedelta, worded(time_values.duration), string_schema(pattern=DURATION)]
Percent = Annotated[float, worded(time_values.percent), string_schema(pattern=r"^\d{1,3}(\.\d+)? ?(%|percent)$")]
Measurements = Annotated[
    int,
    BeforeValidator(parse_measurements),
    WithJsonSchema({"type": ["string", "integer"], "pattern": r"^\d+( measurements?)?$"}),
]
MonthDay = Annotated[YearStart, worded(time_values.month_day), string_schema(pattern=r"^\d{1,2}-\d{1,2}$")]
Hours = Annotated[
    tuple[time, time], worded(time_values.hours), string_schema(pattern=r"^\d{1,2}:\d\d ?[-–] ?\d{1,2}:\d\d$")
]
FiscalYear = Annotated[DateRange, worded(lambda text: time_values.dates(text, years=2)), string_schema(pattern=RANGE)]
FiscalYearName = Annotated[str, worded(parse_fiscal_year), string_schema(pattern=f"^{FISCAL_YEAR}$")]
Season = Annotated[
    str,
    BeforeValidator(lambda raw: time_values.season(scalars.parse_text(raw)) and scalars.parse_text(raw)),
    string_schema(pattern=SEASON),
]
Holidays = Annotated[
    tuple[tuple[DateRange, str], ...],
    BeforeValidator(named_days_parser(time_values.dates, "2026-11-26")),
    _named_in_schema(DATES),
]
Breaks = Annotated[
    tuple[tuple[DateRange | AnnualRange, str], ...],
    BeforeValidator(named_days_parser(time_values.season, "2027-03-15..2027-03-19")),
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
ColumnOf = Annotated[
    Column, BeforeValidator(parse_column), WithJsonSchema({"anyOf": [{"type": "string"}, _SQL | _CLOSED]})
]
OneOrMany = Annotated[
    tuple[str, ...],
    BeforeValidator(parse_texts),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "minItems": 1, "items": {"type": "string"}}]}),
]
Option = Annotated[
    str | int | float | bool, BeforeValidator(parse_option), WithJsonSchema({"type": ["string", "number", "boolean"]})
]
PresetOption = Annotated[Any, WithJsonSchema(_WORD_OR_WORDS)]  # the presets look at it
Statement = Annotated[str, BeforeValidator(parse_statement), string_schema(minLength=1)]
SlackChannel = Annotated[
    str, BeforeValidator(parse_slack_channel), string_schema(pattern=r"^(#[^\sA-Z#,.]{1,80}|[CG][A-Z0-9]{8,})$")
]
Currency = Annotated[str, BeforeValidator(parse_currency), string_schema(pattern="^[A-Z]{3}$")]
Link = Annotated[str, BeforeValidator(parse_link), string_schema(pattern=r"^https?://\S+$")]
Table = Annotated[str, BeforeValidator(parse_table), string_schema(pattern=r"^[^\s;]+$")]
Slug = Annotated[str, BeforeValidator(id_parser(SLUG, _SLUGS)), string_schema(pattern=f"^{SLUG}$")]
Id = Annotated[str, BeforeValidator(id_parser(ID, _LETTER)), string_schema(pattern=f"^{ID}$")]
Name = Annotated[
    str,
    BeforeValidator(id_parser(NAME, "begin with a letter; lower-case words joined by hyphens or underscores")),
    string_schema(pattern=f"^{NAME}$"),
]
ColumnName = Annotated[
    str,
    BeforeValidator(id_parser(WORD, "begin with a letter; letters, numbers and underscores")),
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
Positive = Annotated[int, BeforeValidator(parse_day_count), WithJsonSchema({"type": "integer", "minimum": 1})]
PeriodKey = Annotated[str, BeforeValidator(parse_year_name), string_schema(pattern=r"^(FY|SY)\d{4}$")]
