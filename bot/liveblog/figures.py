"""Sentences that state a turnout or a majority."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from bot.election.contest import Contest
from bot.liveblog.sentences import Sentence
from bot.liveblog.statements import MajorityDefendedClaim, TurnoutClaim
from bot.liveblog.wording import (
    NUMBER,
    PERCENT,
    PLACE,
    clause_after,
    count,
    is_approximate,
    is_past,
    through,
    years_before,
)

FEWEST_BALLOTS = 1_000

_TURNOUT_WORDS = (
    "in", "at", "for", "the", "by-elections?", "seat", "contest", "constituency", "count", PLACE,
    "is", "are", "was", "were", "of", "has", "been", "now", "calculated", "confirmed", "announced",
    "given", "reported", "recorded", "declared", "put", "stands?", "stood", "came", "comes", "in",
    "as", "just", "only", "some", "about", "around", "roughly", "approximately", "nearly",
    "almost", "more than", "less than", "over", "under", "an?", "verified", "final", "official",
    "percentage", "figures?", "tonight", "here", "low", "high", "modest", "healthy", "poor",
    "(?:fell|fallen|dropped|slumped|plunged|down) to",
)  # fmt: skip
_TURNOUT = re.compile(
    rf"\bturnout\b(?:{through(*_TURNOUT_WORDS)})(?P<figure>{PERCENT})"
    rf"|(?P<before>{PERCENT})(?:{through('low', 'voter', 'official', 'final', most=2)})turnout\b"
    rf"|(?P<share>{PERCENT}) of (?:the |all )?"
    r"(?:electorate|electors|(?:registered |eligible )?voters)"
    rf"(?: in (?:the )?{PLACE}(?: by-election)?)? (?:have |had )?"
    r"(?:turned out|voted|cast (?:a|their) (?:vote|ballot)s?|took part)\b(?! for| against| [A-Z])",
    re.I,
)
_NO_DIGIT = re.compile(r"[^\d.]")
_ANOTHER_TURNOUT = re.compile(
    r"(?:"
    + through("and", "while", "with", "it", "was", "is", "in", "at", "for", "the", PLACE, most=7)
    + rf")(?P<figure>{PERCENT})(?! of (?:the )?votes?)",
    re.I,
)
_BALLOTS = re.compile(
    rf"(?P<figure>{NUMBER}) (?:"
    r"(?:ballots?|ballot papers|votes|papers)(?: papers)?"
    r" (?:(?:were|was|have been|had been|are) )?(?:now )?(?:cast|submitted|verified|returned)"
    r"|(?:ballots|votes) in total"
    r"|(?:people|voters|electors|residents) (?:have |had )?(?:voted|turned out|cast (?:a|their)))\b"
    r"(?! (?:for|against|by|labour|conservative|tory|lib|green|reform|so far|already|early)\b)",
    re.I,
)
_UNSURE = re.compile(
    r"\b(?:could|would|might|may|will|expect\w*|predict\w*|project\w*|forecast\w*|estimat\w+|if"
    r"|hop(?:e|es|ed|ing)|likely|rumou?r\w*|suggest\w*|reckon\w*|believ\w*|fear\w*|anticipat\w*"
    r"|sources?|unconfirmed|den(?:y|ied|ies)|not|never|no|postal|post|wrong\w*|false\w*|unless"
    r"|whether|target\w*|needs?|guess\w*|bet|claim\w*|until|how|so far|incorrect\w*|above"
    r"|below|anything|exceed\w*|think\w*|hear|hearing|correct(?:ed|ion))\b|n['’]t\b",
    re.I,
)
_COMPARISON = (
    "compared|against|down|up|lower|higher|below|above|lowest|highest|well|far|versus|than|from"
    rf"|{PERCENT}"
)

_MAJORITY_WORDS = (
    "of", "is", "was", "a", "just", "only", "in", "at", "the", "last", "time", "general election",
    "there", r"20\d\d", PLACE,
)  # fmt: skip
_MAJORITY = re.compile(
    rf"(?P<first>{NUMBER})(?:-vote|-strong| vote)?"
    r"(?: (?:conservative|tory|labour|lib dem|liberal democrat|general election))?[ -]majority\b"
    rf"|\bmajority{through(*_MAJORITY_WORDS, most=8)}(?P<second>{NUMBER})(?! per)",
    re.I,
)
_DEFENDED = re.compile(
    r"\b(?:defend\w*|overturn\w*|overcome\w*|overcame|overhaul\w*|wip(?:e|es|ed|ing) out|had an?"
    r"|(?<!has )(?<!have )held (?:an?|it|the seat)|inherit\w*|previous|last time"
    r"|last general election)\b",
    re.I,
)
_OVERTURNED = re.compile(r"\b(?:overturn|overcome|overcame|overhaul|wip)", re.I)
_NO_MAJORITY = re.compile(
    r"\b(?:biggest|largest|record|ever|notional|next|typical|average|nationally|commons|working"
    r"|overall|not|no|never|councils?)\b|n['’]t\b",
    re.I,
)
_SUPPOSED = re.compile(
    r"\b(?:would|could|might|may|if|hop(?:e|es|ed|ing)|will|expect\w*|predict\w*|likely|suggest\w*"
    r"|forecast\w*|need\w*|projected|imagine)\b",
    re.I,
)
_CLAUSES = re.compile(r"[,;]|\s[–—-]\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Majority:
    """A majority in a sentence: `defended` is the one of last time, else it is tonight's."""

    contest_id: str
    votes: int
    defended: bool
    start: int
    end: int


