"""The links of listed rows: whatever an id holds, it stays within its link and within its part of the address."""

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

import sqlalchemy as sa

from kpibot.app.container import build_services
from kpibot.catalog import load
from kpibot.core.reports.answers import RowList
from kpibot.slack.questions.rows_message import rows_message

NOW = datetime(2026, 3, 5, 18, tzinfo=UTC)
CONFIG = """
district:
  name: Maple Valley
  zone: UTC
  fiscal_year_starts: 07-01
  school_year_starts: 08-15
  working_hours: {mon-fri: 08:00-16:00}
databases: {d: {url: "sqlite:///DATABASE"}}
campuses: {west: {name: Campus West, aliases: [W01]}}
datasets:
  t:
    database: d
    table: t
    columns: {id: id, campus: site, opened: opened, resolved: resolved}
    rows: tickets
    link: "https://help.example.org/t/{id}?view=<full>|&lang=en"
kpis:
  tickets:
    name: Outstanding tickets
    objective: o
    owner: "@a"
    measure: {stock: t, from: opened, until: resolved}
    better: lower
    target: 5
    warning: 40
    detail: [id, opened]
"""
ROWS = """
INSERT INTO t VALUES ('A|B>c d/é?x=1&y', 'W01', '2026-03-02 09:00:00', NULL),
                     ('x> <!channel> <https://evil.example|click', 'W01', '2026-03-03 09:00:00', NULL)
"""


def test_v26_an_id_cannot_break_out_of_its_link(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'd.db'}")
    with engine.begin() as database:
        database.execute(sa.text("CREATE TABLE t (id TEXT, site TEXT, opened TEXT, resolved TEXT)"))
        database.exec_driver_sql(ROWS)
    engine.dispose()
    (tmp_path / "district.yaml").write_text(dedent(CONFIG).replace("DATABASE", str(tmp_path / "d.db")))
    with closing(build_services(load(tmp_path, {}), f"sqlite:///{tmp_path / 'state.db'}")) as services:
        rows = services.dispatcher.answer("rows tickets west", NOW)
    assert isinstance(rows, RowList)
    message = rows_message(rows)
    shown = json.dumps(message.blocks, ensure_ascii=False)
    query = "view=%3Cfull%3E%7C&amp;lang=en"
    assert f"<https://help.example.org/t/A%7CB%3Ec%20d%2F%C3%A9%3Fx%3D1%26y?{query}|open>" in shown
    foreign = "x%3E%20%3C%21channel%3E%20%3Chttps%3A%2F%2Fevil.example%7Cclick"
    assert f"<https://help.example.org/t/{foreign}?{query}|open>" in shown
    assert "<!channel>" not in shown + message.text
    assert "<https://evil" not in shown + message.text
