"""The shape of a configuration: which keys there are and what each of them holds. The JSON Schema is made of this.

References between entries are not looked at here; see `checks`.
"""

from typing import Annotated

from pydantic import Discriminator, Field, Tag

from kpibot.catalog.schema import fields as f
from kpibot.catalog.schema.alerts import AlertSchema, RouteSchema, SilenceSchema
from kpibot.catalog.schema.campuses import Campuses
from kpibot.catalog.schema.measures import MeasureSchema, word_or_keys
from kpibot.catalog.schema.schema_base import Schema


class CycleSchema(Schema):
    """Stretches of the same length that follow each other, such as the two years of an audit."""

    starts: f.Day = Field(description="The first day of one of them.", examples=["2025-07-01"])
    every: f.Months = Field(description="How long each is, in months or years.", examples=["2 years"])


class DistrictSchema(Schema):
    """The district: its name, its time zone and its calendar."""

    name: f.Text = Field(description="What the district is called.", examples=["Prairie View ISD"])
    zone: f.Zone = Field(description="Its time zone, by its IANA name.", examples=["America/Chicago"])
    fiscal_year_starts: f.MonthDay = Field("07-01", validate_default=True, description="Month-day.")
    irregular_fiscal_years: dict[f.FiscalYearName, f.FiscalYear] = Field(
        {},
        description="Fiscal years of more or less than 12 months, as when their beginning moves, like "
        "FY2027: 2026-07-01..2027-08-31. Those before begin on the same day of the year as the first of these.",
    )
    school_year_starts: f.MonthDay = Field("08-15", validate_default=True, description="Month-day.")
    school_days: f.Days = Field("mon-fri", validate_default=True, description="The weekdays on which there is school.")
    working_hours: dict[f.Days, f.Hours] = Field(
        {"mon-fri": "08:00-16:30"},
        validate_default=True,
        description="When the department works, by day or range of days; days left out are days off.",
    )
    summer_hours: dict[f.Season, dict[f.Days, f.Hours]] = Field(
        {},
        description="Other working hours for a part of the year: from month-day to month-day of every year, like "
        "06-01..07-31, or dates. Days left out are days off.",
    )
    holidays: list[f.Holidays] = Field(
        [],
        description="Days on which nobody works: dates, or ranges with both ends included, like "
        "2026-12-24..2027-01-01, with or without a name.",
    )
    holidays_from: f.Text | None = Field(
        None,
        description="A calendar file (.ics) with more holidays, in the folder of this one.",
        examples=["holidays.ics"],
    )
    breaks: list[f.Breaks] = Field(
        [],
        description="Days without school on which the department works: dates, ranges of dates, or ranges of every "
        "year like 05-25..08-11, with or without a name.",
    )
    cycles: dict[f.Slug, CycleSchema] = Field(
        {},
        description="Stretches of months or years that KPIs are measured over, like "
        "audit: {starts: 2025-07-01, every: 2 years}, for `period: audit cycle to date`.",
    )
    measure_every: f.Length = Field("15 minutes", validate_default=True, description="How often KPIs are measured.")
    administrators: f.Text | None = Field(
        None, description="The channel (a key of `channels`) where problems of kpibot itself are told."
    )


class FileSchema(Schema):
    """A CSV or Parquet file, or all that match a pattern, read as they are."""

    path: f.Text = Field(
        description="Where it lies; ${NAME} is taken from .env. All files that match tickets-*.csv are one table.",
        examples=['"${INCIDENTS_CSV}"'],
    )
    options: dict[f.ColumnName, f.Option] = Field(
        {}, description='Options of DuckDB\'s read_csv or read_parquet, like nullstr: "?".'
    )


class PresetSchema(Schema):
    """A preset, and what is special about this installation of the system."""

    use: f.OneOrMany = Field(description="Its name; of several, later ones come over earlier ones.", examples=["glpi"])
    kpis: list[f.Text] | None = Field(None, description="Only these of its KPIs; without it all.", min_length=1)
    options: dict[f.ColumnName, f.PresetOption] = Field(
        {}, description="Lists that its SQL uses, like lost: [Lost, Perdu]; the preset's file says which there are."
    )


AnyPreset = Annotated[
    Annotated[f.OneOrMany, Tag("word")] | Annotated[PresetSchema, Tag("keys")],
    Discriminator(word_or_keys),
    Field(
        description="What system it is: glpi or snipe-it. That brings datasets, campuses and KPIs, under what these "
        "files say. {use: glpi, kpis: […], options: {…}} where it is not as usual."
    ),
]


