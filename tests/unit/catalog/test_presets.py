"""One line brings in what is known of a system; what the district writes itself comes over it, key by key."""

import pytest

from kpibot.catalog import CatalogError, load
from kpibot.catalog.model import CampusList
from kpibot.catalog.presets import preset_names
from kpibot.core.kpis.conditions import ValueCondition
from kpibot.core.kpis.measures import Amount, Counted, Flow, Ratio, Stock
from tests.unit.catalog.conftest import Configured

ALONE = {name: "" for name in ("campuses", "channels", "datasets", "kpis")}  # of the sound configuration nothing else
GLPI = 'databases: {helpdesk: {url: "sqlite:///helpdesk.db", preset: glpi}}'


def test_one_line_is_enough(configured: Configured) -> None:
    catalog = load(configured(**ALONE, databases=GLPI), {})
    assert {"tickets", "utilization", "license-compliance"} <= set(catalog.kpis)
    assert {dataset.database for dataset in catalog.datasets.values()} == {"helpdesk"}
    assert isinstance(catalog.campuses, CampusList)
    assert catalog.campuses.database == "helpdesk"


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_that_stands_alone_is_sound(name: str, configured: Configured) -> None:
    use = "[glpi, glpi-order]" if name == "glpi-order" else name
    databases = f'databases: {{system: {{url: "sqlite:///system.db", preset: {use}}}}}'
    assert load(configured(**ALONE, databases=databases), {}).kpis


def test_a_level_of_the_districts_own_leaves_the_rest(configured: Configured) -> None:
    catalog = load(configured(**ALONE | {"kpis": "kpis: {tickets: {warning: 55}}"}, databases=GLPI), {})
    levels = catalog.kpis["tickets"].thresholds
    assert (levels.target, levels.warning, levels.critical) == (20, 55, 80)


def test_a_condition_of_the_districts_own_joins_those_of_the_preset(configured: Configured) -> None:
    kpis = "kpis: {po-count: {measure: {where: {supplier: 7}}}}"
    measure = load(configured(**ALONE | {"kpis": kpis}, databases=GLPI), {}).kpis["po-count"].measure
    assert isinstance(measure, Flow)
    assert {each.column for each in measure.where} == {"number", "supplier"}


def test_a_condition_on_the_same_column_takes_its_place(configured: Configured) -> None:
    kpis = "kpis: {po-count: {measure: {where: {number: X1}}}}"
    measure = load(configured(**ALONE | {"kpis": kpis}, databases=GLPI), {}).kpis["po-count"].measure
    assert isinstance(measure, Flow)
    assert measure.where == (ValueCondition("number", ("X1",)),)


def test_a_measure_of_another_kind_takes_the_whole_place(configured: Configured) -> None:
    kpis = "kpis: {utilization: {as: number, measure: {stock: assets, where: {status: in_use}}}}"
    kpi = load(configured(**ALONE | {"kpis": kpis}, databases=GLPI), {}).kpis["utilization"]
    assert kpi.measure == Stock(dataset="assets", where=(ValueCondition("status", ("in_use",)),))
    assert kpi.card.objective.startswith("Devices are with students")


def test_a_measure_over_another_dataset_has_nothing_of_the_presets(configured: Configured) -> None:
    kpis = "kpis: {po-count: {measure: {flow: tickets, at: opened}}}"
    kpi = load(configured(**ALONE | {"kpis": kpis}, databases=GLPI), {}).kpis["po-count"]
    assert kpi.measure == Flow("tickets", "opened")


def test_a_column_of_the_districts_own_leaves_the_others(configured: Configured) -> None:
    datasets = "datasets: {tickets: {columns: {campus: {sql: entities_id}}, zone: UTC}}"
    dataset = load(configured(**ALONE | {"datasets": datasets}, databases=GLPI), {}).datasets["tickets"]
    assert dataset.columns["campus"].sql == "entities_id"
    assert dataset.columns["opened"].name == "opened"
    assert str(dataset.zone) == "UTC"


def test_a_table_takes_the_place_of_the_select(configured: Configured) -> None:
    datasets = "datasets: {tickets: {table: kpi_tickets}}"
    dataset = load(configured(**ALONE | {"datasets": datasets}, databases=GLPI), {}).datasets["tickets"]
    assert (dataset.table, dataset.select) == ("kpi_tickets", None)


