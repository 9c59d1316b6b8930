"""The counts of 4 July 2024: who stood, how they voted, when it was declared and expected.

Results and times of declaration are those of the bundled record. Expected times are of the kind of
2015, from beside the repository; where they are not there, they are derived.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.election.clock import uk_clock
from bot.election.contest import Candidacy
from bot.record.past import Past
from bot.record.record import PastContest, open_record

NIGHT = date(2024, 7, 4)
EXPECTED_2015 = (
    Path(__file__).parents[3] / "shared" / "data" / "times" / "ge2015-expected-declaration.json"
)
# In 2015 half of all declarations came so long after they were expected, or later.
USUALLY_LATE = timedelta(minutes=68)
HALF_HOUR = timedelta(minutes=30)
# Names that are read as other words where a number stands behind them.
_ODD = re.compile(r"\bJust$")
# Counts that took until the next day are declared at the end of the night.
END = datetime(2024, 7, 5, 7, 0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Count:
    """One count: its result, when it is declared (UTC), and when that is expected (UK clock)."""

    past: PastContest
    declared: datetime
    expected: str

    @property
    def name(self) -> str:
        return self.past.contest.name

    @property
    def majority(self) -> int:
        found = self.past.result.majority
        assert found is not None
        return found

    @property
    def words(self) -> str:
        """The result as somebody types it: by name, and by party where that says too little."""
        lines = self.past.result.votes
        names = Counter(line.candidacy.name for line in lines)
        votes = ", ".join(
            f"{_called(line.candidacy, twice=names[line.candidacy.name] > 1)} {line.votes}"
            for line in lines
        )
        return f"record result {self.name}: {votes}"

    def toml(self) -> str:
        """The contest as a night file has it."""
        contest = self.past.contest
        lines = [
            "[[contest]]",
            f"id = {_quoted(contest.id)}",
            f"name = {_quoted(contest.name)}",
            f"electorate = {contest.electorate}",
            f'declaration = "around {self.expected}"',
        ]
        for line in self.past.result.votes:
            one = line.candidacy
            lines += [
                "[[contest.candidate]]",
                f"name = {_quoted(one.name)}",
                f"party = {_quoted(one.party.name)}",
                f"short = {_quoted(one.party.short)}",
            ]
        return "\n".join(lines) + "\n"


def counts() -> tuple[Count, ...]:
    """All 650, in the order in which they were declared."""
    past = Past(open_record(), datetime(2025, 1, 1, tzinfo=UTC))
    voted = [
        one
        for one in past.contests(by_election=False, since=NIGHT)
        if one.contest.polling_day == NIGHT
    ]
    expected = _expected_in_2015()
    found = []
    for one in voted:
        assert one.declared is not None
        late = max(one.declared - END, timedelta(0))
        declared = min(one.declared, END) + late / 1_000
        before = [each.seat.code for each in past.before(one.seat)[:1]]
        said = next((expected[code] for code in before if code in expected), None)
        found.append(Count(past=one, declared=declared, expected=said or _derived(declared)))
    return tuple(sorted(found, key=lambda count: (count.declared, count.name)))


def has_expected_times() -> bool:
    """Whether the expected times of 2015 are there."""
    return EXPECTED_2015.exists()


def some(all_: Sequence[Count], number: int, since: datetime) -> tuple[Count, ...]:
    """So many counts, the first that are declared since an instant."""
    return tuple([count for count in all_ if count.declared >= since][:number])


def night_file(found: Iterable[Count], channels: Iterable[tuple[str, str, Sequence[Count]]]) -> str:
    """A night file with channels: platform, id, and the counts that they follow (none: all)."""
    parts = [f'[night]\nname = "General election"\npolling_day = {NIGHT}\n']
    parts += [count.toml() for count in found]
    for on, id, only in channels:
        names = ", ".join(_quoted(count.name) for count in only)
        parts.append(
            f'[[channel]]\non = "{on}"\nid = "{id}"\nfollows = ["reminders", "declarations"]\n'
            f"only = [{names}]\n"
        )
    return "\n".join(parts)


def _expected_in_2015() -> dict[str, str]:
    """UK clock times by the code of a seat."""
    if not has_expected_times():
        return {}
    said: dict[str, str] = json.loads(EXPECTED_2015.read_text(encoding="utf-8"))
    return said


def _derived(declared: datetime) -> str:
    """To the half hour before which it was usually late."""
    early = declared - USUALLY_LATE
    return uk_clock(early - (early - datetime.min.replace(tzinfo=UTC)) % HALF_HOUR)


def _called(one: Candidacy, *, twice: bool) -> str:
    return one.party.short if twice or _ODD.search(one.name) else one.name


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)