def read_turnout(sentence: Sentence, contests: Mapping[str, Contest]) -> Iterator[TurnoutClaim]:
    """The turnouts that a sentence states: per cent or ballots, a claim each."""
    for found in _TURNOUT.finditer(sentence.code):
        name = found.lastgroup or "figure"
        start, end = found.span(name)
        owner = _owner(sentence, found.start(), start, end, contests)
        while owner is not None:
            percent = Decimal(_NO_DIGIT.split(sentence.code[start:end])[0])
            if 0 < percent <= 100:
                yield TurnoutClaim(
                    contest_id=owner,
                    percent=percent,
                    approximate=is_approximate(sentence, start),
                    words=sentence.quote(start, end),
                )
            another = _ANOTHER_TURNOUT.match(sentence.code, end)
            if another is None:
                break
            start, end = another.span("figure")
            last, owner = owner, _owner(sentence, start, start, end, contests)
            owner = None if owner == last else owner
    for found in _BALLOTS.finditer(sentence.code):
        start, end = found.span("figure")
        owner = _owner(sentence, start, start, found.end(), contests)
        ballots = count(found["figure"])
        if owner is not None and _possible(ballots, contests[owner]):
            yield TurnoutClaim(
                contest_id=owner,
                ballots=ballots,
                approximate=is_approximate(sentence, start),
                words=sentence.quote(start, end),
            )


def read_defended(
    sentence: Sentence, contests: Mapping[str, Contest]
) -> Iterator[MajorityDefendedClaim]:
    """The majorities of last time that somebody defends or overturns."""
    for majority in read_majorities(sentence, contests):
        if majority.defended:
            yield MajorityDefendedClaim(
                contest_id=majority.contest_id,
                votes=majority.votes,
                words=sentence.quote(majority.start, majority.end),
            )


def read_majorities(sentence: Sentence, contests: Mapping[str, Contest]) -> Iterator[Majority]:
    """Every majority that a sentence states of one of our contests, told apart."""
    code = sentence.code
    if sentence.is_question:
        return
    for found in _MAJORITY.finditer(code):
        start, end = found.span(found.lastgroup or "first")
        owner = sentence.owner(start, end)
        votes = count(code[start:end])
        # “Nearly 20,000” is no number to hold against the record.
        if (
            owner is None
            or is_approximate(sentence, start)
            or not 0 < votes <= (contests[owner].electorate or votes)
        ):
            continue
        contest = contests[owner]
        first = max((m.end() for m in _CLAUSES.finditer(code, 0, start)), default=0)
        around = sentence.plain[first:end] + clause_after(sentence, end)
        today, before = contest.polling_day, years_before(contest)
        last_time = any(str(year) in around for year in before)
        defended = last_time or _DEFENDED.search(around) is not None
        supposed = _SUPPOSED.search(sentence.plain[:end]) and not _OVERTURNED.search(around)
        other_year = is_past(_DEFENDED.sub("", around), today, *(before if defended else ()))
        if not (supposed or other_year or _NO_MAJORITY.search(around)):
            yield Majority(contest_id=owner, votes=votes, defended=defended, start=start, end=end)


def _owner(
    sentence: Sentence, first: int, start: int, end: int, contests: Mapping[str, Contest]
) -> str | None:
    """The contest of a turnout figure of tonight; None where it is another's or not sure."""
    owner = sentence.owner(start, end)
    if owner is None or sentence.is_question:
        return None
    before, after = sentence.plain[:start], clause_after(sentence, end, until=_COMPARISON)
    if _UNSURE.search(before) or _UNSURE.search(after) or re.search(r"\bthere\b", after):
        return None
    today = contests[owner].polling_day
    return None if is_past(before, today) or is_past(after, today) else owner


def _possible(ballots: int, contest: Contest) -> bool:
    return FEWEST_BALLOTS <= ballots <= (contest.electorate or ballots)
