"""The steps on the way from a measurement to a message that is marked as sent, and the moments of each.

A step is a transaction (`before` its first statement, at further tables, `committing`, `committed`), a call of Slack's
(`before` it leaves, `accepted` by Slack and not yet answered, `answered`), or the measuring (`before`, `done`). A
moment is named `step: when`.
"""

import re
from collections.abc import Mapping
from typing import Any

TRANSACTION = ("before", "committing", "committed")
CALL = ("before", "accepted", "answered")
WORKS = ("watch", "digest", "prune")
UPLOAD = ("files.getUploadURLExternal", "files.upload", "files.completeUploadExternal", "files.info")
RECORDED = ("readings", "alert_states", "outbox")  # tables of the transaction that keeps a measurement

FIRST = "a new database"

# Each step by what it needs: what must be left to do so that a life comes past it.
NEEDS: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    FIRST: (("tables made", TRANSACTION),),
    "a measurement": (
        ("watch claimed", TRANSACTION),
        ("measuring", ("before", "done")),
        ("watch recorded", (*TRANSACTION, *RECORDED)),
    ),
    "a digest": (("digest claimed", TRANSACTION), ("digest recorded", (*TRANSACTION, "outbox"))),
    "pruning": (("prune claimed", TRANSACTION), ("pruning", TRANSACTION), ("prune recorded", TRANSACTION)),
    "a row": (("claim", TRANSACTION), ("attempt", TRANSACTION), ("mark", TRANSACTION)),
    "a row in doubt": (("look-up", CALL),),
    "a row with a picture": tuple((each, CALL) for each in UPLOAD),
    "a post": (("post", CALL),),
    "an edit": (("edit", CALL),),
    "a reply": (("reply", CALL),),
}
MOMENTS: Mapping[str, str] = {
    f"{step}: {when}": need for need, steps in NEEDS.items() for step, moments in steps for when in moments
}
AT_RANDOM = "any moment"
OF_WORK = (FIRST, "a measurement", "a digest", "pruning")
OFTEN_MET = frozenset(moment for moment, need in MOMENTS.items() if need not in OF_WORK)  # more than once in a life

_STATEMENT = re.compile(r"(INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE) (\w+)|SELECT .*\bhd_tickets\b", re.DOTALL)
_OF_OUTBOX = (("due_at=", "retry"), ("attempts=", "attempt"), ("ts=", "mark"))  # what an UPDATE sets, and its step


def moments_of(need: str) -> list[str]:
    """The moments that are reached where this is left to do; the one at random is a need and a moment of its own."""
    return [each for each, its in MOMENTS.items() if its == need] or [need]


def of_statement(statement: str, parameters: Any) -> tuple[str, str | None] | None:
    """The step that a statement begins, and its table, if it writes; None for one that is of no step."""
    if (found := _STATEMENT.match(statement.strip())) is None:
        return None
    verb, table = found.groups()
    match verb, table:
        case None, _:
            step: str | None = "measuring"
        case "CREATE TABLE", _:
            step = "tables made"
        case "DELETE FROM", _:
            step = "pruning" if "LIMIT" in statement else None
        case _, "claims":
            step = _of_claims(statement, str(parameters))
        case "UPDATE", "outbox":
            sets = re.findall(r"\w+=", statement.split(" WHERE ", maxsplit=1)[0])
            step = next((step for name, step in _OF_OUTBOX if name in sets), "claim")
        case _:
            step = "recorded"
    return None if step is None else (step, table)


def _of_claims(statement: str, parameters: str) -> str:
    work = next((each for each in WORKS if f"'{each}" in parameters), "renewal")
    if statement.startswith("INSERT"):
        return f"{work} claimed"
    return f"{work} recorded" if "done_at=" in statement else "renewal"


def of_call(method: str, arguments: Mapping[str, Any]) -> str | None:
    """The step that a call of Slack's is; None for one that is of no step."""
    match method:
        case "chat.postMessage":
            return "reply" if arguments.get("thread_ts") else "post"
        case "chat.update":
            return "edit"
        case "conversations.history" | "conversations.replies":
            return "look-up" if arguments.get("include_all_metadata") else None
    return method if method in UPLOAD else None
