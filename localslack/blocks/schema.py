"""Checks for JSON values, combined like a schema, so that `blocks` can be a table.

A check takes a value, its JSON pointer and a list to which it adds the problems, worded as Slack does in
``response_metadata.messages``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

Problems = list[str]
Check = Callable[[object, str, Problems], None]


def wrong(problems: Problems, pointer: str, text: str) -> None:
    """Add one problem."""
    problems.append(f"[ERROR] {text} [json-pointer:{pointer}]")


def anything(value: object, pointer: str, problems: Problems) -> None:
    """Accept whatever it is."""


def flag(value: object, pointer: str, problems: Problems) -> None:
    """Accept true and false."""
    if not isinstance(value, bool):
        wrong(problems, pointer, "must provide a boolean")


def string(most: int | None = None, least: int = 1) -> Check:
    """Accept a string of `least` to `most` characters."""

    def check(value: object, pointer: str, problems: Problems) -> None:
        if not isinstance(value, str):
            wrong(problems, pointer, "must provide a string")
        elif len(value) < least:
            wrong(problems, pointer, f"must be more than {least - 1} characters")
        elif most is not None and len(value) > most:
            wrong(problems, pointer, f"must be less than {most + 1} characters")

    return check


def web_address(most: int, *schemes: str) -> Check:
    """Accept an address of at most `most` characters, by default an http or https one."""
    length, starts = string(most), tuple(f"{scheme}://" for scheme in schemes or ("http", "https"))

    def check(value: object, pointer: str, problems: Problems) -> None:
        length(value, pointer, problems)
        if isinstance(value, str) and not value.startswith(starts):
            wrong(problems, pointer, "must be a valid URL")

    return check


def secure_address(most: int) -> Check:
    """Accept an https address of at most `most` characters."""
    return web_address(most, "https")


def matching(pattern: str, text: str) -> Check:
    """Accept a string that the whole `pattern` matches; `text` says what else is wrong."""
    compiled = re.compile(pattern)

    def check(value: object, pointer: str, problems: Problems) -> None:
        if not isinstance(value, str) or compiled.fullmatch(value) is None:
            wrong(problems, pointer, text)

    return check


def number(value: object, pointer: str, problems: Problems) -> None:
    """Accept any number; booleans are not numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        wrong(problems, pointer, "must provide a number")


def positive(value: object, pointer: str, problems: Problems) -> None:
    """Accept a number above zero."""
    number(value, pointer, problems)
    if isinstance(value, int | float) and value <= 0:
        wrong(problems, pointer, "must be greater than 0")


def integer(least: int, most: int) -> Check:
    """Accept a whole number from `least` to `most`."""

    def check(value: object, pointer: str, problems: Problems) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            wrong(problems, pointer, "must provide an integer")
        elif not least <= value <= most:
            wrong(problems, pointer, f"must be between {least} and {most}")

    return check


def choice(*values: str) -> Check:
    """Accept one of these strings."""

    def check(value: object, pointer: str, problems: Problems) -> None:
        if value not in values:
            wrong(problems, pointer, f"must be one of: {', '.join(values)}")

    return check


def array(item: Check, least: int = 0, most: int | None = None) -> Check:
    """Accept a list of `least` to `most` items."""

    def check(value: object, pointer: str, problems: Problems) -> None:
        if not isinstance(value, list):
            wrong(problems, pointer, "must provide an array")
            return
        if len(value) < least:
            wrong(problems, pointer, f"no fewer than {least} items allowed")
        if most is not None and len(value) > most:
            wrong(problems, pointer, f"no more than {most} items allowed")
        for index, part in enumerate(value):
            item(part, f"{pointer}/{index}", problems)

    return check


def record(
    required: Mapping[str, Check], optional: Mapping[str, Check] | None = None, *rules: Check, typed: bool = True
) -> Check:
    """Accept an object with these fields and no others; `typed` objects also carry ``type``, checked elsewhere."""
    checks = {**required, **(optional or {})}
    free = {"type"} if typed else set()

    def check(value: object, pointer: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            wrong(problems, pointer, "must provide an object")
            return
        for name in [name for name in required if name not in value]:
            wrong(problems, pointer, f"missing required field: {name}")
        for name, part in value.items():
            if name in checks:
                checks[name](part, f"{pointer}/{name}", problems)
            elif name not in free:
                wrong(problems, pointer, f"invalid additional property: {name}")
        for rule in rules:
            rule(value, pointer, problems)

    return check


def by_type(table: Mapping[str, Check]) -> Check:
    """Accept an object that one of the table's checks accepts, chosen by its ``type``."""

    def check(value: object, pointer: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            wrong(problems, pointer, "must provide an object")
            return
        kind = value.get("type")
        if kind is None:
            wrong(problems, pointer, "missing required field: type")
        elif not isinstance(kind, str) or kind not in table:
            wrong(problems, f"{pointer}/type", f"unsupported type: {kind}")
        else:
            table[kind](value, pointer, problems)

    return check


def exactly_one(*names: str) -> Check:
    """Accept an object that has one, and only one, of these fields."""

    def check(value: object, pointer: str, problems: Problems) -> None:
        if isinstance(value, dict) and sum(name in value for name in names) != 1:
            wrong(problems, pointer, f"must provide exactly one of: {', '.join(names)}")

    return check


def at_least_one(*names: str) -> Check:
    """Accept an object that has one or more of these fields."""

    def check(value: object, pointer: str, problems: Problems) -> None:
        if isinstance(value, dict) and not any(name in value for name in names):
            wrong(problems, pointer, f"must provide at least one of: {', '.join(names)}")

    return check


def unique(items: str, name: str) -> Check:
    """Accept an object whose list `items` holds no two objects with the same `name`."""

    def check(value: object, pointer: str, problems: Problems) -> None:
        listed = value.get(items) if isinstance(value, dict) else None
        values: list[object] = []
        for index, one in enumerate(listed if isinstance(listed, list) else []):
            value_of_name = one.get(name) if isinstance(one, dict) else None
            if value_of_name in values:
                wrong(problems, f"{pointer}/{items}/{index}/{name}", f"{name} `{value_of_name}` already exists")
            values.append(value_of_name)

    return check
