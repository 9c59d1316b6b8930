"""Sentences that say who has won."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from bot.election.contest import Contest
from bot.election.result import Outcome
from bot.liveblog.ballot_paper import BallotPaper
from bot.liveblog.figures import Majority, read_majorities
from bot.liveblog.sentences import Sentence
from bot.liveblog.statements import DeclaredClaim
from bot.liveblog.wording import NUMBER, PLACE, clause_after, count, is_half_quoted, is_past

_END = r"(?=\W*$|\s*[.,;:!(]|\s[–—-]\s)"
_AFTER_PLACE = (
    r"(?=['’]s?\b|\W*$|\s*[.,;:!)]|\s[–—-]\s"
    r"|\s(?:by-elections?|seat|constituency|contest|from|after|in (?:a|an|the|double)\b|and\b"
    r"|with (?:an?|\d|just|only|the party)\b|by (?:\d|just|only|a majority)"
    r"|in (?:\w+ ){0,2}by-election"
    r"|on a\b|overturning|overhauling|despite|thanks|for (?:the )?first|again|tonight|overnight))"
)
_THE_PLACE = (
    r"(?: back)?(?: in)?(?: the)?"
    r"(?:(?: [\w-]+){0,3} (?:seat|heartland|stronghold|constituency|by-election) (?:of|in))?"
    rf" {PLACE}{_AFTER_PLACE}"
)
_THE_SEAT = (
    rf"(?: the)? (?:seat|by-election|contest)(?: (?:in|of|for) (?:the )?{PLACE})?{_AFTER_PLACE}"
)
_DONE = (
    r"(?P<verb>(?:wins|gains|takes|holds|seizes|snatches|captures|clinches|keeps|retains|won"
    r"|gained|seized|(?:has|have) (?:now |just )?(?:won|gained|taken|held|seized|snatched|captured"
    r"|clinched|kept|retained))|(?:holds|hold|(?:has|have) held) on to)"
)
_SAID_BARE = r"(?P<verb>win|gain|take|hold|seize|snatch|capture|clinch|keep|retain)"
_TONIGHT = re.compile(
    r"[^\w]*$|(?:^|[:–—.!-]\s*)(?:breaking|and|the|but|so|result|declared)\W*$", re.I
)
_HOLD = re.compile(r"\b(?:hold|held|keep|kept|retain)", re.I)
_GAIN = re.compile(r"\b(?:gain|seiz|snatch|captur)", re.I)

_NOT_SURE = re.compile(
    r"\b(?:would|could|might|may|if|hop\w+|confident|set to|expect\w*|on course|believ\w*|think\w*"
    r"|reckon\w*|predict\w*|project\w*|forecast\w*|polling|pollsters?"
    r"|poll (?:puts?|suggests?|shows?)|exit poll|odds|book(?:makers?|ies)|betting"
    r"|likely|unlikely|probably|perhaps|maybe|claim\w*|conced\w*"
    r"|insist\w*|say|says|said|saying|tell|tells|told|tweet\w*|should|will|can|cannot|not|never"
    r"|no|nor|neither|without|unless|whether|when|once|until|till|before|since|imagine|rumou?r\w*"
    r"|sources?|hear\w*|suggest\w*|appear\w*|seem\w*|look\w*|close to|about to|near|nearly|almost"
    r"|bid|aim\w*|want\w*|need\w*|fail\w*|help\w*|see|seeing|watch\w*|make|makes|let|how|why|what"
    r"|which|who|where|that|than|den(?:y|ied|ies)|yet|possib\w*|scenario|prospect|chance|suppose"
    r"|assum\w*|fear\w*|last|ago|wrongly|false\w*|incorrect\w*|correction|retract\w*|withdr\w+"
    r"|i|we|you|know\w*"
    r"|swing|councils?|ward|mock|fantasy|dream\w*|moon ?shot|long shot|to)\b|n['’]t\b",
    re.I,
)
_TAKEN_BACK = re.compile(
    r"\b(?:if|could|would|unless|until|according|sources?|polls?|polling|suggests?|predict\w*"
    r"|forecast\w*|project\w*|claims?|insists?|believes?|thinks?|says?|said|told|rumou?r\w*|councils?"
    r"|ward|not|likely|expected|hopes?|current|seriously|every|between|three times|twice)\b",
    re.I,
)
_MAJORITY_BY = re.compile(rf"\bby (?:just |only )?(?P<votes>{NUMBER}) votes\b", re.I)


def read_declared(
    sentences: Sequence[Sentence], contests: Mapping[str, Contest]
) -> tuple[DeclaredClaim, ...]:
    """Who has won, one claim a contest; none where two parties are said to have won it."""
    found: dict[str, list[DeclaredClaim]] = {}
    for sentence in sentences:
        for claim in _winners(sentence, contests):
            found.setdefault(claim.contest_id, []).append(claim)
    won = _won_majorities(sentences, contests)
    return tuple(
        replace(
            claims[0],
            candidate=next((c.candidate for c in claims if c.candidate), None),
            outcome=next((c.outcome for c in claims if c.outcome), None),
            majority=won.get(contest_id),
        )
        for contest_id, claims in found.items()
        if len({claim.party for claim in claims}) == 1
    )


def _winners(sentence: Sentence, contests: Mapping[str, Contest]) -> Iterator[DeclaredClaim]:
    if sentence.is_question:
        return
    for contest_id in sorted(sentence.contests):
        contest = contests[contest_id]
        paper = BallotPaper(contest)
        for pattern in _patterns(paper.parties, paper.names):
            for found in pattern.finditer(sentence.code):
                claim = _claim(sentence, found, contest, paper)
                if claim is not None:
                    yield claim


@lru_cache(maxsize=64)
def _patterns(parties: str, names: str) -> tuple[re.Pattern[str], ...]:
    """The ways to say that somebody has won, with a ballot paper's parties and names."""
    party = rf"(?P<party>{parties})(?: party)?"
    name = (
        rf"(?P<name>{names})"
        rf"(?:,? \(?(?:for )?(?:the )?(?P<of>{parties})(?: candidate| party)?\)?,?)?"
    )
    loser = rf"(?: from (?:the )?(?P<loser>{parties}))?"
    for_party = rf"(?: for (?:the )?{party})?"
    mp = rf"(?:the )?(?:new )?(?:{parties} )?MP"
    has_won = r"(?P<verb>wins|gains|holds|(?:has|have) (?:won|gained|taken|held|kept))"
    texts = (
        rf"\b{party} {_DONE}{_THE_PLACE}(?: by-elections?| seat)?{loser}",
        rf"\b{party} {_SAID_BARE}(?! in\b){_THE_PLACE}(?: by-elections?| seat)?{loser}",
        rf"\b{party} {has_won}{_THE_SEAT}{loser}",
        rf"\b{party} (?P<verb>overturns|overturned|(?:has|have) overturned) [^.;]{{0,60}}? to"
        rf" (?:win|take|gain|seize)(?: the)? {PLACE}{_AFTER_PLACE}",
        rf"(?:^|[:–—.-])\W*(?:breaking\W+)?(?:{PLACE}\W+)?(?:result\W+)?{party}"
        rf" (?P<verb>gains?|holds?){loser}(?:{_END}|(?= {PLACE}))",
        rf"{name} {_DONE}(?:{_THE_PLACE}|{_THE_SEAT}){for_party}{loser}",
        rf"{name} (?P<verb>wins|won|has won){for_party}(?:{_END}|(?= with\b| by\b))",
        rf"{name} (?P<verb>(?:is |has been |was |been )?(?:duly )?elected)(?: (?:as )?{mp})?"
        rf"(?: (?:for|in|to represent) (?:the )?{PLACE})?(?:{_END}|(?= with\b))",
        rf"{name} (?P<verb>becomes|has become|is the new|is now the) (?:the )?(?:new )?"
        rf"(?:{parties} )?MP for (?:the )?{PLACE}{_AFTER_PLACE}",
        rf"{name} (?P<verb>(?:is|has been|was) (?:officially )?declared) (?:the )?"
        r"(?:winner|elected|victor)\b",
        rf"{name} (?P<verb>defeated|defeats|beats?|has (?:defeated|beaten)) [^.;]{{0,60}}?"
        rf" by (?:a majority of )?(?:just |only )?{NUMBER}",
        rf"{PLACE}(?: by-election| seat)? (?P<verb>has been (?:won|gained|taken)) by (?:the )?"
        rf"(?:{party}|{name})",
    )
    return tuple(re.compile(text, re.I) for text in texts)


