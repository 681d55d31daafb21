"""Oracle."""

from collections.abc import Mapping
from typing import ClassVar

import sqlalchemy as sa

from kpibot.sources.engines.base import AS_PLUS, AS_TIMES, DAY, SINCE_1970, Expression
from kpibot.sources.engines.generic import Generic


class Oracle(Generic):
    """Sessions as the account has them. An empty text is NULL."""

    drivers: ClassVar[Mapping[str, str]] = {"oracle": "oracle+oracledb"}
    packages: ClassVar[Mapping[str, str]] = {"oracle+oracledb": "oracledb"}
    empty_text_is_null = True
    has_indexes = True

    def seconds(self, column: Expression) -> Expression:
        """A DATE has seconds here, and dates differ by a number of days."""
        days = sa.cast(column, sa.Date()).op("-", precedence=AS_PLUS)(sa.literal_column(SINCE_1970))
        return sa.cast(sa.func.round(days.op("*", precedence=AS_TIMES)(DAY)), sa.BigInteger)


ENGINE = Oracle
