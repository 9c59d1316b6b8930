"""What is wrong, or hard to believe, about a turnout before it is taken."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from bot.election.contest import Contest
from bot.election.doubts import Doubt, Severity, refused_first
from bot.election.misprints import digits_swapped
from bot.election.turnout import Turnout, TurnoutDefinition, percent

LOW_TURNOUT, HIGH_TURNOUT = Fraction(10, 100), Fraction(90, 100)
# Points by which a turnout has hardly ever changed.
WILD_TURNOUT_CHANGE = 40.0
# Points between turnouts that two definitions, or rounding, do not explain.
FAR = 1


def doubts_of_turnout(turnout: Turnout, contest: Contest, before: Turnout | None) -> list[Doubt]:
    """What speaks against a turnout, what cannot be first; `before` is what was known until now."""
    return refused_first(_of_turnout(turnout, contest, before))


def _of_turnout(turnout: Turnout, contest: Contest, before: Turnout | None) -> Iterator[Doubt]:
    if before is not None:
        yield from _of_papers(turnout, before)
    shown = turnout.shown()
    if shown is None:
        return
    if turnout.stated is not None and turnout.ballots is not None and turnout.electorate:
        # 36% is 35.9% in whole numbers.
        places = max(0, -int(turnout.stated.as_tuple().exponent))
        counted = percent(Fraction(turnout.ballots, turnout.electorate), places)
        if turnout.stated != counted:
            yield Doubt(
                sentence=f"{turnout.ballots:,} of {turnout.electorate:,} are {counted}%, not "
                f"{turnout.stated}%.",
                what="turnout",
                given=f"{turnout.stated}%",
                expected=f"{counted}%",
                severity=Severity.REFUSED,
            )
    if turnout.electorate and contest.electorate and turnout.electorate != contest.electorate:
        yield Doubt(
            sentence=f"The electorate on record is {contest.electorate:,}.",
            what="electorate",
            given=f"{turnout.electorate:,}",
            expected=f"{contest.electorate:,}",
        )
    if not LOW_TURNOUT * 100 <= shown <= HIGH_TURNOUT * 100:
        yield Doubt(sentence=f"A turnout of {shown}% is hardly ever seen. Really?")
    last = None if contest.previous is None else contest.previous.turnout_percent
    if last is not None and abs(float(shown) - last) > WILD_TURNOUT_CHANGE:
        yield Doubt(
            sentence=f"That is {abs(float(shown) - last):.1f} points from last time's {last:.1f}%. "
            "Really?",
            what="turnout",
            given=f"{shown}%",
            expected=f"about {last:.1f}%",
        )
    known = [] if before is None else _by_any_definition(before)
    if known and all(abs(one - shown) >= FAR for one in known):
        yield Doubt(
            sentence=f"Until now it was {known[0]}%.",
            what="turnout",
            given=f"{shown}%",
            expected=f"{known[0]}%",
        )


def _of_papers(turnout: Turnout, before: Turnout) -> Iterator[Doubt]:
    """Ballots beside those, or the valid votes, that were known until now."""
    if turnout.ballots is None:
        return
    if before.valid_votes is not None and turnout.ballots < before.valid_votes:
        yield Doubt(
            sentence=f"{turnout.ballots:,} ballots are fewer than the {before.valid_votes:,} valid "
            "votes of the result.",
            what="ballots",
            given=f"{turnout.ballots:,}",
            expected=f"at least {before.valid_votes:,}",
            severity=Severity.REFUSED,
        )
    known = None if before.ballots_approximate else before.ballots
    if known is not None and known in digits_swapped(turnout.ballots):
        yield Doubt(
            sentence=f"Until now it was {known:,} ballots: two digits may be swapped.",
            what="ballots",
            given=f"{turnout.ballots:,}",
            expected=f"{known:,}",
        )


def _by_any_definition(turnout: Turnout) -> list[Decimal]:
    """Per cent by every definition that is known; the one to say first comes first."""
    shown = turnout.shown()
    found = [] if shown is None else [shown]
    for definition in (TurnoutDefinition.ALL_BALLOTS, TurnoutDefinition.VALID_VOTES):
        exact = turnout.fraction(definition)
        found += [] if exact is None else [percent(exact)]
    return found
