"""What channels hold against what they should hold: lost, doubled, out of order, stale. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What became of a subject: its versions, from the first, and which of them took it back.

    `taken_back` holds the numbers of versions that are withdrawals. `place` says where in the order
    of first messages it may stand, from and to; None where that is not judged. Of one that is
    `optional` a channel may have none: it tells of a version that may have been passed over.
    """

    versions: int
    optional: bool = False
    taken_back: frozenset[int] = frozenset()
    place: tuple[int, int] | None = None

    def could_be(self, state: "State") -> list[int]:
        """The versions that a message in this state may show.

        A withdrawal shows the last words that were read, which need not be the last written.
        """
        if state.withdrawn:
            return [number for number in sorted(self.taken_back) if number > state.take]
        return [state.take] if 0 < state.take <= self.versions else []


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How a message looked for a while: of which subject, in which take, and whether struck."""

    subject: str
    take: int
    withdrawn: bool = False

    def __str__(self) -> str:
        return f"{self.subject} in take {self.take}{', struck' if self.withdrawn else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message with every state that it was ever in, the oldest first."""

    id: str
    states: tuple[State, ...]


@dataclass(slots=True, kw_only=True)
class Verdict:
    """A sentence for each fault. `strange` is what nobody expected at all."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)

    @property
    def faults(self) -> Mapping[str, list[str]]:
        """The faults by their name."""
        return {
            "lost": self.lost,
            "doubled": self.doubled,
            "out of order": self.disordered,
            "stale": self.stale,
            "strange": self.strange,
        }

    @property
    def good(self) -> bool:
        return not any(self.faults.values())

    def add(self, other: "Verdict") -> None:
        for mine, theirs in zip(self.faults.values(), other.faults.values(), strict=True):
            mine += theirs

    def __str__(self) -> str:
        told = [", ".join(f"{name} {len(found)}" for name, found in self.faults.items())]
        for name, found in self.faults.items():
            told += [f"  {name}: {sentence}" for sentence in found[:20]]
            told += [f"  {name}: … and {len(found) - 20} more"] if len(found) > 20 else []
        return "\n".join(told)


def judge(expected: Mapping[str, Life], held: Sequence[Message], where: str = "") -> Verdict:
    """What is wrong with one channel that holds these messages, in the order of their posting."""
    verdict = Verdict()
    known: list[Message] = []
    for message in held:
        subjects = {state.subject for state in message.states}
        if len(subjects) != 1 or not subjects <= expected.keys():
            verdict.strange.append(f"{where}: {message.id} shows {_named(message.states)}")
        else:
            known.append(message)
    by_subject: dict[str, list[Message]] = {}
    for message in known:
        by_subject.setdefault(message.states[0].subject, []).append(message)
    for subject, life in expected.items():
        messages = by_subject.get(subject, [])
        if len(messages) > 1:
            ids = ", ".join(message.id for message in messages)
            verdict.doubled.append(f"{where}: {subject} stands {len(messages)} times ({ids})")
        for message in messages:
            # Of two, later versions change one: the other is a double, and nothing is lost with it.
            _watch(verdict, life, message, where, to_the_end=len(messages) == 1)
        if not messages and not life.optional and life.versions not in life.taken_back:
            verdict.lost.append(f"{where}: {subject} was never posted")
    verdict.disordered += [f"{where}: {pair}" for pair in _disorder(expected, by_subject, known)]
    return verdict


def _watch(verdict: Verdict, life: Life, message: Message, where: str, *, to_the_end: bool) -> None:
    """Versions may only go up, and in the end the last one has to stand."""
    least, seen = 0, set[int]()
    for state in message.states:
        possible = life.could_be(state)
        seen.update(possible)
        if not possible:
            verdict.strange.append(f"{where}: {message.id} shows {state}, which never was")
            return
        least = next((number for number in possible if number >= least), -1)
        if least < 0:
            verdict.stale.append(f"{where}: {message.id} went {_named(message.states)}")
            return
    # What was told last may have been read in any of the versions that look so.
    if not to_the_end or life.versions in life.could_be(message.states[-1]):
        return
    last = message.states[-1]
    if life.versions in seen:
        verdict.stale.append(f"{where}: {message.id} went {_named(message.states)}")
    else:
        verdict.lost.append(f"{where}: {last} stands, but version {life.versions} was the last")


def _disorder(
    expected: Mapping[str, Life],
    by_subject: Mapping[str, Sequence[Message]],
    held: Iterable[Message],
) -> Iterable[str]:
    """Pairs of first messages that stand the wrong way round; a double is counted as that alone."""
    placed = [
        (message.states[0].subject, place)
        for message in held
        if message is by_subject[message.states[0].subject][0]
        and (place := expected[message.states[0].subject].place) is not None
    ]
    for (before, (earliest, _)), (after, (_, latest)) in combinations(placed, 2):
        if earliest > latest:
            yield f"{before} stands before {after}"


def _named(states: Sequence[State]) -> str:
    return " → ".join(str(state) for state in states) or "nothing"
