"""One message per channel that stays true all night; and the state of the night now and then.

The row in the store says what a board said last. It is compared with what is known now: when
something changes, every few seconds as long as a board stands, and at the start. So what changes
while a board may not be drawn yet, or while nobody runs, is drawn later, and nothing is lost.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.chat.ask import Channel, Follow
from bot.chat.events import BoardDrawn, NightMoved
from bot.chat.post import DeliveryKey, Post
from bot.desk_memory import Board, BoardRows, Redraw, RoundUp
from bot.errors import AskError, DeliveryError
from bot.liveblog.markup import BlockKind
from bot.memory import Announcement
from bot.ports import Clock, HasPins, NewsroomAt, Word
from bot.seats import Seats
from bot.waking import woken

log = structlog.get_logger()

EVERY = timedelta(seconds=15)
# A round-up that could not come within so long of its time is left out: the next one says it all.
OF_USE_FOR = timedelta(minutes=2)
# What is kept is of the moment at which it was read, a little earlier. What is so new that some of
# it may still be under way is for the next round-up: none tells it twice, and none leaves it out.
SETTLED = timedelta(seconds=10)
SHORTEST_PAUSE, TRIES = 0.05, 5
# So many boards before the last one may still be pinned.
EARLIER = 5


class Boards:
    """Draws boards and tells the state of the night.

    `here` is awaited before something is put into a channel, `queued` called when something went
    into the outbox; `pins` are the platforms that have pins, by name. Several processes may put up
    boards; only one may `look`, `draw` and `run`.
    """

    def __init__(
        self,
        *,
        rows: BoardRows,
        newsroom_at: NewsroomAt,
        word: Word,
        clock: Clock,
        here: Callable[[Channel], Awaitable[None]],
        queued: Callable[[], None],
        pins: Mapping[str, HasPins],
    ) -> None:
        self._rows = rows
        self._seats = Seats(newsroom_at)
        self._word = word
        self._clock = clock
        self._here = here
        self._queued = queued
        self._pins = pins
        self._turn = asyncio.Lock()
        self._wake = asyncio.Event()
        self._running = False

    async def post(self, channel: Channel) -> bool:
        """Post a new board, drawn anew from now on; whether it takes the place of another.

        Raises `AskError` where no seat votes tonight.
        """
        await self._here(channel)
        async with self._turn:
            # Where another process leads, nobody says here what has changed.
            self._seats.changed()
            now = self._clock.now()
            drawn = await self._drawn(now)
            if drawn is None:
                raise AskError("No seat votes tonight, so there is nothing for a board to show.")
            for _ in range(TRIES):
                before = await self._rows.board(channel)
                after = Board(
                    channel=channel,
                    number=1 if before is None else before.number + 1,
                    version=1,
                    digest=self._word(drawn).digest,
                    drawn_at=now,
                )
                stood = before is not None and before.stands
                ended = replace(drawn, ended=now, below=True)
                told = [self._last(before, ended)] if before is not None and stood else []
                told.append(_announced(after, self._word(replace(drawn, changed=now))))
                if await self._draws(Redraw(before=before, after=after, told=told), now):
                    log.info("board.posted", channel=str(channel), number=after.number)
                    self._stir()
                    return stood
        raise AskError("Somebody else puts up a board here at this moment; look at that one.")

    async def pin(self, channel: Channel) -> None:
        """Pin the board of a channel, and take away the pins of earlier ones there.

        Raises `AskError` where none stands, or the platform has no pins, and `DeliveryError` where
        it may not be pinned.
        """
        platform = self._pins.get(channel.platform)
        if platform is None:
            raise AskError("There are no pins here; Slack and Discord have them.")
        board = await self._rows.board(channel)
        if board is None or not board.stands:
            raise AskError("No board is drawn here to be pinned; “board” puts one up.")
        message = await self._rows.message(board)
        if message is None:
            raise AskError("The board is still on its way; say it again once it stands here.")
        await platform.pin(message)
        log.info("board.pinned", channel=str(channel), number=board.number)
        await self._unpin_earlier(board, platform)

    async def _unpin_earlier(self, board: Board, platform: HasPins) -> None:
        """Leave a channel no pin of a board that is not drawn any more; the one that is, is there.

        Nothing says which were pinned: of the last few each is tried.
        """
        for number in range(max(board.number - EARLIER, 1), board.number):
            message = await self._rows.message(replace(board, number=number))
            if message is None:
                continue
            try:
                await platform.unpin(message)
            except DeliveryError as error:
                log.info("board.not_unpinned", channel=str(board.channel), why=str(error))

    async def stop(self, channel: Channel) -> bool:
        """Draw the board of a channel no more; False where none is drawn."""
        async with self._turn:
            self._seats.changed()
            now = self._clock.now()
            drawn = await self._drawn(now) or BoardDrawn(seats=(), at=now)
            for _ in range(TRIES):
                before = await self._rows.board(channel)
                if before is None or not before.stands:
                    return False
                last = self._last(before, replace(drawn, ended=now))
                after = replace(before, version=last.key.version, digest="", drawn_at=now)
                if await self._draws(Redraw(before=before, after=after, told=[last]), now):
                    log.info("board.stopped", channel=str(channel), number=after.number)
                    self._stir()
                    return True
        raise AskError("The board is being drawn at this moment; say it again.")

    async def round_up(self, channel: Channel, minutes: int) -> datetime:
        """Post the state of the night every so many minutes; when the first may come (UTC)."""
        await self._here(channel)
        now = self._clock.now()
        first = now + timedelta(minutes=minutes)
        await self._rows.want_round_up(channel, minutes, first, now)
        self._wake.set()
        return first

    async def stop_round_up(self, channel: Channel) -> bool:
        """Post it no more; False where it was not."""
        return await self._rows.forget_round_up(channel)

    async def look(self, touched: frozenset[str] | None = None) -> None:
        """What is known of these contests (None for all) has changed: draw what may be drawn.

        While `run` runs it does so, and who changes something does not wait for it.
        """
        self._seats.changed(touched)
        if self._running:
            self._wake.set()
        else:
            await self.draw()

    async def draw(self) -> float | None:
        """Draw every board that is not true any more, and tell what is due.

        Out: the seconds of the night after which to do so again; None where nothing stands.
        """
        async with self._turn:
            boards, round_ups = await self._rows.boards(), await self._rows.round_ups()
            # After they were read: none of them came to its channel later than now.
            now = self._clock.now()
            for board in boards:
                if board.gone:
                    # Whoever deleted it does not want it: it comes again when somebody says so.
                    await self._draws(Redraw(before=board, after=replace(board, digest="")), now)
                    log.info("board.gone", channel=str(board.channel), number=board.number)
            standing = [board for board in boards if board.stands]
            # One that waits for its channel is not drawn over and over: it is, once it was sent.
            due = [one for one in standing if _since(one, now) >= EVERY and not one.waits]
            if due and (drawn := await self._drawn(now)) is not None:
                await self._draw(due, drawn)
            for one in round_ups:
                if one.next_at <= now:
                    await self._tell(one, now)
            # Polls close, and messages are deleted, without anybody saying so: all that stands is
            # looked at again after a while.
            ahead = [EVERY - _since(one, now) for one in standing] + [
                one.next_at - now for one in round_ups
            ]
            pauses = [pause if pause > timedelta(0) else EVERY for pause in ahead]
            return max(min(pauses).total_seconds(), SHORTEST_PAUSE) if pauses else None

    async def run(self) -> None:
        """Draw and tell in time, until cancelled."""
        self._running = True
        try:
            while True:
                self._wake.clear()
                try:
                    seconds = await self.draw()
                except Exception:
                    # The rows are as they were, and are looked at again.
                    log.exception("board.broke")
                    seconds = EVERY.total_seconds()
                await woken(self._wake, self._clock, seconds)
        finally:
            self._running = False

    async def _draw(self, boards: Sequence[Board], drawn: BoardDrawn) -> None:
        now, digest = drawn.at, self._word(drawn).digest
        others = [board for board in boards if board.digest != digest]
        if not others:
            return
        post, redraws = self._word(replace(drawn, changed=now)), []
        for board in others:
            after = replace(board, version=board.version + 1, digest=digest, drawn_at=now)
            redraws.append(Redraw(before=board, after=after, told=[_announced(after, post)]))
        for one, done in zip(redraws, await self._rows.draw(redraws, now), strict=True):
            if done:
                log.info("board.drawn", channel=str(one.after.channel), version=one.after.version)
        self._queued()

    async def _draws(self, redraw: Redraw, now: datetime) -> bool:
        (done,) = await self._rows.draw([redraw], now)
        return done

    async def _tell(self, due: RoundUp, now: datetime) -> None:
        """Tell a channel the state of the night, where it is another than it was told last."""
        step = timedelta(minutes=due.minutes)
        missed = now - due.next_at
        next_at = due.next_at + step * (missed // step + 1)
        post = None if missed > OF_USE_FOR else await self._state(due, now)
        announcement = None
        if post is not None:
            announcement = Announcement(
                kind=Follow.DECLARATIONS,
                contests=frozenset(),
                key=DeliveryKey(subject=f"roundup:{due.channel}:{due.number + 1}", version=1),
                post=post,
                channel=due.channel,
            )
        if await self._rows.round_up(due, next_at, announcement, now):
            log.info("roundup.due", channel=str(due.channel), told=post is not None)
            self._queued()

    async def _state(self, due: RoundUp, now: datetime) -> Post | None:
        """What has changed since a channel was told last; None where nothing has."""
        pairs = await self._seats.between(due.since - SETTLED, now - SETTLED)
        moved = NightMoved(
            changes=tuple((before, seat) for before, seat in pairs if before != seat),
            seats=tuple(seat for _, seat in pairs),
            since=due.since,
            at=now,
        )
        post = self._word(moved)
        # Another source for the same figure is no change that anybody wants to read.
        told = any(block.kind is BlockKind.ITEM for block in post.body)
        return post if told else None

    def _last(self, board: Board, drawn: BoardDrawn) -> Announcement:
        """The last version of a board, which says that it ended."""
        return _announced(replace(board, version=board.version + 1), self._word(drawn))

    def _stir(self) -> None:
        self._wake.set()
        self._queued()

    async def _drawn(self, now: datetime) -> BoardDrawn | None:
        """The board as it is now; None where no seat votes tonight."""
        seats = await self._seats.now(now)
        return BoardDrawn(seats=seats, at=now) if seats else None


def _since(board: Board, now: datetime) -> timedelta:
    """How long ago a board was drawn, and came to its platform where that was later.

    Long ago, where the clock was set back since; another machine's may be a little ahead.
    """
    ago = now - max(board.drawn_at, board.shown_at or board.drawn_at)
    return max(ago, timedelta(0)) if ago > -EVERY else EVERY


def _announced(board: Board, post: Post) -> Announcement:
    return Announcement(
        kind=Follow.DECLARATIONS,
        contests=frozenset(),
        key=board.key,
        post=post,
        channel=board.channel,
    )
