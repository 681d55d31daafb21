"""The campus tree."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibot.core.campuses.campus_tree import (
    ANY,
    DISTRICT,
    NO_CAMPUS,
    Campus,
    CampusTree,
    CampusTreeError,
    UnknownCampusError,
    alias_key,
)

TREE = CampusTree(
    [
        Campus(slug="feeder-west", name="West feeder"),
        Campus(slug="campus-west", name="Campus West High School", parent="feeder-west", aliases=("101", "ORG-101")),
        Campus(slug="oakridge", name="Oakridge Middle School", parent="feeder-west", aliases=("111",)),
        Campus(slug="academy", name="Academy", aliases=("Ünïted Academy",)),
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
    tree = CampusTree([Campus(slug="west", name="West", parent="feeder"), Campus(slug="feeder", name="Feeder")])
    assert tree.leaves("feeder") == ("west",)


@pytest.mark.parametrize(
    ("campuses", "told"),
    [
        ([Campus(slug="west", name="West"), Campus(slug="west", name="West again")], "campus `west` is there twice"),
        ([Campus(slug="district", name="The district")], "campus `district` is there twice"),
        ([Campus(slug="no-campus", name="Nowhere")], "campus `no-campus` is there twice"),
        (
            [Campus(slug="west", name="West", aliases=("1",)), Campus(slug="east", name="East", aliases=("1",))],
            "`1` names both `west` and `east`",
        ),
        ([Campus(slug="west", name="West"), Campus(slug="east", name="WEST")], "`west` names both"),
        (
            [Campus(slug="feeder-west", name="F"), Campus(slug="west", name="West", parent="feeder-wets")],
            "unknown parent `feeder-wets`; did you mean",
        ),
        (
            [Campus(slug="a", name="A", parent="b"), Campus(slug="b", name="B", parent="a")],
            "is its own ancestor: a → b → a",
        ),
        ([Campus(slug="a", name="A", parent="a")], "is its own ancestor: a → a"),
    ],
)
def test_what_is_no_tree(campuses: list[Campus], told: str) -> None:
    with pytest.raises(CampusTreeError) as caught:
        CampusTree(campuses)
    assert told in str(caught.value)


WEST = Campus(slug="west", name="West", aliases=("CWHS", "0042"), codes={"helpdesk": ("17", "-1"), "orders": ("18",)})
EAST = Campus(
    slug="east", name="East", codes={"orders": ("17",), "helpdesk": ("19", "cwhs")}, rooms={"helpdesk": ("170",)}
)
NORTH = Campus(slug="north", name="North", codes={"helpdesk": ("West",)}, rooms={ANY: ("gym 1",)})
SYSTEMS = CampusTree([WEST, EAST, NORTH])


@pytest.mark.parametrize(
    ("raw", "system", "slug"),
    [
        (17, "helpdesk", "west"),
        ("17", "orders", "east"),
        (18, "helpdesk", NO_CAMPUS),
        (18, "training", NO_CAMPUS),
        ("Cwhs", "orders", "west"),
        ("Cwhs", "helpdesk", "east"),
        ("west", "orders", "west"),
        ("west", "helpdesk", "north"),
        (170, "helpdesk", "east"),
        (170, "orders", NO_CAMPUS),
        ("Gym 1", "orders", "north"),
        (None, "helpdesk", NO_CAMPUS),
        ("", "helpdesk", NO_CAMPUS),
    ],
)
def test_a_systems_own_code_wins_and_means_nothing_in_another(raw: object, system: str, slug: str) -> None:
    assert SYSTEMS.resolve(raw, system) == slug


@pytest.mark.parametrize(
    ("raw", "slug"),
    [
        (17.0, "west"),
        (Decimal("17.00"), "west"),
        (b"17", "west"),
        (" 17 ", "west"),
        (17.5, NO_CAMPUS),
        ("17.0", NO_CAMPUS),
        ("017", NO_CAMPUS),
        ("0042", "west"),
        (42, NO_CAMPUS),
        (-1, "west"),
        (-17, NO_CAMPUS),
        ("-17", NO_CAMPUS),
        (float("nan"), NO_CAMPUS),
        (Decimal("Infinity"), NO_CAMPUS),
        ("***", NO_CAMPUS),
    ],
)
def test_a_number_is_its_digits_and_text_is_what_is_written(raw: object, slug: str) -> None:
    assert SYSTEMS.resolve(raw, "helpdesk") == slug


@pytest.mark.parametrize(("typed", "slug"), [("18", "west"), ("19", "east"), ("cwhs", "west"), ("west", "west")])
def test_people_may_type_a_code_that_means_one_campus(typed: str, slug: str) -> None:
    assert SYSTEMS.find(typed).slug == SYSTEMS.resolve(typed) == slug


def test_people_who_type_a_code_of_two_campuses_are_asked() -> None:
    assert SYSTEMS.resolve("17") == SYSTEMS.resolve("170") == SYSTEMS.resolve("gym 1") == NO_CAMPUS
    with pytest.raises(UnknownCampusError, match="`17` could be `west` or `east`; type one of them"):
        SYSTEMS.find("17")


def test_two_campuses_cannot_have_one_code_in_one_system() -> None:
    with pytest.raises(
        CampusTreeError, match="`17` names both `a` and `b` in `helpdesk`; let only one of them keep it"
    ):
        CampusTree(
            [
                Campus(slug="a", name="A", codes={"helpdesk": ("17",)}),
                Campus(slug="b", name="B", rooms={"helpdesk": ("17",)}),
            ]
        )


def test_a_name_without_letters_is_no_way_to_call_a_campus() -> None:
    assert CampusTree([Campus(slug="a", name="***"), Campus(slug="b", name="???")]).resolve("!!!") == NO_CAMPUS


def test_a_groups_size_is_the_sum_of_its_campuses_if_all_have_one() -> None:
    tree = CampusTree(
        [
            Campus(slug="feeder", name="Feeder"),
            Campus(slug="west", name="West", parent="feeder", students=2_140, devices=2_000),
            Campus(slug="east", name="East", parent="feeder", students=870),
            Campus(slug="academy", name="Academy", students=100),
            Campus(slug="academy-annex", name="Annex", parent="academy"),
            Campus(slug="office", name="Office", students=0),
        ]
    )
    assert tree.size_of("west", "devices") == 2_000
    assert tree.size_of("feeder", "students") == 3_010
    assert tree.size_of("feeder", "devices") is None
    assert tree.size_of("academy", "students") == 100
    assert tree.size_of(DISTRICT, "students") == 3_110
    assert tree.size_of(NO_CAMPUS, "students") is None


def test_a_district_that_knows_its_size_needs_no_sum() -> None:
    root = Campus(slug=DISTRICT, name="Test ISD", aliases=("state-4812",), students=12_000)
    tree = CampusTree([Campus(slug="west", name="West")], root)
    assert (tree.size_of(DISTRICT, "students"), tree.resolve("state-4812", "sis")) == (12_000, DISTRICT)


@pytest.mark.parametrize(("written", "key"), [("High", "high"), ("Early College", "early-college"), (None, None)])
def test_types_are_compared_as_thresholds_name_them(written: str | None, key: str | None) -> None:
    assert CampusTree([Campus(slug="west", name="West", type=written)]).type_of("west") == key


@st.composite
def trees(draw: st.DrawFn) -> list[Campus]:
    """Campuses in any order, each in one of those before it or in none; those without others below have a size."""
    count = draw(st.integers(1, 25))
    parents = [draw(st.none() | st.integers(0, n - 1)) if n else None for n in range(count)]
    codes = draw(st.lists(st.integers(0, 99), min_size=count, max_size=count, unique=True))
    campuses = [
        Campus(
            slug=f"campus-{n}",
            name=f"Campus No. {n}",
            parent=None if parent is None else f"campus-{parent}",
            aliases=(f"ORG-{n}",),
            codes={"helpdesk": (str(codes[n]),), "orders": (str(99 - codes[n]),)},
            students=None if n in parents else draw(st.integers(0, 3_000)),
        )
        for n, parent in enumerate(parents)
    ]
    return draw(st.permutations(campuses))


@given(trees())
def test_every_node_is_covered_by_its_ancestors_exactly_once(campuses: list[Campus]) -> None:
    tree = CampusTree(campuses)
    for each in tree:
        above, here = [each.slug], each.slug
        while here != DISTRICT:
            here = tree[here].parent or DISTRICT
            above.append(here)
        assert sorted(above) == sorted(node.slug for node in tree if each.slug in tree.covered(node.slug))
        assert all(tree.covered(node).count(each.slug) == 1 for node in above)


@given(trees())
def test_the_children_cover_what_their_parent_covers_and_sum_to_it(campuses: list[Campus]) -> None:
    tree = CampusTree(campuses)
    for each in tree:
        children = [child.slug for child in tree.children(each.slug)]
        below = [slug for child in children for slug in tree.covered(child)]
        assert sorted([each.slug, *below]) == sorted(tree.covered(each.slug))
        assert set(tree.leaves(each.slug)) == set(tree.covered(each.slug)) & set(tree.leaves(DISTRICT))
        if children:
            assert tree.size_of(each.slug, "students") == sum(
                tree.size_of(child, "students") or 0 for child in children if child != NO_CAMPUS
            )
            assert tree.size_of(each.slug, "students") == sum(
                tree[leaf].students or 0 for leaf in tree.leaves(each.slug)
            )


@given(trees(), st.sampled_from([str.upper, str.lower, lambda text: f"  {text} ", lambda text: text.replace("-", " ")]))
def test_resolve_is_the_inverse_of_the_aliases(campuses: list[Campus], written) -> None:  # type: ignore[no-untyped-def]
    tree = CampusTree(campuses)
    for each in campuses:
        for system, codes in each.codes.items():
            assert {tree.resolve(written(word), system) for word in (*codes, each.name, *each.aliases)} == {each.slug}
            assert {tree.resolve(int(code), system) for code in codes} == {each.slug}


@given(st.text() | st.integers() | st.floats() | st.decimals(allow_nan=False) | st.binary())
def test_anything_that_a_database_says_has_a_key(raw: object) -> None:
    assert SYSTEMS.resolve(raw, "helpdesk") in SYSTEMS
    assert alias_key(alias_key(raw)) == alias_key(raw)
