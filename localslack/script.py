"""A workspace's set-up as a YAML file: channels, people, groups, commands, limits and faults.

Every key may be left out. All mistakes are reported at once, each with its place and what to write there.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from localslack.server import WorkspaceServer
from localslack.state.errors import ScriptError
from localslack.state.faults import Fault, Kind
from localslack.state.model import BOT, DEFAULT_EVENTS, DEFAULT_SCOPES, Channel, Group, Guest, Person
from localslack.state.workspace import Workspace
from localslack.transport.dispatcher import ACK_SECONDS, REDELIVERY


def _named(key: str) -> Callable[[object], object]:
    """Accept a plain string in place of an object: its name."""
    return lambda value: {key: value} if isinstance(value, str) else value


def _bare(value: object) -> object:
    """Remove the sign of a name: ``#general`` and ``@dana`` are accepted too."""
    return value.lstrip("#@") if isinstance(value, str) else value


def _times(value: object) -> object:
    """Accept a number above 0, or ``always``."""
    if value != "always" and (not isinstance(value, int) or value < 1):
        raise PydanticCustomError("times", "this should be a whole number above 0, or `always`")
    return value


_Name = Annotated[str, BeforeValidator(_bare), Field(min_length=1, pattern=r"^[^\s#@]+$")]


_Any = TypeVar("_Any")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Channel(_Part):
    name: _Name
    topic: str = ""
    private: bool = False
    members: tuple[_Name, ...] | None = None
    archived: bool = False
    restricted: bool = False
    ext_shared: bool = False
    org_shared: bool = False


class _Person(_Part):
    name: _Name
    real_name: str = ""
    title: str = ""
    timezone: str = "America/Chicago"
    guest: Guest = ""
    deactivated: bool = False
    team: str = ""


class _Group(_Part):
    handle: _Name
    name: str = ""
    members: tuple[_Name, ...] = ()


class _Command(_Part):
    command: Annotated[str, Field(pattern=r"^/\S+$")]
    usage: str = ""
    about: str = ""


class _Fault(_Part):
    method: str
    kind: Kind
    times: Annotated[int | Literal["always"], BeforeValidator(_times)] = 1
    channel: _Name | None = None
    seconds: float = 1.0
    error: str = "internal_error"
    rate: Annotated[float, Field(gt=0, le=1)] = 1.0


class Script(_Part):
    """A validated set-up; `workspace` and `server` create what it describes."""

    name: str = "Example ISD"
    bot: _Name = "bot"
    channels: tuple[Annotated[_Channel, BeforeValidator(_named("name"))], ...] = (_Channel(name="general"),)
    people: tuple[Annotated[_Person, BeforeValidator(_named("name"))], ...] = (
        _Person(name="dana", real_name="Dana Okafor"),
    )
    groups: tuple[Annotated[_Group, BeforeValidator(_named("handle"))], ...] = ()
    commands: tuple[Annotated[_Command, BeforeValidator(_named("command"))], ...] = ()
    scopes: tuple[str, ...] = DEFAULT_SCOPES
    events: tuple[str, ...] = DEFAULT_EVENTS
    bot_token: Annotated[str, Field(pattern="^xoxb-")] = "xoxb-local-workspace"
    app_token: Annotated[str, Field(pattern="^xapp-")] = "xapp-local-workspace"
    signing_secret: Annotated[str, Field(min_length=1)] = "local-workspace"
    request_url: Annotated[str | None, Field(pattern="^https?://")] = None
    rate_limits: bool = False
    file_seconds: Annotated[float, Field(ge=0)] = 0.2
    ack_seconds: Annotated[float, Field(gt=0)] = ACK_SECONDS
    redelivery: tuple[Annotated[float, Field(ge=0)], ...] = REDELIVERY
    seed: int = 0
    faults: tuple[_Fault, ...] = ()

    def workspace(self) -> Workspace:
        """Make the workspace, its faults armed. Raises ScriptError for an invalid fault."""
        ws = Workspace(
            self.name,
            self.bot,
            channels=[Channel(**dict(one)) for one in self.channels],
            people=[Person(**dict(one)) for one in self.people],
            groups=[Group(**dict(one)) for one in self.groups],
            commands=[(one.command, one.usage, one.about) for one in self.commands],
            bot_token=self.bot_token,
            app_token=self.app_token,
            signing_secret=self.signing_secret,
            scopes=self.scopes,
            events=self.events,
            file_seconds=self.file_seconds,
            tiers=self.rate_limits,
            channel_pace=1.0 if self.rate_limits else None,
            channel_burst=5,
            seed=self.seed,
        )
        ws.fault(*_faults_of(self))
        return ws

    def server(self, port: int) -> WorkspaceServer:
        """Make the server of the workspace."""
        return WorkspaceServer(
            self.workspace(),
            port=port,
            ack_seconds=self.ack_seconds,
            redelivery=self.redelivery,
            request_url=self.request_url,
        )


