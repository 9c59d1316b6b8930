"""The folder that PA Media's results land in, as its FTP server or a copy of it fills it.

A file is read when it is new or has changed. One that is only half there is no XML yet: it is read
again once it has grown, and told of where it stays as it is.
"""

import asyncio
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bot.election.bulletin import Bulletin
from bot.election.figure import Standing
from bot.election.standings import StateOfParties
from bot.errors import SourceError
from bot.results_sources import Contests, Look, Remark
from bot.sources.pa import PA_MEDIA, parse

log = structlog.get_logger()

# A file of PA's has some kilobytes, the state of parties some fifty.
MOST_BYTES, MOST_FILES = 2_000_000, 50_000
EVERY = 2.0
BROKEN_FOR = timedelta(seconds=30)

Mark = tuple[int, int]


class PaFolder:
    """Looks through a folder for files of PA Media's that it has not read yet."""

    name = PA_MEDIA
    key = "pa"
    standing = Standing.REPORTED
    poll = EVERY

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, Mark] = {}
        # Files that cannot be read as they are: since when, and why.
        self._broken: dict[str, tuple[Mark, datetime, str]] = {}

    async def look(self, contests: Contests, now: datetime) -> Look:
        """Read what is new. Raises `SourceError` where the folder cannot be read."""
        return await asyncio.to_thread(self._look, now)

    def _look(self, now: datetime) -> Look:
        bulletins: list[Bulletin] = []
        states: list[StateOfParties] = []
        for name, mark in self._new():
            try:
                found = parse(self._content(name))
            except SourceError as error:
                before = self._broken.get(name)
                if before is None or before[0] != mark:
                    log.info("pa.file_not_read", file=name, why=str(error))
                    self._broken[name] = (mark, now, str(error))
                continue
            self._read[name] = mark
            self._broken.pop(name, None)
            if isinstance(found, StateOfParties):
                states.append(found)
            else:
                bulletins += found
        return Look(
            bulletins=tuple(bulletins),
            states=tuple(states),
            remarks=tuple(self._remarks(now)),
            wait=EVERY,
        )

    def _new(self) -> list[tuple[str, Mark]]:
        """Files that are new or have changed since they were read, by their names."""
        try:
            with os.scandir(self._folder) as entries:
                found = dict(_files(entries))
        except OSError as error:
            raise SourceError(
                f"The folder {self._folder} cannot be read: {error.strerror}. Look at PA_FOLDER, "
                "and at what fills it."
            ) from None
        for gone in self._read.keys() - found.keys():
            del self._read[gone]
        for gone in self._broken.keys() - found.keys():
            del self._broken[gone]
        return sorted(
            (name, mark)
            for name, mark in found.items()
            if self._read.get(name) != mark and self._broken.get(name, (None,))[0] != mark
        )

    def _content(self, name: str) -> bytes:
        try:
            # What was put in its place meanwhile, and is no file, is not waited for.
            file = os.open(self._folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(file, "rb") as opened:
                content = opened.read(MOST_BYTES + 1)
        except OSError as error:
            raise SourceError(f"It cannot be opened: {error.strerror}.") from None
        if len(content) > MOST_BYTES:
            raise SourceError(f"It is larger than {MOST_BYTES // 1_000_000} MB.")
        return content

    def _remarks(self, now: datetime) -> Iterator[Remark]:
        """On files that have been broken for a while, and so are not just being written."""
        for name, (_, since, why) in self._broken.items():
            if now - since >= BROKEN_FOR:
                shown = "".join(c for c in name if c.isprintable())[:100]
                yield Remark(
                    subject=f"file:{shown}",
                    heading=f"{PA_MEDIA}: the file {shown} cannot be read",
                    sentences=(why, "Nothing of it was taken. Ask for it anew, or record it."),
                )


def _files(entries: Iterator[os.DirEntry[str]]) -> Iterator[tuple[str, Mark]]:
    """The files of PA's in a folder: names that end in .xml, and what tells that one changed."""
    for number, entry in enumerate(entries):
        if number >= MOST_FILES:
            log.warning("pa.too_many_files", most=MOST_FILES)
            return
        name = entry.name
        if name.startswith(".") or not name.lower().endswith(".xml"):
            continue
        if entry.is_file(follow_symlinks=False):
            status = entry.stat(follow_symlinks=False)
            yield name, (status.st_mtime_ns, status.st_size)
