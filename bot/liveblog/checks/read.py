"""An entry read for slips. Better to miss one than to raise a false alarm."""

from collections.abc import Iterable, Iterator, Sequence

from bot.election.contest import Contest
from bot.election.names import NameIndex
from bot.liveblog.checks.comparisons import turnout_told, wrong_comparisons
from bot.liveblog.checks.figures import (
    other_turnouts,
    swing_told,
    votes_told,
    wrong_majorities,
    wrong_turnouts,
)
from bot.liveblog.checks.firsts import wrong_firsts, wrong_most, wrong_swing
from bot.liveblog.checks.outcomes import wrong_holds, wrong_votes, wrong_winners
from bot.liveblog.checks.people import wrong_candidates, wrong_holders
from bot.liveblog.checks.recent import wrong_of_late, wrong_votes_of
from bot.liveblog.checks.seats import misnamed, misspelt, tonights_misspelt
from bot.liveblog.checks.slip import Facts, Slip
from bot.liveblog.checks.times import wrong_times
from bot.liveblog.claims import Claim, read_claims
from bot.liveblog.elsewhere import known_words
from bot.liveblog.entry import Entry
from bot.liveblog.markup import BlockKind, blocks
from bot.liveblog.sentences import MAX_TEXT, Sentence, carried, sentences_in
from bot.liveblog.statements import TurnoutClaim, VotesClaim

MOST = 5


def check(entry: Entry, facts: Facts, claims: Sequence[Claim] | None = None) -> tuple[Slip, ...]:
    """What an entry says that is known to be otherwise, in its order, each once; at most five.

    Quotations are nobody's but who said them, and are not checked. `claims` are what the entry
    states of tonight's contests, for who has read it already.
    """
    if entry.withdrawn:
        return ()
    names = facts.past.names(facts.tonight)
    sentences = _sentences(entry, names, facts.tonight)
    slips = [slip for sentence in sentences for slip in _names(sentence, names)]
    if facts.tonight:
        if claims is None:
            claims = read_claims(entry, facts.tonight)
        slips += _statements(claims, sentences, facts)
    return tuple(_once(slips))[:MOST]


def _names(sentence: Sentence, names: NameIndex) -> Iterator[Slip]:
    yield from misspelt(sentence, names)
    yield from tonights_misspelt(sentence, names)
    yield from misnamed(sentence, names)


def _statements(
    claims: Sequence[Claim], sentences: Sequence[Sentence], facts: Facts
) -> Iterator[Slip]:
    contests = _whole(sentences, facts)
    turnouts = [claim for claim in claims if isinstance(claim, TurnoutClaim)]
    told = turnout_told(iter(turnouts), facts)
    subject, said = (contests.get(told[0]), told[1]) if told is not None else (None, None)
    for sentence in sentences:
        yield from wrong_times(sentence, facts)
        yield from wrong_turnouts(sentence, facts)
        yield from wrong_majorities(sentence, facts, contests)
        yield from wrong_comparisons(sentence, facts, subject, said)
        yield from wrong_candidates(sentence, facts)
        yield from wrong_holders(sentence, facts, contests)
        yield from wrong_winners(sentence, facts, contests)
        yield from wrong_holds(sentence, facts)
        yield from wrong_of_late(sentence, facts, contests)
        yield from wrong_votes_of(sentence, votes_told(sentence, facts))
        yield from wrong_swing(sentence, swing_told(sentence, facts))
        yield from wrong_firsts(sentence, facts)
        yield from wrong_most(sentence, facts)
    yield from other_turnouts(iter(turnouts), facts)
    yield from wrong_votes([c for c in claims if isinstance(c, VotesClaim)], facts)


def _whole(sentences: Iterable[Sentence], facts: Facts) -> dict[str, Contest]:
    """Every contest that is named, whole; tonight's besides."""
    whole = {contest.id: contest for contest in facts.tonight}
    for contest_id in {each for sentence in sentences for each in sentence.contests}:
        past = facts.past.contest(contest_id)
        if past is not None:
            whole.setdefault(contest_id, past.contest)
    return whole


def _sentences(entry: Entry, names: NameIndex, tonight: Sequence[Contest]) -> list[Sentence]:
    """Heading, body without block quotes, and captions; the credit of a picture is no statement."""
    known = known_words(tonight)
    texts = [(entry.heading, True)]
    texts += [(b.text, False) for b in blocks(entry.body) if b.kind is not BlockKind.QUOTE]
    room, read = MAX_TEXT, []
    for text, is_heading in texts:
        read.append((list(sentences_in(text[: max(0, room)], names, known)), is_heading))
        room -= len(text)
    told = list(carried(read))
    for picture in entry.pictures:
        if picture.caption and room > 0:
            told += sentences_in(picture.caption[:room], names, known)
            room -= len(picture.caption)
    return told


def _once(slips: Iterable[Slip]) -> Iterator[Slip]:
    """One slip for one fact: said twice, it is told once."""
    seen: set[str] = set()
    for slip in slips:
        if slip.fact not in seen:
            seen.add(slip.fact)
            yield slip