def _claim(
    sentence: Sentence, found: re.Match[str], contest: Contest, paper: BallotPaper
) -> DeclaredClaim | None:
    said = found.groupdict()
    if contest.id not in sentence.owners(found.start(), found.end()):
        return None
    candidacy = paper.candidacy(said["name"], said["of"]) if said.get("name") else None
    if said.get("name") and (candidacy is None or not paper.names_a_person(said["name"])):
        return None
    party = candidacy.party.short if candidacy else paper.party(said["party"] or "")
    if party is None or not _is_tonight(sentence, found, contest):
        return None
    outcome = _outcome(said["verb"], paper.party(said.get("loser") or ""))
    held = contest.holder.short if contest.holder else None
    if held and outcome and (outcome is Outcome.HOLD) != (held == party):
        return None
    return DeclaredClaim(
        contest_id=contest.id,
        party=party,
        candidate=candidacy.name if candidacy else None,
        outcome=outcome,
        words=sentence.quote(found.start(), found.end()),
    )


def _is_tonight(sentence: Sentence, found: re.Match[str], contest: Contest) -> bool:
    before, after = sentence.plain[: found.start()], clause_after(sentence, found.end())
    if re.fullmatch(_SAID_BARE, found["verb"], re.I) and not _TONIGHT.search(before):
        return False
    if is_half_quoted(sentence, found.end()):
        return False
    if _NOT_SURE.search(before) or _TAKEN_BACK.search(sentence.plain, found.end()):
        return False
    return not is_past(before, contest.polling_day) and not is_past(after, contest.polling_day)


def _outcome(verb: str, loser: str | None) -> Outcome | None:
    if _HOLD.search(verb):
        return Outcome.HOLD
    return Outcome.GAIN if loser or _GAIN.search(verb) or "overturn" in verb.lower() else None


def _won_majorities(
    sentences: Sequence[Sentence], contests: Mapping[str, Contest]
) -> dict[str, int]:
    """The majority of tonight by contest, where an entry gives exactly one."""
    found: dict[str, set[int]] = {}
    for sentence in sentences:
        for majority in (*read_majorities(sentence, contests), *_by_votes(sentence)):
            if not majority.defended:
                found.setdefault(majority.contest_id, set()).add(majority.votes)
    return {contest_id: votes.pop() for contest_id, votes in found.items() if len(votes) == 1}


def _by_votes(sentence: Sentence) -> Iterator[Majority]:
    """“by 1,316 votes”."""
    for found in _MAJORITY_BY.finditer(sentence.code):
        start, end = found.span("votes")
        owner = sentence.owner(start, end)
        if owner is not None and not _NOT_SURE.search(sentence.plain, 0, start):
            yield Majority(
                contest_id=owner, votes=count(found["votes"]), defended=False, start=start, end=end
            )
