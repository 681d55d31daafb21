"""Messages as Slack takes them: the text and blocks of whatever the outbox holds."""

from kpibot.core.alerts.actions import ActionNotice
from kpibot.core.alerts.notices import AlertNotice
from kpibot.core.reports.digests import DigestEdition
from kpibot.core.reports.messages import AdminNotice, Message
from kpibot.slack.admin.trouble_message import trouble_message
from kpibot.slack.alerts.action_messages import action_message
from kpibot.slack.alerts.alert_message import alert_message
from kpibot.slack.blocks import Rendered, SlackFile
from kpibot.slack.digests.digest_message import digest_message


def compose(message: Message, chart: SlackFile | None) -> Rendered:
    """The message as Slack takes it."""
    match message:
        case DigestEdition():
            return digest_message(message, chart)
        case AlertNotice():
            return alert_message(message, chart)
        case ActionNotice():
            return action_message(message)
        case AdminNotice():
            return trouble_message(message)
