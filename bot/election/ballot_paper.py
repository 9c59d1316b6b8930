"""Who on a ballot paper is meant by a name, a surname or a party."""

from collections.abc import Iterable, Sequence

from bot.election.contest import Candidacy, Contest
from bot.election.parties import Sides, read_sides
from bot.election.slips import is_slip
from bot.election.spellings import fold
from bot.election.written_numbers import in_words, quoted
from bot.errors import AskError

# As returning officers read them out, and as they are typed in a hurry.
_ALSO_CALLED = {
    "ref": ("RUK",),
    "refuk": ("RUK",),
    "ref uk": ("RUK",),
    "reform party": ("RUK",),
    "labour and co operative": ("Lab",),
    "labour and co operative party": ("Lab",),
    "labour co op": ("Lab",),
    "lab co op": ("Lab",),
    "conservative and unionist": ("Con",),
    "conservative and unionist party": ("Con",),
    "libs": ("LD",),
    "lds": ("LD",),
}
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "sir", "dame", "cllr", "rev"})
# Alone they are nobody's name, though many parties have them in theirs.
_NOBODYS = frozenset({"party", "the", "and", "of", "for", "official", "uk", "a"})
_WORKED_OUT = frozenset({"majority", "maj", "swing", "total", "valid", "lead", "share"})
_KEPT_APART = frozenset({"turnout", "electorate", "ballots", "papers", "electors"})
_NEAR = 0.75


def who(label: str, contest: Contest) -> Candidacy:
    """The candidacy that a name, a surname, a party or several of these stand for.

    Raises `AskError` where it is nobody's or may be several people's; it says who stands.
    """
    said = fold(label)
    words = [word for word in said.split() if word not in _TITLES] or said.split()
    said = " ".join(words)
    exact = [one for one in contest.candidacies if said in forms(one)]
    if exact:
        return _only(exact, label)
    sides, rest = _sides(said)
    if sides.gaining and sides.losing:
        raise AskError(
            f"“{quoted(label)}” names two parties, and one number stands beside it. Write each "
            "with its own votes."
        )
    shorts = sides.gaining or sides.losing
    of_party = [one for one in contest.candidacies if one.party.short in shorts]
    if rest:
        named = _named(rest.split(), of_party)
        if of_party and not named:
            _refuse_other_party(label, rest, of_party, contest)
        of_party = named
    if found := of_party or _named(words, contest.candidacies, parties=True):
        return _only(found, label)
    raise AskError(_nobody(label, said, contest))


def forms(one: Candidacy) -> set[str]:
    """The folded spellings of a candidacy: name, surname, party, and its short form."""
    spelt = (one.name, one.surname, one.party.short, one.party.name)
    return {form for form in map(fold, spelt) if form}


def line_up(candidacies: Iterable[Candidacy]) -> str:
    """Candidates with the short names of their parties, in a row."""
    return ", ".join(map(_shown, candidacies))


def _only(found: Sequence[Candidacy], label: str) -> Candidacy:
    if len(found) == 1:
        return found[0]
    of_one_name = len({one.name for one in found}) == 1
    raise AskError(
        f"“{quoted(label)}” may be {' or '.join(map(_shown, found))}. Write the name"
        f"{' and the party' if of_one_name else ''}."
    )


def _sides(said: str) -> tuple[Sides, str]:
    """The parties in folded words, and what remains of them."""
    if shorts := _ALSO_CALLED.get(said):
        return Sides(gaining=shorts), ""
    sides, rest = read_sides(said)
    # What folding takes from “Co-operative” and “and Unionist Party” stands apart from the party.
    for called, shorts in _ALSO_CALLED.items():
        if said.startswith(f"{called} ") or said.endswith(f" {called}"):
            return Sides(gaining=shorts), f" {said} ".replace(f" {called} ", " ", 1).strip()
    return sides, rest


def _named(
    words: Sequence[str], among: Iterable[Candidacy], *, parties: bool = False
) -> list[Candidacy]:
    """The candidates who have all the words in their names, or in those of their parties."""
    asked = set(words)
    if not asked - _NOBODYS:
        return []
    return [
        one
        for one in among
        if asked
        <= set(
            fold(f"{one.name} {one.party.name} {one.party.short}" if parties else one.name).split()
        )
    ]


def _refuse_other_party(
    label: str, rest: str, of_party: Sequence[Candidacy], contest: Contest
) -> None:
    """Raise `AskError` where somebody's name stands beside a party that is not theirs."""
    others = _named(rest.split(), contest.candidacies)
    if len(others) == 1:
        raise AskError(
            f"“{quoted(label)}”: {others[0].name} stands for {others[0].party.name}, not for "
            f"{of_party[0].party.name}. One of them is wrong, or has no votes beside it."
        )


def _nobody(label: str, said: str, contest: Contest) -> str:
    shown, words = quoted(label), set(said.split())
    if words & _WORKED_OUT:
        return (
            f"“{shown}” is no candidate. Majority, shares, swing and the sum are worked out from "
            "the votes: leave it out."
        )
    if words & _KEPT_APART:
        return (
            f"“{shown}” is no candidate. Record the turnout by itself, like “record turnout "
            f"{contest.name} 25,630”."
        )
    if spoken := in_words(label):
        return f"“{quoted(spoken)}” is no number that I take: write it in digits, like 11,719."
    near = _near(said, contest.candidacies)
    meant = f" Did you mean {' or '.join(map(_shown, near))}?" if 0 < len(near) < 3 else ""
    return (
        f"Nobody called “{shown}” stands in {contest.name}.{meant} There stand "
        f"{line_up(contest.candidacies)}."
    )


def _near(said: str, among: Iterable[Candidacy]) -> list[Candidacy]:
    """The candidates whose names, or parties' names, are a slip or little more away."""
    from rapidfuzz.distance import OSA

    return [
        one
        for one in among
        if any(
            is_slip(said, form) or OSA.normalized_similarity(said, form) >= _NEAR
            for form in forms(one)
            if len(form) > 3
        )
    ]


def _shown(one: Candidacy) -> str:
    return f"{one.name} ({one.party.short})"
