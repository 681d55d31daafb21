"""The reply to somebody who may see nothing: no campus, no KPI, and not what could be typed."""

from kpibot.core.access.membership import Refusal
from kpibot.slack.blocks import Rendered, rendered, section

SAID = {
    Refusal.NOT_A_MEMBER: (
        "Sorry, this is only for members of this workspace, not for guests or other organizations. "
        "Please ask your contact in the technology department."
    ),
    Refusal.SHARED_CHANNEL: (
        "Sorry, I can't show that here: people from outside this workspace read this channel. "
        "Ask me in a direct message."
    ),
    Refusal.UNSEEN_CHANNEL: (
        "Sorry, I can't show that here, because I can't see who reads along. "
        "Invite me with `/invite @kpibot`, or ask me in a direct message."
    ),
    Refusal.UNCERTAIN: "Sorry, I can't reach Slack to check who may see this. Please try again in a moment.",
}


def refusal_message(refusal: Refusal) -> Rendered:
    """A polite refusal that shows nothing."""
    return rendered(SAID[refusal], (section(SAID[refusal]),))
