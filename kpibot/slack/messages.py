"""Messages as Slack takes them: the text and blocks of whatever the outbox holds."""

from kpibot.core.deeds import DeedNotice
from kpibot.core.reports import AlertNotice, DigestEdition, Message, TroubleNotice
from kpibot.render.alert import alert_message
from kpibot.render.blocks import Rendered, SlackFile
from kpibot.render.deeds import deed_message
from kpibot.render.digest import digest_message
from kpibot.render.trouble import trouble_message


def compose(message: Message, chart: SlackFile | None) -> Rendered:
    """The message as Slack takes it."""
    match message:
        case DigestEdition():
            return digest_message(message, chart)
        case AlertNotice():
            return alert_message(message, chart)
        case DeedNotice():
            return deed_message(message)
        case TroubleNotice():
            return trouble_message(message)
