"""Asking hubs: a form is posted, and taken or not.

https://www.w3.org/TR/websub/#subscriber-sends-subscription-request.
"""

from bot.errors import SourceError
from bot.sources.fetch import MAX_REDIRECTS, Fetcher, checked, target
from bot.sources.places import place

_TAKEN = range(200, 300)
# Another hub is to be asked instead; every other redirect would lose the form.
_ELSEWHERE = {307, 308}


class HubRequests:
    """Speaks to hubs by a fetcher's connections, within its limits."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    async def ask(self, url: str, form: dict[str, str], *, guarded: bool) -> None:
        """Post a form to a hub, and to another where it says so, which is anybody's word then.

        Raises `SourceError` where it cannot be reached, or does not take it. With `guarded` only
        public servers are connected to.
        """
        address = current = checked(url)
        headers = {"User-Agent": self._fetcher.user_agent}
        for _ in range(MAX_REDIRECTS + 1):
            anybodys = guarded or current.host != address.host
            async with (
                self._fetcher.asking(current, guarded=anybodys) as session,
                session.post(
                    current, data=form, headers=headers, allow_redirects=False
                ) as response,
            ):
                status = response.status
                location = response.headers.get("Location", "")
                # What it says is not for us, and may be without end.
                response.close()
            if status in _TAKEN:
                return
            if status not in _ELSEWHERE:
                raise SourceError(f"{place(current)} does not take what I ask of it ({status}).")
            current = target(current, location)
        raise SourceError(f"{place(address)} sends me from hub to hub.")
