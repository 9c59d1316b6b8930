"""The night's contests and channels, as the night file has them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.ask import Following
from bot.election.contest import Contest
from bot.election.figure import Standing
from bot.liveblog.claims import ExpectedClaim
from bot.memory import PlannedContest
from bot.store.codec import claim_from, dumps
from bot.store.database import Database
from bot.store.file_follows import follow_the_file
from bot.store.tables import contest as contest_table
from bot.store.tables import figure


class NightRows:
    """What the night file says, kept so that a restart notices what changed in it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def install(
        self,
        contests: Sequence[PlannedContest],
        following: Sequence[Following] | None,
        at: datetime,
    ) -> None:
        """Make the night's contests and channels exactly these, in one transaction.

        Channels stay as they are where `following` is None.

        An expected time that the file changed since the last start counts as said now (`at`);
        one that it did not change leaves newer word from a blog as it is.
        """
        async with self._database.write(tell=True, facts=True) as connection:
            # Several processes start at once, and each has it from the same file.
            await self._database.in_turn(connection)
            await _replace_contests(connection, contests)
            await _plan(connection, contests, at)
            if following is not None:
                await follow_the_file(connection, following)


async def _replace_contests(
    connection: AsyncConnection, contests: Sequence[PlannedContest]
) -> None:
    await connection.execute(delete(contest_table))
    rows = [
        {
            "id": planned.contest.id,
            "position": position,
            "remind": ",".join(str(minutes) for minutes in planned.remind),
            "facts": dumps(Contest, planned.contest),
        }
        for position, planned in enumerate(contests)
    ]
    if rows:
        await connection.execute(insert(contest_table), rows)


async def _plan(
    connection: AsyncConnection, contests: Sequence[PlannedContest], at: datetime
) -> None:
    """Expected times that the night file no longer has end; new ones begin."""
    wanted = {
        (planned.contest.id, kind): time for planned in contests for kind, time in planned.expected
    }
    of_the_file = (
        figure.c.entry.is_(None) & figure.c.journal.is_(None) & figure.c.superseded_at.is_(None)
    )
    replaced = set()
    for row in await connection.execute(select(figure).where(of_the_file)):
        claim = claim_from(row.claim)
        if not isinstance(claim, ExpectedClaim):
            continue
        slot = (claim.contest_id, claim.kind)
        if slot in wanted and wanted[slot].value == claim.time:
            del wanted[slot]
            continue
        replaced.add(slot)
        await connection.execute(
            update(figure).where(figure.c.id == row.id).values(superseded_at=at)
        )
    new = []
    for (contest_id, kind), time in wanted.items():
        claim = ExpectedClaim(
            contest_id=contest_id, kind=kind, time=time.value, words=time.value.words
        )
        said_at = at if (contest_id, kind) in replaced else time.at
        new.append(
            {
                "contest_id": contest_id,
                "type": claim.type,
                "claim": dumps(ExpectedClaim, claim),
                "standing": Standing.ESTIMATED.value,
                "source_name": time.source.name,
                "source_url": time.source.url,
                "at": said_at,
                "known_at": said_at,
            }
        )
    if new:
        await connection.execute(insert(figure), new)
