# ruff: noqa: E501 - a sentence stands in one line
"""Sentences of a count night in our own words: slips, and the same said right.

Written before the readers were tuned. Each slip names a piece of the fact that corrects it.
"""

# ── Months and years of by-elections ─────────────────────────────────────────────────────────
SLIPS_OF_TIME = (
    ("It follows June's Selby and Ainsty by-election, which Labour won.", "20 July 2023"),
    (
        "Since the by-elections in June in Uxbridge and South Ruislip and Selby and Ainsty, much has changed.",
        "20 July 2023",
    ),
    ("The West Lancashire by-election in March was quieter.", "9 February 2023"),
    ("Turnout at the Somerton and Frome by-election held in August was higher.", "20 July 2023"),
    ("August's by-elections in Selby and Uxbridge were close.", "20 July 2023"),
    ("The 2021 Tiverton and Honiton by-election was a shock.", "23 June 2022"),
    ("The North Shropshire by-election of 2022 set the tone.", "16 December 2021"),
    ("The Wakefield by-election in May 2022 was a Labour gain.", "23 June 2022"),
    (
        "Rutherglen and Hamilton West by-election in September was the last before tonight.",
        "5 October 2023",
    ),
    ("January's West Lancs by-election had an even lower one.", "9 February 2023"),
    (
        "The by-elections that were held in May, Selby and Ainsty, and Somerton and Frome, went two ways.",
        "20 July 2023",
    ),
    ("The 2020 Hartlepool by-election was won by the Conservatives.", "6 May 2021"),
    ("Chesham and Amersham by-election in 2022 shook the party.", "17 June 2021"),
)
RIGHT_OF_TIME = (
    "It follows July's Selby and Ainsty by-election, which Labour won.",
    "Since the by-elections in July in Uxbridge and South Ruislip and Selby and Ainsty, much has changed.",
    "The West Lancashire by-election in February was quieter.",
    "Turnout at the Somerton and Frome by-election held in July was higher.",
    "July's by-elections in Selby and Uxbridge were close.",
    "The 2022 Tiverton and Honiton by-election was a shock.",
    "The North Shropshire by-election of 2021 set the tone.",
    "The Wakefield by-election in June 2022 was a Labour gain.",
    "Rutherglen and Hamilton West by-election in October was the last before tonight.",
    "February's West Lancs by-election had an even lower one.",
    "The Tamworth by-election in October will be watched in Downing Street.",
    "The 2021 Hartlepool by-election was won by the Conservatives.",
    "If the by-election in Selby and Ainsty in June had gone the other way, who knows.",
    "Chris Pincher resigned in September, and the Tamworth by-election was called.",
    "The party conference in June discussed the by-elections to come.",
)

# ── Names of seats ───────────────────────────────────────────────────────────────────────────
SLIPS_OF_NAMES = (
    ("Voters in Mid Bedforshire are being counted.", "The seat is Mid Bedfordshire."),
    ("The Mid-Bedfordhsire by-election is close.", "The seat is Mid Bedfordshire."),
    ("In Tamwroth the count goes on.", "The seat is Tamworth."),
    ("Tamwoth declares around three.", "The seat is Tamworth."),
    ("The by-elections in Somerset and Frome and in Selby were in July.", "Somerton and Frome"),
    ("Turnout in Uxbrige and South Ruislip was 46 per cent.", "Uxbridge and South Ruislip"),
    ("The MP for Tiverton and Hornsey lost her seat there, by-election history says.", ""),
    ("The Sleaford and North Hykham by-election was in 2016.", "Sleaford and North Hykeham"),
    ("The majority in Old Bexley and Sidcupp fell.", "Old Bexley and Sidcup"),
    ("Selby and Ainstey was a Labour gain at the by-election.", "Selby and Ainsty"),
    ("The Chesham and Amersam by-election came first.", "Chesham and Amersham"),
    ("The seat of Tiverton and Honeyton fell in 2022.", "Tiverton and Honiton"),
)
RIGHT_OF_NAMES = (
    "Chesham and Amersham’s by-election in 2021 was the first of those shocks.",
    "Chesham and Amersham's by-election in 2021 was a surprise.",
    "Voters in Mid Bedfordshire are being counted.",
    "The Mid-Bedfordshire by-election is close.",
    "In Mid Beds the count goes on.",
    "Bedfordshire Mid declares around three.",
    "Tamworth's count goes on.",
    "The by-elections in Somerton and Frome and in Selby were in July.",
    "Turnout in Uxbridge was 46 per cent.",
    "Hammersmith and Fulham council has changed hands; so has the seat of Hammersmith.",
    "Bath and North East Somerset council counts on Friday, and no seat is in danger.",
    "The majority of Labour and Conservative voters stayed at home.",
    "Windsor and Maidenhead is a borough; Maidenhead is a seat.",
    "Sarah and Andrew are the two front runners for the seat.",
    "Somerset and Devon have several seats.",
    "Selby and Tadcaster voted in the by-election.",
    "Andrew Tamworthy, an observer, watched the by-election count.",
)

