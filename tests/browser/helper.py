"""A small Bolt app that uses everything that the page can show and ask for."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

Body = dict[str, Any]

COMMANDS = [
    ("/form", "", "Asks for a few things"),
    ("/ask", "[what]", "Shows every way to choose"),
    ("/whisper", "[what]", "Says it to you alone"),
    ("/edit", "", "Says something and changes it"),
]


def plain(text: str) -> Body:
    return {"type": "plain_text", "text": text}


def option(name: str) -> Body:
    return {"text": plain(name), "value": name.lower()}


def form(step: str, blocks: list[Body], submit: str = "Send") -> Body:
    return {"type": "modal", "callback_id": step, "title": plain(step), "submit": plain(submit), "blocks": blocks}


def asks(block_id: str, label: str, element: Body, **more: Any) -> Body:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {"action_id": "it", **element},
        **more,
    }


CAMPUSES = [option("West"), option("North")]
LOAN = form(
    "Lend a device",
    [
        asks("who", "Who takes it?", {"type": "users_select"}),
        asks("tag", "Asset tag", {"type": "plain_text_input", "min_length": 3}, hint=plain("As on the sticker")),
        asks("campus", "Campus", {"type": "static_select", "options": CAMPUSES, "initial_option": CAMPUSES[0]}),
        asks("until", "Until", {"type": "datepicker"}, optional=True),
        asks("with", "With", {"type": "checkboxes", "options": [option("Charger"), option("Case")]}, optional=True),
        asks("why", "Why", {"type": "radio_buttons", "options": [option("Repair"), option("Trip")]}, optional=True),
        {
            "type": "actions",
            "block_id": "more",
            "elements": [{"type": "button", "action_id": "terms", "text": plain("Terms")}],
        },
    ],
)
CONFIRM = form("Are you sure?", [{"type": "section", "text": plain("TAG-9 is somebody else's")}], "Lend it")
TERMS = form("Terms", [{"type": "section", "text": plain("Bring it back.")}], "I will")

CHOICES = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Choose* something"}},
    {
        "type": "actions",
        "block_id": "choices",
        "elements": [
            {"type": "static_select", "action_id": "campus", "placeholder": plain("Campus"), "options": CAMPUSES},
            {"type": "users_select", "action_id": "person", "placeholder": plain("Person")},
            {"type": "datepicker", "action_id": "day"},
            {"type": "overflow", "action_id": "more", "options": [option("Mute"), option("Assign")]},
            {
                "type": "button",
                "action_id": "drop",
                "style": "danger",
                "text": plain("Drop"),
                "confirm": {
                    "title": plain("Drop it?"),
                    "text": plain("It will be gone."),
                    "confirm": plain("Drop"),
                    "deny": plain("Keep"),
                },
            },
        ],
    },
    {
        "type": "actions",
        "block_id": "boxes",
        "elements": [
            {"type": "checkboxes", "action_id": "kinds", "options": [option("Tickets"), option("Assets")]},
            {"type": "radio_buttons", "action_id": "one", "options": [option("Day"), option("Week")]},
        ],
    },
]


def chosen(action: Mapping[str, Any]) -> str:
    """What somebody chose, in a word."""
    for name in ("selected_user", "selected_date"):
        if action.get(name):
            return str(action[name])
    if "selected_options" in action:
        return "+".join(one["value"] for one in action["selected_options"])
    return str(action["selected_option"]["value"] if "selected_option" in action else action.get("value", "pressed"))


def helper_app(token: str, api_url: str) -> AsyncApp:
    """The app, with a client of its own."""
    app = AsyncApp(client=AsyncWebClient(token=token, base_url=api_url), process_before_response=True)
    _commands(app)
    _forms(app)
    _words(app)
    return app


def _commands(app: AsyncApp) -> None:
    @app.command("/form")
    async def open_form(ack: Any, client: AsyncWebClient, body: Body) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view={**LOAN, "private_metadata": body["channel_id"]})

    @app.command("/ask")
    async def ask(ack: Any, client: AsyncWebClient, body: Body) -> None:
        await ack()
        await client.chat_postMessage(channel=body["channel_id"], text="Choose something", blocks=CHOICES)

    @app.command("/whisper")
    async def send_ephemeral(ack: Any, respond: Any, command: Body) -> None:
        await ack()
        await respond(text=f"psst, {command['text']}")

    @app.command("/edit")
    async def edit(ack: Any, client: AsyncWebClient, body: Body) -> None:
        await ack()
        said = await client.chat_postMessage(channel=body["channel_id"], text="a first try")
        await client.chat_update(channel=body["channel_id"], ts=said["ts"], text="a second try")

    @app.action({"block_id": "choices"})
    @app.action({"block_id": "boxes"})
    async def choose(ack: Any, client: AsyncWebClient, body: Body) -> None:
        await ack()
        action, message = body["actions"][0], body["message"]
        text = f"{action['action_id']} is {chosen(action)}"
        await client.chat_postMessage(channel=body["channel"]["id"], thread_ts=message["ts"], text=text)


def _forms(app: AsyncApp) -> None:
    @app.view("Lend a device")
    async def lend(ack: Any, client: AsyncWebClient, view: Body) -> None:
        values = view["state"]["values"]
        tag = values["tag"]["it"]["value"]
        if tag == "TAG-0":
            await ack(response_action="errors", errors={"tag": "No asset TAG-0; did you mean TAG-1?"})
        elif tag == "TAG-9":
            await ack(response_action="push", view={**CONFIRM, "private_metadata": view["private_metadata"]})
        else:
            await ack()
            who, campus = (values[name]["it"] for name in ("who", "campus"))
            told = f"{tag} goes to <@{who['selected_user']}> at {campus['selected_option']['value']}"
            await client.chat_postMessage(channel=view["private_metadata"], text=told)

    @app.view("Are you sure?")
    async def sure(ack: Any) -> None:
        await ack(response_action="clear")

    @app.view("Terms")
    async def terms(ack: Any) -> None:
        read = form("Terms", [{"type": "section", "text": plain("Thank you for reading.")}], "Done")
        await ack(response_action="update", view={**read, "callback_id": "Read"})

    @app.view("Read")
    async def read(ack: Any) -> None:
        await ack()

    @app.action("terms")
    async def show_terms(ack: Any, client: AsyncWebClient, body: Body) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=TERMS)


def _words(app: AsyncApp) -> None:
    @app.event("app_mention")
    async def mentioned(event: Body, client: AsyncWebClient) -> None:
        thread = event.get("thread_ts")
        await client.chat_postMessage(channel=event["channel"], thread_ts=thread, text=f"Yes, <@{event['user']}>?")

    @app.event("message")
    async def told(event: Body, client: AsyncWebClient) -> None:
        if not event.get("bot_id"):
            await client.chat_postMessage(channel=event["channel"], text=f"You said: {event['text']}")

    @app.event("reaction_added")
    async def liked(event: Body, client: AsyncWebClient) -> None:
        item = event["item"]
        text = f"<@{event['user']}> reacted: {event['reaction']}"
        await client.chat_postMessage(channel=item["channel"], thread_ts=item["ts"], text=text)

    @app.event("app_home_opened")
    async def home(event: Body, client: AsyncWebClient) -> None:
        await client.views_publish(user_id=event["user"], view=_home("Nothing lent yet"))

    @app.action("refresh")
    async def refresh(ack: Any, client: AsyncWebClient, body: Body) -> None:
        await ack()
        await client.views_publish(user_id=body["user"]["id"], view=_home("Two devices are out"))


def _home(words: str) -> Body:
    button = {"type": "button", "action_id": "refresh", "text": plain("Refresh")}
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": plain("Your devices")},
            {"type": "section", "text": plain(words)},
            {"type": "actions", "elements": [button]},
        ],
    }
