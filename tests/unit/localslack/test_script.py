"""A workspace's set-up in YAML: it makes what it says, and a mistake tells what to write."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

import localslack
from localslack import ScriptError, Workspace, WorkspaceError, standalone
from localslack.script import parse_script, read_script
from localslack.state.faults import KINDS

FULL = """
name: River Valley ISD
bot: helper
channels:
  - general
  - {name: "#tech-alerts", topic: What broke, members: [dana, bot]}
  - {name: cabinet, private: true, members: ["@dana"]}
people:
  - {name: dana, real_name: Dana Okafor, title: Director}
  - luis
groups: [{handle: leads, members: [luis]}]
commands: [/ask, {command: /kpi, usage: "[kpi]", about: "How does it stand?"}]
scopes: [chat:write, users:read]
rate_limits: on
seed: 7
faults:
  - {method: chat.postMessage, kind: http_503, channel: general}
  - {method: users.list, kind: error, times: always, error: fatal_error}
"""


def test_a_script_makes_what_it_says(tmp_path: Path) -> None:
    file = tmp_path / "workspace.yaml"
    file.write_text(FULL)
    ws = read_script(file).workspace()
    assert (ws.name, ws.bot_name, ws.scopes) == ("River Valley ISD", "helper", ("chat:write", "users:read"))
    assert [user.real_name for user in ws.people()] == ["Dana Okafor", "luis"]
    alerts, cabinet = ws.find("tech-alerts"), ws.find("cabinet")
    assert alerts is not None and alerts.members == [ws.user_id("dana"), ws.bot_user_id]
    assert cabinet is not None and cabinet.private and ws.bot_user_id not in cabinet.members
    assert ws.command_hints == (("/ask", "", ""), ("/kpi", "[kpi]", "How does it stand?"))
    assert [(fault.kind, fault.times) for fault in ws.faults.pending()] == [("http_503", 1), ("error", None)]
    assert ws.rate_limits.tiers and ws.rate_limits.seconds == 1.0


def test_the_script_in_the_readme_can_be_read() -> None:
    page = (Path(localslack.__file__).parent / "README.md").read_text()
    script = page.split("```yaml\n")[1].split("```")[0]
    ws = parse_script(yaml.safe_load(script)).workspace()
    assert [fault.kind for fault in ws.faults.pending()][-2:] == ["duplicate", "reset"]
    assert all(f"`{kind}`" in page for kind in KINDS)


def test_a_script_says_who_is_no_full_member() -> None:
    ws = parse_script(
        {
            "channels": ["general", {"name": "vendor", "ext_shared": True}],
            "people": ["dana", {"name": "pat", "guest": "single_channel"}, {"name": "kim", "team": "Vendor Inc"}],
        }
    ).workspace()
    kim = ws.user_id("kim")
    general, vendor = (ws.conversations[ws.channel_id(name)] for name in ("general", "vendor"))
    assert kim in vendor.members and kim not in general.members
    assert ws.is_foreign(ws.users[kim]) and not ws.is_stranger(ws.users[kim])
    assert ws.users[ws.user_id("pat")].guest == "single_channel"


def test_an_empty_script_is_a_workspace_too() -> None:
    assert parse_script({}).workspace().bot_token == Workspace().bot_token


BAD = [
    ("chanels: [general]", "script: no key `chanels`; did you mean `channels`?"),
    ("channels: [{topic: x}]", "channels[1]: write `name: …`"),
    ("channels: [{name: two words}]", "channels[1].name: `two words` does not fit; write a name without spaces"),
    ("channels: [general, general]", "channels[2]: `general` is there already; give each a name of its own"),
    ("channels: [{name: a, members: [dena]}]", "channels[1].members: nobody is called `dena`; did you mean `dana`?"),
    (
        "{channels: [{name: a, members: [kim]}], people: [{name: kim, team: Vendor}]}",
        "channels[1].members: `kim` is of another team; write `ext_shared: true`",
    ),
    ("people: [{name: kim, guest: some}]", "people[1].guest: this should be '', 'multi_channel' or 'single_channel'"),
    ("groups: [{handle: a, members: [bot]}]", "groups[1].members: nobody is called `bot`; there are: dana"),
    ("people: [{name: dana, tile: x}]", "people[1]: no key `tile`; did you mean `title`?"),
    ("commands: [ask]", "commands[1].command: `ask` does not fit; write a slash and a word, such as `/ask`"),
    ("bot_token: secret", "bot_token: `secret` does not fit; write a token that begins with xoxb-"),
    ("rate_limits: sometimes", "rate_limits: this should be a valid boolean"),
    ("request_url: here", "request_url: `here` does not fit; write an address that begins with http:// or https://"),
    ("faults: [{method: auth.test, kind: boom}]", "faults[1].kind: this should be 'pass', 'ratelimited'"),
    ("faults: [{method: socket, kind: error}]", "faults[1]: no fault `error` for `socket`; there are: pass, reset"),
    ("faults: [{method: auth.test, kind: error, times: 0}]", "this should be a whole number above 0, or `always`"),
    ("faults: [{method: auth.test, kind: error, rate: 2}]", "faults[1].rate: this should be less than or equal to 1"),
    ("faults: [{method: auth.test, kind: error, channel: genral}]", "no channel `genral`; did you mean `general`?"),
    ("- general", "write keys with values, such as `channels: [general]`"),
]


@pytest.mark.parametrize(("text", "words"), BAD, ids=[words[:40] for _, words in BAD])
def test_a_mistake_is_told_with_its_place_and_what_to_write(text: str, words: str) -> None:
    with pytest.raises(ScriptError) as error:
        parse_script(yaml.safe_load(text))
    assert words in str(error.value) and len(str(error.value).splitlines()) == 1


def test_every_mistake_is_told_at_once_with_the_files_name(tmp_path: Path) -> None:
    file = tmp_path / "workspace.yaml"
    file.write_text("chanels: []\npeople: [{}]\n")
    with pytest.raises(ScriptError) as error:
        read_script(file)
    assert [line.startswith(f"{file}: ") for line in str(error.value).splitlines()] == [True, True]


@pytest.mark.parametrize(
    ("text", "words"),
    [("people:\n  - {name: dana", "is no YAML: line 2, expected"), (None, "cannot be read (No such file")],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, text: str | None, words: str) -> None:
    file = tmp_path / "workspace.yaml"
    if text is not None:
        file.write_text(text)
    with pytest.raises(ScriptError) as error:
        read_script(file)
    assert words in str(error.value)


async def test_alone_it_tells_where_it_is_and_which_tokens_it_takes(tmp_path: Path) -> None:
    file, stop = tmp_path / "workspace.yaml", asyncio.Event()
    said: asyncio.Queue[str] = asyncio.Queue()
    file.write_text(FULL)
    running = asyncio.create_task(standalone.run_workspace(file, 0, stop, said.put_nowait))
    lines = (await asyncio.wait_for(said.get(), 5)).splitlines()
    environment = dict(line.split("=", 1) for line in lines if "=" in line)
    client: Any = AsyncWebClient(token=environment["SLACK_BOT_TOKEN"], base_url=environment["SLACK_API_URL"])
    assert (await client.auth_test())["user"] == "helper"
    with pytest.raises(SlackApiError, match="fatal_error"):
        await client.users_list()
    port = int(environment["SLACK_API_URL"].split(":")[2].split("/")[0])
    with pytest.raises(WorkspaceError, match=f"port {port} is taken; choose another with --port"):
        await standalone.run_workspace(None, port, stop, said.put_nowait)
    stop.set()
    await running
