"""The catalog: a district's configuration, from YAML to frozen, checked values."""

from collections.abc import Mapping
from pathlib import Path

from kpibot.catalog.build.config import build_catalog
from kpibot.catalog.checks.config import check_config
from kpibot.catalog.feeds.holiday_feed import read_feed
from kpibot.catalog.files.sections import read_sections
from kpibot.catalog.model import Catalog
from kpibot.catalog.presets import merge_presets
from kpibot.catalog.problems import CatalogError, Problem
from kpibot.catalog.schema.json_schema import json_schema
from kpibot.catalog.schema.validation import SECTIONS, validate_sections

__all__ = ["Catalog", "CatalogError", "Problem", "json_schema", "load"]


def load(folder: Path, environment: Mapping[str, str]) -> Catalog:
    """The configuration in a folder's YAML files.

    Args:
        folder: every `*.yaml` in it is read, but not its sub-folders; so is the feed of holidays that it names.
        environment: what `${NAME}` in database URLs and paths of files means.

    Raises:
        CatalogError: every mistake at once. Where a file is not YAML at all, or a section is in two files, references
            are looked at only after that has been mended.
    """
    sections = read_sections(folder, SECTIONS)
    merge_presets(sections)
    config = validate_sections(sections)
    check_config(config, sections, environment)
    feed = read_feed(sections, config.district)
    if sections.problems:
        raise CatalogError(sections.problems)
    return build_catalog(config, environment, feed, dict(sections.locations))
