"""The night of 19-20 October 2023 as two people of two newsrooms lived it, and what was true when.

Times are on UK clocks. What each step makes true is written out by hand.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.nightplay.truth import BOTH, MID_BEDFORDSHIRE, TAMWORTH, Place, Told

COUNT_NIGHT, SECOND = "900000000000000001", "900000000000000002"
EVERYTHING = frozenset({"reminders", "declarations"})
SLACK = Place(on="slack", id="C1", kinds=EVERYTHING)
SLACK_TAMWORTH = Place(on="slack", id="C2", kinds=frozenset({"declarations"}), seats=(TAMWORTH,))
ADA_ALONE = Place(on="slack", id="DU1")
DISCORD = Place(on="discord", id=COUNT_NIGHT, kinds=EVERYTHING)
DISCORD_MID_BEDS = Place(on="discord", id=SECOND, kinds=EVERYTHING, seats=(MID_BEDFORDSHIRE,))
PLACES = (SLACK, SLACK_TAMWORTH, ADA_ALONE, DISCORD, DISCORD_MID_BEDS)

TAMWORTH_VOTES = (
    "Lab 11,719 Con 10,403 RUK 1,373 Britain First 580 UKIP 436 Green 417 LD 417 "
    "Laud Hope 155 Longman 86"
)
MID_BEDS_VOTES = (
    "Lab 13,872 Con 12,680 LD 9,420 Mackey 1,865 RUK 1,487 Green 732 MRLP 249 ED 107 CPA 101 "
    "TFB 93 HPUK 63 Love 27 Main 24"
)
OPEN = "polls open until 22:00; expected around "
CLOSED = "polls have closed; expected "
GAIN = "Labour gain from Conservatives"
SWING = "points Conservatives to Labour"


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something that happens at a time: somebody says something, or only time goes by.

    Who says it `hears` these words in the answer; “{number}” is the number that an answer named
    last. Then `told` stands, and the board shows `board`. Where no answer comes, they look for
    `sign`, by a question and what its answer says or in a channel's last message, and say it again
    only where it is not there.
    """

    at: str
    where: Place | None = None
    says: str = ""
    hears: str = ""
    told: tuple[Told, ...] = ()
    board: dict[str, str] = field(default_factory=dict)
    declared: int | None = None
    sign: tuple[str, str] | None = None


def reminder(subject: str, *lines: str, seats: tuple[str, ...] = BOTH) -> Told:
    return Told(subject=subject, kind="reminders", seats=seats, lines=lines)


def declaration(subject: str, seat: str, *lines: str, edited: bool = False) -> Told:
    return Told(subject=subject, kind="declarations", seats=(seat,), lines=lines, edited=edited)


def _to_begin_with() -> Iterator[Step]:
    for place, says in (
        (SLACK, "follow reminders and declarations"),
        (SLACK_TAMWORTH, "follow declarations only Tamworth"),
        (DISCORD, "follow reminders and declarations"),
        (DISCORD_MID_BEDS, "follow reminders and declarations only Mid Beds"),
    ):
        yield Step(at="21:40", where=place, says=says, hears="This channel now gets")
    for place in (SLACK, SLACK_TAMWORTH, DISCORD):
        yield Step(
            at="21:41",
            where=place,
            says="board",
            hears="A board stands here now",
            sign=("", "Tonight’s board"),
        )
    yield Step(
        at="21:42",
        where=SLACK,
        says="remind me when Tamworth declares",
        hears="I remind you when Tamworth declares",
        sign=("reminders", "Tamworth declares"),
    )


