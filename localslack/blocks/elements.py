"""The rows of Block Kit's table for elements: buttons, menus, pickers and inputs, and which block takes which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

from localslack.blocks.composition import (
    ACTION,
    CONFIRM,
    DISPATCH,
    FILTER,
    IMAGE,
    LINK_OPTION,
    OPTION,
    OPTION_GROUP,
    RICH_OPTION,
    STYLE,
    mrkdwn,
    plain,
)
from localslack.blocks.rich_text import RICH_TEXT_BLOCK
from localslack.blocks.schema import (
    Check,
    Problems,
    array,
    choice,
    exactly_one,
    flag,
    integer,
    matching,
    record,
    string,
    web_address,
    wrong,
)
from localslack.state.model import Json

_FOCUS = {"focus_on_load": flag}
_PLACEHOLDER = {"placeholder": plain(150)}
_PICKS = {**ACTION, "confirm": CONFIRM, **_FOCUS}
_MENU = {**_PICKS, **_PLACEHOLDER}
_SEVERAL = {**_MENU, "max_selected_items": integer(1, 2**31)}
_TYPED = {**ACTION, **_PLACEHOLDER, **_FOCUS, "dispatch_action_config": DISPATCH}
_DATE = matching(r"\d{4}-\d{2}-\d{2}", "must be a date in the format YYYY-MM-DD")
_TIME = matching(r"([01]\d|2[0-3]):[0-5]\d", "must be a time in the format HH:mm")
_IDS = array(string())
_CHOICES = {"options": array(OPTION, 1, 100), "option_groups": array(OPTION_GROUP, 1, 100)}
_QUERY = {"min_query_length": integer(0, 2**31)}
_CONVERSATIONS = {"default_to_current_conversation": flag, "filter": FILTER}
_RESPONSE_URL = {"response_url_enabled": flag}


def options_of(element: Json) -> Iterator[Json]:
    """Yield an element's options, those of its groups too."""
    yield from element.get("options", [])
    for group in element.get("option_groups", []):
        yield from group["options"]


def _initial_is_an_option(value: object, pointer: str, problems: Problems) -> None:
    if not isinstance(value, dict):
        return
    initial = [value["initial_option"]] if "initial_option" in value else value.get("initial_options", [])
    try:
        offered = list(options_of(value))
    except (KeyError, TypeError):
        return  # the shape is wrong already, and the table has said so
    for option in initial if isinstance(initial, list) else []:
        if option not in offered:
            wrong(problems, pointer, "initial option must exactly match a provided option")


def _lengths_agree(value: object, pointer: str, problems: Problems) -> None:
    if isinstance(value, dict):
        least, most = value.get("min_length"), value.get("max_length")
        if isinstance(least, int) and isinstance(most, int) and least > most:
            wrong(problems, f"{pointer}/min_length", "must be less than or equal to max_length")


def _numbers_agree(value: object, pointer: str, problems: Problems) -> None:
    """Hold min_value, initial_value and max_value to numbers that do not fall, whole ones unless decimals are on."""
    if not isinstance(value, dict):
        return
    numbers: list[Decimal] = []
    for name in [name for name in ("min_value", "initial_value", "max_value") if name in value]:
        try:
            number = Decimal(str(value[name]))
        except InvalidOperation:
            wrong(problems, f"{pointer}/{name}", "must be a valid number")
            continue
        if value.get("is_decimal_allowed") is False and number != number.to_integral_value():
            wrong(problems, f"{pointer}/{name}", "must be an integer when is_decimal_allowed is false")
        numbers.append(number)
    if numbers != sorted(numbers):
        wrong(problems, pointer, "min_value, initial_value and max_value must not fall")


_FEEDBACK = record({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)}, typed=False)
_WORKFLOW = record(
    {
        "trigger": record(
            {"url": web_address(3000)},
            {
                "customizable_input_parameters": array(
                    record({"name": string(), "value": string(least=0)}, typed=False), 1
                )
            },
            typed=False,
        )
    },
    typed=False,
)
_AGENT = {"agent_prompt": string(4000), "agent_prompt_display": string()}


def _display_has_a_prompt(value: object, pointer: str, problems: Problems) -> None:
    if isinstance(value, dict) and "agent_prompt_display" in value and "agent_prompt" not in value:
        wrong(problems, pointer, "missing required field: agent_prompt")


