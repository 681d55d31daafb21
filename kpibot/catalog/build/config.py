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
    config: ConfigSchema, environment: Mapping[str, str], feed: HolidayFeed, places: Mapping[Path, SourceLocation]
) -> Catalog:
    """The catalogue of a configuration in which `check` found nothing wrong, with the holidays of its feed, and where
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
        places=MappingProxyType(places),
    )


def _frozen(entries: dict[str, V]) -> Mapping[str, V]:
    return MappingProxyType(entries)


def _district(shape: DistrictSchema, feed: Holidays) -> DistrictConfig:
    return DistrictConfig(shape.name, build_calendar(shape, feed), shape.measure_every, shape.administrators)


def _database(name: str, shape: DatabaseSchema, environment: Mapping[str, str]) -> Database:
    files = {
        table: FileTable(substitute(file.path, environment), MappingProxyType(file.options))
        for table, file in (shape.files or {}).items()
    }
    url = None if shape.url is None else substitute(shape.url, environment)
    return Database(name, shape.timeout, url, MappingProxyType(files), shape.connections)


def _campuses(
    shape: dict[str, CampusSchema] | CampusListSchema, environment: Mapping[str, str]
) -> tuple[Campus, ...] | CampusList:
    if not isinstance(shape, CampusListSchema):
        return tuple(_tree(shape, None))
    return CampusList(
        system=shape.system or shape.database or ANY,
        database=shape.database,
        select=shape.select,
        orgs=None if shape.orgs is None else substitute(shape.orgs, environment),
        slug=shape.slug,
        name=shape.name,
        separator=shape.separator,
        rule=_rule(shape.campuses_are),
        written=tuple(_tree(shape.campuses, None)),
    )


def _rule(shape: CampusRuleSchema | None) -> CampusRule:
    if shape is None:
        return CampusRule()
    types, codes = map(type_key, shape.types or ()), map(alias_key, shape.codes or ())
    return CampusRule(shape.level, frozenset(filter(None, types)), frozenset(codes))


def _tree(campuses: Mapping[str, CampusSchema | KnownCampusSchema], parent: str | None) -> list[Campus]:
    found = []
    for slug, shape in campuses.items():
        found += [_campus(slug, shape, parent), *_tree(shape.campuses, slug)]
    return found


def _campus(slug: str, shape: CampusSchema | KnownCampusSchema, parent: str | None) -> Campus:
    codes = {ANY: shape.aliases} if isinstance(shape.aliases, list) else shape.aliases
    return Campus(
        slug=slug,
        name=shape.name or "",
        parent=parent,
        aliases=tuple(codes.get(ANY, ())),
        codes={system: tuple(words) for system, words in codes.items() if system != ANY},
        type=shape.type,
        students=shape.students,
        devices=shape.devices,
    )


def _datasets(config: ConfigSchema, district: DistrictConfig) -> dict[str, Dataset]:
    return {
        name: Dataset(
            id=name,
            database=shape.database,
            table=shape.table,
            select=shape.select,
            columns=MappingProxyType(shape.columns),
            rows=shape.rows or name.replace("_", " ").replace("-", " "),
            zone=shape.zone or district.calendar.zone,
            fresh_within=shape.fresh_within,
            link=shape.link,
            dimensions=MappingProxyType({word: _dimension(word, each) for word, each in shape.dimensions.items()}),
            system=shape.system,
        )
        for name, shape in config.datasets.items()
    }


def _dimension(word: str, shape: str | DimensionSchema) -> Dimension:
    if isinstance(shape, str):
        return Dimension(word, shape)
    if shape.age_of is not None:
        return Dimension(word, shape.age_of, bands=tuple(shape.bands), working=shape.in_ == "working days")
    return Dimension(word, shape.column or word, MappingProxyType(shape.labels))


def _digests(config: ConfigSchema) -> dict[str, Digest]:
    return {
        name: Digest(
            id=name,
            title=shape.title,
            weekdays=shape.when[0],
            at=shape.when[1],
            channels=tuple(shape.channels),
            kpis=tuple(shape.kpis or config.kpis),
            useful_for=shape.useful_for,
        )
        for name, shape in config.digests.items()
    }


def _note(shape: NoteSchema) -> NoteRule:
    return NoteRule(Note(shape.on, shape.says), some(shape.kpis), some(shape.campuses))