def _before_the_counts() -> Iterator[Step]:
    seats = f"{TAMWORTH} and {MID_BEDFORDSHIRE}"
    yield Step(
        at="21:45",
        told=(reminder("close-15", f"Polls close in {seats} in 15 minutes", "At 22:00."),),
    )
    yield Step(
        at="22:00",
        told=(reminder("close-0", f"Polls have closed in {seats}"),),
        board={TAMWORTH: f"{CLOSED}around 03:40", MID_BEDFORDSHIRE: f"{CLOSED}around 03:10"},
    )
    boxes = f"{seats}: first ballot boxes expected"
    at = "Expected around 23:30."
    yield Step(at="22:30", told=(reminder("boxes-60", f"{boxes} in 1 hour", at),))
    yield Step(
        at="22:40",
        where=SLACK,
        says="estimate Tamworth 2.30",
        hears="now expected at 02:30",
        told=(
            reminder(
                "tamworth-0230",
                "Tamworth: declaration now expected at 02:30",
                "Says Ada. It was expected around 03:40. Reminders have moved with it.",
                seats=(TAMWORTH,),
            ),
        ),
        board={TAMWORTH: f"{CLOSED}at 02:30"},
    )
    yield Step(
        at="22:50",
        where=DISCORD,
        says="delay Mid Beds 45m",
        hears="now expected around 03:55",
        sign=("when Mid Beds", "03:55"),
        told=(
            reminder(
                "mid-beds-0355",
                "Mid Bedfordshire: declaration now expected around 03:55",
                "Says Bea. It was expected around 03:10. Reminders have moved with it.",
                seats=(MID_BEDFORDSHIRE,),
            ),
        ),
        board={MID_BEDFORDSHIRE: f"{CLOSED}around 03:55"},
    )
    yield Step(at="23:15", told=(reminder("boxes-15", f"{boxes} in 15 minutes", at),))
    yield Step(
        at="23:30",
        told=(
            reminder("boxes-0", f"{boxes} about now"),
            reminder(
                "turnout-60", f"{seats}: turnout expected in 1 hour", "Expected around 00:30."
            ),
        ),
    )
    yield Step(
        at="00:15",
        told=(
            reminder(
                "turnout-15", f"{seats}: turnout expected in 15 minutes", "Expected around 00:30."
            ),
        ),
    )


def _turnouts() -> Iterator[Step]:
    yield Step(
        at="00:24",
        where=SLACK,
        says="record turnout Tamworth 25,630 of 71,302",
        hears="Recorded: Tamworth, turnout 35.9%",
        board={TAMWORTH: f"{CLOSED}at 02:30; turnout 35.9% (provisional)"},
    )
    yield Step(
        at="00:26",
        where=SLACK,
        says="confirm turnout Tamworth",
        hears="somebody else has to say",
    )
    yield Step(
        at="00:27",
        where=DISCORD,
        says="confirm turnout Tamworth",
        hears="Recorded by Ada, confirmed by Bea.",
        sign=("turnout Tamworth", "official"),
        board={TAMWORTH: f"{CLOSED}at 02:30; turnout 35.9%"},
    )
    yield Step(
        at="00:30",
        told=(
            reminder(
                "turnout-0",
                "Mid Bedfordshire: turnout expected about now",
                seats=(MID_BEDFORDSHIRE,),
            ),
        ),
    )
    yield Step(
        at="00:48",
        where=DISCORD,
        says="record turnout Mid Beds 40,822 of 92,578",
        hears="Recorded: Mid Bedfordshire, turnout 44.1%",
        board={MID_BEDFORDSHIRE: f"{CLOSED}around 03:55; turnout 44.1% (provisional)"},
    )
    yield Step(
        at="00:49",
        where=SLACK,
        says="confirm turnout Mid Beds",
        hears="Recorded by Bea, confirmed by Ada.",
        sign=("turnout Mid Beds", "official"),
        board={MID_BEDFORDSHIRE: f"{CLOSED}around 03:55; turnout 44.1%"},
    )
    yield Step(
        at="01:10",
        where=DISCORD_MID_BEDS,
        says="record verified Mid Beds",
        hears="verification is complete",
        board={
            MID_BEDFORDSHIRE: ("verification is complete; expected around 03:55; turnout 44.1%")
        },
    )


