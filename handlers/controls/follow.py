"""What a channel gets from now on: a live blog, or kinds of messages."""

from collections.abc import Sequence

from bot.chat.ask import Ask, Follow
from bot.chat.command import command, dialog
from bot.chat.form import Field, FieldKind, Form, FormError, Option, Values
from bot.chat.manner import OFTEN, PLAIN, Manner, read_manner
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
_WAYS = {
    "key": "Key entries alone",
    "headlines": "Headings alone",
    "general": "With entries that name no seat",
    "no pictures": "Without pictures",
    "every 15": "As a round-up every 15 minutes",
    "every 30": "As a round-up every 30 minutes",
    "every 60": "As a round-up every hour",
}
_LOOKS_LIKE_AN_ADDRESS = ("http://", "https://")


@command(
    "follow",
    also=("subscribe", "subscribe to"),
    examples=(
        "follow https://news.example/live only Tamworth",
        "follow reminders and declarations",
        "follow everything only Tamworth",
        "follow key entries every 30m",
    ),
    control=True,
)
async def follow(newsroom: Newsroom, channels: Channels, ask: Ask) -> Reply:
    """Bring a live blog to this channel, or reminders, declarations, entries or checks."""
    wish = read_wish(behind(ask.text, "subscribe to", "subscribe", "follow"), ways=True)
    contests = await _tonight(newsroom)
    if "every" in f"{wish.rest} {wish.only}".casefold().split():
        raise AskError(OFTEN)
    if wish.address is not None:
        if "://" in wish.rest:
            raise AskError("One live blog at a time: say “follow” and one address.")
        beside = seats_in(wish.rest, contests)[0]
        only = [*beside, *_seats(wish.only, contests)]
        return await _blog(newsroom, channels, ask, wish.address, only, wish.manner)
    kinds, only = wish.kinds, _seats(wish.only, contests)
    if wish.rest:
        # “follow Tamworth”, “follow declarations in Tamworth”.
        only = [*_seats(wish.rest, contests), *only]
        kinds = kinds or EVERYTHING
    if not kinds:
        return _what_to_follow()
    if wish.manner != PLAIN and Follow.ENTRIES not in kinds:
        raise AskError(
            f"That is about entries, and there is but one way for {voice.follows(kinds)} to come. "
            "Say it of entries alone: “follow key entries”."
        )
    about = frozenset(contest.id for contest in only)
    await channels.follow(ask.channel, kinds, about, wish.manner)
    here = await on_record(newsroom, ask.channel)
    return Reply(
        title=f"This channel now gets {voice.follows(kinds)}{_about(only, wish.manner)}",
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
    how = Field(
        name="how",
        label="In which way",
        kind=FieldKind.SOME_OF,
        hint="Leave it empty for every entry, whole, and at once.",
        required=False,
        options=tuple(Option(label=label, value=value) for value, label in _WAYS.items()),
    )
    fields = (address, only, how) if seats else (address, how)
    return Form(name="follow", title="Follow a live blog", fields=fields, submit="Follow")


async def _submit(newsroom: Newsroom, channels: Channels, ask: Ask, values: Values) -> Reply:
    address = next(iter(values.get("address", ())), "").strip()
    if not address.casefold().startswith(_LOOKS_LIKE_AN_ADDRESS):
        raise FormError({"address": "It has to begin with http:// or https://."})
    wanted = set(values.get("only", ()))
    only = [contest for contest in await newsroom.contests() if contest.id in wanted]
    how = [way for way in values.get("how", ()) if way in _WAYS]
    if sum(way.startswith("every") for way in how) > 1:
        raise FormError({"how": "Choose one time at which round-ups come."})
    try:
        return await _blog(newsroom, channels, ask, address, only, read_manner(", ".join(how)))
    except (AskError, SourceError) as error:
        raise FormError({"address": str(error)}) from None


FOLLOW = dialog("follow", build=_form, submit=_submit)


async def _blog(
    newsroom: Newsroom,
    channels: Channels,
    ask: Ask,
    address: str,
    only: Sequence[Contest],
    manner: Manner,
) -> Reply:
    if len(address) > LONGEST_ADDRESS:
        raise AskError("That address is too long for one of a live blog; check it.")
    wanted = frozenset(contest.id for contest in only)
    found = await channels.follow_blog(ask.channel, address, wanted, manner)
    before = found.before
    same = before is not None and (before.only, before.manner) == (wanted, manner)
    if same and not found.posted:
        return Reply(title=f"This channel follows {found.followed.called} already", value=address)
    return Reply(
        title=f"This channel now follows {found.followed.called}{_about(only, manner)}",
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


def _about(only: Sequence[Contest], manner: Manner) -> str:
    said = voice.manner(manner, voice.seats(only) if only else None)
    return f", {said}" if said else ""


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
