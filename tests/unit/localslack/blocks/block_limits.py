"""Blocks of any size: for each limit, a payload that is `size` long and right in everything else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Json = dict[str, Any]
Sized = Callable[[int], Json]
URL = "https://example.org/"


def plain(text: str = "x") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> Json:
    return {"type": "mrkdwn", "text": text}


def option(text: str = "x", value: str = "v", **fields: Any) -> Json:
    return {"text": plain(text), "value": value, **fields}


def options(count: int) -> list[Json]:
    return [option(value=str(number)) for number in range(count)]


def address(size: int) -> str:
    return URL + "x" * (size - len(URL))


def button(**fields: Any) -> Json:
    return {"type": "button", "text": plain(), **fields}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def asked(kind: str, **fields: Any) -> Json:
    return {"type": "input", "label": plain(), "element": {"type": kind, **fields}}


def confirmed(**fields: Any) -> Json:
    dialog = {"title": plain(), "text": mrkdwn(), "confirm": plain(), "deny": plain(), **fields}
    return actions(button(confirm=dialog))


def select(**fields: Any) -> Json:
    return actions(
        {"type": "static_select", **({} if "option_groups" in fields else {"options": options(1)}), **fields}
    )


def image(**fields: Any) -> Json:
    return {"type": "image", "image_url": URL, "alt_text": "x", **fields}


def card(**fields: Any) -> Json:
    return {"type": "card", "title": mrkdwn(), **fields}


def container(**fields: Any) -> Json:
    return {"type": "container", "title": plain(), "child_blocks": [{"type": "divider"}], **fields}


def feedback(**fields: Any) -> Json:
    good, bad = {"text": plain(), "value": "x", **fields}, {"text": plain(), "value": "x"}
    return {
        "type": "context_actions",
        "elements": [{"type": "feedback_buttons", "positive_button": good, "negative_button": bad}],
    }


def icon(**fields: Any) -> Json:
    element = {"type": "icon_button", "icon": "trash", "text": plain(), **fields}
    return {"type": "context_actions", "elements": [element]}


def workflow(**fields: Any) -> Json:
    return actions({"type": "workflow_button", "text": plain(), "workflow": {"trigger": {"url": URL}}, **fields})


def table(rows: int = 1, columns: int = 1, **fields: Any) -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * columns] * rows, **fields}


def data_table(rows: int = 2, columns: int = 1, text: str = "x", **fields: Any) -> Json:
    cells = [[{"type": "raw_text", "text": text}] * columns] * rows
    return {"type": "data_table", "caption": "Tickets", "rows": cells, **fields}


def chart(series: int = 1, points: int = 1, name: str = "s", label: str = "p", **axis: Any) -> Json:
    labels = [f"{label[: len(label) - len(str(number))]}{number}" if points > 1 else label for number in range(points)]
    lines = [
        {"name": name if series == 1 else f"s{number}", "data": [{"label": one, "value": 1} for one in labels]}
        for number in range(series)
    ]
    drawn = {"type": "bar", "series": lines, "axis_config": {"categories": labels, **axis}}
    return {"type": "data_visualization", "title": "T", "chart": drawn}


def pie(segments: int = 1, label: str = "x", value: float = 1) -> Json:
    parts = [{"label": label, "value": value}] * segments
    return {"type": "data_visualization", "title": "T", "chart": {"type": "pie", "segments": parts}}


def rich(kind: str, **fields: Any) -> Json:
    inner: list[Json] = [{"type": "rich_text_section", "elements": []}] if kind == "rich_text_list" else []
    style = {"style": "bullet"} if kind == "rich_text_list" else {}
    return {"type": "rich_text", "elements": [{"type": kind, "elements": inner, **style, **fields}]}


def video(**fields: Any) -> Json:
    return {
        "type": "video",
        "alt_text": "x",
        "title": plain(),
        "thumbnail_url": URL,
        "video_url": URL,
        **fields,
    }


def section(**fields: Any) -> Json:
    return {"type": "section", **fields}


def tasks(count: int) -> Json:
    made = [{"task_id": str(number), "title": "x", "status": "pending"} for number in range(count)]
    return {"type": "plan", "title": "x", "tasks": [{"type": "task_card", **one} for one in made]}


def numbered(count: int) -> list[Json]:
    return [button(action_id=str(number)) for number in range(count)]


LIMITS: Mapping[str, Sized] = {
    "TEXT_MAX_LENGTH": lambda size: section(text=mrkdwn("x" * size)),
    "TEXT_MIN_LENGTH": lambda size: section(text=mrkdwn("x" * size)),
    "ACTION_ID_MAX_LENGTH": lambda size: actions(button(action_id="x" * size)),
    "BLOCK_ID_MAX_LENGTH": lambda size: {"type": "divider", "block_id": "x" * size},
    "BUTTON_TEXT_MAX_LENGTH": lambda size: actions(button(text=plain("x" * size))),
    "BUTTON_URL_MAX_LENGTH": lambda size: actions(button(url=address(size))),
    "BUTTON_VALUE_MAX_LENGTH": lambda size: actions(button(value="x" * size)),
    "BUTTON_ACCESSIBILITY_LABEL_MAX_LENGTH": lambda size: actions(button(accessibility_label="x" * size)),
    "BUTTON_AGENT_PROMPT_MAX_LENGTH": lambda size: actions(button(agent_prompt="x" * size)),
    "CONFIRMATION_TITLE_MAX_LENGTH": lambda size: confirmed(title=plain("x" * size)),
    "CONFIRMATION_TEXT_MAX_LENGTH": lambda size: confirmed(text=mrkdwn("x" * size)),
    "CONFIRMATION_CONFIRM_MAX_LENGTH": lambda size: confirmed(confirm=plain("x" * size)),
    "CONFIRMATION_DENY_MAX_LENGTH": lambda size: confirmed(deny=plain("x" * size)),
    "OPTION_TEXT_MAX_LENGTH": lambda size: select(options=[option("x" * size)]),
    "OPTION_VALUE_MAX_LENGTH": lambda size: select(options=[option(value="x" * size)]),
    "OPTION_DESCRIPTION_MAX_LENGTH": lambda size: select(options=[option(description=plain("x" * size))]),
    "OPTION_URL_MAX_LENGTH": lambda size: actions({"type": "overflow", "options": [option(url=address(size))]}),
    "OPTION_GROUP_LABEL_MAX_LENGTH": lambda size: select(
        option_groups=[{"label": plain("x" * size), "options": options(1)}]
    ),
    "OPTION_GROUP_OPTIONS_MIN_ITEMS": lambda size: select(option_groups=[{"label": plain(), "options": options(size)}]),
    "OPTION_GROUP_OPTIONS_MAX_ITEMS": lambda size: select(option_groups=[{"label": plain(), "options": options(size)}]),
    "SELECT_PLACEHOLDER_MAX_LENGTH": lambda size: select(placeholder=plain("x" * size)),
    "SELECT_OPTIONS_MIN_ITEMS": lambda size: select(options=options(size)),
    "SELECT_OPTIONS_MAX_ITEMS": lambda size: select(options=options(size)),
    "SELECT_OPTION_GROUPS_MIN_ITEMS": lambda size: select(
        option_groups=[{"label": plain(), "options": options(1)}] * size
    ),
    "SELECT_OPTION_GROUPS_MAX_ITEMS": lambda size: select(
        option_groups=[{"label": plain(), "options": options(1)}] * size
    ),
    "SELECT_MIN_QUERY_LENGTH_MIN": lambda size: actions({"type": "external_select", "min_query_length": size}),
    "OVERFLOW_OPTIONS_MIN_ITEMS": lambda size: actions({"type": "overflow", "options": options(size)}),
    "OVERFLOW_OPTIONS_MAX_ITEMS": lambda size: actions({"type": "overflow", "options": options(size)}),
    "CHECKBOXES_OPTIONS_MIN_ITEMS": lambda size: actions({"type": "checkboxes", "options": options(size)}),
    "CHECKBOXES_OPTIONS_MAX_ITEMS": lambda size: actions({"type": "checkboxes", "options": options(size)}),
    "RADIO_BUTTONS_OPTIONS_MIN_ITEMS": lambda size: actions({"type": "radio_buttons", "options": options(size)}),
    "RADIO_BUTTONS_OPTIONS_MAX_ITEMS": lambda size: actions({"type": "radio_buttons", "options": options(size)}),
    "FILE_INPUT_MAX_FILES_MIN": lambda size: asked("file_input", max_files=size),
    "FILE_INPUT_MAX_FILES_MAX": lambda size: asked("file_input", max_files=size),
    "PLAIN_TEXT_INPUT_MIN_LENGTH_MIN": lambda size: asked("plain_text_input", min_length=size),
    "PLAIN_TEXT_INPUT_MIN_LENGTH_MAX": lambda size: asked("plain_text_input", min_length=size),
    "PLAIN_TEXT_INPUT_MAX_LENGTH_MIN": lambda size: asked("plain_text_input", max_length=size),
    "PLAIN_TEXT_INPUT_MAX_LENGTH_MAX": lambda size: asked("plain_text_input", max_length=size),
    "PLAIN_TEXT_INPUT_PLACEHOLDER_MAX_LENGTH": lambda size: asked("plain_text_input", placeholder=plain("x" * size)),
    "EMAIL_INPUT_PLACEHOLDER_MAX_LENGTH": lambda size: asked("email_text_input", placeholder=plain("x" * size)),
    "URL_INPUT_PLACEHOLDER_MAX_LENGTH": lambda size: asked("url_text_input", placeholder=plain("x" * size)),
    "NUMBER_INPUT_PLACEHOLDER_MAX_LENGTH": lambda size: asked(
        "number_input", is_decimal_allowed=False, placeholder=plain("x" * size)
    ),
    "DATE_PICKER_PLACEHOLDER_MAX_LENGTH": lambda size: asked("datepicker", placeholder=plain("x" * size)),
    "TIME_PICKER_PLACEHOLDER_MAX_LENGTH": lambda size: asked("timepicker", placeholder=plain("x" * size)),
    "RICH_TEXT_INPUT_PLACEHOLDER_MAX_LENGTH": lambda size: asked("rich_text_input", placeholder=plain("x" * size)),
    "RICH_TEXT_INPUT_MIN_LINES_MIN": lambda size: asked("rich_text_input", min_lines=size),
    "RICH_TEXT_INPUT_MIN_LINES_MAX": lambda size: asked("rich_text_input", min_lines=size),
    "RICH_TEXT_INPUT_MAX_LINES_MIN": lambda size: asked("rich_text_input", max_lines=size),
    "RICH_TEXT_INPUT_MAX_LINES_MAX": lambda size: asked("rich_text_input", max_lines=size),
    "MULTI_SELECT_MAX_SELECTED_ITEMS_MIN": lambda size: asked("multi_users_select", max_selected_items=size),
    "CONVERSATION_FILTER_INCLUDE_MIN_ITEMS": lambda size: asked(
        "conversations_select", filter={"include": ["im"] * size}
    ),
    "DISPATCH_ACTION_CONFIGURATION_TRIGGER_ACTIONS_ON_MIN_ITEMS": lambda size: asked(
        "plain_text_input", dispatch_action_config={"trigger_actions_on": ["on_enter_pressed"] * size}
    ),
    "DISPATCH_ACTION_CONFIGURATION_TRIGGER_ACTIONS_ON_MAX_ITEMS": lambda size: asked(
        "plain_text_input", dispatch_action_config={"trigger_actions_on": ["on_enter_pressed"] * size}
    ),
    "ACTIONS_ELEMENTS_MAX_ITEMS": lambda size: actions(*numbered(size)),
    "ALERT_TEXT_MAX_LENGTH": lambda size: {"type": "alert", "text": plain("x" * size)},
    "CARD_TITLE_MAX_LENGTH": lambda size: card(title=mrkdwn("x" * size)),
    "CARD_SUBTITLE_MAX_LENGTH": lambda size: card(subtitle=mrkdwn("x" * size)),
    "CARD_BODY_MAX_LENGTH": lambda size: card(body=mrkdwn("x" * size)),
    "CARD_SUBTEXT_MAX_LENGTH": lambda size: card(subtext=mrkdwn("x" * size)),
    "CARD_ACTIONS_MAX_ITEMS": lambda size: card(actions=numbered(size)),
    "CAROUSEL_ELEMENTS_MIN_ITEMS": lambda size: {"type": "carousel", "elements": [card()] * size},
    "CAROUSEL_ELEMENTS_MAX_ITEMS": lambda size: {"type": "carousel", "elements": [card()] * size},
    "CONTAINER_TITLE_MAX_LENGTH": lambda size: container(title=plain("x" * size)),
    "CONTAINER_SUBTITLE_MAX_LENGTH": lambda size: container(subtitle=mrkdwn("x" * size)),
    "CONTAINER_CHILD_BLOCKS_MIN_ITEMS": lambda size: container(child_blocks=[{"type": "divider"}] * size),
    "CONTAINER_CHILD_BLOCKS_MAX_ITEMS": lambda size: container(child_blocks=[{"type": "divider"}] * size),
    "CONTEXT_ELEMENTS_MAX_ITEMS": lambda size: {"type": "context", "elements": [mrkdwn()] * size},
    "CONTEXT_ACTIONS_ELEMENTS_MAX_ITEMS": lambda size: {
        "type": "context_actions",
        "elements": icon()["elements"] * size,
    },
    "FEEDBACK_BUTTON_TEXT_MAX_LENGTH": lambda size: feedback(text=plain("x" * size)),
    "FEEDBACK_BUTTON_VALUE_MAX_LENGTH": lambda size: feedback(value="x" * size),
    "FEEDBACK_BUTTON_ACCESSIBILITY_LABEL_MAX_LENGTH": lambda size: feedback(accessibility_label="x" * size),
    "ICON_BUTTON_VALUE_MAX_LENGTH": lambda size: icon(value="x" * size),
    "ICON_BUTTON_ACCESSIBILITY_LABEL_MAX_LENGTH": lambda size: icon(accessibility_label="x" * size),
    "ICON_BUTTON_VISIBLE_TO_USER_IDS_MAX_ITEMS": lambda size: icon(visible_to_user_ids=["U1"] * size),
    "WORKFLOW_BUTTON_TEXT_MAX_LENGTH": lambda size: workflow(text=plain("x" * size)),
    "WORKFLOW_BUTTON_ACCESSIBILITY_LABEL_MAX_LENGTH": lambda size: workflow(accessibility_label="x" * size),
    "TABLE_ROWS_MAX_ITEMS": lambda size: table(rows=size),
    "TABLE_COLUMNS_MAX_ITEMS": lambda size: table(columns=size),
    "TABLE_COLUMN_SETTINGS_MAX_ITEMS": lambda size: table(column_settings=[{"align": "left"}] * size),
    "DATA_TABLE_ROWS_MIN_ITEMS": lambda size: data_table(rows=size),
    "DATA_TABLE_ROWS_MAX_ITEMS": lambda size: data_table(rows=size),
    "DATA_TABLE_COLUMNS_MIN_ITEMS": lambda size: data_table(columns=size),
    "DATA_TABLE_COLUMNS_MAX_ITEMS": lambda size: data_table(columns=size),
    "DATA_TABLE_PAGE_SIZE_MIN": lambda size: data_table(page_size=size),
    "DATA_TABLE_PAGE_SIZE_MAX": lambda size: data_table(page_size=size),
    "DATA_TABLE_CELL_TEXT_MIN_LENGTH": lambda size: data_table(text="x" * size),
    "DATA_TABLE_CONTENT_MAX_LENGTH": lambda size: data_table(rows=2, text="x" * ((size + 1) // 2)),
    "DATA_TABLE_ROW_HEADER_COLUMN_INDEX_MIN": lambda size: data_table(row_header_column_index=size),
    "DATA_VISUALIZATION_TITLE_MAX_LENGTH": lambda size: {**pie(), "title": "x" * size},
    "DATA_VISUALIZATION_SEGMENTS_MIN_ITEMS": pie,
    "DATA_VISUALIZATION_SEGMENTS_MAX_ITEMS": pie,
    "DATA_VISUALIZATION_SEGMENT_LABEL_MAX_LENGTH": lambda size: pie(label="x" * size),
    "DATA_VISUALIZATION_SERIES_MIN_ITEMS": lambda size: chart(series=size),
    "DATA_VISUALIZATION_SERIES_MAX_ITEMS": lambda size: chart(series=size),
    "DATA_VISUALIZATION_SERIES_NAME_MAX_LENGTH": lambda size: chart(name="x" * size),
    "DATA_VISUALIZATION_DATA_MIN_ITEMS": lambda size: chart(points=size),
    "DATA_VISUALIZATION_DATA_MAX_ITEMS": lambda size: chart(points=size),
    "DATA_VISUALIZATION_POINT_LABEL_MAX_LENGTH": lambda size: chart(label="x" * size),
    "DATA_VISUALIZATION_CATEGORIES_MIN_ITEMS": lambda size: chart(points=size),
    "DATA_VISUALIZATION_CATEGORIES_MAX_ITEMS": lambda size: chart(points=size),
    "DATA_VISUALIZATION_CATEGORY_LABEL_MAX_LENGTH": lambda size: chart(label="x" * size),
    "DATA_VISUALIZATION_AXIS_LABEL_MAX_LENGTH": lambda size: chart(x_label="x" * size),
    "HEADER_TEXT_MAX_LENGTH": lambda size: {"type": "header", "text": plain("x" * size)},
    "IMAGE_IMAGE_URL_MAX_LENGTH": lambda size: image(image_url=address(size)),
    "IMAGE_ALT_TEXT_MAX_LENGTH": lambda size: image(alt_text="x" * size),
    "IMAGE_TITLE_MAX_LENGTH": lambda size: image(title=plain("x" * size)),
    "IMAGE_ELEMENT_IMAGE_URL_MAX_LENGTH": lambda size: section(text=plain(), accessory=image(image_url=address(size))),
    "IMAGE_ELEMENT_ALT_TEXT_MAX_LENGTH": lambda size: section(text=plain(), accessory=image(alt_text="x" * size)),
    "INPUT_LABEL_MAX_LENGTH": lambda size: {**asked("datepicker"), "label": plain("x" * size)},
    "INPUT_HINT_MAX_LENGTH": lambda size: {**asked("datepicker"), "hint": plain("x" * size)},
    "MARKDOWN_TEXT_MAX_LENGTH": lambda size: {"type": "markdown", "text": "x" * size},
    "PLAN_TASKS_MAX_ITEMS": tasks,
    "RICH_TEXT_LIST_INDENT_MIN": lambda size: rich("rich_text_list", indent=size),
    "RICH_TEXT_LIST_INDENT_MAX": lambda size: rich("rich_text_list", indent=size),
    "RICH_TEXT_LIST_OFFSET_MIN": lambda size: rich("rich_text_list", offset=size),
    "RICH_TEXT_LIST_BORDER_MIN": lambda size: rich("rich_text_list", border=size),
    "RICH_TEXT_LIST_BORDER_MAX": lambda size: rich("rich_text_list", border=size),
    "RICH_TEXT_QUOTE_BORDER_MIN": lambda size: rich("rich_text_quote", border=size),
    "RICH_TEXT_QUOTE_BORDER_MAX": lambda size: rich("rich_text_quote", border=size),
    "RICH_TEXT_PREFORMATTED_BORDER_MIN": lambda size: rich("rich_text_preformatted", border=size),
    "RICH_TEXT_PREFORMATTED_BORDER_MAX": lambda size: rich("rich_text_preformatted", border=size),
    "SECTION_TEXT_MAX_LENGTH": lambda size: section(text=plain("x" * size)),
    "SECTION_FIELDS_MAX_ITEMS": lambda size: section(fields=[plain()] * size),
    "SECTION_FIELDS_ITEM_MAX_LENGTH": lambda size: section(fields=[plain("x" * size)]),
    "VIDEO_ALT_TEXT_MAX_LENGTH": lambda size: video(alt_text="x" * size),
    "VIDEO_TITLE_MAX_LENGTH": lambda size: video(title=plain("x" * size)),
    "VIDEO_AUTHOR_NAME_MAX_LENGTH": lambda size: video(author_name="x" * size),
    "VIDEO_DESCRIPTION_MAX_LENGTH": lambda size: video(description=plain("x" * size)),
    "VIDEO_PROVIDER_NAME_MAX_LENGTH": lambda size: video(provider_name="x" * size),
    "VIDEO_THUMBNAIL_URL_MAX_LENGTH": lambda size: video(thumbnail_url=address(size)),
    "VIDEO_VIDEO_URL_MAX_LENGTH": lambda size: video(video_url=address(size)),
    "VIDEO_TITLE_URL_MAX_LENGTH": lambda size: video(title_url=address(size)),
    "VIDEO_PROVIDER_ICON_URL_MAX_LENGTH": lambda size: video(provider_icon_url=address(size)),
}
"""By the name that the package `slackblocks` gives the limit."""
