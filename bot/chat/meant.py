"""What a question means, of all that it may: a seat, by name or candidate, parties, a time."""

from collections.abc import Sequence

from bot.chat.catalogue import Matched, content
from bot.chat.comparing import lists_seats
from bot.chat.seats import narrowed, seat_alone, seat_asked, seats_named
from bot.election.contest import Contest
from bot.election.names import Match, NameIndex, fold
from bot.election.occasion import Occasion, read_occasion
from bot.election.parties import Sides, read_sides
from bot.record.past import Past
from bot.record.people import names_in


def when_and_where(
    matched: Matched, names: NameIndex, past: Past, tonight: Sequence[Contest]
) -> tuple[Occasion, str, Match]:
    """The time that a question speaks of, the words that are left for a seat, and what they mean.

    Words are left out that name parties, where the command wants those; a candidate's whole name
    stands for the seat.
    """
    occasion, rest = read_occasion(matched.rest)
    words = content(read_occasion(matched.words)[1])
    match = narrowed(seat_asked(words, rest, names), occasion) if words else Match()
    wants_parties = any(parameter.kind is Sides for parameter in matched.command.parameters)
    if words and not match.certain and wants_parties:
        words, rest = content(read_sides(words)[1]), read_sides(rest)[1]
        match = narrowed(seat_asked(words, rest, names), occasion) if words else Match()
    if words and not match.certain:
        match = _of_candidate(rest, past, tonight) or match
    return occasion, words, match


def parties(matched: Matched, names: NameIndex) -> Sides:
    """The parties that a question names beside its seat: “Bethnal Green” is no party."""
    if names.resolve(matched.words).certain:
        return Sides()
    return read_sides(seats_named(matched.rest, names)[1])[0]


def names_several(matched: Matched, names: NameIndex) -> bool:
    """Whether a question names more than one seat, or several times of one."""
    if names.resolve(content(read_occasion(matched.words)[1])).certain:
        return False
    rest = read_occasion(matched.rest)[1]
    if read_occasion(rest)[0].year:
        return bool(seats_named(rest, names)[0])
    return len(seats_named(rest, names)[0]) > 1 or lists_seats(rest, names)


def names_everywhere(matched: Matched) -> bool:
    """Whether a question names no seat, but a general election or its year."""
    occasion, rest = read_occasion(matched.words)
    general = occasion.by_election is False or (occasion.year and not occasion.by_election)
    return bool(general) and not content(rest)


def names_seat_alone(text: str, names: NameIndex) -> bool:
    """Whether a text is a seat's name, with a time or without, and nothing of weight."""
    return bool(seat_alone(read_occasion(text)[1], names).contests)


def _of_candidate(text: str, past: Past, tonight: Sequence[Contest]) -> Match | None:
    """The seat whose candidate is named in a text, whole: tonight's, else where they stood last."""
    for name in names_in(text):
        here = [c for c in tonight if name in (fold(one.name) for one in c.candidacies)]
        contests = here or [one.contest for one in past.stood(name)]
        if contests:
            newest = max(contest.polling_day for contest in contests)
            last = tuple(contest for contest in contests if contest.polling_day == newest)
            return Match(contests=last, certain=len(last) == 1)
    return None
