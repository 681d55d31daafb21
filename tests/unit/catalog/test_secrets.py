"""What is secret stays so: in values, in errors, in the problems that people paste into tickets."""

import pytest

from kpibot.catalog import CatalogError, Problem, load

SECRET = "hunter2"
URL = f"postgresql://kpibot:{SECRET}@db.example.org/helpdesk"


def test_a_catalogue_does_not_show_urls(configured) -> None:
    catalog = load(configured(databases='databases: {helpdesk: {url: "${HELPDESK_URL}"}}\n'), {"HELPDESK_URL": URL})
    assert catalog.databases["helpdesk"].url == URL
    assert SECRET not in repr(catalog) + str(catalog)


@pytest.mark.parametrize(
    "databases",
    [
        f"databases: {{helpdesk: {URL}}}",
        f"databases: {{helpdesk: {{ulr: {URL}}}}}",
        f"databases: {{helpdesk: {{url: [{URL}]}}}}",
        f"databases: {{helpdesk: {{url: x, timeout: {URL}}}}}",
        f"databases: {{'{URL}': {{url: x}}}}",
        f"databases: {{helpdesk: {{url: '${{HELPDESK}} {URL}'}}}}",
        f"databases: {{helpdesk: {{url: ' {URL}', timeout: postgresql://kpibot:{SECRET * 9}@db}}}}",
        f"databases: {{helpdesk: {{url: !!int {URL}}}}}",
        f"{URL}: x",
        f"databases: [{URL}",
    ],
)
def test_no_mistake_makes_an_error_show_the_password(configured, databases: str) -> None:
    with pytest.raises(CatalogError) as caught:
        load(configured(databases=databases), {})
    assert SECRET not in str(caught.value) + repr(caught.value.problems)


def test_no_error_shows_what_the_environment_holds(configured) -> None:
    with pytest.raises(CatalogError) as caught:
        load(configured(databases='databases: {helpdesk: {url: "${URL}"}}\n'), {"URL": SECRET})
    assert "`URL` is not a database URL" in str(caught.value)
    assert SECRET not in str(caught.value)


def test_a_problem_masks_credentials_wherever_they_are() -> None:
    problem = Problem("f", 1, f"a.{URL}", f"`{URL}`", f"write {URL}")
    assert SECRET not in str(problem) + repr(problem)
    assert str(problem).startswith("f:1: a.postgresql://…@db.example.org")
