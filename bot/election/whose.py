"""Whose a line of a bulletin is, of those on a ballot paper."""

from collections.abc import Sequence

from bot.election.ballot_paper import line_up
from bot.election.bulletin import BulletinLine
from bot.election.contest import Candidacy, Contest
from bot.election.doubts import Doubt, Severity
from bot.election.parties import short_names
from bot.election.spellings import fold


def whose(line: BulletinLine, contest: Contest, beside: Sequence[BulletinLine]) -> Candidacy | None:
    """Whose line it is; None where nobody's on the ballot paper, or not surely one's."""
    by_id = [one for one in contest.candidacies if one.person_id == line.person_id]
    if line.person_id and len(by_id) == 1:
        return by_id[0]
    of_party = _of_party(line, contest)
    if not line.name:
        return of_party[0] if len(of_party) == 1 else None
    words = _words(line.name)
    full = [one for one in contest.candidacies if _words(one.name) == words]
    # A middle name more or less is the same person, of the same party.
    alike = [
        one
        for one in of_party or contest.candidacies
        if _words(one.name) <= words or words <= _words(one.name)
    ]
    for found in (full, [one for one in full if one in of_party], alike):
        if len(found) == 1:
            return found[0]
    # “Sir Ed Davey” and “Edward Davey”: the only ones of a party, with one surname.
    others = [one for one in beside if one is not line and one.party == line.party]
    if len(of_party) != 1 or others or fold(line.name).split()[-1:] != _surname(of_party[0]):
        return None
    return of_party[0]


def called(line: BulletinLine) -> str:
    """A candidate with the party as the source has it, or that alone."""
    party = line.short or line.party
    return f"{line.name} ({party})" if line.name else party


def not_on_paper(who_is_it: str, contest: Contest) -> Doubt:
    """That somebody is nobody's on the ballot paper, and who is."""
    return Doubt(
        sentence=f"{who_is_it} is not on the ballot paper of {contest.name}. There stand "
        f"{line_up(contest.candidacies) or 'nobody that is known'}.",
        severity=Severity.REFUSED,
    )


def _of_party(line: BulletinLine, contest: Contest) -> list[Candidacy]:
    """The candidacies of the party that a line names."""
    shorts = short_names(line.short, line.party)
    names = {fold(line.party), fold(line.short)} - {""}
    return [
        one
        for one in contest.candidacies
        if one.party.short in shorts
        or (line.ec_id and one.party.ec_id == line.ec_id)
        or names & {fold(one.party.name), fold(one.party.short)}
    ]


def _words(name: str) -> set[str]:
    return set(fold(name).split())


def _surname(one: Candidacy) -> list[str]:
    """The last word of a name, before any style: “Prince A Love, Emperor of India”."""
    return fold(one.name.split(",")[0]).split()[-1:]
