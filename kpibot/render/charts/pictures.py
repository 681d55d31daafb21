"""The pictures of answers, digests and alerts: a PNG each, with its name and its alternative text."""

from kpibot.core.alerts.notices import AlertNotice
from kpibot.core.reports.answers import Answer
from kpibot.core.reports.digests import DigestEdition
from kpibot.core.reports.messages import Picture
from kpibot.render.charts.alt_texts import alert_alt, answer_alt, digest_alt
from kpibot.render.charts.charts import alert_chart, answer_chart, digest_chart


def answer_picture(answer: Answer) -> Picture | None:
    """The chart of an answer; None where there is nothing to draw."""
    return _picture(answer.report.card.id, answer_chart(answer), answer_alt(answer))


def digest_picture(edition: DigestEdition) -> Picture | None:
    """The chart of a digest; None where there is nothing to draw."""
    return _picture(edition.digest, digest_chart(edition), digest_alt(edition))


def alert_picture(notice: AlertNotice) -> Picture | None:
    """The chart of an alert; None where there is nothing to draw, or where the message keeps the one that it has."""
    if notice.keeps_picture:
        return None
    return _picture(notice.card.id, alert_chart(notice), alert_alt(notice))


def _picture(name: str, png: bytes | None, alt_text: str) -> Picture | None:
    return None if png is None else Picture(f"{name}.png", png, alt_text)
