"""The Web API: a call comes in as JSON or as a form, and is answered as Slack answers.

The methods themselves register here from `chat.py`, `conversations.py`, `app.py`,
`views.py` and `files.py`.
"""

import asyncio
import json
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.slack.faults import Fault
from tests.slack.workspace import Grant, Json

if TYPE_CHECKING:
    from tests.slack.server import StandInSlack


class SlackError(Exception):
    """{"ok": false, "error": …}, with what else Slack adds to it."""

    def __init__(self, error: str, *, status: int = 200, retry_after: int = 0, **more: Any) -> None:
        super().__init__(error)
        self.status = status
        self.headers = {"Retry-After": str(retry_after)} if retry_after else {}
        self.body = {"ok": False, "error": error, **more}


def refused(error: str, faults: list[str]) -> SlackError:
    """Blocks or a view that do not fit, with a sentence and a JSON pointer for each fault."""
    messages = [f"[ERROR] {fault}" for fault in faults]
    return SlackError(error, errors=faults, response_metadata={"messages": messages})


@dataclass(kw_only=True)
class Call:
    """A call of a method, kept in `slack.calls` together with its answer."""

    method: str
    arguments: Json
    token: str | None = None
    scopes: frozenset[str] = frozenset()
    at: float = 0.0
    answer: Json = field(default_factory=dict)

    def get(self, name: str, default: Any = None) -> Any:
        """An argument as it came."""
        return self.arguments.get(name, default)

    def need(self, name: str) -> str:
        """An argument without which Slack refuses the call."""
        if not self.arguments.get(name):
            raise SlackError(
                "invalid_arguments",
                response_metadata={"messages": [f"[ERROR] missing required field: {name}"]},
            )
        return str(self.arguments[name])

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean, which forms carry as a word or a digit."""
        value = self.arguments.get(name, default)
        return value is True or str(value).lower() in {"1", "true"}

    def structure(self, name: str, error: str) -> Any:
        """JSON, which forms carry as a string."""
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(error) from None


Method = Callable[["StandInSlack", Call], Json]


@dataclass(frozen=True, kw_only=True)
class Entry:
    run: Method
    scopes: tuple[str, ...]
    token: str


METHODS: dict[str, Entry] = {}


def method(name: str, *scopes: str, token: str = "bot") -> Callable[[Method], Method]:
    """Register a method with the scopes that it needs, and the sort of token: bot, app, none."""

    def register(run: Method) -> Method:
        METHODS[name] = Entry(run=run, scopes=scopes, token=token)
        return run

    return register


def need_scopes(call: Call, *scopes: str) -> None:
    """Refuse a call whose token lacks a scope, as Slack words it."""
    missing = [scope for scope in scopes if scope not in call.scopes]
    if missing:
        raise SlackError(
            "missing_scope", needed=",".join(missing), provided=",".join(sorted(call.scopes))
        )


async def read_arguments(request: web.Request) -> Json:
    """The arguments, from the query string and from a body of either sort."""
    arguments: Json = dict(request.query)
    if request.content_type == "application/json":
        body = await request.text()
        try:
            content = json.loads(body) if body else {}
        except ValueError:
            raise SlackError("invalid_json") from None
        if not isinstance(content, dict):
            raise SlackError("json_not_object")
        return {**arguments, **content}
    return {**arguments, **(await request.post())}


def _token(request: web.Request, arguments: Json) -> str | None:
    header = request.headers.get("Authorization", "")
    if header.startswith("Basic "):
        # oauth.v2.access is authorized by the app's client id and secret.
        ident, _, secret = b64decode(header.removeprefix("Basic ")).decode().partition(":")
        arguments |= {"client_id": ident, "client_secret": secret}
    in_body = arguments.pop("token", None)
    return header.removeprefix("Bearer ") if header.startswith("Bearer ") else in_body


def _authorize(slack: "StandInSlack", entry: Entry, token: str | None) -> Grant | None:
    if entry.token == "none":
        return None
    if not token:
        raise SlackError("not_authed")
    if token in slack.revoked:
        raise SlackError("token_revoked")
    grant = slack.grants.get(token)
    if grant is None:
        raise SlackError("invalid_auth")
    if grant.kind != entry.token:
        raise SlackError("not_allowed_token_type")
    return grant


def _run(slack: "StandInSlack", call: Call) -> Json:
    entry = METHODS.get(call.method)
    if entry is None:
        raise SlackError("unknown_method", req_method=call.method)
    grant = _authorize(slack, entry, call.token)
    if grant:
        call.scopes = grant.scopes
        need_scopes(call, *entry.scopes)
    return {"ok": True, **entry.run(slack, call)}


Respond = Callable[[], Awaitable[web.StreamResponse]]


async def with_faults(request: web.Request, fault: Fault | None, respond: Respond) -> Any:
    """Carry out a request, going wrong on the way if a fault says so."""
    if fault is None:
        return await respond()
    await asyncio.sleep(fault.delay)
    if fault.status:
        if fault.late:
            await respond()
        return web.Response(status=fault.status, text="<html></html>", content_type="text/html")
    if fault.retry_after:
        headers = {"Retry-After": str(fault.retry_after)}
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
    if fault.error:
        return web.json_response({"ok": False, "error": fault.error})
    answer = await respond() if fault.cut != "before" else web.Response()
    if fault.hold:
        await fault.hold.wait()
    if fault.cut and request.transport:
        request.transport.abort()
    return answer


async def handle(slack: "StandInSlack", request: web.Request) -> web.StreamResponse:
    """One call of the Web API."""
    name = request.match_info["method"]
    try:
        arguments = await read_arguments(request)
    except SlackError as problem:
        return web.json_response(problem.body)
    call = Call(
        method=name, arguments=arguments, token=_token(request, arguments), at=slack.clock()
    )

    async def respond() -> web.Response:
        status, headers = 200, {}
        try:
            call.answer = _run(slack.having(call.token), call)
        except SlackError as problem:
            call.answer, status, headers = problem.body, problem.status, problem.headers
        if call.scopes:
            entry = METHODS[name]
            headers["X-OAuth-Scopes"] = ",".join(sorted(call.scopes))
            headers["X-Accepted-OAuth-Scopes"] = ",".join(entry.scopes)
        return web.json_response(call.answer, status=status, headers=headers)

    slack.calls.append(call)
    return await with_faults(
        request, slack.having(call.token).faults.take(name, arguments), respond
    )


def page(
    call: Call, items: Iterable[Any], *, default: int, key: Callable[[Any], str], most: int = 1000
) -> tuple[list[Any], str]:
    """One page of a listing and the cursor to the next, empty at the end.

    The cursor names the item that comes next, so that what is new in front does not shift it.
    """
    everything = list(items)
    limit = int(call.get("limit") or default)
    if not 0 < limit <= most:
        raise SlackError("invalid_limit")
    cursors = [b64encode(f"next:{key(item)}".encode()).decode() for item in everything]
    start = 0
    if cursor := call.get("cursor"):
        if cursor not in cursors:
            raise SlackError("invalid_cursor")
        start = cursors.index(cursor)
    end = start + limit
    return everything[start:end], cursors[end] if end < len(everything) else ""
