"""Things that many ask for at once, and that are made once for all of them."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from contextvars import Context
from typing import Any, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Made = TypeVar("Made")


class Shared(Generic[Key, Made]):
    """The last `most` things that were asked for, or are being made."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: OrderedDict[Key, asyncio.Task[Made]] = OrderedDict()

    async def of(self, key: Key, make: Callable[[], Coroutine[Any, Any, Made]]) -> Made:
        """The thing of a key, made where nobody has asked for it yet. Raises what `make` does.

        Who asks may give up: it is made all the same, for the others.
        """
        if key not in self._made:
            # It is nobody's in particular: no deadline of who asks first may hold for it.
            self._made[key] = asyncio.create_task(make(), context=Context())
            if len(self._made) > self._most:
                self._made.popitem(last=False)
        self._made.move_to_end(key)
        return await asyncio.shield(self._made[key])

    def forget(self, key: Key) -> None:
        """Let a thing be made anew, unless that is under way already."""
        if key in self._made and self._made[key].done():
            del self._made[key]
