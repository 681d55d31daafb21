"""The shapes of what is about alerts: when a breach is told, where it goes, and when nobody wants to hear of it."""

from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from kpibot.catalog.parse import alert_values, scalars
from kpibot.catalog.problems import WordError
from kpibot.catalog.schema import fields as f
from kpibot.catalog.schema.schema_base import Schema
from kpibot.core.alerts.silences import RecurringSilence

SIGNALS = ("worsens_by", "unusual", "critical_within")


def _yes(raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    raise WordError("`true` or `false` belongs here", "write `true`, or leave the key out")


Yes = Annotated[bool, BeforeValidator(_yes), WithJsonSchema({"type": "boolean"})]
Percent = Annotated[
    float, f.worded(alert_values.percent_change), f.string_schema(pattern=r"^\d+(\.\d+)? ?(percent|%)$")
]
WholeDays = Annotated[int, f.worded(alert_values.whole_days), f.string_schema(pattern=r"^\d+ ?(d|w|days?|weeks?)$")]
SchoolDays = Annotated[int, f.worded(alert_values.school_days), f.string_schema(pattern=r"^\d+ school days?$")]
Deviations = Annotated[
    float,
    BeforeValidator(alert_values.deviations),
    WithJsonSchema({"anyOf": [{"const": True}, {"type": "string", "pattern": r"^\d+(\.\d+)? deviations?$"}]}),
]
Somebody = Annotated[
    str, BeforeValidator(lambda raw: alert_values.somebody(scalars.parse_text(raw))), f.string_schema(pattern="^@")
]
Recurring = Annotated[
    RecurringSilence,
    BeforeValidator(lambda raw: alert_values.recurring(scalars.parse_text(raw))),
    f.string_schema(minLength=1),
]
Severity = Annotated[str, f.choice_of("warning", "critical"), f.string_schema(enum=["warning", "critical"])]
HoursOf = Annotated[
    str, f.choice_of("working hours", "other hours"), f.string_schema(enum=["working hours", "other hours"])
]
WatchedAt = Annotated[str, f.choice_of("campuses", "district"), f.string_schema(enum=["campuses", "district"])]
Inhibited = Annotated[str, f.choice_of("campuses"), f.string_schema(enum=["campuses"])]


class EscalationSchema(Schema):
    """Who is called when nobody has acknowledged a critical breach for a while."""

    after: f.Length = Field(description="How long nobody has acknowledged it, at night too.", examples=["1h"])
    to: Somebody = Field(description="A person or group of Slack.", examples=['"@director"'])


class SignalSchema(Schema):
    """A warning that no fixed threshold gives; it looks at the last value of each day, and only for the worse."""

    worsens_by: Percent | None = Field(None, description="Warns of a change for the worse by so much, `within` days.")
    within: WholeDays | None = Field(None, description="The days of that change, like 7 days.")
    unusual: Deviations | None = Field(
        None,
        description="`true`: warns of a value far beyond what this weekday had in the last 8 weeks, and around this "
        "day last year. How far: 4 (median) deviations, or write for example `3 deviations`.",
    )
    critical_within: SchoolDays | None = Field(
        None, description="Warns where the course of the last 20 school days reaches `critical` within so many more."
    )


class AlertSchema(Schema):
    """When a breach is told, and when it is over."""

    after: f.Measurements = Field(1, description="How many measurements in a row must see it, like 2 measurements.")
    recovers_at: f.Number | None = Field(
        None,
        description="The value at which a breach is over, on the good side of the warning; without it the warning. "
        "Campuses with a warning of their own have it in proportion.",
    )
    remind: f.Length | None = Field(None, description="How long until people are told again, like 4h.")
    acknowledged_for: f.Length | None = Field(
        None,
        description="How long an acknowledgement holds reminders back; without it 8h, or as long as `remind` where "
        "that is longer.",
    )
    escalate: list[EscalationSchema] = Field(
        [],
        description="Who is called while nobody acknowledges a critical breach, one after the other, like "
        '[{after: 1h, to: "@director"}].',
    )
    warns_if: list[SignalSchema] = Field(
        [],
        description="What warns beside the thresholds: {worsens_by: 30 percent, within: 7 days}, {unusual: true}, "
        "{critical_within: 10 school days}.",
    )
    any_time: Yes = Field(
        False, description="`true`: outside of working hours warnings are told as well, not only what is critical."
    )
    on_holidays: Yes = Field(False, description="`true`: told on holidays, too.")
    at: list[WatchedAt] = Field(
        ["campuses"],
        description="[campuses, district]: the district as a whole is watched as well.",
        min_length=1,
    )
    inhibits: Inhibited | None = Field(
        None, description="`campuses`: while the district itself is in breach, its campuses are not told apart."
    )


class RouteSchema(Schema):
    """Where breaches are posted. The first rule that matches a breach wins; what it does not name it takes all of."""

    channel: f.Text = Field(description="A key of `channels`.", examples=["tech-leads"])
    kpis: list[f.Text] | None = Field(None, description="Only these KPIs; without it all.", min_length=1)
    categories: list[f.Category] | None = Field(
        None, description="Only KPIs of these categories; without it all.", min_length=1
    )
    campuses: list[f.Text] | None = Field(
        None, description="Only these campuses and groups; without it all.", min_length=1
    )
    severity: Severity | None = Field(None, description="Only warnings, or only what is critical; without it both.")
    when: HoursOf | None = Field(
        None, description="Only in working hours, or only in all other hours; without it at any time."
    )
    mention: Somebody | None = Field(
        None, description="Whom to call instead of the KPI's owner: a person or group of Slack, like @west-oncall."
    )


class SilenceSchema(Schema):
    """A time that recurs, in which breaches are noticed but not told."""

    name: f.Text = Field(description="What people are told it is.", examples=["Patch night"])
    when: Recurring = Field(
        description="`holidays` or `breaks` of the calendar, days of the week with or without hours, or days of every "
        "year: wednesday 18:00-22:00, sat-sun, 06-10..08-05. Hours that end before they begin end on the next day.",
        examples=["wednesday 18:00-22:00"],
    )
    kpis: list[f.Text] | None = Field(None, description="Only these KPIs; without it all.", min_length=1)
    campuses: list[f.Text] | None = Field(
        None, description="Only these campuses and groups; without it all.", min_length=1
    )
