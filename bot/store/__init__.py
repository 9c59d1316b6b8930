"""What is remembered; the only SQL."""

from datetime import datetime

from bot.lanes import Limits
from bot.record.past import Past
from bot.record.record import Record, open_record
from bot.store.asked import AskedRows
from bot.store.blogs import BlogRows
from bot.store.boards import BoardRows
from bot.store.bulletins import BulletinRows
from bot.store.database import Database, missing
from bot.store.gathering import GatheringRows
from bot.store.hubs import HubRows
from bot.store.jobs import JobRows
from bot.store.journal import JournalRows
from bot.store.known import KnownFacts
from bot.store.lanes import LaneRows
from bot.store.leadership import Leadership
from bot.store.newsroom import StoreNewsroom
from bot.store.night import NightRows
from bot.store.notices import Notices
from bot.store.outbox import OutboxRows
from bot.store.reminders import ReminderRows
from bot.store.roles import RoleRows
from bot.store.subscriptions import SubscriptionRows
from bot.store.telling import TellingRows

__all__ = ["Store", "missing"]


class Store:
    """The memory of every room, on one database; `limits` as in `Outbox`.

    `record` is what was known before the night; the bundled one where none is given.
    """

    def __init__(
        self,
        database_url: str,
        limits: Limits | None = None,
        *,
        record: Record | None = None,
    ) -> None:
        self._record = record or open_record()
        self._database = Database(database_url)
        self._known = KnownFacts(self._database)
        self.night = NightRows(self._database)
        self.blogs = BlogRows(self._database)
        self.hubs = HubRows(self._database)
        self.outbox = OutboxRows(self._database, limits)
        self.lanes = LaneRows(self._database)
        self.reminders = ReminderRows(self._database)
        self.telling = TellingRows(self._database)
        self.subscriptions = SubscriptionRows(self._database)
        self.asked = AskedRows(self._database)
        self.journal = JournalRows(self._database)
        self.bulletins = BulletinRows(self._database)
        self.roles = RoleRows(self._database)
        self.boards = BoardRows(self._database)
        self.gathering = GatheringRows(self._database)
        self.jobs = JobRows(self._database)
        self.leadership = Leadership(database_url)
        self.notices = Notices(self._database)

    async def open(self) -> list[str]:
        """Open it and bring it up to date; what was done for it. Raises `StoreError`."""
        return await self._database.open()

    async def close(self) -> None:
        """Close it; nothing is lost by not doing so."""
        await self._database.close()

    def newsroom(self, at: datetime) -> StoreNewsroom:
        """The night as it was known at an instant."""
        return StoreNewsroom(self._database, self._known, Past(self._record, at))

    def night_at(self, at: datetime) -> StoreNewsroom:
        """The same by the night's own sources: the record's results are no news of the night."""
        past = Past(self._record, at)
        return StoreNewsroom(self._database, self._known, past, official=False)
