"""Small results as PA Media and Democracy Club send them, to change one thing in."""

import json
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

# Name, PA's code and name of the party, its Electoral Commission id, votes.
TAMWORTH = (
    ("Sarah", "Edwards", "Lab", "Labour", "PP53", 11_719),
    ("Andy", "Cooper", "C", "Conservative", "PP52", 10_403),
    ("Ian", "Cooper", "Reform", "Reform UK", "PP7931", 1_373),
    ("Ashlea", "Simon", "Brit First", "Britain First", "PP12823", 580),
    ("Robert", "Bilcliff", "UKIP", "UK Independence Party", "PP85", 436),
    ("Sue", "Howarth", "Green", "Green", "PP63", 417),
    ("Sunny", "Virk", "LD", "Liberal Democrat", "PP90", 417),
    ("Howling Laud", "Hope", "Loony", "Monster Raving Loony Party", "PP66", 155),
    ("Peter George", "Longman", "Ind", "Independent", "ynmp-party:2", 86),
)
VALID = sum(line[-1] for line in TAMWORTH)
Line = tuple[str, str, str, str, str, int]


def pa(
    kind: str = "FirstPastThePostResult",
    *,
    revision: int = 1,
    name: str = "Tamworth",
    day: str = "2023-10-19",
    lines: Sequence[Line] = TAMWORTH,
    declared: str = "2023-10-20T02:46:00+01:00",
    elected: str = "Edwards",
    **seat: object,
) -> bytes:
    """A file of PA Media's; `seat` has other attributes of its constituency, None for without."""
    counted = kind == "FirstPastThePostResult"
    votes = sorted((line[-1] for line in lines), reverse=True)
    given: dict[str, object] = {"number": 581, "name": name, "electorate": 71302}
    if counted:
        given |= {
            "turnout": sum(votes),
            "percentageTurnout": "35.88",
            "majority": votes[0] - votes[1],
            "gainOrHold": "gain",
            "winningParty": "Lab",
            "sittingParty": "C",
        }
    elif kind == "FirstPastThePostRush":
        given |= {
            "gainOrHold": "gain",
            "winningPartyAbbreviation": "Lab",
            "winningPartyName": "Labour",
        }
    given |= seat
    candidates = "".join(
        f"<Candidate firstName={quoteattr(first)} surname={quoteattr(last)}"
        + (' elected="*"' if last == elected else "")
        + f"><Party name={quoteattr(party)} abbreviation={quoteattr(short)}"
        + (f' votes="{count}" percentageShare="1.0"' if counted else "")
        + " /></Candidate>"
        for first, last, short, party, _, count in lines
    )
    if kind == "Recount":
        candidates = ""
    attributes = "".join(f" {k}={quoteattr(str(v))}" for k, v in given.items() if v is not None)
    at = f' declarationTime="{declared}"' if counted else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><{kind} revision="{revision}"{at}>'
        f'<Election name="By-elections" date="{day}" type="B">'
        f"<Constituency{attributes}>{candidates}</Constituency></Election></{kind}>"
    ).encode()


def ballot(
    *,
    id: str = "parl.tamworth.by.2023-10-19",
    lines: Sequence[Line] = TAMWORTH,
    votes: bool = False,
    elected: str | None = None,
    results: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A ballot of Democracy Club's, with votes or without."""
    return {
        "ballot_paper_id": id,
        "winner_count": 1,
        "cancelled": False,
        "candidacies": [
            {
                "elected": (last == elected) if elected else None,
                "party": {"ec_id": ec_id, "name": party},
                "party_name": party,
                "person": {"id": number, "name": f"{first} {last}"},
                "result": {"num_ballots": count} if votes else None,
            }
            for number, (first, last, _, party, ec_id, count) in enumerate(lines, 100)
        ],
        "results": results,
        **more,
    }


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()


def event(
    number: int,
    *,
    retraction: bool = False,
    person: int = 100,
    seat: str = "Tamworth",
    election: str = "parl.2023-10-19",
    at: str = "2023-10-20T02:50:00+01:00",
) -> str:
    """An entry of Democracy Club's feed."""
    return (
        f"<entry><title>won</title><published>{at}</published><updated>{at}</updated>"
        f"<id>https://candidates.example/#{number}</id>"
        f"<retraction>{int(retraction)}</retraction><election_slug>{election}</election_slug>"
        f"<election_date>{election[-10:]}</election_date><post_id>x</post_id>"
        f"<winner_person_id>{person}</winner_person_id>"
        f"<winner_person_name>Sarah Edwards</winner_person_name>"
        f"<post_name>{seat}</post_name></entry>"
    )


def feed(*entries: str, older: str | None = None) -> bytes:
    link = f'<link rel="next" href="{older}"/>' if older else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>Election results</title>{link}{''.join(entries)}</feed>"
    ).encode()


def state(revision: int = 1, *, day: str = "2023-10-19", labour: int = 285) -> bytes:
    """A state of parties of PA Media's."""
    return (
        f'<FirstPastThePostStateOfParties revision="{revision}" numberOfResults="312"'
        f' totalNumberOfConstituencies="650"><Election name="x" date="{day}" type="G"/><Parties>'
        f'<Party name="Labour" abbreviation="Lab" totalSeats="{labour}" gains="160" losses="132"'
        ' totalVotes="10753799" percentageShare="36.98"/>'
        '<Party name="Conservative" abbreviation="C" totalSeats="20" totalVotes="9479293"/>'
        "</Parties></FirstPastThePostStateOfParties>"
    ).encode()
