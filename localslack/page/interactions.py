"""What every interactive payload has in common: who did it, in which workspace, and the trigger that it gives."""

from __future__ import annotations

from localslack.state.model import Json
from localslack.state.workspace import Workspace


def interaction(ws: Workspace, person: str, kind: str) -> Json:
    """Return the frame of a payload such as ``block_actions`` or ``view_submission``, with a new trigger_id."""
    user = ws.users[person]
    return {
        "type": kind,
        "user": {"id": person, "username": user.name, "name": user.name, "team_id": user.team_id},
        "api_app_id": ws.app_id,
        "token": "verification-token",
        "trigger_id": ws.new_trigger(person),
        "team": {"id": ws.team_id, "domain": ws.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }
