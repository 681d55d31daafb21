"""Every example of docs/mapping.md works, on a small database whose numbers can be counted on one's fingers."""

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
import yaml

from kpibot.app.container import Services, build_services
from kpibot.catalog import load
from kpibot.core.campuses.campus_tree import DISTRICT, NO_CAMPUS
from kpibot.core.kpis.readings import Reading
from tests.integration import glpi, snipe_it

GUIDE = Path(__file__).parents[2] / "docs" / "mapping.md"
NOW = datetime(2026, 11, 16, 16, 0, tzinfo=UTC)  # a Monday, 10:00 in the district
DATABASE = """
CREATE TABLE sd_ticket (
  id, site, site_number, queue, place_id, state, prio,
  opened_at, opened_utc, resolved_at, resolved_utc, done_at, changed_at, merged_into
);
INSERT INTO sd_ticket (id, site, site_number, queue, place_id, state, opened_at, opened_utc, resolved_at, resolved_utc,
  done_at, changed_at, merged_into) VALUES
 (1, 'W01', 17, 'Queue: West', 12, 'open', '2026-11-02 09:00:00', '2026-11-02 15:00:00', NULL, NULL,
  '1970-01-01 00:00:00', '2026-11-03 09:00:00', NULL),
 (2, 'W01', 17, 'Queue: West', 11, 'solved', '2026-11-03 09:00:00', '2026-11-03 15:00:00', '2026-11-04 09:00:00',
  '2026-11-04 15:00:00', '2026-11-04 09:00:00', '2026-11-04 09:00:00', NULL),
 (3, 'N02', 23, 'Queue: North', 21, 'open', '2026-11-05 08:00:00', '2026-11-05 14:00:00', NULL, NULL,
  '9999-12-31 00:00:00', '2026-11-05 08:00:00', NULL),
 (4, 'N02', 23, 'Queue: North', 22, 'completed', '2026-11-09 08:00:00', '2026-11-09 14:00:00', NULL, NULL,
  '0000-00-00 00:00:00', '2026-11-10 08:00:00', NULL),
 (5, 'W01', 17, 'Queue: West', 11, 'merged', '2026-11-09 08:00:00', '2026-11-09 14:00:00', NULL, NULL,
  NULL, '2026-11-09 09:00:00', 1),
 (6, NULL, NULL, 'Network', NULL, 'open', '2026-11-10 08:00:00', '2026-11-10 14:00:00', NULL, NULL,
  NULL, '2026-11-10 08:00:00', NULL),
 (7, 'N02', 23, 'Queue: North', 21, 'deleted', '2026-11-10 08:00:00', '2026-11-10 14:00:00', NULL, NULL,
  NULL, '2026-11-10 08:00:00', NULL),
 (8, 'N02', 23, 'Queue: North', 21, 'open', '2026-11-16 09:30:00', '2026-11-16 17:30:00', NULL, NULL,
  NULL, '2026-11-16 09:30:00', NULL);
CREATE TABLE sd_event (ticket_id, at, kind, author_type, is_public, is_auto);
INSERT INTO sd_event VALUES
 (1, '2026-11-02 09:01:00', 'reply', 'staff', 1, 1), (1, '2026-11-02 09:30:00', 'reply', 'staff', 0, 0),
 (1, '2026-11-02 10:00:00', 'reply', 'user', 1, 0), (1, '2026-11-02 11:00:00', 'reply', 'staff', 1, 0),
 (1, '2026-11-02 12:00:00', 'reply', 'staff', 1, 0), (2, '2026-11-03 10:00:00', 'reply', 'staff', 1, 0),
 (3, '2026-11-05 12:00:00', 'reply', 'staff', 1, 0), (4, '2026-11-09 16:00:00', 'reply', 'staff', 1, 0),
 (6, '2026-11-10 08:30:00', 'status', 'staff', 1, 0);
CREATE TABLE sd_field (ticket_id, name, value);
INSERT INTO sd_field VALUES (1, 'School', 'West HS'), (3, 'School', 'north ms'), (4, 'School', 'North MS'),
 (1, 'Room', '112'), (8, 'School', 'West HS');
CREATE TABLE sd_place (id, name, inside);
INSERT INTO sd_place VALUES (1, 'West', NULL), (2, 'North', NULL), (11, 'Library', 1), (12, 'Desk', 11),
 (21, 'Gym', 2), (22, 'Lab', 2);
CREATE TABLE inv_device (id, school, bought_on, gone_on);
INSERT INTO inv_device VALUES (1, 23, '2025-01-01', NULL), (2, 23, '2025-01-01', NULL), (3, 17, '2025-01-01', NULL),
 (4, 17, '2025-01-01', '2026-01-01');
CREATE TABLE inv_license (title, seats, used, ends_on);
INSERT INTO inv_license VALUES ('unlimited', -1, 900, NULL), ('used up', 10, 10, '2026-11-16'),
 ('beyond', 10, 11, NULL), ('expired', 10, 3, '2026-11-15');
CREATE TABLE po (number, dept, approved_on);
INSERT INTO po VALUES ('P1', 'A', '2026-08-03'), ('P1', 'B', '2026-09-01'), ('P2', 'A', '2026-06-30'),
 ('P3', 'A', '2026-10-01');
CREATE TABLE po_line (number, dept, amount, state);
INSERT INTO po_line VALUES ('P1', 'A', 100, 'open'), ('P1', 'A', 900, 'cancelled'), ('P1', 'B', 50, 'received'),
 ('P2', 'A', 7000, 'open'), ('P3', 'A', 300, 'cancelled');
"""
EXPORT = """\
Site,Opened,Resolved,State
W01,11/02/2026 09:00,-,open
W01,11/03/2026 09:00,11/04/2026 09:00,solved
N02,11/05/2026 08:00,-,open
-,11/10/2026 08:00,-,open
"""
# What each recipe must give: KPI → campus → value. Tickets 1, 3, 4, 6 and 8 are outstanding as long as nobody says that
# "completed" means closed.
EXPECTED: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "Dates that stand for nothing": {"tickets": {"west": 1, "north": 3, DISTRICT: 5}},
    "Two statuses that both mean closed": {"tickets": {"west": 1, "north": 2, DISTRICT: 4}},
    "Merged and deleted tickets": {"tickets": {"west": 1, "north": 3, DISTRICT: 5}},
    # Working hours of 1 to 4: 2, 1, 4 and 8; 6 and 8 wait: 4.5 days of 8.5 hours less half an hour, and half an hour.
    "A first response from the ticket's events": {"response-time": {DISTRICT: 3, "west": 1.5}},
    "A campus in a custom field": {"tickets": {"west": 2, "north": 2, NO_CAMPUS: 1}},
    "A campus that is a queue": {"tickets": {"west": 1, "north": 3, NO_CAMPUS: 1}},
    "A room that rolls up to a campus": {"tickets": {"west": 1, "north": 3, NO_CAMPUS: 1}},
    "Prefixes, and tables in a schema": {"tickets": {"west": 1, "north": 3, DISTRICT: 5}},
    "Times in UTC, or on another clock": {"tickets": {"west": 1, "north": 2, DISTRICT: 4}},  # 8 comes in an hour later
    "Two systems with different codes": {"tickets-per-device": {"west": 3 / 2, "north": 4.0, DISTRICT: 8 / 3}},
    "Licenses with unlimited seats": {"license-compliance": {DISTRICT: 50}},
    "Purchase orders with cancelled lines": {"po-count": {DISTRICT: 2}, "po-value": {DISTRICT: 150}},
    "An export as CSV": {"tickets": {"west": 1, "north": 1, NO_CAMPUS: 1}},
    "Exports by month or year": {"tickets": {"west": 1, "north": 1, NO_CAMPUS: 1}},
    "Holidays from a calendar file": {"tickets": {"west": 1, "north": 3, NO_CAMPUS: 1}},
}
HOLIDAYS = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261126\nSUMMARY:Thanksgiving\nEND:VEVENT\nEND:VCALENDAR\n"


