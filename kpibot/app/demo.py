"""The demo: a made-up district, a Slack workspace on this machine, and the real bot between them."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from kpibot.app.bot import Bot
from kpibot.app.container import build_services
from kpibot.app.slack_access import SlackAccess, StartError
from kpibot.catalog.model import Catalog
from kpibot.demo.district import build_demo_databases
from kpibot.store.database.instance_lock import instance_lock
from localslack import Channel, Group, Person, Workspace, WorkspaceServer

DATABASES = {
    "HELPDESK_URL": "helpdesk.db",
    "PURCHASING_URL": "purchasing.db",
    "ASSETS_URL": "assets.db",
    "TRAINING_URL": "training.db",
}
FRESH_FOR = timedelta(hours=12)  # an older district is rebuilt, so that "now" has data
PEOPLE = (
    Person("dana", "Dana Okafor", "Technology director"),
    Person("luis", "Luis Ortega", "Helpdesk lead"),
    Person("mei", "Mei Tanaka", "Principal, Campus West"),
)
Progress = Callable[[str, float], None]


def build_district(folder: Path, now: datetime, progress: Progress) -> Mapping[str, str]:
    """Builds the district's databases unless they are fresh; the environment with their URLs."""
    built = folder / "built-at.txt"
    if not built.exists() or now - datetime.fromisoformat(built.read_text()) > FRESH_FOR:
        build_demo_databases(folder, now, progress=progress)
        built.write_text(now.isoformat())
    return {name: f"sqlite:///{(folder / file).absolute()}" for name, file in DATABASES.items()}


def _fresh_state(folder: Path, port: int) -> str:
    """The URL of an empty state database: the workspace does not keep its messages, so the bot must not either."""
    name = f"kpibot-{port}.db"
    for file in folder.glob(f"{name}*"):
        file.unlink()
    return f"sqlite:///{(folder / name).absolute()}"


def workspace_of(catalog: Catalog) -> Workspace:
    """A workspace with the channels of the configuration, and the groups that it mentions."""
    return Workspace(
        name=catalog.district.name,
        bot_name="kpibot",
        channels=[
            *(Channel(each.slack.removeprefix("#")) for each in catalog.channels.values()),
            Channel("general", "Everything and everybody"),
        ],
        people=PEOPLE,
        groups=[Group(name) for name in sorted(_mentioned(catalog))],
        commands=[("/kpi", "[kpi] [campus] [period]", "How does a KPI stand?")],
    )


def _mentioned(catalog: Catalog) -> set[str]:
    """The groups that own a KPI, that a route mentions, or that an alert escalates to."""
    rules = [kpi.alert for kpi in catalog.kpis.values() if kpi.alert is not None]
    names = [
        *(kpi.card.owner for kpi in catalog.kpis.values()),
        *(route.mention for route in catalog.routes if route.mention),
        *(name for rule in rules for _, name in rule.escalation),
    ]
    return {name.lstrip("@") for name in names}


async def run(catalog: Catalog, folder: Path, port: int, stop: asyncio.Event, say: Callable[[str], None]) -> None:
    """Runs workspace and bot until `stop` is set. The port is opened first, so that a running demo keeps its state.

    Raises:
        StartError: the port is taken.
    """
    server = WorkspaceServer(workspace_of(catalog), port=port)
    try:
        await server.start()
    except OSError as error:
        raise StartError(f"port {port} is taken; choose another with --port") from error
    try:
        say(f"\n  {server.url}\n\n  Try:  /kpi tickets campus-west     Ctrl-C ends it.\n")
        access = SlackAccess(server.ws.bot_token, server.ws.app_token, server.api_url)
        state_url = _fresh_state(folder, port)
        with instance_lock(state_url), closing(build_services(catalog, state_url)) as services:
            await Bot(services, access).run(stop)
    finally:
        await server.stop()