def _tamworth() -> Iterator[Step]:
    for at, subject, ahead in (
        ("01:30", "tamworth-60", "in 1 hour"),
        ("02:15", "tamworth-15", "in 15 minutes"),
        ("02:30", "tamworth-0", "about now"),
    ):
        known = ("Expected at 02:30.", "Tamworth counts at The Rawlett School.")
        yield Step(
            at=at,
            told=(
                reminder(
                    subject,
                    f"Tamworth: declaration expected {ahead}",
                    *(() if ahead == "about now" else known),
                    seats=(TAMWORTH,),
                ),
            ),
        )
    yield Step(
        at="02:40",
        where=SLACK,
        says=f"record result Tamworth {TAMWORTH_VOTES.replace('11,719', '11,791')}",
        hears="28 too many",
    )
    yield Step(
        at="02:41",
        where=DISCORD,
        says="confirm {number}",
        hears="is in question",
    )
    swapped = TAMWORTH_VOTES.replace("Lab", "-").replace("Con", "Lab").replace("-", "Con")
    yield Step(
        at="02:42",
        where=SLACK,
        says=f"record result Tamworth {swapped}",
        hears="Is this right? Tamworth: Conservatives hold, majority 1,316",
    )
    yield Step(
        at="02:43",
        where=DISCORD,
        says="reject {number}",
        hears="Nothing of it went out",
        sign=("journal Tamworth", "rejected"),
    )
    yield Step(
        at="02:44",
        where=SLACK,
        says=f"record result Tamworth {TAMWORTH_VOTES}",
        hears=f"Is this right? Tamworth: {GAIN}, majority 1,316",
    )
    yield Step(
        at="02:45", where=SLACK, says="confirm result Tamworth", hears="somebody else has to say"
    )
    result = (
        "Sarah Edwards is elected.",
        "Majority 1,316 (19,634 last time).",
        f"Swing 23.9 {SWING} since 2019.",
    )
    yield Step(
        at="02:46",
        where=DISCORD,
        says="confirm result Tamworth",
        hears="Recorded by Ada, confirmed by Bea.",
        sign=("result Tamworth", "Sarah Edwards"),
        told=(
            declaration(
                "tamworth",
                TAMWORTH,
                f"Tamworth: {GAIN}",
                *result,
                "Turnout 35.9%.",
                "Official.",
                "Sarah Edwards (Lab) 11,719, 45.8% (+22.1)",
                "Andy Cooper (Con) 10,403, 40.7% (−25.7)",
                "Ian Stuart Cooper (RUK) 1,373, 5.4%",
                "Ashlea Simon (BF) 580, 2.3%",
                "Robert Bilcliff (UKIP) 436, 1.7% (−0.1)",
                "Sue Howarth (Green) 417, 1.6% (−0.4)",
                "Sunny Virk (LD) 417, 1.6% (−3.6)",
                "Howling Laud Hope (MRLP) 155, 0.6%",
                "Peter George Longman (Ind) 86, 0.3%",
                "1 of 2 declared. Next: Mid Bedfordshire, expected around 03:55.",
            ),
            Told(
                subject="ada-alone",
                kind=str(ADA_ALONE),
                seats=(),
                lines=(f"Tamworth: {GAIN}", *result, "Ada asked for this."),
            ),
        ),
        board={TAMWORTH: f"{GAIN}; majority 1,316; swing 23.9 {SWING}; turnout 35.9%"},
        declared=1,
    )


def _mid_beds(
    heading: str,
    majority: str,
    swing: str,
    con: str,
    shares: tuple[str, str, str],
    before: str = "",
) -> Told:
    """The declaration of Mid Bedfordshire, in this version; the shares are of the first three."""
    return declaration(
        "mid-beds",
        MID_BEDFORDSHIRE,
        heading,
        *((before,) if before else ()),
        "Alistair Strathern is elected.",
        f"Majority {majority} (24,664 last time).",
        f"Swing {swing} {SWING} since 2019.",
        "Turnout 44.1%.",
        "The largest majority overturned at a by-election since 2010; until now it was 24,239, "
        "Tiverton and Honiton in 2022.",
        "Official.",
        f"Alistair Strathern (Lab) 13,872, {shares[0]}",
        f"Festus Akinbusoye (Con) {con}, {shares[1]}",
        f"Emma Holland-Lindsay (LD) 9,420, {shares[2]}",
        "Gareth Mackey (Ind) 1,865, 4.6%",
        "Dave Holland (RUK) 1,487, 3.7%",
        "Cade Sibley (Green) 732, 1.8% (−2.0)",
        "Ann Kelly (MRLP) 249, 0.6% (−0.2)",
        "Antonio Vitiello (ED) 107, 0.3%",
        "Sid Cordle (CPA) 101, 0.2%",
        "Alan Victor (TFB) 93, 0.2%",
        "Alberto Thomas (HPUK) 63, 0.2%",
        "Prince A Love, Emperor of India (Ind) 27, 0.1%",
        "Chris Rooney (Main) 24, 0.1%",
        "2 of 2 declared.",
        edited=bool(before),
    )


