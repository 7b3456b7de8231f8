"""Short names of columns, which Stata, R, SPSS and databases take as they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

MOST = 32
"""Letters of a name, at most: Stata takes no more."""
CUT = 3
"""Letters that are left of a word where a name is too long."""
_LEGAL = re.compile(rf"[A-Za-z][A-Za-z0-9_]{{0,{MOST - 1}}}")
_RESERVED = re.compile(
    r"byte|int|long|float|double|str[0-9]*|strl|if|in|using|with|else|repeat|while|function|for|next|break|true|false"
    r"|null|inf|nan|na|na_[a-z]+_"
)
"""What Stata or R keep for themselves, in small letters."""


def short_names(names: Iterable[str]) -> dict[str, str]:
    """A short name for each name: at most 32 letters, digits and underscores, a letter first, no two the same.

    A name that is legal stays as it is. Of any other the words stay, joined by underscores: `depth:rus-chn-2001` is
    `depth_rus_chn_2001`. Where that is too long, words are cut to three letters, from the first on, until it fits. A `v` is put
    before what begins with a digit, is empty, or is a word of Stata or R. Names that would be the same, large and small
    letters being the same, are told apart by `_2`, `_3`, ... in their order; legal names come before the others. The same names
    in the same order always give the same short names.
    """
    given = list(dict.fromkeys(names))
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(given, key=lambda name: not is_legal(name)):
        found[name] = distinct(name if is_legal(name) else _words(name), taken, MOST)
    return {name: found[name] for name in given}


def is_legal(name: str) -> bool:
    """Whether a name can stay as it is."""
    return _LEGAL.fullmatch(name) is not None and _RESERVED.fullmatch(name.lower()) is None


def distinct(name: str, taken: set[str], most: int) -> str:
    """`name` in at most `most` letters, with a number where it is `taken`, to which it is added in small letters."""
    chosen, number = name[:most], 1
    while chosen.lower() in taken:
        number += 1
        tail = f"_{number}"
        chosen = name[: most - len(tail)] + tail
    taken.add(chosen.lower())
    return chosen


def _words(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.findall("[A-Za-z0-9]+", plain)
    if not words or words[0][0].isdigit() or _RESERVED.fullmatch("_".join(words).lower()):
        words.insert(0, "v")
    for at, word in enumerate(words):
        if len("_".join(words)) <= MOST:
            break
        words[at] = word[:CUT]
    return "_".join(words)[:MOST].rstrip("_")