def test_another_level_of_the_tree_is_one_key(configured: Configured) -> None:
    campuses = "campuses: {campuses_are: {level: 3}, campuses: {west: {students: 800}}}"
    chosen = load(configured(**ALONE | {"campuses": campuses}, databases=GLPI), {}).campuses
    assert isinstance(chosen, CampusList)
    assert chosen.rule.level == 3
    assert "glpi_locations" in str(chosen.select)
    assert [each.slug for each in chosen.written] == ["west"]


def test_campuses_that_are_written_down_take_the_place_of_the_list(configured: Configured) -> None:
    campuses = "campuses: {west: {name: West, aliases: [7]}}"
    chosen = load(configured(**ALONE | {"campuses": campuses}, databases=GLPI), {}).campuses
    assert not isinstance(chosen, CampusList)
    assert [each.slug for each in chosen] == ["west"]


def test_options_reach_the_sql_as_literals(configured: Configured) -> None:
    databases = """\
databases:
  helpdesk:
    url: "sqlite:///helpdesk.db"
    preset: {use: glpi, options: {lost: ["L'égaré", 'a\\b'], entities: 3}}
"""
    select = str(load(configured(**ALONE, databases=databases), {}).datasets["assets"].select)
    assert "IN ('L''égaré', 'a\\\\b')" in select
    assert "COALESCE(c.entities_id IN (3), TRUE)" in select


def test_an_empty_list_matches_nothing(configured: Configured) -> None:
    select = str(load(configured(**ALONE, databases=GLPI), {}).datasets["tickets"].select)
    assert "COALESCE(t.entities_id IN (NULL), TRUE)" in select


def test_two_systems_share_the_kpis(configured: Configured) -> None:
    databases = """\
databases:
  helpdesk: {url: "sqlite:///helpdesk.db", preset: {use: glpi, kpis: [tickets, response-time]}}
  assets: {url: "sqlite:///assets.db", preset: snipe-it}
"""
    catalog = load(configured(**ALONE, databases=databases), {})
    assert catalog.datasets["tickets"].database == "helpdesk"
    assert catalog.datasets["assets"].database == "assets"
    assert {"tickets", "response-time", "utilization"} <= set(catalog.kpis)
    assert isinstance(catalog.campuses, CampusList)
    assert catalog.campuses.database == "helpdesk", "the first one has the list"


def test_what_no_system_can_answer_has_its_reason(configured: Configured) -> None:
    catalog = load(configured(**ALONE, databases=GLPI), {})
    assert catalog.not_available["pd-completion"] == "GLPI keeps no training records"


def test_what_one_of_two_systems_answers_is_available(configured: Configured) -> None:
    databases = """\
databases:
  helpdesk: {url: "sqlite:///helpdesk.db", preset: {use: glpi, kpis: [tickets]}}
  assets: {url: "sqlite:///assets.db", preset: snipe-it}
"""
    catalog = load(configured(**ALONE, databases=databases), {})
    assert not {"tickets", "recovery-time"} & set(catalog.not_available)
    assert "pd-completion" in catalog.not_available


def test_a_later_preset_comes_over_an_earlier_one(configured: Configured) -> None:
    databases = GLPI.replace("preset: glpi", "preset: [glpi, glpi-order]")
    catalog = load(configured(**ALONE, databases=databases), {})
    assert "glpi_plugin_order_orders" in str(catalog.datasets["orders"].select)
    assert catalog.kpis["po-value"].measure == Flow("order_lines", "approved", amount=Amount(Counted.SUM, ("amount",)))
    assert isinstance(catalog.kpis["utilization"].measure, Ratio)


def test_a_district_is_still_needed(configured: Configured) -> None:
    with pytest.raises(CatalogError, match="district: this section is missing"):
        load(configured(**ALONE | {"district": ""}, databases=GLPI), {})


def test_a_mistake_that_only_shows_beside_the_preset_is_told_where_it_was_made(configured: Configured) -> None:
    kpis = "kpis:\n  tickets:\n    warning: 10\n"
    with pytest.raises(CatalogError) as caught:
        load(configured(**ALONE | {"kpis": kpis}, databases=GLPI), {})
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == ("config/kpis.yaml", 3)
    assert problem.message == "the warning 10 is not above the target 20"