_BUTTONS: Mapping[str, Check] = {
    "button": record(
        {"text": plain(75)},
        {
            **ACTION,
            **_AGENT,
            "url": web_address(3000),
            "value": string(2000, least=0),
            "style": STYLE,
            "confirm": CONFIRM,
            "accessibility_label": string(75),
        },
        _display_has_a_prompt,
    ),
    "workflow_button": record(
        {"text": plain(75), "workflow": _WORKFLOW},
        {**ACTION, "style": STYLE, "confirm": CONFIRM, "accessibility_label": string(75)},
    ),
    "overflow": record({"options": array(LINK_OPTION, 1, 5)}, {**ACTION, "confirm": CONFIRM}),
}
_MENUS: Mapping[str, Check] = {
    "static_select": record(
        {},
        {**_MENU, **_CHOICES, "initial_option": OPTION},
        exactly_one("options", "option_groups"),
        _initial_is_an_option,
    ),
    "multi_static_select": record(
        {},
        {**_SEVERAL, **_CHOICES, "initial_options": array(OPTION, 1, 100)},
        exactly_one("options", "option_groups"),
        _initial_is_an_option,
    ),
    "external_select": record({}, {**_MENU, **_QUERY, "initial_option": OPTION}),
    "multi_external_select": record({}, {**_SEVERAL, **_QUERY, "initial_options": array(OPTION, 1, 100)}),
    "users_select": record({}, {**_MENU, "initial_user": string()}),
    "multi_users_select": record({}, {**_SEVERAL, "initial_users": _IDS}),
    "conversations_select": record({}, {**_MENU, **_CONVERSATIONS, **_RESPONSE_URL, "initial_conversation": string()}),
    "multi_conversations_select": record({}, {**_SEVERAL, **_CONVERSATIONS, "initial_conversations": _IDS}),
    "channels_select": record({}, {**_MENU, **_RESPONSE_URL, "initial_channel": string()}),
    "multi_channels_select": record({}, {**_SEVERAL, "initial_channels": _IDS}),
}
_PICKERS: Mapping[str, Check] = {
    "datepicker": record({}, {**_MENU, "initial_date": _DATE}),
    "timepicker": record({}, {**_MENU, "initial_time": _TIME, "timezone": string()}),
    "datetimepicker": record({}, {**_PICKS, "initial_date_time": integer(10**9, 10**10 - 1)}),
    "checkboxes": record(
        {"options": array(RICH_OPTION, 1, 10)},
        {**_PICKS, "initial_options": array(RICH_OPTION, 1, 10)},
        _initial_is_an_option,
    ),
    "radio_buttons": record(
        {"options": array(RICH_OPTION, 1, 10)}, {**_PICKS, "initial_option": RICH_OPTION}, _initial_is_an_option
    ),
}
_RICH_INPUT: Mapping[str, Check] = {
    "rich_text_input": record(
        {}, {**_TYPED, "initial_value": RICH_TEXT_BLOCK, "min_lines": integer(1, 100), "max_lines": integer(1, 100)}
    )
}
_INPUTS: Mapping[str, Check] = {
    "plain_text_input": record(
        {},
        {
            **_TYPED,
            "initial_value": string(3000, least=0),
            "multiline": flag,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
        _lengths_agree,
    ),
    "number_input": record(
        {"is_decimal_allowed": flag},
        {**_TYPED, "initial_value": string(), "min_value": string(), "max_value": string()},
        _numbers_agree,
    ),
    "email_text_input": record({}, {**_TYPED, "initial_value": string(least=0)}),
    "url_text_input": record({}, {**_TYPED, "initial_value": string(least=0)}),
    "file_input": record({}, {**ACTION, "filetypes": array(string(), 1), "max_files": integer(1, 10)}),
}
_IN_CONTEXT_ACTIONS: Mapping[str, Check] = {
    "feedback_buttons": record({"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, ACTION),
    "icon_button": record(
        {"icon": choice("trash"), "text": plain(75)},
        {
            **ACTION,
            "confirm": CONFIRM,
            "value": string(2000),
            "accessibility_label": string(75),
            "visible_to_user_ids": array(string(), 1, 10),
        },
    ),
}

_IN_SECTION = {kind: check for kind, check in _PICKERS.items() if kind != "datetimepicker"}

TAKES: Mapping[str, Mapping[str, Check]] = {
    "section": {**_BUTTONS, **_MENUS, **_IN_SECTION, "image": IMAGE},
    "actions": {**_BUTTONS, **_MENUS, **_PICKERS, **_RICH_INPUT},
    "input": {**_MENUS, **_PICKERS, **_RICH_INPUT, **_INPUTS},
    "context": {"mrkdwn": mrkdwn(3000), "plain_text": plain(3000), "image": IMAGE},
    "context_actions": _IN_CONTEXT_ACTIONS,
    "card": {"button": _BUTTONS["button"]},
}
"""Which elements each kind of block takes."""

INTERACTIVE = frozenset({**_BUTTONS, **_MENUS, **_PICKERS, **_RICH_INPUT, **_INPUTS, **_IN_CONTEXT_ACTIONS})
"""The elements that have an ``action_id``, given or made."""
