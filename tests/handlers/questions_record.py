"""More questions, of all that the record has, written down before the matcher was tuned for them.

Each with the command and the contests it means: none, one, or several in the order of the answer
(of a ranking the first). Asked on the night at 00:45, or today.
"""

from tests.nights.facts import MID_BEDFORDSHIRE, TAMWORTH

Meant = tuple[str, ...]
Question = tuple[str, str, Meant]

T, M = TAMWORTH.id, MID_BEDFORDSHIRE.id
_DAYS = {
    2010: "2010-05-06",
    2015: "2015-05-07",
    2017: "2017-06-08",
    2019: "2019-12-12",
    2024: "2024-07-04",
}


def ge(seat: str, year: int) -> str:
    """The id of a seat's contest in a general election."""
    return f"parl.{seat}.{_DAYS[year]}"


def by(seat: str, day: str) -> str:
    """The id of a by-election."""
    return f"parl.{seat}.by.{day}"


SELBY = by("selby-and-ainsty", "2023-07-20")
UXBRIDGE = by("uxbridge-and-south-ruislip", "2023-07-20")
SOMERTON = by("somerton-and-frome", "2023-07-20")
WEST_LANCS = by("west-lancashire", "2023-02-09")
RUTHERGLEN = by("rutherglen-and-hamilton-west", "2023-10-05")
MANCHESTER = by("manchester-central", "2012-11-15")
RUNCORN = by("runcorn-and-helsby", "2025-05-01")
GORTON = by("gorton-and-denton", "2026-02-26")
SHROPSHIRE = by("north-shropshire", "2021-12-16")
CHESHAM = by("chesham-and-amersham", "2021-06-17")
HARTLEPOOL = by("hartlepool", "2021-05-06")
ROCHDALE = by("rochdale", "2024-02-29")
CLACTON = by("clacton", "2026-08-13")

