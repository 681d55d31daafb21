"""Campus trees from what a district's systems keep: real tables in SQLite, and a small orgs.csv of OneRoster."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent, indent

import pytest

from kpibot.app.container import Services, build_services
from kpibot.catalog import load
from kpibot.core.campuses.campus_tree import DISTRICT, NO_CAMPUS, CampusTree, CampusTreeError
from kpibot.sources.base import SourceDownError, SourceError, SourceMisfitError

ORGS = Path(__file__).parent / "data" / "orgs.csv"
NOW = datetime(2026, 11, 16, 16, tzinfo=UTC)
BASE = """\
district: {{name: Prairie View ISD, zone: America/Chicago}}
databases: {{glpi: {{url: "sqlite:///{glpi}"}}, orders: {{url: "sqlite:///{orders}"}}}}
datasets:
  tickets: {{database: glpi, table: tickets, columns: {{campus: locations_id, opened: opened, resolved: resolved}}}}
  orders: {{database: orders, table: orders, columns: {{campus: dept, approved: approved}}}}
kpis:
  tickets:
    name: Tickets
    objective: None waits
    owner: "@leads"
    measure: {{stock: tickets, from: opened, until: resolved}}
  orders:
    name: Orders
    objective: None waits
    owner: "@leads"
    measure: {{flow: orders, at: approved}}
    period: 30 days
