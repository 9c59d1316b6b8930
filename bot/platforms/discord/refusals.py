"""What Discord says where it does not do as it is asked, and what becomes of it."""

import discord

from bot.errors import DeliveryError

UNKNOWN_CHANNEL, UNKNOWN_MESSAGE = 10003, 10008
NO_ACCESS, NOT_OURS, NO_PERMISSION = 50001, 50005, 50013
TOO_MANY_OLD_EDITS, INVALID_FORM = 30046, 50035
# What cannot be changed any more, or not for a long while, and so is said anew.
OUT_OF_REACH = frozenset({NOT_OURS, TOO_MANY_OLD_EDITS})
# A token that was refused is asked about so rarely, in seconds: it takes a person to change it.
RARELY = 300.0
BAD_TOKEN = (
    "Discord does not know this bot token: set DISCORD_TOKEN to the one under “Bot” at "  # noqa: S105 - words
    "https://discord.com/developers/applications."
)
_ADVICE = {
    UNKNOWN_CHANNEL: "the channel is gone, or its id is wrong",
    NO_ACCESS: "let the bot see the channel",
    NO_PERMISSION: "let the bot send messages and embed links in the channel",
}
# Discord's own words are short; a proxy's page of HTML is not.
MOST_WORDS = 200


def code(error: BaseException | None) -> int | None:
    """Discord's own number for it; None where it was not Discord that refused."""
    return error.code if isinstance(error, discord.HTTPException) else None


def failure(error: Exception) -> DeliveryError:
    """What the courier is to know: what was wrong, how long to wait, whether it stands nowhere."""
    match error:
        case discord.LoginFailure() | discord.HTTPException(status=401):
            return DeliveryError(BAD_TOKEN, wait=RARELY, refused=True)
        case discord.RateLimited():
            return DeliveryError("Discord asks to wait.", wait=error.retry_after, refused=True)
        case discord.HTTPException(status=429):
            return DeliveryError("Discord asks to wait.", wait=_wait(error), refused=True)
        case discord.HTTPException():
            return DeliveryError(_sentence(error), refused=error.status < 500)
        case _:
            return DeliveryError(f"Discord could not be reached ({type(error).__name__}).")


def _sentence(error: discord.HTTPException) -> str:
    said = " ".join(error.text.split())[:MOST_WORDS] or f"HTTP status {error.status}"
    number = f" ({error.code})" if error.code else ""
    advice = _ADVICE.get(error.code)
    return f"Discord answered “{said}”{number}{f': {advice}' if advice else ''}."


def _wait(error: discord.HTTPException) -> float | None:
    """How many seconds the answer asks for; None where it does not say."""
    seconds = error.response.headers.get("Retry-After", "")
    return max(float(seconds), 1.0) if seconds.isdecimal() else None
