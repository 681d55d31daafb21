"""blocks.validate: what Slack would say of blocks, a message or a view, without sending any."""

from __future__ import annotations

import re

from localslack.api.request import Method, Request, invalid_arguments
from localslack.api.views import view_problems
from localslack.blocks.blocks import problems_of
from localslack.blocks.schema import Problems, wrong
from localslack.state.model import Json

_PROBLEM = re.compile(r"\[ERROR\] (.*) \[json-pointer:(.*)\]", re.DOTALL)
_PLACES = ("blocks", "message", "view")


def validate_blocks(request: Request) -> Json:
    """Answer ``invalid_blocks``, ``invalid_message`` or ``invalid_view`` with each problem and its JSON pointer.

    Pointers start in what was given: ``/0/text`` among blocks, ``/blocks/0/text`` in a message or a view.
    """
    named = [name for name in _PLACES if name in request.args]
    if len(named) != 1:
        raise invalid_arguments("must provide exactly one of: blocks, message, view", "")
    place = named[0]
    problems = _problems(place, request.structure(place, f"invalid_{place}"))
    if not problems:
        return {"ok": True}
    inside = "/blocks" if place == "blocks" else ""
    return {"ok": False, "error": f"invalid_{place}", "errors": [_error(one, inside) for one in problems]}


def _problems(place: str, value: object) -> Problems:
    if place == "blocks":
        return problems_of(value)
    if not isinstance(value, dict):
        problems: Problems = []
        wrong(problems, "", "must provide an object")
        return problems
    return problems_of(value.get("blocks", [])) if place == "message" else view_problems(value)


def _error(problem: str, inside: str) -> Json:
    match = _PROBLEM.fullmatch(problem)
    text, pointer = match.groups() if match else (problem, "")
    code = "missing_field" if text.startswith("missing required field") else "failed_constraint"
    return {"pointer": pointer.removeprefix(inside), "code": code, "message": text}


METHODS = {"blocks.validate": Method(validate_blocks, token="none")}
