"""Sentences that list the votes of a declared contest."""

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.election.contest import Contest
from bot.liveblog.ballot_paper import BallotPaper
from bot.liveblog.sentences import Sentence
from bot.liveblog.statements import DeclaredClaim, VotesClaim
from bot.liveblog.wording import NUMBER, PLACE, count, is_past, through, years_before

_ON = (
    "won", "wins", "got", "gets", "received", "receives", "receiving", "polled", "polls", "secured",
    "took", "takes", "has", "had", "with", "on", "the", "seat", "contest", "by-election", "first",
    "second", "third", "fourth", "came", "comes", "was", "is", "in", "finished", "place",
    "runner-up", "closely", "followed by", "behind", "a total of", "votes?", "candidate", "party",
    "for", "of", "who", "elected", "gain", "hold",
)  # fmt: skip
_SUPPOSED = re.compile(
    r"\b(?:would|could|might|may|if|expect\w*|predict\w*|project\w*|forecast\w*|sampl\w*|postal"
    r"|estimat\w*|rumou?r\w*|sources?|last time|previous|local|council|not|so far|tall(?:y|ies))\b",
    re.I,
)


def read_votes(
    sentences: Sequence[Sentence],
    contests: Mapping[str, Contest],
    declared: Sequence[DeclaredClaim],
) -> Iterator[VotesClaim]:
    """The votes of two candidates or more of a contest that the entry declares.

    None where the candidate with most votes is not of the party that is said to have won.
    """
    for claim in declared:
        contest = contests[claim.contest_id]
        paper = BallotPaper(contest)
        votes: dict[str, set[int]] = {}
        words = ""
        for sentence in sentences:
            for name, number, start, end in _votes_in(sentence, contest, paper):
                votes.setdefault(name, set()).add(number)
                words = words or sentence.quote(start, end)
        sure = [(name, number.pop()) for name, number in votes.items() if len(number) == 1]
        most = max(sure, key=lambda line: line[1], default=None)
        if (
            most is not None
            and len(sure) >= 2
            and len(sure) == len(votes)
            and contest.ballot_paper[most[0]].party.short == claim.party
            and sum(number for _, number in sure) <= (contest.electorate or 10**9)
        ):
            yield VotesClaim(contest_id=contest.id, votes=tuple(sure), words=words)


def _votes_in(
    sentence: Sentence, contest: Contest, paper: BallotPaper
) -> Iterator[tuple[str, int, int, int]]:
    """Candidate, votes and where they stand, for each pair in a sentence."""
    code, plain = sentence.code, sentence.plain
    if contest.id not in sentence.contests or sentence.is_question or _SUPPOSED.search(plain):
        return
    if is_past(plain, contest.polling_day, *years_before(contest)):
        return
    run = through(*_ON, rf"(?P<of>{paper.parties})", PLACE, most=10)
    for pattern in (
        rf"(?:(?P<before>{paper.parties})(?:['’]s)? )?(?P<name>{paper.names}){run}"
        rf"(?P<votes>{NUMBER})(?![ -](?:vote |strong )?majority)",
        rf"(?P<votes>{NUMBER}) votes (?:for|to|went to) (?P<name>{paper.names})"
        rf"(?:,? \(?(?P<of>{paper.parties})\)?)?",
    ):
        for found in re.finditer(pattern, code, re.I):
            party = found["of"] or found.groupdict().get("before")
            candidacy = paper.candidacy(found["name"], party)
            year = re.fullmatch(r"(?:19|20)\d\d", found["votes"])
            owner = sentence.owner(found.start(), found.end())
            if candidacy is not None and not year and owner == contest.id:
                yield (
                    contest.called(candidacy),
                    count(found["votes"]),
                    found.start("votes"),
                    found.end(),
                )
