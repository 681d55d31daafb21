"""files.*: the upload in three steps, and information about files."""

from __future__ import annotations

from localslack.api.chat import find_target
from localslack.api.forms import file_form
from localslack.api.posting import checked_text
from localslack.api.request import Method, Request, invalid_arguments
from localslack.state.errors import SlackError
from localslack.state.model import Conversation, File, Json, Message


def get_upload_url(request: Request) -> Json:
    """files.getUploadURLExternal: where to send the bytes; `length` must be their number."""
    ws, name, length = request.ws, request.required("filename"), request.whole("length", 0)
    if length <= 0:
        raise invalid_arguments("must be greater than 0: length", "/length")
    file = ws.files.add(name, length, ws.bot_user_id, int(ws.clock()))
    file.alt_text = request.text("alt_txt")
    return {"ok": True, "upload_url": f"{request.base_url}/upload/v1/{file.id}", "file_id": file.id}


def complete_upload(request: Request) -> Json:
    """files.completeUploadExternal: name the files, and share them when a channel is given.

    The file is shared at once and processed later. Without a channel only the bot sees the file until a message
    uses it.
    """
    files = [_named(request, one) for one in _listed(request)]
    for conversation in _destinations(request):
        _share(request, conversation, files)
    return {"ok": True, "files": [file_form(request.ws, file, request.base_url) for file in files]}


def _listed(request: Request) -> list[Json]:
    files = request.structure("files", "invalid_arguments")
    if not isinstance(files, list) or not files or not all(isinstance(one, dict) for one in files):
        raise invalid_arguments("must provide an array of files", "/files")
    return files


def _named(request: Request, one: Json) -> File:
    file = request.ws.files.find(str(one.get("id", "")))
    if file is None or file.content is None:
        raise SlackError("file_not_found")
    file.title = str(one.get("title") or file.name)
    return file


def _destinations(request: Request) -> list[Conversation]:
    names = [request.text("channel_id"), *request.text("channels").split(",")]
    channels = [name for name in dict.fromkeys(names) if name]
    return [find_target(Request(request.ws, {"channel": name}, request.base_url)) for name in channels]


def _share(request: Request, conversation: Conversation, files: list[File]) -> None:
    ws = request.ws
    for file in files:
        file.channels.append(conversation.id)
    ws.put(
        Message(
            channel=conversation.id,
            ts=ws.next_ts(),
            user=ws.bot_user_id,
            text=checked_text(request.text("initial_comment")),
            thread_ts=request.text("thread_ts") or None,
            files=tuple(file.id for file in files),
            via="files.completeUploadExternal",
            call=ws.current_call,
        )
    )


def _found(request: Request) -> File:
    file = request.ws.files.find(request.required("file"))
    if file is None or file.content is None:
        raise SlackError("file_not_found")
    return file


def file_info(request: Request) -> Json:
    """files.info: ``mimetype`` stays empty until the file is processed."""
    file = _found(request)
    return {"ok": True, "file": file_form(request.ws, file, request.base_url), "comments": []}


def delete_file(request: Request) -> Json:
    """files.delete: the file disappears from the messages that showed it."""
    file = _found(request)
    if file.user != request.ws.bot_user_id:
        raise SlackError("cant_delete_file")
    request.ws.files.delete(file)
    request.ws.notify("file", file)
    return {"ok": True}


METHODS = {
    "files.getUploadURLExternal": Method(get_upload_url, ("files:write",)),
    "files.completeUploadExternal": Method(complete_upload, ("files:write",)),
    "files.info": Method(file_info, ("files:read",)),
    "files.delete": Method(delete_file, ("files:write",)),
}
