"""A district of 200 campuses with the configuration that ships: only the campuses, and what names them, are others."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kpibot.catalog import Catalog, load

SHIPPED = Path(__file__).parents[2] / "config"
REGIONS = ("North", "East", "South", "West")
FEEDERS = (
    "Aspen", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hawthorn", "Ironwood", "Juniper",
    "Katsura", "Linden", "Magnolia", "Nutmeg", "Oak", "Pecan", "Quince", "Redbud", "Spruce", "Tupelo",
)  # fmt: skip
KINDS = ("high", *("middle",) * 2, *("elementary",) * 7)  # of one feeder
STUDENTS = {"high": (1_750, 2_150), "middle": (690, 880), "elementary": (370, 560)}
BUDGET = 175  # dollars a student and year, as in the demo
URL = "sqlite://"  # no database is asked: the numbers come from a model


@dataclass(frozen=True)
class School:
    """A campus: `feeder` and `region` are slugs."""

    slug: str
    name: str
    kind: str
    feeder: str
    region: str
    students: int


def schools() -> tuple[School, ...]:
    """The 200 campuses: 20 feeders in 4 regions, each with a high school, two middle and seven elementary schools."""
    return tuple(
        _school(feeder, at, kind, numbered) for at, feeder in enumerate(FEEDERS) for numbered, kind in enumerate(KINDS)
    )


def _school(feeder: str, at: int, kind: str, numbered: int) -> School:
    low, high = STUDENTS[kind]
    students = low + (37 * at + 53 * numbered) % (high - low)
    number = "" if kind == "high" else f" {numbered}"
    region = REGIONS[at * len(REGIONS) // len(FEEDERS)]
    name = f"{feeder}{number} {kind.title()} School"
    slug = f"{feeder}{number} {kind}".lower().replace(" ", "-")
    return School(slug, name, kind, f"feeder-{feeder.lower()}", f"region-{region.lower()}", students)


def catalogue(folder: Path) -> Catalog:
    """The shipped catalogue for these campuses. Their files are written into `folder`."""
    shutil.copytree(SHIPPED, folder, ignore=lambda _, names: [each for each in names if not each.endswith(".yaml")])
    _rewrite(folder / "campuses.yaml", _with_campuses)
    _rewrite(folder / "kpis.yaml", _with_levels)
    _rewrite(folder / "channels.yaml", _with_channels)
    _rewrite(folder / "notes.yaml", lambda _: {"notes": []})
    urls = dict.fromkeys(("HELPDESK_URL", "PURCHASING_URL", "ASSETS_URL", "TRAINING_URL"), URL)
    return load(folder, urls)


def channel_of(feeder: str) -> str:
    """The channel of a feeder's technicians."""
    return f"{feeder.removeprefix('feeder-')}-tech"


def _rewrite(file: Path, change: Any) -> None:
    file.write_text(yaml.safe_dump(change(yaml.safe_load(file.read_text())), sort_keys=False))


def _with_campuses(_: dict[str, Any]) -> dict[str, Any]:
    regions: dict[str, Any] = {f"region-{each.lower()}": {"name": f"{each} region", "campuses": {}} for each in REGIONS}
    for school in schools():
        feeders = regions[school.region]["campuses"]
        name = f"{school.feeder.removeprefix('feeder-').title()} feeder"
        campuses = feeders.setdefault(school.feeder, {"name": name, "campuses": {}})["campuses"]
        campuses[school.slug] = {"name": school.name, "type": school.kind, "students": school.students}
    return {"campuses": regions}


def _with_levels(config: dict[str, Any]) -> dict[str, Any]:
    """The levels of the demo's high schools are those of all high schools; every campus has a budget by its size."""
    tickets, spending = config["kpis"]["tickets"], config["kpis"]["po-value"]
    tickets["campus_types"] = {"high": tickets.pop("campuses")["campus-west"]}
    years = spending["budget"]
    spending["campuses"] = {each.slug: {"budget": dict.fromkeys(years, BUDGET * each.students)} for each in schools()}
    spending["budget"] = dict.fromkeys(years, BUDGET * sum(each.students for each in schools()))
    return config


def _with_channels(config: dict[str, Any]) -> dict[str, Any]:
    """A channel for each feeder in place of the demo's four; digests and routes go to them alike."""
    feeders = dict.fromkeys(each.feeder for each in schools())
    former = {key for key, each in config["channels"].items() if each.get("campus", "").startswith("feeder-")}
    channels = {key: each for key, each in config["channels"].items() if key not in former}
    channels |= {channel_of(each): {"slack": f"#{channel_of(each)}", "campus": each} for each in feeders}
    digests = config["digests"]
    for digest in digests.values():
        if former & {*digest["channels"]}:
            kept = [each for each in digest["channels"] if each not in former]
            digest["channels"] = [*kept, *map(channel_of, feeders)]
    others = [each for each in config["alerts"] if each["channel"] not in former]
    routes = [{"kpis": ["tickets"], "campuses": [each], "channel": channel_of(each)} for each in feeders]
    return {**config, "channels": channels, "digests": digests, "alerts": [*routes, *others]}
