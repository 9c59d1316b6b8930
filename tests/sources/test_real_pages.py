"""Every real page that is kept beside the repository, as `auto` reads it: what comes of it.

What is lost of them, and why, is in docs/sources.md.
"""

from dataclasses import dataclass

import pytest

from bot.sources.detect import by_content
from bot.sources.reader import PARSERS
from tests.sources.conftest import POLLING_DAY, shared


@dataclass(frozen=True, kw_only=True)
class Whole:
    """How many entries there are, and of how many (or how many pictures) something is told."""

    format: str
    entries: int
    in_order: bool = True
    withdrawn: int = 0
    edited: int = 0
    signed: int = 0
    linked: int = 0
    pictures: int = 0
    credited: int = 0
    key: int = 0
    pinned: int = 0
    characters: int


PAGES = {
    "fundus_Express_2024-07-18.html": Whole(
        format="jsonld", entries=9, edited=9, signed=9, linked=9, characters=4_100
    ),
    # Its own dateModified stands on every entry.
    "fundus_TheGuardian_2023-05-15.html": Whole(
        format="jsonld",
        entries=10,
        edited=9,
        linked=10,
        pictures=2,
        credited=2,
        characters=9_500,
    ),
    "fundus_TheIndependent_2023-08-14.html": Whole(
        format="jsonld",
        entries=10,
        in_order=False,
        edited=2,
        signed=10,
        linked=10,
        characters=8_600,
    ),
    "guardian-content-api.json": Whole(
        format="guardian",
        entries=6,
        linked=6,
        pictures=2,
        credited=2,
        key=1,
        pinned=1,
        characters=220,
    ),
    "guardian-page-model-live.json": Whole(
        format="guardian",
        entries=13,
        edited=4,
        signed=3,
        linked=13,
        pictures=3,
        credited=3,
        characters=4_600,
    ),
    "sourcefabric-posts.json": Whole(
        format="sourcefabric",
        entries=14,
        in_order=False,
        withdrawn=1,
        edited=9,
        signed=14,
        pictures=1,
        credited=1,
        characters=2_800,
    ),
}


def test_no_page_is_left_out():
    assert {path.name for path in shared("fixtures/liveblogs").iterdir()} == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_a_real_page_is_read_whole(name: str):
    content = shared(f"fixtures/liveblogs/{name}").read_bytes()
    way = by_content("", content, url="https://news.example/live")
    reading = PARSERS[way.format](content, url=way.address, polling_day=POLLING_DAY)
    stand = [entry for entry in reading.entries if not entry.withdrawn]
    published = [entry.published for entry in stand]
    pictures = [picture for entry in stand for picture in entry.pictures]
    wanted = PAGES[name]
    characters = sum(len(entry.text) for entry in stand)
    assert wanted == Whole(
        format=way.format,
        entries=len(stand),
        in_order=published == sorted(published, reverse=True),
        withdrawn=len(reading.entries) - len(stand),
        edited=sum(e.modified is not None and e.modified > e.published for e in stand),
        signed=sum(e.author is not None for e in stand),
        linked=sum(e.url is not None for e in stand),
        pictures=len(pictures),
        credited=sum(p.caption is not None and p.credit is not None for p in pictures),
        key=sum(e.key_event for e in stand),
        pinned=sum(e.pinned for e in stand),
        characters=wanted.characters,
    )
    assert wanted.characters <= characters < wanted.characters * 1.06
    assert reading.faults == ()
    assert all(entry.heading and not entry.id_derived for entry in stand)
