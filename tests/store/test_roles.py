"""Roles that people gave each other, row by row, and through what gives them."""

import asyncio
from dataclasses import replace

import pytest

from bot.chat.ask import Author, Role
from bot.chat.roles import NamedRole
from bot.clocks import StoppedClock
from bot.errors import AskError
from bot.roles import Roles
from bot.store import Store
from tests.rooms import at

ANN = Author(platform="slack", id="U1", name="Ann")
BOB = NamedRole(platform="slack", who="U2", role=Role.DESK, name="Bób – ☎")
OLU = NamedRole(platform="discord", who="role:7", role=Role.OPERATOR)
SET = NamedRole(platform="slack", who="U9", role=Role.OPERATOR)


def given(store: Store, *settings: NamedRole) -> Roles:
    return Roles(rows=store.roles, settings=settings, clock=StoppedClock(at("21:40")))


async def test_what_is_given_comes_back_whole(each_store: Store) -> None:
    roles = given(each_store, SET)
    assert await roles.allow(BOB, ANN) is None
    await roles.allow(OLU, ANN)
    told = await given(each_store, SET).named()
    assert told == (SET, replace(BOB, by="slack:U1"), replace(OLU, by="slack:U1"))


async def test_a_role_takes_the_place_of_another(each_store: Store) -> None:
    roles = given(each_store)
    await roles.allow(BOB, ANN)
    before = await roles.allow(replace(BOB, role=Role.OPERATOR), ANN)
    assert before is not None
    assert before.role is Role.DESK
    assert [one.role for one in await roles.named()] == [Role.OPERATOR]


async def test_what_is_taken_is_gone_and_only_once(each_store: Store) -> None:
    roles = given(each_store)
    await roles.allow(BOB, ANN)
    assert (await roles.disallow(BOB)).name == "Bób – ☎"
    assert await roles.named() == ()
    with pytest.raises(AskError, match="Nobody gave"):
        await roles.disallow(BOB)


async def test_the_last_operator_stays_one(each_store: Store) -> None:
    roles = given(each_store)
    await roles.allow(OLU, ANN)
    with pytest.raises(AskError, match="is the only operator"):
        await roles.disallow(OLU)
    with pytest.raises(AskError, match="is the only operator"):
        await roles.allow(replace(OLU, role=Role.DESK), ANN)
    assert [one.role for one in await roles.named()] == [Role.OPERATOR]


async def test_of_two_operators_who_go_at_once_one_stays(each_store: Store) -> None:
    roles = given(each_store)
    bob = replace(BOB, role=Role.OPERATOR)
    await roles.allow(OLU, ANN)
    await roles.allow(bob, ANN)
    done = await asyncio.gather(roles.disallow(OLU), roles.disallow(bob), return_exceptions=True)
    assert [isinstance(one, AskError) for one in done].count(True) == 1
    assert len(await roles.named()) == 1


async def test_the_last_of_chat_may_go_where_the_settings_name_one(each_store: Store) -> None:
    roles = given(each_store, SET)
    await roles.allow(OLU, ANN)
    await roles.disallow(OLU)
    assert await roles.named() == (SET,)


async def test_what_the_settings_give_chat_does_not_take(each_store: Store) -> None:
    with pytest.raises(AskError, match="by the settings"):
        await given(each_store, SET).disallow(SET)
