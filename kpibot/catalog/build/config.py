"""From checked shapes to the frozen values that everybody else works with. Nothing can go wrong here any more."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

from kpibot.catalog.build.alerts import build_route, build_silence, some
from kpibot.catalog.build.calendar import build_calendar
from kpibot.catalog.build.kpis import build_kpi
from kpibot.catalog.feeds.holiday_feed import HolidayFeed, Holidays
from kpibot.catalog.files.templates import substitute
from kpibot.catalog.model import (
    CampusList,
    Catalog,
    Channel,
    Database,
    Dataset,
    Digest,
    DistrictConfig,
    FileTable,
    NoteRule,
)
from kpibot.catalog.problems import Path, SourceLocation
from kpibot.catalog.schema.campuses import CampusListSchema, CampusRuleSchema, CampusSchema, KnownCampusSchema
from kpibot.catalog.schema.config import ConfigSchema, DatabaseSchema, DimensionSchema, DistrictSchema, NoteSchema
from kpibot.core.campuses.campus_tree import ANY, Campus, alias_key, type_key
from kpibot.core.campuses.locations import CampusRule
from kpibot.core.kpis.dimensions import Dimension
from kpibot.core.reports.answers import Note

V = TypeVar("V")


def build_catalog(
    config: ConfigSchema, environment: Mapping[str, str], feed: HolidayFeed, locations: Mapping[Path, SourceLocation]
) -> Catalog:
    """The catalog of a configuration in which `check` found nothing wrong, with the holidays of its feed, and where
    everything in it was written."""
    assert config.district is not None
    district = _district(config.district, feed.holidays)
    datasets = _datasets(config, district)
    return Catalog(
        district=district,
        databases=_frozen({name: _database(name, each, environment) for name, each in config.databases.items()}),
        campuses=_campuses(config.campuses, environment),
        datasets=_frozen(datasets),
        kpis=_frozen({name: build_kpi(name, kpi, datasets) for name, kpi in config.kpis.items()}),
        channels=_frozen({name: Channel(name, each.slack, each.campus) for name, each in config.channels.items()}),
        digests=_frozen(_digests(config)),
        routes=tuple(map(build_route, config.alerts)),
        notes=tuple(map(_note, config.notes)),
        silences=tuple(map(build_silence, config.silences)),
        not_available=_frozen({name: why for name, why in config.not_available.items() if name not in config.kpis}),
        feed_notices=feed.notices,
        locations=MappingProxyType(locations),
    )


def _frozen(entries: dict[str, V]) -> Mapping[str, V]:
    return MappingProxyType(entries)


def _district(schema: DistrictSchema, feed: Holidays) -> DistrictConfig:
    return DistrictConfig(schema.name, build_calendar(schema, feed), schema.measure_every, schema.administrators)


def _database(name: str, schema: DatabaseSchema, environment: Mapping[str, str]) -> Database:
    files = {
        table: FileTable(substitute(file.path, environment), MappingProxyType(file.options))
        for table, file in (schema.files or {}).items()
    }
    url = None if schema.url is None else substitute(schema.url, environment)
    return Database(name, schema.timeout, url, MappingProxyType(files), schema.connections)


def _campuses(
    schema: dict[str, CampusSchema] | CampusListSchema, environment: Mapping[str, str]
) -> tuple[Campus, ...] | CampusList:
    if not isinstance(schema, CampusListSchema):
        return tuple(_tree(schema, None))
    return CampusList(
        system=schema.system or schema.database or ANY,
        database=schema.database,
        select=schema.select,
        orgs=None if schema.orgs is None else substitute(schema.orgs, environment),
        slug=schema.slug,
        name=schema.name,
        separator=schema.separator,
        rule=_rule(schema.campuses_are),
        written=tuple(_tree(schema.campuses, None)),
    )


def _rule(schema: CampusRuleSchema | None) -> CampusRule:
    if schema is None:
        return CampusRule()
    types, codes = map(type_key, schema.types or ()), map(alias_key, schema.codes or ())
    return CampusRule(schema.level, frozenset(filter(None, types)), frozenset(codes))


def _tree(campuses: Mapping[str, CampusSchema | KnownCampusSchema], parent: str | None) -> list[Campus]:
    tree = []
    for slug, schema in campuses.items():
        tree += [_campus(slug, schema, parent), *_tree(schema.campuses, slug)]
    return tree


def _campus(slug: str, schema: CampusSchema | KnownCampusSchema, parent: str | None) -> Campus:
    codes = {ANY: schema.aliases} if isinstance(schema.aliases, list) else schema.aliases
    return Campus(
        slug=slug,
        name=schema.name or "",
        parent=parent,
        aliases=tuple(codes.get(ANY, ())),
        codes={system: tuple(words) for system, words in codes.items() if system != ANY},
        type=schema.type,
        students=schema.students,
        devices=schema.devices,
    )


def _datasets(config: ConfigSchema, district: DistrictConfig) -> dict[str, Dataset]:
    return {
        name: Dataset(
            id=name,
            database=schema.database,
            table=schema.table,
            select=schema.select,
            columns=MappingProxyType(schema.columns),
            rows=schema.rows or name.replace("_", " ").replace("-", " "),
            zone=schema.zone or district.calendar.zone,
            fresh_within=schema.fresh_within,
            link=schema.link,
            dimensions=MappingProxyType({word: _dimension(word, each) for word, each in schema.dimensions.items()}),
            system=schema.system,
        )
        for name, schema in config.datasets.items()
    }


def _dimension(word: str, schema: str | DimensionSchema) -> Dimension:
    if isinstance(schema, str):
        return Dimension(word, schema)
    if schema.age_of is not None:
        return Dimension(word, schema.age_of, bands=tuple(schema.bands), working=schema.in_ == "working days")
    return Dimension(word, schema.column or word, MappingProxyType(schema.labels))


def _digests(config: ConfigSchema) -> dict[str, Digest]:
    return {
        name: Digest(
            id=name,
            title=schema.title,
            weekdays=schema.when[0],
            at=schema.when[1],
            channels=tuple(schema.channels),
            kpis=tuple(schema.kpis or config.kpis),
            useful_for=schema.useful_for,
        )
        for name, schema in config.digests.items()
    }


def _note(schema: NoteSchema) -> NoteRule:
    return NoteRule(Note(schema.on, schema.says), some(schema.kpis), some(schema.campuses))
