"""From a list of places to campuses."""

from collections import Counter

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
    with_overrides,
)
from kpibot.core.campuses.locations import CampusRule, Location, campuses_of, with_paths
from kpibot.core.text import slug

EVERYTHING = CampusRule()


def place(code: str, name: str, parent: str | None = None, **more: str) -> Location:
    return Location(code=code, name=name, slug=slug(name), parent=parent, **more)  # type: ignore[arg-type]


def tree(places: list[Location], rule: CampusRule = EVERYTHING, system: str = "glpi") -> CampusTree:
    root, campuses = campuses_of(places, rule, system, "Test ISD")
    return CampusTree(with_overrides(campuses, ()), root)


def slugs(made: CampusTree) -> list[str]:
    return [each.slug for each in made if each.slug not in (DISTRICT, NO_CAMPUS)]


SCHOOLS = [
    place("0", "State"),
    place("1", "Test ISD", "0"),
    place("2", "Oak School", "1", type="School"),
    place("3", "Elm School", "1", type="school"),
    place("4", "Library", "2"),
    place("5", "Library", "3"),
    place("6", "Shelf", "5"),
    place("7", "Warehouse", "1"),
]


def test_what_stands_alone_above_everything_is_the_district() -> None:
    made = tree(SCHOOLS, CampusRule(level=3))
    assert slugs(made) == ["oak-school", "elm-school", "warehouse"]
    assert made.root.name == "Test ISD"
    assert {made.resolve(code, "glpi") for code in (0, "1", "State", "test isd")} == {DISTRICT}


def test_what_is_called_like_the_district_is_the_district_even_beside_others() -> None:
    made = tree([place("1", "Test ISD"), place("2", "Oak", "1"), place("3", "Elm")])
    assert slugs(made) == ["oak", "elm"]
    assert made.resolve(1, "glpi") == DISTRICT


def test_a_place_that_is_chosen_is_no_district() -> None:
    assert slugs(tree([place("1", "Oak"), place("2", "Room", "1")], CampusRule(level=1))) == ["oak"]


def test_what_lies_below_a_campus_is_its_own() -> None:
    made = tree(SCHOOLS, CampusRule(types=frozenset({"school"})))
    assert slugs(made) == ["oak-school", "elm-school"]
    assert made.resolve(6, "glpi") == "elm-school"
    assert made.resolve(7, "glpi") == DISTRICT  # no campus, but within the district


def test_a_campus_below_a_campus_stays_one() -> None:
    made = tree([place("1", "Oak", type="school"), place("2", "Oak Night", "1", type="school"), place("3", "R", "2")],
                CampusRule(types=frozenset({"school"})))  # fmt: skip
    assert made.covered("oak") == ("oak", "oak-night")
    assert made.resolve(3, "glpi") == "oak-night"


def test_what_lies_in_no_group_is_left_out() -> None:
    made = tree([*SCHOOLS, place("8", "Moon")], CampusRule(codes=frozenset({"2"})))
    assert (slugs(made), made.resolve(8, "glpi")) == (["oak-school"], NO_CAMPUS)


def test_places_of_one_name_are_told_apart_by_what_is_around_them_else_by_code() -> None:
    made = tree(
        [
            place("1", "Oak"),
            place("2", "Elm"),
            place("3", "Library", "1"),
            place("4", "Library", "2"),
            place("5", "Library", "2"),
            place("6", "Gym"),
            place("7", "Gym"),
            place("8", "District"),
        ]
    )
    names = {each.slug: each.name for each in made if each.slug not in (DISTRICT, NO_CAMPUS)}
    assert names == {
        "oak": "Oak",
        "elm": "Elm",
        "library-oak": "Library (Oak)",
        "library-elm-4": "Library (Elm) (4)",
        "library-elm-5": "Library (Elm) (5)",
        "gym-6": "Gym (6)",
        "gym-7": "Gym (7)",
        "district-8": "District (8)",
    }


def test_a_parent_may_be_a_slug() -> None:
    made = tree([place("1", "Oak", "feeder"), place("2", "Feeder"), place("3", "Elm")])
    assert made["oak"].parent == "feeder"


def test_a_slug_that_several_places_have_is_nobodys_parent() -> None:
    places = [place("1", "Oak", "gym"), place("2", "Gym"), place("3", "Gym")]
    with pytest.raises(CampusTreeError, match="campus `oak` has the unknown parent `gym`"):
        tree(places)


