"""How each kind of reply and message is shown: in Slack, in the terminal, for programs and as a picture.

A new kind of reply is a line here, and the functions that the line names.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from kpibot.core.alerts.actions import ActionKind, ActionNotice, ActionResult
from kpibot.core.alerts.active_alerts import AlertList, MuteList
from kpibot.core.alerts.notices import AlertNotice
from kpibot.core.reports.answers import About, Answer, Breakdown, Overview, RowList
from kpibot.core.reports.digests import DigestEdition
from kpibot.core.reports.guides import Help, Listing
from kpibot.core.reports.messages import AdminNotice, Picture
from kpibot.render import records
from kpibot.render.charts import pictures
from kpibot.render.terminal import guides, text
from kpibot.slack.admin.trouble_message import trouble_message
from kpibot.slack.alerts.action_messages import action_message, action_result_message
from kpibot.slack.alerts.active_alerts import alerts_message, mutes_message
from kpibot.slack.alerts.alert_message import alert_message
from kpibot.slack.blocks import Rendered, SlackFile
from kpibot.slack.digests.digest_message import digest_message
from kpibot.slack.questions.about_message import about_message
from kpibot.slack.questions.answer_message import answer_message, overview_message
from kpibot.slack.questions.breakdown_message import breakdown_message
from kpibot.slack.questions.guide_messages import help_message, list_message
from kpibot.slack.questions.rows_message import rows_message


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How one kind of reply or message is shown. What has a picture is given the uploaded one in `slack`.

    `is_private` says whether a reply is for its asker alone: guides are no news to a channel, and rows may name people.
    """

    slack: Callable[..., Rendered]
    is_private: Callable[[Any], bool] = lambda _: False
    text: Callable[[Any], str] | None = None
    record: Callable[[Any], object] | None = None
    picture: Callable[[Any], Picture | None] | None = None


def _always(_: object) -> bool:
    return True


def _is_private_result(reply: ActionResult) -> bool:
    """A mute concerns everybody; any other action is shown in the thread of its alert.

    What is announced has a message of its own.
    """
    concerns_everybody = all(action.kind in (ActionKind.MUTED, ActionKind.UNMUTED) for action in reply.actions)
    return reply.is_announced or not reply.is_done or not concerns_everybody


def _help(reply: Help) -> Rendered:
    names = {kpi.id: kpi.name for kpi in reply.kpis}
    return help_message(names, f"{next(iter(names), '')} {reply.campus.slug}".strip(), "".join(reply.by))


def _listing(reply: Listing) -> Rendered:
    names = {kpi.id: kpi.name for kpi in reply.kpis}
    return list_message(names, {campus.slug: campus.name for _, campus in reply.campuses}, reply.not_available)


def _result(reply: ActionResult) -> Rendered:
    """A result that the whole channel reads names the person who acted."""
    return action_result_message(reply if _is_private_result(reply) else replace(reply, asker=""))


def _overview_record(reply: Overview) -> object:
    return [records.report_record(report, ZoneInfo(reply.zone)) for report in reply.reports]


VIEWS: Mapping[type, View] = {
    Answer: View(
        slack=answer_message,
        text=text.answer_text,
        record=lambda reply: records.report_record(reply.report, ZoneInfo(reply.zone)),
        picture=pictures.answer_picture,
    ),
    Breakdown: View(slack=breakdown_message, text=text.breakdown_text, record=records.breakdown_record),
    RowList: View(slack=rows_message, is_private=_always, text=text.rows_text, record=records.rows_record),
    About: View(slack=about_message, is_private=_always, text=text.about_text, record=records.about_record),
    Overview: View(slack=overview_message, text=text.overview_text, record=_overview_record),
    Help: View(slack=_help, is_private=_always, text=guides.help_text, record=guides.help_record),
    Listing: View(slack=_listing, is_private=_always, text=guides.listing_text, record=guides.listing_record),
    AlertList: View(slack=alerts_message),
    MuteList: View(slack=mutes_message, is_private=_always),
    ActionResult: View(slack=_result, is_private=_is_private_result),
    DigestEdition: View(slack=digest_message, text=text.digest_text, picture=pictures.digest_picture),
    AlertNotice: View(slack=alert_message, picture=pictures.alert_picture),
    ActionNotice: View(slack=action_message),
    AdminNotice: View(slack=trouble_message),
}


def message_of(shown: object, chart: SlackFile | None = None) -> Rendered:
    """A reply or message as Slack takes it, with its uploaded picture if it has one."""
    view = VIEWS[type(shown)]
    return view.slack(shown) if view.picture is None else view.slack(shown, chart)


def is_private(reply: object) -> bool:
    """Whether only the asker should see a reply."""
    return VIEWS[type(reply)].is_private(reply)


def picture_of(shown: object) -> Picture | None:
    """The picture of a reply or message; None where there is nothing to draw."""
    draw = VIEWS[type(shown)].picture
    return None if draw is None else draw(shown)


def text_of(shown: object) -> str:
    """A reply for the terminal.

    Raises:
        TypeError: this kind is shown in Slack only.
    """
    view = VIEWS[type(shown)]
    if view.text is None:
        raise TypeError(f"{type(shown).__name__} has no text for the terminal")
    return view.text(shown)


def record_of(shown: object) -> object:
    """A reply for programs, ready for JSON.

    Raises:
        TypeError: this kind is shown in Slack only.
    """
    view = VIEWS[type(shown)]
    if view.record is None:
        raise TypeError(f"{type(shown).__name__} has no record for programs")
    return view.record(shown)
