"""The shapes of the five kinds of measure. The key that names the kind comes first and says over what."""

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from kpibot.catalog.schema import fields as f
from kpibot.catalog.schema.schema_base import Schema

KINDS = ("stock", "flow", "duration", "ratio", "query")

Conditions = Annotated[
    dict[f.ColumnName, f.ColumnConditions],
    Field(
        description="Which rows count: column to value, list of values, empty cell (null), {not: …} of those, "
        "{at_most: 5}, {at_least: {column: owned}}, {older_than: 10 working days}, {within: school year to date}, "
        "{before: now} or {after: now, or_empty: true}."
    ),
]
DISTINCT = Field(None, description="Count distinct combinations of these columns instead of rows.")
SUM = Field(None, description="Add up this column instead of counting rows.")
MEAN = Field(None, description="The mean of this column over the rows that have it, instead of counting rows.")


class StockSchema(Schema):
    """How many rows (or how much) stand between two timestamps at an instant."""

    stock: f.Text = Field(description="The dataset.", examples=["tickets"])
    from_: f.Text | None = Field(
        None, alias="from", description="The column that says since when a row counts; without it: as it stands now."
    )
    until: f.Text | None = Field(None, description="The column that says until when; an empty cell: still.")
    where: Conditions = Field({})
    distinct: f.OneOrMany | None = DISTINCT
    sum: f.Text | None = SUM
    mean: f.Text | None = MEAN
    average: f.OverPeriod | None = Field(
        None, description="`period`: the mean level over the KPI's period, instead of the level at its end."
    )


class FlowSchema(Schema):
    """How many rows, distinct keys, or how much happens in a period."""

    flow: f.Text = Field(description="The dataset.", examples=["orders"])
    at: f.Text = Field(description="The column that says when it happened.", examples=["approved"])
    where: Conditions = Field({})
    distinct: f.OneOrMany | None = DISTINCT
    sum: f.Text | None = SUM
    mean: f.Text | None = MEAN


class LimitSchema(Schema):
    """How long a duration may take, by the value of a column."""

    by: f.Text = Field(description="The column, such as the priority.", examples=["priority"])
    values: dict[f.Code, f.Limit] = Field(
        description="Value to time: {1: 1h, 2: 4h}.", examples=["{1: 1h, 2: 4h}"], min_length=1
    )
    otherwise: f.Limit | None = Field(None, description="For every other value; without it those have no limit.")


def word_or_keys(raw: Any) -> str:
    """Whether a value is written in one word, or with keys of its own."""
    return "keys" if isinstance(raw, dict) else "word"


AnyLimit = Annotated[Annotated[f.Limit, Tag("word")] | Annotated[LimitSchema, Tag("keys")], Discriminator(word_or_keys)]


class DurationSchema(Schema):
    """How long from one timestamp to another, over the rows that begin in a period."""

    duration: f.Text = Field(description="The dataset.", examples=["tickets"])
    from_: f.Text = Field(alias="from", description="The column in which it begins.", examples=["opened"])
    to: f.Text = Field(description="The column in which it ends; an empty cell: still waiting.", examples=["resolved"])
    statistic: f.Statistic = Field(
        "median", description="How many durations become one number; `within` is the share within `limit`."
    )
    also: list[f.Statistic] = Field([], description="Other statistics to show beside it, like [p90, within].")
    clock: f.Clock = Field("wall", description="`working` counts working hours only, `wall` all the time.")
    limit: AnyLimit | None = Field(None, description="How long it may take: 8h, or by the value of a column.")
    where: Conditions = Field({})


class QuerySchema(Schema):
    """The district's own SELECT, giving (campus, value) or (campus, numerator, denominator)."""

    query: f.Text = Field(description="The database.", examples=["helpdesk"])
    sql: f.Statement = Field(
        description="A SELECT; it may use :as_of, :period_start and :period_end.",
        examples=["SELECT site_code AS campus, count(*) AS value FROM hd_tickets GROUP BY 1"],
    )


def measure_tag(raw: Any) -> str | None:
    """Which kind of measure the keys name; None where they name none, or more than one."""
    named = [kind for kind in KINDS if kind in raw] if isinstance(raw, dict) else []
    return f"{named[0]} measure" if len(named) == 1 else None


SimpleSchema = Annotated[
    Annotated[StockSchema, Tag("stock measure")]
    | Annotated[FlowSchema, Tag("flow measure")]
    | Annotated[QuerySchema, Tag("query measure")],
    Discriminator(measure_tag),
]


class ComponentsSchema(Schema):
    """The two measures that a ratio divides."""

    of: SimpleSchema = Field(description="What is divided.", examples=["{stock: checkouts, from: checked_out}"])
    over: SimpleSchema = Field(description="What it is divided by.", examples=["{stock: assets, from: received}"])


class RatioSchema(Schema):
    """One measure over another, which may live in another database: the ratio of sums, at every level."""

    ratio: ComponentsSchema = Field(
        description="The two halves.", examples=["{of: {stock: checkouts}, over: {stock: assets}}"]
    )


MeasureSchema = Annotated[
    Annotated[StockSchema, Tag("stock measure")]
    | Annotated[FlowSchema, Tag("flow measure")]
    | Annotated[DurationSchema, Tag("duration measure")]
    | Annotated[RatioSchema, Tag("ratio measure")]
    | Annotated[QuerySchema, Tag("query measure")],
    Discriminator(measure_tag),
]
AnySimple = StockSchema | FlowSchema | DurationSchema | QuerySchema
AnyMeasure = AnySimple | RatioSchema