ON_THE_NIGHT: tuple[Question, ...] = (
    # turnout, of other days and seats
    ("turnout selby", "turnout", (SELBY,)),
    ("what was turnout in uxbridge in july", "turnout", (UXBRIDGE,)),
    ("turnout in West Lancs?", "turnout", (WEST_LANCS,)),
    ("somerton and frome turnout by-election", "turnout", (SOMERTON,)),
    ("turnout tamworth 2019", "turnout", (ge("tamworth", 2019),)),
    ("turnout tamworth in 2017?", "turnout", (ge("tamworth", 2017),)),
    ("mid beds turnout 2015", "turnout", (ge("mid-bedfordshire", 2015),)),
    ("how many voted in mid beds in 2019", "turnout", (ge("mid-bedfordshire", 2019),)),
    ("what was the turnout at the rutherglen by-election", "turnout", (RUTHERGLEN,)),
    ("turnout at the last general election in tamworth", "turnout", (ge("tamworth", 2019),)),
    ("tamworth turnout last time", "turnout", (ge("tamworth", 2019),)),
    ("turnuot tamworth", "turnout", (T,)),
    ("turnout tamwoth", "turnout", (T,)),
    ("turnout Hartlepool May 2021", "turnout", (HARTLEPOOL,)),
    ("turnout north shropshire dec 2021", "turnout", (SHROPSHIRE,)),
    # majority
    ("majority selby", "majority", (SELBY,)),
    ("what was the majority in uxbridge in july 2023", "majority", (UXBRIDGE,)),
    ("mid beds majority 2017", "majority", (ge("mid-bedfordshire", 2017),)),
    ("majority in the somerton by-election", "majority", (SOMERTON,)),
    ("how big was the lib dem majority in chesham and amersham", "majority", (CHESHAM,)),
    ("how safe was selby in 2019", "majority", (ge("selby-and-ainsty", 2019),)),
    ("tamworth maj 2010", "majority", (ge("tamworth", 2010),)),
    (
        "by how much did the tories win mid beds in 2019",
        "majority",
        (ge("mid-bedfordshire", 2019),),
    ),
    # result
    ("who won selby", "result", (SELBY,)),
    ("result uxbridge july", "result", (UXBRIDGE,)),
    ("who won tamworth in 2010", "result", (ge("tamworth", 2010),)),
    ("result of the west lancs by-election", "result", (WEST_LANCS,)),
    ("2019 result tamworth", "result", (ge("tamworth", 2019),)),
    ("how did mid beds vote in 2017", "result", (ge("mid-bedfordshire", 2017),)),
    ("who came second in tamworth in 2019?", "result", (ge("tamworth", 2019),)),
    ("who won the hartlepool by-election", "result", (HARTLEPOOL,)),
    ("did labour win rutherglen", "result", (RUTHERGLEN,)),
    ("who won tamworth last time", "result", (ge("tamworth", 2019),)),
    ("result of the last election in mid beds", "result", (ge("mid-bedfordshire", 2019),)),
    ("what share did reform get in selby", "result", (SELBY,)),
    # swing
    ("swing tamworth", "swing", (T,)),
    ("swing selby", "swing", (SELBY,)),
    ("what was the swing in selby?", "swing", (SELBY,)),
    ("swing con to lab selby", "swing", (SELBY,)),
    ("swing in west lancs", "swing", (WEST_LANCS,)),
    ("what was the swing to labour in selby in july", "swing", (SELBY,)),
    ("con-lab swing uxbridge", "swing", (UXBRIDGE,)),
    ("how big was the swing in tiverton", "swing", (by("tiverton-and-honiton", "2022-06-23"),)),
    ("swing from tories to lib dems in somerton", "swing", (SOMERTON,)),
    ("tory to lib dem swing north shropshire", "swing", (SHROPSHIRE,)),
    ("has there been a swing in mid beds", "swing", (M,)),
    ("whats the swing from snp to labour in rutherglen", "swing", (RUTHERGLEN,)),
    ("swing tamworth 2019", "swing", (ge("tamworth", 2019),)),
    # needs
    ("needs tamworth", "needs", (T,)),
    ("what does labour need in tamworth", "needs", (T,)),
    ("what swing do labour need in mid beds?", "needs", (M,)),
    ("what swing is needed in tamworth", "needs", (T,)),
    ("swing needed mid beds", "needs", (M,)),
    ("what do the lib dems need to win mid beds", "needs", (M,)),
    ("how many votes does labour need to take tamworth", "needs", (T,)),
    ("how much of a swing would take mid beds", "needs", (M,)),
    ("swing required tamworth", "needs", (T,)),
    ("what would it take to win mid beds", "needs", (M,)),
    ("needs lib dems mid beds", "needs", (M,)),
    # electorate
    ("electorate tamworth", "electorate", (T,)),
    ("how many electors in mid beds", "electorate", (M,)),
    ("how big is the electorate in tamworth?", "electorate", (T,)),
    ("how many registered voters in tamworth", "electorate", (T,)),
    ("how many people can vote in mid beds", "electorate", (M,)),
    ("size of the electorate in selby", "electorate", (SELBY,)),
    ("electorate in tamworth in 2010", "electorate", (ge("tamworth", 2010),)),
    # holder
    ("holder tamworth", "holder", (T,)),
    ("who holds tamworth", "holder", (T,)),
    ("who held mid beds", "holder", (M,)),
    ("who was the mp for tamworth", "holder", (T,)),
    ("who is the sitting MP in mid beds?", "holder", (M,)),
    ("which party holds selby", "holder", (SELBY,)),
    ("who has uxbridge", "holder", (UXBRIDGE,)),
    ("is tamworth a tory seat", "holder", (T,)),
    ("who's defending mid beds", "holder", (M,)),
    # history
    ("history tamworth", "history", (T,)),
    ("tamworth history", "history", (T,)),
    ("history of mid beds", "history", (M,)),
    ("past results in tamworth", "history", (T,)),
    ("previous results mid beds", "history", (M,)),
    ("how has tamworth voted in the past", "history", (T,)),
    ("every result in selby since 2010", "history", (SELBY,)),
    ("when did tamworth last change hands", "history", (T,)),
    ("has mid beds always been tory", "history", (M,)),
    ("previous elections in tamworth", "history", (T,)),
    # compare
    (
        'compare turnout Tamworth Selby Uxbridge "West Lancs"',
        "compare",
        (T, SELBY, UXBRIDGE, WEST_LANCS),
    ),
    ("compare turnout tamworth, selby and uxbridge", "compare", (T, SELBY, UXBRIDGE)),
    ("compare majority selby somerton", "compare", (SELBY, SOMERTON)),
    ("compare swing selby somerton uxbridge", "compare", (SELBY, SOMERTON, UXBRIDGE)),
    ("compare result selby uxbridge", "compare", (SELBY, UXBRIDGE)),
    ("compare tamworth and mid beds turnout", "compare", (T, M)),
    ("turnout tamworth vs mid beds", "compare", (T, M)),
    ("turnout in tamworth and selby", "compare", (T, SELBY)),
    ("how does turnout in tamworth compare with selby", "compare", (T, SELBY)),
    (
        "compare tamworth turnout with the last 4 by-elections",
        "compare",
        (T, RUTHERGLEN, SELBY, SOMERTON, UXBRIDGE),
    ),
    ("compare turnout Tamworth with the last two by-elections", "compare", (T, RUTHERGLEN, SELBY)),
    (
        "compare turnout tamworth 2019 and 2017",
        "compare",
        (ge("tamworth", 2019), ge("tamworth", 2017)),
    ),
    (
        "compare turnout tamworth and mid beds in 2019",
        "compare",
        (ge("tamworth", 2019), ge("mid-bedfordshire", 2019)),
    ),
    ("tamworth v selby turnout", "compare", (T, SELBY)),
    ("is turnout in tamworth lower than selby", "compare", (T, SELBY)),
    ("majority selby vs uxbridge", "compare", (SELBY, UXBRIDGE)),
    ("turnout tamworth compared with west lancs", "compare", (T, WEST_LANCS)),
    ("compare tamworth with recent by-elections", "compare", (T, RUTHERGLEN, SELBY)),
    ("compare turnout tamworht selby", "compare", (T, SELBY)),
    # rankings
    ("lowest turnout by-elections since 2019", "lowest", (by("southend-west", "2022-02-03"),)),
    ("lowest turnout", "lowest", (MANCHESTER,)),
    ("lowest by-election turnouts", "lowest", (MANCHESTER,)),
    ("what is the lowest turnout at a by-election", "lowest", (MANCHESTER,)),
    ("highest turnout by-election", "highest", (by("brecon-and-radnorshire", "2019-08-01"),)),
    (
        "highest turnout in a by-election since 2021",
        "highest",
        (by("tiverton-and-honiton", "2022-06-23"),),
    ),
    ("largest majority overturned", "highest", (by("tiverton-and-honiton", "2022-06-23"),)),
    (
        "biggest majority overturned at a by-election",
        "highest",
        (by("tiverton-and-honiton", "2022-06-23"),),
    ),
    ("biggest swing", "highest", (by("bradford-west", "2012-03-29"),)),
    ("biggest by-election swings since 2019", "highest", (SHROPSHIRE,)),
    ("largest swing this year", "highest", (SOMERTON,)),
    ("smallest majority in a by-election", "lowest", (by("batley-and-spen", "2021-07-01"),)),
    (
        "smallest majorities at the 2019 general election",
        "lowest",
        (ge("fermanagh-and-south-tyrone", 2019),),
    ),
    ("highest turnout 2019 general election", "highest", (ge("east-dunbartonshire", 2019),)),
    ("top 5 by-election turnouts", "highest", (by("brecon-and-radnorshire", "2019-08-01"),)),
    ("record low turnout by-election", "lowest", (MANCHESTER,)),
    ("what's the biggest swing to labour", "highest", (SELBY,)),
    ("lowest turnout of the year", "lowest", (WEST_LANCS,)),
    ("lowest trunout by-elections", "lowest", (MANCHESTER,)),
    # where somebody stands
    ("where is Sarah Edwards standing", "where", (T,)),
    ("where's sarah edwards standing?", "where", (T,)),
    ("where is festus akinbusoye standing", "where", (M,)),
    ("which seat is Andy Cooper standing in", "where", (T,)),
    ("where did Keir Mather stand", "where", (SELBY,)),
    ("where is Alistair Strathern", "where", (M,)),
    ("where did boris johnson stand in 2019", "where", (ge("uxbridge-and-south-ruislip", 2019),)),
    ("what seat did danny beales fight", "where", (UXBRIDGE,)),
    # candidates, when, status, latest of other seats and days
    ("candidates tamworth 2019", "candidates", (ge("tamworth", 2019),)),
    ("who stood in selby in july", "candidates", (SELBY,)),
    ("who stood in tamworth last time", "candidates", (ge("tamworth", 2019),)),
    ("candidates in the uxbridge by-election", "candidates", (UXBRIDGE,)),
    ("who is the lib dem candidate in tamworth", "candidates", (T,)),
    ("when did selby declare", "when", (SELBY,)),
    ("when did tamworth declare in 2019", "when", (ge("tamworth", 2019),)),
    ("what time did mid beds declare in 2019", "when", (ge("mid-bedfordshire", 2019),)),
    ("status selby", "status", (SELBY,)),
    ("uxbridge", "status", (UXBRIDGE,)),
    ("tamworth 2019", "status", (ge("tamworth", 2019),)),
    ("tamworth in 2017?", "status", (ge("tamworth", 2017),)),
    # about, and the whole country
    ("about", "about", ()),
    ("about teller", "about", ()),
    ("what version are you", "about", ()),
    ("where do your figures come from", "about", ()),
    ("uk turnout 2019", "uk", ()),
    ("national turnout in 2017", "uk", ()),
    ("what was overall turnout at the general election", "uk", ()),
    ("general election 2019 result", "uk", ()),
    ("who won the 2017 general election", "uk", ()),
    # whom a person's name alone means
    ("did keir mather win", "result", (SELBY,)),
    ("how many votes did danny beales get", "result", (UXBRIDGE,)),
)

