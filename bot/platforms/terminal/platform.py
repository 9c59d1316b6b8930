"""The terminal as a platform: posts scroll by, questions are typed below them."""

import asyncio
import getpass
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.text import Text

from bot.chat.ask import Ask, Author, Channel, MessageRef
from bot.chat.post import DeliveryKey, Post
from bot.chat.reply import Choice
from bot.election.clock import uk_clock
from bot.platforms.terminal import render
from bot.platforms.terminal.log import MessageLog
from bot.platforms.terminal.piped import piped_lines
from bot.platforms.terminal.screen import TerminalGoneError
from bot.ports import Answer, Clock, Desk

STDIN = 0
_LEAVE = {"quit", "exit"}
_GONE = "Nobody reads this terminal any more."


class TerminalPlatform:
    """One terminal with one channel; a `Platform`.

    `log` remembers what stands in the channel, `completions` gives the commands and seats that
    the tab key completes, `interactive` says that somebody types at a terminal (else questions
    are read from the descriptor `stdin`), `history_file` keeps what was typed.

    Everything that prints raises `TerminalGoneError` once nobody reads the output any more.
    """

    name = "terminal"
    # Each is a terminal of its own.
    shared = True
    # It draws with characters.
    pictures = False
    at_once = 32

    def __init__(
        self,
        *,
        console: Console,
        log: MessageLog,
        clock: Clock,
        completions: Callable[[], Sequence[str]],
        interactive: bool,
        channel: str = "terminal",
        history_file: Path | None = None,
        stdin: int = STDIN,
    ) -> None:
        self.channel = Channel(platform=self.name, id=channel)
        self._console = console
        self._plain = not console.is_terminal
        self._log = log
        self._clock = clock
        self._completions = completions
        self._interactive = interactive
        self._history_file = history_file
        self._stdin = stdin
        self._choices: tuple[Choice, ...] = ()
        self._opened = False
        self._gone = asyncio.Event()

    async def run(self, desk: Desk) -> None:
        """Bring questions to the desk and show what comes back, one after the other.

        Returns when people leave (`quit`, `exit`, Ctrl-D, Ctrl-C), or at the end of standard
        input. Raises `TerminalGoneError`.
        """
        self.reopen()
        talk = self._converse(desk.answer) if self._interactive else self._read(desk.answer)
        await _first(talk, self._until_gone())

    async def send(self, channel: Channel, post: Post, key: DeliveryKey) -> MessageRef:
        """Show a new message. Raises `DeliveryError` if the log cannot be written."""
        self.reopen()
        # Log first: a terminal that is opened again shows what stands in the log, so a kill
        # between the two loses nothing and shows nothing twice.
        ref = self._log.send(post, key)
        self._show(render.message(post, plain=self._plain))
        return MessageRef(channel=channel, id=ref)

    async def edit(self, ref: MessageRef, post: Post, key: DeliveryKey) -> MessageRef:
        """Show what became of an earlier message. Raises `DeliveryError` like `send`."""
        self.reopen()
        before = self._log.message(ref.id)
        self._log.edit(ref.id, post, key)
        at = self._clock.now()
        if post.edited is not None and post.withdrawn is None:
            at = post.edited
        earlier = before.post if before else None
        self._show(render.change(post, before=earlier, at=at, plain=self._plain))
        return ref

    async def find(self, channel: Channel, key: DeliveryKey) -> MessageRef | None:
        """The message that stands under a key; None if it was never sent."""
        ref = self._log.find(key)
        return None if ref is None else MessageRef(channel=channel, id=ref)

    def changed(self) -> None:
        """Nothing to draw anew: what has scrolled by stays as it was."""

    async def direct(self, author: Author) -> Channel:
        """The one channel there is: whoever sits here is alone with the bot."""
        return self.channel

    async def ask(self, text: str, answer: Answer) -> None:
        """Ask a question as if it had been typed here, and show question and answer."""
        self._print(render.question(self._chosen(text), self._clock.now()))
        await self._answer(text, answer)

    def note(self, words: str) -> None:
        """Show a word of the program's own, between the messages."""
        self._show(render.divider(words, plain=self._plain))

    def reopen(self) -> None:
        """Show once what stood in the log when the terminal was opened, in its last version."""
        if self._opened:
            return
        self._opened = True
        if messages := self._log.messages():
            self._show(render.divider("the night so far", plain=self._plain))
            for message in messages:
                self._show(render.message(message.post, plain=self._plain))
            self._show(render.divider("now", plain=self._plain))

    async def _read(self, answer: Answer) -> None:
        async with aclosing(piped_lines(self._stdin)) as lines:
            async for line in lines:
                if line.strip():
                    await self.ask(line, answer)

    async def _converse(self, answer: Answer) -> None:
        """Read lines and answer them in a task of its own, so that the line stays alive."""
        questions: asyncio.Queue[str] = asyncio.Queue()

        async def read() -> None:
            async with aclosing(self._typed()) as lines:
                async for line in lines:
                    if line.strip().casefold() in _LEAVE:
                        return
                    if line.strip():
                        questions.put_nowait(line)

        async def reply() -> None:
            while True:
                await self._answer(await questions.get(), answer)

        await _first(read(), reply())

    async def _until_gone(self) -> None:
        # Whoever sends may only note that a post failed; the conversation must end all the same.
        await self._gone.wait()
        raise TerminalGoneError(_GONE)

    def _typed(self) -> AsyncGenerator[str, None]:
        # Imported here: a bot that nobody types at must not carry the library in its memory.
        from bot.platforms.terminal.prompt import typed_lines

        return typed_lines(
            clock=lambda: uk_clock(self._clock.now()),
            phrases=self._completions,
            history=self._history_file,
            colour=not self._console.no_color,
        )

    async def _answer(self, text: str, answer: Answer) -> None:
        ask = Ask(text=self._chosen(text), author=_author(), channel=self.channel)
        reply = await answer(ask)
        self._choices = reply.choices
        self._show(render.reply(reply, plain=self._plain))

    def _chosen(self, text: str) -> str:
        """The question behind a number of the last reply's choices; else the text itself."""
        numbered = {str(number): choice.ask for number, choice in enumerate(self._choices, 1)}
        return numbered.get(text.strip(), text.strip())

    def _show(self, block: RenderableType) -> None:
        self._print(Group(block, Text()))

    def _print(self, block: RenderableType) -> None:
        if self._gone.is_set():
            raise TerminalGoneError(_GONE)
        try:
            self._console.print(block)
        except (OSError, TerminalGoneError) as error:
            self._gone.set()
            raise TerminalGoneError(_GONE) from error


async def _first(*talks: Coroutine[Any, Any, None]) -> None:
    """Wait until one of several has ended, and end the others. Raises what that one raised."""
    tasks = [asyncio.create_task(talk) for talk in talks]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


def _author() -> Author:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        # A container may run under a number that has no name.
        user = "you"
    return Author(platform=TerminalPlatform.name, id=user, name=user)
