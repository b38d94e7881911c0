"""How names are compared: what people write differently without meaning anything else by it, and which known name is nearest."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import cached_property

_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼʻ՚`´′"), "'")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")
# Dots, and the stroke that only makes an Arabic word longer.
_NOTHING = dict.fromkeys(map(ord, ".ـ"))
_SAME = {**_APOSTROPHES, **_DASHES, **_NOTHING}
_ARTICLE = re.compile(r"^the | \((?:the|l'|la|le|les|el|las|los)\)$")
# Of so many names that share most pairs of letters the nearest is found letter by letter.
_COMPARED = 20
_NEAR = 0.7


def folded(name: str) -> str:
    """A name without what does not matter: case, white space, dots, the kind of its apostrophes and dashes, and an article."""
    plain = unicodedata.normalize("NFKC", name).translate(_SAME).casefold()
    return _ARTICLE.sub("", " ".join(plain.split()))


def without_accents(name: str) -> str:
    """A folded name without marks on its letters."""
    return "".join(one for one in unicodedata.normalize("NFD", name) if unicodedata.category(one) != "Mn")


def _pairs(text: str) -> Counter[str]:
    padded = f" {text} "
    return Counter(padded[place : place + 2] for place in range(len(padded) - 1))


class Names:
    """What is called how: names, each of one code or of several."""

    def __init__(self, named: Iterable[tuple[str, str]]) -> None:
        """Names and their codes, in the order in which nearest names of equal distance are told."""
        self._codes: dict[str, set[str]] = {}
        self._plain: dict[str, set[str]] = {}
        self._written: dict[str, str] = {}
        for name, code in named:
            key = folded(name)
            self._codes.setdefault(key, set()).add(code)
            self._plain.setdefault(without_accents(key), set()).add(code)
            self._written.setdefault(key, name)

    def codes(self, label: str) -> tuple[str, ...]:
        """The codes that a label may mean, in order: none if nobody knows it. Accents are overlooked only if no name has these."""
        key = folded(label)
        return tuple(sorted(self._codes.get(key) or self._plain.get(without_accents(key), set())))

    def nearest(self, label: str) -> tuple[str, tuple[str, ...]] | None:
        """The known name that is written most like a label, and its codes; None if none is near."""
        key = without_accents(folded(label))
        shared: Counter[str] = Counter()
        for pair, times in _pairs(key).items():
            for name, there in self._names_with.get(pair, ()):
                shared[name] += min(times, there)
        likeness = {name: difflib.SequenceMatcher(None, name, key).ratio() for name, _ in shared.most_common(_COMPARED)}
        found = max(likeness, key=lambda name: (likeness[name], -self._order[name]), default=None)
        if found is None or likeness[found] < _NEAR:
            return None
        written = next(self._written[name] for name in self._codes if without_accents(name) == found)
        return written, tuple(sorted(self._plain[found]))

    @cached_property
    def _order(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self._plain)}

    @cached_property
    def _names_with(self) -> dict[str, list[tuple[str, int]]]:
        """Names without accents by the pairs of letters in them, and how often these stand there."""
        found: dict[str, list[tuple[str, int]]] = {}
        for name in self._plain:
            for pair, times in _pairs(name).items():
                found.setdefault(pair, []).append((name, times))
        return found