# ── Turnouts and majorities ──────────────────────────────────────────────────────────────────
SLIPS_OF_FIGURES = (
    ("In 2019 turnout in Tamworth was 69.3 per cent.", "64.3%"),
    ("Turnout in Mid Bedfordshire was 63.7% at the 2019 general election.", "73.7%"),
    ("Turnout at the 2022 Wakefield by-election was 49.5%.", "39.5%"),
    ("At the 2021 Hartlepool by-election turnout was 52.3 per cent.", "42.6"),
    ("In Tamworth turnout was 66.1% in 2015.", "65.6%"),
    ("The Tories are defending a 16,900 majority in Tamworth.", "19,634"),
    ("The Conservatives defend a majority of 26,664 in Mid Bedfordshire.", "24,664"),
    (
        "Labour would have to overturn a majority of 19,346 in Tamworth, which the Tories are defending.",
        "19,634",
    ),
    ("In Mid Bedfordshire the Tories are defending a majority of 20,983.", "24,664"),
    ("In 2017 the majority in Tamworth was 13,247.", "12,347"),
    ("The majority in Selby and Ainsty was 21,137 in 2019.", "20,137"),
    ("In 2015 Mid Bedfordshire had a majority of 33,327.", "23,327"),
)
RIGHT_OF_FIGURES = (
    "Turnout in Tamworth is 35.9 per cent, down on the 2019 general election.",
    "Turnout in Tamworth is 35.9 per cent, lower than at the 2019 general election.",
    "Labour could overturn a majority of 30,000 in Mid Bedfordshire.",
    "In 2019 turnout in Tamworth was 64.3 per cent.",
    "In 2019 turnout in Tamworth was 64.6 per cent.",
    "In 2019 turnout in Tamworth was 64 per cent.",
    "Turnout in Mid Bedfordshire was 73.7% at the 2019 general election.",
    "Turnout in Mid Bedfordshire was 74% at the 2019 general election.",
    "Turnout at the 2022 Wakefield by-election was 39.5%.",
    "At the 2021 Hartlepool by-election turnout was 42.6 per cent.",
    "The Tories are defending a 19,600 majority in Tamworth.",
    "The Tories are defending a 19,634 majority in Tamworth.",
    "The Tories are defending a majority of nearly 20,000 in Tamworth.",
    "The Conservatives defend a majority of 24,664 in Mid Bedfordshire.",
    "The Conservatives defend a majority of 24,700 in Mid Bedfordshire.",
    "In 2017 the majority in Tamworth was 12,347.",
    "In 2017 the majority in Tamworth was about 12,000.",
    "Turnout in Tamworth at the 2019 council elections was 31%.",
    "In 2016 the referendum turnout in Tamworth was 74%.",
    "The Tory share in Tamworth was 66.3% in 2019.",
    "Turnout of 45% would be low for Tamworth, where it was higher in 2019.",
    "A majority of voters in Tamworth backed Leave in 2016.",
)

# ── Comparisons, of an entry that gives Tamworth's turnout as 35.9 per cent ─────────────────
SLIPS_OF_COMPARISON = (
    ("It is lower than the West Lancashire by-election in February.", "31.3%"),
    ("That is higher than July's Selby and Ainsty by-election.", "44.7%"),
    (
        "Turnout was higher than in Uxbridge and South Ruislip, Selby and Ainsty and Somerton and Frome in July.",
        "%",
    ),
    ("It is the lowest turnout at any by-election since 2018.", "lower"),
    ("Turnout is up on Somerton and Frome, and lower than the Uxbridge by-election.", "44.1%"),
    ("That is better than the Wakefield by-election last year.", "39.5%"),
)
RIGHT_OF_COMPARISON = (
    "It is higher than the West Lancashire by-election in February.",
    "That is lower than July's Selby and Ainsty by-election.",
    "Turnout was lower than in Uxbridge and South Ruislip, Selby and Ainsty and Somerton and Frome in July.",
    "It is lower than the July by-elections in Uxbridge and Selby, but higher than February's West Lancashire by-election.",
    "Turnout is not higher than in Selby and Ainsty.",
    "The Labour vote share is higher than in Selby and Ainsty.",
    "Turnout would be higher than in Selby and Ainsty if the sun had shone.",
    "It is the lowest turnout at any by-election since 2023.",
)

