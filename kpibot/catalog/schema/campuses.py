"""The shapes of the campuses: written down in their tree, or read from a list that a system keeps."""

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from kpibot.catalog.schema import fields as f
from kpibot.catalog.schema.schema_base import Schema


def aliases_kind(raw: Any) -> str:
    """Whether aliases are given by system, or for all systems at once."""
    return "aliases by system" if isinstance(raw, dict) else "aliases in all systems"


Aliases = Annotated[
    Annotated[list[f.Code], Tag("aliases in all systems")] | Annotated[dict[f.Name, f.Codes], Tag("aliases by system")],
    Discriminator(aliases_kind),
    Field(
        description="What the district's systems call it: codes and names, or {system: code} where a code means it in "
        "one system only, and {any: …} beside those. A system is a database, or the `system` of a dataset."
    ),
]
TYPE = Field(None, description="What kind of campus it is: high, middle, elementary, office or any other word.")
STUDENTS = Field(None, description="Its enrolment; 0 for an office. Without it, a group's is the sum of its campuses'.")
DEVICES = Field(None, description="How many devices it has. Without it, a group's is the sum of its campuses'.")


class CampusSchema(Schema):
    """A campus, or a group of campuses such as a feeder or region."""

    name: f.Text = Field(description="What people call it.", examples=["Campus West High School"])
    type: f.Text | None = TYPE
    students: f.Size | None = STUDENTS
    devices: f.Size | None = DEVICES
    aliases: Aliases = Field([])
    campuses: "dict[f.Slug, CampusSchema]" = Field({}, description="The campuses of this group.")


class KnownCampusSchema(Schema):
    """What is written of a campus that was read from a list: it comes before what the list says."""

    name: f.Text | None = Field(None, description="What people call it; needed where the list lacks the campus.")
    type: f.Text | None = TYPE
    students: f.Size | None = STUDENTS
    devices: f.Size | None = DEVICES
    aliases: Aliases = Field([])
    campuses: "dict[f.Slug, KnownCampusSchema]" = Field({}, description="The campuses that are moved to this group.")


class CampusRuleSchema(Schema):
    """Which places of a list are campuses; what lies above them is a group, what lies within them is theirs."""

    level: f.Level | None = Field(None, description="Those so many levels down; 1 is the top.")
    types: f.OneOrMany | None = Field(None, description="Those whose column `type` says one of these.")
    codes: f.Codes | None = Field(None, description="Those with these codes.")


class CampusListSchema(Schema):
    """Campuses read from a list that a system of the district keeps, and what is written of them."""

    database: f.Text | None = Field(None, description="A key of `databases`.", examples=["helpdesk"])
    select: f.Statement | None = Field(
        None,
        description="A SELECT with the column code (or path), and any of name, parent, path, type, students, devices "
        "and aliases (separated by semicolons). Parent is a code; a path reads like District > School > Room.",
        examples=["SELECT DISTINCT site AS code FROM tickets"],
    )
    orgs: f.Text | None = Field(
        None, description="An orgs.csv of OneRoster instead of a SELECT: where it lies.", examples=['"${ORGS_CSV}"']
    )
    separator: f.Separator = Field(" > ", description="What stands between the steps of a path.")
    campuses_are: CampusRuleSchema | None = Field(
        None, description="Which places are campuses; without it all of them.", examples=["{level: 2}"]
    )
    system: f.Name | None = Field(
        None,
        description="Whose codes these are: a system, or any for all of them. Without it the database's own; "
        "those of orgs.csv are everybody's.",
    )
    slug: f.Text | None = Field(
        None, description="How the slug that people type is made, like location-{code}; without it from the name."
    )
    name: f.Text | None = Field(
        None, description="How the name is made, like Location {code}; without it the column name, else path or code."
    )
    campuses: dict[f.Slug, KnownCampusSchema] = Field(
        {}, description="What to add to what was read, or to put in its place; and campuses that the list lacks."
    )


def campuses_kind(raw: Any) -> str:
    """Whether campuses are written down or read from a list."""
    is_list = isinstance(raw, dict) and any(isinstance(raw.get(key), str) for key in ("database", "select", "orgs"))
    return "campus list" if is_list else "campus tree"


Campuses = Annotated[
    Annotated[dict[f.Slug, CampusSchema], Tag("campus tree")] | Annotated[CampusListSchema, Tag("campus list")],
    Discriminator(campuses_kind),
]
