"""What drivers say, as people are told it; errors as pymssql and PyMySQL were seen to raise them."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError, ProgrammingError

from kpibot.sources.base import SourceDownError, SourceError, SourceMisfitError
from kpibot.sources.sql.execution import explained
from tests.unit.sources.engines.test_engines import DATABASE

UNREACHABLE = (
    b"DB-Lib error message 20009, severity 9:\n"
    b"Unable to connect: TDS server is unavailable or does not exist (10.0.0.9)\n"
)
NO_TABLE = b"Invalid object name 'tickts'.DB-Lib error message 20018, severity 16:\nGeneral SQL Server error\n"


@pytest.mark.parametrize(
    ("error", "kind", "told"),
    [
        (
            OperationalError(None, None, Exception((20009, UNREACHABLE))),
            SourceDownError,
            "cannot be reached: Unable to connect: TDS server is unavailable or does not exist (10.0.0.9)",
        ),
        (
            ProgrammingError("SELECT", {}, Exception(208, NO_TABLE)),
            SourceMisfitError,
            "refuses the statement: Invalid object name 'tickts'.",
        ),
        (
            OperationalError("SELECT", {}, Exception(1969, "Query was interrupted (max_statement_time exceeded)")),
            SourceDownError,
            "did not answer within 20 s",
        ),
        (
            ProgrammingError("SELECT", {}, Exception(1146, "Table 'glpi.tickts' doesn't exist")),
            SourceMisfitError,
            "refuses the statement: Table 'glpi.tickts' doesn't exist (1146)",
        ),
        (OperationalError("SELECT", {}, Exception()), SourceMisfitError, "refuses the statement: Exception"),
    ],
)
def test_an_error_of_a_driver_is_one_line_that_says_what_happened(
    error: sa.exc.DBAPIError, kind: type[SourceError], told: str
) -> None:
    found = explained(error, DATABASE)
    assert type(found) is kind
    assert str(found) == f"database `helpdesk` {told}"
