"""Slash commands, made from what the desk can be asked; Discord's list of them kept up to date."""

import asyncio
import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import discord
import structlog
from discord import app_commands

from bot.chat.ask import Ask
from bot.chat.command import Command
from bot.election.contest import Contest

log = structlog.get_logger()

# https://discord.com/developers/docs/interactions/application-commands
MOST, MOST_IN_GROUP, LONGEST_NAME, LONGEST_HINT = 100, 25, 32, 100
CHOICES, LONGEST_CHOICE = 25, 100
# Discord drops suggestions that come after 3 s.
PATIENCE = 2.0
GROUP = "set"
OUT_OF_DATE = "That command has changed: reload Discord (Ctrl+R), or ask me in plain words."
_NO_NAME = re.compile(r"[^\w-]+")
# What Discord adds to a command, or names by its old name besides.
_ADDED = {"id", "application_id", "guild_id", "version", "dm_permission"}
_NOT_IN_A_SERVER = {"contexts", "integration_types"}

# The interaction, the name of the command, and the words that were given with it.
Asked = Callable[[discord.Interaction, str, str], Awaitable[None]]
Seats = Callable[[str, int], Awaitable[Sequence[str]]]
Choices = list[app_commands.Choice[str]]
Suggest = Callable[[discord.Interaction, str], Coroutine[Any, Any, Choices]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slash:
    """A command as Discord lists it: `/group name option:`; `hint` says what the option is for.

    `seats` means that seats are suggested while somebody types.
    """

    command: Command
    name: str
    group: str | None = None
    option: str | None = None
    hint: str = ""
    seats: bool = False

    @property
    def usage(self) -> str:
        """How it looks where it is typed, with the command's first example."""
        said = " ".join(part for part in (self.group, self.name) if part)
        words = _given_in(self.command)
        return f"/{said} {self.option}:{words}" if self.option and words else f"/{said}"


def listed(commands: Sequence[Command]) -> tuple[Slash, ...]:
    """Every command as Discord lists it. Queries stand alone.

    Controls do too, but where there are too many for Discord: then they stand in groups.
    """
    grouped = len(commands) > MOST
    queries = [_slash(command) for command in commands if not (grouped and command.control)]
    controls = [command for command in commands if grouped and command.control]
    if len(queries) + -(-len(controls) // MOST_IN_GROUP) > MOST:
        raise ValueError(f"Discord lists no more than {MOST} commands; there are {len(commands)}")
    inside = [_slash(c, _group(n // MOST_IN_GROUP)) for n, c in enumerate(controls)]
    return (*queries, *inside)


def plant(
    client: discord.Client,
    commands: Sequence[Command],
    *,
    asked: Asked,
    seats: Seats,
    patience: float = PATIENCE,
) -> app_commands.CommandTree:
    """Give a client its slash commands. `asked` answers them, `seats` suggests; both must not fail.

    Suggestions that take longer than `patience` seconds are left out.
    """
    tree = _Tree(
        client,
        allowed_contexts=app_commands.AppCommandContext(
            guild=True, dm_channel=True, private_channel=False
        ),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )
    groups: dict[str, app_commands.Group] = {}
    for slash in listed(commands):
        made = _made(slash, asked, _suggest(seats, patience))
        # Discord shows them to everybody: it does not know whom Teller was told to let in.
        if slash.group is None:
            tree.add_command(made)
            continue
        if slash.group not in groups:
            groups[slash.group] = app_commands.Group(
                name=slash.group,
                description="What a channel gets, and what is known.",
            )
            tree.add_command(groups[slash.group])
        groups[slash.group].add_command(made)
    return tree


async def synchronise(tree: app_commands.CommandTree, guild: int | None = None) -> bool:
    """Bring Discord's list up to date, of one server or of all; whether anything was sent.

    What Discord has is looked at first: to send the list at every start would be counted against
    the app. Never raises: without the list, plain words still work.
    """
    where = None if guild is None else discord.Object(guild)
    if where is not None:
        tree.copy_global_to(guild=where)
    try:
        wanted = digest([await _payload(command, tree) for command in _top(tree, where)], guild)
        known = digest(await _known(tree.client, guild), guild)
        if wanted == known:
            return False
        sent = await tree.sync(guild=where)
    except (discord.DiscordException, OSError) as error:
        log.warning("discord.commands_not_listed", guild=guild, why=type(error).__name__)
        return False
    log.info("discord.commands_listed", guild=guild, commands=len(sent), digest=wanted[:12])
    return True


def digest(payloads: Sequence[dict[str, Any]], guild: int | None = None) -> str:
    """What is the same for two lists of commands that look and work alike."""
    without = _ADDED if guild is None else _ADDED | _NOT_IN_A_SERVER
    lean = [_lean(payload, without) for payload in payloads]
    lean.sort(key=lambda payload: str(payload["name"]))
    text = json.dumps(lean, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


class _Tree(app_commands.CommandTree):
    """Commands that answer also where Discord still shows an older list."""

    async def on_error(
        self, interaction: discord.Interaction, error: app_commands.AppCommandError, /
    ) -> None:
        old = (app_commands.CommandNotFound, app_commands.CommandSignatureMismatch)
        if not isinstance(error, old):
            log.error("discord.command_broke", exc_info=error)
            return
        log.warning("discord.old_command", why=type(error).__name__)
        if interaction.type is discord.InteractionType.application_command:
            try:
                await interaction.response.send_message(OUT_OF_DATE, ephemeral=True)
            except discord.DiscordException as failure:
                log.warning("discord.not_answered", why=type(failure).__name__)


def _slash(command: Command, group: str | None = None) -> Slash:
    name = _NO_NAME.sub("-", command.name.lower()).strip("-")[:LONGEST_NAME]
    for parameter in command.parameters:
        if parameter.kind is Contest:
            hint = "A seat; part of its name will do."
            return Slash(
                command=command, name=name, group=group, option="contest", hint=hint, seats=True
            )
        if parameter.kind is str:
            hint = f"For example “{_given_in(command, 1)}”."
            return Slash(command=command, name=name, group=group, option=parameter.name, hint=hint)
    if command.control and any(parameter.kind is Ask for parameter in command.parameters):
        hint = f"For example “{_given_in(command)}”."
        return Slash(command=command, name=name, group=group, option="what", hint=hint)
    return Slash(command=command, name=name, group=group)


def _given_in(command: Command, example: int = 0) -> str:
    """What stands behind the command's name in one of its examples."""
    said = command.examples[min(example, len(command.examples) - 1)]
    return re.sub(rf"^{re.escape(command.name)}\b", "", said, flags=re.IGNORECASE).strip()


def _group(number: int) -> str:
    return f"{GROUP}-{number + 1}" if number else GROUP


def _made(slash: Slash, asked: Asked, suggest: Suggest) -> app_commands.Command[Any, Any, Any]:
    name = slash.command.name

    async def alone(interaction: discord.Interaction) -> None:
        await asked(interaction, name, "")

    async def with_words(interaction: discord.Interaction, words: str | None = None) -> None:
        await asked(interaction, name, words or "")

    callback: Any = alone
    if slash.option is not None:
        callback = app_commands.rename(words=slash.option)(with_words)
        callback = app_commands.describe(words=_cut(slash.hint, LONGEST_HINT))(callback)
    if slash.seats:
        callback = app_commands.autocomplete(words=suggest)(callback)
    return app_commands.Command(
        name=slash.name,
        description=_cut(slash.command.summary, LONGEST_HINT),
        callback=callback,
    )


def _suggest(seats: Seats, patience: float) -> Suggest:
    async def suggest(interaction: discord.Interaction, typed: str) -> Choices:
        try:
            async with asyncio.timeout(patience):
                names = await seats(typed, CHOICES)
        except Exception as error:
            log.warning("discord.no_suggestions", why=type(error).__name__)
            return []
        whole = [name for name in names if name and len(name) <= LONGEST_CHOICE]
        return [app_commands.Choice(name=name, value=name) for name in whole[:CHOICES]]

    return suggest


def _top(
    tree: app_commands.CommandTree, where: discord.Object | None
) -> Iterator[app_commands.Command[Any, Any, Any] | app_commands.Group]:
    for command in tree.get_commands(guild=where):
        if not isinstance(command, app_commands.ContextMenu):
            yield command


async def _payload(
    command: app_commands.Command[Any, Any, Any] | app_commands.Group,
    tree: app_commands.CommandTree,
) -> dict[str, Any]:
    """A command as it is sent."""
    if tree.translator is None:
        return command.to_dict(tree)
    return await command.get_translated_payload(tree, tree.translator)


async def _known(client: discord.Client, guild: int | None) -> Sequence[dict[str, Any]]:
    """The commands that Discord has, as it tells them: discord.py's objects leave parts out."""
    application = client.application_id
    if application is None:
        raise discord.ClientException("the client is not logged in")
    if guild is None:
        return [dict(one) for one in await client.http.get_global_commands(application)]
    return [dict(one) for one in await client.http.get_guild_commands(application, guild)]


def _lean(value: Any, without: set[str]) -> Any:  # noqa: ANN401 - JSON has no narrower type
    """JSON without what means nothing, and without some names."""
    if isinstance(value, list):
        return [_lean(inner, without) for inner in value]
    if not isinstance(value, dict):
        return value
    lean = {name: _lean(inner, without) for name, inner in value.items() if name not in without}
    if (wanted := lean.get("default_member_permissions")) is not None:
        # A number where it is sent, and text where it is told.
        lean["default_member_permissions"] = str(wanted)
    return {name: inner for name, inner in lean.items() if inner not in (None, False, [], {})}


def _cut(words: str, longest: int) -> str:
    """Words that fit, without half a word at the end."""
    if len(words) <= longest:
        return words
    return words[: longest - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"