# ── People ───────────────────────────────────────────────────────────────────────────────────
SLIPS_OF_PEOPLE = (
    (
        "Labour candidate Andy Cooper has arrived at the Tamworth count.",
        "stands in Tamworth for Conservative",
    ),
    ("The Tory candidate Sarah Edwards looks nervous.", "stands in Tamworth for Labour"),
    ("Sarah Edwards, the Conservative candidate, is here.", "for Labour"),
    (
        "In Mid Bedfordshire Labour candidate Sarah Edwards is waiting.",
        "Sarah Edwards stands in Tamworth.",
    ),
    (
        "Labour's candidate Alistair Strathearn is at the count in Mid Bedfordshire.",
        "Alistair Strathern",
    ),
    ("Festus Akinbusoye (Labour) is the favourite.", "Conservative"),
    ("Lib Dem candidate Emma Holland-Linsay voted early.", "Emma Holland-Lindsay"),
    ("Sunny Virk (Lab) stands in Tamworth.", "Liberal Democrat"),
    (
        "Nadine Dorries has held the seat since 2019, says nobody; in Tamworth Chris Pincher held the seat since 2010.",
        "",
    ),
    ("In Tamworth, Labour has held the seat since 2010.", "In 2010"),
    ("The Lib Dems have held Mid Bedfordshire since 2010.", "In 2010"),
    ("In Mid Bedfordshire, Alistair Burt had held the seat since 2015.", "Nadine Dorries"),
)
RIGHT_OF_PEOPLE = (
    "Conservative candidate Andy Cooper has arrived at the Tamworth count.",
    "The Tory candidate Andrew Cooper looks nervous.",
    "Sarah Edwards, the Labour candidate, is here.",
    "In Tamworth Labour candidate Sarah Edwards is waiting.",
    "Labour's candidate Alistair Strathern is at the count in Mid Bedfordshire.",
    "Festus Akinbusoye (Conservative) is the favourite.",
    "Lib Dem candidate Emma Holland-Lindsay voted early.",
    "Labour candidate Keir Mather won Selby in July.",
    "Reform UK candidate Ian Cooper is here too.",
    "In Tamworth, Chris Pincher had held the seat since 2010.",
    "The Conservatives have held Mid Bedfordshire since 1931.",
    "In Tamworth, the Conservatives have held the seat since 2010.",
    "Labour candidate Jo Smith hopes for a council seat.",
    "“Labour candidate Andy Cooper”, somebody shouted.",
)

# ── Who won what ─────────────────────────────────────────────────────────────────────────────
SLIPS_OF_OUTCOME = (
    ("Labour won Uxbridge and South Ruislip in July 2023.", "Conservative hold"),
    ("The Conservatives held Wakefield in 2022.", "Labour gain"),
    ("Labour gained West Lancashire in February 2023.", "Labour hold"),
    ("The Lib Dems won Selby and Ainsty in July 2023.", "Labour gain"),
    ("The Tories lost Old Bexley and Sidcup in 2021.", "Conservative hold"),
    ("The Conservatives kept North Shropshire in 2021.", "Liberal Democrat gain"),
    ("Labour lost Batley and Spen in 2021.", "Labour hold"),
    ("In 2022 the Conservatives held Wakefield.", "Labour gain"),
    ("In July 2023, the Tories won Selby and Ainsty by a whisker.", "Labour gain"),
    ("It was close, but in 2021 Labour lost Batley and Spen to the Tories.", "Labour hold"),
    ("Labour hold Tamworth.", "this is a gain"),
    ("The Conservatives gain Mid Bedfordshire.", "this is a hold"),
)
RIGHT_OF_OUTCOME = (
    "The Conservatives held Uxbridge and South Ruislip in July 2023.",
    "Labour gained Wakefield in 2022.",
    "Labour held West Lancashire in February 2023.",
    "Labour won Selby and Ainsty in July 2023.",
    "The Tories held Old Bexley and Sidcup in 2021.",
    "The Conservatives lost North Shropshire in 2021.",
    "Labour lost Hartlepool in 2021.",
    "In 2022 Labour gained Wakefield.",
    "In July 2023, the Lib Dems took Somerton and Frome from the Conservatives.",
    "In 2022 Labour held Wakefield council with ease, and a by-election followed.",
    "In 2022 Labour won Selby and Ainsty district seats.",
    "By the poll in 2019 Labour had lost Wakefield voters.",
    "In 2023 Labour hold Selby and Ainsty.",
    "Labour gain Tamworth.",
    "The Conservatives hold Mid Bedfordshire.",
    "Labour took Wakefield from the Conservatives in 2022.",
    "Labour hopes to hold Tamworth next year.",
    "Labour won Tamworth in 2005.",
)

