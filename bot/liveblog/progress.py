"""Sentences that say how far a count has come, and when something is expected."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta

from bot.election.clock import UK, ClockTime, TimeInText, find_times, to_utc
from bot.election.contest import Contest, MilestoneKind, Stage
from bot.liveblog.sentences import Sentence
from bot.liveblog.statements import ExpectedClaim, StageClaim
from bot.liveblog.wording import PLACE, clause_after, is_half_quoted, is_past, through

_NOW = ("is", "are", "has", "have", "been", "now", "already", "well", "also", "just", "finally",
        "all", "officially", "currently", "still", "the", "first", "of")  # fmt: skip
_WHERE = ("in", "at", "for", "from", "the", "a", "count", "by-elections?", "contest", "seat", PLACE)
_BOXES = through(*_NOW, *_WHERE, "begun to", "begun", "began", "begin to", "started to",
                 "starting to", "beginning to", most=10)  # fmt: skip
_STAGES: tuple[tuple[Stage, re.Pattern[str]], ...] = tuple(
    (stage, re.compile(pattern, re.I))
    for stage, pattern in (
        (
            Stage.BOXES_ARRIVED,
            r"\b(?:ballot boxes"
            r"|(?:first|last|final) (?:ballots?|(?:ballot )?boxes|ballot papers?))"
            rf"(?:{_BOXES})(?:arrive[sd]?|arriving|come in|coming in|roll in|rolling in)\b",
        ),
        (
            Stage.COUNTING,
            r"\b(?:vote[ -])?count(?:s|ing)?"
            rf"(?:{through(*_NOW, *_WHERE, 'gets', 'got', 'votes', 'ballots', most=8)})"
            r"(?:under ?way|begun|started|continues|continuing|in progress|in full swing)\b",
        ),
        (
            Stage.COUNTING,
            rf"\b(?:votes|ballots|ballot papers|papers)(?:{through(*_NOW, *_WHERE, most=6)})"
            r"being (?:counted|tallied)\b",
        ),
        (Stage.COUNTING, r"\bcount(?:ing)? (?:of (?:the )?(?:votes|ballots) )?(?:begins|starts)\b"),
        (
            Stage.VERIFIED,
            rf"\bverification(?:{through(*_NOW, *_WHERE, 'process', 'stage', 'votes', 'ballots')})"
            r"(?:completed?|finished|done|over|concluded)\b",
        ),
        (
            Stage.VERIFIED,
            r"\b(?:all|the) (?:the )?(?:votes|ballots|ballot papers) have"
            r" (?:now |all |already ){0,2}been verified\b",
        ),
        (
            Stage.RECOUNT,
            rf"\brecount(?:{through(*_NOW, *_WHERE, 'being', 'was', most=8)})"
            r"(?:ordered|under ?way|called|granted|agreed|taking place|begun|started|confirmed"
            r"|in progress)\b",
        ),
        (Stage.RECOUNT, r"\border(?:s|ed) (?:a |an )?(?:full |partial )?recount\b"),
        (Stage.RECOUNT, r"\bthere (?:is|will be) (?:now |going to be )?a (?:full )?recount\b"),
        (Stage.RECOUNT, r"^\W*(?:breaking\W+)?(?:full )?recount (?:in|at|for) (?:the )?@++"),
    )
)  # fmt: skip
_NOT_YET = re.compile(
    r"\b(?:no|not|never|once|when|until|till|before|after|if|may|might|could|would|should|will|shall"
    r"|expect\w*|due|hop(?:e|es|ed|ing)|yet|rumou?r\w*|ask\w*|request\w*|demand\w*|unless|whether"
    r"|den(?:y|ied|ies)|talk|likely|possib\w*|prospect|chance|call(?:s|ing)? for|want\w*|wait\w*"
    r"|claim\w*|suggest\w*|sources?|hear|hearing|ruled? out|avoid\w*|threat\w*|fear\w*|was|were"
    r"|had|did|usually|normally|typically|since|how|why|ahead of|nearly|almost|close to|about to"
    r"|ready|prepar\w*)\b|n['’]t\b",
    re.I,
)
_NOT_AFTER_ALL = re.compile(
    r"\b(?:yet to|not|by (?:\d|half|mid)\w*|(?:un)?likely|possible|denied|refused|ruled out"
    r"|expected|until|tomorrow)\b",
    re.I,
)

_TIME = "~+"
_TIME_WORDS = (
    "is", "are", "now", "still", "due", "expected", "expecting", "estimated", "in", "at", "by",
    "around", "about", "from", "between", "not", "before", "likely", "to come", "to be", "will be",
    "arrive", "announced", "declared", "roughly", "approximately", "sometime", "somewhere",
    "for", "here", "of", "the", "a", "tonight", "set", "scheduled", "should", "come", "be",
    "time", "recount", "by-elections?", "count", "seat", "contest", "with us", "given", "as",
    "pencilled in", "anticipated", "until", "that", "it", "its", "this morning", "on", "we", "can",
    "expect", "and", "ready", PLACE,
)  # fmt: skip
_RUN = through(*_TIME_WORDS, most=16)
_DECLARES = (
    rf"(?:expected|expecting|due|set|scheduled|likely|will|now)"
    rf"(?:{through('is', 'are', 'now', 'to', 'still', most=3)})"
    r"(?:declare|be declared|announce(?: (?:the|its|a))?(?: result)?|have a result)"
)
_EXPECTED: tuple[tuple[MilestoneKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.I))
    for kind, pattern in (
        (
            MilestoneKind.DECLARATION,
            rf"(?<!exit poll )(?<!postal )\b(?:results?|declarations?)(?:{_RUN})(?P<time>{_TIME})",
        ),
        (MilestoneKind.DECLARATION, rf"(?:\b{_DECLARES}|@ to declare)(?:{_RUN})(?P<time>{_TIME})"),
        (
            MilestoneKind.DECLARATION,
            rf"\b(?:result|declaration)\b[^.;]{{0,80}}\b(?:is|are) now (?:{_RUN})?"
            rf"(?:expected|due)(?:{_RUN})(?P<time>{_TIME})",
        ),
        (
            MilestoneKind.DECLARATION,
            rf"(?P<time>{_TIME}) (?:for|as|is) (?:a|the|an|its|their)"
            r" (?:expected |estimated |likely |final )*(?:time (?:of|for) (?:the )?)?"
            r"(?:result|declaration)\b",
        ),
        (
            MilestoneKind.TURNOUT,
            rf"\bturnout(?: figures?| numbers?)?(?:{_RUN})(?P<time>{_TIME})",
        ),
        (
            MilestoneKind.BOXES,
            rf"\b(?:ballot )?boxes(?:{through(*_TIME_WORDS, 'to', 'arriving', 'here')})"
            rf"(?P<time>{_TIME})",
        ),
    )
)
_RUN_ON = through(
    "and", "while", "with", "following", PLACE, "in", "at", "for", "is", "expected", "due", "the",
    "from", "around", most=8,
)  # fmt: skip
_ANOTHER_TIME = re.compile(rf"(?:{_RUN_ON})(?P<time>{_TIME})", re.I)
_AHEAD = re.compile(
    r"\b(?:expect\w*|due|likely|estimated|scheduled|set|should|anticipated)\b", re.I
)
_NOT_EXPECTED = re.compile(
    r"\b(?:hop(?:e|es|ed|ing)|wish\w*|if|would|could|might|may|unless|rumou?r\w*|bet\w*|was|were"
    r"|had|originally|initially|previously|earlier|no|never|nobody|unlikely|instead of|rather than"
    r"|joke\w*|reaction|analysis|coverage|join|discuss\w*|programme|claim\w*"
    r"|fear\w*|guess\w*|feel\w*|think\w*|not (?!expected|before))\b|n['’]t\b",
    re.I,
)
_LAST = time(12)


def read_stages(sentence: Sentence, contests: Mapping[str, Contest]) -> Iterator[StageClaim]:
    """How far the counts have come, as a sentence says; each stage of a contest once."""
    if sentence.is_question:
        return
    seen: set[tuple[str, Stage]] = set()
    for stage, pattern in _STAGES:
        for found in pattern.finditer(sentence.code):
            before, after = sentence.plain[: found.start()], clause_after(sentence, found.end())
            if _NOT_YET.search(before) or _NOT_AFTER_ALL.search(after):
                continue
            if is_half_quoted(sentence, found.end()):
                continue
            for owner in sentence.owners(found.start(), found.end()):
                day = contests[owner].polling_day
                if (owner, stage) not in seen and not is_past(before + found[0] + after, day):
                    seen.add((owner, stage))
                    words = sentence.quote(found.start(), found.end())
                    yield StageClaim(contest_id=owner, stage=stage, words=words)


def read_expected(
    sentence: Sentence, contests: Mapping[str, Contest], said_at: datetime
) -> Iterator[ExpectedClaim]:
    """The times at which a sentence expects a declaration, a turnout or the ballot boxes.

    A time counts if it is after `said_at` (UTC) and before noon on the day after polling.
    """
    if sentence.is_question or not contests:
        return
    # The contests of one blog may vote on different days: a time is read for its own contest.
    for day in sorted({contest.polling_day for contest in contests.values()}):
        times = {
            found.start: found
            for found in find_times(sentence.code, polling_day=day, said_at=said_at)
        }
        code = sentence.code
        for found in times.values():
            code = code[: found.start] + "~" * (found.end - found.start) + code[found.end :]
        latest = to_utc(datetime.combine(day + timedelta(days=1), _LAST, UK))
        for kind, span in _spans(code, times):
            owner = sentence.owner(span.start, span.end)
            if (
                owner is not None
                and contests[owner].polling_day == day
                and said_at < span.time.at < latest
                and _is_expected(sentence, kind, span, contests[owner])
            ):
                yield ExpectedClaim(
                    contest_id=owner,
                    kind=kind,
                    time=_at_the_earliest(sentence, span),
                    words=sentence.quote(span.start, span.end),
                )


def _spans(
    code: str, times: Mapping[int, TimeInText]
) -> Iterator[tuple[MilestoneKind, TimeInText]]:
    """The times that stand next to what they are expected for, each once."""
    taken: set[int] = set()
    for kind, pattern in _EXPECTED:
        found = pattern.search(code)
        while found is not None:
            start, end = found.span("time")
            if start in times and start not in taken:
                taken.add(start)
                yield kind, times[start]
            found = _ANOTHER_TIME.match(code, end)


def _is_expected(
    sentence: Sentence, kind: MilestoneKind, span: TimeInText, contest: Contest
) -> bool:
    before, after = sentence.plain[: span.start], clause_after(sentence, span.end)
    if _NOT_EXPECTED.search(before) or re.search(r"\b(?:if|unless|but|hope\w*)\b", after):
        return False
    if is_past(before, contest.polling_day) or is_past(after, contest.polling_day):
        return False
    # “The result at 3am” can only be ahead; of a turnout or of boxes it has to be said.
    said = sentence.plain[: span.end]
    return kind is MilestoneKind.DECLARATION or _AHEAD.search(said) is not None


def _at_the_earliest(sentence: Sentence, span: TimeInText) -> ClockTime:
    """“Not expected before 4am” is no promise of 4am."""
    earliest = re.search(r"\bnot\b", sentence.plain[: span.end]) is not None
    return replace(span.time, approximate=span.time.approximate or earliest)
