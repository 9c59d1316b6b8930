"""Signed HTTP: the same payloads, sent to an app's request URL.

After “Verifying requests from Slack” and “The Events API” at docs.slack.dev.
"""

import asyncio
import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import aiohttp

from tests.slack.delivery import Ack, Kind
from tests.slack.workspace import Json


class HttpRoute:
    """An app that listens on a URL and knows the signing secret."""

    def __init__(self, url: str, signing_secret: str, ack_within: float) -> None:
        self.url = url
        self.signing_secret = signing_secret
        self.ack_within = ack_within

    def headers(self, body: str, content_type: str, *, secret: str, age: float) -> dict[str, str]:
        """The headers of a request that was signed so many seconds ago."""
        # Signatures are judged by the wall clock of the app, whatever clock a test has.
        timestamp = str(int(time.time() - age))
        digest = hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256)
        return {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": f"v0={digest.hexdigest()}",
        }

    async def post(
        self,
        kind: Kind,
        payload: Json,
        *,
        secret: str | None = None,
        age: float = 0.0,
        more: dict[str, str] | None = None,
    ) -> tuple[int, str, dict[str, str]]:
        """One request; another secret or a great age makes one that an app must refuse."""
        if kind == "events_api":
            body, content_type = json.dumps(payload), "application/json"
        else:
            form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
            body, content_type = urlencode(form), "application/x-www-form-urlencoded"
        headers = self.headers(body, content_type, secret=secret or self.signing_secret, age=age)
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url, data=body.encode(), headers=headers | (more or {})) as answer,
        ):
            return answer.status, await answer.text(), dict(answer.headers)

    async def send(self, kind: Kind, payload: Json, *, attempt: int, reason: str) -> Ack:
        """Hand a payload over; anything but a 200 in time is no acknowledgement."""
        retry = {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        begun = time.monotonic()
        try:
            async with asyncio.timeout(self.ack_within):
                status, text, headers = await self.post(
                    kind, payload, more=retry if attempt else None
                )
        except TimeoutError:
            return Ack(ok=False, reason="http_timeout", seconds=time.monotonic() - begun)
        except aiohttp.ClientError:
            return Ack(ok=False, reason="connection_failed", seconds=time.monotonic() - begun)
        return Ack(
            ok=status == 200,
            payload=_read(text),
            reason="" if status == 200 else "http_error",
            seconds=time.monotonic() - begun,
            # “The Events API”: this header asks Slack not to try again.
            retry=headers.get("X-Slack-No-Retry") != "1",
        )


def _read(text: str) -> object:
    """JSON where it is JSON; a plain text otherwise; None for an empty body."""
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text
