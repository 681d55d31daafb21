"""Whether the campuses make sense: who claims which name or code, and whether a list of them can be read."""

from collections.abc import Mapping

from kpibot.catalog.checks.references import References
from kpibot.catalog.checks.values import check_either, check_placeholders, check_variables
from kpibot.catalog.problems import Path
from kpibot.catalog.schema.campuses import CampusListSchema
from kpibot.core.campuses.campus_tree import ANY

COLUMNS = ("code", "name", "parent", "path", "type")  # that slugs and names may be made of


def check_campuses(references: References, environment: Mapping[str, str]) -> None:
    """Reports everything that is wrong with the campuses."""
    _ = references.campus_by_name
    _check_reserved(references)
    for path, campus in references.campus_tree:
        for system in campus.aliases if isinstance(campus.aliases, dict) else ():
            references.check("systems", system, (*path, "aliases", system))
    if isinstance(references.config.campuses, CampusListSchema):
        _check_list(references.config.campuses, references, environment)


def _check_reserved(references: References) -> None:
    """A system cannot have the name that means all of them."""
    paths: list[Path] = [("databases", name) for name in references.config.databases if name == ANY]
    paths += [("datasets", name, "system") for name, each in references.config.datasets.items() if each.system == ANY]
    for path in paths:
        references.sections.report(path, f"`{ANY}` stands for all systems in `aliases`", "give this one another name")


def _check_list(campuses: CampusListSchema, references: References, environment: Mapping[str, str]) -> None:
    path: Path = ("campuses",)
    if campuses.database is not None:
        references.check("databases", campuses.database, (*path, "database"))
    if campuses.orgs is not None:
        check_variables(campuses.orgs, (*path, "orgs"), references.sections, environment)
    if campuses.system is not None:
        references.check("systems", campuses.system, (*path, "system"))
    check_either(path, ("select", "orgs"), (campuses.select, campuses.orgs), references.sections)
    _check_database(campuses, references)
    _check_templates(campuses, references)
    _check_rule(campuses, references)


def _check_database(campuses: CampusListSchema, references: References) -> None:
    written = references.sections.names("campuses")
    if "select" in written and "database" not in written:
        references.sections.report(("campuses", "database"), "is missing", "write for example `database: helpdesk`")
    if "orgs" in written and "database" in written and "select" not in written:
        said = "`orgs` is a file of its own and lies in no database"
        references.sections.report(("campuses", "database"), said, "leave `database` out")


def _check_templates(campuses: CampusListSchema, references: References) -> None:
    for key, template in (("slug", campuses.slug), ("name", campuses.name)):
        if template is None:
            continue
        check_placeholders(template, COLUMNS, ("campuses", key), references.sections)
        if "{" not in template:
            said = f"every campus would have the same {key}"
            references.sections.report(("campuses", key), said, "write for example `location-{code}`")


def _check_rule(campuses: CampusListSchema, references: References) -> None:
    rule, path = campuses.campuses_are, ("campuses", "campuses_are")
    written = references.sections.names(*path)
    if rule is not None and len(written) != 1:
        said = "says nothing" if not written else "says two things at once"
        references.sections.report(path, said, "write one of `level`, `types` or `codes`, for example `{level: 2}`")