class DatabaseSchema(Schema):
    """One of the district's databases, only ever read: a URL, or files."""

    url: f.Text | None = Field(
        None,
        repr=False,
        description="An SQLAlchemy URL. Keep passwords out of this file: write ${NAME}, put NAME into .env.",
    )
    files: dict[f.TableName, FileSchema] | None = Field(
        None, description="CSV or Parquet files instead of a URL: each is a table of that name."
    )
    preset: AnyPreset | None = None
    timeout: f.Length = Field("30 seconds", validate_default=True, description="How long a statement may take.")
    connections: f.Connections = Field(4, description="How many statements it is asked at once, at most.")


class DimensionSchema(Schema):
    """What rows can be told apart by: a column with names for its values, or how old they are."""

    column: f.Text | None = Field(None, description="A key of `columns`.", examples=["priority"])
    labels: dict[f.Code, f.Text] = Field({}, description="Names for values, like {1: Urgent, 2: High}.")
    age_of: f.Text | None = Field(
        None, description="A timestamp, to tell rows apart by their age.", examples=["opened"]
    )
    bands: list[f.Positive] = Field([], description="Ages at which a band ends: [2, 5, 10] gives 0–2, 3–5, 6–10, more.")
    in_: f.DayKind = Field("days", alias="in", description="What ages are counted in.")


ColumnOrDimension = Annotated[
    Annotated[f.Text, Tag("word")] | Annotated[DimensionSchema, Tag("keys")], Discriminator(word_or_keys)
]


class DatasetSchema(Schema):
    """Rows of a database, in the words of the KPIs."""

    database: f.Text = Field(description="A key of `databases`.", examples=["helpdesk"])
    system: f.Name | None = Field(
        None, description="Whose codes its campuses are in, as in `aliases`; without it the database's."
    )
    table: f.Table | None = Field(None, description="The table; `schema.table` where it lies in a schema.")
    select: f.Statement | None = Field(None, description="A SELECT of your own instead of a table.")
    columns: dict[f.ColumnName, f.ColumnOf] = Field(
        description="The word that KPIs use → the table's column, or {sql: expression}. `campus` says whose a row is.",
        examples=["{campus: site_code, opened: created_at}"],
    )
    rows: f.Text | None = Field(None, description="What one row is, in the plural; without it the dataset's key.")
    zone: f.Zone | None = Field(None, description="How times without a zone were written; without it the district's.")
    fresh_within: f.Age | None = Field(
        None, description="The newest row is never older than this when all is well, like 1 working day or 4 h."
    )
    dimensions: dict[f.ColumnName, ColumnOrDimension] = Field(
        {},
        description="What rows can be told apart by, like `priority: priority`: the word that people type → a column.",
    )
    link: f.Link | None = Field(None, description="Leads to one row, like https://help.example.org/tickets/{id}.")


class ThresholdsSchema(Schema):
    """Target and thresholds of a campus, group or type; what a campus lacks is its type's, then the KPI's own."""

    target: f.Number | None = Field(None, description="Good enough, in the KPI's unit.")
    warning: f.Number | None = Field(None, description="A value that reaches it is a breach.")
    critical: f.Number | None = Field(None, description="A value that reaches it is a serious breach.")
    budget: dict[f.PeriodKey, f.Number] = Field({}, description="What this campus or group may spend, by year.")


class CrossCheckSchema(Schema):
    """The same KPI from another system: where the two disagree, people are told what each says."""

    measure: MeasureSchema = Field(
        description="What the other system says, over the same period.", examples=["{stock: requests, from: opened}"]
    )
    within: f.Percent = Field(description="How far the two may lie apart, of the larger.", examples=["5 percent"])


