"""The campus tree."""

import pytest

from kpibot.core.campus import DISTRICT, NO_CAMPUS, Campus, CampusTree, CampusTreeError, UnknownCampusError

TREE = CampusTree(
    [
        Campus("feeder-west", "West feeder"),
        Campus("campus-west", "Campus West High School", "feeder-west", ("101", "ORG-101")),
        Campus("oakridge", "Oakridge Middle School", "feeder-west", ("111",)),
        Campus("academy", "Academy", aliases=("Ünïted Academy",)),
    ],
    "Test ISD",
)


def slugs(*campuses: Campus) -> list[str]:
    return [campus.slug for campus in campuses]


def test_the_district_and_no_campus_are_always_there() -> None:
    assert slugs(*CampusTree([])) == [DISTRICT, NO_CAMPUS]
    assert TREE.root.name == "Test ISD"
    assert len(TREE) == 6


def test_the_order_is_that_of_the_configuration() -> None:
    assert slugs(*TREE) == [DISTRICT, "feeder-west", "campus-west", "oakridge", "academy", NO_CAMPUS]


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("campus-west", "campus-west"),
        ("Campus West High School", "campus-west"),
        ("CAMPUS_WEST high   school", None),
        ("org 101", "campus-west"),
        ("101", "campus-west"),
        (" 111 ", "oakridge"),
        ("ünïted academy", "academy"),
        ("test isd", DISTRICT),
        ("district", DISTRICT),
        ("no campus", NO_CAMPUS),
    ],
)
def test_people_may_type_slug_name_or_alias(typed: str, slug: str | None) -> None:
    if slug is None:
        with pytest.raises(UnknownCampusError):
            TREE.find(typed)
    else:
        assert TREE.find(typed).slug == slug


def test_a_misspelling_is_told_what_is_near() -> None:
    with pytest.raises(UnknownCampusError, match=r"no campus `campus-wset`; did you mean `campus-west`\?"):
        TREE.find("campus-wset")


def test_an_error_repeats_a_strangers_word_harmlessly() -> None:
    with pytest.raises(UnknownCampusError) as caught:
        TREE.find("`<!channel>`\n" * 50)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 80


@pytest.mark.parametrize(
    ("raw", "slug"),
    [
        (101, "campus-west"),
        ("Org-101", "campus-west"),
        ("999", NO_CAMPUS),
        (None, NO_CAMPUS),
        ("", NO_CAMPUS),
        (1.5, NO_CAMPUS),
    ],
)
def test_what_a_database_says_is_resolved_or_shown_as_no_campus(raw: object, slug: str) -> None:
    assert TREE.resolve(raw) == slug


def test_a_group_covers_itself_and_what_is_below() -> None:
    assert TREE.covered("feeder-west") == ("feeder-west", "campus-west", "oakridge")
    assert TREE.covered("oakridge") == ("oakridge",)


def test_the_district_covers_everything_even_what_nobody_knows() -> None:
    assert set(TREE.covered(DISTRICT)) == {campus.slug for campus in TREE}


def test_leaves_are_real_campuses() -> None:
    assert TREE.leaves(DISTRICT) == ("campus-west", "oakridge", "academy")
    assert TREE.leaves("feeder-west") == ("campus-west", "oakridge")
    assert TREE.leaves("academy") == ("academy",)
    assert TREE.leaves(NO_CAMPUS) == ()


def test_children_are_one_level_down() -> None:
    assert slugs(*TREE.children(DISTRICT)) == ["feeder-west", "academy", NO_CAMPUS]
    assert slugs(*TREE.children("feeder-west")) == ["campus-west", "oakridge"]
    assert TREE.children("oakridge") == ()


def test_a_parent_may_come_after_its_children() -> None:
    tree = CampusTree([Campus("west", "West", "feeder"), Campus("feeder", "Feeder")])
    assert tree.leaves("feeder") == ("west",)


@pytest.mark.parametrize(
    ("campuses", "told"),
    [
        ([Campus("west", "West"), Campus("west", "West again")], "campus `west` is there twice"),
        ([Campus("district", "The district")], "campus `district` is there twice"),
        ([Campus("no-campus", "Nowhere")], "campus `no-campus` is there twice"),
        (
            [Campus("west", "West", aliases=("1",)), Campus("east", "East", aliases=("1",))],
            "`1` names both `west` and `east`",
        ),
        ([Campus("west", "West"), Campus("east", "WEST")], "`west` names both"),
        (
            [Campus("feeder-west", "F"), Campus("west", "West", "feeder-wets")],
            "unknown parent `feeder-wets`; did you mean",
        ),
        ([Campus("a", "A", "b"), Campus("b", "B", "a")], "is its own ancestor: a → b → a"),
        ([Campus("a", "A", "a")], "is its own ancestor: a → a"),
    ],
)
def test_what_is_no_tree(campuses: list[Campus], told: str) -> None:
    with pytest.raises(CampusTreeError) as caught:
        CampusTree(campuses)
    assert told in str(caught.value)
