"""The values of most sections, from YAML: ids, codes, columns, statements. Each says what to write instead."""

import re
from collections.abc import Callable
from typing import TypeVar

from kpibot.catalog.model import Column
from kpibot.catalog.parse import scalars, time_values
from kpibot.catalog.problems import WordError
from kpibot.core.text import quoted
from kpibot.core.time.days import AnnualRange, DateRange

MOST_CONNECTIONS = 64
FISCAL_YEAR = r"FY[0-9]{4}[a-z]?"
Range = TypeVar("Range", DateRange, DateRange | AnnualRange)


def parse_day_count(raw: object) -> int:
    """A whole number of days, from 1."""
    if isinstance(raw, bool) or not isinstance(raw, int) or raw < 1:
        raise WordError("a number of days belongs here", "write a whole number from 1 on, without quotes or units")
    return raw


def parse_year_name(raw: object) -> str:
    """`FY2027`, `SY2027`: the year of a budget."""
    key = scalars.parse_text(raw)
    if re.fullmatch(r"(FY|SY)\d{4}", key):
        return key
    raise WordError(f"`{quoted(key)}` is no year", "write for example `FY2027`, the fiscal year that ends in 2027")


def parse_code(raw: object) -> str:
    """A code, as text even where YAML reads a number."""
    return str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else scalars.parse_text(raw)


def as_list(raw: object) -> object:
    """One value, or a list of them, as a list."""
    return raw if isinstance(raw, list) else [raw]


def parse_size(raw: object) -> float:
    """A number that is not negative."""
    number = scalars.parse_number(raw)
    if number < 0:
        raise WordError(f"{number:g} is less than nothing", "write 0 or more, or leave the key out")
    return number


def parse_separator(raw: object) -> str:
    """A text whose spaces count."""
    scalars.parse_text(raw)
    return str(raw)


def parse_level(raw: object) -> int:
    """A level of a tree, from 1."""
    if isinstance(raw, bool) or not isinstance(raw, int) or raw < 1:
        raise WordError("a level is a whole number from 1, the top", "write for example `level: 2`")
    return raw


def parse_texts(raw: object) -> tuple[str, ...]:
    """One text, or a list of them."""
    return (
        tuple(scalars.parse_text(item) for item in raw) if isinstance(raw, list) and raw else (scalars.parse_text(raw),)
    )


def parse_measurements(raw: object) -> int:
    """`2 measurements`, or just the number."""
    return time_values.measurements(
        raw if isinstance(raw, int) and not isinstance(raw, bool) else scalars.parse_text(raw)
    )


def parse_column(raw: object) -> Column:
    """A column by its name, or `{sql: …}`."""
    if not isinstance(raw, dict):
        return Column(name=scalars.parse_text(raw))
    for key in raw:
        if key != "sql":
            hint = 'write a column\'s name, or `{sql: "…"}` for an expression'
            raise WordError(f"unknown key `{quoted(key)}`", hint)
    return Column(sql=scalars.parse_text(raw.get("sql", "")))


def parse_connections(raw: object) -> int:
    """How many connections, from 1."""
    if isinstance(raw, bool) or not isinstance(raw, int) or not 1 <= raw <= MOST_CONNECTIONS:
        said = f"`{quoted(str(raw))}` is no number of connections"
        raise WordError(said, f"write a whole number from 1 to {MOST_CONNECTIONS}, for example `4`")
    return raw


def parse_option(raw: object) -> str | int | float | bool:
    """An option of a reader of files."""
    if isinstance(raw, str | int | float):
        return raw
    raise WordError("an option is a word, a number, `true` or `false`", 'write for example `nullstr: "?"`')


def parse_statement(raw: object) -> str:
    """A SELECT, without a semicolon at its end."""
    sql = scalars.parse_text(raw).rstrip("; \n")
    bare = re.sub(r"--[^\n]*\n?|/\*.*?\*/", " ", sql, flags=re.DOTALL).split()
    if not bare or bare[0].casefold().strip("(") not in ("select", "with"):
        raise WordError("kpibot only reads: this is no SELECT", "begin with `SELECT` or `WITH`")
    return sql


def parse_slack_channel(raw: object) -> str:
    """`#name`, or the id of a channel."""
    place = scalars.parse_text(raw)
    if re.fullmatch(r"[CG][A-Z0-9]{8,}", place) or re.fullmatch(r"#[^\sA-Z#,.]{1,80}", place):
        return place
    hint = (
        f'write `"#{place}"`' if re.fullmatch(r"[^\sA-Z#,.]{1,80}", place) else 'write `"#tech-leads"` or `C0123ABCD`'
    )
    raise WordError(f"`{quoted(place)}` is no channel of Slack: neither `#name` nor an id", hint)


def named_days_parser(
    reader: Callable[[str], Range], example: str
) -> Callable[[object], tuple[tuple[Range, str], ...]]:
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


def parse_fiscal_year(text: str) -> str:
    """`FY2027`, `FY2027b`."""
    if re.fullmatch(FISCAL_YEAR, text):
        return text
    raise WordError(
        f"`{quoted(text)}` names no fiscal year", "write `FY` and the year it ends in, for example `FY2027`"
    )


def parse_currency(raw: object) -> str:
    """`USD`."""
    code = scalars.parse_text(raw)
    if re.fullmatch(r"[A-Z]{3}", code):
        return code
    raise WordError(f"`{quoted(code)}` is no currency", "write its three letters, for example `USD`")


def parse_link(raw: object) -> str:
    """An http or https URL."""
    if re.match(r"https?://\S+$", scalars.parse_text(raw)):
        return scalars.parse_text(raw)
    raise WordError("is no link", "write for example `https://help.example.org/tickets/{id}`")


def parse_table(raw: object) -> str:
    """The name of a table, or `schema.table`."""
    table = scalars.parse_text(raw)
    if re.search(r"[\s;]", table):
        raise WordError(f"`{quoted(table)}` is no table", "write its name, or put a SELECT under `select`")
    return table


def id_parser(pattern: str, hint: str) -> Callable[[object], str]:
    """A reader of ids of that pattern, which proposes one that would do."""

    def read(raw: object) -> str:
        text = scalars.parse_text(raw)
        if re.fullmatch(pattern, text):
            return text
        better = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
        fits = re.fullmatch(pattern, better) and "://" not in text
        raise WordError(f"`{quoted(text)}` cannot be an id", f"write `{better}`: {hint}" if fits else hint)

    return read
