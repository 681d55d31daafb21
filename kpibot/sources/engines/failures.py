"""Why a statement failed: the four kinds that matter to kpibot, and the driver's words on one line."""

from enum import Enum, auto

from sqlalchemy.exc import SQLAlchemyError, StatementError

LONGEST_REASON = 200


class Failure(Enum):
    """GONE: cannot be reached. SLOW: did not answer in time. BUSY: try again later. MISFIT: refuses the statement."""

    GONE = auto()
    SLOW = auto()
    BUSY = auto()
    MISFIT = auto()


def driver_error(error: SQLAlchemyError) -> BaseException | None:
    """The driver's own error in one of SQLAlchemy's; errors of SQLAlchemy itself stay as they are."""
    return error.orig if isinstance(error, StatementError) else error


def driver_words(error: BaseException | None) -> str:
    """The words of a driver's error. Many drivers raise a code and words, some both of them in one tuple."""
    match error.args if error else ():
        case (int(code), str(words)) | ((int(code), str(words)),):
            return f"{words} ({code})"
    return str(error)


def one_line(words: str, error: BaseException | None) -> str:
    """The first line that says something; the name of the error where none does."""
    lines = (line.strip() for line in words.splitlines())
    return next(filter(None, lines), type(error).__name__)[:LONGEST_REASON]
