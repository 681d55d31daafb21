"""Wires the services of one district for a configuration."""

from collections.abc import Callable
from dataclasses import dataclass

from kpibot.app.campuses import campus_tree
from kpibot.app.clock import seconds_passed
from kpibot.app.process import process_name
from kpibot.catalog.model import Catalog
from kpibot.core.campus import CampusTreeError
from kpibot.core.measures import Query, Simple
from kpibot.services.acting import Acting
from kpibot.services.answering import Answering
from kpibot.services.commands import Commands
from kpibot.services.digest import Digests
from kpibot.services.measuring import Measuring
from kpibot.services.once import Once
from kpibot.services.reporting import Reporting
from kpibot.services.standing import StandingAlerts
from kpibot.services.watch import Watch
from kpibot.sources.base import SourceError
from kpibot.sources.breaker import breaker_of
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
    standing: StandingAlerts
    acting: Acting
    commands: Commands
    once: Once

    def close(self) -> None:
        """Gives back every connection."""
        for source in self.sources.values():
            source.close()
        self.store.close()


def furnish(catalog: Catalog, state_url: str, passed: Callable[[], float] = seconds_passed) -> House:
    """Wires the services for a configuration. `passed` gives seconds of a clock that never goes back.

    Raises:
        SourceError: the campuses are to be read from a database or file that does not answer.
        StoreError: the state database cannot be opened.
        CampusTreeError: the campuses read form no tree, or lack one that the configuration names.
    """
    calendar = catalog.district.calendar
    sources = {
        database.name: SqlSource(
            database,
            catalog.datasets,
            calendar.zone,
            breaker_of(database, passed),
            lasting=calendar.working_seconds,
        )
        for database in catalog.databases.values()
    }

    def database_of(measure: Simple) -> str:
        return measure.database if isinstance(measure, Query) else catalog.datasets[measure.dataset].database

    def source_of(measure: Simple) -> SqlSource:
        return sources[database_of(measure)]

    def system_of(measure: Simple) -> str:
        if isinstance(measure, Query):
            return measure.database
        dataset = catalog.datasets[measure.dataset]
        return dataset.system or dataset.database

    try:
        tree = campus_tree(catalog, lambda database, sql: sources[database].select(sql))
    except (SourceError, CampusTreeError):  # nobody will have a house to close
        for source in sources.values():
            source.close()
        raise
    measuring = Measuring(tree, catalog.district.calendar, source_of, system_of)
    store = Store(open_engine(state_url), calendar.zone, process_name())
    rhythms = {each.id: each.fresh_within for each in catalog.datasets.values() if each.fresh_within is not None}
    reporting = Reporting(measuring, store, rhythms)
    standing = StandingAlerts(catalog.kpis, catalog.routes, catalog.silences, reporting, store)
    administrators = catalog.district.administrators
    acting = Acting(catalog.kpis, standing, store, None if administrators is None else catalog.channels[administrators])
    return House(
        catalog=catalog,
        sources=sources,
        measuring=measuring,
        store=store,
        reporting=reporting,
        answering=Answering(catalog.kpis, catalog.datasets, catalog.notes, reporting, catalog.not_available),
        digests=Digests(catalog.digests, catalog.channels, catalog.kpis, reporting, store, database_of),
        watch=Watch(catalog, reporting, store, database_of),
        standing=standing,
        acting=acting,
        commands=Commands(catalog.kpis, measuring, standing, acting, store),
        once=Once(store),
    )
