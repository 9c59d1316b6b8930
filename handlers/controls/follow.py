"""What a channel gets from now on: a live blog, or kinds of messages."""

from collections.abc import Sequence

from bot.chat.ask import Ask, Follow
from bot.chat.command import command, dialog
from bot.chat.form import Field, FieldKind, Form, FormError, Option, Values
from bot.chat.reply import Choice, Reply
from bot.chat.seats import seats_in
from bot.chat.wishes import EVERYTHING, behind, read_wish
from bot.controls import BlogFound, Channels
from bot.election.contest import Contest
from bot.errors import AskError, SourceError
from bot.ports import Newsroom
from handlers import voice
from handlers.controls.following import lines_of, on_record

LONGEST_ADDRESS = 1_500
_LOOKS_LIKE_AN_ADDRESS = ("http://", "https://")


@command(
    "follow",
    also=("subscribe", "subscribe to"),
    examples=(
        "follow https://news.example/live only Tamworth",
        "follow reminders and declarations",
        "follow everything only Tamworth",
    ),
    control=True,
)
async def follow(newsroom: Newsroom, channels: Channels, ask: Ask) -> Reply:
    """Bring a live blog to this channel, or reminders, declarations, entries or checks."""
    wish = read_wish(behind(ask.text, "subscribe to", "subscribe", "follow"))
    contests = await _tonight(newsroom)
    if wish.address is not None:
        if "://" in wish.rest:
            raise AskError("One live blog at a time: say “follow” and one address.")
        beside = seats_in(wish.rest, contests)[0]
        only = [*beside, *_seats(wish.only, contests)]
        return await _blog(newsroom, channels, ask, wish.address, only)
    kinds, only = wish.kinds, _seats(wish.only, contests)
    if wish.rest:
        # “follow Tamworth”, “follow declarations in Tamworth”.
        only = [*_seats(wish.rest, contests), *only]
        kinds = kinds or EVERYTHING
    if not kinds:
        return _what_to_follow()
    await channels.follow(ask.channel, kinds, frozenset(contest.id for contest in only))
    here = await on_record(newsroom, ask.channel)
    return Reply(
        title=f"This channel now gets {voice.follows(kinds)}{_about(only)}",
        lines=(
            f"In all: {'; '.join(lines_of(here, await newsroom.contests()))}.",
            "“unfollow” takes it back.",
        ),
        value=sorted(kinds),
    )


async def _form(newsroom: Newsroom) -> Form:
    seats = tuple(Option(label=c.name, value=c.id) for c in await _tonight(newsroom))
    address = Field(
        name="address",
        label="Address of the live blog",
        example="https://news.example/live",
        hint="A page with a live blog, or a feed. I look at it before I follow it.",
        longest=LONGEST_ADDRESS,
    )
    only = Field(
        name="only",
        label="Only these seats",
        kind=FieldKind.SOME_OF,
        hint="Leave it empty for all of it.",
        required=False,
        options=seats,
    )
    fields = (address, only) if seats else (address,)
    return Form(name="follow", title="Follow a live blog", fields=fields, submit="Follow")


async def _submit(newsroom: Newsroom, channels: Channels, ask: Ask, values: Values) -> Reply:
    address = next(iter(values.get("address", ())), "").strip()
    if not address.casefold().startswith(_LOOKS_LIKE_AN_ADDRESS):
        raise FormError({"address": "It has to begin with http:// or https://."})
    wanted = set(values.get("only", ()))
    only = [contest for contest in await newsroom.contests() if contest.id in wanted]
    try:
        return await _blog(newsroom, channels, ask, address, only)
    except (AskError, SourceError) as error:
        raise FormError({"address": str(error)}) from None


FOLLOW = dialog("follow", build=_form, submit=_submit)


async def _blog(
    newsroom: Newsroom, channels: Channels, ask: Ask, address: str, only: Sequence[Contest]
) -> Reply:
    if len(address) > LONGEST_ADDRESS:
        raise AskError("That address is too long for one of a live blog; check it.")
    wanted = frozenset(contest.id for contest in only)
    found = await channels.follow_blog(ask.channel, address, wanted)
    if found.before is not None and found.before.only == wanted and not found.posted:
        return Reply(title=f"This channel follows {found.followed.called} already", value=address)
    return Reply(
        title=f"This channel now follows {found.followed.called}{_about(only)}",
        lines=(*_how(found), _found(found), _next(found)),
        choices=(Choice(label="Unfollow", ask=f"unfollow {found.followed.blog.url}"),),
        value=address,
    )


def _how(found: BlogFound) -> tuple[str, ...]:
    return () if found.chosen is None else (f"I read it as {found.chosen}.",)


def _found(found: BlogFound) -> str:
    if not found.entries:
        return "Nothing stands in it yet."
    last = "" if found.last_entry is None else f", the last at {voice.clock(found.last_entry)}"
    return f"{voice.entries(found.entries)}{last}."


def _next(found: BlogFound) -> str:
    if found.posted > 1:
        return f"Here come the newest {found.posted}, then what is new."
    return "Here comes the newest, then what is new." if found.posted else "What is new comes here."


def _about(only: Sequence[Contest]) -> str:
    return f", only of {voice.seats(only)}" if only else ""


def _seats(words: str, contests: Sequence[Contest]) -> list[Contest]:
    """The contests that words name. Raises `AskError` where they say anything else."""
    if not words:
        return []
    seats, rest = seats_in(words, contests)
    if rest or not seats:
        known = voice.seats(contests) if contests else "none"
        raise AskError(
            f"I do not know what “{words[:60]}” is. Say “follow” and the address of a "
            "live blog, or entries, reminders, declarations or checks; behind “only”, seats that "
            f"vote tonight: {known}."
        )
    return seats


def _what_to_follow() -> Reply:
    return Reply(
        title="What shall this channel follow?",
        lines=("For a live blog, say “follow” and its address.",),
        choices=(
            Choice(label="A live blog …", ask="help follow", form="follow"),
            Choice(label="Everything tonight", ask="follow everything"),
            *(
                Choice(label=voice.follows({kind}).capitalize(), ask=f"follow {kind}")
                for kind in (Follow.DECLARATIONS, Follow.REMINDERS)
            ),
        ),
        error=True,
    )


async def _tonight(newsroom: Newsroom) -> list[Contest]:
    return [c for c in await newsroom.contests() if c.is_tonight(newsroom.now)]