def _mid_bedfordshire() -> Iterator[Step]:
    yield Step(
        at="02:55",
        told=(
            reminder(
                "mid-beds-60",
                "Mid Bedfordshire: declaration expected in 1 hour",
                "Expected around 03:55.",
                "Mid Bedfordshire counts at Shefford.",
                seats=(MID_BEDFORDSHIRE,),
            ),
        ),
    )
    # Two digits of the second are swapped, and so few votes may all have been rejected.
    heading = f"Mid Bedfordshire: {GAIN}"
    yield Step(
        at="03:17",
        where=DISCORD,
        says=f"record result Mid Beds {MID_BEDS_VOTES.replace('12,680', '12,608')}",
        hears="would be the largest on record",
    )
    yield Step(
        at="03:18",
        where=DISCORD,
        says="insist {number}",
        hears="waits for a second person",
        sign=("journal Mid Beds", "insist {number}"),
    )
    yield Step(
        at="03:21",
        where=SLACK,
        says="confirm result Mid Beds",
        hears="Recorded by Bea, confirmed by Ada.",
        sign=("result Mid Beds", "Alistair Strathern"),
        told=(
            _mid_beds(
                heading,
                "1,264",
                "20.6",
                "12,608",
                ("34.1% (+12.5)", "31.0% (−28.8)", "23.2% (+10.5)"),
            ),
        ),
        board={MID_BEDFORDSHIRE: f"{GAIN}; majority 1,264; swing 20.6 {SWING}; turnout 44.1%"},
        declared=2,
    )
    yield Step(
        at="03:29",
        where=SLACK,
        says=f"correct result Mid Beds {MID_BEDS_VOTES}",
        hears="Bea has a majority of 1,264; by these figures it is 1,192.",
    )
    yield Step(
        at="03:30",
        where=SLACK,
        says="insist {number}",
        hears="waits for a second person",
        sign=("journal Mid Beds", "insist {number}"),
    )
    yield Step(
        at="03:31",
        where=DISCORD,
        says="confirm {number}",
        hears="Recorded by Ada, confirmed by Bea.",
        sign=("result Mid Beds", "1,192"),
        told=(
            _mid_beds(
                heading,
                "1,192",
                "20.5",
                "12,680",
                ("34.1% (+12.4)", "31.1% (−28.6)", "23.1% (+10.5)"),
                "Corrected 03:31: majority 1,192, was 1,264; Festus Akinbusoye 12,680, was 12,608.",
            ),
            declaration(
                "mid-beds-correction",
                MID_BEDFORDSHIRE,
                f"Correction, Mid Bedfordshire: {GAIN}, majority 1,192",
                f"Not as told before: {GAIN}, majority 1,264.",
            ),
        ),
        board={MID_BEDFORDSHIRE: f"{GAIN}; majority 1,192; swing 20.5 {SWING}; turnout 44.1%"},
    )
    # What has declared is not waited for: of 03:40, 03:55 and 04:25 nobody is reminded.
    yield Step(at="04:30")


NIGHT = (
    *_to_begin_with(),
    *_before_the_counts(),
    *_turnouts(),
    *_tamworth(),
    *_mid_bedfordshire(),
)
# What the boards show while the polls are open.
FIRST_BOARD = {TAMWORTH: f"{OPEN}03:40", MID_BEDFORDSHIRE: f"{OPEN}03:10"}
