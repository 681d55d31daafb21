"""An error as a message: what to type or change next."""

from kpibot.slack.blocks import Rendered, context, rendered, section
from kpibot.slack.mrkdwn import code, with_code

COMMAND = "/kpi"


def error_message(text: str) -> Rendered:
    """What went wrong, in a sentence of kpibot's own; `words` in backticks stay as they are."""
    shown = with_code(text) or "Something went wrong."
    hint = f"Type {code(f'{COMMAND} help')} to see what I understand."
    return rendered(shown, (section(shown), context(hint)))
