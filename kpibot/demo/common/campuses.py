"""The campuses of the demo district and what each of its systems calls them."""

from dataclasses import dataclass

KIND_SUFFIXES = {"high": "HS", "middle": "MS", "elementary": "ES"}


@dataclass(frozen=True, kw_only=True)
class DemoCampus:
    """One school: `enrolment` is in pupils, `weight` is its share of the district's pupils.

    None of the district's systems knows the slug; `aliases` says what each of them writes instead.
    """

    slug: str
    name: str
    kind: str
    site_code: str
    feeder: str
    enrolment: int
    weight: float

    @property
    def org(self) -> str:
        """Its number in purchasing: `ORG-101`."""
        return f"ORG-{self.site_code}"

    @property
    def location(self) -> str:
        """Its name in the asset inventory: `Campus West HS`."""
        words = self.name if self.kind == "high" else self.name.rsplit(" ", 2)[0]
        return f"{words.removesuffix(' High School')} {KIND_SUFFIXES[self.kind]}"

    @property
    def aliases(self) -> dict[str, str]:
        """Database → what that database calls this campus."""
        return {
            "helpdesk": self.site_code,
            "purchasing": self.org,
            "assets": self.location,
            "training": self.site_code,
        }


_SCHOOLS = (
    ("campus-west", "Campus West High School", "high", "101", "feeder-west", 2140),
    ("oakridge-middle", "Oakridge Middle School", "middle", "111", "feeder-west", 870),
    ("cedar-hill-middle", "Cedar Hill Middle School", "middle", "112", "feeder-west", 790),
    ("juniper-elementary", "Juniper Elementary School", "elementary", "121", "feeder-west", 520),
    ("maple-grove-elementary", "Maple Grove Elementary School", "elementary", "122", "feeder-west", 465),
    ("prairie-view-elementary", "Prairie View Elementary School", "elementary", "123", "feeder-west", 410),
    ("campus-north", "Campus North High School", "high", "201", "feeder-north", 1985),
    ("stonebrook-middle", "Stonebrook Middle School", "middle", "211", "feeder-north", 845),
    ("lakeview-middle", "Lakeview Middle School", "middle", "212", "feeder-north", 760),
    ("birchwood-elementary", "Birchwood Elementary School", "elementary", "221", "feeder-north", 540),
    ("pine-hollow-elementary", "Pine Hollow Elementary School", "elementary", "222", "feeder-north", 495),
    ("heron-lake-elementary", "Heron Lake Elementary School", "elementary", "223", "feeder-north", 430),
    ("campus-east", "Campus East High School", "high", "301", "feeder-east", 1860),
    ("riverbend-middle", "Riverbend Middle School", "middle", "311", "feeder-east", 815),
    ("summit-middle", "Summit Middle School", "middle", "312", "feeder-east", 720),
    ("sunrise-elementary", "Sunrise Elementary School", "elementary", "321", "feeder-east", 505),
    ("willow-creek-elementary", "Willow Creek Elementary School", "elementary", "322", "feeder-east", 450),
    ("harvest-elementary", "Harvest Elementary School", "elementary", "323", "feeder-east", 385),
    ("campus-south", "Campus South High School", "high", "401", "feeder-south", 1790),
    ("meadowlark-middle", "Meadowlark Middle School", "middle", "411", "feeder-south", 830),
    ("granite-falls-middle", "Granite Falls Middle School", "middle", "412", "feeder-south", 705),
    ("magnolia-elementary", "Magnolia Elementary School", "elementary", "421", "feeder-south", 530),
    ("clover-elementary", "Clover Elementary School", "elementary", "422", "feeder-south", 475),
    ("bluebonnet-elementary", "Bluebonnet Elementary School", "elementary", "423", "feeder-south", 395),
)
_PUPILS = sum(school[-1] for school in _SCHOOLS)

CAMPUSES: tuple[DemoCampus, ...] = tuple(
    DemoCampus(
        slug=slug,
        name=name,
        kind=kind,
        site_code=site_code,
        feeder=feeder,
        enrolment=enrolment,
        weight=round(enrolment / _PUPILS, 6),
    )
    for slug, name, kind, site_code, feeder, enrolment in _SCHOOLS
)
UNKNOWN_SITE = "999"


def position(slug: str) -> int:
    """The position of a campus in CAMPUSES; ValueError when there is no such slug."""
    return [campus.slug for campus in CAMPUSES].index(slug)
