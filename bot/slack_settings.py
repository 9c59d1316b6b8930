"""Which of Slack's settings go together: one workspace by its token, or several that install."""

import binascii
from base64 import b64decode
from collections.abc import Iterator, Sequence

MAKE_A_KEY = (
    "python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())' "
    "makes one"
)
_KEY_BYTES = 32


def slack_faults(
    *,
    bot_token: str | None,
    app_token: str | None,
    signing_secret: str | None,
    client_id: str | None,
    client_secret: str | None,
    token_key: str | None,
    public_url: str | None,
) -> Iterator[tuple[str, str]]:
    """What is missing or contradicts: the setting's name, and a sentence that holds no value."""
    if public_url is not None and not public_url.startswith("https://"):
        yield "PUBLIC_URL", "it has to begin with https://; browsers, hubs and Slack come to it"
    if token_key is not None:
        yield from _bad_keys(keys(token_key))
    if client_id is None and client_secret is None:
        if token_key is not None:
            yield (
                "SLACK_TOKEN_KEY",
                "it is for workspaces that install Teller: set SLACK_CLIENT_ID and "
                "SLACK_CLIENT_SECRET too, or unset it",
            )
        return
    if client_id is None:
        yield "SLACK_CLIENT_ID", "missing, and SLACK_CLIENT_SECRET is set; both or neither"
    if client_secret is None:
        yield "SLACK_CLIENT_SECRET", "missing, and SLACK_CLIENT_ID is set; both or neither"
    if bot_token is not None:
        yield (
            "SLACK_BOT_TOKEN",
            "it is for one workspace, and SLACK_CLIENT_ID for all that install Teller; unset one "
            "of them",
        )
    if token_key is None:
        yield (
            "SLACK_TOKEN_KEY",
            f"missing: with SLACK_CLIENT_ID it encrypts the workspaces' tokens; {MAKE_A_KEY}",
        )
    if public_url is None:
        yield "PUBLIC_URL", "missing: with SLACK_CLIENT_ID Slack sends people back to it"
    if app_token is None and signing_secret is None:
        yield (
            "SLACK_APP_TOKEN",
            "missing: set it (xapp-…, Socket Mode) or SLACK_SIGNING_SECRET (HTTP), for nothing "
            "else says how Slack's events come in",
        )


def keys(token_key: str) -> Sequence[str]:
    """The keys in a setting, the one that encrypts first."""
    return [key.strip() for key in token_key.split(",")]


def _bad_keys(given: Sequence[str]) -> Iterator[tuple[str, str]]:
    for number, key in enumerate(given, 1):
        try:
            fits = len(b64decode(key, altchars=b"-_", validate=True)) == _KEY_BYTES
        except (binascii.Error, ValueError):
            fits = False
        if not fits:
            which = f"key {number} of {len(given)}" if len(given) > 1 else "it"
            yield "SLACK_TOKEN_KEY", f"{which} is no key of 32 bytes in base64; {MAKE_A_KEY}"
