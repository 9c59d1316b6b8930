"""What becomes of a bulletin: whose it is, what it states, and what speaks against it. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.election.bulletin import Bulletin, BulletinKind, BulletinLine
from bot.election.checking import Known, doubts_of_result, doubts_of_turnout
from bot.election.contest import Candidacy, Contest, Party, Stage
from bot.election.doubts import Doubt, Severity, refused_first
from bot.election.figure import Figure, Standing
from bot.election.names import NameIndex
from bot.election.parties import short_names
from bot.election.result import CandidateVotes, Declaration, Result, outcome
from bot.election.spellings import fold
from bot.election.turnout import Turnout
from bot.election.whose import called, not_on_paper, whose
from bot.liveblog.statements import Claim, DeclaredClaim, StageClaim, TurnoutClaim, VotesClaim
from bot.record.past import Past
from bot.record.ranking import Measure, reach

LONGEST_WORDS = 200
_ACTIONS = {
    BulletinKind.RECOUNT: "report recount",
    BulletinKind.TURNOUT: "report turnout",
    BulletinKind.RUSH: "report winner",
    BulletinKind.RESULT: "report result",
    BulletinKind.RETRACTION: "retract result",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a bulletin states of a contest, by `claims`, and the `doubts` about it.

    `after` says it in words. With nothing in `claims` there is nothing that could be taken.
    """

    action: str
    after: str
    claims: tuple[Claim, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def taken(self) -> bool:
        """Whether it stands as it is: nothing in it contradicts another figure."""
        refused = any(doubt.severity is Severity.REFUSED for doubt in self.doubts)
        return bool(self.claims) and not refused


def contest_of(bulletin: Bulletin, tonight: Sequence[Contest], names: NameIndex) -> Contest | None:
    """The contest of the night that a bulletin is about; None where it is about another seat."""
    here = [one for one in tonight if bulletin.polling_day in (None, one.polling_day)]
    if bulletin.contest_id is not None:
        return next((one for one in here if one.id == bulletin.contest_id), None)
    # A town may elect its mayor on the day on which it elects its member.
    mayors = bulletin.election_type == "M"
    by_id = {one.id: one for one in here if one.id.startswith("mayor.") is mayors}
    match = names.resolve(bulletin.constituency)
    found = [by_id[one.id] for one in match.contests if one.id in by_id]
    return found[0] if match.certain and len(found) == 1 else None


def near_to(bulletin: Bulletin, tonight: Sequence[Contest], names: NameIndex) -> Sequence[Contest]:
    """The contests of the night that a name which is no seat's may mean."""
    match = names.resolve(bulletin.constituency)
    if match.certain or bulletin.contest_id is not None:
        return ()
    ids = {one.id for one in match.contests}
    return [one for one in tonight if one.id in ids]


def standing_of(bulletin: Bulletin, *, counted: Standing) -> Standing:
    """How far a bulletin can be leaned on, where `counted` is for results with their votes."""
    return Standing.PROVISIONAL if bulletin.kind is BulletinKind.RUSH else counted


def paper_of(bulletin: Bulletin, past: Past) -> tuple[Candidacy, ...]:
    """The ballot paper that a bulletin's lines are; empty where they are none."""
    named = [line for line in bulletin.lines if line.name]
    if len(named) < 2:
        return ()
    return tuple(
        Candidacy(name=line.name, party=_party(line, past), person_id=line.person_id)
        for line in named
    )


def decide(
    bulletin: Bulletin,
    contest: Contest,
    turnout: Figure[Turnout] | None,
    *,
    standing: Standing,
    record: Known | None = None,
) -> Verdict:
    """What a bulletin states of its contest, and what speaks against that.

    `turnout` is what is known of it until now. What another source has stated with more standing
    is held against it; what has less does not stop it. `record` are the largest on record.
    """
    doubts = [Doubt(sentence=fault) for fault in bulletin.faults]
    action = _ACTIONS[bulletin.kind]
    if bulletin.kind is BulletinKind.RECOUNT:
        claim = StageClaim(contest_id=contest.id, stage=Stage.RECOUNT, words=_said(bulletin))
        return Verdict(action=action, after="recount", claims=(claim,))
    counted, more = _turnout(bulletin, contest, turnout)
    doubts += more
    if bulletin.kind is BulletinKind.TURNOUT:
        after = "no turnout that can be taken" if counted is None else _turnout_said(counted)
        claims = () if counted is None else (counted,)
        return Verdict(action=action, after=after, claims=claims, doubts=tuple(doubts))
    if bulletin.kind is BulletinKind.RUSH:
        return _of_rush(bulletin, contest, counted, doubts)
    higher = (
        turnout is not None
        and turnout.standing.rank > standing.rank
        and not turnout.value.ballots_approximate
    )
    known = replace(
        record or Known(),
        ballots=turnout.value.ballots if turnout is not None and higher else None,
        turnout=turnout.value if turnout is not None and turnout.value.ballots is None else None,
    )
    return _of_result(bulletin, contest, counted, doubts, known)


def on_record(past: Past, contest: Contest) -> Known:
    """The largest on record before a contest, of contests of its kind; it takes a moment."""
    return Known(
        largest_swing=reach(past, contest, Measure.SWING),
        largest_majority=reach(past, contest, Measure.MAJORITY),
        largest_overturned=reach(past, contest, Measure.OVERTURNED),
    )


def in_short(known: Figure[Declaration] | None) -> str | None:
    """A declaration in a few words, for the journal; None where there is none."""
    if known is None:
        return None
    declared = known.value
    by = "" if declared.majority is None else f", {_majority(declared.majority)}"
    return f"{declared.winner.name} {declared.outcome or 'win'}{by}"


def _majority(votes: int) -> str:
    """A majority in words; nobody wins by none but where lots are drawn."""
    return f"majority {votes:,}" if votes else "majority 0, decided by lot"


def moment(bulletin: Bulletin, contest: Contest, now: datetime) -> datetime:
    """When it was declared, where that can be; else now."""
    said = bulletin.at
    return said if said is not None and contest.close_of_poll <= said <= now else now


def _of_rush(
    bulletin: Bulletin, contest: Contest, counted: TurnoutClaim | None, doubts: list[Doubt]
) -> Verdict:
    """A winner without votes."""
    action = _ACTIONS[bulletin.kind]
    line = bulletin.elected
    candidacy = None if line is None else whose(line, contest, bulletin.lines)
    if line is None or candidacy is None:
        who_won = "nobody" if line is None else called(line)
        doubts.append(not_on_paper(who_won, contest))
        return Verdict(action=action, after=f"won by {who_won}", doubts=tuple(doubts))
    won = outcome(contest, candidacy.party)
    if won is not None and bulletin.outcome not in (None, won):
        doubts.append(_other_outcome(bulletin, contest, won))
    claim = DeclaredClaim(
        contest_id=contest.id,
        party=candidacy.party.short,
        candidate=candidacy.name,
        outcome=won or bulletin.outcome,
        words=_said(bulletin),
    )
    claims: tuple[Claim, ...] = (claim,) if counted is None else (claim, counted)
    return Verdict(
        action=action,
        after=f"{candidacy.party.name} {won or bulletin.outcome or 'win'}",
        claims=claims,
        doubts=tuple(refused_first(doubts)),
    )


def _of_result(
    bulletin: Bulletin,
    contest: Contest,
    counted: TurnoutClaim | None,
    doubts: list[Doubt],
    known: Known,
) -> Verdict:
    """Votes by candidate, checked beside all that is known."""
    action = _ACTIONS[bulletin.kind]
    votes, missing = _votes(bulletin, contest)
    doubts += [not_on_paper(called(line), contest) for line in missing]
    if len(votes) < 2:
        return Verdict(action=action, after="no votes that can be read", doubts=tuple(doubts))
    result = Result(
        contest_id=contest.id,
        votes=votes,
        rejected=bulletin.rejected,
        complete=len(votes) == len(contest.candidacies),
    )
    drawn = _drawn(bulletin, result, contest)
    if drawn is not None:
        result = replace(result, lot=drawn)
        doubts.append(Doubt(sentence=f"{drawn.name} was drawn by lot: the first two are equal."))
    doubts += _against(bulletin, result, contest)
    doubts += doubts_of_result(result, contest, known)
    if result.undecided:
        # Insisting would not say who has won.
        return Verdict(action=action, after="a tie", doubts=tuple(refused_first(doubts)))
    counts = VotesClaim(
        contest_id=contest.id,
        votes=tuple((contest.called(line.candidacy), line.votes) for line in result.votes),
        words=_said(bulletin),
        lot=None if drawn is None else contest.called(drawn),
    )
    winner = result.winner.candidacy
    won = outcome(contest, winner.party) or "win"
    return Verdict(
        action=action,
        after=f"{winner.party.name} {won}, {_majority(result.majority)}",
        claims=(counts,) if counted is None else (counts, counted),
        doubts=tuple(refused_first(doubts)),
    )


def _drawn(bulletin: Bulletin, result: Result, contest: Contest) -> Candidacy | None:
    """Who was drawn by lot, where the first have the same votes and a bulletin says who is in."""
    if not result.tied or bulletin.elected is None:
        return None
    one = whose(bulletin.elected, contest, bulletin.lines)
    return one if one in result.first else None


def _votes(
    bulletin: Bulletin, contest: Contest
) -> tuple[tuple[CandidateVotes, ...], list[BulletinLine]]:
    """Votes by those on the ballot paper, and the lines that are nobody's on it."""
    found: dict[tuple[str, str], CandidateVotes] = {}
    missing = []
    for line in bulletin.lines:
        one = whose(line, contest, bulletin.lines)
        if one is None or line.votes is None or (one.name, one.party.name) in found:
            missing.append(line)
        else:
            key = (one.name, one.party.name)
            found[key] = CandidateVotes(candidacy=one, votes=line.votes)
    return tuple(found.values()), missing


def _against(bulletin: Bulletin, result: Result, contest: Contest) -> Iterator[Doubt]:
    """What a bulletin states otherwise than its own votes have it."""
    refused = Severity.REFUSED
    total = sum(line.votes for line in result.votes)
    if bulletin.majority is not None and bulletin.majority != result.majority:
        yield Doubt(
            sentence=f"A majority of {bulletin.majority:,} is stated; by the votes it is "
            f"{result.majority:,}.",
            what="majority",
            given=f"{bulletin.majority:,}",
            expected=f"{result.majority:,}",
            severity=refused,
        )
    elected = bulletin.elected
    if elected is not None:
        one = whose(elected, contest, bulletin.lines)
        if one is not None and one not in result.first:
            most = " and ".join(first.name for first in result.first)
            have = "have" if result.tied else "has"
            yield Doubt(
                sentence=f"{one.name} is marked as elected, and {most} {have} most votes.",
                what="winner",
                given=one.name,
                expected=most,
                severity=refused,
            )
    if bulletin.valid_votes is not None and bulletin.valid_votes != total:
        yield Doubt(
            sentence=f"The votes add up to {total:,}, and {bulletin.valid_votes:,} are stated.",
            what="votes in all",
            given=f"{total:,}",
            expected=f"{bulletin.valid_votes:,}",
            severity=refused,
        )
    won = outcome(contest, result.winner.candidacy.party)
    if won is not None and bulletin.outcome not in (None, won):
        yield _other_outcome(bulletin, contest, won)
    electors, here = bulletin.electorate, contest.electorate
    # Some electors more or less are those of another day.
    if electors is not None and here and abs(electors - here) * 100 > here:
        yield Doubt(
            sentence=f"The electorate on record is {here:,}.",
            what="electorate",
            given=f"{electors:,}",
            expected=f"{here:,}",
        )


def _other_outcome(bulletin: Bulletin, contest: Contest, won: str) -> Doubt:
    holder = "" if contest.holder is None else f": {contest.holder.name} held the seat"
    return Doubt(
        sentence=f"It is called a {bulletin.outcome}, and is a {won} as the night has it{holder}.",
        what="outcome",
        given=str(bulletin.outcome),
        expected=str(won),
    )


def _turnout(
    bulletin: Bulletin, contest: Contest, before: Figure[Turnout] | None
) -> tuple[TurnoutClaim | None, list[Doubt]]:
    """The turnout that a bulletin states, where it can be one, and the doubts about it.

    Valid votes alone are no turnout of all papers; what they give is worked out from the result.
    """
    per_cent = bulletin.turnout if bulletin.ballots is None else None
    if bulletin.kind is BulletinKind.RESULT and contest.electorate:
        per_cent = None
    if bulletin.ballots is None and per_cent is None:
        return None, []
    try:
        turnout = Turnout(electorate=contest.electorate, ballots=bulletin.ballots, stated=per_cent)
    except ValueError as error:
        return None, [Doubt(sentence=f"The turnout is left out: {error}.")]
    doubts = doubts_of_turnout(turnout, contest, None if before is None else before.value)
    if any(doubt.severity is Severity.REFUSED for doubt in doubts):
        left_out = [Doubt(sentence=f"The turnout is left out. {one.sentence}") for one in doubts]
        return None, left_out
    claim = TurnoutClaim(
        contest_id=contest.id, ballots=bulletin.ballots, percent=per_cent, words=_said(bulletin)
    )
    return claim, doubts


def _turnout_said(claim: TurnoutClaim) -> str:
    return f"{claim.ballots:,} ballots" if claim.ballots is not None else f"{claim.percent}%"


def _party(line: BulletinLine, past: Past) -> Party:
    """The party of a line, by the short name that the record has for it."""
    name = line.party or line.short or "Independent"
    known = past.party(name=name, ec_id=line.ec_id)
    shorts = short_names(line.short, name) if known is None else (known.short,)
    short = past.called_now(shorts[0]) if shorts else line.short or name
    if line.short == "Ind" or (known is None and fold(name).startswith("independent")):
        # PA writes the name of an independent behind the word.
        name, short = "Independent", "Ind"
    return Party(name=name, short=short, ec_id=line.ec_id)


def _said(bulletin: Bulletin) -> str:
    return f"{bulletin.source}, {bulletin.words}"[:LONGEST_WORDS]