TODAY: tuple[Question, ...] = (
    ("turnout tamworth", "turnout", (ge("tamworth", 2024),)),
    ("turnout tamworth by-election", "turnout", (T,)),
    ("turnout tamworth 2023", "turnout", (T,)),
    ("turnout tamworth oct 2023", "turnout", (T,)),
    ("tamworth by-election turnout?", "turnout", (T,)),
    ("turnout tamworth 2024", "turnout", (ge("tamworth", 2024),)),
    ("turnout mid beds", "turnout", (ge("mid-bedfordshire", 2024),)),
    ("turnout runcorn", "turnout", (RUNCORN,)),
    ("what was turnout in runcorn and helsby", "turnout", (RUNCORN,)),
    ("turnout gorton & denton", "turnout", (GORTON,)),
    ("how many people voted in the rochdale by-election", "turnout", (ROCHDALE,)),
    ("turnout kingston upon hull east", "turnout", (ge("kingston-upon-hull-east", 2024),)),
    ("turnout Hull East 2015", "turnout", (ge("kingston-upon-hull-east", 2015),)),
    ("turnout ynys mon", "turnout", (ge("ynys-mon", 2024),)),
    ("turnout anglesey", "turnout", (ge("ynys-mon", 2024),)),
    ("turnout selby 2023", "turnout", (SELBY,)),
    ("turnout in uxbridge at the by-election", "turnout", (UXBRIDGE,)),
    ("turnout uxbridge july 2023", "turnout", (UXBRIDGE,)),
    ("majority tamworth", "majority", (ge("tamworth", 2024),)),
    ("majority runcorn", "majority", (RUNCORN,)),
    ("how big is the majority in clacton", "majority", (CLACTON,)),
    ("farage's majority in clacton", "majority", (CLACTON,)),
    ("majority clacton 2024", "majority", (ge("clacton", 2024),)),
    ("majority in islington north in 2017", "majority", (ge("islington-north", 2017),)),
    ("how safe is islington north", "majority", (ge("islington-north", 2024),)),
    ("result makerfield", "result", (by("makerfield", "2026-06-18"),)),
    ("who won gorton and denton", "result", (GORTON,)),
    ("who won aberdeen south", "result", (by("aberdeen-south", "2026-06-18"),)),
    ("who won tamworth", "result", (ge("tamworth", 2024),)),
    ("who won the tamworth by-election", "result", (T,)),
    ("result wakefield 2022", "result", (by("wakefield", "2022-06-23"),)),
    ("result Bath 2024", "result", (ge("bath", 2024),)),
    ("who won brecon in 2019", "result", (ge("brecon-and-radnorshire", 2019),)),
    (
        "result brecon and radnorshire august 2019",
        "result",
        (by("brecon-and-radnorshire", "2019-08-01"),),
    ),
    (
        "result brecon and radnorshire general election 2019",
        "result",
        (ge("brecon-and-radnorshire", 2019),),
    ),
    ("votes in clacton 2024", "result", (ge("clacton", 2024),)),
    ("swing runcorn", "swing", (RUNCORN,)),
    ("swing tamworth", "swing", (ge("tamworth", 2024),)),
    ("swing lab to reform runcorn", "swing", (RUNCORN,)),
    ("swing from lab to green in gorton", "swing", (GORTON,)),
    ("swing tamworth 2023", "swing", (T,)),
    ("con to lab swing tamworth by-election", "swing", (T,)),
    (
        "what swing was there in wellingborough in feb 2024",
        "swing",
        (by("wellingborough", "2024-02-15"),),
    ),
    ("needs runcorn", "needs", (RUNCORN,)),
    ("what do the tories need to win tamworth", "needs", (ge("tamworth", 2024),)),
    ("what swing does reform need in bolton west", "needs", (ge("bolton-west", 2024),)),
    ("electorate runcorn and helsby", "electorate", (RUNCORN,)),
    ("how many electors in the isle of wight in 2019", "electorate", (ge("isle-of-wight", 2019),)),
    ("holder clacton", "holder", (CLACTON,)),
    ("who holds gorton and denton", "holder", (GORTON,)),
    ("who is the mp for tamworth", "holder", (ge("tamworth", 2024),)),
    ("history clacton", "history", (CLACTON,)),
    ("history of tamworth", "history", (ge("tamworth", 2024),)),
    ("all results in rochdale", "history", (ge("rochdale", 2024),)),
    ("candidates runcorn", "candidates", (RUNCORN,)),
    ("who stood in rochdale in february 2024", "candidates", (ROCHDALE,)),
    ("candidates rochdale by-election", "candidates", (ROCHDALE,)),
    ("when did tamworth declare", "when", (ge("tamworth", 2024),)),
    (
        "what time did sunderland south declare in 2010",
        "when",
        (ge("houghton-and-sunderland-south", 2010),),
    ),
    ("tamworth", "status", (ge("tamworth", 2024),)),
    ("runcorn?", "status", (RUNCORN,)),
    (
        "compare turnout runcorn gorton makerfield",
        "compare",
        (RUNCORN, GORTON, by("makerfield", "2026-06-18")),
    ),
    ("compare turnout Tamworth 2023 Tamworth 2024", "compare", (T, ge("tamworth", 2024))),
    (
        "compare majority clacton 2024 and clacton by-election",
        "compare",
        (ge("clacton", 2024), CLACTON),
    ),
    ("lowest turnout 2024 general election", "lowest", (ge("manchester-rusholme", 2024),)),
    ("lowest turnouts in scotland in 2024", "lowest", (ge("glasgow-north-east", 2024),)),
    ("smallest majority", "lowest", (RUNCORN,)),
    ("smallest majority 2024", "lowest", (ge("hendon", 2024),)),
    ("closest by-election ever", "lowest", (RUNCORN,)),
    ("biggest swing by-election since 2024", "highest", (by("wellingborough", "2024-02-15"),)),
    (
        "highest turnout in wales at the 2024 general election",
        "highest",
        (ge("monmouthshire", 2024),),
    ),
    ("where did nigel farage stand", "where", (CLACTON,)),
    ("where is Sarah Edwards MP", "where", (ge("tamworth", 2024),)),
    ("where did Nigel Farage stand in 2015?", "where", (ge("south-thanet", 2015),)),
    ("turnout at the 2024 general election", "uk", ()),
    ("UK turnout", "uk", ()),
    ("who won the last general election", "uk", ()),
)
