"""Files: an address to upload to, the upload, and the file shared into channels."""

import mimetypes
from typing import TYPE_CHECKING

from aiohttp import web

from tests.slack.chat import authored, target
from tests.slack.webapi import Call, SlackError, method, with_faults
from tests.slack.workspace import Json

if TYPE_CHECKING:
    from tests.slack.server import StandInSlack


@method("files.getUploadURLExternal", "files:write")
def upload_url(slack: "StandInSlack", call: Call) -> Json:
    name, length = call.need("filename"), int(call.need("length"))
    ident = slack.number("F")
    slack.files[ident] = {
        "id": ident,
        "name": name,
        "title": name,
        "mimetype": mimetypes.guess_type(name)[0] or "application/octet-stream",
        "size": length,
        "alt_txt": call.get("alt_txt"),
        "content": None,
        "complete": False,
        "shares": {"public": {}, "private": {}},
    }
    return {"upload_url": f"{slack.url}/upload/v1/{slack.team}/{ident}", "file_id": ident}


async def receive(slack: "StandInSlack", request: web.Request) -> web.StreamResponse:
    """The bytes of a file, raw or as a form."""
    team = request.match_info["team"]
    workspace = next((each for each in slack.workspaces if each.team == team), slack)
    file = workspace.files.get(request.match_info["file"])
    if request.content_type.startswith("multipart/"):
        form = await request.post()
        body = b"".join(
            part.file.read() for part in form.values() if isinstance(part, web.FileField)
        )
    else:
        body = await request.read()

    async def respond() -> web.Response:
        if file is None:
            return web.Response(status=404, text="not found")
        # “files.getUploadURLExternal”: length is the size of the file in bytes.
        if len(body) != file["size"]:
            return web.Response(status=400, text=f"{file['size']} bytes were announced")
        file["content"] = body
        return web.Response(text=f"OK - {len(body)}")

    return await with_faults(request, workspace.faults.take("upload", {}), respond)


def _as_slack(slack: "StandInSlack", file: Json) -> Json:
    ours = ("content", "alt_txt", "complete")
    return {
        **{name: value for name, value in file.items() if name not in ours},
        "user": slack.bot_user,
        "permalink": f"https://stand-in.slack.com/files/{file['id']}",
    }


@method("files.completeUploadExternal", "files:write")
def complete(slack: "StandInSlack", call: Call) -> Json:
    named = call.structure("files", "invalid_arguments")
    if not isinstance(named, list) or not named:
        raise SlackError("invalid_arguments")
    files = [slack.files.get(each.get("id")) for each in named]
    if any(file is None or file["content"] is None for file in files):
        raise SlackError("file_not_found")
    channels = [call.get("channel_id"), *str(call.get("channels") or "").split(",")]
    for each, file in zip(named, files, strict=True):
        file["title"] = each.get("title") or file["title"]
        file["complete"] = True
    for channel_id in filter(None, channels):
        asked = Call(method=call.method, arguments={"channel": channel_id})
        channel = target(slack, asked)
        if slack.bot_user not in channel.members:
            raise SlackError("not_in_channel")
        message = authored(slack, {"text": call.get("initial_comment") or ""})
        message["files"] = [_as_slack(slack, file) for file in files]
        if thread := call.get("thread_ts"):
            message["thread_ts"] = thread
        message = slack.store(channel, message)
        side = "public" if channel.kind == "channel" else "private"
        for file in files:
            file["shares"][side].setdefault(channel.id, []).append({"ts": message["ts"]})
        slack.announce(channel, message)
    return {"files": [{"id": file["id"], "title": file["title"]} for file in files]}


@method("files.info", "files:read")
def info(slack: "StandInSlack", call: Call) -> Json:
    file = slack.files.get(call.need("file"))
    if file is None:
        raise SlackError("file_not_found")
    return {"file": _as_slack(slack, file)}
