"""Stand-ins for the two ends of the wire: a chat platform that records, a blog in memory."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from bot.chat.ask import Author, Channel, MessageRef
from bot.chat.post import DeliveryKey, Post
from bot.errors import SourceError
from bot.liveblog.entry import Entry, Reading
from bot.ports import Answer, Fetched, Validators


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Something that a platform was asked to do."""

    what: Literal["send", "edit", "find"]
    channel: Channel
    key: DeliveryKey
    post: Post | None = None
    ref: MessageRef | None = None


class RecordingPlatform:
    """Keeps what stands in its channels, and every call; fails where it is told to.

    `refusals` are raised by channel, each once and before anything is posted; `lost` once after
    it was posted, as where the answer of a server gets lost.
    """

    shared = True
    pictures = False
    at_once = 32

    def __init__(self, name: str = "terminal") -> None:
        self.name = name
        self.calls: list[Call] = []
        self.standing: dict[MessageRef, Post] = {}
        self.keys: dict[tuple[Channel, DeliveryKey], MessageRef] = {}
        self.refusals: defaultdict[str, list[Exception]] = defaultdict(list)
        self.lost: defaultdict[str, list[BaseException]] = defaultdict(list)

    async def run(self, answer: Answer) -> None:
        """Nobody asks."""

    def changed(self) -> None:
        """No page stands open."""

    async def direct(self, author: Author) -> Channel:
        return Channel(platform=self.name, id=f"@{author.id}")

    async def send(self, channel: Channel, post: Post, key: DeliveryKey) -> MessageRef:
        self._may_fail(channel)
        ref = MessageRef(channel=channel, id=f"m{len(self.standing) + 1}")
        self._stand("send", ref, post, key)
        return ref

    async def edit(self, ref: MessageRef, post: Post, key: DeliveryKey) -> MessageRef:
        self._may_fail(ref.channel)
        self._stand("edit", ref, post, key)
        return ref

    async def find(self, channel: Channel, key: DeliveryKey) -> MessageRef | None:
        self.calls.append(Call(what="find", channel=channel, key=key))
        return self.keys.get((channel, key))

    def _may_fail(self, channel: Channel) -> None:
        if self.refusals[channel.id]:
            raise self.refusals[channel.id].pop(0)

    def _stand(
        self, what: Literal["send", "edit"], ref: MessageRef, post: Post, key: DeliveryKey
    ) -> None:
        self.calls.append(Call(what=what, channel=ref.channel, key=key, post=post, ref=ref))
        self.standing[ref] = post
        self.keys[ref.channel, key] = ref
        if self.lost[ref.channel.id]:
            raise self.lost[ref.channel.id].pop(0)

    def done(self, channel: str | None = None) -> list[tuple[str, str]]:
        """What was done to messages, in order: “send” or “edit”, and the subject."""
        return [
            (call.what, str(call.key))
            for call in self.calls
            if call.what != "find" and channel in (None, call.channel.id)
        ]

    def headings(self, channel: str) -> list[str]:
        """The headings that stand in a channel, in the order in which they were posted."""
        return [post.heading for ref, post in self.standing.items() if ref.channel.id == channel]


class MemoryBlog:
    """A live blog without a server: a reader that shows its entries as they now stand.

    What is taken down has a tombstone, so that one look is enough.
    """

    def __init__(self, title: str = "By-elections live") -> None:
        self.title = title
        self.entries: dict[str, Entry] = {}

    def post(self, id: str, at: datetime, heading: str, body: str = "") -> None:
        """Publish an entry, or change it where it is there already (`at` is when)."""
        before = self.entries.get(id)
        self.entries[id] = Entry(
            id=id,
            published=at if before is None else before.published,
            modified=at,
            heading=heading,
            body=f"<p>{body}</p>",
            url=f"https://news.example/live#{id}",
        )

    def take_down(self, id: str) -> None:
        """Withdraw an entry."""
        self.entries[id] = replace(self.entries[id], withdrawn=True)

    def put_back(self, id: str) -> None:
        """Let a withdrawn entry stand again as it stood."""
        self.entries[id] = replace(self.entries[id], withdrawn=False)

    async def read(
        self,
        url: str,
        *,
        format: str,
        polling_day: date,
        validators: Validators,
        guarded: bool = False,
    ) -> Fetched:
        """The page as it stands now."""
        reading = Reading(
            title=self.title, entries=tuple(self.entries.values()), format=format, explicit=True
        )
        return Fetched(reading=reading, validators=validators)


class MemoryWeb:
    """Live blogs at their addresses, without a server; `reads` is what was asked for."""

    def __init__(self) -> None:
        self.blogs: dict[str, MemoryBlog] = {}
        self.reads: list[tuple[str, bool]] = []

    def blog(self, url: str, title: str = "By-elections live") -> MemoryBlog:
        """A blog that stands at an address from now on."""
        self.blogs[url] = MemoryBlog(title)
        return self.blogs[url]

    async def read(
        self,
        url: str,
        *,
        format: str,
        polling_day: date,
        validators: Validators,
        guarded: bool = False,
    ) -> Fetched:
        """The page as it stands now; a page that is not there is a fault."""
        self.reads.append((url, guarded))
        if url not in self.blogs:
            raise SourceError(f"{url} is not there (404).")
        return await self.blogs[url].read(
            url, format=format, polling_day=polling_day, validators=validators
        )


def posts(platform: RecordingPlatform, kinds: Iterable[str]) -> list[Post]:
    """The posts of some kinds that stand on a platform, in the order in which they came."""
    wanted = set(kinds)
    return [post for post in platform.standing.values() if post.kind in wanted]
