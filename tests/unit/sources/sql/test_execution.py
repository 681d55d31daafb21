"""What drivers say, as people are told it; errors as pymssql and PyMySQL were seen to raise them."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError, ProgrammingError

from kpibot.sources.base import SourceDownError, SourceError, SourceMisfitError
from kpibot.sources.engines.registry import engine_named
from kpibot.sources.sql.execution import source_error
from tests.unit.sources.engines.test_registry import DATABASE

UNREACHABLE = (
    b"DB-Lib error message 20009, severity 9:\n"
    b"Unable to connect: TDS server is unavailable or does not exist (10.0.0.9)\n"
)
NO_TABLE = b"Invalid object name 'tickts'.DB-Lib error message 20018, severity 16:\nGeneral SQL Server error\n"


@pytest.mark.parametrize(
    ("name", "error", "kind", "text"),
    [
        (
            "mssql",
            OperationalError(None, None, Exception((20009, UNREACHABLE))),
            SourceDownError,
            "cannot be reached: Unable to connect: TDS server is unavailable or does not exist (10.0.0.9)",
        ),
        (
            "mssql",
            ProgrammingError("SELECT", {}, Exception(208, NO_TABLE)),
            SourceMisfitError,
            "refuses the statement: Invalid object name 'tickts'.",
        ),
        (
            "mysql",
            OperationalError("SELECT", {}, Exception(1969, "Query was interrupted (max_statement_time exceeded)")),
            SourceDownError,
            "did not answer within 20 s",
        ),
        (
            "mysql",
            ProgrammingError("SELECT", {}, Exception(1146, "Table 'glpi.tickts' doesn't exist")),
            SourceMisfitError,
            "refuses the statement: Table 'glpi.tickts' doesn't exist (1146)",
        ),
        (
            "elsewhere",
            OperationalError("SELECT", {}, Exception()),
            SourceMisfitError,
            "refuses the statement: Exception",
        ),
    ],
)
def test_an_error_of_a_driver_is_one_line_that_says_what_happened(
    name: str, error: sa.exc.DBAPIError, kind: type[SourceError], text: str
) -> None:
    said = source_error(error, engine_named(name), DATABASE)
    assert type(said) is kind
    assert str(said) == f"database `helpdesk` {text}"
