"""The campuses, and what each system calls them."""

from collections import Counter

from kpibot.demo.common.campuses import CAMPUSES, DemoCampus, position


def campus(slug: str) -> DemoCampus:
    return CAMPUSES[position(slug)]


def test_four_feeders_hold_six_campuses_each() -> None:
    assert set(Counter(c.feeder for c in CAMPUSES).values()) == {6}
    assert Counter(c.kind for c in CAMPUSES) == {"high": 4, "middle": 8, "elementary": 12}


def test_campus_west_is_one_of_them() -> None:
    assert campus("campus-west").name == "Campus West High School"


def test_no_system_uses_the_slug() -> None:
    assert campus("campus-west").aliases == {
        "helpdesk": "101",
        "purchasing": "ORG-101",
        "assets": "Campus West HS",
        "training": "101",
    }
    assert campus("cedar-hill-middle").location == "Cedar Hill MS"
    assert campus("juniper-elementary").location == "Juniper ES"


def test_every_name_in_every_system_means_one_campus() -> None:
    for system in ("helpdesk", "purchasing", "assets", "training"):
        assert len({c.aliases[system] for c in CAMPUSES}) == len(CAMPUSES)


def test_weights_are_shares_of_the_pupils() -> None:
    assert abs(sum(c.weight for c in CAMPUSES) - 1) < 0.0001
