"""What Slack says where it does not do as it is asked."""

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

# What is wrong with the blocks, and would not be with the same words as plain text.
INVALID_BLOCKS = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "invalid_attachments", "msg_blocks_too_long"}
)


def reason(error: SlackApiError) -> str:
    """Slack's own word for it, or the HTTP status where it gave none."""
    response = error.response
    # A body that is no JSON at all comes as the HTTP response itself.
    if not isinstance(response, AsyncSlackResponse):
        return "no JSON"
    return str(response.get("error") or f"HTTP status {response.status_code}")


def is_final(error: SlackApiError) -> bool:
    """Whether it was Slack's considered answer, not a moment's trouble."""
    response = error.response
    return isinstance(response, AsyncSlackResponse) and response.status_code == 200


def wait(error: SlackApiError) -> float | None:
    """How many seconds Slack asks to be left alone, at least one; None where it does not."""
    seconds = error.response.headers.get("Retry-After")
    return max(float(seconds), 1.0) if seconds and seconds.isdecimal() else None
