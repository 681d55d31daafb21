"""Wires the services of one district for a configuration."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kpibot.app.campus_tree import campus_tree
from kpibot.app.clock import seconds_passed
from kpibot.app.process import process_name
from kpibot.catalog.model import Catalog
from kpibot.core.campuses.campus_tree import CampusTreeError
from kpibot.core.kpis.district import District
from kpibot.core.kpis.measures import Query, Simple
from kpibot.core.reports.inspection import Inspection
from kpibot.services.alerts.actions import AlertActions
from kpibot.services.alerts.active_alerts import ActiveAlerts
from kpibot.services.alerts.commands import AlertCommands
from kpibot.services.alerts.monitor import AlertMonitor
from kpibot.services.delivery.idempotency import Idempotency
from kpibot.services.diagnostics.check import CatalogCheck
from kpibot.services.digests.digests import Digests
from kpibot.services.dispatcher import Dispatcher
from kpibot.services.measurement.measurement import Measurement
from kpibot.services.measurement.reporting import Reporting
from kpibot.services.questions.answering import Answering
from kpibot.sources.base import SourceError
from kpibot.sources.circuit_breaker import breaker_of
from kpibot.sources.diagnostics.inspector import SqlInspector
from kpibot.sources.sql.source import SqlSource
from kpibot.store.store import Store, open_engine


@dataclass(frozen=True, kw_only=True)
class Services:
    """The wired services of one district."""

    catalog: Catalog
    sources: dict[str, SqlSource]
    district: District
    measurement: Measurement
    store: Store
    reporting: Reporting
    answering: Answering
    digests: Digests
    alert_monitor: AlertMonitor
    active_alerts: ActiveAlerts
    alert_actions: AlertActions
    dispatcher: Dispatcher
    idempotency: Idempotency

    def inspect(self, as_of: datetime) -> Inspection:
        """Everything that `check` reports except Slack."""
        inspectors = {name: SqlInspector(source.database) for name, source in self.sources.items()}
        check = CatalogCheck(self.catalog, inspectors, self.measurement, self.reporting, as_of, seconds_passed)
        return check.inspection()

    def close(self) -> None:
        """Closes every connection."""
        for source in self.sources.values():
            source.close()
        self.store.close()


def build_services(catalog: Catalog, state_url: str, passed: Callable[[], float] = seconds_passed) -> Services:
    """Wires the services for a configuration. `passed` is a monotonic clock, in seconds.

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
    except (SourceError, CampusTreeError):  # the caller gets no services to close
        for source in sources.values():
            source.close()
        raise
    district = District(tree, calendar, catalog.kpis)
    measurement = Measurement(district, source_of, system_of)
    store = Store(open_engine(state_url), calendar.zone, process_name())
    rhythms = {each.id: each.fresh_within for each in catalog.datasets.values() if each.fresh_within is not None}
    reporting = Reporting(district, measurement, store, rhythms)
    active_alerts = ActiveAlerts(district, catalog.routes, catalog.silences, reporting, store)
    administrators = None if (channel := catalog.district.administrators) is None else catalog.channels[channel]
    alert_actions = AlertActions(district, active_alerts, store, administrators)
    alert_commands = AlertCommands(district, active_alerts, alert_actions, store)
    answering = Answering(district, catalog.datasets, catalog.notes, measurement, reporting, catalog.not_available)
    return Services(
        catalog=catalog,
        sources=sources,
        district=district,
        measurement=measurement,
        store=store,
        reporting=reporting,
        answering=answering,
        digests=Digests(district, catalog.digests, catalog.channels, reporting, store, database_of),
        alert_monitor=AlertMonitor(district, catalog, reporting, store, database_of),
        active_alerts=active_alerts,
        alert_actions=alert_actions,
        dispatcher=Dispatcher(district, catalog.not_available, answering, alert_commands),
        idempotency=Idempotency(store),
    )
