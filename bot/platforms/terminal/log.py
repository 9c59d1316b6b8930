"""The terminal's message history: the truth of what stands in its channel."""

import errno
import fcntl
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from bot.chat.post import DeliveryKey, Post
from bot.errors import DeliveryError, StoreError


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message: its reference, the key that it was last sent or edited under, its last text."""

    ref: str
    key: DeliveryKey
    post: Post


_LINE = TypeAdapter(Message)


class MessageLog:
    """An append-only file of JSON lines, or memory alone where `path` is None.

    A line is one version of a message; the first with its `ref` sent it, later ones changed it.
    Raises `StoreError` where the file cannot be opened, or where another Teller has it open.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._messages: dict[str, Message] = {}
        self._refs: dict[DeliveryKey, str] = {}
        self._file: int | None = None
        self._torn = False
        if path is not None:
            try:
                self._file = _open_alone(path)
                self._load(path.read_bytes())
            except OSError as error:
                raise StoreError(
                    f"The terminal's log {path} cannot be opened: {error.strerror}. It stands "
                    "beside the database; look at DATABASE_URL or --keep."
                ) from None

    def send(self, post: Post, key: DeliveryKey) -> str:
        """Keep a new message; its reference. Raises `DeliveryError` if it cannot be written."""
        # A counted reference would name another message once the file has been removed.
        return self._keep(Message(ref=secrets.token_hex(8), key=key, post=post))

    def edit(self, ref: str, post: Post, key: DeliveryKey) -> str:
        """Keep a new version of a message. Raises `DeliveryError` if it cannot be written."""
        return self._keep(Message(ref=ref, key=key, post=post))

    def find(self, key: DeliveryKey) -> str | None:
        """The reference of the message that was sent or edited under a key."""
        return self._refs.get(key)

    def message(self, ref: str) -> Message | None:
        """A message in its last version."""
        return self._messages.get(ref)

    def messages(self) -> list[Message]:
        """All messages in their last version, in the order they were sent."""
        return list(self._messages.values())

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _keep(self, message: Message) -> str:
        if self._file is not None:
            self._append(self._file, _LINE.dump_json(message) + b"\n")
        self._index(message)
        return message.ref

    def _append(self, file: int, line: bytes) -> None:
        # One write for a line: a process that is killed leaves a whole line, or the first half
        # of one, and the next line then begins on its own.
        line = b"\n" + line if self._torn else line
        try:
            written = os.write(file, line)
        except OSError as error:
            raise DeliveryError(f"The terminal's log cannot be written: {error}.") from error
        self._torn = written < len(line)
        if self._torn:
            raise DeliveryError("The terminal's log could not be written whole.")

    def _load(self, data: bytes) -> None:
        self._torn = bool(data) and not data.endswith(b"\n")
        for line in data.splitlines():
            try:
                self._index(_LINE.validate_json(line))
            except ValidationError:
                # The half line of a process that was killed: nobody was told that it was sent.
                continue

    def _index(self, message: Message) -> None:
        self._messages[message.ref] = message
        self._refs[message.key] = message.ref


def _open_alone(path: Path) -> int:
    """Open the file, and hold it: two programs at one night would both send what either left."""
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        raise BlockingIOError(errno.EWOULDBLOCK, "another Teller uses it") from None
    return file
