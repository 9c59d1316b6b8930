"""What Discord says where it does not do as it is asked, and what becomes of it."""

from collections.abc import Mapping

import discord

from bot.errors import DeliveryError, Fault

UNKNOWN_CHANNEL, UNKNOWN_MESSAGE = 10003, 10008
NO_ACCESS, NOT_OURS, NO_PERMISSION = 50001, 50005, 50013
TOO_MANY_OLD_EDITS, INVALID_FORM, TOO_MANY_PINS = 30046, 50035, 30003
# What cannot be changed any more, or not for a long while, and so is said anew.
OUT_OF_REACH = frozenset({NOT_OURS, TOO_MANY_OLD_EDITS})
# A token that was refused is asked about so rarely, in seconds: it takes a person to change it.
RARELY = 300.0
# A ban that does not say how long it is.
A_WHILE = 60.0
BAD_TOKEN = (
    "Discord does not know this bot token: set DISCORD_TOKEN to the one under “Bot” at "  # noqa: S105 - words
    "https://discord.com/developers/applications."
)
_TOKEN = frozenset({40001, 40002, 50014})
_OFF = "take it off the night file"
_ADVICE = {
    UNKNOWN_CHANNEL: f"the channel is gone, or its id is wrong; correct it, or {_OFF}",
    10004: f"Teller is in that server no longer; invite it again, or {_OFF}",
    10013: "there is no such person",
    20012: "Teller may not do that; ask who runs the server",
    20024: "the server bars Teller by its age; ask who runs the server",
    40007: f"Teller is banned from that server; have the ban lifted, or {_OFF}",
    40058: "nothing can be posted to a forum as such; name a text channel, or a thread",
    NO_ACCESS: "let the bot see the channel",
    50003: "nothing can be posted to what has this id; name a text channel",
    50007: "that person takes no direct messages from Teller; they can let them in, in the "
    "privacy settings of a server that both are in",
    50008: "nothing can be posted to a channel of this sort; name a text channel",
    50009: "the server asks more of its members before they may write; give Teller a role",
    NO_PERMISSION: "let the bot send messages and embed links in the channel",
    50024: "nothing can be posted to a channel of this sort; name a text channel",
    50033: "that person cannot be written to",
    50083: "the thread is archived; open it again, or name another channel",
    50095: "the server is not to be had where Teller runs",
    50278: "that person is in no server with Teller, and so takes no direct messages from it",
    60003: "the server asks for two-factor authentication of whoever owns the bot; set it up",
    160005: "the thread is locked; unlock it, or name another channel",
}
# Where a message is to be pinned.
OF_PINS = {
    NO_PERMISSION: "give Teller's role “Pin Messages” in “Edit Channel › Permissions”",
    TOO_MANY_PINS: "the channel has as many pins as it can; take one away",
}
_UNHEARD_OF = "look at the channel and at Teller's place in it, and let its lane go on after that"
# What is wrong with a message; every answer of status 400 that is not about the channel is too.
_MESSAGE = frozenset(
    {
        *(20009, 30015, 40005, 50006, INVALID_FORM, 50045, 50046, 50068, 50109),
        *(200000, 200001, 240000),
    }
)
# Slow mode, and what Discord has switched off for a moment.
_FOR_A_WHILE = frozenset({20016, 20022, 20028, 20029, 40003, 40004, 40006, 40062, 40333, 130000})
# Discord's own words are short; a proxy's page of HTML is not.
MOST_WORDS = 200


class LimitedEverywhereError(discord.RateLimited):
    """Discord takes nothing of this bot for a while, in no channel."""


def code(error: BaseException | None) -> int | None:
    """Discord's own number for it; None where it was not Discord that refused."""
    return error.code if isinstance(error, discord.HTTPException) else None


def failure(error: Exception) -> DeliveryError:
    """What the courier is to know: whose fault, how long to wait, whether it stands nowhere."""
    match error:
        case discord.LoginFailure() | discord.HTTPException(status=401):
            return _token_refused()
        case LimitedEverywhereError():
            return DeliveryError(
                "Discord asks to wait, in every channel.",
                wait=error.retry_after,
                refused=True,
                fault=Fault.PLATFORM,
            )
        case discord.RateLimited():
            return DeliveryError("Discord asks to wait.", wait=error.retry_after, refused=True)
        case discord.HTTPException(status=429):
            return failure(limited(error.response.headers))
        case discord.HTTPException():
            return _token_refused() if error.code in _TOKEN else _answered(error)
        case _:
            return DeliveryError(f"Discord could not be reached ({type(error).__name__}).")


def limited(
    headers: Mapping[str, str], seconds: float | None = None, everywhere: bool = False
) -> discord.RateLimited:
    """An answer of status 429 as what it limits: a route, or everything.

    `seconds` and `everywhere` are what its body says, where Discord wrote it.
    """
    said = headers.get("Retry-After", "")
    wait = seconds or (max(float(said), 1.0) if said.isdecimal() else None)
    scope = headers.get("X-RateLimit-Scope")
    # Without either, it comes from the proxy before Discord, which bans an address from all of it.
    banned = scope is None and "Via" not in headers
    if banned or everywhere or scope == "global" or "X-RateLimit-Global" in headers:
        return LimitedEverywhereError(wait or A_WHILE)
    return discord.RateLimited(wait or 1.0)


def _token_refused() -> DeliveryError:
    return DeliveryError(BAD_TOKEN, wait=RARELY, refused=True, fault=Fault.PLATFORM)


def _answered(error: discord.HTTPException) -> DeliveryError:
    is_discords = "json" in error.response.headers.get("Content-Type", "")
    # A page of HTML is from something on the way, which may have let the request pass.
    if error.status >= 500 or error.status == 408 or not is_discords:
        return DeliveryError(_sentence(error))
    fault, advice = _fault(error)
    return DeliveryError(_sentence(error, advice), refused=True, fault=fault)


def _fault(error: discord.HTTPException) -> tuple[Fault, str]:
    """Whose fault an answer of Discord's own is, and what to do about it."""
    if error.code in _FOR_A_WHILE:
        return Fault.PASSING, "that passes"
    if error.code == UNKNOWN_MESSAGE:
        return Fault.TAKEN_AWAY, "somebody took the message away"
    if error.code in _ADVICE:
        return Fault.CHANNEL, _ADVICE[error.code]
    if error.code in _MESSAGE or (error.status == 400 and error.code not in OUT_OF_REACH):
        return Fault.MESSAGE, "it takes this message in no form"
    return Fault.CHANNEL, _UNHEARD_OF


def _sentence(error: discord.HTTPException, advice: str | None = None) -> str:
    said = " ".join(error.text.split())[:MOST_WORDS] or f"HTTP status {error.status}"
    number = f" ({error.code})" if error.code else ""
    return f"Discord answered “{said}”{number}{f': {advice}' if advice else ''}."
