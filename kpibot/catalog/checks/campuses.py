"""Whether the campuses make sense: who claims which name or code, and whether a list of them can be read."""

from collections.abc import Mapping

from kpibot.catalog.checks.references import References
from kpibot.catalog.checks.values import check_either, check_placeholders, check_variables
from kpibot.catalog.problems import Path
from kpibot.catalog.schema.campuses import CampusListSchema
from kpibot.core.campuses.campus_tree import ANY

COLUMNS = ("code", "name", "parent", "path", "type")  # that slugs and names may be made of


def check_campuses(known: References, environment: Mapping[str, str]) -> None:
    """Reports everything that is wrong with the campuses."""
    _ = known.claims
    _check_reserved(known)
    for path, campus in known.campus_tree:
        for system in campus.aliases if isinstance(campus.aliases, dict) else ():
            known.check("systems", system, (*path, "aliases", system))
    if isinstance(known.config.campuses, CampusListSchema):
        _check_list(known.config.campuses, known, environment)


def _check_reserved(known: References) -> None:
    """A system cannot be called what stands for all of them."""
    paths: list[Path] = [("databases", name) for name in known.config.databases if name == ANY]
    paths += [("datasets", name, "system") for name, each in known.config.datasets.items() if each.system == ANY]
    for path in paths:
        known.sections.report(path, f"`{ANY}` stands for all systems in `aliases`", "give this one another name")


def _check_list(campuses: CampusListSchema, known: References, environment: Mapping[str, str]) -> None:
    path: Path = ("campuses",)
    if campuses.database is not None:
        known.check("databases", campuses.database, (*path, "database"))
    if campuses.orgs is not None:
        check_variables(campuses.orgs, (*path, "orgs"), known.sections, environment)
    if campuses.system is not None:
        known.check("systems", campuses.system, (*path, "system"))
    check_either(path, ("select", "orgs"), (campuses.select, campuses.orgs), known.sections)
    _check_database(campuses, known)
    _check_templates(campuses, known)
    _check_rule(campuses, known)


def _check_database(campuses: CampusListSchema, known: References) -> None:
    written = known.sections.names("campuses")
    if "select" in written and "database" not in written:
        known.sections.report(("campuses", "database"), "is missing", "write for example `database: helpdesk`")
    if "orgs" in written and "database" in written and "select" not in written:
        said = "`orgs` is a file of its own and lies in no database"
        known.sections.report(("campuses", "database"), said, "leave `database` out")


def _check_templates(campuses: CampusListSchema, known: References) -> None:
    for key, template in (("slug", campuses.slug), ("name", campuses.name)):
        if template is None:
            continue
        check_placeholders(template, COLUMNS, ("campuses", key), known.sections)
        if "{" not in template:
            said = f"every campus would have the same {key}"
            known.sections.report(("campuses", key), said, "write for example `location-{code}`")


def _check_rule(campuses: CampusListSchema, known: References) -> None:
    rule, path = campuses.campuses_are, ("campuses", "campuses_are")
    written = known.sections.names(*path)
    if rule is not None and len(written) != 1:
        said = "says nothing" if not written else "says two things at once"
        known.sections.report(path, said, "write one of `level`, `types` or `codes`, for example `{level: 2}`")
