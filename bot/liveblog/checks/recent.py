"""By-elections of late, told without their year: “Labour gained Selby and Ainsty in July”."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from bot.election.contest import Contest
from bot.election.spellings import fold
from bot.liveblog.checks.slip import Facts, Slip, is_rounded, said_as
from bot.liveblog.sentences import Sentence
from bot.liveblog.wording import NUMBER, count
from bot.record.record import PastContest

_RECENT = timedelta(days=730)
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MONTH = "|".join(_MONTHS)
PARTIES = {
    "labour": "Lab", "conservatives": "Con", "conservative": "Con", "tories": "Con", "tory": "Con",
    "lib dems": "LD", "lib dem": "LD", "liberal democrats": "LD", "liberal democrat": "LD",
    "greens": "Green", "green": "Green", "snp": "SNP",
}  # fmt: skip
PARTY = rf"(?:[Tt]he )?(?P<party>(?i:{'|'.join(sorted(PARTIES, key=len, reverse=True))}))"
_NAME = r"(?P<name>[A-ZÀ-Þ][\w’'-]+(?: [A-ZÀ-Þ][\w’'-]+){1,3})"
_BY = r"(?: parliamentary)? by-?election"
_WHEN = (
    rf"(?:,? (?:(?:in|at)(?: (?:a|the|its|last))?(?:{_BY})?(?: (?:in|of))?"
    rf"(?: last)? ?(?P<month>{_MONTH})?(?:['’]s)?(?:{_BY})?|(?P<last>last year)))"
)
_DONE = r"(?P<verb>won|gained|took|seized|captured|held|kept|retained|lost)"
_NOUN = r"(?P<noun>gain|hold|win|victory)"
_BEHIND = r"(?=\W*$|[.,;:!)]| (?:from|off|to|with|by|and|but|was|is|has|gave|after|set|showed)\b)"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        # “Labour gained Selby and Ainsty in July”
        rf"(?<![\w’'-]){PARTY} {_DONE} (?P<place>@+){_WHEN}{_BEHIND}",
        # “Labour’s gain of Selby in July”, “July’s Labour gain in Selby”
        rf"(?<![\w’'-]){PARTY}(?:['’]s?)? {_NOUN} (?:of|in|at) (?P<place>@+){_WHEN}",
        rf"\b(?P<month>{_MONTH})['’]s {PARTY} {_NOUN} (?:of|in|at) (?P<place>@+)",
        # “West Lancashire was a Labour hold in February”, “Selby, a Labour gain in July”
        rf"(?P<place>@+)(?:{_BY})?,? (?:(?:was|had been) )?(?:an? ){PARTY} {_NOUN}{_WHEN}",
        # “Keir Mather won Selby and Ainsty in July”
        rf"(?<![\w’'-]){_NAME} {_DONE} (?P<place>@+)(?: for {PARTY})?{_WHEN}{_BEHIND}",
    )
)
_NOT_SURE = re.compile(
    r"\b(?:if|could|would|might|may be|almost|nearly|expected|predict\w*|hop\w+"
    r"|poll(?:s|ing|sters?)|council\w*|ward|mayor\w*|not|never|nearly|narrowly missed"
    r"|last time|general election|says?|said|claim\w*|think\w*|rather than|instead of)\b|n['’]t\b",
    re.I,
)
_VOTES = re.compile(
    rf"(?:{_NAME}|{PARTY})(?:,? [\w’']+){{0,3}}? (?:won|took|got|polled|received|secured|had)\b"
    rf"(?:(?! by | majority)[^.;\d]){{0,60}}? (?P<votes>{NUMBER}) votes\b"
)
_LEAD = re.compile(rf"\bby (?:just |only )?(?P<votes>{NUMBER}) votes\b")


def wrong_of_late(
    sentence: Sentence, facts: Facts, contests: Mapping[str, Contest]
) -> Iterator[Slip]:
    """Another winner than the record has, or a hold for a gain, at a by-election of late."""
    if sentence.is_question or _NOT_SURE.search(sentence.plain):
        return
    for pattern in _PATTERNS:
        for found in pattern.finditer(sentence.code):
            said = found.groupdict()
            owner = sentence.owner(*found.span("place"))
            if owner is None or owner not in contests:
                continue
            past = of_late(contests[owner], facts, said.get("month"), last=bool(said.get("last")))
            if past is not None and not _is_right(said, past):
                outcome = past.outcome.value if past.outcome is not None else "win"
                winner = past.result.winner.candidacy
                yield Slip(
                    words=sentence.quote(*found.span()),
                    fact=f"{past.contest.name} in {past.contest.polling_day.year} was a "
                    f"{said_as(winner.party)} {outcome} ({winner.name}).",
                )


def wrong_votes_of(sentence: Sentence, past: PastContest | None) -> Iterator[Slip]:
    """Votes that a candidate of one contest of the record did not have; a lead that was another."""
    if past is None or sentence.is_question or _NOT_SURE.search(sentence.plain):
        return
    when = f"{past.contest.name} in {past.contest.polling_day.year}"
    for found in _VOTES.finditer(sentence.code):
        stated = count(found["votes"])
        lines = [
            line
            for line in past.result.votes
            if (found["name"] and fold(line.candidacy.name) == fold(found["name"]))
            or (found["party"] and line.candidacy.party.short == PARTIES[found["party"].lower()])
        ]
        if len(lines) == 1 and not is_rounded(stated, lines[0].votes):
            (line,) = lines
            yield Slip(
                words=sentence.quote(*found.span()),
                fact=f"{line.candidacy.name} had {line.votes:,} votes in {when}.",
            )
    for found in _LEAD.finditer(sentence.code):
        if not is_rounded(count(found["votes"]), past.result.majority):
            yield Slip(
                words=sentence.quote(*found.span()),
                fact=f"The majority in {when} was {past.result.majority:,}.",
            )


def of_late(
    contest: Contest, facts: Facts, month: str | None, *, last: bool = False
) -> PastContest | None:
    """The one by-election of a seat within two years, of a month or (`last`) of last year."""
    if month is None and not last:
        return None
    found = [
        one
        for one in facts.past.of_name(contest.name)
        if one.contest.by_election
        and _is_recent(one, facts.now)
        and (month is None or _MONTHS[one.contest.polling_day.month - 1] == month)
        and (not last or one.contest.polling_day.year == facts.now.year - 1)
    ]
    return found[0] if len(found) == 1 else None


def _is_right(said: Mapping[str, str | None], past: PastContest) -> bool:
    winner, holder = past.result.winner.candidacy, past.contest.holder
    deed = said.get("verb") or said.get("noun") or "won"
    party = PARTIES[str(said["party"]).lower()] if said.get("party") else None
    if name := said.get("name"):
        if deed == "lost":
            return True
        # Whoever bears no candidate's name here may be somebody else altogether.
        known = [one for one in past.result.votes if fold(one.candidacy.name) == fold(name)]
        if not known and party is None:
            return True
        return fold(winner.name) == fold(name) and party in (None, winner.party.short)
    won = winner.party.short == party
    if deed == "lost":
        return holder is not None and holder.short == party and not won
    if deed in ("held", "kept", "retained", "hold"):
        return won and (holder is None or holder.short == party)
    if deed in ("gained", "captured", "seized", "gain"):
        return won and (holder is None or holder.short != party)
    return won


def _is_recent(one: PastContest, now: datetime) -> bool:
    return now - one.contest.close_of_poll < _RECENT
