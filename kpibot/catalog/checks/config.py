"""What no single value can tell: whether everything that is referred to is there, and fits."""

import re
from collections.abc import Mapping

from kpibot.catalog.checks.calendar import check_calendar, check_cycles
from kpibot.catalog.checks.campuses import check_campuses
from kpibot.catalog.checks.kpis import check_kpis
from kpibot.catalog.checks.references import References
from kpibot.catalog.checks.routes import check_routes, check_silences
from kpibot.catalog.checks.values import check_either, check_placeholders, check_variables
from kpibot.catalog.files.sections import Sections
from kpibot.catalog.files.templates import substitute, variables
from kpibot.catalog.problems import Path, WordError
from kpibot.catalog.schema.config import ConfigSchema, DatabaseSchema, DatasetSchema, DimensionSchema, DistrictSchema


def check_config(config: ConfigSchema, sections: Sections, environment: Mapping[str, str]) -> None:
    """Reports everything that is wrong with what fits its shape."""
    for name, schema in config.databases.items():
        _check_database(schema, ("databases", name), sections, environment)
    if not sections.is_complete:
        return
    references = References(config, sections)
    _check_required(sections)
    if config.district is not None:
        _check_district(config.district, references)
    check_campuses(references, environment)
    for name, dataset in config.datasets.items():
        _check_dataset(dataset, ("datasets", name), references)
    check_kpis(references)
    check_cycles(references)
    _check_channels(references)
    _check_digests(references)
    check_routes(references)
    check_silences(references)
    _check_notes(references)


def _check_required(sections: Sections) -> None:
    examples = {"district": "`district: {name: Prairie View ISD, zone: America/Chicago}`", "kpis": "`kpis:` and a KPI"}
    for name, example in examples.items():
        if not sections.data.get(name):
            sections.report((name,), "this section is missing", f"write {example} into a file of this folder")


def _check_district(district: DistrictSchema, references: References) -> None:
    if district.administrators is not None:
        references.check("channels", district.administrators, ("district", "administrators"))
    check_calendar(district, references)


def _check_database(database: DatabaseSchema, path: Path, sections: Sections, environment: Mapping[str, str]) -> None:
    check_either(path, ("url", "files"), (database.url, database.files), sections)
    if database.url is not None:
        _check_url(database.url, (*path, "url"), sections, environment)
    for name, file in (database.files or {}).items():
        check_variables(file.path, (*path, "files", name, "path"), sections, environment)


def _check_url(url: str, path: Path, sections: Sections, environment: Mapping[str, str]) -> None:
    try:
        text = substitute(url, environment)
    except WordError as error:
        sections.report(path, str(error), error.hint)
        return
    if not re.match(r"[a-z][a-z0-9]*(\+[a-z0-9_]+)?://", text):
        names = variables(url)
        said = f"the value of `{names[0]}` is not a database URL" if names else "is not a database URL"
        sections.report(path, said, "it begins with `postgresql://` or `sqlite:///`, for example")


def _check_dataset(dataset: DatasetSchema, path: Path, references: References) -> None:
    references.check("databases", dataset.database, (*path, "database"))
    check_either(path, ("table", "select"), (dataset.table, dataset.select), references.sections)
    _check_dimensions(dataset, path, references)
    if dataset.link is not None:
        columns = references.sections.names(str(path[0]), str(path[1]), "columns")
        check_placeholders(dataset.link, columns, (*path, "link"), references.sections)


def _check_dimensions(dataset: DatasetSchema, path: Path, references: References) -> None:
    for word, schema in dataset.dimensions.items():
        here = (*path, "dimensions", word)
        if word == "campus":
            references.sections.report(
                here, "rows are told apart by campus anyway", "choose another word, or leave it out"
            )
        if isinstance(schema, str):
            references.check_column(str(path[-1]), schema, here)
            continue
        if schema.age_of is not None:
            _check_bands(schema, here, references)
        column, key = (schema.age_of, "age_of") if schema.age_of else (schema.column or word, "column")
        references.check_column(str(path[-1]), column, (*here, key))


def _check_bands(schema: DimensionSchema, path: Path, references: References) -> None:
    if schema.column is not None:
        references.sections.report((*path, "column"), "`column` and `age_of` at once", "keep one of them")
    if not schema.bands or sorted(set(schema.bands)) != schema.bands:
        said = "the bands do not grow" if schema.bands else "is missing: `age_of` needs ages at which a band ends"
        references.sections.report((*path, "bands"), said, "write for example `bands: [2, 5, 10, 30]`")


def _check_channels(references: References) -> None:
    for name, channel in references.config.channels.items():
        references.check("campuses", channel.campus, ("channels", name, "campus"))


def _check_digests(references: References) -> None:
    for name, digest in references.config.digests.items():
        references.check_all("channels", digest.channels, ("digests", name, "channels"))
        references.check_all("kpis", digest.kpis, ("digests", name, "kpis"))


def _check_notes(references: References) -> None:
    for index, note in enumerate(references.config.notes):
        references.check_all("kpis", note.kpis, ("notes", index, "kpis"))
        references.check_all("campuses", note.campuses, ("notes", index, "campuses"))
