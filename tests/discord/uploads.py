"""Files that come with a request: “Uploading Files”."""

import json
from typing import Any

from aiohttp import web


async def read(request: web.Request) -> tuple[Any, dict[str, bytes]]:
    """The body of a request, and the files that come with it, by name.

    With files it is a form, whose `payload_json` is the body.
    """
    if request.content_type != "multipart/form-data":
        raw = await request.read()
        return (json.loads(raw) if raw else None), {}
    form = await request.post()
    files = {
        name: part.file.read() for name, part in form.items() if isinstance(part, web.FileField)
    }
    return json.loads(str(form["payload_json"])), files


def filled(body: Any, files: dict[str, bytes]) -> Any:
    """The body with each file's `content` in what it says of that file."""
    if not files:
        return body
    named = [
        {**each, "content": content} if (content := files.get(f"files[{each['id']}]")) else each
        for each in body["attachments"]
    ]
    return {**body, "attachments": named}
