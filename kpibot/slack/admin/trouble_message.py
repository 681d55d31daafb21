"""Problems of the bot itself as a Slack message for its administrators."""

from kpibot.core.reports.messages import AdminNotice
from kpibot.render.phrases.times import moment
from kpibot.slack.blocks import Rendered, context, fitting, paragraphs, rendered, section
from kpibot.slack.mrkdwn import data, with_code


def trouble_message(notice: AdminNotice) -> Rendered:
    """What does not work, with what to do about it, and what works again."""
    lines = [f":warning: *{data(what, 300)}* — {with_code(says, 1_200)}" for what, says in notice.problems]
    lines += [f":white_check_mark: *{data(what, 300)}* works again" for what in notice.resolved]
    head = "Something needs your attention" if notice.problems else "All is well again"
    when = f"as of {moment(notice.as_of, notice.zone, year=True)}"
    shown = fitting(lines)
    blocks = (section(f"*{head}*"), *paragraphs(shown), context(data(when)))
    return rendered("\n".join([head, *shown, data(when)]), blocks)
