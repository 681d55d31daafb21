"""The rules of Block Kit that look beyond one block: unique ids, kinds that are few, files that exist."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from localslack.blocks.schema import Problems, wrong
from localslack.state.model import Json

PER_MESSAGE = {"table": 1, "data_visualization": 2}
FileCheck = Callable[[Json], bool]


def every_block(blocks: list[Json], pointer: str = "") -> Iterator[tuple[Json, str]]:
    """Yield all blocks, those inside containers and carousels too, each with its JSON pointer."""
    for index, block in enumerate(blocks):
        yield block, f"{pointer}/{index}"
        yield from every_block(block.get("child_blocks", []), f"{pointer}/{index}/child_blocks")
        if block.get("type") == "carousel":
            yield from every_block(block["elements"], f"{pointer}/{index}/elements")


def elements_of(block: Json, pointer: str = "") -> Iterator[tuple[Json, str]]:
    """Yield a block's elements, interactive or not, each with its JSON pointer; not those of blocks inside it."""
    for name in ("elements", "actions"):
        listed = block.get(name, []) if block.get("type") != "carousel" else []
        for index, element in enumerate(listed if isinstance(listed, list) else []):
            yield element, f"{pointer}/{name}/{index}"
    for name in ("accessory", "element", "hero_image", "icon"):
        if isinstance(block.get(name), dict):
            yield block[name], f"{pointer}/{name}"


def unique_block_ids(blocks: list[Json], problems: Problems) -> None:
    """Refuse a block_id that is there already."""
    used: set[str] = set()
    for block, pointer in every_block(blocks, "/blocks"):
        name = block.get("block_id")
        if name in used:
            wrong(problems, f"{pointer}/block_id", f"block_id `{name}` already exists")
        elif name is not None:
            used.add(name)


def unique_action_ids(blocks: list[Json], problems: Problems) -> None:
    """Refuse an action_id that is in the same block already."""
    for block, place in every_block(blocks, "/blocks"):
        used: set[str] = set()
        for element, pointer in elements_of(block, place):
            name = element.get("action_id")
            if name in used:
                wrong(problems, f"{pointer}/action_id", f"action_id `{name}` already exists in this block")
            elif name is not None:
                used.add(name)


def not_too_many(blocks: list[Json], problems: Problems) -> None:
    """Refuse more charts and tables than a message takes."""
    for kind, most in PER_MESSAGE.items():
        places = [pointer for block, pointer in every_block(blocks, "/blocks") if block["type"] == kind]
        for pointer in places[most:]:
            wrong(problems, pointer, f"no more than {most} {kind} blocks allowed in a message")


def one_focus(blocks: list[Json], problems: Problems) -> None:
    """Refuse a second element that asks for the focus."""
    asking = [
        pointer
        for block, place in every_block(blocks, "/blocks")
        for element, pointer in elements_of(block, place)
        if element.get("focus_on_load") is True
    ]
    for pointer in asking[1:]:
        wrong(problems, f"{pointer}/focus_on_load", "only one element can be set to true")


def no_lone_pending_task(blocks: list[Json], problems: Problems) -> None:
    """Refuse a task card that is pending outside of a plan."""
    for block, pointer in every_block(blocks, "/blocks"):
        if block["type"] == "task_card" and block["status"] == "pending":
            wrong(problems, f"{pointer}/status", "only the tasks of a plan can be pending")


def files_are_ready(blocks: list[Json], file_is_ready: FileCheck, problems: Problems) -> None:
    """Refuse a picture by ``slack_file`` that isn't there, isn't processed, or is no picture."""
    for block, place in every_block(blocks, "/blocks"):
        for holder, pointer in [(block, place), *elements_of(block, place)]:
            if "slack_file" in holder and not file_is_ready(holder["slack_file"]):
                wrong(problems, f"{pointer}/slack_file", "invalid slack file")


RULES: tuple[Callable[[list[Json], Problems], None], ...] = (
    unique_block_ids,
    unique_action_ids,
    not_too_many,
    one_focus,
    no_lone_pending_task,
)
