"""A desk that gives what it was given, and keeps what it was asked."""

import asyncio
from collections.abc import Sequence

from bot.chat.ask import Ask
from bot.chat.command import Command
from bot.chat.form import Field, FieldKind, Form, FormError, Option, Values
from bot.chat.reply import Choice, Reply, Table
from bot.ports import Answer

FOLLOW = Form(
    name="follow",
    title="Follow a live blog",
    submit="Follow",
    fields=(
        Field(
            name="address",
            label="Address",
            hint="The page that readers see.",
            example="https://news.example/live",
            longest=2_000,
        ),
        Field(
            name="only",
            label="Only these seats",
            kind=FieldKind.SOME_OF,
            required=False,
            options=(
                Option(label="Tamworth", value="parl.tamworth"),
                Option(label="Mid Bedfordshire", value="parl.mid-bedfordshire"),
            ),
            given=("parl.tamworth",),
        ),
        Field(
            name="pace",
            label="How often?",
            kind=FieldKind.ONE_OF,
            options=(Option(label="Often", value="10"), Option(label="Seldom", value="60")),
            given=("10",),
        ),
        Field(name="note", label="Note", kind=FieldKind.TEXT, required=False, longest=500),
    ),
)
DONE = Reply(title="This channel follows The Example", lines=("12 entries stand.",))
HOME = (
    Reply(
        title="Tonight",
        table=Table(columns=("Seat", "Stage"), rows=(("Tamworth", "Counting"),)),
        choices=(Choice(label="Tamworth", ask="status Tamworth"),),
    ),
    Reply(
        title="Channels",
        lines=("No channel follows anything.",),
        choices=(Choice(label="Follow a blog", ask="follow", form="follow"),),
    ),
)


class FakeDesk:
    """A `Desk`. While `free` is cleared, answers and submissions wait for it."""

    def __init__(self) -> None:
        self.forms: dict[str, Form | Reply] = {"follow": FOLLOW}
        self.sections: tuple[Reply, ...] = HOME
        self.reply = DONE
        self.faults: dict[str, str] = {}
        self.asked: list[Ask] = []
        self.opened: list[tuple[str, Ask]] = []
        self.submitted: list[tuple[str, Ask, Values]] = []
        self.at_home: list[Ask] = []
        self.free = asyncio.Event()
        self.free.set()

    async def answer(self, ask: Ask) -> Reply:
        self.asked.append(ask)
        await self.free.wait()
        return Reply(title=f"You asked: {ask.text}", error=ask.text.startswith("wrong"))

    async def overhear(self, ask: Ask) -> Reply | None:
        return None

    async def form(self, name: str, ask: Ask) -> Form | Reply:
        self.opened.append((name, ask))
        return self.forms[name]

    async def submit(self, name: str, ask: Ask, values: Values) -> Reply:
        self.submitted.append((name, ask, values))
        await self.free.wait()
        if self.faults:
            raise FormError(self.faults)
        return self.reply

    def commands(self) -> Sequence[Command]:
        return ()

    async def seats(self, typed: str, most: int) -> Sequence[str]:
        return ()

    async def home(self, ask: Ask) -> tuple[Reply, ...]:
        self.at_home.append(ask)
        return self.sections


class Answering(FakeDesk):
    """The same, but it answers as a function does."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self._answer = answer

    async def answer(self, ask: Ask) -> Reply:
        return await self._answer(ask)
