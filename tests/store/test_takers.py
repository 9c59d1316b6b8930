"""Who gets a note: where a chat brought the blog, nobody who does not follow it."""

from datetime import UTC, datetime

import pytest

from bot.chat.ask import Follow
from bot.chat.post import DeliveryKey, Post, PostKind
from bot.memory import Announcement
from bot.ports import Blog
from bot.store.subscriptions import Wish, takers

NIGHTS = Blog(url="https://news.example/live")
CHATS = Blog(url="https://chat.example/live", from_chat=True)
BOTH, BLOG_ALONE, CHECKS_ALONE, SWITCHED_OFF = 1, 2, 3, 4


def wish(lane: int, *, wanted: bool = True) -> Wish:
    return Wish(lane_id=lane, only=frozenset(), wanted=wanted, since=None)


def note_on(blog: Blog) -> Announcement:
    return Announcement(
        kind=Follow.CHECKS,
        contests=frozenset(),
        key=DeliveryKey(subject="check:x:1", version=1),
        post=Post(kind=PostKind.CHECK, heading="Check", at=datetime(2023, 10, 20, tzinfo=UTC)),
        blog=blog,
    )


@pytest.mark.parametrize(
    ("blog", "lanes"),
    [(CHATS, [BOTH]), (NIGHTS, [BOTH, CHECKS_ALONE, SWITCHED_OFF])],
)
def test_a_note_on_a_blog_that_a_chat_brought_is_for_who_follows_it_and_checks(blog, lanes):
    followed = {
        Follow.CHECKS: {lane: wish(lane) for lane in (BOTH, CHECKS_ALONE, SWITCHED_OFF)},
        f"blog:{blog.key}": {
            BOTH: wish(BOTH),
            BLOG_ALONE: wish(BLOG_ALONE),
            SWITCHED_OFF: wish(SWITCHED_OFF, wanted=False),
        },
    }
    assert [wish.lane_id for wish in takers(note_on(blog), followed)] == lanes
