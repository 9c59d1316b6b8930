"""The ways in which the name of a seat is written."""

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache
from itertools import product

CODE_LETTERS = 3  # three-letter codes (BED, CAR) are words of prose, and one slip from one another

_NOT_A_WORD = re.compile(r"[^\w]+|_+")
_APOSTROPHES = re.compile("['’‘`]")

_SHORTER = {
    "bedfordshire": ("beds",), "berkshire": ("berks",), "buckinghamshire": ("bucks",),
    "cambridgeshire": ("cambs",), "derbyshire": ("derbys",), "gloucestershire": ("gloucs", "glos"),
    "hampshire": ("hants",), "hertfordshire": ("herts",), "lancashire": ("lancs",),
    "leicestershire": ("leics",), "lincolnshire": ("lincs",), "northamptonshire": ("northants",),
    "nottinghamshire": ("notts",), "oxfordshire": ("oxon",), "shropshire": ("salop",),
    "staffordshire": ("staffs",), "warwickshire": ("warks",), "wiltshire": ("wilts",),
    "worcestershire": ("worcs",), "yorkshire": ("yorks",),
    "kingston upon hull": ("hull",), "newcastle upon tyne": ("newcastle",),
}  # fmt: skip
_COMPASS = {
    "north east": ("ne", "n e", "northeast"), "north west": ("nw", "n w", "northwest"),
    "south east": ("se", "s e", "southeast"), "south west": ("sw", "s w", "southwest"),
    "north": ("n",), "south": ("s",), "east": ("e",), "west": ("w",),
    "mid": (), "central": (),
}  # fmt: skip
_POSITION = "|".join(_COMPASS)
_BEFORE = re.compile(rf"({_POSITION}) (.+)")
_BEHIND = re.compile(rf"(.+?) ({_POSITION})")
POSITION_WORDS = frozenset(word for words in _COMPASS for word in words.split())


class Tier(IntEnum):
    """How much a spelling is the name itself; an exact hit in a lower tier wins."""

    CANONICAL = 0
    VARIANT = 1
    LEADING = 2


@lru_cache(maxsize=16384)
def fold(text: str) -> str:
    """Words for comparison: lower case, no accents or punctuation, `&` as and, no leading “the”."""
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in apart if not unicodedata.combining(c))
    bare = _APOSTROPHES.sub("", text.casefold().replace("&", " and "))
    words = ["st" if word == "saint" else word for word in _NOT_A_WORD.sub(" ", bare).split()]
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)


@lru_cache(maxsize=8192)
def forms(name: str, aliases: tuple[str, ...] = ()) -> dict[str, Tier]:
    """Every folded form of a seat's name and aliases, and how much it is the name itself."""
    canonical = fold(name)
    found = {canonical: Tier.CANONICAL}
    if name.startswith("The "):
        # Folding takes the article away; with a slip in it, it stays.
        found[f"the {canonical}"] = Tier.VARIANT
    for written in (canonical, *map(fold, aliases)):
        for variant in _variants(written):
            found.setdefault(variant, Tier.VARIANT)
    leading = fold(re.split(r"[,(]| and | & ", name)[0])
    for variant in _variants(leading):
        if variant not in POSITION_WORDS and len(variant) > CODE_LETTERS:
            found.setdefault(variant, Tier.LEADING)
    return {form: tier for form, tier in found.items() if form}


def _variants(form: str) -> list[str]:
    """A folded form with compass words moved and shortened, and counties shortened."""
    parts = [_part_variants(part) for part in form.split(" and ")]
    return [" and ".join(chosen) for chosen in product(*parts)]


def _part_variants(part: str) -> list[str]:
    names = [part]
    for long, short in _SHORTER.items():
        if re.search(rf"\b{long}\b", part):
            names += [re.sub(rf"\b{long}\b", s, part) for s in short]
    found = list(names)
    for name in names:
        if m := _BEFORE.fullmatch(name):
            position, place = m[1], m[2]
        elif m := _BEHIND.fullmatch(name):
            place, position = m[1], m[2]
        else:
            continue
        for said in (position, *_COMPASS[position]):
            found += [f"{said} {place}", f"{place} {said}"]
    return list(dict.fromkeys(found))
