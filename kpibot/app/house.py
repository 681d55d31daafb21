"""Wires the services of one district for a configuration."""

from dataclasses import dataclass

from kpibot.catalog.model import CampusSelect, Catalog
from kpibot.core.campus import Campus, CampusTree, CampusTreeError
from kpibot.core.measures import Query, Simple
from kpibot.core.words import did_you_mean, slug
from kpibot.services.answering import Answering
from kpibot.services.digest import Digests
from kpibot.services.measuring import Measuring
from kpibot.services.reporting import Reporting
from kpibot.services.watch import Watch
from kpibot.sources.sql import SqlSource
from kpibot.store.store import Store, open_engine


@dataclass(frozen=True)
class House:
    """The wired services of one district."""

    catalog: Catalog
    sources: dict[str, SqlSource]
    measuring: Measuring
    store: Store
    reporting: Reporting
    answering: Answering
    digests: Digests
    watch: Watch

    def close(self) -> None:
        """Gives back every connection."""
        for source in self.sources.values():
            source.close()
        self.store.close()


def furnish(catalog: Catalog, state_url: str) -> House:
    """Wires the services for a configuration.

    Raises:
        SourceError: the campuses are to be read from a database that does not answer.
        CampusTreeError: the campuses read form no tree, or lack one that the configuration names.
    """
    zone = catalog.district.calendar.zone
    sources = {database.name: SqlSource(database, catalog.datasets, zone) for database in catalog.databases.values()}

    def source_of(measure: Simple) -> SqlSource:
        database = measure.database if isinstance(measure, Query) else catalog.datasets[measure.dataset].database
        return sources[database]

    tree = CampusTree(_campuses(catalog, sources), catalog.district.name)
    _check_campuses(catalog, tree)
    measuring = Measuring(tree, catalog.district.calendar, source_of)
    store = Store(open_engine(state_url), zone)
    rhythms = {each.id: each.fresh_within for each in catalog.datasets.values() if each.fresh_within is not None}
    reporting = Reporting(measuring, store, rhythms)
    return House(
        catalog=catalog,
        sources=sources,
        measuring=measuring,
        store=store,
        reporting=reporting,
        answering=Answering(catalog.kpis, catalog.notes, reporting),
        digests=Digests(catalog.digests, catalog.channels, catalog.kpis, reporting, store),
        watch=Watch(catalog.kpis, catalog.routes, reporting, store, catalog.district),
    )


def _campuses(catalog: Catalog, sources: dict[str, SqlSource]) -> tuple[Campus, ...]:
    if not isinstance(catalog.campuses, CampusSelect):
        return catalog.campuses
    chosen = catalog.campuses
    rows = sources[chosen.database].select(chosen.select)
    slugs = {str(row["code"]): slug(chosen.slug.format_map(row)) for row in rows}
    return tuple(
        Campus(
            slug=slugs[str(row["code"])],
            name=chosen.name.format_map(row),
            parent=slugs.get(str(row["parent"]), str(row["parent"])) if row.get("parent") is not None else None,
            aliases=(str(row["code"]),),
        )
        for row in rows
    )


def _check_campuses(catalog: Catalog, tree: CampusTree) -> None:
    """Campuses that are read from a database are known only now, and with them whether everybody's campus exists."""
    named = [(f"channels.{channel.id}", channel.campus) for channel in catalog.channels.values()]
    named += [(f"kpis.{kpi.id}", campus) for kpi in catalog.kpis.values() for campus in kpi.overrides]
    named += [("alerts", campus) for route in catalog.routes for campus in route.campuses or ()]
    named += [("notes", campus) for rule in catalog.notes for campus in rule.campuses or ()]
    for where, campus in named:
        if campus not in tree:
            raise CampusTreeError(f"{where}: no campus `{campus}`{did_you_mean(campus, [each.slug for each in tree])}")
