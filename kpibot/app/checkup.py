"""Checks everything that a configuration names: databases, datasets and KPIs."""

from datetime import datetime

from kpibot.app.clock import seconds_passed
from kpibot.app.container import Services
from kpibot.core.reports.inspection import Inspection
from kpibot.services.diagnostics.check import CatalogCheck
from kpibot.sources.diagnostics.inspector import SqlInspector


def checkup(services: Services, as_of: datetime) -> Inspection:
    """What `check` finds, of everything but Slack."""
    inspectors = {name: SqlInspector(source.database) for name, source in services.sources.items()}
    check = CatalogCheck(services.catalog, inspectors, services.measurement, services.reporting, as_of, seconds_passed)
    return check.inspection()
