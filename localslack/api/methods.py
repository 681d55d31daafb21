"""The methods of the Web API: which exist, which token and scopes they need, and how errors are answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from localslack.api import blocks_validate, chat, conversations, files, reactions, views
from localslack.api.forms import group_form, user_form
from localslack.api.request import Method, Request, missing_scope, page_of
from localslack.state.errors import SlackError
from localslack.state.model import Json
from localslack.state.workspace import Workspace


def _api_test(request: Request) -> Json:
    if request.text("error"):
        raise SlackError(request.text("error"), args=dict(request.args))
    return {"ok": True, "args": dict(request.args)}


def _auth_test(request: Request) -> Json:
    ws = request.ws
    return {
        "ok": True,
        "url": f"{request.base_url}/",
        "team": ws.name,
        "user": ws.bot_name,
        "team_id": ws.team_id,
        "user_id": ws.bot_user_id,
        "bot_id": ws.bot_id,
        "is_enterprise_install": False,
    }


def _users_info(request: Request) -> Json:
    user = request.ws.users.get(request.required("user"))
    if user is None:
        raise SlackError("user_not_found")
    return {"ok": True, "user": user_form(request.ws, user)}


def _users_list(request: Request) -> Json:
    forms = [user_form(request.ws, user) for user in request.ws.users.values()]
    page, cursor = page_of(forms, request)
    return {"ok": True, "members": page, "cache_ts": 0, "response_metadata": {"next_cursor": cursor}}


def _groups_list(request: Request) -> Json:
    forms = [group_form(request.ws, ident, group) for ident, group in request.ws.groups.items()]
    if request.flag("include_users"):
        for form, group in zip(forms, request.ws.groups.values(), strict=True):
            form["users"] = [request.ws.user_id(name) for name in group.members]
    return {"ok": True, "usergroups": forms}


def _connections_open(request: Request) -> Json:
    address = request.base_url.replace("http", "ws", 1)
    return {"ok": True, "url": f"{address}/link/?ticket={request.ws.new_ticket()}&app_id={request.ws.app_id}"}


METHODS: Mapping[str, Method] = {
    "api.test": Method(_api_test, token="none"),
    "auth.test": Method(_auth_test),
    "apps.connections.open": Method(_connections_open, token="app"),
    "users.info": Method(_users_info, ("users:read",)),
    "users.list": Method(_users_list, ("users:read",)),
    "usergroups.list": Method(_groups_list, ("usergroups:read",)),
    **blocks_validate.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **reactions.METHODS,
    **views.METHODS,
}


@dataclass(frozen=True, slots=True)
class Reply:
    """The response: a JSON body and, for valid tokens, the headers that list the scopes."""

    body: Json
    headers: Mapping[str, str]


def answer(ws: Workspace, name: str, token: str, args: Mapping[str, object], base_url: str) -> Reply:
    """Run one method as Slack would: the method, then the token, then its scopes, then its arguments."""
    method = METHODS.get(name)
    if method is None:
        return Reply({"ok": False, "error": "unknown_method", "req_method": name}, {})
    headers = _scope_headers(ws, method, token)
    try:
        _check_token(ws, method, token)
        return Reply(method.run(Request(ws, args, base_url)), headers)
    except SlackError as refusal:
        return Reply(refusal.body(), headers)


def _scope_headers(ws: Workspace, method: Method, token: str) -> dict[str, str]:
    scopes_of = {ws.bot_token: ",".join(ws.scopes), ws.app_token: "connections:write"}
    if token not in scopes_of:
        return {}
    return {"x-oauth-scopes": scopes_of[token], "x-accepted-oauth-scopes": ",".join(method.scopes)}


def _check_token(ws: Workspace, method: Method, token: str) -> None:
    if method.token == "none":
        return
    if not token:
        raise SlackError("not_authed")
    refused = ws.refusal_of(token)
    if refused is not None:
        raise SlackError(refused)
    if token != (ws.app_token if method.token == "app" else ws.bot_token):
        raise SlackError("not_allowed_token_type")
    for scope in method.scopes:
        if scope not in ws.scopes:
            raise missing_scope(scope, ws.scopes)