class Block(NamedTuple):
    """A fenced example of the guide: under which headings it stands, its language and text."""

    part: str
    heading: str
    language: str
    text: str


def blocks() -> list[Block]:
    found, part, heading = [], "", ""
    for piece in re.split(r"(?m)^(#{1,2} .*|```\w*\n(?:.*\n)*?```)$", GUIDE.read_text(encoding="utf-8")):
        if piece.startswith("```"):
            language, _, text = piece.removeprefix("```").removesuffix("```").partition("\n")
            found.append(Block(part, heading, language, text))
        elif piece.startswith("## "):
            heading = piece[3:]
        elif piece.startswith("# "):
            part, heading = piece[2:], ""
    return found


STEPS, RECIPES, PRESETS = "Mapping your own system", "Recipes", "GLPI and Snipe-IT"
YAML = [block for block in blocks() if block.language == "yaml"]


@pytest.fixture(scope="module")
def helpdesk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("guide") / "helpdesk.db"
    with closing(sqlite3.connect(file)) as database:
        database.executescript(DATABASE)
    file.with_name("export.csv").write_text(EXPORT, encoding="utf-8")
    head, *rows = EXPORT.splitlines()
    for month, row in enumerate(rows):
        file.with_name(f"tickets-2026-{month:02}.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    return file


@contextmanager
def furnished(config: Path, texts: list[str], environment: Mapping[str, str]) -> Iterator[Services]:
    """A house of several examples; a later one takes the place of what has the same name."""
    sections: dict[str, Any] = {}
    for text in texts:
        for name, part in yaml.load(text, yaml.BaseLoader).items():
            known = sections.get(name)
            is_list = name == "campuses" and "database" in {**part, **(known or {})}
            sections[name] = part if known is None or is_list else {**known, **part}
    (config / "all.yaml").write_text(_dumped(sections), encoding="utf-8")
    (config / "holidays.ics").write_text(HOLIDAYS, encoding="utf-8")
    services = build_services(load(config, environment), "sqlite://")
    yield services
    services.close()


def _dumped(sections: Mapping[str, Any]) -> str:
    """As YAML again, in which numbers are numbers."""
    text = yaml.safe_dump(sections, sort_keys=False, allow_unicode=True)
    return re.sub(r"'(-?\d+|true|null)'", r"\1", text)


def measured(services: Services) -> dict[str, dict[str, Reading]]:
    return {name: services.measurement.measure([kpi], NOW)[0] for name, kpi in services.catalog.kpis.items()}


def environment(helpdesk: Path) -> dict[str, str]:
    return {
        "HELPDESK_URL": f"sqlite:///{helpdesk}",
        "EXPORT_CSV": str(helpdesk.with_name("export.csv")),
        "EXPORT_FOLDER": str(helpdesk.parent),
    }


def steps() -> list[str]:
    return [block.text for block in YAML if block.part == STEPS]


def test_the_steps_lead_to_a_first_number(helpdesk: Path, tmp_path: Path) -> None:
    with furnished(tmp_path, steps(), environment(helpdesk)) as services:
        readings = measured(services)["tickets"]
    assert {campus: readings[campus].value for campus in ("west", "north", NO_CAMPUS)} == {
        "west": 1,
        "north": 3,
        NO_CAMPUS: 1,
    }


@pytest.mark.parametrize(
    "block", [block for block in blocks() if block.language == "sql"], ids=lambda block: block.text[:40]
)
def test_a_look_at_the_tables(block: Block, helpdesk: Path) -> None:
    with closing(sqlite3.connect(helpdesk)) as database:
        assert database.execute(block.text).fetchall()


def test_every_recipe_has_its_numbers() -> None:
    assert list(EXPECTED) == [block.heading for block in YAML if block.part == RECIPES]


@pytest.mark.parametrize("heading", EXPECTED)
def test_a_recipe_gives_what_it_promises(heading: str, helpdesk: Path, tmp_path: Path) -> None:
    (text,) = (block.text for block in YAML if block.heading == heading)
    with furnished(tmp_path, [*steps(), text], environment(helpdesk)) as services:
        readings = measured(services)
    for kpi, values in EXPECTED[heading].items():
        found = {campus: readings[kpi][campus].value for campus in values}
        assert found == pytest.approx(values)


@pytest.fixture(scope="module")
def systems(new_url: Callable[[str], str]) -> dict[str, str]:
    """A GLPI and a Snipe-IT, each of a few hundred rows."""
    urls = {"GLPI_URL": new_url("mariadb"), "SNIPE_IT_URL": new_url("mariadb")}
    filled = (
        (glpi.TABLES, glpi.ugly_glpi(1, NOW)),
        (snipe_it.TABLES, snipe_it.ugly_snipe_it(1, NOW.replace(tzinfo=None))),
    )
    for url, (tables, rows) in zip(urls.values(), filled, strict=True):
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            glpi.create(connection, tables)
            glpi.insert(connection, rows)
        engine.dispose()
    return urls


PRESET_BLOCKS = [block.text for block in YAML if block.part == PRESETS and "preset" in block.text]


@pytest.mark.parametrize("text", PRESET_BLOCKS, ids=["one line", "with exceptions", "two systems"])
def test_a_preset_works_as_the_guide_writes_it(text: str, systems: dict[str, str], tmp_path: Path) -> None:
    district = "district: {name: Prairie View ISD, zone: America/Chicago}"
    with furnished(tmp_path, [district, text], systems) as services:
        readings = measured(services)
        assert len(readings) >= 13
        assert {name: each[DISTRICT].detail for name, each in readings.items() if each[DISTRICT].detail} == {}
        assert "pd-completion" in services.catalog.not_available


def test_a_kpi_that_is_not_to_be_had(helpdesk: Path, tmp_path: Path) -> None:
    (text,) = (block.text for block in YAML if block.part == PRESETS and "preset" not in block.text)
    with furnished(tmp_path, [*steps(), text], environment(helpdesk)) as services:
        assert services.catalog.not_available == {"pd-completion": "Training records are on paper until 2027"}
