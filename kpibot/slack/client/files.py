"""Uploads pictures. Slack takes them asynchronously: one is of use only once it has a `mimetype`."""

import asyncio
import logging

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from kpibot.core.reports.messages import Picture
from kpibot.slack.blocks import SlackFile
from kpibot.slack.client.errors import BROKEN_OFF, code_of, explained

log = logging.getLogger(__name__)

POLLS = 20
BETWEEN_POLLS = 0.25  # seconds; with POLLS, five in all
UPLOAD_TIMEOUT = aiohttp.ClientTimeout(total=20)


async def upload(client: AsyncWebClient, picture: Picture) -> SlackFile | None:
    """The uploaded picture, ready for an image block; None where that failed, since a picture never costs the text."""
    try:
        file = await _uploaded(client, picture)
        for _ in range(POLLS):
            if (await client.files_info(file=file))["file"].get("mimetype"):
                return SlackFile(file)
            await asyncio.sleep(BETWEEN_POLLS)
    except SlackApiError as error:
        log.warning("the picture %s is left out: %s", picture.name, explained(code_of(error)))
    except BROKEN_OFF as error:
        log.warning("the picture %s is left out: %s", picture.name, type(error).__name__)
    else:
        log.warning("the picture %s is left out: Slack did not process it in time", picture.name)
    return None


async def _uploaded(client: AsyncWebClient, picture: Picture) -> str:
    place = await client.files_getUploadURLExternal(
        filename=picture.name, length=len(picture.png), alt_txt=picture.alt_text[:1000]
    )
    async with (
        aiohttp.ClientSession(timeout=UPLOAD_TIMEOUT) as session,
        session.post(place["upload_url"], data=picture.png) as answer,
    ):
        answer.raise_for_status()
    await client.files_completeUploadExternal(files=[{"id": place["file_id"], "title": picture.name}])
    return str(place["file_id"])