campuses:
"""
LOCATIONS = [  # id, locations_id, name, completename
    (1, 0, "Prairie View ISD", "Prairie View ISD"),
    (2, 1, "Campus West", "Prairie View ISD > Campus West"),
    (3, 1, "Campus North", "Prairie View ISD > Campus North"),
    (4, 2, "Library", "Prairie View ISD > Campus West > Library"),
    (5, 3, "Library", "Prairie View ISD > Campus North > Library"),
    (6, 4, "Desk", "Prairie View ISD > Campus West > Library > Desk"),
]
BY_PARENT = "SELECT id AS code, name, locations_id AS parent FROM glpi_locations"
BY_PATH = "SELECT id AS code, completename AS path FROM glpi_locations"


@pytest.fixture
def furnished(tmp_path: Path) -> Iterator[Callable[[str], Services]]:
    """Makes a house over a helpdesk with rooms and an order system, for a `campuses` section."""
    glpi, orders = tmp_path / "glpi.db", tmp_path / "orders.db"
    with closing(sqlite3.connect(glpi)) as database:
        database.execute("CREATE TABLE glpi_locations (id INTEGER, locations_id INTEGER, name TEXT, completename TEXT)")
        database.executemany("INSERT INTO glpi_locations VALUES (?, ?, ?, ?)", LOCATIONS)
        database.execute("CREATE TABLE tickets (locations_id INTEGER, opened TEXT, resolved TEXT)")
        places = [1, 2, 4, 4, 6, 3, 5, 99, 99, 98, None]
        database.executemany(
            "INSERT INTO tickets VALUES (?, '2026-11-02 09:00:00', NULL)", [(each,) for each in places]
        )
        database.commit()
    with closing(sqlite3.connect(orders)) as database:
        database.execute("CREATE TABLE orders (dept TEXT, approved TEXT)")
        database.executemany("INSERT INTO orders VALUES (?, '2026-11-02 09:00:00')", [("2",), ("17",), ("CWHS",)])
        database.commit()
    houses: list[Services] = []

    def make(campuses: str) -> Services:
        config = tmp_path / "config"
        config.mkdir(exist_ok=True)
        text = BASE.format(glpi=glpi, orders=orders) + indent(dedent(campuses), "  ")
        (config / "all.yaml").write_text(text, encoding="utf-8")
        houses.append(build_services(load(config, {"ORGS_CSV": str(ORGS)}), f"sqlite:///{tmp_path / 'state.db'}"))
        return houses[-1]

    yield make
    for services in houses:
        services.close()


def values(services: Services, kpi: str) -> dict[str, float | None]:
    readings = services.measurement.measure([services.catalog.kpis[kpi]], NOW)[0]
    return {slug: reading.value for slug, reading in readings.items()}


def tree(services: Services) -> CampusTree:
    return services.district.tree


@pytest.mark.parametrize("select", [BY_PARENT, BY_PATH])
def test_a_ticket_in_a_room_is_its_campus_s(furnished: Callable[[str], Services], select: str) -> None:
    services = furnished(f"database: glpi\nselect: {select}\ncampuses_are: {{level: 2}}\n")
    assert values(services, "tickets") == {DISTRICT: 11, "campus-west": 4, "campus-north": 2, NO_CAMPUS: 4}


def test_a_number_of_one_system_means_nothing_in_another(furnished: Callable[[str], Services]) -> None:
    services = furnished(f"database: glpi\nselect: {BY_PARENT}\ncampuses_are: {{level: 2}}\n")
    assert values(services, "orders") == {DISTRICT: 3, "campus-west": 0, "campus-north": 0, NO_CAMPUS: 3}
    assert tree(services).resolve("2") == "campus-west"  # what people type
    assert tree(services).resolve("4") == NO_CAMPUS  # nobody types a room


def test_a_list_may_hold_everybodys_codes(furnished: Callable[[str], Services]) -> None:
    services = furnished(f"database: glpi\nselect: {BY_PARENT}\ncampuses_are: {{level: 2}}\nsystem: any\n")
    assert values(services, "orders")["campus-west"] == 1


def test_what_is_written_adds_to_what_was_read(furnished: Callable[[str], Services]) -> None:
    services = furnished(
        f"""\
        database: glpi
        select: {BY_PATH}
        campuses_are: {{level: 2}}
        campuses:
          feeder:
            name: The feeder
            campuses:
              campus-west: {{name: West High, students: 2140, aliases: {{orders: 17, any: CWHS}}}}
          annex: {{name: Annex, students: 0, aliases: {{glpi: 98}}}}
        """
    )
    assert values(services, "orders") == {
        DISTRICT: 3, "feeder": 2, "campus-west": 2, "campus-north": 0, "annex": 0, NO_CAMPUS: 1,
    }  # fmt: skip
    assert values(services, "tickets")["annex"] == 1
    assert tree(services)["campus-west"].name == "West High"
    assert tree(services).size_of("feeder", "students") == 2140
    assert tree(services).size_of(DISTRICT, "students") is None  # nobody said how many Campus North has


def test_rooms_are_campuses_where_no_rule_says_otherwise(furnished: Callable[[str], Services]) -> None:
    made = tree(furnished(f"database: glpi\nselect: {BY_PATH}\n"))
    assert made.leaves(DISTRICT) == ("library-campus-north", "desk")
    assert made["library-campus-west"].name == "Library (Campus West)"
    assert made.resolve(6, "glpi") == "desk"


def test_campuses_may_be_chosen_by_code_or_type(furnished: Callable[[str], Services]) -> None:
    by_code = furnished(f"database: glpi\nselect: {BY_PATH}\ncampuses_are: {{codes: [2]}}\n")
    assert values(by_code, "tickets") == {DISTRICT: 11, "campus-west": 4, NO_CAMPUS: 4}
    select = "SELECT id AS code, name, locations_id AS parent, CASE WHEN id = 3 THEN 'School' END AS type"
    by_type = furnished(f"database: glpi\nselect: {select} FROM glpi_locations\ncampuses_are: {{types: school}}\n")
    assert values(by_type, "tickets") == {DISTRICT: 11, "campus-north": 2, NO_CAMPUS: 4}


def test_a_select_may_give_types_sizes_and_aliases(furnished: Callable[[str], Services]) -> None:
    select = "SELECT id AS CODE, name, 'middle' AS type, 2140.0 AS students, '17; CWHS' AS aliases FROM glpi_locations"
    made = tree(furnished(f"database: glpi\nselect: {select} WHERE id = 2\n"))
    assert made.resolve(2, "glpi") == made.resolve("cwhs", "orders") == made.resolve(17, "orders") == "campus-west"
    assert (made.type_of("campus-west"), made.size_of(DISTRICT, "students")) == ("middle", 2140)


def test_slugs_and_names_may_be_made_of_codes(furnished: Callable[[str], Services]) -> None:
    select = "SELECT DISTINCT locations_id AS code FROM tickets WHERE locations_id IS NULL OR locations_id < 3"
    made = tree(furnished(f'database: glpi\nselect: {select}\nslug: "location-{{code}}"\nname: "Location {{code}}"\n'))
    assert [(each.slug, each.name) for each in made if each.slug not in (DISTRICT, NO_CAMPUS)] == [
        ("location-1", "Location 1"),
        ("location-2", "Location 2"),
    ]


def test_oneroster(furnished: Callable[[str], Services]) -> None:
    made = tree(furnished('orgs: "${ORGS_CSV}"\ncampuses_are: {types: [school]}\n'))
    west, oak = "campus-west-high-school", "oakridge-middle-school-west"
    assert [each.slug for each in made] == [DISTRICT, "west-area", west, oak, "campus-north-high-school", NO_CAMPUS]
    assert made.covered("west-area") == ("west-area", west, oak)
    assert made.resolve(101, "glpi") == made.resolve("S-101", "orders") == made.resolve("dep-1", "glpi") == west
    assert made.resolve("4812345", "glpi") == made.resolve("d-1", "glpi") == DISTRICT
    assert made.resolve("s-900", "glpi") == made.resolve("900", "glpi") == NO_CAMPUS


@pytest.mark.parametrize(
    ("campuses", "told"),
    [
        (
            "database: glpi\nselect: SELECT id, name FROM glpi_locations\n",
            "campuses: database `glpi`: the SELECT gives neither `code` nor `path`; write for example",
        ),
        (
            f"database: glpi\nselect: {BY_PARENT} UNION ALL SELECT 2, 'Again', 1\n",
            "campuses: database `glpi`: code `2` is there twice; write SELECT DISTINCT",
        ),
        (
            f"database: glpi\nselect: {BY_PARENT} WHERE id <> 2\n",
            "campuses: campus `library-4` has the unknown parent `2`",
        ),
        (
            "database: glpi\nselect: SELECT id AS code, name, 7 - id AS parent FROM glpi_locations\n",
            "campuses: database `glpi`: code `1` lies within itself: 1 → 6 → 1; correct a parent",
        ),
        (
            "database: glpi\nselect: SELECT id AS code, 'a lot' AS students FROM glpi_locations\n",
            "campuses: database `glpi`: code `1` has `a lot` students; a size is a number, 0 or more",
        ),
        (
            'database: glpi\nselect: SELECT id AS code FROM glpi_locations\nslug: "{name}"\n',
            "campuses: database `glpi`: code `1` has no `name`, of which `{name}` is made",
        ),
        (
            f"database: glpi\nselect: {BY_PATH}\ncampuses: {{campus-wset: {{students: 3}}}}\n",
            "campuses: no campus `campus-wset` was read; did you mean `campus-west`?",
        ),
        (
            "database: glpi\nselect: SELECT id AS code, '>' AS path FROM glpi_locations\n",
            "campuses: database `glpi`: code `1` has no path",
        ),
        (
            "database: glpi\nselect: SELECT id AS code, 'A > B' AS path FROM glpi_locations\n",
            "campuses: database `glpi`: the path `A > B` is there twice",
        ),
    ],
)
def test_what_makes_no_tree(furnished: Callable[[str], Services], campuses: str, told: str) -> None:
    with pytest.raises(CampusTreeError) as caught:
        furnished(campuses)
    assert told in str(caught.value)


def test_levels_of_a_type_that_no_campus_of_the_list_has(furnished: Callable[[str], Services], tmp_path: Path) -> None:
    furnished(f"database: glpi\nselect: {BY_PATH}\n")
    config = tmp_path / "config" / "all.yaml"
    levels = "    better: lower\n    campus_types: {high: {warning: 3}}\n"
    text = config.read_text(encoding="utf-8").replace("    period: 30 days\n", "    period: 30 days\n" + levels)
    config.write_text(text, encoding="utf-8")
    with pytest.raises(CampusTreeError, match=r"kpis.orders: no campus type `high`; there are 0, none like it"):
        build_services(load(config.parent, {}), f"sqlite:///{tmp_path / 'state.db'}")


def test_a_silence_of_a_campus_that_the_list_lacks(furnished: Callable[[str], Services], tmp_path: Path) -> None:
    furnished(f"database: glpi\nselect: {BY_PATH}\n")
    silences = "silences: [{name: Moving, when: sat-sun, campuses: [campus-wset]}]\n"
    config = tmp_path / "config" / "all.yaml"
    config.write_text(config.read_text(encoding="utf-8") + silences, encoding="utf-8")
    with pytest.raises(CampusTreeError, match=r"silences: no campus `campus-wset`; did you mean"):
        build_services(load(config.parent, {}), f"sqlite:///{tmp_path / 'state.db'}")


@pytest.mark.parametrize(
    ("text", "error", "told"),
    [
        (None, SourceDownError, "cannot be read (No such file or directory); correct its path"),
        ("id,title\n1,A\n", SourceMisfitError, "other.csv:1: no column `sourcedId` or `name`; is it an orgs.csv"),
        ("sourcedId,name\ns-1,A\n,B\n", SourceMisfitError, "other.csv:3: the row has no sourcedId"),
        ("sourcedId,name\ns-1,Ä\n", SourceMisfitError, "is no CSV in UTF-8"),
    ],
)
def test_an_orgs_csv_that_cannot_be_used(
    furnished: Callable[[str], Services], tmp_path: Path, text: str | None, error: type[SourceError], told: str
) -> None:
    if text is not None:
        (tmp_path / "other.csv").write_text(text, encoding="latin-1")
    with pytest.raises(error) as caught:
        furnished(f'orgs: "{tmp_path / "other.csv"}"\n')
    assert told in str(caught.value)


def test_a_list_is_read_once(furnished: Callable[[str], Services], tmp_path: Path) -> None:
    services = furnished(f"database: glpi\nselect: {BY_PATH}\ncampuses_are: {{level: 2}}\n")
    with closing(sqlite3.connect(tmp_path / "glpi.db")) as database:
        database.execute("DROP TABLE glpi_locations")
    assert values(services, "tickets")["campus-west"] == 4
    assert (
        services.reporting.readings([services.catalog.kpis["tickets"]], NOW + timedelta(days=1))[0][DISTRICT].value
        == 11
    )