def read_script(file: Path) -> Script:
    """Read a script. Raises ScriptError with everything that is wrong with it, one line each."""
    try:
        content = yaml.safe_load(file.read_text())
    except OSError as error:
        raise ScriptError(f"{file} cannot be read ({error.strerror}); name a YAML file") from error
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}, " if error.problem_mark is not None else ""
        raise ScriptError(f"{file} is no YAML: {line}{error.problem}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ScriptError(f"{file} is no YAML: {error}") from error
    try:
        return parse_script({} if content is None else content)
    except ScriptError as error:
        raise ScriptError("\n".join(f"{file}: {line}" for line in str(error).splitlines())) from error


def parse_script(content: object) -> Script:
    """Check what a script says. Raises ScriptError with everything that is wrong, one line each."""
    if not isinstance(content, dict):
        raise ScriptError(f"write keys with values, such as `channels: [general]`; known: {', '.join(_KEYS)}")
    try:
        script = Script.model_validate(content)
    except ValidationError as error:
        raise ScriptError("\n".join(_line(dict(one)) for one in error.errors())) from error
    problems = [*_unknown_members(script), *_foreign_members(script), *_twice(script), *_impossible(script)]
    if problems:
        raise ScriptError("\n".join(problems))
    return script


_KEYS = tuple(Script.model_fields)
_PARTS: dict[str, type[_Part]] = {
    "channels": _Channel,
    "people": _Person,
    "groups": _Group,
    "commands": _Command,
    "faults": _Fault,
}


def _place(location: Iterable[object]) -> str:
    parts = [f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in location]
    return "".join(parts).lstrip(".")


def _line(problem: dict[str, Any]) -> str:
    """Return one line for a problem that pydantic reports: what to write instead."""
    location, kind = problem["loc"], problem["type"]
    place = _place(location)
    if kind == "extra_forbidden":
        keys = _KEYS if len(location) == 1 else tuple(_PARTS[str(location[0])].model_fields)
        return f"{_place(location[:-1]) or 'script'}: no key `{location[-1]}`{_near(str(location[-1]), keys)}"
    if kind == "missing":
        return f"{_place(location[:-1])}: write `{location[-1]}: …`"
    if kind == "string_pattern_mismatch":
        return f"{place}: `{problem['input']}` does not fit; write {_PATTERNS[problem['ctx']['pattern']]}"
    return f"{place}: {problem['msg'].replace('Input should', 'this should')}, and is `{problem['input']}`"


_PATTERNS = {
    r"^[^\s#@]+$": "a name without spaces",
    r"^/\S+$": "a slash and a word, such as `/ask`",
    "^xoxb-": "a token that begins with xoxb-",
    "^xapp-": "a token that begins with xapp-",
    "^https?://": "an address that begins with http:// or https://",
}


def _near(word: str, names: Iterable[str]) -> str:
    names = list(names)
    near = difflib.get_close_matches(word, names, 1)
    return f"; did you mean `{near[0]}`?" if near else f"; there are: {', '.join(names)}"


def _foreign_members(script: Script) -> Iterator[str]:
    """Report people of another organization in channels that are not shared."""
    foreign = {one.name for one in script.people if one.team}
    for index, channel in _counted(script.channels):
        for name in channel.members or ():
            if name in foreign and not channel.ext_shared:
                yield f"channels[{index}].members: `{name}` is of another team; write `ext_shared: true`"


def _unknown_members(script: Script) -> Iterator[str]:
    """Report members who do not exist."""
    people = [one.name for one in script.people]
    for place, members, names in (
        *((f"channels[{index}]", one.members, [*people, BOT, script.bot]) for index, one in _counted(script.channels)),
        *((f"groups[{index}]", one.members, people) for index, one in _counted(script.groups)),
    ):
        for name in members or ():
            if name not in names:
                yield f"{place}.members: nobody is called `{name}`{_near(name, names)}"


def _counted(parts: Sequence[_Any]) -> Iterator[tuple[int, _Any]]:
    return enumerate(parts, start=1)


def _twice(script: Script) -> Iterator[str]:
    """Report names that are used twice."""
    for kind, names in (
        ("channels", [one.name for one in script.channels]),
        ("people", [one.name for one in script.people]),
        ("groups", [one.handle for one in script.groups]),
        ("commands", [one.command for one in script.commands]),
    ):
        for index, name in enumerate(names):
            if name in names[:index]:
                yield f"{kind}[{index + 1}]: `{name}` is there already; give each a name of its own"


def _impossible(script: Script) -> Iterator[str]:
    """Report faults of a channel that doesn't exist, or of a kind that their method cannot have."""
    channels = [one.name for one in script.channels]
    for index, fault in enumerate(script.faults):
        if fault.channel is not None and fault.channel not in channels:
            yield f"faults[{index + 1}].channel: no channel `{fault.channel}`{_near(fault.channel, channels)}"
        try:
            _fault(fault)
        except ValueError as error:
            yield f"faults[{index + 1}]: {error}"


def _faults_of(script: Script) -> list[Fault]:
    return [_fault(one) for one in script.faults]


def _fault(step: _Fault) -> Fault:
    times = None if step.times == "always" else step.times
    return Fault(step.method, step.kind, times, step.channel, step.seconds, step.error, step.rate)
