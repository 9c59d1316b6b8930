"""The address that brings Teller into a server, with no permission that it does not use."""

import discord

SCOPES = ("bot", "applications.commands")
# The permissions that Teller uses, by discord.py's names, with what for.
PERMISSIONS = {
    "view_channel": "see a channel at all",
    "send_messages": "post and answer",
    "send_messages_in_threads": "answer in threads",
    "embed_links": "show posts and answers as cards",
    "attach_files": "show a declaration or an answer as a picture",
    "read_message_history": "answer under the question, and find what it posted before",
}
# What it goes on without; the address asks for it all the same.
OPTIONAL = {"pin_messages": "pin a board where somebody says “board pin”"}
# As people find them in Discord's settings.
NAMES = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "embed_links": "Embed Links",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
    "pin_messages": "Pin Messages",
}


def permissions() -> discord.Permissions:
    """The least that Teller does everything with."""
    return discord.Permissions(**dict.fromkeys([*PERMISSIONS, *OPTIONAL], True))


def invite_url(application_id: int | str) -> str:
    """The address to open in a browser, by somebody who may manage a server.

    Raises `ValueError` for what is no application id.
    """
    if not str(application_id).isdecimal():
        raise ValueError(f"“{application_id}” is no application id: it is a number")
    return discord.utils.oauth_url(int(application_id), permissions=permissions(), scopes=SCOPES)