def test_codes_that_hold_everywhere_are_aliases() -> None:
    root, (campus,) = campuses_of([place("s-1", "Oak")], EVERYTHING, ANY, "Test ISD")
    assert (root.codes, campus.aliases, campus.codes) == ({}, ("s-1",), {})


def test_paths_make_parents_and_add_what_lies_between() -> None:
    paths = {"1": "A > B > Room", "2": " A  >B > C ", "3": "A"}
    places = with_paths([(place(code, path.split(">")[-1].strip()), path) for code, path in paths.items()], " > ")
    assert {each.code: each.parent for each in places} == {"1": "A > B", "2": "A > B", "3": None, "A > B": "3"}


def test_spellings_that_look_alike_are_nobodys() -> None:
    one, other = place("1", "B-C", spellings=("A > B-C",)), place("2", "C", spellings=("A > B > C",))  # type: ignore[arg-type]
    made = tree([one, other])
    assert made.resolve("A > B-C", "glpi") == NO_CAMPUS
    assert made.resolve("1", "glpi") == "b-c"


@pytest.mark.parametrize(
    ("places", "told"),
    [
        ([place("1", "A", "2"), place("2", "B", "3"), place("3", "C", "2")], "lies within itself: 2 → 3 → 2"),
        ([place("1", "A", "1")], "code `1` lies within itself: 1 → 1; correct a parent"),
        ([place("S-1", "A"), place("s 1", "B")], "code `s 1` is there twice"),
        ([place("1", "A", "9")], "campus `a` has the unknown parent `9`"),
        ([place("1", "—")], "code `1` makes no slug"),
    ],
)
def test_what_cannot_be_a_tree(places: list[Location], told: str) -> None:
    with pytest.raises(CampusTreeError) as caught:
        tree(places)
    assert told in str(caught.value)


def test_what_is_written_comes_over_what_was_read() -> None:
    read = Campus(
        slug="oak",
        name="Oak",
        parent="west",
        aliases=("OAK",),
        codes={"glpi": ("1",)},
        rooms={"glpi": ("9",)},
        type="high",
        students=100,
        devices=50,
    )
    written = Campus(
        slug="oak", name="", parent="east", aliases=("Oak HS",), codes={"glpi": ("2",), "orders": ("17",)}, students=0
    )
    assert with_overrides([read], [written, Campus(slug="annex", name="Annex")]) == [
        Campus(
            slug="oak", name="Oak", parent="east", aliases=("OAK", "Oak HS"),
            codes={"glpi": ("1", "2"), "orders": ("17",)}, rooms={"glpi": ("9",)}, type="high", students=0, devices=50,
        ),
        Campus(slug="annex", name="Annex"),
    ]  # fmt: skip


@st.composite
def lists(draw: st.DrawFn) -> list[Location]:
    """Places in any order, of few names, each in one of those before it or in none."""
    count = draw(st.integers(1, 25))
    names = draw(
        st.lists(st.sampled_from(["Oak", "Elm", "Library", "Gym", "Test ISD"]), min_size=count, max_size=count)
    )
    parents = [draw(st.none() | st.integers(0, n - 1)) if n else None for n in range(count)]
    places = [
        place(f"c{n}", name, None if parent is None else f"c{parent}")
        for n, (name, parent) in enumerate(zip(names, parents, strict=True))
    ]
    return draw(st.permutations(places))


@given(lists(), st.integers(1, 4))
def test_every_place_has_one_home_and_no_two_campuses_become_one(places: list[Location], level: int) -> None:
    for rule in (EVERYTHING, CampusRule(level=level)):
        root, campuses = campuses_of(places, rule, "glpi", "Test ISD")
        made = CampusTree(campuses, root)
        homes = Counter(
            code for each in (root, *campuses) for words in (each.codes, each.rooms) for code in words.get("glpi", ())
        )
        assert homes == {each.code: 1 for each in places}
        assert NO_CAMPUS not in {made.resolve(each.code, "glpi") for each in places}


@given(lists())
def test_a_place_lies_below_its_parents_home(places: list[Location]) -> None:
    made = tree(places)
    for each in places:
        if each.parent is not None:
            assert made.resolve(each.code, "glpi") in made.covered(made.resolve(each.parent, "glpi"))