class KpiSchema(Schema):
    """A KPI: what is measured, whose it is, and which values are good."""

    name: f.Text = Field(description="What people call it.", examples=["Outstanding tickets"])
    objective: f.Text = Field(description="What it is for.", examples=["No classroom waits for technology"])
    owner: f.Text = Field(description="Who answers for it: a person or group of Slack.", examples=['"@helpdesk-leads"'])
    category: f.Category | None = Field(None, description="Which part of asset management it belongs to.")
    about: f.Text = Field(
        "", validate_default=False, description="A paragraph for people who see it for the first time."
    )
    measure: MeasureSchema = Field(
        description="One of the five kinds of measure.", examples=["{stock: tickets, from: opened, until: resolved}"]
    )
    period: f.Period | None = Field(
        None, description="For what happens over time: 30 days, or a week, month, fiscal year, audit cycle … to date."
    )
    as_: f.Format | None = Field(
        None, alias="as", description="What the value is shown as; durations: hours, else number."
    )
    currency: f.Currency | None = Field(None, description="The currency, with `as: currency`; without it USD.")
    better: f.Better | None = Field(None, description="Which way is good; without it the KPI is not judged.")
    target: f.Number | None = Field(None, description="Good enough, in the KPI's unit.")
    warning: f.Number | None = Field(None, description="A value that reaches it is a breach.")
    critical: f.Number | None = Field(None, description="A value that reaches it is a serious breach.")
    campuses: dict[f.Slug, ThresholdsSchema] = Field({}, description="Other levels for some campuses or groups.")
    campus_types: dict[f.Slug, ThresholdsSchema] = Field({}, description="Other levels for all campuses of a type.")
    budget: dict[f.PeriodKey, f.Number] = Field(
        {}, description="What may be spent, by year, like {FY2027: 900000}; levels are then percent of its pace."
    )
    linked: f.Text | None = Field(
        None,
        description="The column that links a row to its asset, say: how many rows have it is told with the number.",
    )
    detail: list[f.Text] = Field([], description="The columns that a list of its rows shows, like [id, opened, room].")
    cross_check: CrossCheckSchema | None = Field(
        None, description="The same KPI from another system; a warning says where the two disagree."
    )
    alert: AlertSchema | None = Field(None, description="Breaches are posted to channels; without it they are not.")


class ChannelSchema(Schema):
    """A channel in which the bot posts."""

    slack: f.SlackChannel = Field(description="Its #name or id in Slack.", examples=['"#tech-leads"'])
    campus: f.Text = Field("district", description="The campus or group meant there by those who name none.")


class DigestSchema(Schema):
    """A summary that is posted to channels on some days of the week."""

    title: f.Text = Field(description="Its headline.", examples=["Weekly KPI digest"])
    when: f.When = Field(description="Day and time, local to the district.", examples=["monday 07:00"])
    channels: list[f.Text] = Field(description="Keys of `channels`.", examples=["[tech-leads]"], min_length=1)
    kpis: list[f.Text] | None = Field(
        None, description="Keys of `kpis`, in the order shown; without it all.", min_length=1
    )
    useful_for: f.Length = Field(
        "1 day", validate_default=True, description="A missed one is still sent this much later."
    )


class NoteSchema(Schema):
    """What happened on a day, shown with every answer that it explains."""

    on: f.Day = Field(description="The day.", examples=["2026-11-09"])
    says: f.Text = Field(description="What happened, in a few words.", examples=["Chromebook refresh week"])
    kpis: list[f.Text] | None = Field(None, description="Only these KPIs; without it all.", min_length=1)
    campuses: list[f.Text] | None = Field(
        None, description="Only these campuses and groups; without it all.", min_length=1
    )


class ConfigSchema(Schema):
    """A file of a kpibot configuration: any of these sections, each in one file only."""

    district: DistrictSchema | None = Field(None, description="The district and its calendar.")
    databases: dict[f.Name, DatabaseSchema] = Field({}, description="The district's databases, only ever read.")
    campuses: Campuses = Field({}, description="The campus tree: groups hold campuses.")
    datasets: dict[f.Name, DatasetSchema] = Field({}, description="Where rows are, in the words of the KPIs.")
    kpis: dict[f.Id, KpiSchema] = Field({}, description="The KPIs, by the word that people type.")
    not_available: dict[f.Id, f.Text] = Field(
        {}, description="KPIs that no system of the district can answer, and why, for who asks for one."
    )
    channels: dict[f.Slug, ChannelSchema] = Field({}, description="The bot's channels in Slack.")
    digests: dict[f.Slug, DigestSchema] = Field({}, description="Summaries, posted by the week.")
    alerts: list[RouteSchema] = Field([], description="Where breaches are posted: the first rule that matches wins.")
    silences: list[SilenceSchema] = Field([], description="Times that recur, in which breaches are not told.")
    notes: list[NoteSchema] = Field([], description="What happened, for whoever looks at a chart.")
