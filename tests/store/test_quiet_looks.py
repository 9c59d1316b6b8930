"""A look that finds nothing new costs little, and is void all the same where another was first."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.memory import BlogUpdate, OvertakenError
from bot.ports import Blog, Validators
from bot.store import Store
from bot.store.database import Database
from tests.rooms import BLOG, at
from tests.store.entries import update, version

FIRST, SECOND, THIRD = (at("00:41") + timedelta(seconds=10 * n) for n in range(3))


def quiet(moment: datetime, since: datetime, blog: Blog = BLOG) -> BlogUpdate:
    """A look in which everything is as it was at `since`."""
    return BlogUpdate(
        blog=blog,
        at=moment,
        since=since,
        validators=Validators(etag='"two"'),
        moved_to="https://news.example/elsewhere",
        chosen="Atom, because it is",
        next_read=moment + timedelta(seconds=10),
    )


async def test_what_a_quiet_look_tells_is_kept(each_store: Store) -> None:
    await each_store.blogs.keep(update(FIRST, version("boxes", FIRST)))
    before = await each_store.blogs.remembered(BLOG)
    await each_store.blogs.keep_failure(BLOG, FIRST, "It says 503.")
    await each_store.blogs.keep(quiet(SECOND, FIRST))

    after = await each_store.blogs.remembered(BLOG)
    assert (after.looked_at, after.validators.etag) == (SECOND, '"two"')
    assert after.moved_to == "https://news.example/elsewhere"
    assert (after.known, after.title) == (before.known, before.title)
    (health,) = await each_store.newsroom(THIRD).sources()
    assert (health.last_read, health.trouble) == (SECOND, None)
    assert health.next_read == SECOND + timedelta(seconds=10)

    await each_store.blogs.keep(replace(quiet(THIRD, SECOND), title="Another title"))
    assert (await each_store.blogs.remembered(BLOG)).title == "Another title"


async def test_a_quiet_look_after_anothers_is_void(each_store: Store) -> None:
    await each_store.blogs.keep(update(FIRST, version("boxes", FIRST)))
    await each_store.blogs.keep(quiet(SECOND, FIRST))
    with pytest.raises(OvertakenError):
        await each_store.blogs.keep(quiet(THIRD, FIRST))
    assert (await each_store.blogs.remembered(BLOG)).looked_at == SECOND


async def test_of_many_at_once_only_those_are_void_that_came_late(each_store: Store) -> None:
    blogs = [Blog(url=f"https://news.example/{number}") for number in range(20)]
    for blog in blogs:
        await each_store.blogs.keep(BlogUpdate(blog=blog, at=FIRST, validators=Validators()))
    found = await asyncio.gather(
        *(
            each_store.blogs.keep(quiet(THIRD, SECOND if number % 5 == 0 else FIRST, blog))
            for number, blog in enumerate(blogs)
        ),
        return_exceptions=True,
    )
    assert [isinstance(one, OvertakenError) for one in found] == [n % 5 == 0 for n in range(20)]


async def test_what_is_kept_in_memory_grows_old_by_facts_alone(database_url: str) -> None:
    database = Database(database_url)
    await database.open()

    async def nothing(_connection: AsyncConnection) -> None:
        """No change."""

    for facts in (False, True):
        before = database.generation
        await database.write_in_one_go(nothing, facts=facts)
        assert (database.generation > before) is facts
    await database.close()