# ── By-elections of late, told by their month ────────────────────────────────────────────────
SLIPS_OF_LATE = (
    ("Labour gained Uxbridge and South Ruislip in July.", "Conservative hold (Steve Tuckwell)"),
    ("The Lib Dems held Somerton and Frome in July.", "Liberal Democrat gain"),
    ("The Conservatives lost Uxbridge and South Ruislip in July's by-election.", "hold"),
    ("Labour's gain of Uxbridge and South Ruislip in July was a shock.", "Conservative hold"),
    ("July's Conservative gain in Somerton and Frome was huge.", "Liberal Democrat gain"),
    ("Labour held Selby and Ainsty at July's by-election.", "Labour gain (Keir Mather)"),
    ("West Lancashire was a Labour gain in February.", "Labour hold (Ashley Dalton)"),
    ("Somerton and Frome was a Conservative hold in July.", "Liberal Democrat gain"),
    ("Selby and Ainsty, a Lib Dem gain in July, is the model.", "Labour gain (Keir Mather)"),
    ("Sarah Dyke won Selby and Ainsty for the Lib Dems in July.", "Labour gain (Keir Mather)"),
    ("Labour won Tiverton and Honiton last year.", "Liberal Democrat gain (Richard Foord)"),
    ("In July turnout in Selby and Ainsty was 54.7 per cent.", "44.7%"),
    ("Labour overturned a majority of 24,664 in Selby and Ainsty in July.", "was 20,137"),
    ("The Lib Dems overturned a majority of 19,213 in Tiverton and Honiton in 2022.", "24,239"),
    ("Keir Mather won Selby and Ainsty with 20,137 votes in July.", "had 16,456 votes"),
    ("Labour won Selby and Ainsty by 1,161 votes in July.", "was 4,161"),
    ("Nadine Dorries took 24,664 votes in Mid Bedfordshire in 2019.", "had 38,692 votes"),
    ("In 2019 Labour got 12,000 votes in Tamworth.", "had 10,908 votes"),
    ("The swing in Selby and Ainsty in July was 29.9 points.", "was 23.7 points"),
    ("It is the first time since 2012 that Labour has won a by-election.", "Rutherglen"),
    (
        "It is Labour's first by-election gain from the Conservatives since 2012.",
        "Selby and Ainsty",
    ),
    ("At 23.9 points it is the biggest swing at a by-election since 2019.", "29.0 points"),
)
RIGHT_OF_LATE = (
    "The Conservatives held Uxbridge and South Ruislip in July.",
    "Labour failed to take Uxbridge and South Ruislip in July.",
    "Labour almost gained Uxbridge and South Ruislip in July.",
    "The Lib Dems gained Somerton and Frome in July.",
    "The Tories lost Selby and Ainsty in July, and Somerton and Frome with it.",
    "Labour's gain of Selby and Ainsty in July was a shock.",
    "July's Conservative hold in Uxbridge and South Ruislip was narrow.",
    "West Lancashire was a Labour hold in February.",
    "Keir Mather won Selby and Ainsty in July.",
    "Sadiq Khan lost Uxbridge and South Ruislip in July, said many.",
    "Labour gained Tamworth council in May.",
    "Labour hopes to repeat in Tamworth what it won in Selby and Ainsty in July.",
    "Labour won Wakefield last year.",
    "In July turnout in Selby and Ainsty was 44.7 per cent.",
    "Labour overturned a majority of 20,137 in Selby and Ainsty in July.",
    "Labour overturned a majority of 20,000 in Selby and Ainsty in July.",
    "The Lib Dems overturned a majority of 24,239 in Tiverton and Honiton in 2022.",
    "Keir Mather won Selby and Ainsty with 16,456 votes in July.",
    "Labour won Selby and Ainsty by 4,161 votes in July.",
    "In 2019 Labour got 10,900 votes in Tamworth.",
    "The swing in Selby and Ainsty in July was 23.7 points.",
    "The swing in Selby and Ainsty in July was nearly 24 points, and 29 in Somerton and Frome.",
    "It is the first time since 1996 that Labour has won a by-election here.",
    "It is Labour's first by-election gain from the Lib Dems since 2011.",
    "At 23.9 points it is the biggest swing to Labour at a by-election since 1996.",
    "The Tories would have the biggest swing at a by-election since 2019 with 23 points.",
    "July's by-elections cost the Conservatives 4,161 votes in one seat.",
)

SLIPS = (
    *SLIPS_OF_LATE,
    *SLIPS_OF_TIME,
    *(pair for pair in SLIPS_OF_NAMES if pair[1]),
    *SLIPS_OF_FIGURES,
    *(pair for pair in SLIPS_OF_PEOPLE if pair[1]),
    *SLIPS_OF_OUTCOME,
)
RIGHT = (
    *RIGHT_OF_LATE,
    *RIGHT_OF_TIME,
    *RIGHT_OF_NAMES,
    *RIGHT_OF_FIGURES,
    *RIGHT_OF_PEOPLE,
    *RIGHT_OF_OUTCOME,
)
