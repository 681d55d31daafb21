"""The errors that people are shown as they are: each says what to type or change next, and holds no secret."""

from kpibot.app.slack_access import StartError
from kpibot.catalog import CatalogError
from kpibot.cli.common import UsageError
from kpibot.core.campuses.campus_tree import CampusTreeError
from kpibot.core.text import QueryError
from kpibot.settings import SettingsError
from kpibot.slack.client.connection import ConnectionProblem
from kpibot.sources.base import SourceError
from kpibot.store.store import StoreError

USER_ERRORS = (
    UsageError,
    CatalogError,
    SettingsError,
    CampusTreeError,
    QueryError,
    SourceError,
    StoreError,
    StartError,
    ConnectionProblem,
)
