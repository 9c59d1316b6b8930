"""The two contests of 19 October 2023 as they stood when the polls closed, for any test."""

from datetime import date

from bot.election.contest import Candidacy, Contest, Party, PreviousResult

POLLING_DAY = date(2023, 10, 19)

CON = Party(name="Conservative", short="Con", ec_id="PP52")
LAB = Party(name="Labour", short="Lab", ec_id="PP53")
LD = Party(name="Liberal Democrat", short="LD", ec_id="PP90")
GREEN = Party(name="Green Party", short="Green", ec_id="PP63")
REFORM = Party(name="Reform UK", short="RUK", ec_id="PP7931")
UKIP = Party(name="UK Independence Party", short="UKIP", ec_id="PP85")
LOONY = Party(name="Official Monster Raving Loony Party", short="MRLP", ec_id="PP66")
BRITAIN_FIRST = Party(name="Britain First", short="BF", ec_id="PP12823")
ENGLISH_DEMOCRATS = Party(name="English Democrats", short="ED", ec_id="PP17")
CHRISTIAN_PEOPLES = Party(name="Christian Peoples Alliance", short="CPA", ec_id="PP79")
TRUE_AND_FAIR = Party(name="True & Fair Party", short="TFB", ec_id="PP12922")
HERITAGE = Party(name="Heritage Party", short="HPUK", ec_id="PP12550")
MAINSTREAM = Party(name="Mainstream", short="Main", ec_id="PP492")
INDEPENDENT = Party(name="Independent", short="Ind")

TAMWORTH = Contest(
    id="parl.tamworth.by.2023-10-19",
    name="Tamworth",
    polling_day=POLLING_DAY,
    venue="The Rawlett School",
    electorate=71_302,
    holder=CON,
    former_member="Chris Pincher",
    candidacies=(
        Candidacy(name="Robert Bilcliff", party=UKIP),
        Candidacy(name="Andy Cooper", party=CON),
        Candidacy(name="Ian Stuart Cooper", party=REFORM),
        Candidacy(name="Sarah Edwards", party=LAB),
        Candidacy(name="Howling Laud Hope", party=LOONY),
        Candidacy(name="Sue Howarth", party=GREEN),
        Candidacy(name="Peter George Longman", party=INDEPENDENT),
        Candidacy(name="Ashlea Simon", party=BRITAIN_FIRST),
        Candidacy(name="Sunny Virk", party=LD),
    ),
    previous=PreviousResult(
        polling_day=date(2019, 12, 12),
        winner=CON,
        majority=19_634,
        shares={
            "Con": 0.663149, "Lab": 0.236842, "LD": 0.052675,
            "Green": 0.020301, "UKIP": 0.017674, "Ind": 0.009358,
        },
        turnout_percent=64.35,
        source="House of Commons Library",
    ),
)  # fmt: skip

MID_BEDFORDSHIRE = Contest(
    id="parl.mid-bedfordshire.by.2023-10-19",
    name="Mid Bedfordshire",
    polling_day=POLLING_DAY,
    venue="The count centre in Shefford",
    electorate=92_578,
    holder=CON,
    former_member="Nadine Dorries",
    candidacies=(
        Candidacy(name="Festus Akinbusoye", party=CON),
        Candidacy(name="Sid Cordle", party=CHRISTIAN_PEOPLES),
        Candidacy(name="Dave Holland", party=REFORM),
        Candidacy(name="Emma Holland-Lindsay", party=LD),
        Candidacy(name="Ann Kelly", party=LOONY),
        Candidacy(name="Prince A Love, Emperor of India", party=INDEPENDENT),
        Candidacy(name="Gareth Mackey", party=INDEPENDENT),
        Candidacy(name="Chris Rooney", party=MAINSTREAM),
        Candidacy(name="Cade Sibley", party=GREEN),
        Candidacy(name="Alistair Strathern", party=LAB),
        Candidacy(name="Alberto Thomas", party=HERITAGE),
        Candidacy(name="Alan Victor", party=TRUE_AND_FAIR),
        Candidacy(name="Antonio Vitiello", party=ENGLISH_DEMOCRATS),
    ),
    previous=PreviousResult(
        polling_day=date(2019, 12, 12),
        winner=CON,
        majority=24_664,
        shares={
            "Con": 0.597865, "Lab": 0.216759, "LD": 0.126257,
            "Green": 0.03829, "Ind": 0.012547, "MRLP": 0.008282,
        },
        turnout_percent=73.71,
        source="House of Commons Library",
    ),
)  # fmt: skip

CONTESTS = (MID_BEDFORDSHIRE, TAMWORTH)

# As declared, https://www.tamworth.gov.uk.
TAMWORTH_VOTES = {
    "Sarah Edwards": 11_719,
    "Andy Cooper": 10_403,
    "Ian Stuart Cooper": 1_373,
    "Ashlea Simon": 580,
    "Robert Bilcliff": 436,
    "Sue Howarth": 417,
    "Sunny Virk": 417,
    "Howling Laud Hope": 155,
    "Peter George Longman": 86,
}
