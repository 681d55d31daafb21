"""The made-up district as kpibot knows it: its configuration over the tables, and both ways to a database."""

import re
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.by_hand import Task
from benchmarks.tables import NOW
from kpibot.app.container import Services, build_services
from kpibot.catalog import load
from kpibot.core.kpis.kpi import Kpi

CONFIG = """
district: {name: Benchmark ISD, zone: UTC, working_hours: {mon-fri: "08:00-16:00"}}
databases: {systems: {url: "${SYSTEMS_URL}", timeout: 10 minutes}}
datasets:
  tickets:
    database: systems
    table: tickets
    columns: {id: id, campus: campus, asset: asset, opened: opened, replied: replied, resolved: resolved}
  assets:
    database: systems
    table: assets
    columns: {id: id, campus: campus, received: received, deployed: deployed, gone: gone, cost: cost}
  checkouts:
    database: systems
    table: checkouts
    columns: {campus: campus, taken: taken, due: due, returned: returned}
  losses: {database: systems, table: losses, columns: {campus: campus, happened: happened}}
  audits: {database: systems, table: audits, columns: {campus: campus, listed: listed, verified: verified}}
  orders:
    database: systems
    table: orders
    columns: {number: number, campus: campus, approved: approved, value: value}
  licenses: {database: systems, table: licenses, columns: {campus: campus, starts: starts, owned: owned, used: used}}
  training: {database: systems, table: training, columns: {campus: campus, begins: begins, completed: completed}}
channels: {tech: {slack: "#tech", campus: district}}
alerts: [{channel: tech}]
kpis:
"""
KPI = """
  {id}:
    name: {id}
    objective: It is measured
    owner: "@nobody"
    measure: {measure}
    better: lower
    target: 1000000
    warning: 2000000
    critical: 3000000
    alert: {{after: 1 measurement}}
    {more}
"""


class BenchmarkDistrict:
    """A filled database, as its driver and as kpibot sees it."""

    def __init__(self, name: str, target: str, campuses: int, tasks: Mapping[str, Task], folder: Path) -> None:
        """`target` is a PostgreSQL URI or the path of an SQLite file; `tasks` are KPIs by id."""
        self.name = name
        self.dialect = "postgresql" if target.startswith("postgresql:") else "sqlite"
        self._connection: Any = (
            psycopg.connect(target, autocommit=True) if self.dialect == "postgresql" else sqlite3.connect(target)
        )
        folder.mkdir()
        listed = (f"  campus-{n}: {{name: Campus {n}, aliases: [C{n}]}}" for n in range(campuses))
        (folder / "campuses.yaml").write_text("campuses:\n" + "\n".join(listed))
        written = (KPI.format(id=each, measure=task.measure, more=task.more) for each, task in tasks.items())
        (folder / "district.yaml").write_text(CONFIG + "".join(written))
        url = target if self.dialect == "postgresql" else f"sqlite:///{target}"
        self.services: Services = build_services(load(folder, {"SYSTEMS_URL": url}), f"sqlite:///{folder}/state.db")

    def by_hand(self, sql: str, **bound: Any) -> list[tuple[Any, ...]]:
        """The rows of a statement, through the driver alone. It has `:name` for a parameter; instants are naive UTC."""
        values = {name: self._bound(value) for name, value in {"now": NOW, **bound}.items()}
        statement = re.sub(r"(?<!:):(\w+)", r"%(\1)s", sql) if self.dialect == "postgresql" else sql
        rows: list[tuple[Any, ...]] = self._connection.execute(statement, values).fetchall()
        return rows

    def _bound(self, value: Any) -> Any:
        if not isinstance(value, datetime):
            return value
        naive = value.replace(tzinfo=None)
        return naive if self.dialect == "postgresql" else naive.isoformat(" ")

    def kpi(self, kpi_id: str) -> Kpi:
        """A KPI of the configuration."""
        return self.services.catalog.kpis[kpi_id]

    def close(self) -> None:
        """Gives back the connections."""
        self._connection.close()
        self.services.close()


def same(ours: Mapping[str, float | None], by_hand: Iterable[tuple[str, float]], what: str) -> None:
    """Makes sure that both sides say the same of every campus.

    Raises:
        SystemExit: they do not.
    """
    for campus, value in by_hand:
        found = ours[f"campus-{campus.removeprefix('C')}"]
        if found is None or abs(found - value) > 1e-6 * max(1.0, abs(value)):
            raise SystemExit(f"{what}, {campus}: {found} by kpibot, {value} by hand")
