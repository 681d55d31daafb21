"""Presets: how to measure a system that many districts have, brought in by one line at its database.

A preset is a file beside this one, in the language of the configuration. It is laid under what the district writes in
its own files, which wins key by key: a threshold, a `where`, a column. Beside the sections it may hold `options`, lists
that its SQL names in braces, like `IN ({lost})`, and `not_available`, the KPIs that the system cannot answer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path as File
from typing import Any

from kpibot.catalog.files import yaml_lines
from kpibot.catalog.files.sections import Sections
from kpibot.catalog.presets.merge import Locations, merge_defaults
from kpibot.catalog.presets.placeholders import check_option, with_options
from kpibot.catalog.problems import Path, WordError, suggestion
from kpibot.catalog.schema.measures import KINDS
from kpibot.core.text import quoted

FOLDER = File(__file__).parent
SHARED = ("datasets", "kpis")  # sections whose entries come from one database each


@dataclass(frozen=True, slots=True)
class Preset:
    """A preset's sections for one database, with the options filled in, and where everything in them is written."""

    database: str
    name: str
    data: dict[str, Any]
    locations: Locations


@dataclass(slots=True)
class _PresetChoice:
    """What a database's `preset` says: which presets, over each other, which of their KPIs, and which options."""

    database: str
    names: list[str]
    kpis: list[str] | None = None
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return ("databases", self.database, "preset")


def preset_names() -> list[str]:
    """The presets that there are."""
    return sorted(file.stem for file in FOLDER.glob("*.yaml"))


def merge_presets(sections: Sections) -> None:
    """Lays the presets that databases name under the district's own sections, and reports what is wrong with them."""
    presets = [preset for each in _choices(sections) for preset in _read(each, sections)]
    owners: dict[tuple[str, str], Preset] = {}
    for preset in presets:
        _claim(preset, "kpis", preset.data.get("kpis", {}), owners, sections)
        _claim(preset, "datasets", _used(preset), owners, sections)
    for preset in presets:
        for name in preset.data.get("datasets", {}):
            owners.setdefault(("datasets", name), preset)
    for preset in presets:
        kept = {name: _kept(name, part, preset, owners) for name, part in preset.data.items()}
        merge_defaults(sections, {name: part for name, part in kept.items() if part}, preset.locations)


def _choices(sections: Sections) -> Iterator[_PresetChoice]:
    databases = sections.data.get("databases")
    for name, raw in databases.items() if isinstance(databases, dict) else ():
        preset = raw.get("preset") if isinstance(raw, dict) else None
        keys = preset if isinstance(preset, dict) else {"use": preset}
        use, kpis, options = keys.get("use"), keys.get("kpis"), keys.get("options")
        if use is None:
            continue  # whatever else is wrong there, its shape tells
        yield _PresetChoice(
            name,
            [str(each) for each in (use if isinstance(use, list) else [use])],
            [str(each) for each in kpis] if isinstance(kpis, list) else None,
            options if isinstance(options, dict) else {},
        )


def _read(choice: _PresetChoice, sections: Sections) -> Iterator[Preset]:
    """The presets of a database, those that come over others first."""
    documents = {}
    for name in choice.names:
        if name in preset_names():
            file = FOLDER / f"{name}.yaml"
            documents[name] = (str(file), yaml_lines.read_yaml(file.read_bytes()))
        else:
            sections.report(choice.path, f"no preset `{quoted(name)}`", suggestion(name, preset_names()))
    defaults = {key: value for _, each in documents.values() for key, value in each.data.get("options", {}).items()}
    options = defaults | _checked_options(choice, defaults, sections)
    _check_kpis(choice, {kpi for _, each in documents.values() for kpi in each.data.get("kpis", {})}, sections)
    for name in reversed(documents):
        file_name, document = documents[name]
        data = {key: with_options(part, options) for key, part in document.data.items() if key != "options"}
        if choice.kpis is not None:
            data["kpis"] = {kpi: each for kpi, each in data.get("kpis", {}).items() if kpi in choice.kpis}
        for part in (*data.get("datasets", {}).values(), *([data["campuses"]] if "campuses" in data else [])):
            part["database"] = choice.database
        locations = {path: (file_name, line) for path, line in document.lines.items()}
        yield Preset(choice.database, name, data, locations)


def _checked_options(choice: _PresetChoice, defaults: Mapping[str, Any], sections: Sections) -> dict[str, Any]:
    options = {}
    for name, value in choice.options.items():
        path = (*choice.path, "options", name)
        if name not in defaults:
            said = f"the preset has no option `{quoted(name)}`"
            sections.report(path, said, suggestion(name, defaults, "leave it out"))
            continue
        try:
            check_option(value, defaults[name])
            options[name] = [value] if isinstance(defaults[name], list) and not isinstance(value, list) else value
        except WordError as error:
            sections.report(path, str(error), error.hint)
    return options


def _check_kpis(choice: _PresetChoice, available: set[str], sections: Sections) -> None:
    for index, kpi in enumerate(choice.kpis or ()):
        if available and kpi not in available:
            hint = suggestion(kpi, sorted(available))
            sections.report((*choice.path, "kpis", index), f"the preset has no KPI `{quoted(kpi)}`", hint)


def _used(preset: Preset) -> list[str]:
    """The datasets that its KPIs are over."""
    return list(dict.fromkeys(name for kpi in preset.data.get("kpis", {}).values() for name in _datasets(kpi)))


def _datasets(node: Any) -> Iterator[str]:
    for key, value in node.items() if isinstance(node, dict) else ():
        if key in KINDS and isinstance(value, str):
            yield value
        else:
            yield from _datasets(value)


def _claim(
    preset: Preset, section: str, entries: Any, owners: dict[tuple[str, str], Preset], sections: Sections
) -> None:
    """Notes whose the entries are; two databases that bring the same KPI must say which of them has it."""
    for name in entries:
        owner = owners.setdefault((section, name), preset)
        if owner.database != preset.database:
            what = "KPI" if section == "kpis" else "dataset"
            said = f"the presets of `{owner.database}` and `{preset.database}` both bring the {what} `{name}`"
            hint = f"write `preset: {{use: {preset.name}, kpis: [...]}}` with the KPIs that this one is to answer"
            sections.report(("databases", preset.database, "preset"), said, hint)


def _kept(section: str, part: Any, preset: Preset, owners: Mapping[tuple[str, str], Preset]) -> Any:
    """The entries of a section that come from this database."""
    if section not in SHARED:
        return part
    return {name: each for name, each in part.items() if owners[section, name].database == preset.database}
